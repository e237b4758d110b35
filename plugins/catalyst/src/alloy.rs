//! Single-atom alloys: a host metal with a few atoms of another in its surface.

use crate::fitted::HOSTS;
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

/// How a segregation energy was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Looked up in Ruban's table.
    Computed,
    /// Estimated by the host's regression.
    Regression,
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

    /// Segregation energy, eV, from the table or the regression.
    ///
    /// # Errors
    ///
    /// Why neither covers the pair.
    pub fn segregation_energy(&self, iron_100: bool) -> Result<(f64, Route), &'static str> {
        if let Some(energy) = self.computed(iron_100) {
            return Ok((energy, Route::Computed));
        }
        let Some((_, weights)) = HOSTS.iter().find(|(host, _)| *host == self.host) else {
            return Err(
                "no such host in the table, and the regression fails for hosts that it has not seen",
            );
        };
        let features = dopant_features(self.dopant)
            .ok_or("no such dopant in the table, and it is outside of groups 3 to 12")?;
        Ok((
            weights.iter().zip(features).map(|(w, x)| w * x).sum(),
            Route::Regression,
        ))
    }
}

/// 1, metallic radius (Å), group, its square (counted from the middle of the transition metals) and boiling point (1000 K)
/// of a transition metal or a metal of group 12; `None` for any other dopant.
pub fn dopant_features(z: u8) -> Option<[f64; 5]> {
    let constants = tables::constants(z);
    let group = constants.group - 7.5;
    let features = [
        1.0,
        constants.metallic_radius,
        group,
        group * group,
        constants.boiling_point / 1000.0,
    ];
    let known = features.iter().all(|x| x.is_finite());
    (known && (3.0..=12.0).contains(&constants.group) && z < 89).then_some(features)
}
