//! From a crystal structure and a style to things to draw, without any graphics library.
//!
//! ```
//! use crystal::{Lattice, Site, Structure};
//! use matter::Element;
//! use scene::{Scene, Style};
//!
//! let lattice = Lattice::from_parameters(3.905, 3.905, 3.905, 90.0, 90.0, 90.0)?;
//! let titanate = Structure::new(lattice, vec![
//!     Site::new(Element::SR, [0.0, 0.0, 0.0].into()),
//!     Site::new(Element::TI, [0.5, 0.5, 0.5].into()),
//!     Site::new(Element::O, [0.5, 0.5, 0.0].into()),
//!     Site::new(Element::O, [0.5, 0.0, 0.5].into()),
//!     Site::new(Element::O, [0.0, 0.5, 0.5].into()),
//! ]);
//! // Strontium at eight corners, titanium, and oxygen on six faces.
//! let scene = Scene::new(&titanate, &Style::default())?;
//! assert_eq!(scene.atoms.len(), 8 + 1 + 6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Lengths are in Å and coordinates Cartesian unless they are called fractional.

mod bonds;
mod camera;
mod error;
mod hull;
mod measure;
mod moments;
mod palette;
mod pick;
mod plane;
mod scene;
mod style;
mod svg;
mod symbols;

pub use bonds::{Bonding, Neighbour};
pub use camera::{Camera, Direction, Projection, Ray, ScreenPoint};
pub use error::SceneError;
pub use hull::{Hull, convex_hull};
pub use measure::{Measurement, positions, shortest_distance};
pub use moments::{Arrow, LEAST_MOMENT, MomentScale, moment_vectors};
pub use palette::{Colour, Palette, VACANCY, covalent_radius, van_der_waals_radius};
pub use pick::{Pick, Picker};
pub use plane::plane_polygon;
pub use scene::{
    Atom, AtomRef, Bond, Label, Line, Look, MAX_ATOMS, Plane, Polyhedron, Scene, Sector,
};
pub use style::{
    BondRule, Boundary, Labels, MillerPlane, MomentColours, Moments, Representation, Style,
};
pub use svg::{SvgOptions, legend, svg, svg_annotations};
