//! What real-world CIF files do, and what a reader must make of it.

use crate::pymatgen::fixtures;
use crystal::format::{self, Format, FormatError};
use crystal::{Lattice, Structure, symmetry};
use matter::Element;

/// A CIF of a cell with these lines in place of symmetry and atoms.
fn cif(cell: [f64; 6], body: &str) -> String {
    let [a, b, c, alpha, beta, gamma] = cell;
    format!(
        "data_test\n_cell_length_a {a}\n_cell_length_b {b}\n_cell_length_c {c}\n_cell_angle_alpha {alpha}\n_cell_angle_beta {beta}\n_cell_angle_gamma {gamma}\n{body}\n"
    )
}

const CUBIC: [f64; 6] = [4.0, 4.0, 4.0, 90.0, 90.0, 90.0];
const ATOMS: &str =
    "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n";

fn read(text: &str) -> Structure {
    let mut all = format::read(text, Format::Cif).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn fail(text: &str) -> FormatError {
    format::read(text, Format::Cif).unwrap_err()
}

fn fixture(name: &str) -> Structure {
    format::read_file(&fixtures().join("cif").join(name))
        .unwrap()
        .remove(0)
}

#[test]
fn values_may_be_quoted_in_every_way_and_blocks_follow_one_another() {
    let text = format!(
        "#\\#CIF_1.1\r\ndata_global\r\n_publ_author 'O'Brien, J.'\n_publ_title\n;a title; with\n _cell_length_a 99 and loop_\n;\n{}\n{}",
        cif(
            CUBIC,
            &format!(
                "_chemical_name_common \"Po 'simple'\" # a comment\n{ATOMS}Po 0.0 0 0.000(2)\n#end"
            )
        ),
        cif(
            CUBIC,
            "_space_group.IT_number 225\nloop_\n_atom_site.label\n_atom_site.fract_x\n_atom_site.fract_y\n_atom_site.fract_z\nCu 0 0 0"
        ),
    );
    let all = format::read(&text, Format::Cif).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].title.as_str(), all[0].sites.len()),
        ("Po 'simple'", 1)
    );
    assert_eq!(
        (
            all[1].title.as_str(),
            all[1].formula().as_str(),
            all[1].sites.len()
        ),
        ("test", "Cu", 4)
    );
}

#[test]
fn every_way_to_state_fluorite_gives_the_same_twelve_sites() {
    let operations = "loop_\n_space_group_symop_id\n_space_group_symop_operation_xyz\n1 x,y,z\n2 -X,Y,-Z\n3 '-x, -y, z'\n4 z,x,y\n5 -y,x,-z\n6 -x,-y,-z\n7 1/2+x,y+0.5,+z\n8 x,1/2+y,z+1/2";
    // The listed ones are generators only: the reader applies what is listed and closes nothing.
    let full =
        |tag: &str, symbol: &str| format!("{tag} '{symbol}'\n{ATOMS}Ca1 0 0 0\nF1 0.25 0.25 0.25");
    for (tag, symbol) in [
        ("_symmetry_space_group_name_H-M", "F m -3 m"),
        ("_symmetry_space_group_name_H-M", "Fm-3m"),
        ("_symmetry_space_group_name_H-M", "F m 3 m"),
        ("_space_group_name_H-M_alt", "F 4/m -3 2/m"),
        ("_space_group_name_Hall", "-F 4 2 3"),
        ("_symmetry_Int_Tables_number", "225"),
    ] {
        let structure = read(&cif(
            [5.463, 5.463, 5.463, 90.0, 90.0, 90.0],
            &full(tag, symbol),
        ));
        assert_eq!(
            (structure.sites.len(), structure.formula().as_str()),
            (12, "CaF2"),
            "{tag} {symbol}"
        );
        // CRC Handbook of Chemistry and Physics: 3.18 g/cm3.
        assert!((structure.density() - 3.18).abs() < 0.01);
    }
    let listed = read(&cif(CUBIC, &format!("{operations}\n{ATOMS}Ca1 0 0 0")));
    assert_eq!(listed.sites.len(), 3);
}

#[test]
fn magnetic_operations_make_the_sites_of_the_group_without_moments() {
    // LaMnO3, Pn'ma': the cell and sites of Pnma (Rodriguez-Carvajal et al., Phys. Rev. B 57, R3189, 1998).
    let cell = [5.7461, 7.6637, 5.5333, 90.0, 90.0, 90.0];
    let atoms = format!(
        "{ATOMS}La 0.0490 0.25 0.9925\nMn 0 0 0.5\nO1 0.4874 0.25 0.0747\nO2 0.3066 0.0384 0.7256\n"
    );
    let plain = read(&cif(
        cell,
        &format!("_space_group_name_H-M_alt 'P n m a'\n{atoms}"),
    ));
    let operations = "loop_\n_space_group_symop_magn_operation.id\n_space_group_symop_magn_operation.xyz\n\
        1 x,y,z,+1\n2 'x+1/2, -y+1/2, -z+1/2, +1'\n3 -x,y+1/2,-z,+1\n4 -x+1/2,-y,z+1/2,+1\n\
        5 -x,-y,-z,+1\n6 -x+1/2,y+1/2,z+1/2,-1\n7 x,-y+1/2,z,-1\n8 x+1/2,y,-z+1/2,-1\n";
    let moments = "loop_\n_atom_site_moment.label\n_atom_site_moment.crystalaxis_x\nMn 3.87\n";
    let magnetic = read(&cif(cell, &format!("{operations}{atoms}{moments}")));
    assert_eq!((plain.sites.len(), magnetic.sites.len()), (20, 20));
    for site in &plain.sites {
        let same = |other: &&crystal::Site| {
            let apart = (other.position - site.position).map(|x| x - x.round());
            apart.norm() < 1e-9 && other.element() == site.element()
        };
        assert_eq!(
            magnetic.sites.iter().filter(same).count(),
            1,
            "{}",
            site.label
        );
    }
    assert!(
        magnetic.notes.iter().any(|n| n.contains("moments")),
        "{:?}",
        magnetic.notes
    );

    // Antiferromagnetic chromium: body centred in space, the centring reverses time; also with the older tags.
    for (operation, centring) in [
        (
            "_space_group_symop_magn_operation.xyz",
            "_space_group_symop_magn_centering.xyz",
        ),
        (
            "_space_group_symop.magn_operation_xyz",
            "_space_group_symop.magn_centering_xyz",
        ),
    ] {
        let chromium = read(&cif(
            [2.885, 2.885, 2.885, 90.0, 90.0, 90.0],
            &format!(
                "loop_\n{operation}\nx,y,z,+1\n-x,-y,-z,+1\nloop_\n{centring}\nx,y,z,+1\nx+1/2,y+1/2,z+1/2,-1\n{ATOMS}Cr 0 0 0\n"
            ),
        ));
        assert_eq!(
            (chromium.sites.len(), chromium.formula().as_str()),
            (2, "Cr")
        );
        let found = symmetry::analyse(&chromium, symmetry::DEFAULT_TOLERANCE).unwrap();
        assert_eq!(found.number, 229);
    }

    // A group that is only named, and a modulated one, are refused rather than taken as P 1.
    for (line, said) in [
        ("_space_group_magn.name_BNS \"Pn'ma'\"", "are not listed"),
        (
            "loop_\n_space_group_symop_magn_ssg_operation.algebraic\nx1,x2,x3,x4,+1",
            "modulated",
        ),
        (
            "loop_\n_space_group_symop_magn_operation.xyz\nx,y,w,+1",
            "no magnetic symmetry operation",
        ),
    ] {
        let error = fail(&cif(cell, &format!("{line}\n{atoms}")));
        assert!(error.what.contains(said), "{error}");
    }
}

#[test]
fn the_origin_choice_is_that_of_the_symbol_or_the_one_that_makes_the_formula() {
    let magnetite = |origin: &str, a: f64, u: f64, formula: &str| {
        let atoms = format!(
            "{ATOMS}Fe1 {a} {a} {a}\nFe2 {} {} {}\nO {u} {u} {u}",
            a + 0.375,
            a + 0.375,
            a + 0.375
        );
        let body = format!("_symmetry_space_group_name_H-M 'F d -3 m{origin}'\n{formula}\n{atoms}");
        read(&cif([8.396, 8.396, 8.396, 90.0, 90.0, 90.0], &body))
    };
    // Spinel with the origin on the tetrahedral site (choice 1: 8a at 0, 16d at 5/8) and on the inversion centre (2: 1/8, 1/2).
    let one = |origin: &str, formula: &str| {
        let atoms = format!("{ATOMS}Fe1 0 0 0\nFe2 0.625 0.625 0.625\nO 0.3799 0.3799 0.3799");
        read(&cif(
            [8.396, 8.396, 8.396, 90.0, 90.0, 90.0],
            &format!("_symmetry_space_group_name_H-M 'F d -3 m{origin}'\n{formula}\n{atoms}"),
        ))
    };
    for structure in [
        one(":1", ""),
        one(" S", ""),
        one("", "_chemical_formula_sum 'Fe3 O4'"),
    ] {
        assert_eq!(
            (structure.sites.len(), structure.formula().as_str()),
            (56, "Fe3O4")
        );
    }
    for structure in [
        magnetite(":2", 0.125, 0.2549, ""),
        magnetite(" Z", 0.125, 0.2549, ""),
        magnetite("", 0.125, 0.2549, "_chemical_formula_sum 'Fe3 O4'"),
    ] {
        assert_eq!(
            (structure.sites.len(), structure.formula().as_str()),
            (56, "Fe3O4")
        );
        assert_eq!(symmetry::analyse(&structure, 0.01).unwrap().number, 227);
    }
}

#[test]
fn rhombohedral_groups_follow_the_axes_of_the_cell() {
    // Bismuth in both settings: a = 4.546, c = 11.862 Å, z = 0.23389 (R. W. G. Wyckoff, Crystal Structures, vol. 1).
    let hexagonal = "_space_group_name_H-M_alt 'R -3 m'";
    let h = read(&cif(
        [4.546, 4.546, 11.862, 90.0, 90.0, 120.0],
        &format!("{hexagonal}\n{ATOMS}Bi 0 0 0.23389"),
    ));
    let side = (4.546_f64.powi(2) / 3.0 + 11.862_f64.powi(2) / 9.0).sqrt();
    let angle = 2.0 * (4.546 / (2.0 * side)).asin().to_degrees();
    let r = read(&cif(
        [side, side, side, angle, angle, angle],
        &format!("{hexagonal}\n{ATOMS}Bi .23389 .23389 .23389"),
    ));
    assert_eq!((h.sites.len(), r.sites.len()), (6, 2));
    assert!((h.density() - r.density()).abs() < 1e-6);
    assert_eq!(symmetry::analyse(&r, 0.01).unwrap().number, 166);
    // A real file that says rhombohedral and means hexagonal axes, with six formula units in the cell.
    let niobate = fixture("LiNbO3.cif");
    assert_eq!(
        (niobate.formula().as_str(), niobate.sites.len()),
        ("LiNbO3", 30)
    );
    assert_eq!(symmetry::analyse(&niobate, 0.01).unwrap().number, 161);
}

#[test]
fn monoclinic_symbols_follow_the_unique_axis_of_the_cell() {
    for (angles, symbol) in [
        ([90.0, 100.0, 90.0], "P 21/c"),
        ([90.0, 90.0, 100.0], "P 21/b"),
        ([90.0, 100.0, 90.0], "P 21/n"),
    ] {
        let [alpha, beta, gamma] = angles;
        let body = format!("_symmetry_space_group_name_H-M '{symbol}'\n{ATOMS}Zr 0.28 0.04 0.21");
        let structure = read(&cif([5.0, 5.2, 5.4, alpha, beta, gamma], &body));
        assert_eq!(structure.sites.len(), 4);
        let found = symmetry::analyse(&structure, 0.01).unwrap();
        assert_eq!(found.number, 14, "{symbol}");
    }
    // Unusual orthorhombic settings: a perovskite in P b n m is one in P n m a with other axes.
    let atoms = "Ca 0.9 0.03 0.25\nTi 0 0.5 0\nO1 0.1 0.48 0.25\nO2 0.7 0.29 0.04";
    let body = format!("_symmetry_space_group_name_H-M 'P b n m'\n{ATOMS}{atoms}");
    let perovskite = read(&cif([5.38, 5.44, 7.64, 90.0, 90.0, 90.0], &body));
    assert_eq!(
        (perovskite.sites.len(), perovskite.formula().as_str()),
        (20, "CaTiO3")
    );
    assert_eq!(symmetry::analyse(&perovskite, 0.01).unwrap().number, 62);
}

#[test]
fn a_site_that_several_elements_share_is_one_site() {
    let body = "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n_atom_site_U_iso_or_equiv\nM1 Fe2+ 0 0 0 0.5(1) 0.01\nM2 Fe+3 0 0 0 0.25 ?\nM3 Mn 1.0 0 0 0.125 .\nX1 X 0.2 0.2 0.2 1 .\nO1 O2- 0.5 0.5 0.5 . .\nE He 0.1 0.1 0.1 0.0 .";
    let structure = read(&cif(CUBIC, body));
    assert_eq!(structure.sites.len(), 2);
    let shared: Vec<_> = structure.sites[0]
        .species
        .iter()
        .map(|s| (s.element, s.occupancy, s.oxidation_state))
        .collect();
    assert_eq!(
        shared,
        [
            (Element::FE, 0.5, Some(2.0)),
            (Element::FE, 0.25, Some(3.0)),
            (Element::MN, 0.125, None)
        ]
    );
    assert_eq!(structure.sites[1].species[0].oxidation_state, Some(-2.0));
    assert_eq!(structure.sites[1].occupancy(), 1.0);
    assert_eq!(
        structure
            .notes
            .iter()
            .filter(|n| n.contains("X1") || n.contains("site E"))
            .count(),
        2,
        "{:?}",
        structure.notes
    );
}

#[test]
fn oxidation_states_come_from_the_list_of_types_first() {
    let body = "loop_\n_atom_type_symbol\n_atom_type_oxidation_number\nCo3+ 3\nLi 1\nO2- -2\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nA1 Li 0 0 0\nA2 Co3+ 0.5 0.5 0.5\nA3 O2- 0.25 0.25 0.25";
    let states: Vec<_> = read(&cif(CUBIC, body))
        .sites
        .iter()
        .map(|s| s.species[0].oxidation_state)
        .collect();
    assert_eq!(states, [Some(1.0), Some(3.0), Some(-2.0)]);
}

#[test]
fn names_of_atoms_are_understood_and_the_formula_decides_in_doubt() {
    let elements = |formula: &str, labels: &[&str]| {
        let atoms: String = labels
            .iter()
            .enumerate()
            .map(|(i, l)| format!("{l} 0.{i}1 0.3 0.7\n"))
            .collect();
        let body = format!("_chemical_formula_sum '{formula}'\n{ATOMS}{atoms}");
        let structure = read(&cif([20.0, 20.0, 20.0, 90.0, 90.0, 90.0], &body));
        structure
            .sites
            .iter()
            .map(|s| s.species[0].element.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        elements("?", &["FE1", "CA2", "O1A", "Si(1)", "Wat1", "D3", "CL1"]),
        "Fe Ca O Si O H Cl"
    );
    assert_eq!(elements("C2 H O", &["CA1", "CB1", "HO1", "O2"]), "C C H O");
    assert_eq!(elements("Ca O", &["CA1", "O2"]), "Ca O");
    assert_eq!(elements("Co O", &["CO1", "Ob"]), "Co O");
    assert_eq!(elements("V2 O5", &["Va1", "OH1"]), "V O");
    let error = fail(&cif(CUBIC, &format!("{ATOMS}J1 0 0 0")));
    assert!(
        (error.line, error.column) == (13, 1) && error.what.contains("`J1`"),
        "{error}"
    );
}

#[test]
fn rounded_thirds_are_thirds_and_special_positions_stay_single() {
    // Magnesium, hexagonal close packed: two atoms, P 63/m m c, 2c at 1/3, 2/3, 1/4.
    for z in [
        "0.3333 0.6667 0.25",
        "0.33333 0.66667 0.25",
        ".333 .667 0.25",
        "0.33 0.67 0.25",
    ] {
        let body = format!("_symmetry_space_group_name_H-M 'P 63/m m c'\n{ATOMS}Mg {z}");
        let structure = read(&cif([3.2094, 3.2094, 5.2108, 90.0, 90.0, 120.0], &body));
        assert_eq!(structure.sites.len(), 2, "{z}");
    }
    let exact = read(&cif(CUBIC, &format!("{ATOMS}Mg 0.3333 0.16667 -0.6667")));
    let position = exact.sites[0].position;
    for (got, want) in position.iter().zip([1.0 / 3.0, 1.0 / 6.0, 1.0 / 3.0]) {
        assert!((got - want).abs() < 1e-15);
    }
    let body = format!(
        "_symmetry_space_group_name_H-M 'P 63/m m c'\n_chemical_formula_sum 'B N'\n{ATOMS}B 0.33 0.67 0.25\nN 0.33 0.67 0.75"
    );
    let nitride = read(&cif([2.504, 2.504, 6.661, 90.0, 90.0, 120.0], &body));
    assert_eq!((nitride.sites.len(), nitride.formula().as_str()), (4, "BN"));
}

#[test]
fn real_files_with_defects_are_read_with_a_note_or_refused_with_a_place() {
    let sulfate = fixture("CuSO4.cif");
    assert_eq!(
        (sulfate.formula().as_str(), sulfate.sites.len()),
        ("CuSO4", 24)
    );
    assert!(sulfate.notes.iter().any(|n| n.contains("is an image of")));
    // CRC Handbook of Chemistry and Physics: 3.60 g/cm3.
    assert!(
        (sulfate.density() / 3.60 - 1.0).abs() < 0.1,
        "{}",
        sulfate.density()
    );
    assert_eq!(fixture("MgTiO3.cif").formula(), "MgTiO3");
    let lime = fixture("portlandite.cif");
    assert!(
        lime.notes
            .iter()
            .any(|n| n.contains("formula of the file is Ca(HO)2, but its sites make CaO2")),
        "{:?}",
        lime.notes
    );
    let ammonia = fixture("ammonia.cif");
    assert!(ammonia.notes.iter().any(|n| n.contains("H1: a dummy")));
    for (name, part) in [
        (
            "selenium_cut_off.cif",
            "line 67, column 1: the loop of _atom_site_label ends with 2 of 4 columns",
        ),
        (
            "AlCl3_without_coordinates.cif",
            "no site has an atom and coordinates",
        ),
        (
            "skutterudite_occupancy.cif",
            "line 116, column 4: the occupancies of site Co sum to 1.1",
        ),
    ] {
        let error = format::read_file(&fixtures().join("cif").join(name))
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn faults_are_told_with_line_column_and_remedy() {
    let atoms = format!("{ATOMS}Fe 0 0 0");
    for (text, line, column, part) in [
        ("data_x\n_tag 'open\n".to_string(), 2, 6, "quote"),
        (
            "data_x\n_tag\n;never\nclosed\n".to_string(),
            3,
            1,
            "text field",
        ),
        ("data_x\n_a 1 2\n".to_string(), 2, 6, "belongs to no tag"),
        ("_a 1\n".to_string(), 1, 1, "before the first data block"),
        ("data_x\nloop_\n1 2\n".to_string(), 2, 1, "without tags"),
        (
            "data_x\n_a 1\n".to_string(),
            1,
            1,
            "no data block has a structure",
        ),
        (
            format!("data_x\n{atoms}\n"),
            1,
            1,
            "_cell_length_a is missing",
        ),
        (
            cif([4.0, 4.0, 4.0, 90.0, 90.0, 200.0], &atoms),
            7,
            1,
            "angles",
        ),
        (
            cif(CUBIC, &format!("{ATOMS}Fe 0 zero 0")),
            13,
            6,
            "`zero` is not a number",
        ),
        (
            cif(CUBIC, &format!("{ATOMS}Fe 0,5 0 0")),
            13,
            4,
            "`0,5` is not a number",
        ),
        (
            cif(
                CUBIC,
                &format!("_symmetry_equiv_pos_as_xyz 'x,y,q'\n{atoms}"),
            ),
            8,
            28,
            "no symmetry operation",
        ),
        (
            cif(
                CUBIC,
                &format!("_symmetry_equiv_pos_as_xyz 'x,y,y'\n{atoms}"),
            ),
            8,
            28,
            "no symmetry operation",
        ),
        (
            cif(
                CUBIC,
                &format!("_symmetry_space_group_name_H-M 'P 7'\n{atoms}"),
            ),
            8,
            32,
            "no space group symbol",
        ),
        (
            cif(CUBIC, &format!("_symmetry_Int_Tables_number 231\n{atoms}")),
            8,
            29,
            "no space group number",
        ),
    ] {
        let error = fail(&text);
        assert_eq!((error.line, error.column), (line, column), "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.remedy.is_empty());
    }
    let greek = fail("data_x\n_tag 'α' β\n");
    assert_eq!((greek.line, greek.column), (2, 10));
}

#[test]
fn a_written_cif_is_read_back_as_the_same_structure() {
    for name in [
        "PZT.cif",
        "YBCO.cif",
        "coesite.cif",
        "weddellite.cif",
        "LiNbO3.cif",
    ] {
        let original = fixture(name);
        let text = format::write(&original, Format::Cif).unwrap();
        let back = read(&text);
        assert_eq!(back.title, original.title);
        assert_eq!(back.sites.len(), original.sites.len());
        assert!(close(&back.lattice, &original.lattice), "{name}");
        for (a, b) in back.sites.iter().zip(&original.sites) {
            // Thirds that were rounded in the file have been made exact, so that reading changes nothing more.
            assert_eq!(a.position, b.position);
            assert_eq!(a.species, b.species);
        }
    }
    let mut odd = fixture("quartz.cif");
    odd.title = "it's \"odd\" ;".to_string();
    odd.sites[0].label = "Si 'x".to_string();
    odd.sites[1].label = "#?".to_string();
    let back = read(&format::write(&odd, Format::Cif).unwrap());
    assert_eq!(
        (
            back.title,
            back.sites[0].label.as_str(),
            back.sites[1].label.as_str()
        ),
        (odd.title, "Si 'x", "#?")
    );
}

fn close(a: &Lattice, b: &Lattice) -> bool {
    (a.rows() - b.rows()).abs().max() < 1e-11
}
