//! How the numbers of `fitted.rs` are found; native only. `cargo run --release -p catalyst --example fit` prints that file.

use crate::{band_edges, tables};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Gauss elimination of a positive definite system, the right-hand side in the last column.
fn solve<const N: usize, const M: usize>(mut a: [[f64; M]; N]) -> [f64; N] {
    for i in 0..N {
        let pivot = a[i];
        for row in a.iter_mut().skip(i + 1) {
            let factor = row[i] / pivot[i];
            for (value, above) in row.iter_mut().zip(pivot) {
                *value -= factor * above;
            }
        }
    }
    let mut x = [0.0; N];
    for i in (0..N).rev() {
        x[i] = (a[i][N] - (i + 1..N).map(|j| a[i][j] * x[j]).sum::<f64>()) / a[i][i];
    }
    x
}

/// A logistic curve, P(yes | x) = 1 / (1 + exp(-(intercept + slope x))), fitted by Newton's method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logistic {
    /// The curve's value at zero, in logits.
    pub intercept: f64,
    /// Logits per unit of x.
    pub slope: f64,
}

impl Logistic {
    /// The probability of yes.
    fn at(&self, x: f64) -> f64 {
        crate::likelihood(self.intercept, self.slope, x)
    }
}

/// Something found to be so or not.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// What the likelihood is a function of.
    pub x: f64,
    /// Whether it was found.
    pub yes: bool,
    /// Observations with the same label are left out together, by atomic number.
    pub group: u8,
}

/// Fits a logistic curve.
pub fn logistic(data: &[Observation]) -> Logistic {
    let mut curve = Logistic {
        intercept: 0.0,
        slope: 0.0,
    };
    for _ in 0..100 {
        let mut system = [[0.0; 3]; 2];
        for &Observation { x, yes, .. } in data {
            let p = curve.at(x);
            let (rest, weight) = (f64::from(yes) - p, p * (1.0 - p));
            system[0][0] += weight;
            system[0][1] += weight * x;
            system[1][1] += weight * x * x;
            system[0][2] += rest;
            system[1][2] += rest * x;
        }
        system[1][0] = system[0][1];
        let [intercept, slope] = solve(system);
        curve.intercept += intercept;
        curve.slope += slope;
    }
    curve
}

fn share_of_yes(data: &[Observation]) -> f64 {
    data.iter().filter(|o| o.yes).count() as f64 / data.len() as f64
}

/// Mean log losses, -ln of the probability of what was found, for groups that the fit has not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Losses {
    /// Of the curve.
    pub model: f64,
    /// Of the share of yes among the observations seen.
    pub share: f64,
}

/// The losses when one group after the other is left out.
pub fn losses(data: &[Observation]) -> Losses {
    let groups: BTreeSet<u8> = data.iter().map(|o| o.group).collect();
    let (mut model, mut constant) = (0.0, 0.0);
    for group in groups {
        let (unseen, seen): (Vec<_>, Vec<_>) = data.iter().partition(|o| o.group == group);
        let (curve, share) = (logistic(&seen), share_of_yes(&seen));
        for o in unseen {
            let loss = |p: f64| -(if o.yes { p } else { 1.0 - p }).ln();
            model += loss(curve.at(o.x));
            constant += loss(share);
        }
    }
    Losses {
        model: model / data.len() as f64,
        share: constant / data.len() as f64,
    }
}

/// The losses of a likelihood of the single-atom surface over Ruban's energy, each host left out: whether Rao's class is 0.8 or
/// more (within 0.2 eV of the most stable arrangement), over the pairs that both tables have; energies below -0.2 eV count as
/// -0.2 eV. Too high for the plugin to offer that likelihood.
pub fn alloy_losses() -> Losses {
    let observation = |(host, dopant, energy): (u8, u8, f64)| {
        Some(Observation {
            x: energy.max(-0.2),
            yes: tables::stability_class(host, dopant)? >= 0.8,
            group: host,
        })
    };
    losses(
        &tables::segregation_energies()
            .filter_map(observation)
            .collect::<Vec<_>>(),
    )
}

/// Whether a perovskite forms, over τ: once with the cation on A as the group, once with that on B. `labels` are the
/// experiments gathered by Bartel et al. (formula, whether a perovskite forms).
pub fn perovskites(labels: &[(String, bool)]) -> [Vec<Observation>; 2] {
    let sites = |formula: &str| {
        let parsed = matter::formula::parse(formula).ok()?;
        crate::perovskite::Abx3::of(parsed.composition.as_ref())
            .ok()?
            .sites()
            .ok()
    };
    let (on_a, on_b) = labels
        .iter()
        .filter_map(|(formula, yes)| {
            let sites = sites(formula)?;
            let observation = |group| {
                Some(Observation {
                    x: crate::saturated_tau(sites.bartel()?),
                    yes: *yes,
                    group,
                })
            };
            Some((observation(sites.a)?, observation(sites.b)?))
        })
        .unzip();
    [on_a, on_b]
}

/// Measured minus estimated band edge, V, for every flat-band potential: whether it marks the valence band, and difference.
pub fn band_edge_residuals() -> Vec<(bool, f64)> {
    let residual = |m: &tables::FlatBand| {
        let parsed = matter::formula::parse(m.formula).ok()?;
        let chi = band_edges::electronegativity(parsed.composition.as_ref()).ok()?;
        let (conduction, valence) = band_edges::band_edges(chi, m.band_gap, m.ph, 0.0);
        Some((
            m.conducts_holes,
            m.potential
                - if m.conducts_holes {
                    valence
                } else {
                    conduction
                },
        ))
    };
    tables::flat_bands().iter().filter_map(residual).collect()
}

/// The text of `fitted.rs`.
pub fn fitted(labels: &[(String, bool)]) -> String {
    let mut code =
        String::from("//! Written by `cargo run --release -p catalyst --example fit`.\n\n");
    let mut constant = |text: &str, name: &str, value: f64| {
        writeln!(code, "/// {text}\npub const {name}: f64 = {value:.6};").unwrap_or_default();
    };
    let [on_a, on_b] = perovskites(labels);
    let curve = logistic(&on_a);
    constant(
        "Logits of a perovskite over τ, at zero.",
        "PEROVSKITE_INTERCEPT",
        curve.intercept,
    );
    constant("Logits per unit.", "PEROVSKITE_SLOPE", curve.slope);
    constant("Experiments in the fit.", "PEROVSKITES", on_a.len() as f64);
    constant("Share of yes.", "PEROVSKITE_SHARE", share_of_yes(&on_a));
    for (of, name, losses) in [
        ("a perovskite, each cation on A", "CATION_A", losses(&on_a)),
        ("a perovskite, each cation on B", "CATION_B", losses(&on_b)),
        ("a single-atom surface, each host", "HOST", alloy_losses()),
    ] {
        constant(
            &format!("Mean log loss of {of} left out."),
            &format!("{name}_LOSS"),
            losses.model,
        );
        constant(
            "The same of the plain share.",
            &format!("{name}_SHARE_LOSS"),
            losses.share,
        );
    }
    let residuals = band_edge_residuals();
    let n = residuals.len() as f64;
    constant("Flat-band potentials compared.", "FLAT_BANDS", n);
    constant(
        "Mean of measured minus estimated edge, V.",
        "EDGE_BIAS",
        residuals.iter().map(|r| r.1).sum::<f64>() / n,
    );
    for (of, name, bands) in [
        ("edge", "BAND_EDGE", &[false, true][..]),
        (
            "conduction band edge, n-type semiconductors",
            "N_TYPE",
            &[false],
        ),
        (
            "valence band edge, p-type semiconductors",
            "P_TYPE",
            &[true],
        ),
    ] {
        let squares: Vec<f64> = residuals
            .iter()
            .filter(|(valence, _)| bands.contains(valence))
            .map(|(_, r)| r * r)
            .collect();
        constant(
            &format!("Root mean square of measured minus estimated {of}, V."),
            &format!("{name}_RMSE"),
            (squares.iter().sum::<f64>() / squares.len() as f64).sqrt(),
        );
    }
    code
}

/// Reads labels as `examples/fit.rs` and the tests have them: lines `formula,1` or `formula,0` below a header.
pub fn labels(text: &str) -> Vec<(String, bool)> {
    text.lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(f, l)| (f.to_owned(), l.starts_with('1')))
        .collect()
}
