//! What a million candidates cost, stage by stage, and what the sandbox costs: the battery plugin as a component beside the
//! same plugin compiled natively, on the same batches. Best of several runs; compare figures of one run only.
//!
//! `cargo bench --workspace --bench screening`

use job::Job;
use matter::{Compositions, formula::Parser};
use optimize::{Direction, Objective};
use plugin_host::{BatchInput, CompositionsInput, Host, HostOptions, Session};
use plugin_sdk::bindings::exports::lodestone::plugin::model as wit;
use plugin_sdk::{Batch, DomainModel, Parameters};
use screening::{Request, screen};
use std::hint::black_box;
use std::time::{Duration, Instant};
use table::{OutputFormat, ReadOptions, Table};

const ROWS: usize = 1_000_000;
const BATCH: usize = 4096;
const COMPONENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../plugins/dist/battery.wasm"
);

/// Oxide, phosphate and silicate cathodes of two transition metals, as a generator would write them.
fn formulas(rows: usize) -> Vec<String> {
    let (ions, metals) = (
        ["Li", "Na", "K", "Mg"],
        ["Fe", "Mn", "Co", "Ni", "V", "Ti", "Cr"],
    );
    let anions = ["O2", "O4", "PO4", "SiO4", "F3", "SO4F", "P2O7"];
    let formula = |row: usize| {
        let mix = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (first, second) = (mix % 7, (mix / 7 + 1 + mix % 7) % 7);
        let share = 5 + mix / 49 % 90;
        let (a, b) = (metals[first], metals[second]);
        format!(
            "{}{a}0.{share:02}{b}0.{:02}{}",
            ions[row % 4],
            100 - share,
            anions[mix / 4410 % 7]
        )
    };
    (0..rows).map(formula).collect()
}

fn best_of(runs: usize, mut work: impl FnMut()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..runs).map(once).min().unwrap_or_default()
}

fn report(what: &str, rows: usize, time: Duration) {
    let seconds = time.as_secs_f64();
    println!(
        "{what:<48} {:>8.1} ms {:>9.3} M candidates/s",
        seconds * 1e3,
        rows as f64 / seconds / 1e6
    );
}

fn main() {
    let formulas = formulas(ROWS);
    let host = Host::new(HostOptions::default()).expect("a host");
    let plugin = host
        .load_file(COMPONENT.as_ref())
        .expect("the shipped battery plugin");
    sandbox(&plugin, &formulas[..BATCH]);
    million(plugin, &formulas);
}

/// One batch on one thread: parsed, predicted natively, predicted in the sandbox.
fn sandbox(plugin: &plugin_host::Plugin, formulas: &[String]) {
    let mut compositions = Compositions::new();
    let mut parser = Parser::new();
    let time = best_of(50, || {
        compositions.clear();
        for formula in formulas {
            parser
                .parse_into(formula, &mut compositions)
                .expect("a formula");
        }
    });
    report("parse a batch of formulas, one thread", BATCH, time);
    let batch = Batch::from_wit(wit::Batch {
        compositions: wit::Compositions {
            offsets: compositions.offsets().to_vec(),
            atomic_numbers: compositions.atomic_numbers().to_vec(),
            amounts: compositions.amounts().to_vec(),
        },
        structures: None,
        columns: Vec::new(),
    });
    let declared = battery::Battery::describe().into_wit().parameters;
    let parameters =
        Parameters::from_wit(declared.into_iter().map(|p| (p.name, p.default)).collect());
    let native = best_of(50, || {
        let predictions = battery::Battery::predict(black_box(&batch), &parameters);
        black_box(predictions.expect("predictions").into_wit());
    });
    report("battery, native, one thread", BATCH, native);
    let session = Session::new(plugin, &[]).expect("defaults");
    let input = BatchInput {
        compositions: CompositionsInput {
            offsets: compositions.offsets(),
            atomic_numbers: compositions.atomic_numbers(),
            amounts: compositions.amounts(),
        },
        ..BatchInput::default()
    };
    let sandboxed = best_of(50, || {
        black_box(
            session
                .predict(black_box(&input), &Job::new())
                .expect("predictions"),
        );
    });
    report(
        "battery, sandboxed, fresh instance, one thread",
        BATCH,
        sandboxed,
    );
    println!(
        "sandboxed speed / native speed: {:.2}",
        native.as_secs_f64() / sandboxed.as_secs_f64()
    );
}

/// A million candidates on all cores: read, screened by two objectives, written.
fn million(plugin: plugin_host::Plugin, formulas: &[String]) {
    let csv = format!("formula\n{}\n", formulas.join("\n"));
    let job = Job::new();
    let read = || {
        Table::read_text(
            csv.as_bytes(),
            "candidates.csv",
            &ReadOptions::default(),
            &job,
        )
        .expect("a table")
    };
    report("read CSV", ROWS, best_of(3, || drop(black_box(read()))));
    let table = read();
    let objective = |property: &str, direction| Objective {
        property: property.to_owned(),
        direction,
    };
    let request = Request {
        plugins: vec![plugin],
        plugins_are_named: true,
        objectives: vec![
            objective("battery.specific_energy", Direction::Maximize),
            objective("battery.material_cost", Direction::Minimize),
        ],
        ..Request::default()
    };
    let time = best_of(3, || {
        drop(black_box(
            screen(&table, &request, &job).expect("an outcome"),
        ))
    });
    report("parse, predict and rank, two objectives", ROWS, time);
    let outcome = screen(&table, &request, &job).expect("an outcome");
    let time = best_of(3, || {
        outcome
            .output()
            .write(&mut std::io::sink(), OutputFormat::Csv, &job)
            .expect("a sink takes all");
    });
    report("write CSV", ROWS, time);
}
