//! What a million candidates cost: reading, ranking, the first plot, and a frame while the table is scrolled and while the
//! plot is moved. Times of the processor's part of a frame; drawing by a graphics card comes on top.
//!
//!     cargo bench --workspace --bench frames

use desktop::App;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use plugin_host::{Host, HostOptions};
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use workbench::{Command, Folders, ObjectiveChoice, Panel, Setup, Sort, Wanted};

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
    timed(
        &mut harness,
        "read and plot a million rows",
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    for (property, wanted) in [("x", Wanted::Maximize), ("y", Wanted::Minimize)] {
        let property = property.to_owned();
        timed(
            &mut harness,
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
    timed(&mut harness, "sort", Command::SortBy { sort });
    let text = "Li-Fe".to_owned();
    timed(
        &mut harness,
        "search for two elements",
        Command::SetSearch { text },
    );
    timed(
        &mut harness,
        "show all again",
        Command::SetSearch {
            text: String::new(),
        },
    );
    harness.run_steps(4);
    frames(&mut harness, "frame, at rest", |_, _| Vec::new());
    frames(&mut harness, "frame, table scrolled", |_, step| {
        let at = egui::Event::PointerMoved(egui::pos2(600.0, 350.0));
        vec![at, wheel(-900.0 - step as f32)]
    });
    let plot = harness.get_by_label_contains("Plot of").rect();
    let near = |step: usize| plot.center() + egui::vec2(step as f32, 0.7 * step as f32);
    let moved = |step: usize| egui::Event::PointerMoved(near(step));
    frames(&mut harness, "frame, plot hovered", |_, step| {
        vec![moved(step)]
    });
    frames(&mut harness, "frame, plot zoomed", |_, _| {
        vec![moved(0), wheel(3.0)]
    });
    let button = |pressed| egui::Event::PointerButton {
        pos: near(0),
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    frames(&mut harness, "frame, plot moved", |_, step| match step {
        0 => vec![moved(0), button(true)],
        59 => vec![moved(59), button(false)],
        _ => vec![moved(step)],
    });
    let element = harness.get_by_label_contains("Fe I").rect();
    frames(&mut harness, "frame, periodic table hovered", |_, step| {
        let at = element.center() + egui::vec2(step as f32, 0.0);
        vec![egui::Event::PointerMoved(at)]
    });
    let panel = Panel::Parallel;
    let show = Command::ShowPanel { panel };
    harness.state_mut().workbench().apply(show);
    harness.run_steps(4);
    let plot = harness.get_by_label_contains("Parallel axes of").rect();
    frames(&mut harness, "frame, parallel axes hovered", |_, step| {
        let at = plot.center() + egui::vec2(step as f32, 0.0);
        vec![egui::Event::PointerMoved(at)]
    });
    for width in [1430.0, 1420.0, 1410.0] {
        harness.set_size(egui::vec2(width, 900.0));
        frames(
            &mut harness,
            "60 frames, parallel axes laid out anew",
            |_, _| Vec::new(),
        );
    }
    timed(&mut harness, "select all", Command::SelectAll);
    frames(&mut harness, "60 frames, all selected before", |_, _| {
        Vec::new()
    });
}

fn wheel(by: f32) -> egui::Event {
    egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, by),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    }
}

/// A command with all that follows from it, and what of it the window waits for.
fn timed(harness: &mut Harness<'_, App>, what: &str, command: Command) {
    let start = Instant::now();
    let workbench = harness.state_mut().workbench();
    workbench.apply(command);
    let held = start.elapsed();
    assert!(workbench.wait(Duration::from_secs(600)));
    println!(
        "{what}: {:.0?}, of which the window waits {held:.1?}",
        start.elapsed()
    );
}

/// Sixty frames with what happens before each of them.
fn frames(
    harness: &mut Harness<'_, App>,
    what: &str,
    input: impl Fn(&Harness<'_, App>, usize) -> Vec<egui::Event>,
) {
    let mut times = Vec::new();
    let busy = processor_time();
    for step in 0..60 {
        let events = input(harness, step);
        harness.input_mut().events.extend(events);
        let start = Instant::now();
        harness.step();
        // What a window does besides: triangles out of shapes.
        let shapes = harness.output().shapes.clone();
        let triangles = harness.ctx.tessellate(shapes, 1.0);
        times.push(start.elapsed());
        drop(triangles);
    }
    let busy = processor_time()
        .zip(busy)
        .map(|(after, before)| (after - before) / 60);
    times.sort();
    println!(
        "{what}: median {:.1?}, slowest {:.1?}, processor {:.1?} each",
        times[30],
        times[59],
        busy.unwrap_or_default()
    );
}

/// How long this thread has been at work, where the system tells: what it waits for others is not in it.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
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
