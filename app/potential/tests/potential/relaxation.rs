//! Relaxation: to a minimum, with the symmetry kept, and with an end where there is none.

use crate::fixtures::fixture;
use crystal::{Lattice, Site, Structure, symmetry};
use job::Job;
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use potential::relax::{Ending, Method, Settings, relax, relax_all};
use potential::{Model, Potential, PotentialError, Precision, trajectory};
use std::sync::LazyLock;

static POTENTIAL: LazyLock<Potential> =
    LazyLock::new(|| Potential::new(Model::Chgnet030, Precision::Single).unwrap());

/// Displaced by up to 0.1 Å, strained by up to 3 %, always the same.
fn disturbed(name: &str) -> Structure {
    let mut structure = fixture(name).structure;
    let mut state = 7_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 30) as f64 - 1.0
    };
    let strain = Matrix3::identity() + Matrix3::from_fn(|_, _| 0.03 * random());
    structure.lattice = Lattice::new(structure.lattice.rows() * strain).unwrap();
    for site in &mut structure.sites {
        let by = Vector3::from_fn(|_, _| 0.06 * random());
        site.position += structure.lattice.fractional_from_cartesian(by);
    }
    structure
}

fn run(structure: &Structure, settings: &Settings) -> potential::relax::Relaxed {
    relax(&POTENTIAL, structure, settings, &Job::new(), |_| ()).unwrap()
}

#[test]
fn both_methods_find_the_same_minimum() {
    let settings = Settings {
        force_limit: 0.005,
        stress_limit: 0.02,
        ..Settings::default()
    };
    for name in ["LiCoO2", "NaCl_rocksalt"] {
        let start = disturbed(name);
        let newton = run(&start, &settings);
        let fire = run(
            &start,
            &Settings {
                method: Method::Fire,
                ..settings.clone()
            },
        );
        assert_eq!(
            (&newton.ending, &fire.ending),
            (&Ending::Converged, &Ending::Converged),
            "{name}"
        );
        assert!(newton.steps < fire.steps);
        assert!(
            newton.prediction.largest_force() <= 0.005
                && newton.prediction.stress.abs().max() <= 0.02
        );
        let apart = newton.prediction.energy_per_atom() - fire.prediction.energy_per_atom();
        assert!(apart.abs() < 2e-4, "{name} {apart}");
        assert!((newton.structure.volume() / fire.structure.volume() - 1.0).abs() < 2e-3);
        assert!(newton.prediction.energy < newton.start.energy);
    }
}

#[test]
fn a_fixed_cell_stays_and_pressure_shrinks_a_free_one() {
    let start = disturbed("LiCoO2");
    let still = run(
        &start,
        &Settings {
            cell: false,
            ..Settings::default()
        },
    );
    assert_eq!(still.ending, Ending::Converged);
    assert_eq!(still.structure.lattice, start.lattice);
    let free = run(&start, &Settings::default());
    let pressed = run(
        &start,
        &Settings {
            pressure: 20.0,
            ..Settings::default()
        },
    );
    assert!(pressed.structure.volume() < 0.95 * free.structure.volume());
    assert!((pressed.prediction.pressure() - 20.0).abs() < 0.1);
}

#[test]
fn symmetry_is_kept_where_wanted() {
    let rutile = fixture("TiO2_rutile").structure;
    let lattice = Lattice::new(rutile.lattice.rows() * 1.04).unwrap();
    let mut start = Structure { lattice, ..rutile };
    let before = symmetry::analyse(&start, 0.1).unwrap();
    // A little off, within the tolerance.
    start.sites[0].position.x += 0.005;
    let settings = Settings {
        symmetry: Some(0.1),
        force_limit: 0.002,
        stress_limit: 0.01,
        ..Settings::default()
    };
    let relaxed = run(&start, &settings);
    assert_eq!(relaxed.ending, Ending::Converged);
    let after = symmetry::analyse(&relaxed.structure, 1e-4).unwrap();
    assert_eq!(before.number, after.number);
    let free = run(
        &start,
        &Settings {
            symmetry: None,
            ..settings
        },
    );
    let apart = relaxed.prediction.energy_per_atom() - free.prediction.energy_per_atom();
    assert!(apart.abs() < 5e-4, "{apart}");
}

#[test]
fn what_has_no_minimum_ends_and_says_so() {
    let one = |edge: f64, symbol: &str| {
        let lattice = Lattice::from_parameters(edge, edge, edge, 90.0, 90.0, 90.0).unwrap();
        Structure::new(
            lattice,
            vec![Site::new(
                Element::from_symbol(symbol).unwrap(),
                Vector3::zeros(),
            )],
        )
    };
    let torn = run(
        &one(4.5, "Fe"),
        &Settings {
            pressure: -200.0,
            ..Settings::default()
        },
    );
    assert!(
        matches!(torn.ending, Ending::Exploded(_)),
        "{:?}",
        torn.ending
    );
    let crushed = run(
        &one(3.0, "Cs"),
        &Settings {
            pressure: 900.0,
            steps: 3000,
            ..Settings::default()
        },
    );
    assert_ne!(crushed.ending, Ending::StepsSpent);
    let short = run(
        &disturbed("LiCoO2"),
        &Settings {
            steps: 2,
            ..Settings::default()
        },
    );
    assert_eq!((short.ending, short.steps), (Ending::StepsSpent, 2));

    let job = Job::new();
    job.cancel();
    let start = disturbed("LiCoO2");
    let cancelled = relax(&POTENTIAL, &start, &Settings::default(), &job, |_| ());
    assert_eq!(cancelled.unwrap_err(), PotentialError::Cancelled);
    let wrong = Settings {
        force_limit: -1.0,
        ..Settings::default()
    };
    let refused = relax(&POTENTIAL, &start, &wrong, &Job::new(), |_| ()).unwrap_err();
    assert!(
        refused.to_string().starts_with("force limit of -1"),
        "{refused}"
    );
}

#[test]
fn a_batch_is_each_by_itself_and_frames_hold_what_was_predicted() {
    let structures = [
        disturbed("LiCoO2"),
        fixture("Cu_fcc").structure,
        disturbed("NaCl_rocksalt"),
    ];
    let settings = Settings::default();
    let batch = relax_all(&POTENTIAL, &structures, &settings, &Job::new()).unwrap();
    for (found, start) in batch.iter().zip(&structures) {
        assert_eq!(found.as_ref().unwrap(), &run(start, &settings));
    }
    let mut frames = String::new();
    let mut numbers = Vec::new();
    relax(&POTENTIAL, &structures[0], &settings, &Job::new(), |step| {
        frames += &trajectory::frame(step.structure, step.prediction).unwrap();
        numbers.push(step.number);
    })
    .unwrap();
    let read = crystal::format::read(&frames, crystal::format::Format::ExtXyz).unwrap();
    let relaxed = batch[0].as_ref().unwrap();
    assert_eq!(numbers, (0..=relaxed.steps).collect::<Vec<_>>());
    let last = read.last().unwrap();
    assert!((last.lattice.rows() - relaxed.structure.lattice.rows()).norm() < 1e-12);
    assert_eq!(
        last.sites[2].magnetic_moment,
        relaxed.structure.sites[2].magnetic_moment
    );
    assert!(frames.contains(&format!("energy={:?}", relaxed.prediction.energy)));
    // Whose numbers these are goes with them.
    let cited = "model=chgnet-0.3.0 doi=10.1038/s42256-023-00716-3 ";
    assert_eq!(frames.matches(cited).count(), numbers.len());
}
