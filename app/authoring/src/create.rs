//! Writing a new project, and renewing the SDK of an old one.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::embedded::{self, LOCK};
use crate::error::AuthoringError;
use crate::name;
use crate::project::{self, Language, Project, SETTINGS};

/// Writes a project called `name` into `folder`, which is not there yet or empty: whole or not at all.
pub fn create(name: &str, language: Language, folder: &Path) -> Result<Project, AuthoringError> {
    name::check(name)?;
    let files = embedded::template(language);
    if files.is_empty() {
        return Err(AuthoringError::NoTemplate(language.title()));
    }
    check_free(folder)?;
    // A folder that is there stays, and is filled: it may be the one that the user stands in.
    let beside = match folder.is_dir() {
        true => new_in(folder)?,
        false => beside(folder)?,
    };
    let camel = name::camel_case(name);
    let fill = |text: &str| text.replace("{{name}}", name).replace("{{Name}}", &camel);
    for file in files {
        // What is not text has no name to fill in.
        match std::str::from_utf8(file.bytes) {
            Ok(text) => write(beside.path(), &fill(file.path), fill(text).as_bytes())?,
            Err(_) => write(beside.path(), &fill(file.path), file.bytes)?,
        }
    }
    if language == Language::Rust {
        // The versions that this release is tested with; cargo adds the project itself.
        write(beside.path(), "Cargo.lock", LOCK.as_bytes())?;
    }
    let settings = project::settings(name, language);
    write(beside.path(), SETTINGS, settings.as_bytes())?;
    write_sdk(&beside.path().join(language.sdk_folder()), language)?;
    match folder.is_dir() {
        true => fill_in(beside, folder)?,
        false => replace(beside, folder)?,
    }
    Project::open(folder)
}

/// Replaces the project's SDK by this program's; `false` where it is the same already.
pub fn refresh_sdk(project: &Project) -> Result<bool, AuthoringError> {
    let folder = project.folder().join(project.language().sdk_folder());
    let version = embedded::sdk_version(project.language());
    let old = fs::read_to_string(folder.join("VERSION"));
    if old.is_ok_and(|old| old == version) {
        return Ok(false);
    }
    let beside = beside(&folder)?;
    write_sdk(beside.path(), project.language())?;
    let aside = TempDir::with_prefix_in(".sdk-before-", project.folder())
        .map_err(AuthoringError::io("write in", project.folder()))?;
    let before = aside.path().join("before");
    match fs::rename(&folder, &before) {
        Err(e) if e.kind() != ErrorKind::NotFound => {
            return Err(AuthoringError::io("replace", &folder)(e));
        }
        _ => {}
    }
    if let Err(error) = replace(beside, &folder) {
        // Nothing better can be done where the old one cannot be put back: the message of the first error stands.
        let _ = fs::rename(&before, &folder);
        return Err(error);
    }
    Ok(true)
}

fn check_free(folder: &Path) -> Result<(), AuthoringError> {
    let occupied = |what| AuthoringError::Occupied {
        path: folder.to_owned(),
        what,
    };
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(occupied("is not empty")),
        },
        Err(e) if e.kind() == ErrorKind::NotFound => match fs::symlink_metadata(folder) {
            Ok(_) => Err(occupied("is a link that leads nowhere")),
            Err(_) => Ok(()),
        },
        Err(e) if e.kind() == ErrorKind::NotADirectory => Err(occupied("is no folder")),
        Err(e) => Err(AuthoringError::io("read", folder)(e)),
    }
}

/// A new folder beside `folder`, removed when dropped.
fn beside(folder: &Path) -> Result<TempDir, AuthoringError> {
    let parent = match folder.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => folder,
    };
    new_in(parent)
}

/// A new folder in `folder`, removed when dropped.
fn new_in(folder: &Path) -> Result<TempDir, AuthoringError> {
    tempfile::Builder::new()
        .prefix(".lodestone-new-")
        .tempdir_in(folder)
        .map_err(AuthoringError::io("write in", folder))
}

fn write_sdk(folder: &Path, language: Language) -> Result<(), AuthoringError> {
    for (path, bytes) in embedded::sdk(language) {
        write(folder, path, bytes)?;
    }
    let version = embedded::sdk_version(language);
    write(folder, "VERSION", version.as_bytes())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), AuthoringError> {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(AuthoringError::io("make", parent))?;
    }
    fs::write(&path, bytes).map_err(AuthoringError::io("write", &path))
}

/// Moves what is in the finished folder to the folder around it: all or nothing.
fn fill_in(finished: TempDir, folder: &Path) -> Result<(), AuthoringError> {
    let failed = AuthoringError::io("write in", folder);
    let move_all = |moved: &mut Vec<PathBuf>| -> std::io::Result<()> {
        for entry in fs::read_dir(finished.path())? {
            let entry = entry?;
            let place = folder.join(entry.file_name());
            fs::rename(entry.path(), &place)?;
            moved.push(place);
        }
        Ok(())
    };
    let mut moved = Vec::new();
    move_all(&mut moved).map_err(|error| {
        // They go with the folder that they came from; what cannot be moved back is left.
        for place in &moved {
            if let Some(name) = place.file_name() {
                let _ = fs::rename(place, finished.path().join(name));
            }
        }
        failed(error)
    })
}

/// Renames the finished folder to its place, which is free or an empty folder.
fn replace(finished: TempDir, place: &Path) -> Result<(), AuthoringError> {
    open_to_others(finished.path())?;
    if place.is_dir() {
        fs::remove_dir(place).map_err(AuthoringError::io("replace", place))?;
    }
    fs::rename(finished.path(), place).map_err(AuthoringError::io("write", place))?;
    let _ = finished.keep();
    Ok(())
}

/// A temporary folder is its owner's alone; a project is like any folder the user makes.
#[cfg(unix)]
fn open_to_others(folder: &Path) -> Result<(), AuthoringError> {
    use std::os::unix::fs::PermissionsExt;
    // An ordinary folder made here tells what the user's mask leaves.
    let model = folder.join(".mode");
    let mode = fs::create_dir(&model)
        .and_then(|()| fs::metadata(&model))
        .map_err(AuthoringError::io("write in", folder))?
        .permissions()
        .mode();
    fs::remove_dir(&model)
        .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(mode)))
        .map_err(AuthoringError::io("write in", folder))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Result<(), AuthoringError> {
    Ok(())
}
