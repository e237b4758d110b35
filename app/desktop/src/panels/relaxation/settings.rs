//! How the next run is made.

use crate::texts::Words;
use crate::texts::relaxation::Text;
use egui::{CollapsingHeader, ComboBox, DragValue, Grid, Ui};
use workbench::{Command, PotentialModel, RelaxationMethod, RelaxationSettings, State, Weights};

/// Draws the settings.
pub fn settings_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let mut settings = state.relaxation.settings.clone();
    let header = CollapsingHeader::new(words.get(Text::Settings));
    header.id_salt("relaxation settings").show(ui, |ui| {
        Grid::new("relaxation settings")
            .num_columns(2)
            .show(ui, |ui| {
                choices_ui(ui, &mut settings, words);
                numbers_ui(ui, &mut settings, words);
            });
        ui.checkbox(&mut settings.cell, words.get(Text::Cell));
        let tolerance = RelaxationSettings::TOLERANCE;
        let symmetry = words.fill(Text::Symmetry, &[&tolerance]);
        ui.checkbox(&mut settings.keep_symmetry, symmetry);
        trust_ui(ui, settings.weights.model(), words);
    });
    if settings != state.relaxation.settings {
        let settings = Box::new(settings);
        commands.push(Command::SetRelaxation { settings });
    }
}

fn choices_ui(ui: &mut Ui, settings: &mut RelaxationSettings, words: Words) {
    let name = |weights: Weights| match weights {
        Weights::Pbe => words.get(Text::WeightsPbe),
        Weights::R2scan => words.get(Text::WeightsR2scan),
    };
    ui.label(words.get(Text::Weights));
    let list = ComboBox::from_id_salt("weights").selected_text(name(settings.weights));
    let list = list.show_ui(ui, |ui| {
        for weights in Weights::ALL {
            ui.selectable_value(&mut settings.weights, weights, name(weights));
        }
    });
    let list = list.response.on_hover_text(words.get(Text::WeightsHelp));
    list.accessible_name(words.get(Text::Weights));
    ui.end_row();
    ui.label(words.get(Text::Method));
    let list = ComboBox::from_id_salt("method").selected_text(settings.method.name());
    let list = list.show_ui(ui, |ui| {
        for method in RelaxationMethod::ALL {
            ui.selectable_value(&mut settings.method, method, method.name());
        }
    });
    list.response.accessible_name(words.get(Text::Method));
    ui.end_row();
}

fn numbers_ui(ui: &mut Ui, settings: &mut RelaxationSettings, words: Words) {
    let mut row = |text: Text, drag: DragValue| {
        ui.label(words.get(text));
        let drag = ui.add(drag).accessible_name(words.get(text));
        ui.end_row();
        drag
    };
    let limit = DragValue::new(&mut settings.force_limit)
        .range(1e-4..=1.0)
        .speed(0.001)
        .max_decimals(4);
    row(Text::ForceLimit, limit.suffix(" eV/Å"));
    let limit = DragValue::new(&mut settings.stress_limit)
        .range(1e-3..=10.0)
        .speed(0.005)
        .max_decimals(3);
    row(Text::StressLimit, limit.suffix(" GPa"));
    let pressure = DragValue::new(&mut settings.pressure)
        .range(-100.0..=1000.0)
        .speed(0.1)
        .max_decimals(3);
    row(Text::Pressure, pressure.suffix(" GPa"));
    let steps = DragValue::new(&mut settings.steps).range(0..=100_000);
    row(Text::Steps, steps).on_hover_text(words.get(Text::StepsHelp));
}

/// What the weights are, and how far off.
pub fn trust_ui(ui: &mut Ui, model: PotentialModel, words: Words) {
    let errors = model.typical_errors();
    ui.weak(words.fill(
        Text::Trust,
        &[
            &model.name(),
            &model.method(),
            &errors.energy_per_atom,
            &errors.force,
            &errors.stress,
            &errors.moment,
        ],
    ));
}
