//! Dilute alloys: a host metal with a little of another.
//!
//! - **Metals**: all elements but nonmetals, metalloids, polonium, noble gases and the heaviest halogens.
//! - **Dilute**: two metals, of which the dopant is at most a quarter of the atoms ([`MOST_DOPANT`]); of equal parts neither
//!   would be the host. `Cu0.99Pt0.01` is platinum in copper.

use matter::{CompositionRef, Element};

/// The greatest atomic fraction of a dopant.
pub const MOST_DOPANT: f64 = 0.25;

/// A host metal and its dopant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiluteAlloy {
    /// The majority metal.
    pub host: Element,
    /// The minority metal.
    pub dopant: Element,
}

impl DiluteAlloy {
    /// Host and dopant of a composition; `None` where it is no dilute alloy of two metals. See the [module](self).
    pub fn of(composition: CompositionRef<'_>) -> Option<Self> {
        let mut parts = composition.iter().filter(|(_, amount)| *amount > 0.0);
        let (Some((a, x)), Some((b, y)), None) = (parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let ((host, most), (dopant, least)) = if x >= y {
            ((a, x), (b, y))
        } else {
            ((b, y), (a, x))
        };
        let dilute = least <= (MOST_DOPANT + 1e-9) * (most + least);
        (is_metal(host) && is_metal(dopant) && dilute).then_some(Self { host, dopant })
    }
}

fn is_metal(element: Element) -> bool {
    !matches!(element.atomic_number(), 1 | 2 | 5..=10 | 14..=18 | 32..=36 | 51..=54 | 84..=86 | 117..)
}
