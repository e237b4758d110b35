//! The room as its callers see it: an author's folder, a web server that may be hostile, a user's home.

mod foreign;
mod hostile_files;
mod hostile_server;
mod server;
mod store;

use job::Job;
use registry::{
    Catalogue, Entry, Home, Index, Property, PublicKey, Publication, Published, RegistryError,
    SecretKey, Source, Terms, WebOptions, publish,
};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// An author with a key and a registry, and a user's home.
struct World {
    folder: TempDir,
    key: SecretKey,
    home: Home,
}

/// Short times, so that a stalling server is given up soon.
fn impatient() -> WebOptions {
    WebOptions {
        connect: Duration::from_millis(500),
        stall: Duration::from_millis(300),
        patience: Duration::from_millis(1500),
        bytes_per_second: 1 << 30,
        ..WebOptions::default()
    }
}

fn terms() -> Terms<'static> {
    Terms {
        shipped: &["battery"],
        speaks: &|interface| interface.starts_with("0.1."),
        component_bytes: 1 << 20,
    }
}

/// What the test registries hold: bytes that nobody would take for a component.
fn bytes_of(version: &str) -> Vec<u8> {
    format!("component {version} ").repeat(2000).into_bytes()
}

fn entry(name: &str, version: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        version: version.to_owned(),
        file: String::new(),
        size: 0,
        sha256: String::new(),
        interface: "0.1.0".to_owned(),
        licence: "MIT".to_owned(),
        summary: "Counts atoms".to_owned(),
        authors: vec!["A. Author".to_owned()],
        properties: vec![Property {
            name: "atoms".to_owned(),
            unit: "1".to_owned(),
        }],
    }
}

fn new_key(path: &Path) -> SecretKey {
    SecretKey::create(path, None).unwrap();
    SecretKey::read(path, || panic!("it has no password")).unwrap()
}

impl World {
    /// A registry that has `sum` 0.1.0, and a user who trusts its key.
    fn new() -> Self {
        let world = Self::empty();
        world.publish("0.1.0").unwrap();
        world.trust();
        world
    }

    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let key = new_key(&folder.path().join("author.key"));
        let home = Home::new(folder.path().join("home"));
        Self { folder, key, home }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shop(&self) -> PathBuf {
        self.path("shop")
    }

    fn trust(&self) {
        let mut store = self.home.trust().unwrap();
        store.trust(self.key.public(), "author").unwrap();
    }

    fn publish(&self, version: &str) -> Result<Published, RegistryError> {
        self.publish_entry(entry("sum", version), &self.key)
    }

    fn publish_entry(&self, entry: Entry, key: &SecretKey) -> Result<Published, RegistryError> {
        let publication = Publication {
            bytes: &bytes_of(&entry.version),
            entry,
            signature: None,
            shipped: &["battery"],
            force: false,
        };
        publish(&self.shop(), key, publication, None, &Job::new())
    }

    /// Writes and signs an index as a careless or robbed publisher could.
    fn forge(&self, change: impl FnOnce(&mut Index)) {
        let path = self.shop().join("index.json");
        let mut index: Index = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut index);
        index.serial += 1;
        self.sign_index(&serde_json::to_vec(&index).unwrap());
    }

    fn sign_index(&self, bytes: &[u8]) {
        let path = self.shop().join("index.json");
        std::fs::write(&path, bytes).unwrap();
        registry::sign_file(&self.key, &path, bytes, "index", "0.0.0").unwrap();
    }

    fn open(&self, place: &str) -> Result<Catalogue, RegistryError> {
        let source = Source::parse(place, &impatient())?;
        Catalogue::open(source, &self.home, &Job::new())
    }

    fn open_folder(&self) -> Result<Catalogue, RegistryError> {
        self.open(self.shop().to_str().unwrap())
    }

    /// Fetches the newest `sum` of that place, all verified.
    fn fetch(&self, place: &str) -> Result<Vec<u8>, RegistryError> {
        let catalogue = self.open(place)?;
        let choice = catalogue.choose("sum", None, &terms())?;
        Ok(catalogue
            .fetch(choice.entry, &self.home, &Job::new())?
            .bytes)
    }

    fn fetch_folder(&self) -> Result<Vec<u8>, RegistryError> {
        self.fetch(self.shop().to_str().unwrap())
    }

    fn key_id(&self) -> String {
        self.key.public().id()
    }
}

/// The error's message has all of these.
#[track_caller]
fn says<T>(result: Result<T, RegistryError>, said: &[&str]) {
    let Err(error) = result else {
        panic!("it was accepted: {said:?}");
    };
    let message = error.to_string();
    for text in said {
        assert!(message.contains(text), "{text:?} is missing in: {message}");
    }
    assert!(message.len() < 1000, "{message}");
}

#[test]
fn what_was_published_is_found_and_fetched_unchanged() {
    let world = World::new();
    let catalogue = world.open_folder().unwrap();
    assert_eq!(catalogue.key(), world.key.public());
    let found = &catalogue.index().plugins[0];
    assert_eq!(
        (found.name.as_str(), found.version.as_str()),
        ("sum", "0.1.0")
    );
    assert_eq!(found.properties, entry("sum", "0.1.0").properties);
    assert_eq!(world.fetch_folder().unwrap(), bytes_of("0.1.0"));
}

#[test]
fn the_newest_version_that_fits_is_chosen_and_the_others_are_told() {
    let world = World::new();
    for (version, interface) in [("0.9.0", "0.1.0"), ("0.10.0", "0.1.2"), ("0.11.0", "0.2.0")] {
        let mut entry = entry("sum", version);
        entry.interface = interface.to_owned();
        world.publish_entry(entry, &world.key).unwrap();
    }
    world.publish("1.0.0-rc.1").unwrap();
    let catalogue = world.open_folder().unwrap();
    let choice = catalogue.choose("sum", None, &terms()).unwrap();
    assert_eq!(choice.entry.version, "0.10.0");
    assert_eq!(choice.skipped.len(), 1);
    assert!(choice.skipped[0].contains("0.11.0") && choice.skipped[0].contains("0.2.0"));
    let wanted = catalogue.choose("sum", Some("1.0.0-rc.1"), &terms());
    assert_eq!(wanted.unwrap().entry.version, "1.0.0-rc.1");
    // Who has a version before a release gets the next of these, and then the release.
    let newest = |installed: &str| {
        let catalogue = world.open_folder().unwrap();
        let choice = catalogue.newest("sum", Some(installed), &terms());
        choice.unwrap().entry.version.clone()
    };
    assert_eq!(newest("0.9.0"), "0.10.0");
    assert_eq!(newest("1.0.0-rc.1"), "0.10.0");
    world.publish("1.0.0-rc.2").unwrap();
    world.publish("1.0.0-rc.10").unwrap();
    assert_eq!(newest("1.0.0-rc.1"), "1.0.0-rc.10");
    assert_eq!(newest("0.10.0"), "0.10.0");
    world.publish("1.0.0").unwrap();
    world.publish("1.1.0-rc.1").unwrap();
    assert_eq!(newest("1.0.0-rc.1"), "1.0.0");
    says(
        catalogue.choose("sum", Some("0.11.0"), &terms()),
        &["sum", "0.2.0"],
    );
    says(
        catalogue.choose("sum", Some("3.0.0"), &terms()),
        &["3.0.0", "0.10.0"],
    );
    says(
        catalogue.choose("battery", None, &terms()),
        &["battery", "shipped"],
    );
    says(
        catalogue.choose("other", None, &terms()),
        &["other", "it has sum"],
    );
}

#[test]
fn serial_numbers_grow_even_when_the_clock_stands() {
    let world = World::new();
    let serials: Vec<u64> = (2..6)
        .map(|minor| world.publish(&format!("0.{minor}.0")).unwrap().serial)
        .collect();
    assert!(serials.windows(2).all(|w| w[0] < w[1]), "{serials:?}");
}

#[test]
fn a_key_argument_is_a_key_or_its_file() {
    let world = World::empty();
    let file = world.path("author.pub");
    let text = world.key.public().to_base64();
    assert_eq!(
        PublicKey::from_argument(&text).unwrap(),
        *world.key.public()
    );
    assert_eq!(
        PublicKey::from_argument(file.to_str().unwrap()).unwrap(),
        *world.key.public()
    );
    let secret = world.path("author.key");
    says(
        PublicKey::from_argument(secret.to_str().unwrap()),
        &["author.key"],
    );
    for bad in [
        "",
        "RW",
        &text[1..],
        &format!("{text}A"),
        &text.replace("RW", "QW"),
    ] {
        says(PublicKey::from_argument(bad), &["no public key"]);
    }
}
