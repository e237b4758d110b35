//! The bundled phases, and how candidates stand among them.

use crate::fixtures::fixture;
use job::Job;
use matter::{Composition, Element, formula};
use potential::assess::{assess, settings};
use potential::hull::Phase;
use potential::phases::{Phases, PhasesError};
use potential::{Model, Potential, PotentialError, Precision};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static POTENTIAL: LazyLock<Potential> =
    LazyLock::new(|| Potential::new(Model::Chgnet030, Precision::Single).unwrap());

fn phases() -> &'static Phases {
    Phases::bundled(Model::Chgnet030).unwrap()
}

fn composition(text: &str) -> Composition {
    formula::parse(text).unwrap().composition
}

#[test]
fn bundled_phases_lie_on_or_above_their_hull_and_those_on_it_exactly() {
    let phases = phases();
    let all = phases.hull().phases();
    assert!(all.len() > 200, "{}", all.len());
    let mut on = 0;
    for (number, phase) in all.iter().enumerate() {
        let standing = phases.standing(&phase.composition, phase.energy_per_atom);
        let standing = standing.unwrap_or_else(|e| panic!("{}: {e}", phase.name));
        let above = standing.above_hull.unwrap();
        assert!(above > -1e-9, "{} {above}", phase.name);
        on += usize::from(above < 1e-9);
        let formula = phases.structure(number).unwrap().formula();
        let same = composition(&formula);
        assert!(
            same.as_ref().approx_eq(phase.composition.as_ref()),
            "{formula} {}",
            phase.name
        );
    }
    assert!(on > 80, "{on}");
}

#[test]
fn the_potential_gives_bundled_structures_their_bundled_energies() {
    let phases = phases();
    let all = phases.hull().phases();
    for number in (0..all.len()).step_by(all.len() / 40) {
        let structure = phases.structure(number).unwrap();
        let found = POTENTIAL.predict(&structure).unwrap();
        let off = found.energy_per_atom() - all[number].energy_per_atom;
        let source = &phases.records()[number].source;
        // Coordinates are written to 1e-5, the limits of the relaxation were 0.03 eV/Å and 0.1 GPa.
        assert!(off.abs() < 2e-5, "{source}: {off}");
        assert!(found.largest_force() < 0.035, "{source}");
        assert!(found.pressure().abs() < 0.11, "{source}");
    }
}

#[test]
fn a_duplicate_of_a_phase_lies_where_the_phase_does() {
    let phases = phases();
    let number = phases.records().iter().position(|r| r.source == "mp-2133");
    let number = number.expect("wurtzite");
    let structure = phases.structure(number).unwrap();
    let twice = structure
        .supercell([[1, 1, 0], [0, 1, 0], [0, 0, 2]])
        .unwrap();
    let found = assess(
        &POTENTIAL,
        &twice,
        Some(&settings()),
        Ok(phases),
        &Job::new(),
    )
    .unwrap();
    let standing = found.standing.unwrap();
    let own = phases.hull().phases()[number].energy_per_atom;
    let own = phases.standing(&composition("ZnO"), own).unwrap();
    assert!((standing.above_hull.unwrap() - own.above_hull.unwrap()).abs() < 1e-3);
    // -350.5 kJ/mol of formula units are -1.82 eV/atom.
    assert!(
        (standing.formation_energy + 1.82).abs() < 0.15,
        "{}",
        standing.formation_energy
    );
}

#[test]
fn what_is_not_covered_is_said_and_not_guessed() {
    let refused = Phases::bundled(Model::ChgnetR2scan).unwrap_err();
    assert_eq!(refused, PhasesError::Model(Model::ChgnetR2scan));
    let phases = phases();
    let radium = phases.standing(&composition("RaO"), -5.0).unwrap_err();
    assert!(radium.to_string().contains("no phase of Ra alone"));
    // Elements, but no compound of them.
    let bare = ["HeXe", "HeAr", "NeKr"].map(composition);
    let bare = bare.iter().find_map(|c| phases.standing(c, 0.0).ok());
    if let Some(standing) = bare {
        assert_eq!((standing.above_hull, standing.compounds), (None, 0));
        assert!(standing.notes()[0].starts_with("not covered"));
    }
}

#[test]
fn own_phases_compete_beside_the_bundled_ones() {
    let phases = phases();
    let energy = phases
        .hull()
        .at(&composition("ZnO"))
        .unwrap()
        .energy_per_atom;
    let better = Phase {
        name: "ZnO".to_owned(),
        composition: composition("ZnO"),
        energy_per_atom: energy - 0.1,
    };
    let more = phases.with(vec![(better, "mine.cif".to_owned())]).unwrap();
    let standing = more.standing(&composition("ZnO"), energy).unwrap();
    assert!((standing.above_hull.unwrap() - 0.1).abs() < 1e-12);
    assert_eq!(more.records()[standing.parts[0].0].source, "mine.cif");
    assert!(more.structure(standing.parts[0].0).is_err());
}

#[test]
fn the_known_structures_of_elements_are_the_lowest_or_nearly_so() {
    let phases = phases();
    let energy = |p: usize| phases.hull().phases()[p].energy_per_atom;
    for (element, group) in [
        ("Fe", 229),
        ("Cu", 225),
        ("Ti", 194),
        ("Si", 227),
        ("W", 229),
        ("Al", 225),
        ("Mg", 194),
        ("Co", 194),
    ] {
        let element = Element::from_symbol(element).unwrap();
        let elements = BTreeSet::from([element]);
        let known = |p: &usize| phases.records()[*p].space_group == Some(group);
        let all = phases.of_system(&elements).filter(known).map(energy);
        let lowest = phases.hull().reference(element).unwrap().energy_per_atom;
        let off = all.fold(f64::INFINITY, f64::min) - lowest;
        // Rivals of copper and titanium lie 0.005 eV/atom apart, below the model's error.
        assert!(off < 0.01, "{element:?}: {off}");
    }
}

#[test]
fn a_stable_alloy_lies_on_the_hull_with_its_caveats() {
    let start = fixture("FePt_L10").structure;
    let job = Job::new();
    let found = assess(&POTENTIAL, &start, Some(&settings()), Ok(phases()), &job).unwrap();
    let standing = found.standing.as_ref().unwrap();
    assert!(standing.above_hull.unwrap().abs() < 0.01, "{standing:?}");
    assert!(standing.compounds >= 2 && standing.compared > standing.compounds);
    assert!((found.volume_ratio - 1.0).abs() < 0.05);
    // Measured at room temperature: 1.43 T.
    assert!((found.magnetization.tesla - 1.31).abs() < 0.1);
    let notes = found.notes().join("; ");
    assert!(
        notes.contains("relative to") && notes.contains("without sign"),
        "{notes}"
    );
    job.cancel();
    let cancelled = assess(&POTENTIAL, &start, Some(&settings()), Ok(phases()), &job);
    assert_eq!(cancelled.unwrap_err(), PotentialError::Cancelled);
}
