//! Compiled code kept between runs, keyed by the component and the engine, and never trusted without its checksum.

use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::Engine;

const MAGIC: &[u8; 16] = b"lodestone code 1";
const HEAD: usize = MAGIC.len() + 32 + 32;

/// A folder of compiled components that only its owner can write to.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
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
        {
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
        }
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// The code kept for `component` (its SHA-256) and `engine`.
    pub(crate) fn get(&self, component: &[u8; 32], engine: &Engine) -> Entry {
        let path = self.path(component, engine);
        let Ok(bytes) = std::fs::read(&path) else {
            return Entry::Absent;
        };
        if !self.is_private(&path) {
            return self.spoiled(&path, "could have been written by others");
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
        Entry::Code(code.to_vec())
    }

    /// Whether the folder's owner, and nobody else, can have written the file.
    #[cfg(unix)]
    fn is_private(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        match (
            std::fs::symlink_metadata(path),
            std::fs::metadata(&self.folder),
        ) {
            (Ok(file), Ok(folder)) => {
                file.is_file() && file.uid() == folder.uid() && file.mode() & 0o022 == 0
            }
            _ => false,
        }
    }

    #[cfg(not(unix))]
    fn is_private(&self, _: &Path) -> bool {
        true
    }

    /// Removes an entry that wasmtime refuses.
    pub(crate) fn discard(&self, component: &[u8; 32], engine: &Engine) {
        let _ = std::fs::remove_file(self.path(component, engine));
    }

    /// Keeps `code`, written beside and renamed.
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
            file.persist(self.path(component, engine))?;
            Ok(())
        };
        write().map_err(|e| {
            format!(
                "compiled code is not kept in {}: {e}",
                self.folder.display()
            )
        })
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
