//! Lists the model files under `datasets/models`, so that a new file there is a new model in the program.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let datasets = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../datasets");
    let folder = datasets.join("models");
    let mut files: Vec<PathBuf> = Vec::new();
    if folder.is_dir() {
        println!("cargo::rerun-if-changed={}", folder.display());
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "model") {
                files.push(path.canonicalize()?);
            }
        }
    } else {
        println!("cargo::rerun-if-changed={}", datasets.display());
    }
    files.sort();
    let mut list = "&[\n".to_owned();
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(
            list,
            "    Bundled {{ name: {name:?}, bytes: include_bytes!({file:?}) }},"
        )?;
    }
    list.push_str("]\n");
    let out = Path::new(&env::var("OUT_DIR")?).join("bundled.rs");
    fs::write(out, list)?;
    Ok(())
}
