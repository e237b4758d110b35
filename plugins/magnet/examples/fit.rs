//! Refits the Slater-Pauling estimate: prints every out-of-family prediction and the coefficients; with `--write` puts
//! them into `src/coefficients.rs`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    print!("{}", magnet::fit::report());
    let text = magnet::fit::coefficients();
    print!("\n{text}");
    if std::env::args().any(|argument| argument == "--write") {
        std::fs::write(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("src/coefficients.rs"),
            text,
        )?;
    }
    Ok(())
}
