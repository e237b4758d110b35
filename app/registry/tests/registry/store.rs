//! What is installed and who is trusted, whatever else happens at the same time or half-way.

use crate::{World, bytes_of, new_key, says};
use registry::{Candidate, Home, PublicKey, RegistryError, sign_plugin};
use std::path::PathBuf;

impl World {
    fn install(&self, version: &str) -> Result<Option<registry::Record>, RegistryError> {
        let bytes = bytes_of(version);
        let signature = sign_plugin(&self.key, &bytes, "sum.wasm", "sum", version).unwrap();
        self.home.install(
            &Candidate {
                name: "sum",
                version,
                bytes: &bytes,
                signature: Some((&signature, self.key.public())),
                source: "shop",
                from_registry: true,
            },
            false,
        )
    }

    fn installed(&self) -> (String, Vec<u8>) {
        let verified = self.home.load("sum", 1 << 20).unwrap();
        (verified.record.version, verified.bytes)
    }

    fn plugin_folder(&self) -> PathBuf {
        self.home.folder().join("plugins/sum")
    }

    fn unsigned(&self, new_owner: bool) -> Result<Option<registry::Record>, RegistryError> {
        let candidate = Candidate {
            name: "sum",
            version: "0.5.0",
            bytes: b"unsigned",
            signature: None,
            source: "sum.wasm",
            from_registry: false,
        };
        self.home.install(&candidate, new_owner)
    }
}

#[test]
fn a_new_version_takes_the_place_of_the_old_one_whole() {
    let world = World::new();
    assert_eq!(world.install("0.1.0").unwrap(), None);
    let before = world.install("0.2.0").unwrap().unwrap();
    assert_eq!(before.version, "0.1.0");
    assert_eq!(world.installed(), ("0.2.0".to_owned(), bytes_of("0.2.0")));
    // Nothing of the old one is left: one folder and the record.
    let left = std::fs::read_dir(world.plugin_folder()).unwrap().count();
    assert_eq!(left, 2);
}

#[test]
fn what_an_interrupted_installation_leaves_does_no_harm_and_is_swept_away() {
    let world = World::new();
    world.install("0.1.0").unwrap();
    // Killed while it wrote the new version's files, and while it wrote the record.
    let staged = world.plugin_folder().join("files-abcdef");
    std::fs::create_dir(&staged).unwrap();
    std::fs::write(staged.join("sum.wasm"), b"half").unwrap();
    std::fs::write(world.plugin_folder().join(".new-abcdef"), b"{\"na").unwrap();
    assert_eq!(world.installed(), ("0.1.0".to_owned(), bytes_of("0.1.0")));
    world.install("0.2.0").unwrap();
    assert!(!staged.exists());
    assert_eq!(std::fs::read_dir(world.plugin_folder()).unwrap().count(), 2);
    // Killed before there was a record at all: not installed.
    world.home.remove("sum").unwrap();
    std::fs::create_dir_all(&staged).unwrap();
    assert_eq!(world.home.names().unwrap(), [""; 0]);
    says(world.home.load("sum", 10).map(|_| ()), &["no plugin sum"]);
}

#[test]
fn installations_at_the_same_time_leave_one_of_them_whole() {
    let world = World::new();
    world.install("0.0.1").unwrap();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let world = &world;
            scope.spawn(move || {
                for patch in 0..8 {
                    world.install(&format!("0.{worker}.{patch}")).unwrap();
                    // whatever is there now is whole
                    let (version, bytes) = world.installed();
                    assert_eq!(bytes, bytes_of(&version));
                }
            });
        }
    });
    assert_eq!(std::fs::read_dir(world.plugin_folder()).unwrap().count(), 2);
}

#[test]
fn an_altered_file_is_not_loaded() {
    let world = World::new();
    world.install("0.1.0").unwrap();
    let path = world.home.load("sum", 1 << 20).unwrap().path;
    let signature = registry::signature_file(&path);
    for file in [&path, &signature] {
        let sound = std::fs::read(file).unwrap();
        let mut altered = sound.clone();
        let at = altered.len() - 20;
        altered[at] ^= 1;
        std::fs::write(file, altered).unwrap();
        says(world.home.load("sum", 1 << 20).map(|_| ()), &["sum"]);
        std::fs::remove_file(file).unwrap();
        says(world.home.load("sum", 1 << 20).map(|_| ()), &["sum.wasm"]);
        std::fs::write(file, sound).unwrap();
        assert_eq!(world.installed().0, "0.1.0");
    }
}

#[test]
fn what_a_revoked_or_forgotten_key_signed_is_not_loaded() {
    let world = World::new();
    let id = world.key_id();
    world.install("0.1.0").unwrap();
    let key = world.home.trust().unwrap().revoke("author").unwrap();
    assert!(key.revoked.is_some());
    says(
        world.home.load("sum", 1 << 20).map(|_| ()),
        &["sum", &id, "author", "revoked on 2"],
    );
    says(world.open_folder(), &["index.json", &id, "revoked on 2"]);
    says(
        world.home.trust().unwrap().trust(world.key.public(), ""),
        &[&id, "revoked", "trust.json"],
    );
    std::fs::remove_file(world.home.folder().join("trust.json")).unwrap();
    says(
        world.home.load("sum", 1 << 20).map(|_| ()),
        &["sum", &id, "not trusted"],
    );
    says(world.home.trust().unwrap().revoke(&id), &[&id]);
}

#[test]
fn a_key_is_revoked_by_itself_its_file_its_identifier_or_its_label() {
    for of in 0..4 {
        let world = World::new();
        let file = world.path("author.pub").to_str().unwrap().to_owned();
        let all = [
            world.key.public().to_base64(),
            file,
            world.key_id().to_lowercase(),
            "author".to_owned(),
        ];
        let mut store = world.home.trust().unwrap();
        says(store.revoke("nobody"), &["nobody"]);
        store.revoke(&all[of]).unwrap();
        assert!(world.home.trust().unwrap().keys()[0].revoked.is_some());
    }
}

#[test]
fn a_key_with_the_identifier_of_another_is_not_taken_for_it() {
    let world = World::new();
    let mut text = world.key.public().to_base64();
    let last = text.pop();
    text.push(if last == Some('A') { 'B' } else { 'A' });
    let twin = PublicKey::from_base64(&text).unwrap();
    assert_eq!(twin.id(), world.key_id());
    let mut store = world.home.trust().unwrap();
    says(
        store.trust(&twin, "twin"),
        &[&world.key_id(), "same identifier"],
    );
    // Trusted alone, it verifies nothing that the other signed.
    let mut other = World::new();
    other.home = Home::new(other.path("second-home"));
    other.home.trust().unwrap().trust(&twin, "twin").unwrap();
    says(
        other.open(world.shop().to_str().unwrap()),
        &["index.json", "twin", "altered"],
    );
}

#[test]
fn the_home_is_where_the_environment_says() {
    let of = |set: &[(&str, &str)]| {
        let set: std::collections::HashMap<&str, &str> = set.iter().copied().collect();
        let home = Home::from_environment(|name| set.get(name).map(Into::into));
        home.map(|home| home.folder().to_owned())
    };
    let all = [
        ("LODESTONE_HOME", "/l"),
        ("XDG_DATA_HOME", "/x"),
        ("HOME", "/h"),
    ];
    assert_eq!(of(&all), Some("/l".into()));
    assert_eq!(of(&all[1..]), Some("/x/lodestone".into()));
    assert_eq!(of(&all[2..]), Some("/h/.local/share/lodestone".into()));
    // A relative data folder does not count, an empty variable is none.
    assert_eq!(
        of(&[
            ("LODESTONE_HOME", ""),
            ("XDG_DATA_HOME", "x"),
            ("HOME", "/h")
        ]),
        Some("/h/.local/share/lodestone".into())
    );
    assert_eq!(of(&[]), None);
}

#[test]
fn a_name_belongs_to_the_key_that_first_had_it() {
    let world = World::new();
    let mut other = World::empty();
    other.home = world.home.clone();
    other
        .home
        .trust()
        .unwrap()
        .trust(other.key.public(), "other")
        .unwrap();
    world.install("0.1.0").unwrap();
    says(
        other.install("0.2.0"),
        &["sum", &world.key_id(), &other.key_id(), "author", "other"],
    );
    says(world.unsigned(false), &["sum", &world.key_id(), "unsigned"]);
    // Not even once it is removed.
    world.home.remove("sum").unwrap();
    says(other.install("0.2.0"), &["sum", &world.key_id()]);
    // An unsigned file that the user insisted on does not own the name.
    world.unsigned(true).unwrap();
    assert!(world.home.load("sum", 100).unwrap().signer.is_none());
    says(other.install("0.2.0"), &["sum", &world.key_id()]);
    world.install("0.3.0").unwrap();
}

#[test]
fn an_index_is_not_replaced_by_an_older_or_another_one() {
    let world = World::new();
    let path = world.shop().join("index.json");
    let keep = || {
        let signature = registry::signature_file(&path);
        (
            std::fs::read(&path).unwrap(),
            std::fs::read(&signature).unwrap(),
        )
    };
    let put = |(index, signature): &(Vec<u8>, Vec<u8>)| {
        std::fs::write(&path, index).unwrap();
        std::fs::write(registry::signature_file(&path), signature).unwrap();
    };
    let old = keep();
    world.open_folder().unwrap();
    world.publish("0.2.0").unwrap();
    let new = keep();
    world.open_folder().unwrap();
    put(&old);
    says(
        world.open_folder(),
        &["shop", "older index", &world.key_id(), "author"],
    );
    put(&new);
    world.open_folder().unwrap();
    // Another one of the same serial number, rightly signed.
    world.forge(|index| {
        index.serial -= 1;
        index.plugins[0].summary = "otherwise".to_owned();
    });
    says(
        world.open_folder(),
        &["another index", "serial number", &world.key_id()],
    );
}

#[test]
fn a_publication_that_was_interrupted_leaves_a_usable_registry() {
    let world = World::new();
    let shop = world.shop();
    let signature = shop.join("index.json.minisig");
    let old = std::fs::read(&signature).unwrap();
    world.publish("0.2.0").unwrap();
    // The new index came into place, its signature not yet: it lies beside as the next one.
    std::fs::rename(&signature, shop.join("index.json.minisig.next")).unwrap();
    std::fs::write(&signature, &old).unwrap();
    assert_eq!(world.fetch_folder().unwrap(), bytes_of("0.2.0"));
    // The same on the very first publication, when there is no older signature.
    std::fs::remove_file(&signature).unwrap();
    assert_eq!(world.fetch_folder().unwrap(), bytes_of("0.2.0"));
    // The next publication mends it.
    world.publish("0.3.0").unwrap();
    assert!(signature.exists() && !shop.join("index.json.minisig.next").exists());
    assert_eq!(world.fetch_folder().unwrap(), bytes_of("0.3.0"));
    // Killed before the index came into place: the old one stays.
    std::fs::write(shop.join("index.json.minisig.next"), &old).unwrap();
    assert_eq!(world.fetch_folder().unwrap(), bytes_of("0.3.0"));
}

#[test]
fn publications_at_the_same_time_are_all_in_the_index() {
    let world = World::new();
    std::thread::scope(|scope| {
        for minor in 1..5 {
            let world = &world;
            // In which order they come is open: an older version after a newer one needs to be forced, and is not here.
            scope.spawn(move || {
                world
                    .publish_entry(crate::entry(&format!("p{minor}"), "0.1.0"), &world.key)
                    .unwrap()
            });
        }
    });
    assert_eq!(world.open_folder().unwrap().index().plugins.len(), 5);
}

#[test]
fn another_key_cannot_publish_in_a_registry() {
    let world = World::new();
    let other = new_key(&world.path("other.key"));
    let result = world.publish_entry(crate::entry("mine", "0.1.0"), &other);
    says(
        result,
        &["index.json", &world.key_id(), &other.public().id()],
    );
}
