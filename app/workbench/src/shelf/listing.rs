//! What a registry has.

use super::{Shelf, ShelfError};
use job::Job;
use plugin_host::Host;
use registry::{Entry, RegistryError};

/// What a registry offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// Where the registry is, as records of installed plugins name it.
    pub place: String,
    /// The publisher's key with its label.
    pub signer: String,
    /// Date of the index, UTC.
    pub date: String,
    /// By name, the newest version that this program can use.
    pub plugins: Vec<Available>,
}

/// A plugin of a registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Available {
    pub entry: Entry,
    /// The version that is installed.
    pub installed: Option<String>,
    /// Why no version can be used here, where none can.
    pub misfit: Option<String>,
}

impl Shelf {
    /// The plugins of a registry whose index a trusted key signed.
    ///
    /// # Errors
    ///
    /// Those of [`Shelf::open`].
    pub fn listing(&self, place: &str, host: &Host, job: &Job) -> Result<Listing, ShelfError> {
        let catalogue = self.open(place, job)?;
        let home = self.home()?;
        let shipped = self.shipped_ids();
        let terms = self.terms(&shipped, host);
        let entries = &catalogue.index().plugins;
        let mut names: Vec<&str> = entries.iter().map(|e| e.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let plugin = |name: &str| {
            let record = home.record(name).ok().flatten();
            let newest = || entries.iter().rfind(|e| e.name == name);
            let installed = record.as_ref().map(|record| record.version.as_str());
            let (entry, misfit) = match catalogue.newest(name, installed, &terms) {
                Ok(choice) => (Some(choice.entry), None),
                Err(RegistryError::NoneFits { why, .. }) => (newest(), Some(why.join("; "))),
                Err(error) => (newest(), Some(error.to_string())),
            };
            Some(Available {
                entry: entry?.clone(),
                installed: record.map(|record| record.version),
                misfit,
            })
        };
        Ok(Listing {
            place: catalogue.place(),
            signer: catalogue.signer().to_owned(),
            date: catalogue.index().date.clone(),
            plugins: names.into_iter().filter_map(plugin).collect(),
        })
    }
}
