//! Judges the probabilities of gaps by held-out compositions and writes `src/validated.rs`:
//! `cargo run --release -p semiconductor --example judge`, in `plugins/`.

use semiconductor::judge::judge;
use std::fmt::Write as _;

#[path = "../tests/training/mod.rs"]
mod training;

fn main() -> std::io::Result<()> {
    let rows = training::held_out();
    let mut code = format!(
        "//! Written by `cargo run --example judge`; do not edit.\n\nuse crate::judge::Judged;\n\n/// Compositions that were held out.\npub const HELD_OUT: usize = {};\n",
        rows.len()
    );
    for (name, j) in ["METALS", "PHOTOVOLTAICS", "EMITTERS", "CONDUCTORS"]
        .iter()
        .zip(judge(&rows))
    {
        println!("{name}: {j:?}");
        write!(
            code,
            "#[rustfmt::skip]\npub const {name}: Judged =\n    Judged {{ share: {:.4}, share_of_likely: {:.4}, brier: {:.4}, skill: {:.4} }};\n",
            j.share, j.share_of_likely, j.brier, j.skill
        )
        .map_err(std::io::Error::other)?;
    }
    std::fs::write(
        concat!(env!("CARGO_MANIFEST_DIR"), "/src/validated.rs"),
        code,
    )
}
