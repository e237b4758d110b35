//! Magnetisation and insertion, against published values.

use crate::fixtures::fixture;
use crystal::{Lattice, Site, Structure};
use job::Job;
use matter::Element;
use potential::assess::settings;
use potential::insertion::{InsertionError, Steps, insertion, ion_of};
use potential::magnetism::{Magnetization, caveats};
use potential::phases::Phases;
use potential::{Model, Potential, Precision};
use std::sync::LazyLock;

static POTENTIAL: LazyLock<Potential> =
    LazyLock::new(|| Potential::new(Model::Chgnet030, Precision::Single).unwrap());

fn metal(ion: Element) -> f64 {
    let phases = Phases::bundled(Model::Chgnet030).unwrap();
    phases.hull().reference(ion).unwrap().energy_per_atom
}

#[test]
fn moments_in_a_volume_are_the_magnetisation_of_the_textbook() {
    // Iron: 2.22 µB on a bcc lattice of 2.866 Å are 1.75 MA/m and 2.20 T (J. M. D. Coey, Magnetism and Magnetic Materials, 2010).
    let lattice = Lattice::from_parameters(2.866, 2.866, 2.866, 90.0, 90.0, 90.0).unwrap();
    let sites = [[0.0; 3], [0.5; 3]].map(|p| Site::new(Element::FE, p.into()));
    let iron = Structure::new(lattice, sites.into());
    let found = Magnetization::of(&iron, &[2.22, 2.22]);
    assert!((found.per_volume / 1.75e6 - 1.0).abs() < 0.01, "{found:?}");
    assert!((found.tesla - 2.20).abs() < 0.01, "{found:?}");
    assert!((found.per_atom - 2.22).abs() < 1e-12);
    assert!(caveats(&iron, &[2.2, 2.2])[0].contains("upper bound"));
    assert!(caveats(&iron, &[0.01, 0.0]).is_empty());
    let mut mixed = iron;
    mixed.sites[0] = Site::new(Element::from_symbol("Nd").unwrap(), [0.0; 3].into());
    assert!(caveats(&mixed, &[0.3, 2.2])[1].contains("4f moments of Nd"));
}

#[test]
fn voltages_are_those_of_the_original_network() {
    // 3.43 and 3.49 V with chgnet and ase.
    for (name, voltage) in [("LiFePO4", 3.43), ("LiCoO2", 3.49)] {
        let structure = fixture(name).structure;
        assert_eq!(ion_of(&structure), Some(Element::LI));
        let found = insertion(
            &POTENTIAL,
            &structure,
            Element::LI,
            metal(Element::LI),
            Steps::Ends,
            &settings(),
            &Job::new(),
        )
        .unwrap();
        assert!(
            (found.average_voltage - voltage).abs() < 0.1,
            "{name}: {}",
            found.average_voltage
        );
        // Measured: +7 % for the olivine. The layers of empty CoO2 drift apart without van der Waals forces, which is said.
        let same = name == "LiFePO4";
        let change = found.volume_change;
        assert_eq!(found.is_same_host(), same, "{name}: {change}");
        assert_eq!(found.notes().is_empty(), same, "{:?}", found.notes());
        assert_eq!(found.plateaus.len(), 1);
        assert!((found.plateaus[0].voltage - found.average_voltage).abs() < 1e-9);
    }
}

#[test]
fn steps_of_insertion_average_to_the_whole() {
    let structure = fixture("LiCoO2").structure;
    let structure = structure
        .supercell([[2, 0, 0], [0, 2, 0], [0, 0, 1]])
        .unwrap();
    let found = insertion(
        &POTENTIAL,
        &structure,
        Element::LI,
        metal(Element::LI),
        Steps::All,
        &settings(),
        &Job::new(),
    )
    .unwrap();
    assert_eq!(found.steps.len(), found.ions + 1);
    let whole: f64 = found
        .plateaus
        .iter()
        .map(|p| (p.to - p.from) * p.voltage)
        .sum();
    assert!((whole - found.average_voltage).abs() < 1e-9);
    for pair in found.plateaus.windows(2) {
        assert!(pair[0].voltage > pair[1].voltage && pair[0].to == pair[1].from);
    }
}

#[test]
fn a_structure_without_ions_has_no_voltage() {
    let iron = fixture("Fe_bcc").structure;
    assert_eq!(ion_of(&iron), None);
    let ask = |structure: &Structure, ion| {
        insertion(
            &POTENTIAL,
            structure,
            ion,
            -2.0,
            Steps::Ends,
            &settings(),
            &Job::new(),
        )
    };
    let refused = ask(&iron, Element::LI).unwrap_err();
    assert_eq!(refused, InsertionError::NoIon("Li".to_owned()));
    let refused = ask(&iron, Element::FE).unwrap_err();
    assert_eq!(refused, InsertionError::NoHost("Fe"));
}
