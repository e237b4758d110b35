//! The panel of models: judging, training, using one, and why it predicts what it predicts.

use crate::Window;
use egui_kittest::kittest::Queryable as _;
use std::path::Path;
use std::sync::Arc;
use workbench::{Command, Element, ModelSettings, Panel, SelectMode};

/// Compounds AB with a property that their formulas decide: the mean atomic number, in a unit of its own.
fn write_table(path: &Path) {
    let mut text = "formula,weight [g/cm3]\n".to_owned();
    let cations = [
        "Li", "Na", "K", "Rb", "Mg", "Ca", "Sr", "Ba", "Zn", "Cd", "Fe", "Ni",
    ];
    for a in cations {
        for b in ["O", "S", "Se", "Te", "F", "Cl", "Br", "I"] {
            let number = |symbol| f64::from(Element::from_symbol(symbol).unwrap().atomic_number());
            text += &format!("{a}{b},{}\n", (number(a) + number(b)) / 2.0);
        }
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_model_is_judged_trained_used_and_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.csv");
    write_table(&path);
    let mut window = Window::with_table(path);
    let panel = Panel::Models;
    window.apply(Command::ShowPanel { panel });
    // Below the models that come with the program.
    let judge = window.harness.get_by_label("Judge by cross-validation");
    judge.scroll_to_me();
    window.harness.run_steps(5);
    window.click("Judge by cross-validation");
    window.settle();
    let report = window.state().models.report.clone().expect("a report");
    assert_eq!((report.rows, report.unit.as_str()), (96, "g/cm3"));
    assert!(report.scores.r2 > 0.8, "{:?}", report.scores);
    let plot = "Predicted over observed weight: 96 points";
    window.harness.get_by_label(plot).scroll_to_me();
    window.harness.run_steps(5);
    let area = window.harness.get_by_label(plot).rect();
    let picture = window.picture("models");
    let blue = picture.enumerate_pixels().filter(|(x, y, pixel)| {
        area.contains(egui::pos2(*x as f32, *y as f32)) && pixel[2] > 150 && pixel[0] < 110
    });
    assert!(blue.count() > 100, "points of the plot");
    // Trained, as the file dialog would answer.
    let file = folder.path().join("weight.model");
    let settings = Box::new(ModelSettings {
        target: "weight".to_owned(),
        ..ModelSettings::default()
    });
    window.apply(Command::TrainModel {
        settings,
        path: Some(file.clone()),
    });
    assert!(file.exists(), "{:?}", window.state().models.error);
    window
        .harness
        .get_by_label("Use the model weight")
        .scroll_to_me();
    window.harness.run_steps(5);
    window.click("Use the model weight");
    window.settle();
    // Its property can be chosen as an objective.
    window.click("Add an objective");
    window.harness.run_steps(5);
    window
        .harness
        .get_by_label("weight.weight [g/cm3]")
        .scroll_to_me();
    window.harness.run_steps(5);
    window.click("weight.weight [g/cm3]");
    window.settle();
    let objective = &window.state().project.objectives[0];
    assert_eq!(objective.property, "weight.weight");
    let results = window.state().results.clone().unwrap();
    let column = results.column("weight.weight").expect("its property");
    assert_eq!(column.unit, "g/cm3");
    window.apply(Command::Select {
        rows: Arc::new(vec![0]),
        mode: SelectMode::Replace,
    });
    window.harness.get_by_label("Explain").scroll_to_me();
    window.harness.run_steps(5);
    window.click("Explain");
    window.settle();
    let explained = window.state().models.explained.clone().expect("one");
    let explanation = explained.models[0].explanation.clone().unwrap();
    let mean = explanation.prediction.mean;
    let sum: f64 = explanation.contributions.iter().map(|c| c.amount).sum();
    assert!((explanation.base + sum - mean).abs() < 1e-6 * mean.abs());
    assert!((results.value(column, 0).mean - mean).abs() < 1e-6 * mean.abs());
    assert_eq!(explanation.nearest.len(), 5);
    let first = &explanation.contributions[0].name;
    window
        .harness
        .get_by_label("Nearest training materials")
        .scroll_to_me();
    window.harness.run_steps(5);
    assert!(
        window
            .harness
            .query_all_by_label_contains(first)
            .next()
            .is_some()
    );
    window.picture("explanation");
}

#[test]
fn what_cannot_be_learnt_is_told_beside_the_buttons() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.csv");
    write_table(&path);
    let mut window = Window::light();
    window.apply(Command::ImportTable {
        path,
        formula_column: None,
    });
    let panel = Panel::Models;
    window.apply(Command::ShowPanel { panel });
    let settings = Box::new(ModelSettings {
        target: "weight".to_owned(),
        inputs: vec!["thickness".to_owned()],
        ..ModelSettings::default()
    });
    window.apply(Command::EvaluateModel { settings });
    let error = window.state().models.error.clone().expect("an error");
    assert!(error.contains("thickness"), "{error}");
    // In the panel and as a message.
    assert!(
        window
            .harness
            .query_all_by_label_contains(&error)
            .next()
            .is_some()
    );
}
