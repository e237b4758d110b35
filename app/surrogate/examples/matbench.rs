//! Matbench's protocol on one of its composition tasks: `matbench FILE.csv KIND TREES SPLIT...`.
//!
//! The file holds a header and lines of formula and target, in matbench's order. Splits: `official` (matbench's five
//! folds), `formula` and `chemical-system` (five folds that keep such rows together), `element` (each element that at least
//! 20 rows hold is left out in turn; `element:N` takes every Nth of them).
//!
//! All selection (the set of descriptors, the kind where it is `auto`, the rules of the intervals) happens inside the
//! training part of each fold: `TrainingData::evaluate` gives the test rows to nothing else than the prediction.
//! The figures are in `tests/peers/README.md`.

use std::collections::BTreeMap;
use std::time::Instant;

use matter::Compositions;
use matter::formula::Parser;
use surrogate::model::{
    About, GroupBy, Rows, Scores, TrainOptions, TrainingData, elements_to_leave_out,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("name a file")?;
    let kind = args.next().ok_or("say which kind: auto, forest, ...")?;
    let trees = args.next().ok_or("say how many trees")?.parse()?;
    let (mut compositions, mut targets) = (Compositions::new(), Vec::new());
    let mut parser = Parser::new();
    for line in std::fs::read_to_string(&file)?.lines().skip(1) {
        let (formula, target) = line.split_once(',').ok_or("two columns are needed")?;
        parser.parse_into(formula, &mut compositions)?;
        targets.push(target.parse()?);
    }
    let rows = Rows::Compositions(&compositions);
    let data = TrainingData {
        rows,
        targets: &targets,
    };
    let options = TrainOptions {
        kind: (kind != "auto").then(|| kind.parse()).transpose()?,
        trees,
        ..TrainOptions::default()
    };
    println!(
        "{file}: {} rows, {kind}, {trees} trees, seed {}",
        targets.len(),
        options.seed
    );
    println!(
        "MAE of an oracle that knows the median of each formula: {:.4}",
        oracle(rows, &targets)?
    );
    let job = job::Job::new();
    let start = Instant::now();
    let model = data.train(About::default(), &options, &job)?;
    println!(
        "trained on all rows in {:.1} s: {}, {:?}, file of {} bytes",
        start.elapsed().as_secs_f64(),
        model.kind(),
        model.inputs(),
        model.to_bytes().len()
    );
    for split in args {
        let start = Instant::now();
        let found = match split.as_str() {
            "official" => {
                let folds = surrogate::k_folds(targets.len(), 5, 18_012_019);
                data.evaluate(&folds, &options, &job)?
            }
            by if !by.starts_with("element") => {
                let groups = by.parse::<GroupBy>()?.groups(rows)?;
                let folds = surrogate::grouped_folds(&groups, 5, 18_012_019);
                data.evaluate(&folds, &options, &job)?
            }
            by => {
                let step = by.strip_prefix("element:").map_or(Ok(1), str::parse)?;
                let elements: Vec<_> = elements_to_leave_out(rows, 20)
                    .into_iter()
                    .step_by(step)
                    .collect();
                println!("{} elements are left out in turn", elements.len());
                data.evaluate_without_elements(&elements, &options, &job)?
            }
        };
        for (fold, scores) in found.folds.iter().enumerate() {
            tell(&format!("{split} {fold}"), scores);
        }
        tell(&format!("{split}, pooled"), &found.scores);
        let folds = found.folds.len() as f64;
        let mean = found.folds.iter().map(|s| s.mae).sum::<f64>() / folds;
        println!(
            "{split}: mean of the folds' MAE {mean:.4}, in {:.0} s",
            start.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

fn tell(name: &str, s: &Scores) {
    println!(
        "{name}: rows {}, MAE {:.4}, RMSE {:.4}, R2 {:.3}, coverage {:.3} and {:.3}",
        s.count, s.mae, s.rmse, s.r2, s.coverage_68, s.coverage_95
    );
}

/// What nobody can go below who is given only formulas.
fn oracle(rows: Rows, targets: &[f64]) -> Result<f64, surrogate::SurrogateError> {
    let mut of: BTreeMap<u128, Vec<f64>> = BTreeMap::new();
    for (group, target) in GroupBy::Formula.groups(rows)?.into_iter().zip(targets) {
        of.entry(group).or_default().push(*target);
    }
    let mut sum = 0.0;
    for targets in of.values_mut() {
        targets.sort_by(f64::total_cmp);
        let median = targets[targets.len() / 2];
        sum += targets.iter().map(|y| (y - median).abs()).sum::<f64>();
    }
    Ok(sum / targets.len() as f64)
}
