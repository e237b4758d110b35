//! Bayesian optimisation over a table of known answers, for `tests/peers`: replays campaigns and measures single suggestions.
//!
//! `bo replay FILE INPUTS DIRECTIONS ROUNDS ACQUISITION KERNEL[,plain][,average][,leads=N]`: `plain` leaves the objective's shape
//! as it is, `average` weighs candidates under several sets of hyperparameters, `leads` is how many of the best are wanted (by
//! default, as in campaigns, one of a hundred). FILE is CSV without a header, INPUTS columns of inputs as the surrogate takes them,
//! then one outcome for each of DIRECTIONS (`max,min,...`). Each line of standard input is a campaign: its seed and the rows it
//! starts with. Each line of output: the seed and the rows in the order in which they were tried.
//!
//! `bo speed FILE INPUTS DIRECTIONS OBSERVED BATCH`: the first OBSERVED rows are the study, the others the pool; prints the
//! seconds that a suggestion took and its picks.

use optimize::Direction;
use optimize::suggest::{Acquisition, Aim, KernelOption, Question, Rows, Study, suggest};
use std::error::Error;
use std::time::Instant;

struct Table {
    inputs: Vec<f64>,
    outcomes: Vec<Vec<f64>>,
    rows: usize,
}

fn read(file: &str, dimensions: usize, outcomes: usize) -> Result<Table, Box<dyn Error>> {
    let mut table = Table {
        inputs: Vec::new(),
        outcomes: vec![Vec::new(); outcomes],
        rows: 0,
    };
    for line in std::fs::read_to_string(file)?.lines() {
        let values: Vec<f64> = line
            .split(',')
            .map(|x| x.trim().parse().unwrap_or(f64::NAN))
            .collect();
        if values.len() != dimensions + outcomes {
            return Err(format!(
                "{file}: line {} has {} values",
                table.rows + 1,
                values.len()
            )
            .into());
        }
        table.inputs.extend_from_slice(&values[..dimensions]);
        for (column, value) in table.outcomes.iter_mut().zip(&values[dimensions..]) {
            column.push(*value);
        }
        table.rows += 1;
    }
    Ok(table)
}

fn question(directions: &str) -> Result<Question, Box<dyn Error>> {
    let aims = directions
        .split(',')
        .map(|text| {
            let direction = match text {
                "max" => Direction::Maximize,
                "min" => Direction::Minimize,
                other => match other.strip_prefix("target=") {
                    Some(value) => Direction::Target(value.parse()?),
                    None => return Err(format!("`{other}` is no direction").into()),
                },
            };
            Ok(Aim {
                objective: Some(direction),
                ..Aim::default()
            })
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    let mut question = Question::new(aims);
    question.explain = false;
    Ok(question)
}

fn replay(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [file, dimensions, directions, rounds, acquisition, kernel] = arguments else {
        return Err("replay takes six arguments".into());
    };
    let (dimensions, rounds): (usize, usize) = (dimensions.parse()?, rounds.parse()?);
    let mut question = question(directions)?;
    question.acquisition = acquisition.parse::<Acquisition>()?;
    let mut options = kernel.split(',');
    let kernel = options.next().unwrap_or_default();
    let mut leads = None;
    for option in options {
        match option {
            "plain" => question.straighten = false,
            "average" => question.average = true,
            other => match other.strip_prefix("leads=") {
                Some(count) => leads = Some(count.parse()?),
                None => return Err(format!("`{other}` is no option").into()),
            },
        }
    }
    question.kernel = match kernel {
        "matern-5/2" => KernelOption::Matern52,
        "rbf" => KernelOption::Rbf,
        "loo" => KernelOption::ByLeaveOneOut,
        other => return Err(format!("`{other}` is no kernel").into()),
    };
    let table = read(file, dimensions, question.aims.len())?;
    question.leads = leads.unwrap_or(table.rows.div_ceil(100));
    let names: Vec<String> = (0..question.aims.len()).map(|j| format!("y{j}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for line in std::io::stdin().lines() {
        let numbers: Vec<u64> = line?
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        question.seed = numbers[0];
        question.reference = None;
        let mut tried: Vec<usize> = numbers[1..].iter().map(|i| *i as usize).collect();
        for _ in 0..rounds {
            let mut study = Study::new(dimensions, &names);
            for row in &tried {
                let from = row * dimensions;
                study
                    .inputs
                    .extend_from_slice(&table.inputs[from..from + dimensions]);
                for (column, values) in study.outcomes.iter_mut().zip(&table.outcomes) {
                    column.values.push(values[*row]);
                }
            }
            let mut excluded = tried.clone();
            excluded.sort_unstable();
            let pool = Rows::new(&table.inputs, dimensions).without(&excluded);
            let device = compute::Device::cpu();
            let found = suggest(&study, &question, &pool, &device, &job::Job::new())?;
            question.reference = found.reference;
            tried.push(found.picks[0].index);
        }
        let told: Vec<String> = tried.iter().map(usize::to_string).collect();
        println!("{} {}", numbers[0], told.join(" "));
    }
    Ok(())
}

fn speed(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [file, dimensions, directions, observed, batch] = arguments else {
        return Err("speed takes five arguments".into());
    };
    let (dimensions, observed): (usize, usize) = (dimensions.parse()?, observed.parse()?);
    let mut question = question(directions)?;
    question.batch = batch.parse()?;
    question.explain = true;
    let table = read(file, dimensions, question.aims.len())?;
    question.leads = table.rows.div_ceil(100);
    let names: Vec<String> = (0..question.aims.len()).map(|j| format!("y{j}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut study = Study::new(dimensions, &names);
    study.inputs = table.inputs[..observed * dimensions].to_vec();
    for (column, values) in study.outcomes.iter_mut().zip(&table.outcomes) {
        column.values = values[..observed].to_vec();
    }
    let pool = Rows::new(&table.inputs[observed * dimensions..], dimensions);
    let start = Instant::now();
    let device = compute::Device::cpu();
    let found = suggest(&study, &question, &pool, &device, &job::Job::new())?;
    let picks: Vec<String> = found
        .picks
        .iter()
        .map(|pick| pick.index.to_string())
        .collect();
    println!("{:.4} {}", start.elapsed().as_secs_f64(), picks.join(" "));
    eprintln!("{:?} {:?}", found.certificate, found.notes);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((verb, rest)) if verb == "replay" => replay(rest),
        Some((verb, rest)) if verb == "speed" => speed(rest),
        _ => Err("write `bo replay ...` or `bo speed ...`".into()),
    }
}
