//! The network on an adapter: the original's numbers, the processor's, the same bytes in any company.

use crate::fixtures::{ALL, SMALL, differences, fixture};
use compute::{Choice, Device};
use crystal::{Lattice, Site, Structure};
use job::Job;
use matter::Element;
use nalgebra::Vector3;
use potential::relax::{Ending, Settings, relax_all, relax_told, relax_watched};
use potential::{Model, Potential, PotentialError, Precision, Prediction};
use std::sync::LazyLock;

/// An adapter of this test's own: others are lost.
fn adapter() -> Device {
    Device::open_in(Choice::Gpu, None).expect("tests need an adapter: lavapipe will do")
}

static POTENTIAL: LazyLock<Potential> = LazyLock::new(|| {
    Potential::new(Model::Chgnet030, Precision::Single)
        .unwrap()
        .on(&adapter())
});
static PROCESSOR: LazyLock<Potential> =
    LazyLock::new(|| Potential::new(Model::Chgnet030, Precision::Single).unwrap());

fn predicted(potential: &Potential, structures: &[Structure]) -> Vec<Prediction> {
    let found = potential.predict_all(structures, &Job::new()).unwrap();
    assert!(potential.messages().is_empty());
    found.into_iter().map(Result::unwrap).collect()
}

/// Numbers as their bits.
fn bits(prediction: &Prediction) -> Vec<u64> {
    let forces = prediction.forces.iter().flat_map(|f| [f.x, f.y, f.z]);
    let numbers = prediction.site_energies.iter().copied();
    numbers
        .chain(forces)
        .chain(prediction.moments.iter().copied())
        .chain(prediction.stress.iter().copied())
        .map(f64::to_bits)
        .collect()
}

/// Largest differences: energy (eV/atom), forces (eV/Å), stress (GPa), moments (µB).
pub(crate) fn apart(a: &Prediction, b: &Prediction) -> [f64; 4] {
    let largest = |x: f64, y: f64| x.max(y);
    let forces = a.forces.iter().zip(&b.forces);
    let moments = a.moments.iter().zip(&b.moments);
    [
        (a.energy_per_atom() - b.energy_per_atom()).abs(),
        forces.map(|(a, b)| (a - b).amax()).fold(0.0, largest),
        (a.stress - b.stress).amax(),
        moments.map(|(a, b)| (a - b).abs()).fold(0.0, largest),
    ]
}

/// A crystal of some elements at random, no two atoms nearer than 1.7 Å; `side` of the cell in Å.
pub(crate) fn random(seed: u64, count: usize, side: f64) -> Structure {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let tilt = |x: f64| 90.0 + 20.0 * (x - 0.5);
    let angles = [tilt(next()), tilt(next()), tilt(next())];
    let lattice = Lattice::from_parameters(
        side,
        1.1 * side,
        0.9 * side,
        angles[0],
        angles[1],
        angles[2],
    )
    .unwrap();
    let mut structure = Structure::new(lattice, Vec::new());
    let elements = [3, 8, 12, 14, 22, 26, 38, 57];
    while structure.sites.len() < count {
        let place = Vector3::new(next(), next(), next());
        let element = Element::new(elements[(next() * 8.0) as usize]).unwrap();
        structure.sites.push(Site::new(element, place));
        let reach = crystal::neighbour::neighbours(&structure, 1.7).unwrap();
        if !reach.index.is_empty() {
            structure.sites.pop();
        }
    }
    structure
}

#[test]
fn adapter_keeps_to_the_tolerance_of_f32() {
    let fixtures: Vec<_> = ALL.into_iter().map(fixture).collect();
    let structures: Vec<Structure> = fixtures.iter().map(|f| f.structure.clone()).collect();
    let mut largest = [0.0_f64; 5];
    for (fixture, found) in fixtures.iter().zip(predicted(&POTENTIAL, &structures)) {
        let found = differences(&found, fixture);
        println!("{}: {found:?}", fixture.name);
        for (largest, found) in largest.iter_mut().zip(found) {
            *largest = largest.max(found);
        }
    }
    println!("largest: {largest:?}");
    let limits = [5e-6, 5e-5, 5e-4, 2e-3, 2e-5];
    assert!(
        largest.iter().zip(limits).all(|(a, b)| *a <= b),
        "{largest:?}"
    );
}

#[test]
fn structures_have_the_same_bytes_alone_and_in_company() {
    let mut structures: Vec<Structure> = SMALL
        .into_iter()
        .map(|name| fixture(name).structure)
        .collect();
    structures.extend((0..30).map(|seed| random(seed + 1, 1 + seed as usize % 7, 5.0)));
    let together = predicted(&POTENTIAL, &structures);
    let again = predicted(&POTENTIAL, &structures);
    for ((structure, found), again) in structures.iter().zip(&together).zip(again) {
        let alone = predicted(&POTENTIAL, std::slice::from_ref(structure));
        assert_eq!(bits(found), bits(&alone[0]), "{}", structure.formula());
        assert_eq!(bits(found), bits(&again), "{}", structure.formula());
    }
}

#[test]
fn adapter_agrees_with_the_processor_on_random_structures() {
    let mut structures: Vec<Structure> = (0..40)
        .map(|seed| random(100 + seed, 1 + seed as usize % 11, 5.5))
        .collect();
    // No bond shorter than 3 Å, so no angle; and the least of all crystals.
    let lone = |side: f64| {
        let lattice = Lattice::from_parameters(side, side, side, 90.0, 90.0, 90.0).unwrap();
        let site = Site::new(Element::new(55).unwrap(), Vector3::zeros());
        Structure::new(lattice, vec![site])
    };
    structures.extend([lone(4.5), lone(2.9)]);
    for only in [&structures[..], &[lone(5.0)]] {
        let (found, expected) = (predicted(&POTENTIAL, only), predicted(&PROCESSOR, only));
        for ((found, expected), structure) in found.iter().zip(&expected).zip(only) {
            let apart = apart(found, expected);
            // Far from equilibrium forces are tens of eV/Å; f32 keeps seven digits of the parts they are sums of.
            let scale = 1.0 + expected.largest_force();
            let limits = [5e-6, 1e-4 * scale, 1e-3 * scale, 2e-5];
            assert!(
                apart.iter().zip(limits).all(|(a, b)| *a <= b),
                "{}: {apart:?}, forces of {scale}",
                structure.formula()
            );
        }
    }
}

#[test]
fn a_supercell_is_as_many_cells() {
    let cell = random(7, 60, 10.0);
    let large = cell.supercell([[2, 0, 0], [0, 1, 0], [0, 1, 2]]).unwrap();
    let small = &predicted(&POTENTIAL, &[cell])[0];
    let found = &predicted(&POTENTIAL, &[large])[0];
    assert!((small.energy_per_atom() - found.energy_per_atom()).abs() < 2e-6);
    let scale = 1.0 + small.largest_force();
    assert!((small.stress - found.stress).amax() < 1e-3 * scale);
}

#[test]
fn refusals_are_those_of_the_processor() {
    let good = fixture("NaCl_rocksalt").structure;
    let mut overlapping = good.clone();
    overlapping.sites[1].position = overlapping.sites[0].position;
    let mut unknown = good.clone();
    let polonium = Element::new(84).unwrap();
    unknown.sites[0] = Site::new(polonium, unknown.sites[0].position);
    let structures = [good.clone(), overlapping, unknown, good];
    let job = Job::new();
    let found = POTENTIAL.predict_all(&structures, &job).unwrap();
    let expected = PROCESSOR.predict_all(&structures, &Job::new()).unwrap();
    assert_eq!(job.snapshot().done, 2);
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found.as_ref().err(), expected.as_ref().err());
    }
    assert!(found[1].is_err() && found[2].is_err());
}

#[test]
fn lost_adapters_and_f64_are_made_good_on_the_processor() {
    let structures = [fixture("LiCoO2").structure];
    let device = adapter();
    let potential = Potential::new(Model::Chgnet030, Precision::Single)
        .unwrap()
        .on(&device);
    device.gpu(0).unwrap().lose();
    let found = potential.predict_all(&structures, &Job::new()).unwrap();
    let expected = predicted(&PROCESSOR, &structures);
    assert_eq!(found[0].as_ref().unwrap(), &expected[0]);
    let messages = potential.messages();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].contains("is computed on the processor instead"));
    let double = Potential::new(Model::Chgnet030, Precision::Double).unwrap();
    let expected = predicted(&double, &structures);
    assert_eq!(predicted(&double.on(&adapter()), &structures), expected);
}

#[test]
fn cancelled_work_stops() {
    let job = Job::new();
    job.cancel();
    let structures = [fixture("LiCoO2").structure];
    let found = POTENTIAL.predict_all(&structures, &job);
    assert_eq!(found.unwrap_err(), PotentialError::Cancelled);
}

#[test]
fn what_was_done_before_the_cancel_is_kept() {
    let structures: Vec<Structure> = ["Si_diamond", "MnBi", "LiFePO4"]
        .map(|name| fixture(name).structure)
        .into();
    let expected = predicted(&PROCESSOR, &structures);
    // Whoever is not cancelled gets all, also from an adapter that is lost.
    let lost = adapter();
    lost.gpu(0).unwrap().lose();
    let lost = Potential::new(Model::Chgnet030, Precision::Single)
        .unwrap()
        .on(&lost);
    for potential in [&*PROCESSOR, &lost] {
        let found = potential.predict_while_wanted(&structures, &Job::new());
        let found = found.unwrap().into_iter().map(|one| one.unwrap().unwrap());
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
    let on_adapter = POTENTIAL.predict_while_wanted(&structures, &Job::new());
    let all = POTENTIAL.predict_all(&structures, &Job::new()).unwrap();
    let all: Vec<_> = all.into_iter().map(Some).collect();
    assert_eq!(on_adapter.unwrap(), all);
    let job = Job::new();
    job.cancel();
    for potential in [&*PROCESSOR, &*POTENTIAL] {
        let found = potential.predict_while_wanted(&structures, &job).unwrap();
        assert_eq!(found, vec![None; 3]);
    }
    // Relaxations end one by one; the others have no end.
    let settings = Settings {
        force_limit: 1e-4,
        ..Settings::default()
    };
    for potential in [&*PROCESSOR, &*POTENTIAL] {
        let (job, ends) = (Job::new(), std::sync::Mutex::new(Vec::new()));
        let ended = |number: usize, found: potential::relax::Found| {
            ends.lock().unwrap().push((number, found.unwrap()));
            job.cancel();
        };
        let stopped = relax_told(potential, &structures, &settings, &job, |_, _| (), ended);
        assert_eq!(stopped, Err(PotentialError::Cancelled));
        let ends = ends.into_inner().unwrap();
        assert!(!ends.is_empty() && ends.len() < 3, "{}", ends.len());
        assert_eq!(ends[0].0, 0);
        assert_eq!(ends[0].1.ending, Ending::Converged);
    }
}

#[test]
fn relaxed_together_is_relaxed_alone() {
    let names = ["NaCl_prim_strained", "TiO2_rutile", "Si_diamond"];
    let structures: Vec<Structure> = names.map(|name| fixture(name).structure).into();
    let settings = Settings::default();
    let (job, steps) = (Job::new(), std::sync::atomic::AtomicUsize::new(0));
    let found = relax_watched(&POTENTIAL, &structures, &settings, &job, |_, _| {
        steps.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    });
    let found: Vec<_> = found.unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(job.snapshot().done, 3);
    let watched: usize = found.iter().map(|relaxed| relaxed.steps + 1).sum();
    assert_eq!(steps.into_inner(), watched);
    let expected = relax_all(&PROCESSOR, &structures, &settings, &Job::new()).unwrap();
    for (found, expected) in found.iter().zip(expected) {
        let expected = expected.unwrap();
        assert_eq!(found.ending, Ending::Converged);
        assert_eq!(found.steps, expected.steps);
        let apart = apart(&found.prediction, &expected.prediction);
        assert!(apart[0] < 5e-6, "{apart:?}");
        assert!((found.volume_ratio - expected.volume_ratio).abs() < 1e-5);
    }
    let alone = relax_all(&POTENTIAL, &structures[1..2], &settings, &Job::new()).unwrap();
    assert_eq!(alone[0].as_ref().unwrap(), &found[1]);
}
