//! A structure as things to draw.

use crate::bonds::Bonding;
use crate::error::SceneError;
use crate::hull::convex_hull;
use crate::moments::{self, Arrow, MomentScale};
use crate::palette::{Colour, VACANCY, covalent_radius, van_der_waals_radius};
use crate::plane::plane_polygon;
use crate::style::{Boundary, Labels, Representation, Style};
use crystal::{Site, Structure};
use matter::Element;
use nalgebra::Vector3;
use std::collections::{BTreeMap, HashMap};

/// More atoms than this are not drawn.
pub const MAX_ATOMS: usize = 4_000_000;
/// Polyhedra are hulls of at most this many neighbours.
const MAX_VERTICES: usize = 24;
/// Coordination numbers whose polyhedra are drawn unasked.
const USUAL_COORDINATION: std::ops::RangeInclusive<usize> = 4..=8;

/// A site in a certain cell of the crystal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AtomRef {
    /// The number of the site in the structure, from 0.
    pub site: u32,
    /// The cell, by its place along a, b and c; sites are moved into the cell first, so that cell (0, 0, 0) holds them
    /// between 0 and 1.
    pub image: [i32; 3],
}

/// An atom to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Atom {
    /// Which atom of the crystal.
    pub atom: AtomRef,
    /// Centre, Cartesian, Å.
    pub position: Vector3<f64>,
    /// Radius as drawn, Å.
    pub radius: f64,
    /// Its appearance, a place in [`Scene::looks`].
    pub look: u32,
}

/// A part of a sphere's circle: an element, or vacancy.
#[derive(Clone, Debug, PartialEq)]
pub struct Sector {
    /// The element; none for the vacant part.
    pub element: Option<Element>,
    /// Its part of the circle, above 0, at most 1.
    pub part: f64,
    /// Its colour.
    pub colour: Colour,
}

/// How atoms of a site look.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Parts of the circle, one after the other; together 1.
    pub sectors: Vec<Sector>,
    /// The colour of the most abundant element: that of bonds and polyhedra.
    pub colour: Colour,
    /// Text for legends: `Li`, `Ni0.8 Co0.2`, `Na0.7 (0.3 vacant)`.
    pub name: String,
}

/// A bond to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bond {
    /// Its atoms, places in [`Scene::atoms`].
    pub atoms: [u32; 2],
    /// Length, Å.
    pub length: f64,
}

/// A coordination polyhedron to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Polyhedron {
    /// The atom inside, a place in [`Scene::atoms`].
    pub centre: u32,
    /// Corners, Cartesian, Å.
    pub corners: Vec<Vector3<f64>>,
    /// Faces, polygons of places in `corners`, counterclockwise seen from outside.
    pub faces: Vec<Vec<usize>>,
    /// Volume, Å3.
    pub volume: f64,
    /// Its colour.
    pub colour: Colour,
}

/// A straight line to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Its ends, Cartesian, Å.
    pub ends: [Vector3<f64>; 2],
    /// Its colour.
    pub colour: Colour,
}

/// A lattice plane, cut to the drawn cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// Corners in order, Cartesian, Å.
    pub corners: Vec<Vector3<f64>>,
    /// Its colour.
    pub colour: Colour,
}

/// A text at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where, Cartesian, Å.
    pub position: Vector3<f64>,
    /// What it says.
    pub text: String,
}

/// Everything to draw of a structure in a style. Lengths in Å, Cartesian coordinates of the structure's lattice.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Atoms.
    pub atoms: Vec<Atom>,
    /// How they look.
    pub looks: Vec<Look>,
    /// Bonds, each once.
    pub bonds: Vec<Bond>,
    /// Radius of bonds, Å.
    pub bond_radius: f64,
    /// Coordination polyhedra.
    pub polyhedra: Vec<Polyhedron>,
    /// Edges of the cells.
    pub lines: Vec<Line>,
    /// Lattice planes.
    pub planes: Vec<Plane>,
    /// Magnetic moments.
    pub arrows: Vec<Arrow>,
    /// What the arrows mean; `None` where there are none.
    pub moments: Option<MomentScale>,
    /// Labels.
    pub labels: Vec<Label>,
    /// The middle of everything, Å.
    pub centre: Vector3<f64>,
    /// The radius of the sphere about `centre` that holds everything, Å.
    pub radius: f64,
    /// Elements drawn and their colours, for the legend; vacancy is not among them.
    pub colours: BTreeMap<Element, Colour>,
}

impl Scene {
    /// Makes the scene of a structure.
    ///
    /// # Errors
    ///
    /// Repeats of 0, sizes that are not finite and positive, the plane (0 0 0), cutoffs that the neighbour search does not
    /// take, and more than [`MAX_ATOMS`] atoms.
    pub fn new(structure: &Structure, style: &Style) -> Result<Self, SceneError> {
        Self::of_state(structure, structure, style)
    }

    /// Makes the scene of a later state of a structure, as of a frame of a trajectory: what is drawn are the atoms that are drawn
    /// of the start, so that none leaps to the other side of the cell when it moves through a face.
    ///
    /// # Errors
    ///
    /// As [`Scene::new`].
    pub fn of_state(
        structure: &Structure,
        start: &Structure,
        style: &Style,
    ) -> Result<Self, SceneError> {
        check(structure, style)?;
        let bonding = Bonding::of_state(structure, start, &style.bonds)?;
        let mut build = Build::new(structure, style, &bonding);
        build.inside();
        build.complete_bonded();
        build.bonds();
        build.polyhedra();
        build.frame()?;
        if style.moments.shown {
            moments::draw(&mut build.scene, structure, &style.moments)?;
        }
        build.labels();
        Ok(build.finish())
    }
}

fn check(structure: &Structure, style: &Style) -> Result<(), SceneError> {
    if style.repeats.contains(&0) {
        return Err(SceneError::Repeats(style.repeats));
    }
    let cells: u64 = style.repeats.iter().map(|&n| u64::from(n)).product();
    let atoms = cells.saturating_mul(structure.sites.len() as u64);
    if atoms > MAX_ATOMS as u64 {
        return Err(SceneError::TooManyAtoms { atoms });
    }
    let range = |name, value: f64, max: f64, remedy| {
        let right = value > 0.0 && value <= max;
        (right.then_some(())).ok_or(SceneError::Range {
            name,
            value,
            remedy,
        })
    };
    range(
        "ball scale",
        style.ball_scale,
        10.0,
        "give a factor above 0, at most 10",
    )?;
    range(
        "stick radius",
        style.stick_radius,
        5.0,
        "give a length above 0, at most 5 Å",
    )?;
    range(
        "length of moments",
        style.moments.length,
        20.0,
        "give a length above 0, at most 20 Å per µB",
    )?;
    range(
        "bond tolerance",
        style.bonds.tolerance,
        3.0,
        "give a factor above 0, at most 3",
    )?;
    for &cutoff in style.bonds.cutoffs.values() {
        if !(0.0..=20.0).contains(&cutoff) {
            return Err(SceneError::Range {
                name: "bond cutoff",
                value: cutoff,
                remedy: "give a length from 0 (no bond) to 20 Å",
            });
        }
    }
    Ok(())
}

/// A scene on its way.
struct Build<'a> {
    structure: &'a Structure,
    style: &'a Style,
    bonding: &'a Bonding,
    place: HashMap<AtomRef, u32>,
    look_of_site: Vec<Option<u32>>,
    scene: Scene,
}

impl<'a> Build<'a> {
    fn new(structure: &'a Structure, style: &'a Style, bonding: &'a Bonding) -> Self {
        let elements = structure.sites.iter().flat_map(|s| &s.species);
        let colours = style.palette.colours(elements.map(|s| s.element));
        let mut looks = Vec::new();
        let mut known: HashMap<Vec<(Element, u64)>, u32> = HashMap::new();
        let mut look_of_site = Vec::new();
        for site in &structure.sites {
            let main = site.main_element();
            let hidden = main.is_none_or(|element| style.hidden.contains(&element));
            let key: Vec<_> = site
                .species
                .iter()
                .map(|s| (s.element, s.occupancy.to_bits()))
                .collect();
            look_of_site.push((!hidden).then(|| {
                *known.entry(key).or_insert_with(|| {
                    looks.push(look(site, &colours));
                    looks.len() as u32 - 1
                })
            }));
        }
        let drawn = looks.iter().flat_map(|look: &Look| &look.sectors);
        let legend = drawn.filter_map(|s| Some((s.element?, s.colour))).collect();
        let scene = Scene {
            looks,
            bond_radius: style.stick_radius,
            colours: legend,
            ..Scene::default()
        };
        Self {
            structure,
            style,
            bonding,
            place: HashMap::new(),
            look_of_site,
            scene,
        }
    }

    /// The place of an atom in the scene; it is added where it is not there yet, unless its site is hidden.
    fn add(&mut self, atom: AtomRef) -> Option<u32> {
        let site = atom.site as usize;
        let (look, element) = (self.look_of_site[site]?, self.bonding.element[site]?);
        if let Some(&place) = self.place.get(&atom) {
            return Some(place);
        }
        let style = self.style;
        // Never thinner than a bond, whose open end would show.
        let ball = |part: f64| {
            (covalent_radius(element) * style.ball_scale * part).max(style.stick_radius)
        };
        let radius = match style.representation {
            Representation::SpaceFilling => van_der_waals_radius(element),
            Representation::Sticks => style.stick_radius,
            Representation::BallAndStick => ball(1.0),
            Representation::Polyhedra => ball(0.75),
        };
        let place = self.scene.atoms.len() as u32;
        let position = self.position(atom);
        self.scene.atoms.push(Atom {
            atom,
            position,
            radius,
            look,
        });
        self.place.insert(atom, place);
        Some(place)
    }

    fn position(&self, atom: AtomRef) -> Vector3<f64> {
        let fractional = self.bonding.fractional[atom.site as usize];
        let image = Vector3::from(atom.image.map(f64::from));
        self.structure
            .lattice
            .cartesian_from_fractional(fractional + image)
    }

    /// Atoms in the cells, and on their outer faces.
    fn inside(&mut self) {
        for site in 0..self.structure.sites.len() {
            let last = [0, 1, 2].map(|i| {
                let on_face = self.bonding.on_face[site][i];
                let repeated = on_face && self.style.boundary != Boundary::Cell;
                self.style.repeats[i] as i32 - i32::from(!repeated)
            });
            for x in 0..=last[0] {
                for y in 0..=last[1] {
                    for z in 0..=last[2] {
                        self.add(AtomRef {
                            site: site as u32,
                            image: [x, y, z],
                        });
                    }
                }
            }
        }
    }

    /// Anions bonded to drawn cations, so that the coordination of every cation is whole; where polyhedra are drawn, at
    /// least of those that have one.
    fn complete_bonded(&mut self) {
        let polyhedra = self.style.representation == Representation::Polyhedra;
        let (all, some) = match self.style.boundary {
            Boundary::Cell => (false, false),
            Boundary::Faces => (false, polyhedra),
            Boundary::Bonded => (true, polyhedra),
        };
        for place in 0..self.scene.atoms.len() {
            let atom = self.scene.atoms[place].atom;
            let whole = some && self.has_polyhedron(atom.site);
            let cation = all && self.is_cation(atom.site);
            for neighbour in self.bonding.of(atom.site as usize) {
                if whole || cation && !self.is_cation(neighbour.site) {
                    self.add(partner(atom, neighbour));
                }
            }
        }
    }

    /// Whether atoms of a site are drawn with a polyhedron of their neighbours.
    fn has_polyhedron(&self, site: u32) -> bool {
        let Some(element) = self.bonding.element[site as usize] else {
            return false;
        };
        let count = self.bonding.of(site as usize).len();
        match &self.style.polyhedra_of {
            Some(elements) => elements.contains(&element) && count <= MAX_VERTICES,
            None => self.is_cation(site) && USUAL_COORDINATION.contains(&count),
        }
    }

    fn is_cation(&self, site: u32) -> bool {
        self.bonding.is_cation(site as usize)
    }

    fn bonds(&mut self) {
        if self.style.representation == Representation::SpaceFilling {
            return;
        }
        for (place, atom) in self.scene.atoms.iter().enumerate() {
            for neighbour in self.bonding.of(atom.atom.site as usize) {
                let other = self.place.get(&partner(atom.atom, neighbour)).copied();
                if let Some(other) = other.filter(|&other| other > place as u32) {
                    self.scene.bonds.push(Bond {
                        atoms: [place as u32, other],
                        length: neighbour.distance,
                    });
                }
            }
        }
    }

    fn polyhedra(&mut self) {
        if self.style.representation != Representation::Polyhedra {
            return;
        }
        for (place, atom) in self.scene.atoms.iter().enumerate() {
            if !self.has_polyhedron(atom.atom.site) {
                continue;
            }
            let neighbours = self.bonding.of(atom.atom.site as usize);
            // Only whole polyhedra of atoms that are drawn: a part of one would tell a wrong coordination.
            let places = neighbours
                .iter()
                .map(|n| self.place.get(&partner(atom.atom, n)));
            let Some(places) = places.collect::<Option<Vec<_>>>() else {
                continue;
            };
            let corners: Vec<_> = places
                .iter()
                .map(|&&p| self.scene.atoms[p as usize].position)
                .collect();
            if let Some(hull) = convex_hull(&corners) {
                self.scene.polyhedra.push(Polyhedron {
                    centre: place as u32,
                    corners,
                    faces: hull.faces,
                    volume: hull.volume,
                    colour: self.scene.looks[atom.look as usize].colour,
                });
            }
        }
    }

    /// The edges of the cells, and the planes.
    fn frame(&mut self) -> Result<(), SceneError> {
        let lattice = &self.structure.lattice;
        let repeats = self.style.repeats;
        if self.style.cell_edges {
            for axis in 0..3 {
                let (second, third) = ((axis + 1) % 3, (axis + 2) % 3);
                for i in 0..=repeats[second] {
                    for j in 0..=repeats[third] {
                        let mut from = Vector3::zeros();
                        from[second] = f64::from(i);
                        from[third] = f64::from(j);
                        let mut to = from;
                        to[axis] = f64::from(repeats[axis]);
                        let ends = [from, to].map(|f| lattice.cartesian_from_fractional(f));
                        self.scene.lines.push(Line {
                            ends,
                            colour: [128, 128, 128],
                        });
                    }
                }
            }
        }
        for plane in &self.style.planes {
            let corners = plane_polygon(plane, repeats)?
                .into_iter()
                .map(|f| lattice.cartesian_from_fractional(f))
                .collect();
            self.scene.planes.push(Plane {
                corners,
                colour: [70, 130, 200],
            });
        }
        Ok(())
    }

    fn labels(&mut self) {
        for atom in &self.scene.atoms {
            let text = match self.style.labels {
                Labels::None => return,
                Labels::Elements => self.scene.looks[atom.look as usize].name.clone(),
                Labels::Sites => self.structure.sites[atom.atom.site as usize].label.clone(),
            };
            let position = atom.position;
            self.scene.labels.push(Label { position, text });
        }
    }

    fn finish(mut self) -> Scene {
        let scene = &mut self.scene;
        let atoms = scene.atoms.iter().map(|a| (a.position, a.radius));
        let lines = scene.lines.iter().flat_map(|l| l.ends).map(|p| (p, 0.0));
        let planes = scene
            .planes
            .iter()
            .flat_map(|p| &p.corners)
            .map(|&p| (p, 0.0));
        let arrows = scene.arrows.iter().flat_map(|a| a.ends.map(|p| (p, 0.0)));
        let all = atoms.chain(lines).chain(planes).chain(arrows);
        let all: Vec<(Vector3<f64>, f64)> = all.collect();
        if let Some(&(first, _)) = all.first() {
            let (mut low, mut high) = (first, first);
            for (p, _) in &all {
                low = low.inf(p);
                high = high.sup(p);
            }
            scene.centre = (low + high) / 2.0;
            let reach = |(p, r): &(Vector3<f64>, f64)| (p - scene.centre).norm() + r;
            scene.radius = all.iter().map(reach).fold(0.0, f64::max);
        }
        self.scene
    }
}

/// The atom at the other end of a bond.
fn partner(atom: AtomRef, neighbour: &crate::bonds::Neighbour) -> AtomRef {
    AtomRef {
        site: neighbour.site,
        image: [0, 1, 2].map(|i| atom.image[i] + neighbour.image[i]),
    }
}

fn look(site: &Site, colours: &BTreeMap<Element, Colour>) -> Look {
    let total = site.occupancy();
    let whole = total.max(1.0);
    let colour_of = |element: Element| colours.get(&element).copied().unwrap_or(VACANCY);
    let mut sectors: Vec<Sector> = site
        .species
        .iter()
        .map(|s| Sector {
            element: Some(s.element),
            part: s.occupancy / whole,
            colour: colour_of(s.element),
        })
        .collect();
    let vacant = 1.0 - total / whole;
    let part = |p: f64| {
        format!("{:.3}", p)
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_string()
    };
    let name = match (site.element(), sectors.as_slice()) {
        (Some(element), _) => element.symbol().to_string(),
        _ => {
            let species = site.species.iter();
            let mut names: Vec<_> = species
                .map(|s| format!("{}{}", s.element.symbol(), part(s.occupancy)))
                .collect();
            if vacant > 1e-6 {
                names.push(format!("({} vacant)", part(vacant)));
            }
            names.join(" ")
        }
    };
    if vacant > 1e-6 {
        sectors.push(Sector {
            element: None,
            part: vacant,
            colour: VACANCY,
        });
    }
    Look {
        sectors,
        colour: site.main_element().map_or(VACANCY, colour_of),
        name,
    }
}
