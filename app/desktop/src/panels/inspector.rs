//! Everything that is known of the selected candidate, and where it comes from.

use super::candidates::label;
use super::explanation::explanation_ui;
use super::models::model_ui;
use super::parent::parent_ui;
use super::standing::standing_ui;
use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{Grid, RichText, Ui};
use workbench::{Column, ColumnKind, Command, Origin, Results, State};

/// Draws the panel.
pub fn inspector_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let Some(results) = &state.results else {
        ui.weak(words.get(Text::NothingOpen));
        return Vec::new();
    };
    let Some(&row) = state.project.selection.first() else {
        ui.weak(words.get(Text::NothingSelected));
        return Vec::new();
    };
    let mut commands = Vec::new();
    egui::ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        parent_ui(ui, state, words, &mut commands);
        candidate_ui(ui, state, results, row, words);
        explanation_ui(ui, state, row, words, &mut commands);
    });
    commands
}

fn candidate_ui(ui: &mut Ui, state: &State, results: &Results, row: u32, words: Words) {
    ui.heading(results.formula(row));
    let count = state.project.selection.len();
    if count > 1 {
        ui.weak(words.fill(Text::FirstOfSelected, &[&numbers::count(count)]));
    }
    let line = results.table().line(row as usize);
    let place = results.place(row).map(|place| place + 1);
    ui.horizontal_wrapped(|ui| {
        match place.filter(|_| results.is_ranked()) {
            Some(place) => ui.label(words.fill(Text::PlaceInRanking, &[&place])),
            None => ui.colored_label(look::warning(ui), words.get(Text::NotRanked)),
        };
        ui.weak(words.fill(Text::LineOfFile, &[&line, &results.table().source_name()]));
    });
    section_ui(ui, words.get(Text::YourColumns), |ui| {
        for column in results.columns() {
            if matches!(column.kind, ColumnKind::Input(_)) {
                own_value_ui(ui, results, column, row, words);
            }
        }
    });
    for loaded in &state.plugins {
        let prefix = [loaded.plugin.id(), "."].concat();
        let is_of = |column: &&Column| {
            matches!(column.kind, ColumnKind::Property(_)) && column.name.starts_with(&prefix)
        };
        let columns: Vec<&Column> = results.columns().iter().filter(is_of).collect();
        if columns.is_empty() {
            continue;
        }
        let description = loaded.plugin.description();
        let title = [loaded.plugin.id(), " ", &description.version].concat();
        section_ui(ui, &title, |ui| {
            for column in &columns {
                property_ui(ui, results, column, row, words);
            }
        });
        ui.small(words.fill(
            Text::PluginOrigin,
            &[
                &description.licence,
                &loaded.plugin.sha256().get(..16).unwrap_or_default(),
                &description.citation,
            ],
        ));
        standing_ui(ui, &loaded.standing, words);
    }
    models_ui(ui, state, results, row, words);
    notes_ui(ui, results, row, words);
}

/// What the project's models say, and where they have it from.
fn models_ui(ui: &mut Ui, state: &State, results: &Results, row: u32, words: Words) {
    let used = state.models.used.iter();
    for model in used.filter_map(|used| used.model.as_ref().ok()) {
        let prefix = [model.name(), "."].concat();
        let of_model = |column: &&Column| {
            matches!(column.kind, ColumnKind::Property(_)) && column.name.starts_with(&prefix)
        };
        let columns: Vec<&Column> = results.columns().iter().filter(of_model).collect();
        if columns.is_empty() {
            continue;
        }
        section_ui(ui, model.name(), |ui| {
            for column in &columns {
                property_ui(ui, results, column, row, words);
            }
        });
        model_ui(ui, model, words);
    }
}

fn section_ui(ui: &mut Ui, title: &str, rows: impl FnOnce(&mut Ui)) {
    ui.separator();
    ui.strong(title);
    Grid::new(title).num_columns(3).striped(true).show(ui, rows);
}

fn own_value_ui(ui: &mut Ui, results: &Results, column: &Column, row: u32, words: Words) {
    ui.label(label(column, words));
    let text = results.text(column, row).unwrap_or_default();
    let value = results.value(column, row);
    let deviation = match value.std > 0.0 {
        true => [" ± ", &numbers::plain(value.std, 2)].concat(),
        false => String::new(),
    };
    ui.label([text.trim(), &deviation].concat());
    ui.weak(words.get(Text::FromYourTable));
    ui.end_row();
}

fn property_ui(ui: &mut Ui, results: &Results, column: &Column, row: u32, words: Words) {
    let short = column.name.split_once('.').map_or("", |(_, short)| short);
    let name = ui.label(short);
    if !column.summary.is_empty() {
        name.on_hover_text(&column.summary);
    }
    let value = results.value(column, row);
    if value.mean.is_nan() {
        let notes = results.notes_of(column, row).join("\n");
        let missing = ui.weak(words.get(Text::NotKnown));
        if !notes.is_empty() {
            missing.on_hover_text(notes);
        }
    } else {
        let text = [&numbers::text(value), " ", &column.unit].concat();
        let label = ui.label(RichText::new(text).strong());
        if value.std.is_nan() {
            label.on_hover_text(words.get(Text::ErrorUnknown));
        }
    }
    ui.weak(words.get(match column.origin {
        Some(Origin::Exact) => Text::OriginExact,
        Some(Origin::Measured) => Text::OriginMeasured,
        Some(Origin::Computed) => Text::OriginComputed,
        Some(Origin::Predicted) | None => Text::OriginPredicted,
    }));
    ui.end_row();
}

fn notes_ui(ui: &mut Ui, results: &Results, row: u32, words: Words) {
    let notes = results.notes(row);
    if notes.is_empty() {
        return;
    }
    ui.separator();
    ui.strong(words.get(Text::Notes));
    for note in notes {
        ui.horizontal_wrapped(|ui| {
            ui.label(words.get(Text::Bullet));
            ui.label(note);
        });
    }
}
