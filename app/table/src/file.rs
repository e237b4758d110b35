//! Where output goes: the standard output, or a file that is written beside its place and then renamed, so that a crash
//! or a full disk leaves the old file or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::{Source, TableError};

/// Where an output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    Stdout,
    File(PathBuf),
}

impl Destination {
    /// A file, after checking what can be known before any work is done: that it is no folder and not the input itself,
    /// and that its folder exists and can be written to.
    pub fn file(path: &Path, input: &Source) -> Result<Self, TableError> {
        if path.is_dir() {
            return Err(TableError::OutputIsDirectory { path: path.into() });
        }
        if let (Some(input), Ok(output)) = (input.path(), fs::canonicalize(path))
            && fs::canonicalize(input).is_ok_and(|input| input == output)
        {
            return Err(TableError::OutputIsInput { path: path.into() });
        }
        if !is_special(path) {
            let target = resolved(path);
            temporary_file(path, folder_of(&target))?;
        }
        Ok(Self::File(path.into()))
    }

    /// Lets `write` write there. A reader that leaves early (a closed pipe, as with `| head`) is a normal end.
    pub fn write(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        match self {
            Self::File(path) => write_atomically(path, write),
            Self::Stdout => {
                let mut writer = BufWriter::with_capacity(BUFFER, io::stdout().lock());
                let result = write(&mut writer).and_then(|()| {
                    writer
                        .flush()
                        .map_err(|error| TableError::io("write", "", error))
                });
                // What could not be written is not tried again when the buffer is dropped.
                let _ = writer.into_parts();
                match result {
                    Err(TableError::Io { error, .. }) if error.kind() == ErrorKind::BrokenPipe => {
                        Ok(())
                    }
                    other => other.map_err(|error| named(error, "standard output")),
                }
            }
        }
    }
}

const BUFFER: usize = 256 * 1024;

/// Lets `write` write a file beside `path`, forces it to the disk, and renames it to `path` once all went well. A device
/// or pipe is written to as it is.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), TableError>,
) -> Result<(), TableError> {
    let name = path.display().to_string();
    let failed = |action, error| TableError::io(action, &name, error);
    if is_special(path) {
        let file = OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|error| failed("open", error))?;
        let mut writer = BufWriter::with_capacity(BUFFER, file);
        let result = write(&mut writer)
            .and_then(|()| writer.flush().map_err(|error| failed("write", error)))
            .map_err(|error| named(error, &name));
        let _ = writer.into_parts();
        return result;
    }
    let target = resolved(path);
    let folder = folder_of(&target);
    let mut temporary = temporary_file(path, folder)?;
    let mut writer = BufWriter::with_capacity(BUFFER, temporary.as_file_mut());
    let result = write(&mut writer)
        .and_then(|()| writer.flush().map_err(|error| failed("write", error)))
        .map_err(|error| named(error, &name));
    let _ = writer.into_parts();
    result?;
    temporary
        .as_file()
        .sync_all()
        .map_err(|error| failed("write", error))?;
    if let Ok(old) = fs::metadata(&target) {
        let _ = temporary.as_file().set_permissions(old.permissions());
    }
    temporary
        .persist(&target)
        .map_err(|error| failed("rename the new file to", error.error))?;
    // The rename itself is on the disk once the folder is; not every system can do this, and the file is whole anyway.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A new file in the folder, removed when dropped; readable as any file the user creates.
fn temporary_file(path: &Path, folder: &Path) -> Result<tempfile::NamedTempFile, TableError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lodestone-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The user's umask takes from this what it takes from every new file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
        .tempfile_in(folder)
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => TableError::NoOutputFolder {
                path: path.into(),
                folder: folder.into(),
            },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                TableError::NoOutputPermission { path: path.into() }
            }
            _ => TableError::io("create a file beside", path.display(), error),
        })
}

/// Where a symbolic link leads, so that the link stays and its target is replaced; also one that leads to nothing yet.
fn resolved(path: &Path) -> PathBuf {
    // More links in a row than any system follows.
    const LINKS: usize = 40;
    let mut at = path.to_path_buf();
    for _ in 0..LINKS {
        if let Ok(whole) = fs::canonicalize(&at) {
            return whole;
        }
        match fs::read_link(&at) {
            Ok(target) => at = folder_of(&at).join(target),
            Err(_) => return at,
        }
    }
    at
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Whether something is there that is neither file nor folder: a device, a pipe.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// The same error with the output's name in it.
fn named(error: TableError, name: &str) -> TableError {
    match error {
        TableError::Io { action, error, .. } => TableError::Io {
            action,
            target: name.to_owned(),
            error,
        },
        TableError::DiskFull { .. } => TableError::DiskFull {
            target: name.to_owned(),
        },
        other => other,
    }
}
