// What a model file says of its quality, for the texts of the plugins that carry it. Their build scripts include this file.
//
// A model file is a safetensors container: eight bytes of length, then JSON, in which the key `lodestone` holds another JSON
// text. Its numbers are found by their names; whoever reads a file that nobody vouches for is the host.

use std::error::Error;
use std::fs;

/// The cross-validated figures of the model file, as a literal of the struct `Scores`.
pub fn scores(name: &str, file: &str) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={file}");
    let bytes = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let length = bytes
        .first_chunk()
        .map(|length| u64::from_le_bytes(*length) as usize)
        .ok_or_else(|| format!("{file} is empty"))?;
    let header =
        String::from_utf8_lossy(bytes.get(8..8 + length).unwrap_or_default()).replace('\\', "");
    let figures = header
        .split_once("\"cross_validation\":{")
        .and_then(|(_, rest)| rest.split_once('}'))
        .ok_or_else(|| format!("{file} states no cross-validation"))?
        .0;
    let number = |key: &str| -> Result<f64, Box<dyn Error>> {
        let (_, rest) = figures
            .split_once(&format!("\"{key}\":"))
            .ok_or_else(|| format!("{file} states no {key}"))?;
        let end = rest.find(',').unwrap_or(rest.len());
        Ok(rest[..end].trim().parse()?)
    };
    Ok(format!(
        "/// Of the carried model, by cross-validation.\npub const {name}: Scores = Scores {{ rows: {:?}, mae: {:?}, rmse: {:?}, r2: {:?}, coverage_95: {:?} }};\n",
        number("rows")?,
        number("mae")?,
        number("rmse")?,
        number("r2")?,
        number("coverage_95")?
    ))
}
