//! `lodestone plugin keygen | sign | trust | publish | install | update | remove`, as an author and a stranger use them.

use crate::guest::{Guest, description};
use crate::{Desk, Ran};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A component of that id and version, which counts atoms.
fn component(id: &str, version: &str) -> Vec<u8> {
    let mut description = description();
    description.id = id.to_owned();
    description.version = version.to_owned();
    Guest {
        description,
        ..Guest::default()
    }
    .wasm()
}

/// A desk at which several people work, each with a data folder of their own.
struct Office(Desk);

impl Office {
    fn new() -> Self {
        Self(Desk::with("formula\nLiCoO2\nNaCl\n"))
    }

    /// Runs the program as that person.
    fn run(&self, person: &str, args: &[&str]) -> Ran {
        Ran::of(self.command(person).args(args))
    }

    fn command(&self, person: &str) -> assert_cmd::Command {
        let mut command = self.0.command();
        command
            .env("LODESTONE_HOME", self.home(person))
            .env_remove("LODESTONE_KEY_PASSWORD");
        command
    }

    fn home(&self, person: &str) -> PathBuf {
        self.0.path(&format!("home-{person}"))
    }

    /// Makes a key for that person, `PERSON.pub` on the desk.
    fn keygen(&self, person: &str) -> String {
        let ran = self
            .run(person, &["plugin", "keygen", "--no-password", "--json"])
            .ok();
        let json: Value = serde_json::from_str(ran.out()).unwrap();
        let public = json["public_key_file"].as_str().unwrap();
        fs::copy(public, self.0.path(&format!("{person}.pub"))).unwrap();
        json["id"].as_str().unwrap().to_owned()
    }

    /// Publishes a component of that id and version as that person.
    fn publish(&self, person: &str, id: &str, version: &str, folder: &str) -> Ran {
        self.0.put("new.wasm", component(id, version));
        let _ = fs::remove_file(self.0.path("new.wasm.minisig"));
        self.run(person, &["plugin", "publish", "new.wasm", "--to", folder])
    }

    fn trust(&self, person: &str, whom: &str) {
        let key = format!("{whom}.pub");
        self.run(person, &["plugin", "trust", &key, "--label", whom])
            .ok();
    }

    /// An author with a registry `shop` that has `tally` 0.1.0, and a user who trusts the author.
    fn with_shop() -> (Self, String) {
        let office = Self::new();
        let id = office.keygen("alice");
        office.publish("alice", "tally", "0.1.0", "shop").ok();
        office.trust("bob", "alice");
        (office, id)
    }

    fn rank(&self, person: &str) -> Ran {
        self.run(person, &["rank", "in.csv", "-p", "tally"])
    }

    fn alter(&self, file: &str) {
        alter(&self.0.path(file));
    }
}

/// Changes one byte in the middle of a file.
fn alter(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_published_plugin_ranks_for_a_stranger_who_trusts_its_key() {
    let (office, id) = Office::with_shop();
    let installed = office.run("bob", &["plugin", "install", "shop/tally"]).ok();
    assert!(
        installed.out().contains("tally 0.1.0 installed"),
        "{}",
        installed.out()
    );
    assert!(installed.out().contains(&id) && installed.out().contains("alice"));
    let ranked = office.rank("bob");
    assert!(!ranked.err.contains("UNSIGNED"), "{}", ranked.err);
    let sheet = ranked.sheet();
    assert_eq!(sheet.formulas(), ["LiCoO2", "NaCl"]);
    let header = sheet.header.iter().find(|h| h.starts_with("tally.atoms"));
    assert_eq!(sheet.numbers(header.unwrap()), [4.0, 2.0]);
    let info = office.run("bob", &["plugin", "info", "tally"]).ok();
    let said = info.out().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(&format!("key {id} (alice), trusted since 2")),
        "{said}"
    );
    let json = office
        .run("bob", &["plugin", "info", "tally", "--json"])
        .ok();
    let json: Value = serde_json::from_str(json.out()).unwrap();
    assert_eq!(json["trust"]["standing"], "signed");
    assert_eq!(json["trust"]["key"]["id"], id.as_str());
    assert_eq!(json["trust"]["key"]["label"], "alice");
    // Carol trusts nobody.
    office
        .run("carol", &["plugin", "install", "shop/tally"])
        .fails(1, &["index.json", &id, "not trusted", "plugin trust"]);
    office
        .run("carol", &["rank", "in.csv", "-p", "tally"])
        .fails(2, &["no plugin \"tally\""]);
}
