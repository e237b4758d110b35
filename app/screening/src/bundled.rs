//! The models that come with this program: the files of `datasets/models`, by name.

use crate::{Model, ModelError};
use std::sync::OnceLock;

/// A model inside this program.
pub struct Bundled {
    /// `band_gap`
    pub name: &'static str,
    /// Its file.
    pub bytes: &'static [u8],
}

/// All of them, by name.
pub const ALL: &[Bundled] = include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

impl Bundled {
    /// The model, read.
    ///
    /// # Errors
    ///
    /// A file that is no model, which the tests of this room rule out.
    pub fn load(&self) -> Result<Model, ModelError> {
        Model::from_bytes(self.name, &format!("{} (shipped)", self.name), self.bytes)
    }
}

/// The shipped model of a name; `None` where there is none. A model is read once and kept.
pub fn find(name: &str) -> Option<Result<Model, ModelError>> {
    static LOADED: OnceLock<Vec<OnceLock<Model>>> = OnceLock::new();
    let index = ALL.iter().position(|bundled| bundled.name == name)?;
    let slots = LOADED.get_or_init(|| ALL.iter().map(|_| OnceLock::new()).collect());
    let slot = slots.get(index)?;
    if let Some(model) = slot.get() {
        return Some(Ok(model.clone()));
    }
    Some(
        ALL[index]
            .load()
            .map(|model| slot.get_or_init(|| model).clone()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_model_can_be_read_and_says_what_it_is() {
        for bundled in ALL {
            let model = find(bundled.name).unwrap().unwrap();
            let about = model.model().about();
            assert!(!about.target.is_empty(), "{}", bundled.name);
            assert!(!about.data.is_empty(), "{}", bundled.name);
            assert_eq!(about.sha256.len(), 64, "{}", bundled.name);
            assert!(!about.licence.is_empty(), "{}", bundled.name);
            assert!(model.model().scores().is_some(), "{}", bundled.name);
        }
        assert!(find("no such model").is_none());
    }
}
