//! The filters on the candidates that are shown.

use super::candidates::label;
use crate::look;
use crate::texts::{Text, Words};
use egui::{TextEdit, Ui};
use workbench::{Command, Comparison, Filter, Results, State};

/// Draws the filters of the candidates, each with what it compares.
pub fn filters_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    words: Words,
    commands: &mut Vec<Command>,
) {
    if state.project.filters.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (index, filter) in state.project.filters.iter().enumerate() {
            ui.push_id(index, |ui| {
                filter_ui(ui, results, index, filter, words, commands);
            });
        }
        if ui.small_button(words.get(Text::ClearFilters)).clicked() {
            commands.push(Command::ClearFilters);
        }
    });
}

fn filter_ui(
    ui: &mut Ui,
    results: &Results,
    index: usize,
    filter: &Filter,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.group(|ui| {
        let column = results.column(&filter.column);
        let is_number = column.is_some_and(|column| column.is_number);
        let name = column.map_or_else(|| filter.column.clone(), |c| label(c, words));
        ui.label(&name);
        let mut changed = filter.clone();
        let choices: &[Comparison] = match is_number {
            true => &[Comparison::AtLeast, Comparison::AtMost, Comparison::Known],
            false => &[Comparison::Contains, Comparison::Known],
        };
        let combo = egui::ComboBox::from_id_salt("comparison")
            .width(60.0)
            .selected_text(words.get(comparison(filter.comparison)));
        let combo = combo.show_ui(ui, |ui| {
            for &choice in choices {
                let text = words.get(comparison(choice));
                ui.selectable_value(&mut changed.comparison, choice, text);
            }
        });
        combo
            .response
            .accessible_name(words.fill(Text::FilterComparison, &[&name]));
        if changed.comparison != Comparison::Known {
            let wrong = is_number && !filter.value.is_empty() && filter.number().is_none();
            let edit = TextEdit::singleline(&mut changed.value).desired_width(64.0);
            let edit = match wrong {
                true => edit.text_color(look::error(ui)),
                false => edit,
            };
            let edit = ui
                .add(edit)
                .accessible_name(words.fill(Text::FilterValue, &[&name]));
            if wrong {
                edit.on_hover_text(words.get(Text::NotANumber));
            }
        }
        if changed != *filter {
            commands.push(Command::SetFilter {
                index,
                filter: changed,
            });
        }
        let remove = ui.small_button(words.get(Text::RemoveSign));
        if remove
            .accessible_name(words.fill(Text::RemoveFilter, &[&name]))
            .clicked()
        {
            commands.push(Command::RemoveFilter { index });
        }
    });
}

fn comparison(comparison: Comparison) -> Text {
    match comparison {
        Comparison::AtLeast => Text::AtLeast,
        Comparison::AtMost => Text::AtMost,
        Comparison::Contains => Text::Contains,
        Comparison::Known => Text::Known,
    }
}
