//! Host and dopant of dilute alloys.

use descriptor::alloy::DiluteAlloy;
use descriptor::compute;
use matter::Compositions;
use matter::formula::{self, Parser};

fn alloy(text: &str) -> Option<(&'static str, &'static str)> {
    let parsed = formula::parse(text).unwrap();
    let alloy = DiluteAlloy::of(parsed.composition.as_ref())?;
    Some((alloy.host.symbol(), alloy.dopant.symbol()))
}

#[test]
fn the_metal_of_which_there_is_more_is_the_host() {
    assert_eq!(alloy("Cu0.99Pt0.01"), Some(("Cu", "Pt")));
    assert_eq!(alloy("PtCu99"), Some(("Cu", "Pt")));
    assert_eq!(alloy("Pt3Cu"), Some(("Pt", "Cu")));
}

#[test]
fn neither_rich_alloys_nor_compounds_nor_elements_are_dilute_alloys() {
    for formula in [
        "PtCu",
        "Pt2Cu",
        "SrTiO3",
        "Cu",
        "Cu99Pt0.5Pd0.5",
        "Fe99C",
        "Si99P",
        "Pd99H",
    ] {
        assert_eq!(alloy(formula), None, "{formula}");
    }
}

#[test]
fn descriptors_are_of_the_right_metal_in_the_right_unit() {
    let (mut all, mut parser) = (Compositions::new(), Parser::new());
    for formula in ["Cu0.99Pt0.01", "NaCl", "La99Nd"] {
        parser.parse_into(formula, &mut all).unwrap();
    }
    let names = [
        "host_group",
        "dopant_group",
        "dopant_period",
        "host_metallic_radius",
        "dopant_boiling_point",
        "host_electronegativity",
    ];
    let columns = compute(&names, &all);
    let first: Vec<f64> = columns.iter().map(|column| column[0]).collect();
    // Groups 11 and 10, period 6; copper has 1.17 Å (Pauling) and 1.90, platinum boils at 4098 K.
    assert_eq!(&first[..3], [11.0, 10.0, 6.0]);
    assert!((first[3] - 1.17).abs() < 0.15, "{}", first[3]);
    assert!((first[4] - 4098.0).abs() < 30.0, "{}", first[4]);
    assert_eq!(first[5], 1.9);
    assert!(columns.iter().all(|column| column[1].is_nan()));
    // The f block has no group.
    assert!(columns[1][2].is_nan() && columns[2][2] == 6.0);
}
