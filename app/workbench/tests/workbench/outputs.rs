//! Results out: tables, the clipboard, pictures.

use crate::{apply, errors, host, shelf, workbench_in};
use screening::{Request, screen};
use std::sync::Arc;
use table::{OutputFormat, ReadOptions, Table};
use workbench::{Challenge, Command, SelectMode, Workbench};

fn cathode() -> Workbench {
    let mut workbench = workbench_in(None);
    let challenge = Challenge::CobaltFreeCathode;
    apply(&mut workbench, Command::OpenChallenge { challenge });
    workbench
}

#[test]
fn an_exported_ranking_is_the_file_that_the_command_line_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ranked.csv");
    let mut workbench = cathode();
    apply(
        &mut workbench,
        Command::ExportTable {
            path: Some(path.clone()),
            selected: false,
        },
    );
    assert!(errors(&workbench).is_empty());
    // What `lodestone rank` does, by hand.
    let challenge = Challenge::CobaltFreeCathode;
    let job = job::Job::new();
    let data = challenge.data();
    let table = Table::read_text(data.as_bytes(), "it", &ReadOptions::default(), &job).unwrap();
    let host = host().unwrap();
    let installed = shelf(None).installed(|_| {}).unwrap().into_iter();
    let plugins = installed.map(|(_, location)| location.load(&host).unwrap().0);
    let objective = |text: &str| text.parse().unwrap();
    let request = Request {
        plugins: plugins.collect(),
        objectives: vec![
            objective("max:battery.specific_energy"),
            objective("min:battery.energy_cost"),
        ],
        constraints: vec!["not has Co".parse().unwrap()],
        ..Request::default()
    };
    let outcome = screen(&table, &request, &job).unwrap();
    let mut expected = Vec::new();
    outcome
        .output()
        .write(&mut expected, OutputFormat::Csv, &job)
        .unwrap();
    let written = std::fs::read(&path).unwrap();
    assert!(written == expected, "the files differ");
}

#[test]
fn the_selection_is_copied_in_the_order_shown() {
    let mut workbench = cathode();
    let rows = workbench.state().rows.clone();
    apply(
        &mut workbench,
        Command::Select {
            rows: Arc::new(vec![rows[7], rows[2]]),
            mode: SelectMode::Replace,
        },
    );
    apply(&mut workbench, Command::CopyRows { selected: true });
    let (count, text) = &workbench.state().clipboard;
    assert_eq!(*count, 1);
    let ranks: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(ranks, ["3", "8"]);
}

#[test]
fn the_plot_is_written_as_vectors_and_as_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = cathode();
    let [svg, png, other] = ["plot.svg", "plot.png", "plot.doc"].map(|n| folder.path().join(n));
    for path in [&svg, &png, &other] {
        apply(
            &mut workbench,
            Command::ExportPlot {
                path: Some(path.clone()),
                range: None,
            },
        );
    }
    let points = workbench.state().points.clone().unwrap();
    let svg = std::fs::read_to_string(svg).unwrap();
    // Predicted candidates are circles, and those on the front are drawn once more on top.
    let circles = svg.matches("<circle").count();
    assert_eq!(circles, points.rows.len() + points.front.len());
    assert!(svg.contains("battery.specific_energy [Wh/kg]"));
    let png = std::fs::read(png).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    // 1600 x 1200, as the header says.
    assert_eq!(png[16..24], [0, 0, 6, 64, 0, 0, 4, 176]);
    assert!(png.len() > 20_000, "{} bytes", png.len());
    let errors = errors(&workbench);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains(".svg or .png"));
}

#[test]
fn the_parallel_axes_are_written_as_vectors_and_as_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = cathode();
    let [svg, png] = ["parallel.svg", "parallel.png"].map(|n| folder.path().join(n));
    for path in [&svg, &png] {
        let path = Some(path.clone());
        apply(&mut workbench, Command::ExportParallel { path });
    }
    assert!(errors(&workbench).is_empty());
    let parallel = workbench.state().parallel.clone().unwrap();
    let svg = std::fs::read_to_string(svg).unwrap();
    // A piece from axis to axis for each candidate, and once more for those on the front.
    let pieces = (parallel.rows.len() + parallel.front.len()) * (parallel.axes.len() - 1);
    assert!(svg.matches("<path d=\"M").count() >= pieces);
    assert!(svg.contains("specific_energy") && svg.contains("[Wh/kg]"));
    assert!(std::fs::read(png).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn exports_do_not_cancel_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = cathode();
    let paths: Vec<_> = (0..4)
        .map(|n| folder.path().join(format!("{n}.csv")))
        .collect();
    for path in &paths {
        workbench.apply(Command::ExportTable {
            path: Some(path.clone()),
            selected: false,
        });
    }
    crate::settle(&mut workbench);
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
    let first = std::fs::read(&paths[0]).unwrap();
    for path in &paths {
        assert!(std::fs::read(path).unwrap() == first);
        let told = format!("written: {}", path.display());
        assert!(workbench.state().log.iter().any(|line| line.text == told));
    }
}
