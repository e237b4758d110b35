//! One writer at a time. The lock is the system's, on the campaign's own file: a killed process gives it up, and nothing
//! is left beside the file.

use crate::CampaignError;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often it is tried again while another process has the lock.
const EVERY: Duration = Duration::from_millis(50);

/// Held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, waiting so long at most.
    pub(super) fn take(path: &Path, wait: Duration) -> Result<Self, CampaignError> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|error| match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                CampaignError::ReadOnly { path: path.into() }
            }
            _ => CampaignError::file("open", path, error),
        })?;
        if !cfg!(unix) {
            // Elsewhere such a lock would keep SQLite out too; there its own locks alone tell writers apart.
            return Ok(Self { _file: file });
        }
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if begun.elapsed() < wait => {
                    std::thread::sleep(EVERY.min(wait));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(CampaignError::InUse {
                        path: path.into(),
                        by: holder(&file).unwrap_or_else(|| "another process".to_owned()),
                        waited: wait,
                    });
                }
                // Some network file systems know no locks; that nobody wrote meanwhile is checked at every append.
                Err(TryLockError::Error(_)) => return Ok(Self { _file: file }),
            }
        }
    }
}

/// Who has the lock, as Linux tells: `process 1234 (lodestone campaign run ...)`.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{}", file.metadata().ok()?.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    // 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF; a process that waits has `->` behind the number.
    let process = locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let held = words.get(1) == Some(&"FLOCK") && words.get(5)?.ends_with(&inode);
        held.then(|| words[4].to_owned())
    })?;
    let command = std::fs::read(format!("/proc/{process}/cmdline")).ok();
    let command = command.map(|bytes| {
        let text = String::from_utf8_lossy(&bytes).replace('\0', " ");
        text.trim().chars().take(200).collect::<String>()
    });
    Some(match command.filter(|command| !command.is_empty()) {
        Some(command) => format!("process {process} ({command})"),
        None => format!("process {process}"),
    })
}

#[cfg(not(target_os = "linux"))]
fn holder(_: &File) -> Option<String> {
    None
}
