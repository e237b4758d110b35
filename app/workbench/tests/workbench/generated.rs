//! Candidates out of structure types: as the room makes them, opened as a table, with their parents.

use crate::{apply, errors, workbench_in};
use job::Job;
use prototype::{Prototype, Request, generate};
use std::path::Path;
use std::sync::Arc;
use workbench::{Command, GenerateSettings, ProjectSource, SelectMode, Workbench};

fn settings() -> GenerateSettings {
    GenerateSettings {
        prototypes: vec!["L1_0".to_owned()],
        elements: "Fe, Ni Mn".to_owned(),
        ..GenerateSettings::default()
    }
}

fn make(workbench: &mut Workbench, settings: GenerateSettings) {
    let settings = Box::new(settings);
    apply(workbench, Command::Generate { settings });
}

fn select(workbench: &mut Workbench, row: u32) {
    let rows = Arc::new(vec![row]);
    let mode = SelectMode::Replace;
    apply(workbench, Command::Select { rows, mode });
}

fn screen(workbench: &mut Workbench, folder: &Path) {
    let path = Some(folder.to_path_buf());
    apply(workbench, Command::ScreenGenerated { path });
}

#[test]
fn what_is_made_is_what_the_room_makes_and_is_screened_with_its_parents() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(None);
    make(&mut workbench, settings());
    let view = workbench.state().generated.view.clone().unwrap();
    let shipped = Prototype::shipped();
    let parent = shipped.iter().find(|p| p.name == "L1_0").unwrap();
    let elements = ["Fe", "Ni", "Mn"].map(|s| workbench::Element::from_symbol(s).unwrap());
    let request = Request {
        elements: elements.to_vec(),
        ..Request::default()
    };
    let wanted = generate(std::slice::from_ref(parent), &request, &Job::new(), |_| {}).unwrap();
    assert!(!wanted.candidates.is_empty());
    assert_eq!(view.lines.len(), wanted.candidates.len());
    assert_eq!(view.combinations, wanted.combinations);
    for (line, candidate) in view.lines.iter().zip(&wanted.candidates) {
        assert_eq!(line.formula, candidate.structure.formula());
        assert_eq!(line.probability, candidate.probability);
        assert_eq!(line.substitution, candidate.substitution_text());
    }
    let counted: u64 = view.rejected.iter().map(|(_, count)| count).sum();
    assert_eq!(counted + view.lines.len() as u64, view.combinations);
    // Opened as candidates, with structures and parents.
    let place = folder.path().join("made");
    screen(&mut workbench, &place);
    assert_eq!(errors(&workbench), [""; 0]);
    assert_eq!(workbench.state().rows.len(), view.lines.len());
    for (row, candidate) in (0..).zip(&wanted.candidates) {
        select(&mut workbench, row);
        let results = workbench.state().results.clone().unwrap();
        let parent = results.parent_of(row).unwrap();
        assert_eq!(parent.prototype, "L1_0");
        assert_eq!(parent.formula, "CuAu");
        assert_eq!(parent.substitution, candidate.substitution_text());
        assert_eq!(parent.symbol, "P4/mmm");
        let shown = workbench.state().structure.clone().unwrap();
        let structure = shown.structure.unwrap().unwrap();
        assert_eq!(structure.formula(), candidate.structure.formula());
        assert!((structure.volume() - candidate.structure.volume()).abs() < 1e-3);
    }
    // The parent is shown instead, until another candidate is looked at.
    apply(&mut workbench, Command::ShowParent { prototype: None });
    let shown = workbench.state().generated.parent.clone().unwrap();
    assert_eq!(shown.structure.formula(), "CuAu");
    assert!(!shown.source.is_empty());
    apply(&mut workbench, Command::ShowCandidate);
    assert!(workbench.state().generated.parent.is_none());
    // A folder that holds something is left alone.
    screen(&mut workbench, &place);
    assert!(errors(&workbench)[0].contains("is not empty"));
}

#[test]
fn the_selected_structure_may_be_the_parent_and_goes_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let salt = "rock salt\n1.0\n0 2.82 2.82\n2.82 0 2.82\n2.82 2.82 0\nNa Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";
    let path = folder.path().join("salt.vasp");
    std::fs::write(&path, salt).unwrap();
    let mut workbench = workbench_in(None);
    apply(&mut workbench, Command::Open { path: Some(path) });
    select(&mut workbench, 0);
    make(
        &mut workbench,
        GenerateSettings {
            selected: true,
            substitute: "Na=K,Li; Cl=Br".to_owned(),
            ..GenerateSettings::default()
        },
    );
    let view = workbench.state().generated.view.clone().unwrap();
    let mut formulas: Vec<&str> = view.lines.iter().map(|l| l.formula.as_str()).collect();
    formulas.sort_unstable();
    assert_eq!(formulas, ["KBr", "LiBr"]);
    assert!(view.lines.iter().all(|line| line.prototype == "NaCl_row1"));
    screen(&mut workbench, &folder.path().join("made"));
    // In another session, too: the parent lies beside its children.
    let mut again = workbench_in(None);
    let path = folder.path().join("made/candidates.csv");
    apply(
        &mut again,
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    select(&mut again, 1);
    apply(&mut again, Command::ShowParent { prototype: None });
    let parent = again.state().generated.parent.clone().unwrap();
    assert_eq!(
        (parent.formula.as_str(), parent.symbol.as_str()),
        ("NaCl", "Fm-3m")
    );
    // Another candidate takes its place, a further one does not.
    select(&mut again, 0);
    assert!(again.state().generated.parent.is_none());
    apply(&mut again, Command::ShowParent { prototype: None });
    let (rows, mode) = (Arc::new(vec![1]), SelectMode::Add);
    apply(&mut again, Command::Select { rows, mode });
    assert!(again.state().generated.parent.is_some());
    apply(&mut again, Command::CloseProject);
    assert!(again.state().generated.parent.is_none());
}

#[test]
fn every_screening_is_offered_a_folder_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(home.path()));
    make(&mut workbench, settings());
    let offered = |w: &Workbench| w.state().generated.folder.clone().unwrap();
    let first = offered(&workbench);
    assert!(!first.exists());
    screen(&mut workbench, &first);
    let second = offered(&workbench);
    assert_ne!(first, second);
    screen(&mut workbench, &second);
    assert_eq!(errors(&workbench), [""; 0]);
    assert!(first.join("candidates.csv").is_file() && second.join("candidates.csv").is_file());
    // A folder in which nothing can be made is told of, and what was made is still there.
    let file = first.join("candidates.csv");
    screen(&mut workbench, &file.join("below"));
    let error = workbench.state().generated.error.clone().unwrap();
    assert!(error.contains("candidates.csv"), "{error}");
    assert!(workbench.state().generated.view.is_some());
}

#[test]
fn candidates_that_are_still_written_do_not_take_the_place_of_what_is_opened_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(None);
    make(&mut workbench, settings());
    let path = Some(folder.path().join("made"));
    workbench.apply(Command::ScreenGenerated { path });
    let only = Some("NaCl.cif".to_owned());
    apply(&mut workbench, Command::OpenCrystals { only: only.clone() });
    let source = workbench.state().project.source.clone();
    assert_eq!(source, Some(ProjectSource::Crystals(only)));
    assert!(workbench.state().recovery.is_none());
}

#[test]
fn what_cannot_be_made_says_why() {
    let mut workbench = workbench_in(None);
    make(&mut workbench, GenerateSettings::default());
    let error = |workbench: &Workbench| workbench.state().generated.error.clone().unwrap();
    assert!(error(&workbench).contains("choose a structure type"));
    let wrong = GenerateSettings {
        exclude: "Qq".to_owned(),
        ..settings()
    };
    make(&mut workbench, wrong);
    let text = error(&workbench);
    assert!(
        text.contains("elements that must not") && text.contains("\"Qq\""),
        "{text}"
    );
    let wrong = GenerateSettings {
        probability: 2.0,
        ..settings()
    };
    make(&mut workbench, wrong);
    assert!(error(&workbench).contains("give a number from 0 to 1"));
    screen(&mut workbench, Path::new("/nowhere"));
    assert!(
        errors(&workbench)
            .last()
            .unwrap()
            .contains("no candidates were made")
    );
    apply(&mut workbench, Command::ShowParent { prototype: None });
    assert!(errors(&workbench).last().unwrap().contains("parent"));
}
