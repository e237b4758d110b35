//! One writer at a time. The lock is the system's, on the campaign's own file: a killed process gives it up, and nothing
//! is left beside the file.

use crate::CampaignError;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How often it is tried again while another process has the lock.
const EVERY: Duration = Duration::from_millis(50);

/// Which file it is, whatever it is called: device and number.
type Identity = (u64, u64);

/// A campaign's file as this process has it open beside SQLite, once and for all: on Unix, closing any handle of a file gives up
/// every lock that the process has on it, those of SQLite's transactions in other threads included.
#[derive(Debug)]
pub(super) struct Handle {
    pub file: File,
    identity: Option<Identity>,
    /// Whether a [`Lock`] of this process holds it.
    held: AtomicBool,
}

/// All handles of this process, by file and by whether it can be written to.
static HANDLES: Mutex<BTreeMap<(Identity, bool), Arc<Handle>>> = Mutex::new(BTreeMap::new());

impl Handle {
    /// The handle of a file.
    pub fn of(path: &Path, write: bool) -> std::io::Result<Arc<Self>> {
        let open = || OpenOptions::new().read(true).write(write).open(path);
        let mut all = HANDLES.lock().unwrap_or_else(|held| held.into_inner());
        let identity = identity(&std::fs::metadata(path)?);
        // A handle that can be written to reads too.
        let known = identity.and_then(|it| {
            let writes = all.get(&(it, true));
            writes.or_else(|| all.get(&(it, write)))
        });
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let file = open()?;
        let identity = self::identity(&file.metadata()?);
        let handle = Arc::new(Self {
            file,
            identity,
            held: AtomicBool::new(false),
        });
        if let Some(identity) = identity {
            all.insert((identity, write), handle.clone());
        }
        Ok(handle)
    }

    /// Whether the file still has this name.
    pub fn is_at(&self, path: &Path) -> bool {
        let there = std::fs::metadata(path).ok();
        self.identity.is_none() || there.is_some_and(|about| identity(&about) == self.identity)
    }
}

#[cfg(unix)]
fn identity(about: &std::fs::Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((about.dev(), about.ino()))
}

/// Elsewhere closing one handle leaves the locks of others alone, and an open file cannot be renamed.
#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> Option<Identity> {
    None
}

/// Held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    pub handle: Arc<Handle>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A lock that cannot be given up now goes with the process.
        let _ = self.handle.file.unlock();
        self.handle.held.store(false, Ordering::Release);
    }
}

impl Lock {
    /// Takes the lock, waiting so long at most.
    pub(super) fn take(path: &Path, wait: Duration) -> Result<Self, CampaignError> {
        let read_only = || CampaignError::ReadOnly { path: path.into() };
        let handle = Handle::of(path, true).map_err(|error| match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                read_only()
            }
            _ => CampaignError::file("open", path, error),
        })?;
        let begun = Instant::now();
        loop {
            // Threads first: to the system they are one.
            let free = !handle.held.swap(true, Ordering::AcqRel);
            if free {
                let lock = Self {
                    handle: handle.clone(),
                };
                if !cfg!(unix) {
                    // Elsewhere such a lock would keep SQLite out too; there its own locks alone tell writers apart.
                    return Ok(lock);
                }
                match handle.file.try_lock() {
                    Ok(()) => return Ok(lock),
                    // Some network file systems know no locks; that nobody wrote meanwhile is checked at every append.
                    Err(TryLockError::Error(_)) => return Ok(lock),
                    Err(TryLockError::WouldBlock) => drop(lock),
                }
            }
            if begun.elapsed() >= wait {
                let by = match free {
                    true => holder(&handle.file),
                    false => Some(format!("process {} itself", std::process::id())),
                };
                return Err(CampaignError::InUse {
                    path: path.into(),
                    by: by.unwrap_or_else(|| "another process".to_owned()),
                    waited: wait,
                });
            }
            std::thread::sleep(EVERY.min(wait));
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
