//! Models by commands: trained and judged on the open table, used beside the plugins, explained.

use crate::{apply, errors, settle, workbench_in};
use std::fmt::Write;
use std::path::Path;
use workbench::{
    Command, ModelChoice, ModelSettings, ObjectiveChoice, TaskKind, Wanted, Workbench,
};

/// A hundred and twenty compounds whose property is arithmetic on the formula.
fn table(folder: &Path) -> std::path::PathBuf {
    let mut text = "formula,y [eV]\n".to_owned();
    for (index, metal) in ["Li", "Na", "K", "Mg", "Ca", "Zn"].iter().enumerate() {
        for anion in 1..=10 {
            let y = index as f64 + 0.5 * f64::from(anion);
            writeln!(text, "{metal}2O{anion},{y}\n{metal}F{anion},{}", y + 2.0).unwrap();
        }
    }
    text.push_str("Xx2,1\nLi2O,unknown\n");
    let path = folder.join("table.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn opened(folder: &Path) -> Workbench {
    let mut workbench = workbench_in(Some(folder));
    let path = table(folder);
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    assert_eq!(workbench.state().table.as_ref().unwrap().len(), 122);
    workbench
}

fn settings() -> Box<ModelSettings> {
    Box::new(ModelSettings {
        target: "y".into(),
        kind: Some("forest".into()),
        trees: 20,
        licence: "CC0-1.0".into(),
        ..ModelSettings::default()
    })
}

#[test]
fn an_evaluation_tells_scores_parity_and_residuals_that_agree() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = opened(folder.path());
    apply(
        &mut workbench,
        Command::EvaluateModel {
            settings: settings(),
        },
    );
    let report = workbench.state().models.report.clone().unwrap();
    assert_eq!((report.rows, report.rejected.len()), (120, 2));
    assert_eq!(
        (report.property.as_str(), report.unit.as_str()),
        ("y", "eV")
    );
    assert!(report.trained.is_none());
    assert_eq!(report.folds.len(), 5);
    let parity = &report.parity;
    let squares = parity.observed.iter().zip(&parity.predicted);
    let mse = squares.map(|(y, p)| (y - p).powi(2)).sum::<f64>() / 120.0;
    assert!((mse.sqrt() - report.scores.rmse).abs() < 1e-9);
    let metals = report.residuals.iter().filter(|r| r.rows == 20).count();
    assert_eq!(metals, 6);
    // Each compound holds one metal: their errors make those of all.
    let mae: f64 = report
        .residuals
        .iter()
        .filter(|r| r.rows == 20)
        .map(|r| r.mae)
        .sum();
    assert!((mae / 6.0 - report.scores.mae).abs() < 1e-9);
    let plot = folder.path().join("parity.svg");
    apply(
        &mut workbench,
        Command::ExportParity {
            path: Some(plot.clone()),
        },
    );
    let svg = std::fs::read_to_string(plot).unwrap();
    assert_eq!(svg.matches("<circle").count(), 120);
}

#[test]
fn a_trained_model_is_used_beside_the_plugins_explained_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = opened(folder.path());
    let path = folder.path().join("mine.model");
    apply(
        &mut workbench,
        Command::TrainModel {
            settings: settings(),
            path: Some(path.clone()),
        },
    );
    let report = workbench.state().models.report.clone().unwrap();
    let (model, written) = report.trained.as_ref().unwrap();
    assert_eq!((written, model.property().as_str()), (&path, "mine.y"));
    assert_eq!(model.model().about().licence, "CC0-1.0");
    let choice = ModelChoice::File(path);
    apply(
        &mut workbench,
        Command::UseModel {
            model: choice.clone(),
            on: true,
        },
    );
    apply(
        &mut workbench,
        Command::AddObjective {
            objective: ObjectiveChoice {
                property: "mine.y".into(),
                wanted: Wanted::Maximize,
            },
        },
    );
    let state = workbench.state();
    assert_eq!(state.question_error, None);
    assert_eq!(state.models.used.len(), 1);
    let results = state.results.clone().unwrap();
    let column = results.column("mine.y").unwrap();
    assert_eq!(column.unit, "eV");
    assert!(
        column.summary.contains("120 rows of table.csv"),
        "{}",
        column.summary
    );
    apply(
        &mut workbench,
        Command::Select {
            rows: std::sync::Arc::new(vec![0]),
            mode: workbench::SelectMode::Replace,
        },
    );
    apply(&mut workbench, Command::ExplainSelected);
    let told = workbench.state().models.explained.clone().unwrap();
    let explanation = told.models[0].explanation.as_ref().unwrap();
    let sum: f64 = explanation.contributions.iter().map(|c| c.amount).sum();
    let mean = explanation.prediction.mean;
    assert!((explanation.base + sum - mean).abs() < 1e-6, "{sum} {mean}");
    assert!(!explanation.nearest.is_empty());
    for _ in 0..3 {
        workbench.apply(Command::Undo);
    }
    settle(&mut workbench);
    assert!(workbench.state().models.used.is_empty());
    assert!(workbench.state().models.explained.is_none());
}

#[test]
fn a_shipped_model_predicts_the_open_table_and_explains_a_candidate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gaps.csv");
    std::fs::write(&path, "formula\nNaCl\nGaAs\nCu\n").unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    let model = ModelChoice::Shipped("band_gap".into());
    apply(&mut workbench, Command::UseModel { model, on: true });
    apply(
        &mut workbench,
        Command::AddObjective {
            objective: ObjectiveChoice {
                property: "band_gap.band_gap".into(),
                wanted: Wanted::Maximize,
            },
        },
    );
    let results = workbench.state().results.clone().unwrap();
    let column = results.column("band_gap.band_gap").unwrap();
    assert_eq!(column.unit, "eV");
    // Measured gaps in eV; copper, of which nothing was learnt, is a metal.
    for (row, gap, error) in [(0, 8.5, 1.5), (1, 1.51, 0.4), (2, 0.0, 1.0)] {
        apply(
            &mut workbench,
            Command::Select {
                rows: std::sync::Arc::new(vec![row]),
                mode: workbench::SelectMode::Replace,
            },
        );
        apply(&mut workbench, Command::ExplainSelected);
        let told = workbench.state().models.explained.clone().unwrap();
        assert_eq!((told.row, told.models.len()), (row, 1));
        let (explained, unit) = (&told.models[0].explanation, &told.models[0].unit);
        let explanation = explained.as_ref().unwrap();
        assert_eq!(unit, "eV");
        let mean = explanation.prediction.mean;
        assert!((mean - gap).abs() < error, "{row}: {mean}");
        let sum: f64 = explanation.contributions.iter().map(|c| c.amount).sum();
        assert!((explanation.base + sum - mean).abs() < 1e-6, "{sum} {mean}");
        assert!(!explanation.nearest.is_empty());
        let (low, high) = explanation.prediction.interval_95;
        assert!(low <= gap && gap < high, "{row}: {low} to {high}");
    }
    let model = ModelChoice::Shipped("band_gap".into());
    apply(&mut workbench, Command::UseModel { model, on: false });
    assert!(workbench.state().models.explained.is_none());
}

#[test]
fn what_goes_wrong_is_told_where_models_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = opened(folder.path());
    let mut wrong = settings();
    wrong.target = "z".into();
    apply(&mut workbench, Command::EvaluateModel { settings: wrong });
    let error = workbench.state().models.error.clone().unwrap();
    assert!(error.contains("no column is named `z`"), "{error}");
    let missing = ModelChoice::File(folder.path().join("missing.model"));
    apply(
        &mut workbench,
        Command::UseModel {
            model: missing,
            on: true,
        },
    );
    assert!(workbench.state().models.used[0].model.is_err());
    assert!(
        errors(&workbench)
            .iter()
            .any(|e| e.contains("missing.model"))
    );
    workbench.apply(Command::ExportParity {
        path: Some(folder.path().join("x.svg")),
    });
    assert!(
        errors(&workbench)
            .iter()
            .any(|e| e.contains("no model was evaluated yet"))
    );
}

#[test]
fn a_training_that_is_cancelled_leaves_no_file_and_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = opened(folder.path());
    let path = folder.path().join("mine.model");
    let mut long = settings();
    long.trees = 2000;
    workbench.apply(Command::TrainModel {
        settings: long,
        path: Some(path.clone()),
    });
    assert!(workbench.state().is_busy(TaskKind::TrainModel));
    workbench.apply(Command::CancelAll);
    settle(&mut workbench);
    assert!(!path.exists());
    assert_eq!(workbench.state().models.error, None);
    assert!(workbench.state().models.report.is_none());
}

#[test]
fn the_commands_about_models_can_be_written_and_read_back() {
    for command in [
        Command::UseModel {
            model: ModelChoice::Shipped("band_gap".into()),
            on: true,
        },
        Command::EvaluateModel {
            settings: settings(),
        },
        Command::TrainModel {
            settings: settings(),
            path: None,
        },
        Command::AddModel { path: None },
        Command::ExportParity { path: None },
    ] {
        let text = serde_json::to_string(&command).unwrap();
        assert_eq!(
            serde_json::from_str::<Command>(&text).unwrap(),
            command,
            "{text}"
        );
    }
}
