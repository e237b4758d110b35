//! Elements, formulas, compositions and oxidation states.
//!
//! ```
//! use matter::{Compositions, Element, formula, oxidation};
//!
//! let parsed = formula::parse("CuSO4·5H2O")?;
//! let composition = parsed.composition.as_ref();
//! assert_eq!(composition.amount(Element::O), 9.0);
//! assert!((composition.mass() - 249.68).abs() < 0.01); // g/mol
//!
//! // A batch in compressed sparse rows, without an allocation per formula.
//! let mut parser = formula::Parser::new();
//! let mut batch = Compositions::new();
//! for text in ["Fe3O4", "LiNi0.8Mn0.1Co0.1O2"] {
//!     let charge = parser.parse_into(text, &mut batch)?;
//!     assert_eq!(charge, 0.0);
//! }
//! assert_eq!(batch.get(1).reduced_formula(), "Li10MnCo(Ni2O5)4");
//!
//! // Mixed valence: one Fe(II) and two Fe(III).
//! let magnetite = oxidation::assign(batch.get(0), 0.0).expect("balanced");
//! let iron: Vec<_> = magnetite.of(Element::FE).map(|(state, amount)| (state, amount.round())).collect();
//! assert_eq!(iron, [(2, 1.0), (3, 2.0)]);
//!
//! // What a person should mend, and where.
//! let error = formula::parse("Li1-xCoO2").unwrap_err();
//! assert_eq!((error.column, error.byte), (5, 4));
//! # Ok::<(), formula::FormulaError>(())
//! ```
//!
//! The crate has no dependencies and builds for `wasm32-unknown-unknown`; its tables are compiled in.

mod composition;
mod element;
mod forms;
pub mod formula;
pub mod oxidation;

pub use composition::{Composition, CompositionError, CompositionRef, Compositions};
pub use element::{Element, ElementData};
pub use formula::{FormulaError, ParsedFormula};
