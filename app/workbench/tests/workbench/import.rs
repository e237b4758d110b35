//! Tables of the user's: looked at first, then taken in.

use crate::{apply, errors, workbench_in};
use std::path::Path;
use std::sync::Arc;
use workbench::{Command, Preview, Workbench};

fn preview(workbench: &mut Workbench, path: &Path) -> Result<Arc<Preview>, String> {
    let path = Some(path.to_path_buf());
    apply(workbench, Command::Open { path });
    let import = workbench.state().import.clone().expect("an import");
    import.preview.expect("a preview")
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

#[test]
fn a_preview_tells_how_a_table_would_be_read_and_what_in_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    let text = "material;gap [eV]\nGaN;3,4\nZnO;3,3\nXx2;1,0\nSiC;viel\nAlN;6,2\nMgO;7,8\nBN;6\nTiO2;3,2\nCdS;2,4\nCu2O;2,1\n";
    std::fs::write(&path, text).unwrap();
    let mut workbench = workbench_in(None);
    let preview = preview(&mut workbench, &path).unwrap();
    assert!(preview.decimal_comma);
    assert_eq!(preview.row_count, 10);
    assert_eq!(preview.formula_column, Some(0));
    let unit = |column: usize| preview.columns[column].1.as_deref();
    assert_eq!((unit(0), unit(1)), (None, Some("eV")));
    assert_eq!(preview.failure_count, 1);
    assert_eq!(preview.failures[0].0, 4);
    assert_eq!(preview.bad_cells.len(), 1);
    assert_eq!(
        (preview.bad_cells[0].0, preview.bad_cells[0].2.as_str()),
        (5, "viel")
    );
    // Nothing is taken in before the user says so.
    assert!(!workbench.state().is_open());
    apply(&mut workbench, Command::CancelImport);
    assert!(workbench.state().import.is_none());
}

#[test]
fn another_column_of_formulas_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    std::fs::write(&path, "a,b\nLiFePO4,NaCl\nNaFeO2,KCl\n").unwrap();
    let mut workbench = workbench_in(None);
    preview(&mut workbench, &path).unwrap();
    let column = Some("b".to_owned());
    apply(&mut workbench, Command::PreviewFormulaColumn { column });
    let import = workbench.state().import.clone().unwrap();
    assert_eq!(import.preview.unwrap().unwrap().formula_column, Some(1));
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column: import.formula_column,
        },
    );
    let state = workbench.state();
    assert_eq!(state.results.as_ref().unwrap().formula(0), "NaCl");
}

#[test]
fn a_spreadsheet_is_read_from_its_first_sheet_that_holds_a_table() {
    let mut workbench = workbench_in(None);
    let path = fixture("candidates.xlsx");
    let preview = preview(&mut workbench, &path).unwrap();
    assert_eq!(preview.row_count, 4);
    assert_eq!(preview.rows[0], ["LiCoO2", "3.9", "layered, known"]);
    assert_eq!(preview.rows[3], ["NaFeO2", "", "said \"stable\""]);
    assert_eq!(preview.failure_count, 1);
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    assert_eq!(workbench.state().table_error, None);
    let results = workbench.state().results.clone().unwrap();
    assert_eq!(results.counts().candidates, 3);
}

#[test]
fn a_spreadsheet_tells_its_errors_its_other_sheets_and_its_own_line_numbers() {
    let mut workbench = workbench_in(None);
    let preview = preview(&mut workbench, &fixture("errors.xlsx")).unwrap();
    assert_eq!(preview.columns[1].0, "strength");
    assert_eq!(preview.columns[1].1.as_deref(), Some("MPa"));
    assert_eq!(preview.rows[0], ["Fe3Al", "480"]);
    assert_eq!(preview.row_count, 4);
    // The row of the sheet, though the table begins in its third and has a gap.
    assert_eq!(preview.failures[0].0, 6);
    assert!(preview.bad_cells.is_empty(), "{:?}", preview.bad_cells);
    let told = preview.messages.join("\n");
    assert!(told.contains("2 cells hold an error"), "{told}");
    assert!(told.contains("first #DIV/0! in C7"), "{told}");
    assert!(
        told.contains("\"alloys\" is read; not read: \"notes\""),
        "{told}"
    );
}

#[test]
fn a_cell_far_out_in_a_spreadsheet_is_refused_by_its_place() {
    let mut workbench = workbench_in(None);
    let error = preview(&mut workbench, &fixture("corner.xlsx")).unwrap_err();
    assert!(
        error.contains("XFD1048576") && error.contains("3 hold something"),
        "{error}"
    );
}

#[test]
fn a_table_that_is_not_there_or_no_table_says_so_in_the_preview() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(None);
    let missing = preview(&mut workbench, &folder.path().join("none.csv"));
    assert!(missing.unwrap_err().contains("no such file"));
    let path = folder.path().join("not.xlsx");
    std::fs::write(&path, "formula\nNaCl\n").unwrap();
    let error = preview(&mut workbench, &path).unwrap_err();
    assert!(error.contains("save the sheet as .csv"), "{error}");
}

#[test]
fn a_table_without_formulas_is_shown_and_says_that_it_cannot_be_ranked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    std::fs::write(&path, "sample,strength\nA,1\nB,2\nC,3\n").unwrap();
    let mut workbench = workbench_in(None);
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    let state = workbench.state();
    assert_eq!(state.rows.len(), 3);
    assert!(!state.results.as_ref().unwrap().is_ranked());
    assert!(state.question_error.as_ref().unwrap().contains("formula"));
    assert!(!errors(&workbench).is_empty());
}
