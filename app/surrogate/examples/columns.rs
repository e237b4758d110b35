//! How long a trained model takes for many formulas: `columns TRAINING.csv FORMULAS.csv KIND [TREES [MODEL]]`, the first with
//! formula and target, the second with formulas in its first column. Writes the model where a file is named.

use std::time::Instant;

use matter::Compositions;
use matter::formula::Parser;
use surrogate::model::{About, Rows, TrainOptions, TrainingData};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let training = args.next().ok_or("name the file to train on")?;
    let formulas = args.next().ok_or("name the file of formulas")?;
    let kind = args.next().ok_or("say which kind: auto, forest, ...")?;
    let kind = (kind != "auto").then(|| kind.parse()).transpose()?;
    let trees = args.next().map_or(Ok(100), |text| text.parse())?;
    let (mut compositions, mut targets) = (Compositions::new(), Vec::new());
    let mut parser = Parser::new();
    for line in std::fs::read_to_string(&training)?.lines().skip(1) {
        let mut cells = line.split(',');
        parser.parse_into(cells.next().unwrap_or_default(), &mut compositions)?;
        targets.push(cells.next().ok_or("two columns are needed")?.parse()?);
    }
    let data = TrainingData {
        rows: Rows::Compositions(&compositions),
        targets: &targets,
    };
    let options = TrainOptions {
        kind,
        trees,
        ..TrainOptions::default()
    };
    let job = job::Job::new();
    let start = Instant::now();
    let model = data.train(About::default(), &options, &job)?;
    let seconds = start.elapsed().as_secs_f64();
    let bytes = model.to_bytes();
    println!(
        "trained on {} rows in {seconds:.1} s; file of {} bytes",
        model.rows(),
        bytes.len()
    );
    if let Some(file) = args.next() {
        std::fs::write(file, &bytes)?;
    }
    let mut many = Compositions::new();
    for line in std::fs::read_to_string(&formulas)?.lines().skip(1) {
        parser.parse_into(line.split(',').next().unwrap_or_default(), &mut many)?;
    }
    for _ in 0..2 {
        let start = Instant::now();
        let columns = model.predict_columns(Rows::Compositions(&many), &job)?;
        let mean = columns.mean.iter().filter(|x| x.is_finite()).sum::<f64>() / many.len() as f64;
        println!(
            "{} formulas in {:.2} s; mean {mean:.4}",
            many.len(),
            start.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
