//! Candidates with structures: files and folders of them, tables that name them.

use crate::{apply, errors, workbench_in};
use std::path::Path;
use std::sync::Arc;
use workbench::{Command, Crystal, Panel, SelectMode, Structure, Workbench};

/// Rock salt, and caesium chloride below it, as POSCAR files of one formula unit.
const NACL: &str = "rock salt\n1.0\n0 2.82 2.82\n2.82 0 2.82\n2.82 2.82 0\nNa Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";
const CSCL: &str =
    "caesium chloride\n1.0\n4.12 0 0\n0 4.12 0\n0 0 4.12\nCs Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";

fn shown(workbench: &Workbench) -> Result<Arc<Structure>, String> {
    let selected = workbench.state().structure.clone().expect("a selected row");
    selected.structure.expect("a structure")
}

fn select(workbench: &mut Workbench, row: u32) {
    apply(
        workbench,
        Command::Select {
            rows: Arc::new(vec![row]),
            mode: SelectMode::Replace,
        },
    );
}

fn import(path: &Path) -> Workbench {
    let mut workbench = workbench_in(None);
    apply(
        &mut workbench,
        Command::ImportTable {
            path: path.to_path_buf(),
            formula_column: None,
        },
    );
    workbench
}

#[test]
fn a_structure_file_is_opened_as_a_candidate_with_its_structure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("salt.vasp");
    std::fs::write(&path, NACL).unwrap();
    let mut workbench = workbench_in(None);
    apply(&mut workbench, Command::Open { path: Some(path) });
    assert_eq!(workbench.state().table_error, None);
    assert_eq!(workbench.state().rows.len(), 1);
    let structure = shown(&workbench).unwrap();
    assert_eq!(structure.formula(), "NaCl");
    // a³/4 of the conventional cell of 5.64 Å.
    assert!((structure.volume() - 5.64_f64.powi(3) / 4.0).abs() < 1e-6);
    let results = workbench.state().results.clone().unwrap();
    assert_eq!(results.formula(0), "NaCl");
}

#[test]
fn a_table_names_its_structures_from_its_own_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("inner")).unwrap();
    std::fs::write(folder.path().join("inner/a.vasp"), NACL).unwrap();
    std::fs::write(folder.path().join("b.vasp"), CSCL).unwrap();
    let table = folder.path().join("mine.csv");
    let text = "formula,structure\nNaCl,inner/a.vasp\nCsCl,b.vasp\nKCl,missing.vasp\nLiF,\n";
    std::fs::write(&table, text).unwrap();
    let mut workbench = import(&table);
    for (row, formula) in [(0, "NaCl"), (1, "CsCl")] {
        select(&mut workbench, row);
        assert_eq!(shown(&workbench).unwrap().formula(), formula);
    }
    select(&mut workbench, 2);
    assert!(shown(&workbench).unwrap_err().contains("missing.vasp"));
    select(&mut workbench, 3);
    let selected = workbench.state().structure.clone().unwrap();
    assert!(selected.structure.is_none());
}

#[test]
fn a_folder_of_structures_is_a_list_of_candidates() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.vasp"), NACL).unwrap();
    std::fs::write(folder.path().join("b.vasp"), CSCL).unwrap();
    let mut workbench = import(folder.path());
    assert_eq!(workbench.state().table_error, None);
    assert_eq!(workbench.state().rows.len(), 2);
    select(&mut workbench, 1);
    assert_eq!(shown(&workbench).unwrap().formula(), "CsCl");
    let results = workbench.state().results.clone().unwrap();
    let caesium = workbench::Element::from_symbol("Cs").unwrap();
    // Formulas, where the table has none, are those of the structures once they were screened.
    assert!(!results.is_ranked() || results.has(1, caesium));
}

#[test]
fn a_damaged_structure_file_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.vasp");
    std::fs::write(&path, "title\n1.0\n0 a 0\n").unwrap();
    let workbench = import(&path);
    assert!(workbench.state().table_error.is_some());
    assert_eq!(errors(&workbench).len(), 1);
}

#[test]
fn the_crystals_that_come_with_the_program_are_opened_all_or_one() {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, Command::OpenCrystals { only: None });
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
    assert_eq!(workbench.state().rows.len(), Crystal::all().len());
    assert_eq!(workbench.state().wanted_panel.1, Some(Panel::Structure));
    // Every one of them is what the list says, as its own file tells.
    let results = workbench.state().results.clone().unwrap();
    for (row, crystal) in Crystal::all().iter().enumerate() {
        select(&mut workbench, row as u32);
        let structure = shown(&workbench).unwrap();
        let file = &crystal.file;
        let [found, said] = [&structure.formula(), &crystal.formula]
            .map(|text| matter::formula::parse(text).unwrap().composition);
        for element in matter::Element::all() {
            let share = |c: &matter::Composition| c.as_ref().atomic_fraction(element);
            let (found, said) = (share(&found), share(&said));
            assert!((found - said).abs() < 1e-3, "{file}: {found}, {said}");
        }
        assert_eq!(results.formula(row as u32), crystal.formula);
    }
    let only = Some("NaCl.cif".to_owned());
    apply(&mut workbench, Command::OpenCrystals { only });
    assert_eq!(workbench.state().rows.len(), 1);
    assert_eq!(workbench.state().title().as_deref(), Some("Halite"));
    // Eight ions in the cell of rock salt, 5.64 Å an edge.
    let halite = shown(&workbench).unwrap();
    assert_eq!(halite.sites.len(), 8);
    let edge = halite.lattice.rows().row(0).norm();
    assert!((edge - 5.64).abs() < 0.02, "{edge}");
}
