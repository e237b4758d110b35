//! Matbench's protocol on one of its composition tasks: `matbench FILE.csv TREES [descriptors]`.
//! The file holds a header and lines of formula and target, in matbench's order.

use matter::Compositions;
use matter::formula::Parser;
use surrogate::model::{Rows, Scores, TrainOptions, TrainingData};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("name a file")?;
    let trees = args.next().ok_or("say how many trees")?.parse()?;
    let (mut compositions, mut targets) = (Compositions::new(), Vec::new());
    let mut parser = Parser::new();
    for line in std::fs::read_to_string(&file)?.lines().skip(1) {
        let (formula, target) = line.split_once(',').ok_or("two columns are needed")?;
        parser.parse_into(formula, &mut compositions)?;
        targets.push(target.parse()?);
    }
    let data = TrainingData {
        rows: Rows::Compositions(&compositions),
        targets: &targets,
    };
    let options = TrainOptions {
        trees,
        ..TrainOptions::default()
    };
    let job = job::Job::new();
    let tell = |name: &str, s: &Scores| {
        println!(
            "{name}: rows {}, MAE {:.4}, RMSE {:.4}, R2 {:.3}, coverage {:.3} and {:.3}",
            s.count, s.mae, s.rmse, s.r2, s.coverage_68, s.coverage_95
        );
    };
    let folds = surrogate::k_folds(targets.len(), 5, 18_012_019);
    let found = data.evaluate(&folds, &options, &job)?;
    for (fold, scores) in found.folds.iter().enumerate() {
        tell(&format!("fold {fold}"), scores);
    }
    tell("all folds", &found.scores);
    let mean = found.folds.iter().map(|s| s.mae).sum::<f64>() / found.folds.len() as f64;
    println!("mean of the folds' MAE: {mean:.4}");
    Ok(())
}
