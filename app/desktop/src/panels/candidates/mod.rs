//! The candidates as a table: as many rows as there are, of which only the visible ones are drawn.

mod rows;

use super::filters::filters_ui;
use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{PopupCloseBehavior, TextEdit, Ui};
use egui_table::{HeaderRow, Table};
use rows::Rows;
use std::sync::Arc;
use workbench::{Column, ColumnKind, Command, Comparison, Filter, Results, State, TaskKind};

/// Draws the panel.
pub fn candidates_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    let Some(results) = &state.results else {
        nothing_yet(ui, state, words);
        return commands;
    };
    toolbar_ui(ui, state, results, words, &mut commands);
    filters_ui(ui, state, results, words, &mut commands);
    table_ui(ui, state, results, words, &mut commands);
    commands
}

fn nothing_yet(ui: &mut Ui, state: &State, words: Words) {
    if let Some(error) = &state.table_error {
        ui.colored_label(look::error(ui), error);
    } else if state.project.source.is_some() {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(words.get(Text::Reading));
        });
    } else {
        ui.weak(words.get(Text::NothingOpen));
    }
}

fn toolbar_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        let mut search = state.project.search.clone();
        let edit = TextEdit::singleline(&mut search)
            .hint_text(words.get(Text::SearchHint))
            .desired_width(170.0);
        let edit = ui.add(edit).accessible_name(words.get(Text::Search));
        if edit.on_hover_text(words.get(Text::SearchHelp)).changed() {
            commands.push(Command::SetSearch { text: search });
        }
        ui.menu_button(words.get(Text::AddFilter), |ui| {
            scrolled(ui, |ui| {
                for column in results.columns() {
                    if ui.button(label(column, words)).clicked() {
                        commands.push(Command::AddFilter {
                            filter: Filter {
                                column: column.name.clone(),
                                comparison: match column.is_number {
                                    true => Comparison::AtLeast,
                                    false => Comparison::Contains,
                                },
                                value: String::new(),
                            },
                        });
                    }
                }
            });
        });
        lasting_menu(words.get(Text::Columns)).ui(ui, |ui| {
            scrolled(ui, |ui| {
                columns_menu_ui(ui, state, results, words, commands)
            });
        });
        ui.menu_button(words.get(Text::ColourBy), |ui| {
            scrolled(ui, |ui| {
                let chosen = state.project.coloured_column.as_deref();
                if ui
                    .radio(chosen.is_none(), words.get(Text::NoColour))
                    .clicked()
                {
                    commands.push(Command::ColourColumn { column: None });
                }
                for column in results.columns().iter().filter(|c| c.is_number) {
                    let is_chosen = chosen == Some(column.name.as_str());
                    if ui.radio(is_chosen, label(column, words)).clicked() {
                        let column = Some(column.name.clone());
                        commands.push(Command::ColourColumn { column });
                    }
                }
            });
        });
        let selected = !state.project.selection.is_empty();
        ui.menu_button(words.get(Text::Take), |ui| {
            for (text, selected, enabled) in [
                (Text::CopyShown, false, true),
                (Text::CopySelected, true, selected),
            ] {
                let button = egui::Button::new(words.get(text));
                if ui.add_enabled(enabled, button).clicked() {
                    commands.push(Command::CopyRows { selected });
                }
            }
            for (text, selected, enabled) in [
                (Text::ExportShown, false, true),
                (Text::ExportSelected, true, selected),
            ] {
                let button = egui::Button::new(words.get(text));
                if ui.add_enabled(enabled, button).clicked() {
                    let path = None;
                    commands.push(Command::ExportTable { path, selected });
                }
            }
        });
        let shown = numbers::count(state.rows.len());
        let all = numbers::count(results.table().len());
        ui.label(words.fill(Text::RowsShown, &[&shown, &all]));
        if selected {
            let count = numbers::count(state.project.selection.len());
            ui.label(words.fill(Text::RowsSelected, &[&count]));
            if ui.small_button(words.get(Text::ClearSelection)).clicked() {
                commands.push(Command::ClearSelection);
            }
        }
        if state.is_busy(TaskKind::Sort) || state.is_busy(TaskKind::Screen) {
            ui.spinner();
        }
    });
}

/// A menu that stays open while things in it are clicked.
pub fn lasting_menu(name: &str) -> MenuButton<'_> {
    let behaviour = PopupCloseBehavior::CloseOnClickOutside;
    MenuButton::new(name).config(MenuConfig::new().close_behavior(behaviour))
}

/// A menu's contents, which may be longer than the screen is high.
fn scrolled(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    egui::ScrollArea::vertical()
        .max_height(420.0)
        .show(ui, contents);
}

fn columns_menu_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    words: Words,
    commands: &mut Vec<Command>,
) {
    for column in results.columns() {
        let mut shown = !state.project.hidden_columns.contains(&column.name);
        let checkbox = ui.checkbox(&mut shown, label(column, words));
        let checkbox = match column.summary.is_empty() {
            true => checkbox,
            false => checkbox.on_hover_text(&column.summary),
        };
        if checkbox.changed() {
            let column = column.name.clone();
            commands.push(Command::ShowColumn { column, shown });
        }
    }
}

/// A column's name and unit in the words of the window.
pub fn label(column: &Column, words: Words) -> String {
    let name = match column.kind {
        ColumnKind::Rank => words.get(Text::Rank),
        ColumnKind::Front => words.get(Text::Front),
        ColumnKind::FrontProbability => words.get(Text::FrontProbability),
        ColumnKind::Input(_) | ColumnKind::Property(_) => &column.name,
    };
    match column.unit.as_str() {
        "" => name.to_owned(),
        unit => format!("{name} [{unit}]"),
    }
}

fn table_ui(
    ui: &mut Ui,
    state: &State,
    results: &Arc<Results>,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let hidden = &state.project.hidden_columns;
    let columns: Vec<&Column> = results
        .columns()
        .iter()
        .filter(|column| !hidden.contains(&column.name))
        .collect();
    let row_height = ui.text_style_height(&egui::TextStyle::Body) + 6.0;
    let header_height = 2.0 * row_height;
    let coloured = state.project.coloured_column.as_deref();
    let spread = coloured
        .and_then(|name| results.column(name))
        .map(|column| (column.name.clone(), spread(ui, state, results, column)));
    let widths = columns.iter().map(|column| {
        let width = match column.kind {
            ColumnKind::Rank | ColumnKind::Front => 56.0,
            _ if column.is_number => 128.0,
            _ => 112.0,
        };
        egui_table::Column::new(width)
            .range(40.0..=600.0)
            .id(egui::Id::unique(&column.name))
    });
    let table = Table::new()
        .id_salt("candidates")
        .num_rows(state.rows.len() as u64)
        .columns(widths.collect::<Vec<_>>())
        .num_sticky_cols(1.min(columns.len()))
        .headers([HeaderRow::new(header_height)]);
    let id = egui::Id::unique("row that the keyboard goes to");
    let keyboard: Option<usize> = ui.data(|data| data.get_temp(id)).flatten();
    let keyboard = keyboard.filter(|&place| place < state.rows.len());
    let table = match newly_selected(ui, state) {
        Some(place) => table.scroll_to_row(place as u64, None),
        None => table,
    };
    let table = match keyboard {
        Some(place) => table.scroll_to_row(place as u64, None),
        None => table,
    };
    let page = ((ui.available_height() - header_height) / row_height) as usize;
    let mut delegate = Rows {
        state,
        results,
        words,
        columns,
        row_height,
        spread,
        page: page.saturating_sub(1).max(1),
        keyboard,
        goal: None,
        commands,
    };
    table.show(ui, &mut delegate);
    let keyboard = delegate.goal.or(delegate.keyboard);
    ui.data_mut(|data| data.insert_temp(id, keyboard));
}

/// The place of the first selected row where the selection changed, perhaps in another panel.
fn newly_selected(ui: &Ui, state: &State) -> Option<usize> {
    let id = egui::Id::unique("selection that the table shows");
    let selection = &state.project.selection;
    let shown = ui.data(|data| data.get_temp::<Arc<Vec<u32>>>(id));
    if shown.is_some_and(|shown| Arc::ptr_eq(&shown, selection)) {
        return None;
    }
    ui.data_mut(|data| data.insert_temp(id, selection.clone()));
    match selection.as_slice() {
        // Most often one, which is found by a look along the rows.
        [only] => state.rows.iter().position(|row| row == only),
        _ => state.rows.iter().position(|&row| state.is_selected(row)),
    }
}

/// The least and the greatest value of a column, without the outermost twentieths, from at most 10,000 of the rows.
fn spread(ui: &Ui, state: &State, results: &Results, column: &Column) -> [f64; 2] {
    const LOOKED_AT: usize = 10_000;
    let key = (results.generation, column.name.clone(), state.rows.len());
    let id = egui::Id::unique("spread of the coloured column");
    type Known = ((u64, String, usize), [f64; 2]);
    let known = ui.data(|data| data.get_temp::<Known>(id));
    if let Some((known_key, spread)) = known
        && known_key == key
    {
        return spread;
    }
    let step = state.rows.len().div_ceil(LOOKED_AT).max(1);
    let rows = state.rows.iter().step_by(step);
    let values = rows.map(|&row| results.value(column, row).mean);
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * values.len().saturating_sub(1) as f64) as usize;
        values.get(place).copied().unwrap_or(0.0)
    };
    let spread = [at(0.05), at(0.95)];
    ui.data_mut(|data| data.insert_temp(id, (key, spread)));
    spread
}
