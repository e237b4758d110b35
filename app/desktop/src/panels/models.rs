//! Models: which predict beside the plugins, training one from the open table, and how well it predicts what it has not seen.

use super::drawing::{draw, textures};
use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{
    Button, CollapsingHeader, ComboBox, DragValue, Grid, Id, Rect, Sense, TextEdit, Ui, Vec2,
    WidgetInfo,
};
use std::sync::Arc;
use workbench::chart::parity_marks;
use workbench::{
    Column, ColumnKind, Command, Model, ModelChoice, ModelReport, ModelSettings, State, TaskKind,
};

/// Elements whose residuals are listed.
const ELEMENTS: usize = 40;

/// Rows that could not be used, told one by one.
const REJECTED: usize = 5;

/// Draws the panel.
pub fn models_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.strong(words.get(Text::ModelsUsed));
            if state.is_busy(TaskKind::LoadModels) {
                ui.spinner();
            }
            choices_ui(ui, state, words, &mut commands);
            ui.separator();
            ui.strong(words.get(Text::ModelTrain));
            train_ui(ui, state, words, &mut commands);
            if let Some(error) = &state.models.error {
                ui.colored_label(look::error(ui), error);
            }
            if let Some(report) = &state.models.report {
                ui.separator();
                report_ui(ui, state, report, words, &mut commands);
            }
        });
    commands
}

/// The models that come with the program and those of the project, each with a box.
fn choices_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let mut choices = ModelChoice::shipped();
    let files = state.project.models.iter();
    choices.extend(files.filter(|m| matches!(m, ModelChoice::File(_))).cloned());
    for choice in choices {
        ui.horizontal_wrapped(|ui| {
            let mut on = state.project.models.contains(&choice);
            let name = choice.name();
            if ui.checkbox(&mut on, &name).changed() {
                let model = choice.clone();
                commands.push(Command::UseModel { model, on });
            }
            match &choice {
                ModelChoice::Shipped(_) => ui.weak(words.get(Text::StandingShipped)),
                ModelChoice::File(path) => ui.weak(path.display().to_string()),
            };
        });
        let mut used = state.models.used.iter();
        match used.find(|used| used.choice == choice).map(|u| &u.model) {
            None => {}
            Some(Err(why)) => {
                ui.colored_label(look::error(ui), why);
            }
            Some(Ok(model)) => {
                ui.indent(choice.name(), |ui| model_ui(ui, model, words));
            }
        }
    }
    if ui.button(words.get(Text::AddModel)).clicked() {
        commands.push(Command::AddModel { path: None });
    }
}

/// Where a model comes from and how wrong it is, as it says itself. Also used by the inspector.
pub fn model_ui(ui: &mut Ui, model: &Model, words: Words) {
    let (about, inner) = (model.model().about(), model.model());
    let property = match model.unit() {
        "" => model.property(),
        unit => [&model.property(), " [", unit, "]"].concat(),
    };
    ui.label(words.fill(
        Text::ModelLearnt,
        &[&property, &numbers::count(inner.rows()), &about.data],
    ));
    let hash = model.sha256().get(..16).unwrap_or_default();
    ui.weak(words.fill(
        Text::ModelOrigin,
        &[&inner.kind(), &about.licence, &about.label, &hash],
    ));
    if let Some(scores) = inner.scores() {
        let error = with_unit(scores.mae, model.unit());
        let held = numbers::plain(100.0 * scores.coverage_95, 3);
        ui.weak(words.fill(Text::ModelScores, &[&error, &held]));
    }
}

fn with_unit(value: f64, unit: &str) -> String {
    let number = numbers::plain(value, 3);
    match unit {
        "" => number,
        unit => [&number, " ", unit].concat(),
    }
}

/// What is to be learnt from the open table, and how.
fn train_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let Some(results) = &state.results else {
        ui.weak(words.get(Text::NothingOpen));
        return;
    };
    let own = |column: &&Column| matches!(column.kind, ColumnKind::Input(_)) && column.is_number;
    let targets: Vec<&Column> = results.columns().iter().filter(own).collect();
    if targets.is_empty() {
        ui.weak(words.get(Text::ModelNoTarget));
        return;
    }
    let id = Id::unique("what to learn");
    let mut settings = ui.data_mut(|data| data.get_temp::<ModelSettings>(id).unwrap_or_default());
    if !targets.iter().any(|column| column.name == settings.target) {
        settings.target = targets[0].name.clone();
    }
    Grid::new("what to learn").num_columns(2).show(ui, |ui| {
        let name = |ui: &mut Ui, text: Text| {
            ui.label(words.get(text));
        };
        name(ui, Text::ModelTarget);
        let list = ComboBox::from_id_salt("target").selected_text(&settings.target);
        let list = list.show_ui(ui, |ui| {
            for column in &targets {
                ui.selectable_value(&mut settings.target, column.name.clone(), &column.name);
            }
        });
        list.response.accessible_name(words.get(Text::ModelTarget));
        ui.end_row();
        name(ui, Text::ModelInputs);
        let mut inputs = settings.inputs.join(", ");
        let edit = TextEdit::singleline(&mut inputs).hint_text(words.get(Text::ModelInputsHint));
        let edit = ui.add(edit).accessible_name(words.get(Text::ModelInputs));
        if edit.changed() {
            let parts = inputs.split(',').map(str::trim);
            settings.inputs = parts.filter(|p| !p.is_empty()).map(str::to_owned).collect();
        }
        ui.end_row();
        name(ui, Text::ModelKind);
        let automatic = words.get(Text::Automatic);
        let kind = settings.kind.clone();
        let list = ComboBox::from_id_salt("kind");
        let list = list.selected_text(kind.as_deref().unwrap_or(automatic));
        let list = list.show_ui(ui, |ui| {
            ui.selectable_value(&mut settings.kind, None, automatic);
            for kind in ModelSettings::kinds() {
                ui.selectable_value(&mut settings.kind, Some(kind.to_owned()), kind);
            }
        });
        list.response.accessible_name(words.get(Text::ModelKind));
        ui.end_row();
        name(ui, Text::ModelFolds);
        let drag = DragValue::new(&mut settings.folds).range(2..=20);
        ui.add(drag).accessible_name(words.get(Text::ModelFolds));
        ui.end_row();
        name(ui, Text::ModelLicence);
        let edit = TextEdit::singleline(&mut settings.licence);
        ui.add(edit).accessible_name(words.get(Text::ModelLicence));
        ui.end_row();
    });
    let free = !state.is_busy(TaskKind::TrainModel);
    ui.horizontal_wrapped(|ui| {
        let judge = ui.add_enabled(free, Button::new(words.get(Text::ModelJudge)));
        if judge
            .on_hover_text(words.get(Text::ModelJudgeHelp))
            .clicked()
        {
            let settings = Box::new(settings.clone());
            commands.push(Command::EvaluateModel { settings });
        }
        let train = ui.add_enabled(free, Button::new(words.get(Text::ModelTrainSave)));
        if train
            .on_hover_text(words.get(Text::ModelTrainHelp))
            .clicked()
        {
            let (settings, path) = (Box::new(settings.clone()), None);
            commands.push(Command::TrainModel { settings, path });
        }
    });
    let task = state.tasks.iter().find(|t| t.kind == TaskKind::TrainModel);
    if let Some(task) = task {
        super::tasks::task_ui(ui, task, words, commands);
    }
    ui.data_mut(|data| data.insert_temp(id, settings));
}

/// How well the last model predicts what it has not seen.
fn report_ui(
    ui: &mut Ui,
    state: &State,
    report: &Arc<ModelReport>,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.strong(words.fill(
        Text::ReportTitle,
        &[
            &report.property,
            &numbers::count(report.rows),
            &report.group_by,
        ],
    ));
    let scores = &report.scores;
    let unit = report.unit.as_str();
    Grid::new("scores").num_columns(2).show(ui, |ui| {
        for (text, value) in [
            (Text::ReportMae, with_unit(scores.mae, unit)),
            (Text::ReportRmse, with_unit(scores.rmse, unit)),
            (Text::ReportR2, numbers::plain(scores.r2, 3)),
            (Text::Report68, percent(scores.coverage_68)),
            (Text::Report95, percent(scores.coverage_95)),
        ] {
            ui.label(words.get(text));
            ui.label(value);
            ui.end_row();
        }
    });
    if let Some((model, path)) = &report.trained {
        let choice = ModelChoice::File(path.clone());
        ui.horizontal_wrapped(|ui| {
            ui.label(path.display().to_string());
            let used = state.project.models.contains(&choice);
            let button = Button::new(words.get(Text::ModelUse));
            let name = words.fill(Text::ModelUseNamed, &[&model.name()]);
            if ui
                .add_enabled(!used, button)
                .accessible_name(name)
                .clicked()
            {
                let (model, on) = (choice.clone(), true);
                commands.push(Command::UseModel { model, on });
            }
        });
    }
    parity_ui(ui, report, words);
    if ui.button(words.get(Text::ExportParity)).clicked() {
        commands.push(Command::ExportParity { path: None });
    }
    if !report.residuals.is_empty() {
        CollapsingHeader::new(words.get(Text::ReportElements)).show(ui, |ui| {
            elements_ui(ui, report, words);
        });
    }
    if !report.rejected.is_empty() {
        let count = numbers::count(report.rejected.len());
        ui.colored_label(look::warning(ui), words.fill(Text::RowsUnusable, &[&count]));
        for (line, reason) in report.rejected.iter().take(REJECTED) {
            ui.weak(words.fill(Text::RejectedLine, &[line, reason]));
        }
    }
}

fn percent(share: f64) -> String {
    [&numbers::plain(100.0 * share, 3), " %"].concat()
}

/// Predicted over observed values, with the errors that were predicted.
fn parity_ui(ui: &mut Ui, report: &ModelReport, words: Words) {
    let side = ui.available_width().clamp(160.0, 460.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    response.widget_info(|| {
        let text = words.fill(Text::ParityName, &[&report.property, &report.rows]);
        WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let text = ui.text_style_height(&egui::TextStyle::Small);
    let chart = parity_marks(&report.parity, (side, side), text);
    let dark = ui.visuals().dark_mode;
    let corner = |place: [f32; 2]| rect.min + Vec2::from(place);
    let inner = Rect::from_min_max(corner(chart.frame.min), corner(chart.frame.max));
    let textures = textures(ui, &chart.drawing, dark);
    draw(ui, rect, inner, &chart.drawing, &textures, dark);
}

/// How wrong the predictions are, by element.
fn elements_ui(ui: &mut Ui, report: &ModelReport, words: Words) {
    Grid::new("elements").striped(true).show(ui, |ui| {
        for text in [
            Text::ColumnElement,
            Text::ColumnRows,
            Text::ColumnBias,
            Text::ColumnMae,
            Text::Column95,
        ] {
            ui.strong(words.get(text));
        }
        ui.end_row();
        for residual in report.residuals.iter().take(ELEMENTS) {
            ui.label(residual.element.symbol());
            ui.label(numbers::count(residual.rows));
            ui.label(with_unit(residual.bias, &report.unit));
            ui.label(with_unit(residual.mae, &report.unit));
            ui.label(percent(residual.coverage_95));
            ui.end_row();
        }
    });
}
