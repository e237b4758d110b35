//! Magnetic moments as arrows through their atoms.

use crate::error::SceneError;
use crate::palette::Colour;
use crate::scene::{Atom, Scene};
use crate::style::{MomentColours, Moments};
use crystal::Structure;
use nalgebra::Vector3;

/// Moments below this, µB, are not drawn: models and calculations leave so much where there is none.
pub const LEAST_MOMENT: f64 = 0.05;

/// Radius of the shaft, Å.
const SHAFT: f64 = 0.09;
/// Length of a head, Å, and at most this part of its arrow.
const HEAD: (f64, f64) = (0.55, 0.45);
/// Radius of a head over its length.
const SPREAD: f64 = 0.42;

/// Okabe and Ito's vermillion along the direction, blue against it.
const SIGNS: [Colour; 2] = [[213, 94, 0], [0, 114, 178]];
/// From the smallest to the largest moment: viridis without its light end, which would vanish on white.
const SIZES: [Colour; 4] = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98]];

/// An arrow to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow {
    /// The atom that its middle lies in, a place in [`Scene::atoms`].
    pub atom: u32,
    /// What it stands for, µB; negative where it points against the direction of the style.
    pub moment: f64,
    /// Tail and tip, Cartesian, Å.
    pub ends: [Vector3<f64>; 2],
    /// Its colour.
    pub colour: Colour,
}

impl Arrow {
    /// From tail to tip, Å.
    pub fn length(&self) -> f64 {
        (self.ends[1] - self.ends[0]).norm()
    }

    /// Where the shaft ends and the head begins.
    pub fn neck(&self) -> Vector3<f64> {
        let [tail, tip] = self.ends;
        tip - (tip - tail).normalize() * self.head_length()
    }

    /// Of the head, Å.
    pub fn head_length(&self) -> f64 {
        HEAD.0.min(HEAD.1 * self.length())
    }

    /// Of the head where it is widest, Å.
    pub fn head_radius(&self) -> f64 {
        SPREAD * self.head_length()
    }

    /// Of the shaft, Å: thinner than the head also where the arrow is short.
    pub fn shaft_radius(&self) -> f64 {
        SHAFT.min(0.5 * self.head_radius())
    }
}

/// What the lengths and colours of arrows mean.
#[derive(Clone, Debug, PartialEq)]
pub struct MomentScale {
    /// A round moment, µB, not larger than the largest drawn.
    pub moment: f64,
    /// The length of its arrow, Å.
    pub length: f64,
    /// Colours that are drawn, and what they stand for.
    pub colours: Vec<(String, Colour)>,
}

/// The direction of the style in space, of length 1.
fn axis(structure: &Structure, style: &Moments) -> Result<Vector3<f64>, SceneError> {
    if style.direction == [0, 0, 0] {
        return Err(SceneError::ZeroDirection);
    }
    let along = Vector3::from(style.direction.map(f64::from));
    let along = structure.lattice.cartesian_from_fractional(along);
    Ok(along.normalize())
}

/// The moments of the sites as vectors in Cartesian space, µB; `None` where a site states none. Those of a structure lie along
/// one axis, whose direction in space is the style's.
///
/// # Errors
///
/// The direction [0 0 0].
pub fn moment_vectors(
    structure: &Structure,
    style: &Moments,
) -> Result<Vec<Option<Vector3<f64>>>, SceneError> {
    let axis = axis(structure, style)?;
    let moments = structure.sites.iter().map(|site| site.magnetic_moment);
    let known = |moment: Option<f64>| moment.filter(|m| m.is_finite()).map(|m| axis * m);
    Ok(moments.map(known).collect())
}

/// Draws the moments of the atoms of a scene, as the style says.
pub(crate) fn draw(
    scene: &mut Scene,
    structure: &Structure,
    style: &Moments,
) -> Result<(), SceneError> {
    let (axis, vectors) = (axis(structure, style)?, moment_vectors(structure, style)?);
    let moment = |atom: &Atom| vectors.get(atom.atom.site as usize).copied().flatten();
    let large = |vector: &Vector3<f64>| vector.norm() >= LEAST_MOMENT;
    let drawn = |(place, atom)| Some((place, atom, moment(atom).filter(large)?));
    let drawn: Vec<(usize, &Atom, Vector3<f64>)> =
        scene.atoms.iter().enumerate().filter_map(drawn).collect();
    let largest = drawn.iter().map(|(.., v)| v.norm()).fold(0.0, f64::max);
    let arrow = |(place, atom, vector): &(usize, &Atom, Vector3<f64>)| {
        let half = vector * (style.length / 2.0);
        let moment = vector.norm().copysign(vector.dot(&axis));
        Arrow {
            atom: *place as u32,
            moment,
            ends: [atom.position - half, atom.position + half],
            colour: match style.colours {
                MomentColours::Sign => SIGNS[usize::from(moment < 0.0)],
                MomentColours::Size => of_size(vector.norm() / largest),
            },
        }
    };
    let arrows: Vec<Arrow> = drawn.iter().map(arrow).collect();
    if !arrows.is_empty() {
        scene.moments = Some(scale(&arrows, largest, style));
    }
    scene.arrows = arrows;
    Ok(())
}

fn scale(arrows: &[Arrow], largest: f64, style: &Moments) -> MomentScale {
    let power = 10_f64.powf(largest.log10().floor());
    let round = [5.0, 2.0, 1.0].map(|factor| factor * power);
    let moment = round.into_iter().find(|&m| m <= largest * 1.000_001);
    let moment = moment.unwrap_or(power);
    let colours = match style.colours {
        MomentColours::Sign => {
            let is_drawn = |sign: &usize| arrows.iter().any(|a| a.colour == SIGNS[*sign]);
            let name = |sign: usize| (["+", "−"][sign].to_owned(), SIGNS[sign]);
            (0..2).filter(is_drawn).map(name).collect()
        }
        MomentColours::Size => [1.0, 0.5, 0.0]
            .map(|share| (format!("{:.2} µB", share * largest), of_size(share)))
            .into(),
    };
    MomentScale {
        moment,
        length: moment * style.length,
        colours,
    }
}

/// The colour of a share of the largest moment.
fn of_size(share: f64) -> Colour {
    let at = share.clamp(0.0, 1.0) * (SIZES.len() - 1) as f64;
    let low = (at as usize).min(SIZES.len() - 2);
    let part = at - low as f64;
    [0, 1, 2].map(|c| {
        let [from, to] = [SIZES[low][c], SIZES[low + 1][c]].map(f64::from);
        (from + part * (to - from)).round() as u8
    })
}
