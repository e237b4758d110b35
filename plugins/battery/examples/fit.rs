//! Fits the voltage regression to `datasets/cathodes_computed.csv` and `datasets/cathodes_measured.csv`, writes
//! `src/coefficients.rs` and prints how well it does:
//!
//!     cargo run --release --manifest-path plugins/Cargo.toml -p battery --example fit

#[path = "../tests/training/mod.rs"]
mod training;

use battery::ion::IONS;
use std::fmt::Write as _;
use training::{Figures, fit, mean_and_deviation};

fn main() -> std::io::Result<()> {
    let fit = fit();
    for (row, guess) in fit
        .rows
        .iter()
        .zip(&fit.predicted)
        .filter(|(row, _)| row.measured)
    {
        let known = battery::pairs::find(row.discharged.as_ref(), row.ion).0;
        let known = known
            .map(|pair| format!("computed {:.2}", pair.voltage))
            .unwrap_or_default();
        let formula = row.discharged.as_ref().reduced_formula();
        println!(
            "{:2} {formula:24} measured {:.2}  out of fold {guess:.2}  {known}",
            row.ion.symbol, row.voltage
        );
    }
    for row in &fit.unbalanced {
        println!("left out, charges do not balance: {row}");
    }
    let (bias, deviation) = mean_and_deviation(&fit.lookup_differences);
    let raw = fit.lookup_differences.iter().map(|d| d * d).sum::<f64>()
        / fit.lookup_differences.len() as f64;
    let line = |name: &str, f: &Figures| {
        println!(
            "{name:3} rows {:3}  MAE {:.3}  RMSE {:.3}  MAE of the mean {:.3}  ratio {:.2}  offered {}",
            f.rows,
            f.mean_absolute,
            f.root_mean_square,
            f.of_the_mean,
            f.mean_absolute / f.of_the_mean,
            f.offered
        );
    };
    for (ion, figures) in IONS.iter().zip(&fit.ions) {
        line(ion.symbol, figures);
    }
    line("all", &fit.overall);

    let measured: Vec<_> = fit
        .rows
        .iter()
        .zip(&fit.predicted)
        .filter(|(row, _)| row.measured)
        .collect();
    let n = measured.len() as f64;
    let share = |limit: f64| {
        let inside = measured.iter().filter(|(row, guess)| {
            let std = fit.ions[row.ion.index].root_mean_square.hypot(deviation);
            (row.voltage - **guess).abs() <= limit * std
        });
        inside.count() as f64 / n
    };
    let absolute = measured
        .iter()
        .map(|(row, guess)| (row.voltage - **guess).abs())
        .sum::<f64>()
        / n;
    let (one, two) = (share(1.0), share(2.0));
    let lookup_absolute = fit
        .lookup_differences
        .iter()
        .map(|d| (d - bias).abs())
        .sum::<f64>()
        / fit.lookup_differences.len() as f64;
    println!(
        "regression against {n} measurements: MAE {absolute:.3}, within one std {one:.2}, within two {two:.2}"
    );
    println!(
        "lookup against {} measurements: bias {bias:.3}, MAE {lookup_absolute:.3}, deviation {deviation:.3}",
        fit.lookup_differences.len()
    );

    let mut code = String::from(
        "//! Written by `cargo run --example fit`; do not edit.\n\nuse crate::regression::{FEATURES, Figures};\n\n",
    );
    let mut constant = |line: String| writeln!(code, "{line}").map_err(std::io::Error::other);
    constant("/// Coefficients of the voltage regression, V.".to_owned())?;
    constant("#[rustfmt::skip]".to_owned())?;
    constant("pub const COEFFICIENTS: [f64; FEATURES] = [".to_owned())?;
    for chunk in fit.coefficients.chunks(6) {
        constant(format!(
            "    {},",
            chunk
                .iter()
                .map(|c| format!("{c:.6}"))
                .collect::<Vec<_>>()
                .join(", ")
        ))?;
    }
    constant("];\n".to_owned())?;
    constant("/// Whether a couple of the ladder occurs in the training data.".to_owned())?;
    constant("#[rustfmt::skip]".to_owned())?;
    constant(format!(
        "pub const COUPLES_SEEN: [bool; {}] = [",
        fit.couples_seen.len()
    ))?;
    for chunk in fit.couples_seen.chunks(10) {
        constant(format!(
            "    {},",
            chunk
                .iter()
                .map(bool::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        ))?;
    }
    constant("];\n".to_owned())?;
    let figures = |f: &Figures| {
        format!(
            "Figures {{ rows: {}, mean_absolute: {:.3}, root_mean_square: {:.3}, of_the_mean: {:.3}, offered: {} }}",
            f.rows, f.mean_absolute, f.root_mean_square, f.of_the_mean, f.offered
        )
    };
    constant("/// Out-of-fold errors by ion, in the order of the ions.".to_owned())?;
    constant("#[rustfmt::skip]".to_owned())?;
    constant("pub const BY_ION: [Figures; 7] = [".to_owned())?;
    for ion in &fit.ions {
        constant(format!("    {},", figures(ion)))?;
    }
    constant("];\n".to_owned())?;
    constant("/// Out-of-fold errors over all ions.".to_owned())?;
    constant("#[rustfmt::skip]".to_owned())?;
    constant(format!(
        "pub const OVERALL: Figures =\n    {};\n",
        figures(&fit.overall)
    ))?;
    for (doc, name, kind, value) in [
        (
            "Frameworks, each left out in turn.",
            "FRAMEWORKS",
            "usize",
            fit.frameworks.to_string(),
        ),
        (
            "Measured minus computed voltage, mean, V.",
            "LOOKUP_BIAS",
            "f64",
            format!("{bias:.3}"),
        ),
        (
            "Mean absolute error of the computed voltages after the bias is taken off, V.",
            "LOOKUP_MEAN_ABSOLUTE",
            "f64",
            format!("{lookup_absolute:.3}"),
        ),
        (
            "Standard deviation of measured minus computed voltage, V.",
            "LOOKUP_DEVIATION",
            "f64",
            format!("{deviation:.3}"),
        ),
        (
            "Root mean square of measured minus computed voltage, V.",
            "LOOKUP_ROOT_MEAN_SQUARE",
            "f64",
            format!("{:.3}", raw.sqrt()),
        ),
        (
            "Measured cathodes whose pair is in the computed table, by ion, in the order of the ions.",
            "LOOKUP_PAIRS",
            "[usize; 7]",
            format!("{:?}", fit.lookup_pairs),
        ),
        (
            "Measured cathodes the regression was tested against, out of fold.",
            "MEASURED_ROWS",
            "usize",
            measured.len().to_string(),
        ),
        (
            "Mean absolute error of the regression against them, V.",
            "MEASURED_MEAN_ABSOLUTE",
            "f64",
            format!("{absolute:.3}"),
        ),
        (
            "Share of them within one standard deviation.",
            "WITHIN_ONE",
            "f64",
            format!("{one:.2}"),
        ),
        (
            "Share of them within two standard deviations.",
            "WITHIN_TWO",
            "f64",
            format!("{two:.2}"),
        ),
    ] {
        constant(format!("/// {doc}\npub const {name}: {kind} = {value};"))?;
    }
    std::fs::write(
        concat!(env!("CARGO_MANIFEST_DIR"), "/src/coefficients.rs"),
        code,
    )
}
