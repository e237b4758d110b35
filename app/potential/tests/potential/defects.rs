//! Vacancies, surfaces and what sits on them, against sums that must come out and counts that geometry knows.

use crate::fixtures::fixture;
use crystal::slab::Facet;
use crystal::{Lattice, Site, Structure};
use job::Job;
use matter::Element;
use potential::adsorption::{Adsorbate, Fate, Kind, Reference, adsorption, places};
use potential::phases::Phases;
use potential::relax::{Settings, relax_with_held};
use potential::surface::{Cut, JOULE_PER_SQUARE_METRE, SurfaceError, surfaces};
use potential::vacancy::{VacancyError, vacancies};
use potential::{Model, Potential, PotentialError, Precision};
use std::sync::LazyLock;

static POTENTIAL: LazyLock<Potential> =
    LazyLock::new(|| Potential::new(Model::Chgnet030, Precision::Single).unwrap());

fn cubic(a: f64, element: Element, places: &[[f64; 3]]) -> Structure {
    let lattice = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
    let sites = places.iter().map(|p| Site::new(element, (*p).into()));
    Structure::new(lattice, sites.collect())
}

const FCC: [[f64; 3]; 4] = [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];

fn copper() -> Structure {
    cubic(3.61, Element::CU, &FCC)
}

#[test]
fn a_vacancy_costs_what_the_cells_differ_by() {
    let ask = |structure: &Structure, width| {
        vacancies(&POTENTIAL, structure, None, width, None, &Job::new()).unwrap()
    };
    let found = ask(&copper(), 7.0);
    let [only] = &found.sites[..] else {
        panic!("{:?}", found.sites);
    };
    assert_eq!((only.multiplicity, only.element), (1, Element::CU));
    assert_eq!(only.structure.sites.len() + 1, found.atoms);
    assert!(found.apart >= 7.0);
    // Of an element µ is the crystal's own energy an atom: the sum by hand, from the relaxed cells.
    let per_atom = POTENTIAL.energy(&found.host).unwrap().energy / found.host.sites.len() as f64;
    let with = POTENTIAL.energy(&only.structure).unwrap().energy;
    let by_hand = with - (found.atoms - 1) as f64 * per_atom;
    assert!((only.energy - by_hand).abs() < 2e-3, "{by_hand} {only:?}");
    assert!(only.energy <= only.energy_unrelaxed && only.energy > 0.0);
    assert!(only.moved < 0.3 && only.phase.is_none());
    // A larger cell changes little: the potential sees 6 Å.
    let wider = ask(&copper(), 10.0);
    assert!(wider.atoms > found.atoms);
    assert!((wider.sites[0].energy - only.energy).abs() < 0.1);
    // Neither the cell nor the order of its atoms matters.
    let mut turned = copper()
        .supercell([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
        .unwrap();
    turned.sites.reverse();
    let again = ask(&turned, 7.0);
    assert_eq!(again.atoms, found.atoms);
    assert!((again.sites[0].energy - only.energy).abs() < 2e-3);
}

#[test]
fn each_kind_of_site_has_a_vacancy_and_each_element_its_phase() {
    let oxide = fixture("TiO2_rutile").structure;
    let phases = Phases::bundled(Model::Chgnet030).unwrap();
    let job = Job::new();
    let found = vacancies(&POTENTIAL, &oxide, None, 4.0, Some(phases), &job).unwrap();
    let kinds: Vec<_> = found
        .sites
        .iter()
        .map(|s| (s.element.symbol(), s.multiplicity))
        .collect();
    assert_eq!(kinds, [("O", 4), ("Ti", 2)]);
    assert!(found.sites.iter().all(|s| s.phase.is_some()));
    assert!(
        found
            .notes()
            .iter()
            .any(|note| note.contains("O2 too strongly"))
    );
    // µ counts one for one.
    let oxygen = &found.sites[0];
    let lowest = phases.hull().reference(Element::O).unwrap();
    assert!((oxygen.reference - lowest.energy_per_atom).abs() < 1e-12);
    let wrong = |element, width, phases| {
        vacancies(&POTENTIAL, &oxide, element, width, phases, &job).unwrap_err()
    };
    assert_eq!(
        wrong(Some(Element::CU), 8.0, Some(phases)),
        VacancyError::NoElement("Cu", "O, Ti".to_owned())
    );
    assert_eq!(
        wrong(Some(Element::O), 5.0, None),
        VacancyError::NoReference("O")
    );
    assert!(matches!(
        wrong(None, f64::NAN, None),
        VacancyError::Width(_)
    ));
    assert!(matches!(
        wrong(None, 100.0, None),
        VacancyError::Large { .. }
    ));
    job.cancel();
    assert_eq!(
        wrong(None, 5.0, Some(phases)),
        VacancyError::Potential(PotentialError::Cancelled)
    );
}

#[test]
fn a_surface_costs_what_slab_and_crystal_differ_by() {
    let cut = Cut {
        thickness: 8.0,
        ..Cut::new([1, 1, 1])
    };
    let ask = |structure: &Structure, cut: &Cut| {
        surfaces(&POTENTIAL, structure, cut, &Job::new()).unwrap()
    };
    let found = ask(&copper(), &cut);
    let [face] = &found.faces[..] else {
        panic!("{:?}", found.faces);
    };
    let per_atom = POTENTIAL.energy(&found.host).unwrap().energy / found.host.sites.len() as f64;
    let atoms = face.structure.sites.len() as f64;
    let slab = POTENTIAL.energy(&face.structure).unwrap().energy;
    let by_hand = (slab - atoms * per_atom) / (2.0 * face.slab.area) * JOULE_PER_SQUARE_METRE;
    assert!((face.energy - by_hand).abs() < 1e-3, "{by_hand} {face:?}");
    assert!(face.energy <= face.energy_unrelaxed && face.energy > 0.3);
    // Two of a slab thicker by half cost the same, and a wider cell too.
    for other in [
        Cut {
            thickness: 13.0,
            ..cut.clone()
        },
        Cut {
            width: 5.0,
            ..cut.clone()
        },
        Cut {
            vacuum: 9.0,
            miller: [-1, -1, -1],
            ..cut.clone()
        },
    ] {
        let again = ask(&copper(), &other).faces[0].energy;
        assert!(
            (again / face.energy - 1.0).abs() < 0.03,
            "{other:?}: {again}"
        );
    }
    // The primitive cell has the same conventional one.
    let primitive = copper()
        .supercell([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        .unwrap();
    let primitive = crystal::symmetry::analyse(&primitive, 0.01)
        .unwrap()
        .primitive_cell;
    let again = ask(&primitive, &cut).faces[0].energy;
    assert!((again - face.energy).abs() < 2e-3);
    let given = Cut {
        as_given: true,
        miller: [1, 1, 1],
        ..cut.clone()
    };
    // (1 1 1) of the primitive cell is another plane: which one depends on its vectors.
    assert!(ask(&primitive, &given).faces[0].slab.area >= face.slab.area - 1e-6);
    let wrong = |cut: Cut| surfaces(&POTENTIAL, &copper(), &cut, &Job::new()).unwrap_err();
    assert_eq!(
        wrong(Cut {
            vacuum: 3.0,
            ..cut.clone()
        }),
        SurfaceError::Vacuum(3.0)
    );
    assert_eq!(
        wrong(Cut {
            termination: Some(4),
            ..cut.clone()
        }),
        SurfaceError::Termination(5, 1)
    );
    assert!(matches!(
        wrong(Cut {
            width: 200.0,
            ..cut.clone()
        }),
        SurfaceError::Large(_)
    ));
}

/// A crystal, a plane, and the places on it.
type Face = (Structure, [i32; 3], &'static [(Kind, &'static str, usize)]);

/// What every textbook of surfaces lists: kinds of places, and how many atoms each touches.
#[test]
fn places_on_simple_faces_are_those_of_the_textbook() {
    let bcc = cubic(2.87, Element::FE, &[[0.0; 3], [0.5; 3]]);
    let cases: [Face; 6] = [
        (
            copper(),
            [1, 1, 1],
            &[
                (Kind::Top, "Cu", 1),
                (Kind::Bridge, "Cu2", 3),
                (Kind::Hollow, "Cu3", 1),
                (Kind::Hollow, "Cu3", 1),
            ],
        ),
        (
            copper(),
            [1, 0, 0],
            &[
                (Kind::Top, "Cu", 1),
                (Kind::Bridge, "Cu2", 2),
                (Kind::Hollow, "Cu4", 1),
            ],
        ),
        (
            copper(),
            [1, 1, 0],
            &[
                (Kind::Top, "Cu", 1),
                (Kind::Bridge, "Cu2", 1),
                (Kind::Bridge, "Cu2", 1),
                (Kind::Hollow, "Cu4", 1),
            ],
        ),
        (
            bcc.clone(),
            [1, 1, 0],
            &[
                (Kind::Top, "Fe", 1),
                (Kind::Bridge, "Fe2", 2),
                (Kind::Bridge, "Fe2", 1),
                (Kind::Hollow, "Fe3", 2),
            ],
        ),
        (
            bcc,
            [1, 0, 0],
            &[
                (Kind::Top, "Fe", 1),
                (Kind::Bridge, "Fe2", 2),
                (Kind::Hollow, "Fe4", 1),
            ],
        ),
        (
            fixture("NaCl_rocksalt").structure,
            [1, 0, 0],
            &[
                (Kind::Top, "Na", 1),
                (Kind::Top, "Cl", 1),
                (Kind::Bridge, "NaCl", 4),
                (Kind::Hollow, "Na2Cl2", 2),
            ],
        ),
    ];
    for (structure, miller, expected) in cases {
        let standard = crystal::symmetry::analyse(&structure, 0.01)
            .unwrap()
            .standard_cell;
        let facet = Facet::new(&standard, miller, 0.01).unwrap();
        let slab = facet.slab(0, 9.0, 15.0, [1, 1]).unwrap();
        let found = places(&slab.structure).unwrap();
        let mut found: Vec<_> = found
            .iter()
            .map(|p| (p.kind, p.among.clone(), p.multiplicity()))
            .collect();
        let mut expected: Vec<_> = expected
            .iter()
            .map(|(kind, among, count)| (*kind, (*among).to_owned(), *count))
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{miller:?}");
        // A larger cell of the slab has the same places, more often.
        let wide = slab
            .structure
            .supercell([[2, 0, 0], [0, 2, 0], [0, 0, 1]])
            .unwrap();
        let wide = places(&wide).unwrap();
        assert_eq!(wide.len(), found.len(), "{miller:?}");
        assert!(wide.iter().zip(&found).all(|(a, b)| a.kind == b.0));
        assert_eq!(
            wide.iter().map(|p| p.multiplicity()).sum::<usize>(),
            4 * found.iter().map(|p| p.2).sum::<usize>()
        );
    }
}

/// The hollows of fcc(111) differ by what lies below: an atom of the second plane, or one of the third.
#[test]
fn hollows_are_told_apart_by_what_lies_below() {
    let facet = Facet::new(&copper(), [1, 1, 1], 0.01).unwrap();
    let slab = facet.slab(0, 9.0, 15.0, [1, 1]).unwrap();
    let found = places(&slab.structure).unwrap();
    let mut depths: Vec<f64> = found
        .iter()
        .filter(|p| p.kind == Kind::Hollow)
        .map(|p| p.beneath.unwrap().1 / facet.spacing())
        .collect();
    depths.sort_by(f64::total_cmp);
    assert!((depths[0] - 1.0).abs() < 1e-6 && (depths[1] - 2.0).abs() < 1e-6);
}

#[test]
fn hydrogen_sits_in_hollows_of_platinum_and_costs_what_the_slabs_differ_by() {
    let platinum = cubic(3.98, Element::from_symbol("Pt").unwrap(), &FCC);
    let cut = Cut {
        width: 5.0,
        thickness: 8.0,
        ..Cut::new([1, 1, 1])
    };
    let job = Job::new();
    let adsorbates = [Adsorbate::Hydrogen];
    let found = adsorption(&POTENTIAL, &platinum, &adsorbates, &cut, &job).unwrap();
    assert_eq!(found.atoms_on_top, 4);
    assert_eq!(found.held, found.slab.sites.len() / 2);
    let (_, on) = &found.found[0];
    assert_eq!(on.len(), 4);
    let best = &on[0];
    // RPBE at this coverage: -0.33 eV (J. K. Nørskov et al., J. Electrochem. Soc. 152, J23 (2005)).
    let energy = best.energy.unwrap();
    assert!((energy + 0.33).abs() < 0.3, "{energy}");
    let hydrogen = Reference::H2.energy(&POTENTIAL, &job).unwrap();
    let clean = POTENTIAL.energy(&found.slab).unwrap().energy;
    let with = POTENTIAL.energy(&best.structure).unwrap().energy;
    assert!((with - clean - 0.5 * hydrogen - energy).abs() < 2e-3);
    // Platinum gives way a little and stays the surface that it was.
    let slab = best.slab_energy.unwrap();
    assert!((-0.05..0.5).contains(&slab), "{slab}");
    let told = found.notes().join(" ");
    assert!(!told.contains("restructure"), "{told}");
    // The lower half has not moved.
    let still = (0..found.slab.sites.len()).filter(|&site| {
        let way = best.structure.cartesian(site) - found.slab.cartesian(site);
        way.norm() < 1e-9
    });
    assert!(still.count() >= found.held);
    for one in on {
        match &one.fate {
            Fate::Stayed | Fate::Moved(_) => assert!(one.height > 0.0, "{one:?}"),
            Fate::Sank => assert!(one.height < 0.0, "{one:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_slab_that_restructures_under_an_adsorbate_is_told() {
    // Simple cubic iron stands only by its symmetry, which an adsorbate breaks.
    let iron = cubic(2.37, Element::FE, &[[0.0; 3]]);
    let cut = Cut {
        thickness: 5.0,
        width: 4.5,
        ..Cut::new([1, 0, 0])
    };
    let job = Job::new();
    let found = adsorption(&POTENTIAL, &iron, &[Adsorbate::Hydrogen], &cut, &job).unwrap();
    let best = &found.found[0].1[0];
    let mut alone = best.structure.clone();
    alone.sites.truncate(found.slab.sites.len());
    let gain =
        POTENTIAL.energy(&alone).unwrap().energy - POTENTIAL.energy(&found.slab).unwrap().energy;
    assert!(gain < -1.0, "{gain}");
    assert!((best.slab_energy.unwrap() - gain).abs() < 2e-3);
    let told = found.notes().join(" ");
    assert!(
        told.contains("the slab alone, as it stands in the end"),
        "{told}"
    );
}

#[test]
fn names_of_adsorbates_are_known_and_others_refused_with_the_list() {
    for adsorbate in Adsorbate::ALL {
        assert_eq!(adsorbate.name().parse(), Ok(adsorbate));
        // What it counts against holds its atoms, no more and no less.
        let mut counts = std::collections::BTreeMap::new();
        for (element, _) in adsorbate.atoms() {
            *counts.entry(element).or_insert(0.0) += 1.0;
        }
        for (share, reference) in adsorbate.references() {
            let structure = reference.structure().unwrap();
            let units = match reference {
                Reference::Graphite => 4.0,
                _ => 1.0,
            };
            for site in &structure.sites {
                *counts.entry(site.element().unwrap()).or_insert(0.0) -= share / units;
            }
        }
        assert!(counts.values().all(|n| n.abs() < 1e-12), "{adsorbate}");
    }
    let refused = "NO2".parse::<Adsorbate>().unwrap_err();
    assert!(refused.contains("H, C, N, O, OH, CO"), "{refused}");
}

#[test]
fn held_sites_stay_and_the_others_come_to_rest() {
    let mut cell = copper();
    cell.sites[1].position.x += 0.03;
    cell.sites[2].position.y += 0.03;
    let settings = Settings {
        cell: false,
        ..Settings::default()
    };
    let job = Job::new();
    let found = relax_with_held(&POTENTIAL, &cell, &settings, &[1], &job, |_| ()).unwrap();
    assert_eq!(found.structure.sites[1].position, cell.sites[1].position);
    assert_ne!(found.structure.sites[2].position, cell.sites[2].position);
    let forces = found.prediction.forces.iter().enumerate();
    assert!(
        forces
            .filter(|(site, _)| *site != 1)
            .all(|(_, f)| f.norm() < 0.05)
    );
}
