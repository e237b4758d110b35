//! A reviewer's trial: an expert's idea becomes a plugin on one machine, and a stranger ranks with it on another.

use crate::authoring::{LODESTONE, author};
use crate::registry::{alter, serve};
use crate::{Desk, Ran, Sheet};
use std::fs;
use std::path::Path;

/// A person with a home of their own and an empty desk, outside of this repository.
struct Person {
    home: Desk,
    desk: Desk,
}

impl Person {
    fn new() -> Self {
        Self {
            home: Desk::new(),
            desk: Desk::new(),
        }
    }

    /// `lodestone plugin ...` in a folder of the desk.
    fn plugin(&self, folder: &str, args: &[&str]) -> Ran {
        self.lodestone(folder, &[&["plugin"], args].concat())
    }

    fn lodestone(&self, folder: &str, args: &[&str]) -> Ran {
        author(
            LODESTONE,
            &self.home.path("."),
            &self.desk.path(folder),
            args,
        )
    }
}

/// Changes the one text of a file.
fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from}");
    fs::write(file, text.replace(from, to)).unwrap();
}

#[test]
fn from_an_empty_folder_to_a_strangers_ranking_update_tampering_and_revocation() {
    let (expert, stranger) = (Person::new(), Person::new());

    // The expert: a project, one line of their own (alloys of a tenth of pores), its cases, a signature, a registry.
    expert.plugin(".", &["new", "foam"]).ok();
    let source = expert.desk.path("foam/src/lib.rs");
    edit(
        &source,
        "solid * density, f64::NAN",
        "0.9 * solid * density, f64::NAN",
    );
    expert.desk.put(
        "foam/tests/cases.csv",
        "formula,expect:density [g/cm3],tolerance:density [g/cm3]\nCu,8.064,0.01\n",
    );
    expert.plugin("foam", &["build"]).ok();
    expert.plugin("foam", &["test"]).ok();
    let key = expert.desk.path("expert.key");
    let key = key.to_str().unwrap();
    expert
        .plugin(".", &["keygen", "--no-password", "-o", key])
        .ok();
    let publish = || {
        expert.plugin("foam", &["build"]).ok();
        expert
            .plugin("foam", &["sign", "foam.wasm", "--key", key])
            .ok();
        let to = ["--to", "../shop", "--key", key];
        expert.plugin("foam", &[&["publish", "foam.wasm"], &to[..]].concat())
    };
    publish().ok();
    let url = serve(expert.desk.path("shop"));
    let foam = format!("{url}/foam");

    // The stranger: no trust, no plugin.
    stranger.desk.put("alloys.csv", "formula\nAl\nAu\nTi\n");
    stranger.plugin(".", &["install", &foam]).fails(1, &["key"]);
    fs::copy(
        expert.desk.path("expert.pub"),
        stranger.desk.path("expert.pub"),
    )
    .unwrap();
    stranger
        .plugin(".", &["trust", "expert.pub", "--label", "the expert"])
        .ok();
    stranger.plugin(".", &["install", &foam]).ok();
    let rank = || {
        stranger.lodestone(
            ".",
            &["rank", "alloys.csv", "-p", "foam", "--format", "csv"],
        )
    };
    let first = rank().sheet();
    assert_eq!(first.formulas(), ["Al", "Ti", "Au"], "lightest first");
    // Nine tenths of the handbook's density of aluminium, 2.70 g/cm3.
    let densities = |sheet: &Sheet| sheet.numbers("foam.density [g/cm3]");
    assert!((densities(&first)[0] - 2.43).abs() < 0.005, "{first:?}");
    let info = stranger.plugin(".", &["info", "foam"]).ok();
    for said in [
        "the expert",
        "trusted since",
        "nothing but compute",
        "band_gaps_measured.csv",
    ] {
        assert!(info.out().contains(said), "{said}: {}", info.out());
    }

    // The next version.
    edit(&source, "0.9 * solid", "0.8 * solid");
    edit(
        &expert.desk.path("foam/Cargo.toml"),
        "version = \"0.1.0\"",
        "version = \"0.2.0\"",
    );
    publish().ok();
    let update = stranger.plugin(".", &["update"]).ok();
    assert!(
        update.out().contains("foam 0.1.0 -> 0.2.0"),
        "{}",
        update.out()
    );
    let second = rank().sheet();
    assert!((densities(&second)[0] - 2.16).abs() < 0.005, "{second:?}");

    // One byte altered on the web server: refused, and the version that was there still ranks.
    edit(&source, "0.8 * solid", "0.7 * solid");
    edit(
        &expert.desk.path("foam/Cargo.toml"),
        "version = \"0.2.0\"",
        "version = \"0.3.0\"",
    );
    publish().ok();
    alter(&expert.desk.path("shop/foam/0.3.0/foam.wasm"));
    stranger
        .plugin(".", &["update"])
        .fails(1, &["0.3.0", "SHA-256", "the expert"]);
    assert_eq!(rank().sheet(), second);

    // The key is stolen: nothing that it signed is loaded any more.
    stranger
        .plugin(".", &["trust", "--revoke", "expert.pub"])
        .ok();
    rank().fails(1, &["foam", "the expert", "revoked"]);
}
