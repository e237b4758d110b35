//! Reading files no further than they may be long, and replacing them whole.

use crate::RegistryError;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// How the names of files begin that are being written.
pub(crate) const NEW: &str = ".new-";

/// The file's bytes, or an error where it is longer than `limit` or not an ordinary file.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, RegistryError> {
    let unreadable = |error: std::io::Error| RegistryError::file("read", path, error);
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        let what = "it is not an ordinary file";
        return Err(RegistryError::file("read", path, what));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        let what = path.display().to_string();
        return Err(RegistryError::TooBig { what, limit });
    }
    Ok(bytes)
}

/// Whether there is no such file, nor a folder for it.
pub(crate) fn is_absent(path: &Path) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(std::fs::symlink_metadata(path), Err(error) if matches!(error.kind(), NotFound | NotADirectory))
}

/// Writes the file beside its place, onto the disk, and renames it: whoever reads finds the old file or the new one.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    let failed = |error: std::io::Error| RegistryError::file("write", path, error);
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(NEW);
    // A temporary file is private; these are read by web servers and other users as any file is.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(folder);
    Ok(())
}

/// A rename is on the disk once its folder is; not every system can do this, and the file is whole anyway.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

pub(crate) fn make_folder(folder: &Path) -> Result<(), RegistryError> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(|e| RegistryError::file("make the folder", folder, e))
}

/// Holds the lock of that file until dropped; waits while another process has it.
pub(crate) fn lock(path: &Path) -> Result<File, RegistryError> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let failed = |error: std::io::Error| RegistryError::file("lock", path, error);
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed)?;
    match file.lock() {
        Ok(()) => Ok(file),
        // Some network file systems know no locks. Files are still replaced whole there; only of two programs that change
        // something in the same instant, one may lose its change.
        Err(error) if has_no_locks(&error) => Ok(file),
        Err(error) => Err(failed(error)),
    }
}

fn has_no_locks(error: &std::io::Error) -> bool {
    /// "No locks available", on Linux.
    const ENOLCK: i32 = 37;
    error.kind() == std::io::ErrorKind::Unsupported
        || (cfg!(target_os = "linux") && error.raw_os_error() == Some(ENOLCK))
}

/// The SHA-256 as 64 lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Today's date in UTC: `2026-03-01`.
pub(crate) fn today() -> String {
    let date = chrono::DateTime::from_timestamp(seconds() as i64, 0);
    date.map_or_else(String::new, |date| date.date_naive().to_string())
}

/// The present time in UTC: `2026-03-01 12:00:00`.
pub(crate) fn now() -> String {
    let date = chrono::DateTime::from_timestamp(seconds() as i64, 0);
    date.map_or_else(String::new, |date| date.naive_utc().to_string())
}

/// Seconds since 1970; 0 where the clock stands before that.
pub(crate) fn seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}
