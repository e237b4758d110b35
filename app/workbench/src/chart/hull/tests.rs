use super::*;
use crate::hull::HullSource;
use matter::Element;

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn point(formula: &str, fractions: &[f64], energy: f64, above: f64, row: Option<u32>) -> HullPoint {
    let phase = || HullSource::Phase {
        source: "made up".to_owned(),
        space_group: Some(225),
    };
    HullPoint {
        formula: formula.to_owned(),
        fractions: fractions.to_vec(),
        formation_energy: energy,
        std: 0.1,
        above_hull: above,
        is_covered: true,
        is_stable: above == 0.0 && row.is_none(),
        decomposition: Vec::new(),
        source: row.map_or_else(phase, HullSource::Row),
    }
}

/// Iron, nitrogen, a stable nitride, one above the hull, one far above, and a candidate.
fn binary() -> HullPlot {
    HullPlot {
        elements: vec![element("Fe"), element("N")],
        points: vec![
            point("Fe", &[1.0, 0.0], 0.0, 0.0, None),
            point("N", &[0.0, 1.0], 0.0, 0.0, None),
            point("Fe4N", &[0.8, 0.2], -0.4, 0.0, None),
            point("FeN", &[0.5, 0.5], -0.2, 0.05, None),
            point("FeN3", &[0.25, 0.75], 1.0, 1.125, None),
            point("Fe3N", &[0.75, 0.25], -0.25, 0.125, Some(7)),
        ],
        phases: 5,
        edges: vec![[0, 2], [1, 2]],
        cells: vec![vec![0, 2], vec![1, 2]],
        bare_pairs: Vec::new(),
        in_system: 1,
        model: "made up".to_owned(),
    }
}

fn ternary() -> HullPlot {
    HullPlot {
        elements: vec![element("Li"), element("Fe"), element("O")],
        points: vec![
            point("Li", &[1.0, 0.0, 0.0], 0.0, 0.0, None),
            point("Fe", &[0.0, 1.0, 0.0], 0.0, 0.0, None),
            point("O", &[0.0, 0.0, 1.0], 0.0, 0.0, None),
            point("LiFeO2", &[0.25, 0.25, 0.5], -1.0, 0.0, None),
        ],
        phases: 4,
        edges: vec![[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]],
        cells: vec![vec![0, 1, 3], vec![0, 2, 3], vec![1, 2, 3]],
        bare_pairs: Vec::new(),
        in_system: 0,
        model: "made up".to_owned(),
    }
}

fn laid(plot: &HullPlot, selection: &[u32]) -> HullChart {
    let texts = HullTexts::english(plot, 0.25);
    hull_marks(plot, 0.25, selection, &texts, (640.0, 480.0), 12.0)
}

fn near(a: Place, b: Place) {
    assert!(
        (a[0] - b[0]).abs() < 0.01 && (a[1] - b[1]).abs() < 0.01,
        "{a:?} {b:?}"
    );
}

#[test]
fn two_components_run_from_one_side_to_the_other_and_energies_downwards() {
    let plot = binary();
    let chart = laid(&plot, &[]);
    let at = |point| chart.place(point).unwrap();
    let (left, right, nitride) = (at(0), at(1), at(2));
    // One scale along each axis: a fifth of the way, and energies in proportion.
    near(nitride, [left[0] + 0.2 * (right[0] - left[0]), nitride[1]]);
    assert_eq!(left[1], right[1]);
    let per_energy = (nitride[1] - left[1]) / 0.4;
    assert!(per_energy > 0.0);
    near(
        at(3),
        [(left[0] + right[0]) / 2.0, left[1] + 0.2 * per_energy],
    );
    near(
        at(5),
        [
            left[0] + 0.25 * (right[0] - left[0]),
            left[1] + 0.25 * per_energy,
        ],
    );
    // What lies further above than is asked for is not drawn, and told.
    assert_eq!(chart.place(4), None);
    let texts: Vec<&str> = chart
        .drawing
        .behind
        .iter()
        .chain(&chart.drawing.marks)
        .filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    for wanted in [
        "Fe₄N",
        "atomic fraction of N",
        "formation energy [eV/atom]",
        "energy above hull [eV/atom]",
        "Fe-N: relative to 5 bundled phases, 3 of them stable (made up)",
        "1 more than 0.25 eV/atom above the hull are not drawn",
    ] {
        assert!(texts.contains(&wanted), "{wanted}: {texts:?}");
    }
    // The lines of the hull join the stable phases.
    let lines: Vec<(Place, Place)> = chart
        .drawing
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Line { from, to, .. } => Some((*from, *to)),
            _ => None,
        })
        .collect();
    assert_eq!(lines, [(left, nitride), (right, nitride)]);
}

#[test]
fn points_have_the_colour_of_their_distance_and_candidates_a_sign_of_their_own() {
    let plot = binary();
    let chart = laid(&plot, &[7]);
    let signs: Vec<(Place, Symbol, Role)> = chart
        .drawing
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Symbol { at, symbol, role } => Some((*at, *symbol, *role)),
            _ => None,
        })
        .collect();
    let of = |point: usize| {
        let place = chart.place(point).unwrap();
        let own = signs.iter().filter(move |sign| sign.0 == place);
        own.map(|sign| (sign.1, sign.2)).collect::<Vec<_>>()
    };
    assert_eq!(of(2), [(Symbol::Predicted, Role::Front)]);
    assert_eq!(of(3), [(Symbol::Predicted, Role::Shade(51))]);
    // Half of the scale, and a ring around what is selected, with its standard deviation of 0.1 eV/atom.
    let candidate = [
        (Symbol::Candidate, Role::Shade(128)),
        (Symbol::Candidate, Role::Selected),
    ];
    assert_eq!(of(5), candidate);
    let bar = chart.drawing.behind.iter().find_map(|mark| match mark {
        Mark::Line {
            from,
            to,
            role: Role::ErrorBar,
        } => Some((*from, *to)),
        _ => None,
    });
    let (from, to) = bar.unwrap();
    let per_energy = (chart.place(2).unwrap()[1] - chart.place(0).unwrap()[1]) / 0.4;
    assert!((from[1] - to[1] - 0.2 * per_energy).abs() < 0.01);
    // The pointer finds it, and a rectangle around it.
    let [x, y] = chart.place(5).unwrap();
    assert_eq!(chart.nearest([x + 3.0, y - 2.0]), Some(5));
    assert_eq!(chart.inside([x + 2.0, y + 2.0], [x - 2.0, y - 2.0]), [5]);
    assert_eq!(chart.nearest([1.0, 1.0]), None);
}

#[test]
fn three_components_lie_in_a_triangle_of_equal_sides() {
    let plot = ternary();
    let chart = laid(&plot, &[]);
    let [li, fe, o] = [0, 1, 2].map(|point| chart.place(point).unwrap());
    let side = |a: Place, b: Place| (a[0] - b[0]).hypot(a[1] - b[1]);
    assert!((side(li, fe) - side(fe, o)).abs() < 0.01 && (side(li, fe) - side(li, o)).abs() < 0.01);
    // The third element above, the first to the left.
    assert!(li[0] < fe[0] && li[1] == fe[1] && o[1] < li[1]);
    // By fractions between the corners: a quarter, a quarter, and half.
    let middle = [0, 1].map(|axis| 0.25 * li[axis] + 0.25 * fe[axis] + 0.5 * o[axis]);
    near(chart.place(3).unwrap(), middle);
    let lines = chart
        .drawing
        .marks
        .iter()
        .filter(|m| matches!(m, Mark::Line { .. }));
    assert_eq!(lines.count(), 6);
    for place in [li, fe, o] {
        assert!(place.iter().all(|x| *x > 0.0) && place[0] < 640.0 && place[1] < 480.0);
    }
}
