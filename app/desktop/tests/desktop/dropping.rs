//! Files that are dragged onto the window.

use crate::Window;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use workbench::{Challenge, Command, ProjectSource};

/// A file as a desktop hands it over: by its path.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

fn drop_file(window: &mut Window, path: &Path) {
    let file = Arc::new(Dropped(path.to_path_buf()));
    window.harness.input_mut().dropped_files.push(file);
    window.harness.run_steps(1);
    window.harness.input_mut().dropped_files.clear();
    window.settle();
}

fn fixture(of: &str, name: &str) -> PathBuf {
    let rooms = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    rooms.join(of).join("tests/fixtures").join(name)
}

#[test]
fn a_dropped_table_is_looked_at_and_then_opened() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("mine.csv");
    std::fs::write(&csv, "formula,gap [eV]\nGaN,3.4\nZnO,3.3\nMgO,7.8\n").unwrap();
    let parquet = folder.path().join("mine.parquet");
    let mut window = Window::with(Challenge::RareEarthFreeMagnet);
    window.apply(Command::ExportTable {
        path: Some(parquet.clone()),
        selected: false,
    });
    let rows = window.state().rows.len();
    let xlsx = fixture("workbench", "candidates.xlsx");
    for (path, expected) in [(csv, Some(3)), (parquet, Some(rows)), (xlsx, None)] {
        let mut window = Window::open(workbench::Folders::default());
        drop_file(&mut window, &path);
        window.harness.get_by_label("Open a table of candidates");
        assert!(!window.state().is_open(), "{path:?}");
        window.picture("looked_at");
        // The columns take a few frames to find their widths.
        window.harness.run_steps(6);
        window.click("Open");
        window.settle();
        let state = window.state();
        assert_eq!(
            state.project.source,
            Some(ProjectSource::File(path.clone()))
        );
        let read = state.table.as_ref().map_or(0, |table| table.len());
        assert!(
            read > 0 && expected.is_none_or(|n| n == read),
            "{path:?}: {read}"
        );
    }
}

#[test]
fn a_dropped_structure_is_opened_as_a_candidate() {
    let folder = tempfile::tempdir().unwrap();
    let salt = "rock salt\n1.0\n0 2.82 2.82\n2.82 0 2.82\n2.82 2.82 0\nNa Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";
    let cell = "data_salt\n_cell_length_a 5.64\n_cell_length_b 5.64\n_cell_length_c 5.64\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n_symmetry_space_group_name_H-M 'F m -3 m'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nNa1 0 0 0\nCl1 0.5 0.5 0.5\n";
    let frame = "2\nLattice=\"0 2.82 2.82 2.82 0 2.82 2.82 2.82 0\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\nNa 0 0 0\nCl 2.82 2.82 2.82\n";
    for (name, text) in [("POSCAR", salt), ("salt.cif", cell), ("salt.extxyz", frame)] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let mut window = Window::open(workbench::Folders::default());
        drop_file(&mut window, &path);
        let state = window.state();
        assert_eq!(state.table_error, None, "{name}");
        let results = state.results.as_ref().expect(name);
        assert_eq!(results.formula(0), "NaCl", "{name}");
        let shown = state.structure.as_ref().and_then(|s| s.structure.as_ref());
        assert!(shown.is_some_and(Result::is_ok), "{name}");
    }
}

#[test]
fn a_dropped_plugin_takes_part_and_one_that_is_none_is_refused_with_the_reason() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    let before = window.state().plugins.len();
    drop_file(&mut window, &fixture("plugin_host", "interface-0.1.0.wasm"));
    let state = window.state();
    assert_eq!(
        state.plugins.len() + state.refused_plugins.len(),
        before + 1
    );
    assert_eq!(state.project.plugin_files.len(), 1);
    window.apply(Command::Undo);
    assert_eq!(window.state().plugins.len(), before);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.wasm");
    std::fs::write(&path, "no component").unwrap();
    drop_file(&mut window, &path);
    let refused = &window.state().refused_plugins;
    assert!(
        refused.len() == 1 && refused[0].name.contains("none.wasm"),
        "{refused:?}"
    );
}

#[test]
fn files_held_over_the_window_tell_what_dropping_them_does() {
    let mut window = Window::open(workbench::Folders::default());
    for (name, what) in [
        (
            "mine.csv",
            "mine.csv: looks at this table before it is opened",
        ),
        ("salt.cif", "salt.cif: opens these structures"),
        ("mine.wasm", "mine.wasm: adds this plugin to the project"),
        ("mine.lodestone", "mine.lodestone: opens this project"),
        ("mine.docx", "mine.docx: nothing here can open this file"),
    ] {
        let held = egui::HoveredFile {
            path: Some(PathBuf::from("/somewhere").join(name)),
            ..egui::HoveredFile::default()
        };
        window.harness.input_mut().hovered_files = vec![held];
        window.harness.run_steps(2);
        window.harness.get_by_label(what);
    }
    window.picture("held_over");
    window.harness.input_mut().hovered_files.clear();
    window.harness.run_steps(2);
    assert!(
        window
            .harness
            .query_by_label_contains("mine.docx")
            .is_none()
    );
    drop_file(&mut window, Path::new("/somewhere/mine.docx"));
    let said = window
        .state()
        .log
        .iter()
        .any(|l| l.text.contains("nothing here can open"));
    assert!(said);
}
