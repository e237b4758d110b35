//! Lists the crystals of `datasets/structures` for the program to carry them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const FOLDER: &str = "../../datasets/structures";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = fs::canonicalize(FOLDER).map_err(|error| format!("{FOLDER}: {error}"))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".cif") {
            names.push(name);
        }
    }
    names.sort();
    let mut code = format!("static FILES: [(&str, &str); {}] = [\n", names.len());
    for name in &names {
        let path = folder.join(name);
        writeln!(code, "    ({name:?}, include_str!({path:?})),")?;
    }
    code += "];\n";
    let index = folder.join("index.csv");
    writeln!(
        code,
        "pub(crate) static INDEX: &str = include_str!({index:?});"
    )?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("crystals.rs"), code)?;
    Ok(())
}
