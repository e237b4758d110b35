//! Crystal structures: lattices, sites, file formats, neighbour lists and symmetry.
//!
//! ```
//! use crystal::{Lattice, Site, Structure};
//! use matter::Element;
//!
//! let lattice = Lattice::from_parameters(5.64, 5.64, 5.64, 90.0, 90.0, 90.0)?;
//! let corners = [[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
//! let sodium = corners.map(|p| Site::new(Element::NA, p.into()));
//! let chlorine = corners.map(|p| Site::new(Element::CL, [p[0] + 0.5, p[1], p[2]].into()));
//! let halite = Structure::new(lattice, sodium.into_iter().chain(chlorine).collect());
//!
//! assert_eq!(halite.formula(), "NaCl");
//! assert!((halite.density() - 2.164).abs() < 0.001); // g/cm3
//! let doubled = halite.supercell([[2, 0, 0], [0, 1, 0], [0, 0, 1]])?;
//! assert_eq!(doubled.sites.len(), 16);
//! # Ok::<(), crystal::CrystalError>(())
//! ```
//!
//! Lengths are in Å and angles in degrees. A structure is periodic in three dimensions: molecules are no structures here.

mod error;
pub mod format;
mod lattice;
pub mod neighbour;
mod places;
pub mod slab;
mod structure;
mod supercell;
pub mod symmetry;

pub use error::CrystalError;
pub use lattice::Lattice;
pub use structure::{Site, Species, Structure};
pub use supercell::MAX_SITES;
