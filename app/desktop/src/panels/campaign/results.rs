//! Results: typed in for the suggestions that are open, or taken from a table that somebody filled in.

use super::button_ui;
use crate::texts::campaign::Text;
use crate::texts::{self, Words};
use egui::{Button, ComboBox, Grid, Id, TextEdit, Ui};
use std::collections::BTreeMap;
use workbench::{CampaignView, Command, State, SuggestionView, TaskKind, TypedResult};

/// Open suggestions that can be filled in here; more are filled in as a worksheet.
const SHOWN: usize = 40;

/// Draws the page.
pub fn results_ui(
    ui: &mut Ui,
    state: &State,
    view: &CampaignView,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        if button_ui(ui, state, words.get(Text::ImportResults)) {
            commands.push(Command::ImportResults { path: None });
        }
        if button_ui(ui, state, words.get(Text::WriteWorksheet)) {
            commands.push(Command::WriteWorksheet { path: None });
        }
    });
    ui.weak(words.get(Text::ImportHelp));
    let open: Vec<&SuggestionView> = view.open().collect();
    if open.is_empty() {
        ui.weak(words.get(Text::NothingOpenToFill));
        return;
    }
    let id = Id::unique("results typed");
    let mut typed = ui.data_mut(|data| {
        data.get_temp::<BTreeMap<String, TypedResult>>(id)
            .unwrap_or_default()
    });
    // What is answered is not typed any more.
    typed.retain(|id, _| open.iter().any(|s| s.id == *id));
    let says = typed.values().any(TypedResult::says_something);
    let free = says && !state.is_busy(TaskKind::Campaign);
    let enter = ui.add_enabled(free, Button::new(words.get(Text::EnterResults)));
    if enter.clicked() {
        let results = typed.values().filter(|typed| typed.says_something());
        let results = results.cloned().collect();
        commands.push(Command::EnterResults { results });
    }
    egui::ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        fields_ui(ui, view, &open, &mut typed, words);
    });
    ui.data_mut(|data| data.insert_temp(id, typed));
}

fn fields_ui(
    ui: &mut Ui,
    view: &CampaignView,
    open: &[&SuggestionView],
    typed: &mut BTreeMap<String, TypedResult>,
    words: Words,
) {
    let measured = view.outcomes.iter().filter(|(_, measured)| *measured);
    let labels: Vec<&str> = measured.map(|(label, _)| label.as_str()).collect();
    Grid::new("results").striped(true).show(ui, |ui| {
        ui.weak(words.get(Text::Suggestion));
        for label in &labels {
            ui.strong(*label);
            ui.weak(words.get(Text::ColumnStd));
        }
        ui.weak(words.get(Text::ColumnStanding));
        ui.weak(words.get(Text::ColumnNote));
        for input in &view.inputs {
            ui.weak(input);
        }
        ui.end_row();
        for suggestion in open.iter().take(SHOWN) {
            let entry = typed.entry(suggestion.id.clone()).or_default();
            entry.suggestion.clone_from(&suggestion.id);
            entry.values.resize_with(labels.len(), Default::default);
            ui.strong(&suggestion.id);
            for (label, value) in labels.iter().zip(&mut entry.values) {
                let [mean, std] = value;
                let name = words.fill(Text::ValueOf, &[label, &suggestion.id]);
                field_ui(ui, mean, 80.0, &name);
                let name = words.fill(Text::StdOf, &[label, &suggestion.id]);
                field_ui(ui, std, 60.0, &name);
            }
            status_ui(ui, entry, words);
            let name = words.fill(Text::NoteOf, &[&suggestion.id]);
            field_ui(ui, &mut entry.note, 120.0, &name);
            for cell in &suggestion.cells {
                ui.label(cell);
            }
            ui.end_row();
        }
    });
    if open.len() > SHOWN {
        ui.weak(words.fill(Text::MoreToFill, &[&(open.len() - SHOWN)]));
    }
}

fn field_ui(ui: &mut Ui, text: &mut String, width: f32, name: &str) {
    let edit = TextEdit::singleline(text).desired_width(width);
    ui.add(edit).accessible_name(name);
}

fn status_ui(ui: &mut Ui, typed: &mut TypedResult, words: Words) {
    let name = words.fill(Text::StandingOf, &[&typed.suggestion]);
    let automatic = words.get(texts::Text::Automatic);
    let shown = match typed.status.as_str() {
        "" => automatic,
        status => words.get(super::standing_name(status)),
    };
    let list = ComboBox::from_id_salt(("status", typed.suggestion.as_str()));
    let list = list.selected_text(shown);
    let list = list.show_ui(ui, |ui| {
        ui.selectable_value(&mut typed.status, String::new(), automatic);
        for status in ["measured", "failed", "abandoned", "pending"] {
            let text = words.get(super::standing_name(status));
            ui.selectable_value(&mut typed.status, status.to_owned(), text);
        }
    });
    list.response.accessible_name(name);
}
