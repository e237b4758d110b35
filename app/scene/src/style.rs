//! What a person chooses about the drawing of a structure.

use crate::palette::Palette;
use crate::symbols;
use matter::Element;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How atoms and bonds are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Representation {
    /// Small spheres and cylinders.
    #[default]
    BallAndStick,
    /// Spheres of van der Waals radius, no bonds.
    SpaceFilling,
    /// Ball and stick, and translucent coordination polyhedra.
    Polyhedra,
    /// Cylinders, with spheres no wider than they are.
    Sticks,
}

/// Which atoms beyond the cell are drawn too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// None: each site once a cell.
    Cell,
    /// Atoms on faces, edges and corners at 0 are repeated at the opposite side.
    #[default]
    Faces,
    /// Those of [`Faces`](Self::Faces), and every anion bonded to a drawn cation, so that coordinations are whole.
    Bonded,
}

/// The rule by which two atoms are joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BondRule {
    /// Two atoms are joined up to this many times the sum of their covalent radii.
    pub tolerance: f64,
    /// Cutoffs in Å for pairs of elements (in order of atomic number), instead of the rule; 0 joins none.
    #[serde(with = "symbols::pairs")]
    pub cutoffs: BTreeMap<(Element, Element), f64>,
}

impl Default for BondRule {
    fn default() -> Self {
        Self {
            tolerance: 1.2,
            cutoffs: BTreeMap::new(),
        }
    }
}

impl BondRule {
    /// Sets the cutoff of a pair of elements, Å, in either order.
    pub fn set_cutoff(&mut self, a: Element, b: Element, cutoff: f64) {
        self.cutoffs.insert((a.min(b), a.max(b)), cutoff);
    }
}

/// A lattice plane, and how far from the origin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MillerPlane {
    /// Miller indices h, k, l; not all zero.
    pub indices: [i32; 3],
    /// Distance from the origin in units of the spacing d(hkl): 1 is the first plane.
    pub offset: f64,
}

/// What the colours of moments tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MomentColours {
    /// Whether they point along the direction or against it.
    #[default]
    Sign,
    /// How large they are.
    Size,
}

/// How magnetic moments are drawn. A structure states them along one axis of its own, whose direction in space it does not
/// tell: that is for people to choose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moments {
    /// Draw them, as arrows through the atoms.
    pub shown: bool,
    /// Length of arrows, Å per µB.
    pub length: f64,
    /// Where positive moments point: the lattice direction [u v w], not all zero.
    pub direction: [i32; 3],
    /// What colours tell.
    pub colours: MomentColours,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            shown: false,
            length: 1.0,
            direction: [0, 0, 1],
            colours: MomentColours::default(),
        }
    }
}

/// What labels say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Labels {
    /// Nothing.
    #[default]
    None,
    /// The element, or elements of a shared site.
    Elements,
    /// The name of the site in its file.
    Sites,
}

/// Everything a person chooses about the drawing of a structure, except the view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// How atoms and bonds are drawn.
    pub representation: Representation,
    /// Colours of the elements.
    pub palette: Palette,
    /// How often the cell is repeated along a, b and c, at least 1 each.
    pub repeats: [u32; 3],
    /// Which atoms beyond the cell are drawn.
    pub boundary: Boundary,
    /// Which atoms are joined.
    pub bonds: BondRule,
    /// Radii of balls as a part of the covalent radius.
    pub ball_scale: f64,
    /// Radius of bonds, Å.
    pub stick_radius: f64,
    /// Draw the edges of the cell.
    pub cell_edges: bool,
    /// Elements whose polyhedra are drawn; `None`: cations of 4 to 8 neighbours.
    #[serde(with = "symbols::list_or_none")]
    pub polyhedra_of: Option<Vec<Element>>,
    /// Elements that are not drawn.
    #[serde(with = "symbols::list")]
    pub hidden: Vec<Element>,
    /// What labels say.
    pub labels: Labels,
    /// Lattice planes.
    pub planes: Vec<MillerPlane>,
    /// Magnetic moments.
    pub moments: Moments,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            representation: Representation::default(),
            palette: Palette::default(),
            repeats: [1, 1, 1],
            boundary: Boundary::default(),
            bonds: BondRule::default(),
            ball_scale: 0.4,
            stick_radius: 0.12,
            cell_edges: true,
            polyhedra_of: None,
            hidden: Vec::new(),
            labels: Labels::default(),
            planes: Vec::new(),
            moments: Moments::default(),
        }
    }
}
