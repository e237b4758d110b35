//! Magpie's descriptors of a column of formulas: `descriptors FORMULAS.csv [OUT.csv]` says how long parsing and describing
//! took, and writes formula and descriptors. For `tests/peers`.

use std::io::{BufWriter, Write};
use std::time::Instant;

use descriptor::Magpie;
use matter::Compositions;
use matter::formula::Parser;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let text = std::fs::read_to_string(args.next().ok_or("name a file of formulas")?)?;
    let formulas: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap_or_default())
        .collect();
    let (mut parser, mut magpie) = (Parser::new(), Magpie::new());
    // The second time is told: the first also asks the system for the memory.
    for warm in [false, true] {
        let start = Instant::now();
        let mut compositions = Compositions::with_capacity(formulas.len());
        for formula in &formulas {
            parser.parse_into(formula, &mut compositions)?;
        }
        magpie.compute(&compositions);
        if warm {
            let seconds = start.elapsed().as_secs_f64();
            println!("formulas {} seconds {seconds:.4}", formulas.len());
        }
    }
    if let Some(out) = args.next() {
        let mut out = BufWriter::new(std::fs::File::create(out)?);
        write!(out, "formula")?;
        for name in descriptor::names() {
            write!(out, ",{name}")?;
        }
        for (row, formula) in formulas.iter().enumerate() {
            write!(out, "\n{formula}")?;
            for value in magpie.row(row) {
                write!(out, ",{value}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
