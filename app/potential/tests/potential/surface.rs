//! The hull as a surface: against Qhull, and against the energies that the simplex method finds without it.

use matter::{Composition, Element, formula};
use potential::hull::{Hull, HullError, Phase};
use std::collections::BTreeMap;

fn phase(text: &str, energy_per_atom: f64) -> Phase {
    Phase {
        name: text.to_owned(),
        composition: formula::parse(text).unwrap().composition,
        energy_per_atom,
    }
}

fn elements(system: &str) -> Vec<Element> {
    let symbols = system.split('-');
    symbols.map(|s| Element::from_symbol(s).unwrap()).collect()
}

/// 859 entries of the Materials Project, in the order of their file.
fn oxides_and_phosphates() -> Hull {
    let file = include_str!("../fixtures/hull_li_fe_p_o.csv");
    let phases = file.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        phase(fields[0], fields[1].parse().unwrap())
    });
    Hull::new(phases.collect()).unwrap()
}

fn fractions(composition: &Composition, elements: &[Element]) -> Vec<f64> {
    let part = |e: &Element| composition.as_ref().atomic_fraction(*e);
    elements.iter().map(part).collect()
}

/// Numbers from 0 to 1 that are the same every time (a linear congruence of Knuth's).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The volume of a cell as a part of all compositions: the determinant of its phases' fractions.
fn volume(rows: &[Vec<f64>]) -> f64 {
    let count = rows.len();
    let matrix = nalgebra::DMatrix::from_fn(count, count, |row, column| rows[row][column]);
    matrix.determinant().abs()
}

/// Everything that makes cells the lower hull: they fill all compositions once, and no phase lies below the plane of any.
fn assert_is_the_hull(hull: &Hull, system: &[Element]) {
    let surface = hull.surface(system).unwrap();
    let place = |phase: usize| fractions(&hull.phases()[phase].composition, system);
    let cells: Vec<Vec<Vec<f64>>> = surface
        .cells
        .iter()
        .map(|cell| cell.iter().map(|&phase| place(phase)).collect())
        .collect();
    let whole: f64 = cells.iter().map(|cell| volume(cell)).sum();
    assert!((whole - 1.0).abs() < 1e-9, "{whole}");
    for (cell, rows) in surface.cells.iter().zip(&cells) {
        let count = rows.len();
        let matrix = nalgebra::DMatrix::from_fn(count, count, |row, column| rows[row][column]);
        let energies = cell.iter().map(|&p| hull.phases()[p].energy_per_atom);
        let energies = nalgebra::DVector::from_iterator(count, energies);
        let prices = matrix.lu().solve(&energies).unwrap();
        for phase in hull.phases() {
            let own = fractions(&phase.composition, system);
            if (own.iter().sum::<f64>() - 1.0).abs() > 1e-9 {
                continue;
            }
            let plane: f64 = own.iter().zip(prices.iter()).map(|(x, p)| x * p).sum();
            let above = phase.energy_per_atom - plane;
            assert!(above > -1e-8, "{} lies {above} below {cell:?}", phase.name);
        }
    }
    // Between its corners a cell has the energy that the simplex method finds.
    let mut numbers = Numbers(7);
    for rows in &cells {
        let shares: Vec<f64> = rows.iter().map(|_| numbers.next() + 0.01).collect();
        let total: f64 = shares.iter().sum();
        let parts = system.iter().enumerate().map(|(at, element)| {
            let amount: f64 = rows.iter().zip(&shares).map(|(row, s)| row[at] * s).sum();
            (*element, amount / total)
        });
        let text: String = parts.map(|(e, x)| format!("{e}{x:.12}")).collect();
        let composition = formula::parse(&text).unwrap().composition;
        let at = surface.cells[cells.iter().position(|c| std::ptr::eq(c, rows)).unwrap()].iter();
        let between: f64 = at
            .zip(&shares)
            .map(|(&p, s)| s / total * hull.phases()[p].energy_per_atom)
            .sum();
        let found = hull.at(&composition).unwrap().energy_per_atom;
        assert!((found - between).abs() < 1e-8, "{text}: {found} {between}");
    }
}

#[test]
fn cells_of_two_to_four_components_are_those_of_qhull() {
    // Made with scipy 1.x's ConvexHull over formation energies: the lines of the phases' file that are the corners of a cell.
    let file = include_str!("../fixtures/hull_cells.csv");
    let mut wanted: BTreeMap<&str, Vec<Vec<usize>>> = BTreeMap::new();
    for line in file.lines().skip(1) {
        let (system, lines) = line.split_once(',').unwrap();
        let cell = lines.split(' ').map(|n| n.parse::<usize>().unwrap() - 2);
        wanted.entry(system).or_default().push(cell.collect());
    }
    let hull = oxides_and_phosphates();
    assert_eq!(wanted.len(), 8);
    for (system, mut cells) in wanted {
        cells.sort();
        let found = hull.surface(&elements(system)).unwrap();
        assert_eq!(found.cells, cells, "{system}");
        assert_is_the_hull(&hull, &elements(system));
    }
}

#[test]
fn made_up_systems_have_the_hull_that_a_search_of_all_lines_finds() {
    let mut numbers = Numbers(11);
    for _ in 0..50 {
        let mut phases = vec![phase("Al", -3.0), phase("Ni", -5.0)];
        for _ in 0..12 {
            let (a, b) = (
                1 + (numbers.next() * 9.0) as u8,
                1 + (numbers.next() * 9.0) as u8,
            );
            let x = f64::from(b) / f64::from(a + b);
            let energy = -3.0 - 2.0 * x - 0.5 * numbers.next();
            phases.push(phase(&format!("Al{a}Ni{b}"), energy));
        }
        let hull = Hull::new(phases.clone()).unwrap();
        let system = elements("Al-Ni");
        let x = |p: usize| fractions(&phases[p].composition, &system)[1];
        // A pair is on the hull where no phase lies below its line, and none between on it.
        let mut pairs = Vec::new();
        for a in 0..phases.len() {
            for b in 0..phases.len() {
                let slope = (phases[b].energy_per_atom - phases[a].energy_per_atom) / (x(b) - x(a));
                let above = |p: usize| {
                    phases[p].energy_per_atom - phases[a].energy_per_atom - slope * (x(p) - x(a))
                };
                let others = (0..phases.len()).filter(|&p| p != a && p != b);
                if x(a) < x(b) && others.clone().all(|p| above(p) > 0.0) {
                    pairs.push([a.min(b), a.max(b)]);
                }
            }
        }
        pairs.sort();
        let surface = hull.surface(&system).unwrap();
        assert_eq!(surface.edges(), pairs);
        assert_is_the_hull(&hull, &system);
    }
}

#[test]
fn random_ternaries_are_filled_once_and_from_below() {
    let mut numbers = Numbers(3);
    let system = elements("Li-Fe-O");
    for _ in 0..20 {
        let mut phases = vec![phase("Li", -1.9), phase("Fe", -8.0), phase("O", -5.0)];
        for _ in 0..60 {
            // Zero now and then: binaries and, rarely, elements too.
            let amounts = [(); 3].map(|()| (numbers.next() * 5.0) as u8);
            let total: u8 = amounts.iter().sum();
            if total == 0 {
                continue;
            }
            let text: String = system
                .iter()
                .zip(amounts)
                .filter(|(_, n)| *n > 0)
                .map(|(e, n)| format!("{e}{n}"))
                .collect();
            let spread: f64 = amounts
                .iter()
                .map(|&n| f64::from(n) / f64::from(total))
                .map(|x| x * x)
                .sum();
            phases.push(phase(
                &text,
                -5.0 - 2.0 * (1.0 - spread) + 0.5 * numbers.next(),
            ));
        }
        assert_is_the_hull(&Hull::new(phases).unwrap(), &system);
    }
}

#[test]
fn phases_that_coexist_by_fours_are_divided_and_what_is_no_corner_joins_nothing() {
    // Four phases in one plane, a fifth in their middle on it, a sixth above.
    let hull = Hull::new(vec![
        phase("Li", 0.0),
        phase("Fe", 0.0),
        phase("O", 0.0),
        phase("LiO", -1.0),
        phase("FeO", -1.0),
        phase("LiFeO2", -1.0),
        phase("LiFe2O3", -0.5),
        phase("Li", 0.3),
        phase("Li2O2", -0.9),
    ])
    .unwrap();
    let system = elements("Li-Fe-O");
    let surface = hull.surface(&system).unwrap();
    assert_is_the_hull(&hull, &system);
    let corners = surface.corners();
    for stable in [0, 1, 2, 3, 4] {
        assert!(corners.contains(&stable), "{corners:?}");
    }
    for above in [6, 7, 8] {
        assert!(!corners.contains(&above), "{corners:?}");
    }
    // The same elements in another order, or twice, are the same system.
    let again = hull.surface(&elements("O-Li-Fe-Li")).unwrap();
    assert_eq!(again.corners(), corners);
    let one = hull.surface(&elements("Fe")).unwrap();
    assert_eq!(one.cells, [[1]]);
}

#[test]
fn a_surface_needs_every_element() {
    let hull = Hull::new(vec![phase("Fe", -8.0), phase("FeO", -7.0)]).unwrap();
    let error = hull.surface(&elements("Fe-O")).unwrap_err();
    assert_eq!(error, HullError::NotCovered("O".to_owned()));
    assert_eq!(hull.surface(&[]).unwrap_err(), HullError::Empty);
}
