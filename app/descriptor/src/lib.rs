//! Descriptors of compositions: numbers that a statistical model learns from.
//!
//! The room holds Magpie's 132 composition descriptors ([`Magpie`], also on a device), the ions of ABX3 compounds with their radii
//! ([`perovskite`]), and host and dopant of dilute alloys ([`alloy`]). [`compute()`] gives any of them by name, in columns over a
//! batch of compositions.
//!
//! ```
//! use descriptor::Magpie;
//! use matter::Compositions;
//! use matter::formula::Parser;
//!
//! let mut compositions = Compositions::new();
//! let mut parser = Parser::new();
//! for formula in ["LiCoO2", "HeO"] {
//!     parser.parse_into(formula, &mut compositions)?;
//! }
//! let mut magpie = Magpie::new();
//! magpie.compute(&compositions);
//! // Mean atomic number of LiCoO2: (3 + 27 + 2 * 8) / 4.
//! assert_eq!(magpie.row(0)[3], 11.5);
//! let (row, gap) = &magpie.gaps()[0];
//! assert_eq!((*row, gap.to_string().as_str()), (1, "Magpie has no MeltingT, Electronegativity for He"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod alloy;
mod device;
mod magpie;
mod named;
pub mod perovskite;

pub use device::MAGPIE;
pub use magpie::{COUNT, Gap, Magpie, PROPERTIES, STATISTICS, element_property, names};
pub use named::{Named, all_names, compute, named};
