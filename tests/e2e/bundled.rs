//! The shipped models are what their command makes of the shipped tables.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The small ones; the others take minutes, and two need a table that is not shipped.
const RETRAINED: [&str; 2] = ["insertion_voltage", "yield_strength"];

#[test]
fn retrained_models_are_the_shipped_ones_to_the_last_byte() {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = tempfile::tempdir().unwrap();
    let ran = Command::new(repository.join("datasets/models/make"))
        .args(RETRAINED)
        .env("LODESTONE", env!("CARGO_BIN_EXE_lodestone"))
        .env("OUT", out.path())
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    for name in RETRAINED {
        let file = format!("{name}.model");
        let shipped = fs::read(repository.join("datasets/models").join(&file)).unwrap();
        let made = fs::read(out.path().join(&file)).unwrap();
        assert!(
            shipped == made,
            "{file} is not what datasets/models/make makes: run it, and plugins/build for the plugins that carry it"
        );
    }
}
