//! Magpie's descriptors against matminer's, and the symmetries that any of them must have.

use descriptor::{COUNT, Gap, Magpie, PROPERTIES, STATISTICS, names};
use matter::formula::Parser;
use matter::{Compositions, Element};
use proptest::prelude::*;

const MATMINER: &str = include_str!("../fixtures/magpie_by_matminer.csv");

/// Element and property without a value in the element table, up to lawrencium.
const GAPS: [(&str, &str); 26] = [
    ("He", "MeltingT"),
    ("He", "Electronegativity"),
    ("Ne", "Electronegativity"),
    ("Ar", "Electronegativity"),
    ("At", "SpaceGroupNumber"),
    ("Rn", "Electronegativity"),
    ("Rn", "SpaceGroupNumber"),
    ("Fr", "MeltingT"),
    ("Fr", "SpaceGroupNumber"),
    ("Bk", "CovalentRadius"),
    ("Cf", "CovalentRadius"),
    ("Es", "CovalentRadius"),
    ("Es", "SpaceGroupNumber"),
    ("Fm", "CovalentRadius"),
    ("Fm", "SpaceGroupNumber"),
    ("Md", "CovalentRadius"),
    ("Md", "SpaceGroupNumber"),
    ("No", "CovalentRadius"),
    ("No", "SpaceGroupNumber"),
    ("Lr", "CovalentRadius"),
    ("Lr", "Electronegativity"),
    ("Lr", "SpaceGroupNumber"),
    ("Nh", "Number"),
    ("Nh", "SpaceGroupNumber"),
    ("Og", "Number"),
    ("Og", "SpaceGroupNumber"),
];

fn batch(formulas: &[&str]) -> Compositions {
    let mut compositions = Compositions::new();
    let mut parser = Parser::new();
    for formula in formulas {
        parser
            .parse_into(formula, &mut compositions)
            .unwrap_or_else(|error| panic!("{formula}: {error}"));
    }
    compositions
}

fn magpie(formulas: &[&str]) -> Magpie {
    let mut magpie = Magpie::new();
    magpie.compute(&batch(formulas));
    magpie
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}

#[test]
fn columns_have_matminers_names_in_matminers_order() {
    let mut reader = csv::Reader::from_reader(MATMINER.as_bytes());
    let theirs: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .skip(1)
        .map(String::from)
        .collect();
    assert_eq!(names().collect::<Vec<_>>(), theirs);
    assert_eq!(COUNT, 132);
}

#[test]
fn values_equal_matminers_wherever_the_element_table_has_no_gap() {
    let mut reader = csv::Reader::from_reader(MATMINER.as_bytes());
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert!(records.len() >= 300);
    let formulas: Vec<&str> = records.iter().map(|record| &record[0]).collect();
    let (compositions, magpie) = (batch(&formulas), magpie(&formulas));
    let (mut compared, mut unknown) = (0, 0);
    for (row, record) in records.iter().enumerate() {
        for (column, name) in names().enumerate() {
            let (ours, theirs) = (
                magpie.row(row)[column],
                record[column + 1].parse::<f64>().unwrap(),
            );
            let property = PROPERTIES[column / STATISTICS.len()];
            let gap = compositions
                .get(row)
                .iter()
                .any(|(element, _)| GAPS.contains(&(element.symbol(), property)));
            assert_eq!(ours.is_nan(), gap, "{name} of {}: {ours}", &record[0]);
            if gap {
                unknown += 1;
            } else {
                assert!(
                    close(ours, theirs),
                    "{name} of {}: {ours}, matminer {theirs}",
                    &record[0]
                );
                compared += 1;
            }
        }
    }
    assert!(
        compared > 60_000 && unknown > 100,
        "{compared} compared, {unknown} unknown"
    );
}

#[test]
fn statistics_of_sodium_chloride_follow_from_their_definitions() {
    let magpie = magpie(&["Na2Cl"]);
    // Electronegativities 0.93 and 3.16: mean 1.67333, mean absolute deviation 2/3 * 0.74333 + 1/3 * 1.48667.
    let start = PROPERTIES
        .iter()
        .position(|&p| p == "Electronegativity")
        .unwrap()
        * STATISTICS.len();
    let expected = [
        0.93,
        3.16,
        2.23,
        5.02 / 3.0,
        2.973_333_333_333_333 / 3.0,
        0.93,
    ];
    for (ours, expected) in magpie.row(0)[start..start + 6].iter().zip(expected) {
        assert!((ours - expected).abs() < 1e-12, "{ours} {expected}");
    }
}

#[test]
fn a_tie_for_the_mode_takes_the_smallest_value() {
    let number_mode = 5;
    let magpie = magpie(&[
        "ClNa",
        "LiNi0.333333Mn0.333333Co0.333334",
        "Ni0.3333Mn0.3333Co0.3334",
    ]);
    assert_eq!(magpie.row(0)[number_mode], 11.0);
    assert_eq!(magpie.row(1)[number_mode], 3.0);
    assert_eq!(magpie.row(2)[number_mode], 27.0);
}

#[test]
fn an_element_without_data_gives_unknown_and_the_reason() {
    let magpie = magpie(&["LiF", "NhO", "Ar", "NaCl"]);
    assert!(magpie.row(1).iter().all(|value| value.is_nan()));
    assert_eq!(magpie.row(2)[0], 18.0);
    let reasons: Vec<(usize, String)> = magpie
        .gaps()
        .iter()
        .map(|(row, gap)| (*row, gap.to_string()))
        .collect();
    assert_eq!(
        reasons,
        [
            (1, "Magpie has no data for Nh".to_string()),
            (2, "Magpie has no Electronegativity for Ar".to_string())
        ]
    );
    assert_eq!(
        magpie.gaps()[1].1,
        Gap::Element(Element::from_symbol("Ar").unwrap())
    );
}

#[test]
fn columns_and_rows_are_the_same_block() {
    let magpie = magpie(&["LiF", "NaCl", "KBr"]);
    assert_eq!((magpie.len(), magpie.values().len()), (3, 3 * COUNT));
    assert_eq!(magpie.column(1).collect::<Vec<_>>(), [9.0, 17.0, 35.0]);
    assert!(magpie.row(3).is_empty());
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let formulas: Vec<String> = (1..3000)
        .map(|i| format!("Li{}Fe{}O{}", i % 7 + 1, i % 11 + 1, i))
        .collect();
    let formulas: Vec<&str> = formulas.iter().map(String::as_str).collect();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| magpie(&formulas))
            .values()
            .iter()
            .map(|value| value.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn adapters_compute_the_same_descriptors_as_the_processor() {
    let long = (1..=118)
        .filter_map(|z| Some(format!("{}0.5", Element::new(z)?.symbol())))
        .collect::<String>();
    let formulas = [
        "LiFePO4",
        "H",
        "Og",
        "HeO",
        "Na2Cl",
        "ClNa",
        "LiNi0.333333Mn0.333333Co0.333334",
        "Fe0.00001O9999",
        "CoCrFeMnNi",
        &long,
    ];
    // Some compositions a hundred times, one empty, and sizes around that of a workgroup.
    for count in [0, 1, 3, 64, 1001] {
        let mut compositions = Compositions::new();
        let all = batch(&formulas);
        for row in 0..count {
            if row == 7 {
                compositions.push(matter::Composition::default().as_ref());
            } else {
                compositions.push(all.get(row % formulas.len()));
            }
        }
        compute::twins::compare(&format!("{count} compositions"), 1e-5, |device| {
            let mut magpie = Magpie::new();
            magpie.compute_on(&compositions, device, &job::Job::new())?;
            let mut values = magpie.values().to_vec();
            values.extend(magpie.gaps().iter().map(|(row, _)| *row as f64));
            Ok::<_, compute::ComputeError>(values)
        })
        .unwrap_or_else(|different| panic!("{different}"));
    }
}

fn parts() -> impl Strategy<Value = Vec<(u8, f64)>> {
    let elements = prop::sample::subsequence(
        (1u8..=83)
            .filter(|z| ![2, 10, 18].contains(z))
            .collect::<Vec<_>>(),
        1..8,
    );
    elements.prop_flat_map(|elements| {
        let count = elements.len();
        (Just(elements), prop::collection::vec(0.05..20.0, count))
            .prop_map(|(e, a)| e.into_iter().zip(a).collect())
    })
}

fn formula(parts: &[(u8, f64)]) -> String {
    parts
        .iter()
        .map(|&(z, amount)| format!("{}{amount:.6}", Element::new(z).unwrap().symbol()))
        .collect()
}

proptest! {
    #[test]
    fn the_order_of_the_elements_does_not_matter(parts in parts()) {
        let reversed: Vec<_> = parts.iter().rev().copied().collect();
        let magpie = magpie(&[&formula(&parts), &formula(&reversed)]);
        prop_assert_eq!(magpie.row(0), magpie.row(1));
    }

    #[test]
    fn scaling_all_amounts_does_not_matter(parts in parts(), exponent in 1i32..6) {
        // Powers of two scale a double without rounding, and six more decimals hold the scaled amounts exactly.
        let amounts: Vec<f64> = parts.iter().map(|(_, amount)| (amount * 64.0).round().max(1.0)).collect();
        let text = |factor: f64| {
            let part = |(&(z, _), amount): (&(u8, f64), &f64)| format!("{}{:.9}", Element::new(z).unwrap().symbol(), amount * factor);
            parts.iter().zip(&amounts).map(part).collect::<String>()
        };
        let magpie = magpie(&[&text(1.0), &text(2f64.powi(exponent)), &text(2f64.powi(-exponent))]);
        prop_assert_eq!(magpie.row(0), magpie.row(1));
        prop_assert_eq!(magpie.row(0), magpie.row(2));
    }

    #[test]
    fn the_mean_lies_between_the_elements_and_the_deviation_within_the_range(parts in parts()) {
        let magpie = magpie(&[&formula(&parts)]);
        for statistics in magpie.row(0).chunks_exact(STATISTICS.len()) {
            let [minimum, maximum, range, mean, deviation, mode] = statistics.try_into().unwrap();
            let slack = 1e-9 * f64::max(minimum.abs(), maximum.abs()).max(1.0);
            prop_assert!(minimum <= mean + slack && mean <= maximum + slack);
            prop_assert!(minimum <= mode && mode <= maximum);
            prop_assert!((range - (maximum - minimum)).abs() <= slack);
            // The mean absolute deviation is at most half the range.
            prop_assert!(deviation >= 0.0 && deviation <= range / 2.0 + slack);
        }
    }

    #[test]
    fn the_mean_of_a_mixture_is_the_weighted_mean_of_its_halves(a in parts(), b in parts()) {
        let together = format!("({}){}({}){}", formula(&a), 1, formula(&b), 2);
        let magpie = magpie(&[&formula(&a), &formula(&b), &together]);
        let atoms = |parts: &[(u8, f64)]| parts.iter().map(|(_, amount)| amount).sum::<f64>();
        let (weight_a, weight_b) = (atoms(&a), 2.0 * atoms(&b));
        for column in (3..COUNT).step_by(STATISTICS.len()) {
            let expected = (weight_a * magpie.row(0)[column] + weight_b * magpie.row(1)[column]) / (weight_a + weight_b);
            prop_assert!((magpie.row(2)[column] - expected).abs() <= 1e-4 * expected.abs().max(1.0));
        }
    }
}
