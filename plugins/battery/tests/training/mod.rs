//! Fits the voltage regression and measures its error; shared by the example that writes `coefficients.rs` and by the
//! test that repeats the fit.

use battery::SAME_EXTENT;
use battery::ion::{IONS, Ion};
use battery::redox::{Host, LADDER};
use battery::regression::{FEATURES, INTERCEPT, MEASURED, features, scale};
use matter::Composition;
use std::collections::BTreeMap;
use std::path::Path;

/// Ridge penalty of every coefficient but the intercept: one value for all, not tuned.
const PENALTY: f64 = 1.0;
/// An ion with fewer rows has no error estimate worth the name.
const FEWEST_ROWS: usize = 6;
/// Largest error of an offered regression, in parts of the error of predicting the mean.
const LARGEST_RATIO: f64 = 0.7;

/// Electrons beyond what the metals can give that count as rounding of the formula.
const ROUNDING: f64 = 1.02;
/// A step between two compositions with its voltage.
pub struct Row {
    pub ion: &'static Ion,
    pub discharged: Composition,
    /// Share of the ion that is removed.
    pub removed: f64,
    /// Against the ion's metal, V.
    pub voltage: f64,
    pub measured: bool,
    /// The elements of the host without the movable and alkali ions (Fe-O-P, Co-Mn-Ni-O): rows of one framework are never
    /// in both parts of a fold.
    pub framework: String,
    features: [f64; FEATURES],
}

/// Errors of one ion or of all, V.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub rows: usize,
    pub mean_absolute: f64,
    pub root_mean_square: f64,
    /// Of predicting the mean of the other frameworks, of the same ion where it is one ion's figure.
    pub of_the_mean: f64,
    pub offered: bool,
}

/// The whole result.
pub struct Fit {
    pub coefficients: [f64; FEATURES],
    pub couples_seen: [bool; LADDER.len()],
    pub rows: Vec<Row>,
    /// Out-of-fold predictions, by row, V against the ion's metal.
    pub predicted: Vec<f64>,
    pub ions: [Figures; 7],
    pub overall: Figures,
    pub frameworks: usize,
    /// Measured rows whose pair is in the computed table: measured minus computed, V.
    pub lookup_differences: Vec<f64>,
    /// How many of these there are, by ion.
    pub lookup_pairs: [usize; 7],
    /// Rows left out because the charges do not balance within the counted states.
    pub unbalanced: Vec<String>,
}

fn read(file: &Path, measured: bool, rows: &mut Vec<Row>, unbalanced: &mut Vec<String>) {
    let mut reader = csv::Reader::from_path(file).expect("the dataset is in the repository");
    for record in reader.deserialize::<BTreeMap<String, String>>() {
        let record = record.expect("a row of the dataset");
        let parse = |name: &str| {
            matter::formula::parse(&record[name])
                .expect("a formula of the dataset")
                .composition
        };
        let ion = Ion::from_symbol(&record["ion"]).expect("an ion of the dataset");
        let (charged, discharged) = (parse("charged"), parse("discharged"));
        let voltage = record["voltage_V"]
            .parse()
            .expect("a voltage of the dataset");
        match described(&charged, &discharged, ion) {
            Some((removed, mut features)) => {
                features[MEASURED] = f64::from(measured);
                let framework = framework(&discharged, ion);
                rows.push(Row {
                    ion,
                    discharged,
                    removed,
                    voltage,
                    measured,
                    framework,
                    features,
                });
            }
            None => unbalanced.push(format!(
                "{} {} -> {}",
                ion.symbol, record["charged"], record["discharged"]
            )),
        }
    }
}

fn described(
    charged: &Composition,
    discharged: &Composition,
    ion: &'static Ion,
) -> Option<(f64, [f64; FEATURES])> {
    let (before, after) = (discharged.as_ref(), charged.as_ref());
    let host = Host::new(before, ion).ok()?;
    let (element, n) = before
        .iter()
        .find(|(e, _)| e.atomic_number() != ion.atomic_number)?;
    let left = ion.amount(after) * n / after.amount(element);
    let removed = 1.0 - left / ion.amount(before);
    // Rounded formulas such as Ni0.333Mn0.333Co0.333O2 ask for a little more than their metals can give.
    let electrons = ion.charge * (ion.amount(before) - left);
    let able = host.electrons_to_give();
    let electrons = if electrons < ROUNDING * able {
        electrons.min(able)
    } else {
        electrons
    };
    Some((removed, features(&host, ion, electrons)?))
}

fn framework(discharged: &Composition, ion: &Ion) -> String {
    let mobile = |z: u8| z == ion.atomic_number || [3, 11, 19, 37, 55].contains(&z);
    let rest = discharged
        .as_ref()
        .iter()
        .filter(|(e, _)| !mobile(e.atomic_number()));
    rest.map(|(e, _)| e.symbol()).collect::<Vec<_>>().join("-")
}

/// Solves the ridge problem on the rows that `used` admits.
fn solve(rows: &[Row], used: impl Fn(&Row) -> bool) -> [f64; FEATURES] {
    let mut matrix = vec![[0.0; FEATURES]; FEATURES];
    let mut right = [0.0; FEATURES];
    for row in rows.iter().filter(|row| used(row)) {
        let target = row.voltage + scale(row.ion);
        for ((x, line), right) in row.features.iter().zip(&mut matrix).zip(&mut right) {
            *right += x * target;
            for (element, y) in line.iter_mut().zip(&row.features) {
                *element += x * y;
            }
        }
    }
    for (i, line) in matrix
        .iter_mut()
        .enumerate()
        .filter(|(i, _)| *i != INTERCEPT)
    {
        line[i] += PENALTY;
    }
    cholesky_solve(matrix, right)
}

fn cholesky_solve(mut a: Vec<[f64; FEATURES]>, mut b: [f64; FEATURES]) -> [f64; FEATURES] {
    for i in 0..FEATURES {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            a[i][j] = if i == j {
                (a[i][i] - dot).sqrt()
            } else {
                (a[i][j] - dot) / a[j][j]
            };
        }
        let dot: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    for i in (0..FEATURES).rev() {
        let dot: f64 = (i + 1..FEATURES).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    b
}

fn figures(rows: &[Row], predicted: &[f64], admitted: impl Fn(&Row) -> bool) -> Figures {
    let of: Vec<_> = rows
        .iter()
        .zip(predicted)
        .filter(|(row, _)| admitted(row))
        .collect();
    let n = of.len() as f64;
    let (mut absolute, mut square, mut of_the_mean) = (0.0, 0.0, 0.0);
    for (row, guess) in &of {
        let error = row.voltage - **guess;
        absolute += error.abs();
        square += error * error;
        let others: Vec<f64> = of
            .iter()
            .filter(|(r, _)| r.framework != row.framework)
            .map(|(r, _)| r.voltage)
            .collect();
        of_the_mean += (row.voltage - others.iter().sum::<f64>() / others.len() as f64).abs();
    }
    let (mean_absolute, of_the_mean) = (absolute / n, of_the_mean / n);
    Figures {
        rows: of.len(),
        mean_absolute,
        root_mean_square: (square / n).sqrt(),
        of_the_mean,
        offered: of.len() >= FEWEST_ROWS && mean_absolute <= LARGEST_RATIO * of_the_mean,
    }
}

/// Reads the datasets, fits, and validates leaving out one framework at a time.
pub fn fit() -> Fit {
    let datasets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets");
    let (mut rows, mut unbalanced) = (Vec::new(), Vec::new());
    read(
        &datasets.join("cathodes_computed.csv"),
        false,
        &mut rows,
        &mut unbalanced,
    );
    read(
        &datasets.join("cathodes_measured.csv"),
        true,
        &mut rows,
        &mut unbalanced,
    );

    let mut frameworks: Vec<String> = rows.iter().map(|row| row.framework.clone()).collect();
    frameworks.sort();
    frameworks.dedup();
    let mut predicted = vec![f64::NAN; rows.len()];
    for left_out in &frameworks {
        let coefficients = solve(&rows, |row| row.framework != *left_out);
        for (row, guess) in rows
            .iter()
            .zip(&mut predicted)
            .filter(|(row, _)| row.framework == *left_out)
        {
            let sum: f64 = row
                .features
                .iter()
                .zip(&coefficients)
                .map(|(x, c)| x * c)
                .sum();
            *guess = sum - scale(row.ion);
        }
    }
    let couples_seen = std::array::from_fn(|rung| rows.iter().any(|row| row.features[rung] > 0.0));
    let (mut lookup_differences, mut lookup_pairs) = (Vec::new(), [0; 7]);
    for row in rows.iter().filter(|row| row.measured) {
        let Some(pair) = battery::pairs::find(row.discharged.as_ref(), row.ion).0 else {
            continue;
        };
        if (pair.removed - row.removed).abs() < SAME_EXTENT {
            lookup_differences.push(row.voltage - pair.voltage);
            lookup_pairs[row.ion.index] += 1;
        }
    }
    Fit {
        coefficients: solve(&rows, |_| true),
        couples_seen,
        ions: std::array::from_fn(|i| figures(&rows, &predicted, |row| row.ion == &IONS[i])),
        overall: figures(&rows, &predicted, |_| true),
        frameworks: frameworks.len(),
        lookup_differences,
        lookup_pairs,
        predicted,
        rows,
        unbalanced,
    }
}

/// Mean and sample standard deviation.
pub fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, (square / (n - 1.0)).sqrt())
}
