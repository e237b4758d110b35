//! What was measured on this machine, kept in the user's cache folder so that the same choice is made next time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const FILE: &str = "devices.json";

/// Rows a second of every kernel on every adapter that was measured; `cpu` stands for the processor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    /// This program's version; another one measures anew.
    program: String,
    /// By adapter with its driver, then by kernel with a fingerprint of its source.
    rows_per_second: BTreeMap<String, BTreeMap<String, f64>>,
    #[serde(skip)]
    folder: Option<PathBuf>,
}

impl Calibration {
    /// What the folder holds for this version of the program; nothing where it holds nothing that can be read.
    pub(crate) fn read(folder: Option<&Path>) -> Self {
        let empty = Self {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            rows_per_second: BTreeMap::new(),
            folder: folder.map(Path::to_owned),
        };
        // A cache: what is missing or broken is measured again.
        let read = folder
            .and_then(|folder| fs::read(folder.join(FILE)).ok())
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        match read {
            Some(read) if read.program == empty.program => Self {
                folder: empty.folder,
                ..read
            },
            _ => empty,
        }
    }

    pub(crate) fn get(&self, adapter: &str, kernel: &str) -> Option<f64> {
        let rate = *self.rows_per_second.get(adapter)?.get(kernel)?;
        (rate >= 0.0 && rate.is_finite()).then_some(rate)
    }

    /// Remembers a measurement, in the folder too.
    pub(crate) fn set(&mut self, adapter: &str, kernel: &str, rate: f64) {
        self.rows_per_second
            .entry(adapter.to_owned())
            .or_default()
            .insert(kernel.to_owned(), rate);
        // A folder that cannot be written costs a measurement next time, no result.
        let _ = self.write();
    }

    fn write(&self) -> std::io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        fs::create_dir_all(folder)?;
        let beside = folder.join(format!("{FILE}.{}", std::process::id()));
        fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        fs::rename(beside, folder.join(FILE))
    }
}

/// The user's cache folder of this program; `LODESTONE_CACHE` names another.
pub fn cache_folder() -> Option<PathBuf> {
    let folder = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("LODESTONE_CACHE")
        .or_else(|| {
            // A relative one is to be ignored, say the rules of these variables.
            let cache = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute());
            cache.map(|path| path.join("lodestone"))
        })
        .or_else(|| folder("LOCALAPPDATA").map(|path| path.join("lodestone")))
        .or_else(|| folder("HOME").map(|path| path.join(".cache/lodestone")))
}
