//! How likely one metal takes the place of another in an alloy: a measure of our own, for compounds without an anion.
//!
//! Elements replace one another where they are alike in size and in their place on Pettifor's scale (D. G. Pettifor, Solid State
//! Commun. 51, 31 (1984), doi:10.1016/0038-1098(84)90765-8), on which structure types fall into fields. The likeness of two elements
//! is `exp(-(m / 12)² / 2 - (s / 0.12)² / 2)`, with m the distance of their Mendeleev numbers and s the logarithm of the ratio of
//! their radii; the probability is the likeness divided by its sum over all elements of the potential's range (Z = 1 to 94). The
//! widths are chosen by hand: the numbers order candidates, and are no frequencies.

use descriptor::element_property;
use matter::Element;
use std::sync::LazyLock;

/// Width of the likeness in Mendeleev numbers, which run to 103.
const MENDELEEV_WIDTH: f64 = 12.0;
/// Width of the likeness in the logarithm of the radius.
const SIZE_WIDTH: f64 = 0.12;
/// The last element that counts.
const LAST: u8 = 94;

/// What is compared of an element.
#[derive(Clone, Copy)]
struct Metal {
    element: Element,
    mendeleev: f64,
    radius: f64,
}

static METALS: LazyLock<Vec<Metal>> = LazyLock::new(|| {
    let metal = |element: Element| {
        Some(Metal {
            element,
            mendeleev: mendeleev_number(element)?,
            radius: radius(element)?,
        })
    };
    let range = Element::all().filter(|e| e.atomic_number() <= LAST);
    range.filter_map(metal).collect()
});

/// Place of the element on Pettifor's scale, 1 to 103, as Magpie's table has it; `None` where it has none.
pub fn mendeleev_number(element: Element) -> Option<f64> {
    element_property(element, "MendeleevNumber")
}

/// Radius in Å: of the metal with twelve neighbours, and of a single covalent bond for elements that are no metals.
pub fn radius(element: Element) -> Option<f64> {
    let data = element.data();
    let radius = data.metallic_radius_pm.or(data.covalent_radius_pm)?;
    Some(radius / 100.0)
}

fn metal(element: Element) -> Option<Metal> {
    METALS.iter().find(|m| m.element == element).copied()
}

fn likeness(a: Metal, b: Metal) -> f64 {
    let m = (a.mendeleev - b.mendeleev) / MENDELEEV_WIDTH;
    let s = (a.radius / b.radius).ln() / SIZE_WIDTH;
    (-0.5 * (m * m + s * s)).exp()
}

/// The measure, 0 to 1, for `child` in a place of `parent`; sums to 1 over all children. `None` for elements without a radius or
/// beyond Z = 94.
pub fn probability(child: Element, parent: Element) -> Option<f64> {
    let (child, parent) = (metal(child)?, metal(parent)?);
    let all: f64 = METALS.iter().map(|m| likeness(*m, parent)).sum();
    Some(likeness(child, parent) / all)
}
