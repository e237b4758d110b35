//! What a million candidates cost: reading, ranking, the first plot, and a frame while the table is scrolled and while the
//! plot is moved. Times of the processor's part of a frame; drawing by a graphics card comes on top.
//!
//!     cargo bench -p desktop --bench frames

use desktop::App;
use egui_kittest::Harness;
use plugin_host::{Host, HostOptions};
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use workbench::{Command, Folders, ObjectiveChoice, Setup, Sort, Wanted};

const ROWS: usize = 1_000_000;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("million.csv");
    write_table(&path).expect("a table");
    let setup = Setup {
        host: Arc::new(|| Host::new(HostOptions::default())),
        shelf: workbench::shelf::Shelf::default(),
        folders: Folders::default(),
        fonts: Vec::new(),
        wake: Arc::new(|| {}),
    };
    let mut harness = Harness::builder()
        .with_size([1440.0, 900.0])
        .build_eframe(move |cc| App::new(cc, setup));
    harness.run_steps(2);
    let mut timed = |what: &str, command: Command| {
        let start = Instant::now();
        let workbench = harness.state_mut().workbench();
        workbench.apply(command);
        assert!(workbench.wait(Duration::from_secs(600)));
        println!("{what}: {:.0?}", start.elapsed());
    };
    timed(
        "read and plot a million rows",
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    for (property, wanted) in [("x", Wanted::Maximize), ("y", Wanted::Minimize)] {
        let property = property.to_owned();
        timed(
            "rank by one objective more",
            Command::AddObjective {
                objective: ObjectiveChoice { property, wanted },
            },
        );
    }
    let sort = Some(Sort {
        column: "y".to_owned(),
        descending: true,
    });
    timed("sort", Command::SortBy { sort });
    let text = "Li-Fe".to_owned();
    timed("search for two elements", Command::SetSearch { text });
    timed(
        "show all again",
        Command::SetSearch {
            text: String::new(),
        },
    );
    frames(&mut harness, "frame, at rest", |_, _| {});
    frames(&mut harness, "frame, table scrolled", |harness, step| {
        harness.hover_at(egui::pos2(600.0, 350.0));
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -900.0 - step as f32),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        });
    });
    frames(&mut harness, "frame, plot zoomed", |harness, _| {
        harness.hover_at(egui::pos2(1150.0, 400.0));
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 3.0),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        });
    });
}

fn frames(harness: &mut Harness<'_, App>, what: &str, input: impl Fn(&Harness<'_, App>, usize)) {
    let mut times = Vec::new();
    for step in 0..60 {
        input(harness, step);
        let start = Instant::now();
        harness.step();
        times.push(start.elapsed());
    }
    times.sort();
    println!(
        "{what}: median {:.1?}, slowest {:.1?}",
        times[30], times[59]
    );
}

/// Formulas of a thousand compounds with two numbers that vary from row to row.
fn write_table(path: &std::path::Path) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "formula,x [eV],y [USD/kg]")?;
    let metals = ["Li", "Na", "K", "Mg", "Ca", "Fe", "Mn", "Co", "Ni", "Ti"];
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (seed >> 33) as f64 / f64::from(1_u32 << 31)
    };
    for row in 0..ROWS {
        let (a, b) = (metals[row % 10], metals[row / 10 % 10]);
        let (x, y) = (next(), next());
        writeln!(
            file,
            "{a}{b}O{},{:.6},{:.6}",
            row / 100 % 10 + 1,
            5.0 * x * y.sqrt(),
            100.0 * y
        )?;
    }
    file.flush()
}
