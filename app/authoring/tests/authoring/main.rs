//! Projects on disk, through the public interface; building and cases are tried end to end in `tests/e2e`.

use authoring::{AuthoringError, Language, Project, create, refresh_sdk, sdk_version};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn desk() -> TempDir {
    TempDir::new().expect("a folder")
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut all = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let inside = files(&path);
            all.extend(
                inside
                    .into_iter()
                    .map(|f| Path::new(path.file_name().expect("a name")).join(f)),
            );
        } else {
            all.insert(path.file_name().expect("a name").into());
        }
    }
    all
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_sdk_in_a_project_is_that_of_the_repository_file_by_file() {
    let desk = desk();
    let project = create("alloy", Language::Rust, &desk.path().join("alloy")).expect("a project");
    let sdk = project.folder().join("sdk");
    for part in ["plugin-sdk/src", "plugin-sdk/wit", "app/matter/src"] {
        let theirs = files(&repository().join(part));
        assert_eq!(files(&sdk.join(part)), theirs, "{part}");
        for file in theirs {
            let (a, b) = (
                sdk.join(part).join(&file),
                repository().join(part).join(&file),
            );
            assert_eq!(
                fs::read(a).expect("ours"),
                fs::read(b).expect("theirs"),
                "{file:?}"
            );
        }
    }
    for file in [
        "datasets/elements.csv",
        "datasets/oxidation_states.csv",
        "app/matter/build.rs",
        "LICENSE-MIT",
    ] {
        let theirs = fs::read(repository().join(file)).expect("a file");
        assert_eq!(fs::read(sdk.join(file)).expect("a file"), theirs, "{file}");
    }
    // What would need files or crates that are not there was taken out of the manifests.
    for manifest in [
        "Cargo.toml",
        "plugin-sdk/Cargo.toml",
        "app/matter/Cargo.toml",
    ] {
        let text = fs::read_to_string(sdk.join(manifest)).expect("a manifest");
        for own in ["proptest", "criterion", "[[test]]", "[[bench]]"] {
            assert!(!text.contains(own), "{manifest}: {own}");
        }
    }
    let version = fs::read_to_string(sdk.join("VERSION")).expect("a version");
    assert_eq!(version, sdk_version(Language::Rust));
}

#[test]
fn no_placeholder_is_left_in_a_new_project() {
    let desk = desk();
    let project =
        create("alloy_two", Language::Rust, &desk.path().join("here")).expect("a project");
    let all = files(project.folder());
    for own in [
        "Cargo.toml",
        "Cargo.lock",
        "src/lib.rs",
        "README.md",
        "candidates.csv",
        ".gitignore",
        "tests/cases.csv",
    ] {
        assert!(all.contains(Path::new(own)), "{own}");
    }
    for file in all.iter().filter(|f| !f.starts_with("sdk")) {
        let text = fs::read_to_string(project.folder().join(file)).expect("text");
        assert!(
            !text.contains("{{name}}") && !text.contains("{{Name}}"),
            "{file:?}"
        );
    }
    let source = fs::read_to_string(project.folder().join("src/lib.rs")).expect("text");
    assert!(source.contains("export_plugin!(AlloyTwo);"), "{source}");
    assert_eq!(Project::open(project.folder()).expect("a project"), project);
    assert_eq!(
        (project.name(), project.language()),
        ("alloy_two", Language::Rust)
    );
}

#[cfg(unix)]
#[test]
fn a_new_project_is_as_open_to_others_as_any_folder_made_here() {
    use std::os::unix::fs::PermissionsExt;
    let desk = desk();
    let project = create("alloy", Language::Rust, &desk.path().join("alloy")).expect("a project");
    let plain = desk.path().join("plain");
    fs::create_dir(&plain).expect("a folder");
    let mode = |path: &Path| fs::metadata(path).expect("a folder").permissions().mode();
    assert_eq!(mode(project.folder()), mode(&plain));
}

#[test]
fn an_empty_folder_is_taken_and_one_that_cannot_be_written_leaves_nothing() {
    let desk = desk();
    let empty = desk.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    // The folder itself stays, for somebody may stand in it.
    #[cfg(unix)]
    let place = |path: &Path| {
        let meta = std::fs::metadata(path).expect("metadata");
        std::os::unix::fs::MetadataExt::ino(&meta)
    };
    #[cfg(unix)]
    let before = place(&empty);
    create("alloy", Language::Rust, &empty).expect("a project");
    #[cfg(unix)]
    assert_eq!(place(&empty), before);
    let hidden = std::fs::read_dir(&empty).expect("a folder").flatten();
    let left = |name: std::ffi::OsString| name.to_string_lossy().starts_with(".lodestone");
    assert!(!hidden.map(|entry| entry.file_name()).any(left));
    let again = create("alloy", Language::Rust, &empty);
    assert!(matches!(again, Err(AuthoringError::Occupied { .. })));
    let nowhere = create("alloy", Language::Rust, &desk.path().join("no/such"));
    assert!(matches!(nowhere, Err(AuthoringError::Io { .. })));
    let left = fs::read_dir(desk.path()).expect("a folder").count();
    assert_eq!(left, 1);
}

#[test]
fn a_component_is_stale_when_a_source_came_changed_or_went_since_it_was_built() {
    let desk = desk();
    let project = create("alloy", Language::Rust, &desk.path().join("alloy")).expect("a project");
    let stale = || project.is_stale().expect("readable");
    assert!(stale(), "never built");
    let build = || {
        fs::write(project.component(), "").expect("written");
        let later = std::time::SystemTime::now() + std::time::Duration::from_millis(20);
        let file = fs::File::options()
            .write(true)
            .open(project.component())
            .expect("there");
        file.set_modified(later).expect("set");
        std::thread::sleep(std::time::Duration::from_millis(40));
    };
    build();
    assert!(!stale(), "just built");
    for no_source in [
        "README.md",
        "candidates.csv",
        "tests/cases.csv",
        "tests/more.csv",
    ] {
        fs::write(project.folder().join(no_source), "x").expect("written");
        assert!(!stale(), "{no_source}");
    }
    let extra = project.folder().join("src/extra.rs");
    fs::write(&extra, "").expect("written");
    assert!(stale(), "a source came");
    build();
    assert!(!stale());
    fs::remove_file(&extra).expect("removed");
    assert!(stale(), "a source went");
    build();
    fs::write(project.folder().join("Cargo.toml"), "").expect("written");
    assert!(stale(), "a source changed");
}

#[test]
fn a_project_without_settings_is_known_by_its_files() {
    let desk = desk();
    let folder = desk.path().join("hydrides");
    fs::create_dir(&folder).expect("a folder");
    let none = Project::open(&folder);
    assert!(matches!(none, Err(AuthoringError::NoProject(_))));
    fs::write(folder.join("plugin.py"), "").expect("written");
    let project = Project::open(&folder).expect("a project");
    assert_eq!(
        (project.name(), project.language()),
        ("hydrides", Language::Python)
    );
    assert_eq!(project.component(), folder.join("hydrides.wasm"));
    assert!(refresh_sdk(&project).expect("written"));
    assert!(folder.join("wit/domain-model.wit").is_file());
}
