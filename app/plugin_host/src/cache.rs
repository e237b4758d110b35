//! Compiled code kept between runs, keyed by the component and the engine, and never trusted without its checksum. What was
//! not used for longest goes where there is too much.

use std::fs::File;
use std::hash::{Hash, Hasher};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use wasmtime::Engine;

const MAGIC: &[u8; 16] = b"lodestone code 1";
const HEAD: usize = MAGIC.len() + 32 + 32;

/// What all entries together may have, bytes: some fifty plugins with an interpreter.
const MOST: u64 = 1 << 30;

/// A file that was begun and left by a program that was killed is older than this.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// A folder of compiled components that only its owner can write to.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    most: u64,
    /// The user that this process runs as, and that entries must belong to.
    #[cfg(unix)]
    owner: u32,
}

/// What an entry turned out to be.
pub(crate) enum Entry {
    Absent,
    /// Not what was written, for this reason; it has been removed.
    Spoiled(&'static str),
    Code(Vec<u8>),
}

impl Cache {
    /// Opens the folder, made if need be; the reason where it cannot serve.
    pub(crate) fn open(folder: &Path) -> Result<Self, String> {
        let shown = folder.display();
        let unusable = |e: std::io::Error| format!("no compiled code is kept: {shown}: {e}");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(unusable)?;
        #[cfg(unix)]
        let owner = {
            use std::os::unix::fs::MetadataExt;
            // A file made here and now has this process's owner: the folder must be the same person's.
            let own = tempfile::tempfile_in(folder)
                .and_then(|file| file.metadata())
                .map_err(unusable)?;
            let meta = std::fs::metadata(folder).map_err(unusable)?;
            if meta.uid() != own.uid() || meta.mode() & 0o022 != 0 {
                return Err(format!(
                    "no compiled code is kept: others may write to {shown}; delete it, and it is made anew for you alone"
                ));
            }
            own.uid()
        };
        Ok(Self {
            folder: folder.to_owned(),
            most: MOST,
            #[cfg(unix)]
            owner,
        })
    }

    /// The code kept for `component` (its SHA-256) and `engine`.
    pub(crate) fn get(&self, component: &[u8; 32], engine: &Engine) -> Entry {
        let path = self.path(component, engine);
        // What is asked of the open file holds for what is read, whatever happens to its name meanwhile.
        let Ok(mut file) = File::open(&path) else {
            return Entry::Absent;
        };
        if !self.is_private(&file) {
            return self.spoiled(&path, "could have been written by others");
        }
        let mut bytes = Vec::new();
        if file.read_to_end(&mut bytes).is_err() {
            return Entry::Absent;
        }
        let Some((head, code)) = bytes.split_at_checked(HEAD) else {
            return self.spoiled(&path, "is cut off");
        };
        let (magic, sums) = head.split_at(MAGIC.len());
        let (whose, sum) = sums.split_at(32);
        if magic != MAGIC || whose != component {
            return self.spoiled(&path, "belongs to something else");
        }
        if Sha256::digest(code)[..] != *sum {
            return self.spoiled(&path, "does not match its checksum");
        }
        // The time tells what was used last; where it cannot be set, that of writing does.
        let _ = file.set_modified(SystemTime::now());
        Entry::Code(code.to_vec())
    }

    /// Whether this process's user, and nobody else, can have written the file.
    #[cfg(unix)]
    fn is_private(&self, file: &File) -> bool {
        use std::os::unix::fs::MetadataExt;
        file.metadata().is_ok_and(|file| {
            file.is_file() && file.uid() == self.owner && file.mode() & 0o022 == 0
        })
    }

    #[cfg(not(unix))]
    fn is_private(&self, _: &File) -> bool {
        true
    }

    /// Removes an entry that wasmtime refuses.
    pub(crate) fn discard(&self, component: &[u8; 32], engine: &Engine) {
        let _ = std::fs::remove_file(self.path(component, engine));
    }

    /// Keeps `code`, written beside and renamed; older entries make room for it.
    pub(crate) fn put(
        &self,
        component: &[u8; 32],
        engine: &Engine,
        code: &[u8],
    ) -> Result<(), String> {
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(MAGIC)?;
            file.write_all(component)?;
            file.write_all(&Sha256::digest(code))?;
            file.write_all(code)?;
            let path = self.path(component, engine);
            file.persist(&path)?;
            self.prune(&path);
            Ok(())
        };
        write().map_err(|e| {
            format!(
                "compiled code is not kept in {}: {e}",
                self.folder.display()
            )
        })
    }

    /// Removes what was not used for longest until the rest fits, but not `newest`. Another process may do the same.
    fn prune(&self, newest: &Path) {
        let entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let mut kept = Vec::new();
        for entry in entries {
            let (path, Ok(meta)) = (entry.path(), entry.metadata()) else {
                continue;
            };
            let used = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if path.extension().is_some_and(|ending| ending == "code") {
                kept.push((used, meta.len(), path));
            } else if used.elapsed().is_ok_and(|age| age > ABANDONED) && meta.is_file() {
                let _ = std::fs::remove_file(path);
            }
        }
        kept.sort();
        let mut total: u64 = kept.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in kept {
            if total <= self.most {
                break;
            }
            if path != newest && std::fs::remove_file(&path).is_ok() {
                total -= size;
            }
        }
    }

    fn spoiled(&self, path: &Path, why: &'static str) -> Entry {
        // If it cannot be removed it is overwritten by the next `put`, or found spoiled again.
        let _ = std::fs::remove_file(path);
        Entry::Spoiled(why)
    }

    fn path(&self, component: &[u8; 32], engine: &Engine) -> PathBuf {
        let mut hasher = ShaHasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let engine = hex(&hasher.0.finalize()[..8]);
        self.folder
            .join(format!("{}-{engine}.code", hex(component)))
    }
}

/// Feeds `Hash` values to SHA-256: the standard hasher may change between compilers, a file name must not.
struct ShaHasher(Sha256);

impl Hasher for ShaHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest[..8]
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_that_was_not_used_for_longest_makes_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut cache = Cache::open(folder.path()).expect("a cache");
        let engine = Engine::default();
        let code = vec![7; 1000];
        cache.most = 3 * (HEAD + code.len()) as u64;
        let hour = Duration::from_secs(3600);
        let aged = |component: u8, hours: u32| {
            let path = cache.path(&[component; 32], &engine);
            let file = File::options().append(true).open(path).expect("an entry");
            file.set_modified(SystemTime::now() - hours * hour)
                .expect("a time");
        };
        for component in 1..=3 {
            cache.put(&[component; 32], &engine, &code).expect("kept");
            aged(component, 10 - u32::from(component));
        }
        // The oldest is used, so the second is what goes.
        let is_there =
            |component: u8| matches!(cache.get(&[component; 32], &engine), Entry::Code(_));
        assert!(is_there(1));
        let abandoned = folder.path().join(".tmpabc");
        std::fs::write(&abandoned, "x").expect("written");
        let file = File::options().append(true).open(&abandoned).expect("it");
        file.set_modified(SystemTime::now() - 30 * hour)
            .expect("a time");
        cache.put(&[4; 32], &engine, &code).expect("kept");
        assert_eq!([1, 2, 3, 4].map(is_there), [true, false, true, true]);
        assert!(!abandoned.exists());
        // One that is larger than all the room there is is kept alone.
        cache.put(&[5; 32], &engine, &vec![7; 9000]).expect("kept");
        assert_eq!([1, 3, 4, 5].map(is_there), [false, false, false, true]);
    }
}
