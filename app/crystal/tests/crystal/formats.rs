//! POSCAR and extended XYZ.

use crate::pymatgen::fixtures;
use crystal::format::{self, Format, Frame};
use crystal::{CrystalError, Lattice, Site, Structure};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use proptest::prelude::*;
use std::path::Path;

fn made(name: &str) -> Structure {
    format::read_file(&fixtures().join("made").join(name))
        .unwrap()
        .remove(0)
}

#[test]
fn the_name_of_a_file_tells_its_format() {
    for (name, expected) in [
        ("a.cif", Some(Format::Cif)),
        ("A.CIF", Some(Format::Cif)),
        ("x/POSCAR", Some(Format::Poscar)),
        ("POSCAR_1", Some(Format::Poscar)),
        ("CONTCAR.old", Some(Format::Poscar)),
        ("Si.vasp", Some(Format::Poscar)),
        ("run.extxyz", Some(Format::ExtXyz)),
        ("run.xyz", Some(Format::ExtXyz)),
        ("notes.txt", None),
        ("cif", None),
    ] {
        assert_eq!(Format::from_path(Path::new(name)), expected, "{name}");
    }
    assert!(matches!(
        format::read_file(Path::new("notes.txt")),
        Err(CrystalError::UnknownFormat(_))
    ));
    assert!(matches!(
        format::read_file(Path::new("missing.cif")),
        Err(CrystalError::File(..))
    ));
}

#[test]
fn every_way_to_write_quartz_as_a_poscar_is_read_alike() {
    let volume = made("quartz_volume.vasp");
    let cif = format::read_file(&fixtures().join("cif/quartz.cif"))
        .unwrap()
        .remove(0);
    for other in [
        made("quartz_vasp4.vasp"),
        made("quartz_ase_cartesian.vasp"),
        made("quartz_left_handed.vasp"),
    ] {
        assert_eq!(other.formula(), "SiO2");
        assert!((other.volume() - cif.volume()).abs() < 1e-6);
    }
    assert!((volume.volume() - cif.volume()).abs() < 1e-9);
    assert_eq!(made("quartz_vasp4.vasp").sites.len(), volume.sites.len());
    for (a, b) in made("quartz_vasp4.vasp").sites.iter().zip(&volume.sites) {
        assert_eq!((a.position, &a.species), (b.position, &b.species));
    }
    assert!(made("quartz_left_handed.vasp").lattice.is_left_handed());
    // Symbols of POTCAR files, repeated elements, three scales, a remark, Fortran's exponents.
    let text = "x\n2.0 1.0 1.0\n0.2D1 0 0\n0 4 0\n0 0 4\nFe_pv O/1a2b Fe ! three\n1 1 1\nS\ncartesian\n0 0 0 T T F\n1 2 2 F F F\n1 0 0 T T T\n\n 0.1 0.2 0.3\n";
    let structure = format::read(text, Format::Poscar).unwrap().remove(0);
    let elements: Vec<_> = structure
        .sites
        .iter()
        .map(|s| s.species[0].element)
        .collect();
    assert_eq!(elements, [Element::FE, Element::O, Element::FE]);
    assert_eq!(structure.sites[1].position, Vector3::new(0.5, 0.5, 0.5));
}

#[test]
fn faults_of_a_poscar_are_told_with_their_place() {
    let head = "title\n1.0\n4 0 0\n0 4 0\n0 0 4\n";
    for (text, line, column, part) in [
        (String::new(), 1, 1, "the title"),
        ("x\none\n".to_string(), 2, 1, "`one` is not a number"),
        (
            "x\n0.0\n1 0 0\n0 1 0\n0 0 1\n".to_string(),
            2,
            1,
            "no scale",
        ),
        ("x\n1\n1 0 0\n0 1\n".to_string(), 4, 1, "fewer than three"),
        (
            "x\n1\n1 0 0\n0 1 0\n1 1 0\n".to_string(),
            3,
            1,
            "in one plane",
        ),
        (
            format!("{head}Fe Xx\n1 1\nDirect\n"),
            6,
            4,
            "`Xx` is not an element",
        ),
        (
            format!("{head}Fe O\n1\nDirect\n0 0 0\n"),
            6,
            1,
            "2 elements but 1",
        ),
        (
            format!("{head}Fe\n-1\nDirect\n"),
            7,
            1,
            "`-1` is not a number of sites",
        ),
        (format!("{head}Fe\n99999999\nDirect\n"), 7, 1, "too many"),
        (format!("{head}Fe\n1\nFoo\n0 0 0\n"), 8, 1, "`Foo`"),
        (
            format!("{head}Fe\n2\nDirect\n0 0 0\n"),
            10,
            1,
            "the file ends where the coordinates",
        ),
        (
            format!("{head}Fe\n1\nDirect\n0 nan 0\n"),
            9,
            3,
            "`nan` is not a number",
        ),
        (
            format!("{head}2\nDirect\n0 0 0\n0 0 0.5\n"),
            6,
            1,
            "named nowhere",
        ),
    ] {
        let error = format::read(&text, Format::Poscar).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{error}");
        assert!(
            error.to_string().contains(part) && !error.remedy.is_empty(),
            "{error}"
        );
    }
}

#[test]
fn extended_xyz_keeps_frames_moments_and_labels() {
    let frames = format::read_file(&fixtures().join("made/two_frames.extxyz")).unwrap();
    let formulas: Vec<String> = frames.iter().map(Structure::formula).collect();
    assert_eq!(
        (formulas, frames[1].sites.len()),
        (vec!["SiO2".to_string(); 2], 9)
    );
    let moments: Vec<f64> = made("gypsum.extxyz")
        .sites
        .iter()
        .filter_map(|s| s.magnetic_moment)
        .collect();
    assert_eq!((moments[0], moments[47]), (-1.0, 2.0));
    let text = "2\nenergy=-1.5 Lattice=\"[[4, 0, 0], [0, 4, 0], [0, 0, 20]]\" pbc=\"T T F\" note={a b} Properties=Z:I:1:forces:R:3:pos:R:3:magmom:R:1 title='a \\'slab\\''\n26 9 9 9 0 0 0 2.2\n8 9 9 9 2 2 2 0\n\n";
    let slab = format::read(text, Format::ExtXyz).unwrap().remove(0);
    assert_eq!(
        (slab.formula().as_str(), slab.title.as_str()),
        ("FeO", "a 'slab'")
    );
    assert_eq!(slab.sites[1].position, Vector3::new(0.5, 0.5, 0.1));
    assert!(slab.notes[0].contains("periodic in all three directions"));
}

#[test]
fn a_trajectory_tells_energies_forces_and_stress_where_its_file_does() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("run.extxyz");
    let cell = "Lattice=\"4 0 0 0 4 0 0 0 5\"";
    // As ASE writes them: all, six numbers of stress in Voigt's order, and words where numbers should be.
    let text = format!(
        "2\n{cell} Properties=species:S:1:pos:R:3:forces:R:3 energy=-7.25 stress=\"1 4 5 4 2 6 5 6 3\" model=chgnet-0.3.0\n\
         Fe 0 0 0 0.1 0 -0.2\nO 2 2 2 -0.1 0 0.2\n\
         2\n{cell} Properties=species:S:1:pos:R:3 free_energy=-8 stress=\"1 2 3 6 5 4\"\nFe 0 0 0\nO 2 2 2\n\
         2\n{cell} Properties=species:S:1:pos:R:3:forces:R:3 energy=nan stress=None\nFe 0 0 0 x 0 0\nO 2 2 2 0 0 0\n"
    );
    std::fs::write(&path, &text).unwrap();
    let frames = format::read_trajectory(&path).unwrap();
    let stress = Matrix3::new(1.0, 4.0, 5.0, 4.0, 2.0, 6.0, 5.0, 6.0, 3.0);
    assert_eq!(
        (
            frames[0].energy,
            frames[0].stress,
            frames[0].model.as_deref()
        ),
        (Some(-7.25), Some(stress), Some("chgnet-0.3.0"))
    );
    let forces = vec![Vector3::new(0.1, 0.0, -0.2), Vector3::new(-0.1, 0.0, 0.2)];
    assert_eq!(frames[0].forces, Some(forces));
    assert_eq!(
        (frames[1].energy, frames[1].stress),
        (Some(-8.0), Some(stress))
    );
    assert_eq!((&frames[1].forces, &frames[1].model), (&None, &None));
    let last = &frames[2];
    assert!(last.energy.is_none() && last.forces.is_none() && last.stress.is_none());
    // The structures are those that are read without all this.
    let structures: Vec<Structure> = frames.into_iter().map(|frame| frame.structure).collect();
    assert_eq!(format::read_file(&path).unwrap(), structures);
    let other = folder.join("POSCAR");
    std::fs::write(&other, "x").unwrap();
    let error = format::read_trajectory(&other).unwrap_err().to_string();
    assert!(error.contains("extended XYZ"), "{error}");
}

#[test]
fn faults_of_an_extended_xyz_are_told_with_their_place() {
    let lattice = "Lattice=\"4 0 0 0 4 0 0 0 4\"";
    for (text, line, column, part) in [
        ("".to_string(), 1, 1, "no frame"),
        ("x\n".to_string(), 1, 1, "`x` is not a number of sites"),
        ("1\n".to_string(), 2, 1, "the file ends"),
        ("1\nwater\nO 0 0 0\n".to_string(), 2, 1, "no Lattice"),
        (
            "1\nLattice=\"4 0 0\"\nO 0 0 0\n".to_string(),
            2,
            1,
            "not nine numbers",
        ),
        (
            "1\nLattice=\"4 0 0 4 0 0 0 0 4\"\nO 0 0 0\n".to_string(),
            2,
            1,
            "in one plane",
        ),
        (
            format!("1\n{lattice} Properties=species:S\nO 0 0 0\n"),
            2,
            1,
            "not name:type:number",
        ),
        (
            format!("1\n{lattice} Properties=pos:R:3\n0 0 0\n"),
            2,
            1,
            "neither species",
        ),
        (
            format!("1\n{lattice}\nO 0 0\n"),
            3,
            1,
            "3 columns where Properties announces 4",
        ),
        (
            format!("1\n{lattice}\nQ 0 0 0\n"),
            3,
            1,
            "`Q` is not an element",
        ),
        (
            format!("1\n{lattice}\nO 0 inf 0\n"),
            3,
            5,
            "`inf` is not a number",
        ),
        (
            format!("2\n{lattice}\nO 0 0 0\n"),
            4,
            1,
            "the file ends after 1 of 2",
        ),
    ] {
        let error = format::read(&text, Format::ExtXyz).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{error}");
        assert!(
            error.to_string().contains(part) && !error.remedy.is_empty(),
            "{error}"
        );
    }
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    let pzt = format::read_file(&fixtures().join("cif/PZT.cif"))
        .unwrap()
        .remove(0);
    for format in [Format::Poscar, Format::ExtXyz] {
        let error = format::write(&pzt, format).unwrap_err();
        assert!(matches!(error, CrystalError::Unwritable(..)), "{error}");
    }
    let empty = Structure::new(pzt.lattice, Vec::new());
    assert_eq!(format::write(&empty, Format::Cif), Err(CrystalError::Empty));
}

/// Any ordered structure: some cell, up to eight sites, labels that may repeat, moments for all or none.
pub fn structures() -> impl Strategy<Value = Structure> {
    let site = (
        1_u8..=118,
        prop::array::uniform3(-2.0..2.0_f64),
        "[A-Za-z0-9_()+#'\"]{0,4}",
        -4.0..4.0_f64,
    );
    let cell = prop::array::uniform9(-9.0..9.0_f64);
    let sites = prop::collection::vec(site, 1..8);
    (cell, sites, any::<bool>(), "[ -~é\n]{0,20}").prop_filter_map(
        "a flat cell",
        |(cell, sites, moments, title)| {
            let lattice = Lattice::new(Matrix3::from_row_slice(&cell)).ok()?;
            let flatness = lattice.volume() / lattice.lengths().iter().product::<f64>();
            let sites = sites.into_iter().map(|(z, position, tail, moment)| {
                let element = Element::new(z).unwrap();
                let mut site = Site::new(element, position.into());
                site.label = format!("{element}{tail}");
                site.magnetic_moment = moments.then_some(moment);
                site
            });
            let mut structure = Structure::new(lattice, sites.collect());
            structure.title = title.split_whitespace().collect::<Vec<_>>().join(" ");
            (flatness > 0.05).then_some(structure)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_poscar_is_read_back_exactly(structure in structures()) {
        let text = format::write(&structure, Format::Poscar).unwrap();
        let back = format::read(&text, Format::Poscar).unwrap().remove(0);
        prop_assert_eq!(&back.lattice, &structure.lattice);
        prop_assert_eq!(&back.title, &structure.title);
        for (a, b) in back.sites.iter().zip(&structure.sites) {
            prop_assert_eq!((a.position, &a.species), (b.position, &b.species));
        }
        prop_assert_eq!(back.sites.len(), structure.sites.len());
    }

    #[test]
    fn an_extended_xyz_is_read_back_up_to_rounding_of_coordinates(structure in structures()) {
        let text = format::write(&structure, Format::ExtXyz).unwrap();
        let mut back = format::read(&text, Format::ExtXyz).unwrap().remove(0);
        prop_assert_eq!(back.sites.len(), structure.sites.len());
        for (a, b) in back.sites.iter_mut().zip(&structure.sites) {
            prop_assert!((a.position - b.position).norm() < 1e-11);
            a.position = b.position;
        }
        prop_assert_eq!(back, structure);
    }

    #[test]
    fn a_cif_is_read_back_with_the_same_sites_in_the_standard_orientation(structure in structures()) {
        let text = format::write(&structure, Format::Cif).unwrap();
        let back = match format::read(&text, Format::Cif) {
            Ok(mut all) => all.remove(0),
            // Two sites of the random cell that lie in one place are one site of occupancy 2.
            Err(error) => {
                prop_assert!(error.what.contains("sum to"), "{error}\n{text}");
                return Ok(());
            }
        };
        prop_assert!((back.density() / structure.density() - 1.0).abs() < 1e-9);
        if !structure.title.is_empty() {
            prop_assert_eq!(&back.title, &structure.title);
        }
        // The vectors of a left-handed cell are turned round.
        let turn = if structure.lattice.is_left_handed() { -1.0 } else { 1.0 };
        for (a, b) in back.sites.iter().zip(&structure.sites) {
            let apart = (a.position - b.position * turn).map(|x| x - x.round());
            prop_assert!(apart.norm() < 1e-4, "{apart}");
            prop_assert_eq!(&a.species, &b.species);
        }
    }
}

#[test]
fn a_cif_of_a_left_handed_cell_holds_the_crystal_and_not_its_mirror_image() {
    let lattice = Matrix3::new(0.3, 5.0, 0.1, 6.0, 0.2, 0.4, 0.5, 0.6, 7.0);
    let lattice = Lattice::new(lattice).unwrap();
    assert!(lattice.is_left_handed());
    let places = [
        [0.5, 0.5, 0.5],
        [0.6, 0.5, 0.5],
        [0.52, 0.63, 0.5],
        [0.5, 0.53, 0.67],
    ];
    let sites = places.map(|p| Site::new(Element::FE, p.into()));
    let structure = Structure::new(lattice, sites.into());
    // Three ways from an atom span a volume whose sign a rotation keeps and a reflection does not.
    let volume = |s: &Structure| {
        let way = |to: usize| s.cartesian(to) - s.cartesian(0);
        way(1).cross(&way(2)).dot(&way(3))
    };
    for format in [Format::Cif, Format::Poscar, Format::ExtXyz] {
        let text = format::write(&structure, format).unwrap();
        let back = format::read(&text, format).unwrap().remove(0);
        let change = volume(&back) / volume(&structure) - 1.0;
        assert!(change.abs() < 1e-9, "{format:?}: {change}");
    }
}

#[test]
fn a_frame_is_read_back_with_all_that_it_says() {
    let lattice = Matrix3::new(3.0, 0.0, 0.1, 0.0, 4.0, 0.0, 0.2, 0.0, 5.0);
    let mut site = Site::new(Element::FE, [0.1, 0.2, 0.3].into());
    site.label = "Fe1".to_owned();
    site.magnetic_moment = Some(2.2);
    let mut structure = Structure::new(Lattice::new(lattice).unwrap(), vec![site]);
    structure.title = "iron \"as\" it is".to_owned();
    let frame = Frame {
        structure,
        energy: Some(-8.25),
        forces: Some(vec![[0.5, -0.25, 1e-7].into()]),
        stress: Some(Matrix3::new(1.0, 2.0, 3.0, 2.0, 4.0, 5.0, 3.0, 5.0, 6.0) * 1e-3),
        model: Some("chgnet-0.3.0".to_owned()),
        doi: Some("10.1038/s42256-023-00716-3".to_owned()),
    };
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frames.extxyz");
    std::fs::write(&path, format::write_frame(&frame).unwrap().repeat(2)).unwrap();
    let mut back = format::read_trajectory(&path).unwrap();
    assert_eq!(back.len(), 2);
    let place = &mut back[1].structure.sites[0].position;
    assert!((*place - frame.structure.sites[0].position).norm() < 1e-12);
    *place = frame.structure.sites[0].position;
    assert_eq!(back[1], frame);
    let uneven = Frame {
        forces: Some(Vec::new()),
        ..frame
    };
    let error = format::write_frame(&uneven).unwrap_err().to_string();
    assert!(error.contains("more or fewer forces"), "{error}");
}

#[test]
fn flags_of_selective_dynamics_are_no_elements_even_where_they_are_not_announced() {
    // A POSCAR of VASP 4: no line of symbols; the title names the elements.
    let poscar = |flags: &str| {
        format!("Fe O\n1.0\n4 0 0\n0 4 0\n0 0 4\n1 1\nDirect\n0 0 0 {flags}\n0.5 0.5 0.5 {flags}\n")
    };
    for flags in ["T T T", "F F F", "T F T", "", "T T T Fe"] {
        let expected = if flags.ends_with("Fe") { "Fe" } else { "FeO" };
        let read = format::read(&poscar(flags), Format::Poscar).unwrap();
        assert_eq!(read[0].formula(), expected, "{flags}");
    }
    // One word is a symbol.
    let read = format::read(&poscar("F"), Format::Poscar).unwrap();
    assert_eq!(read[0].formula(), "F");
}
