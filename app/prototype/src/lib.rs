//! Structure types (prototypes), what may stand in their places, and whether two structures are the same.
//!
//! ```
//! use job::Job;
//! use matter::Element;
//! use prototype::{Prototype, Request, generate};
//!
//! let layered = Prototype::find(Prototype::shipped(), "L1_0");
//! let mut request = Request::default();
//! request.elements = vec![Element::FE, Element::NI];
//! let found = generate(&[layered[0].clone()], &request, &Job::new(), |_| {})?;
//! // FeNi and NiFe in CuAu are one crystal.
//! assert_eq!(found.candidates.len(), 1);
//! assert_eq!(found.candidates[0].structure.formula(), "FeNi");
//! assert_eq!(found.candidates[0].symbol, "P4/mmm");
//! # Ok::<(), prototype::PrototypeError>(())
//! ```
//!
//! Candidates are a prototype's cell with other elements in it, scaled to a volume that suits them ([`generate()`]); what
//! becomes of them shows only a relaxation. Where the prototype has an anion, ions replace ions ([`ions`]); elsewhere
//! metals replace metals ([`metals`]).

mod candidate;
mod chemistry;
mod error;
mod generate;
pub mod ions;
mod known;
mod library;
pub mod listing;
pub mod matching;
pub mod metals;
mod request;
mod scale;
mod tables;
mod wish;

pub use candidate::{Candidate, Measure, Rejected, Rejection};
pub use error::PrototypeError;
pub use generate::{Generated, generate};
pub use known::Known;
pub use library::Prototype;
pub use request::Request;
pub use wish::{Field, GROUPS, Wish, WishError};
