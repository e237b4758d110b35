//! Single-atom alloys: a host metal with a few atoms of another in its surface.

use crate::tables;
use matter::CompositionRef;

/// The greatest atomic fraction of a dopant.
pub const MOST_DOPANT: f64 = 0.25;
/// Above this atomic fraction neighbouring dopants are to be expected even in a random surface.
pub const DILUTE: f64 = 0.1;

/// A host and its dopant, by atomic number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alloy {
    /// The majority metal.
    pub host: u8,
    /// The minority metal.
    pub dopant: u8,
    /// Atomic fraction of the dopant, at most [`MOST_DOPANT`].
    pub fraction: f64,
}

/// Nonmetals and metalloids; everything else counts as a metal.
fn is_metal(z: u8) -> bool {
    !matches!(z, 0 | 1 | 2 | 5..=10 | 14..=18 | 32..=36 | 51..=54 | 84..=86 | 117..)
}

impl Alloy {
    /// The two metals of a composition, the more abundant one as the host.
    ///
    /// # Errors
    ///
    /// Why it is no single-atom alloy.
    pub fn of(composition: CompositionRef) -> Result<Self, &'static str> {
        let mut parts = composition.iter().filter(|(_, amount)| *amount > 0.0);
        let (Some((a, x)), Some((b, y)), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err("not two metals");
        };
        let (a, b) = (a.atomic_number(), b.atomic_number());
        if !(is_metal(a) && is_metal(b)) {
            return Err("not two metals");
        }
        let (host, dopant, fraction) = if x >= y {
            (a, b, y / (x + y))
        } else {
            (b, a, x / (x + y))
        };
        if fraction.is_nan() || fraction > MOST_DOPANT + 1e-9 {
            return Err("no dilute alloy: the minority metal is above 25 % of the atoms");
        }
        Ok(Self {
            host,
            dopant,
            fraction,
        })
    }

    /// The tabulated segregation energy, eV.
    pub fn computed(&self, iron_100: bool) -> Option<f64> {
        let iron = 26;
        tables::segregation_energy(self.host, iron_100 && self.host == iron, self.dopant)
    }

    /// Why the model of segregation energies is not asked about the pair; `None` where it is.
    pub fn beyond_model(&self) -> Option<&'static str> {
        let transition_metal = |z: u8| (3.0..=12.0).contains(&tables::constants(z).group) && z < 89;
        if !transition_metal(self.host) {
            return Some(
                "the host is in no table and outside of groups 3 to 12, of which the model has learnt",
            );
        }
        if !transition_metal(self.dopant) {
            return Some(
                "the dopant is in no table and outside of groups 3 to 12, of which the model has learnt",
            );
        }
        None
    }
}
