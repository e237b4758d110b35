//! A table before it is taken in: how it would be understood, and what in it cannot be used.

use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{ComboBox, Grid, Label, Modal, RichText, Ui};
use workbench::{Command, Import, Preview, State};

/// Draws the dialog over the window, where a table waits.
pub fn import_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    let Some(import) = &state.import else {
        return commands;
    };
    let modal = Modal::new(egui::Id::unique("import")).show(ui.ctx(), |ui| {
        let size = ui.ctx().content_rect().size();
        ui.set_width((size.x * 0.7).clamp(320.0, 900.0));
        ui.heading(words.get(Text::ImportTitle));
        ui.weak(import.path.display().to_string());
        match &import.preview {
            None => {
                ui.spinner();
            }
            Some(Err(error)) => {
                ui.colored_label(look::error(ui), error);
            }
            Some(Ok(preview)) => {
                egui::ScrollArea::vertical()
                    .max_height(size.y * 0.6)
                    .show(ui, |ui| {
                        preview_ui(ui, import, preview, words, &mut commands);
                    });
            }
        }
        ui.separator();
        ui.horizontal(|ui| {
            let ready = matches!(&import.preview, Some(Ok(_)));
            let button = egui::Button::new(words.get(Text::TakeIn));
            if ui.add_enabled(ready, button).clicked() {
                commands.push(take_in(import));
            }
            if ui.button(words.get(Text::Cancel)).clicked() {
                commands.push(Command::CancelImport);
            }
        });
    });
    if modal.should_close() {
        commands.push(Command::CancelImport);
    }
    commands
}

/// With the column of formulas as it was chosen, or guessed where the header does not tell.
fn take_in(import: &Import) -> Command {
    let guessed = match &import.preview {
        Some(Ok(preview)) => preview
            .formula_column
            .and_then(|column| preview.columns.get(column))
            .map(|(name, ..)| name.clone()),
        _ => None,
    };
    Command::ImportTable {
        path: import.path.clone(),
        formula_column: import.formula_column.clone().or(guessed),
    }
}

fn preview_ui(
    ui: &mut Ui,
    import: &Import,
    preview: &Preview,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let count = numbers::count(preview.row_count);
    ui.label(words.fill(Text::RowCount, &[&count]));
    for message in &preview.messages {
        ui.weak(message);
    }
    ui.weak(words.get(match preview.decimal_comma {
        true => Text::DecimalComma,
        false => Text::DecimalPoint,
    }));
    formula_column_ui(ui, import, preview, words, commands);
    if preview.failure_count > 0 {
        let count = numbers::count(preview.failure_count);
        ui.colored_label(look::warning(ui), words.fill(Text::RowsUnusable, &[&count]));
        for (line, reason, text) in preview.failures.iter().take(5) {
            ui.weak(words.fill(Text::FailedLine, &[line, text, reason]));
        }
    }
    for (line, column, text, reason) in &preview.bad_cells {
        ui.weak(words.fill(Text::BadCell, &[line, column, text, reason]));
    }
    ui.separator();
    egui::ScrollArea::horizontal().show(ui, |ui| {
        Grid::new("preview").striped(true).show(ui, |ui| {
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
            for (index, (name, unit, number)) in preview.columns.iter().enumerate() {
                let kind = if preview.formula_column == Some(index) {
                    words.get(Text::KindFormula)
                } else if *number {
                    words.get(Text::KindNumber)
                } else {
                    words.get(Text::KindText)
                };
                // Wrapped, the columns would take several frames to find their widths.
                let line = |text: RichText| Label::new(text).extend();
                ui.vertical(|ui| {
                    ui.add(line(RichText::new(name).strong()));
                    let unit = unit.as_deref().unwrap_or_default();
                    ui.add(line(
                        RichText::new([kind, " ", unit].concat()).weak().small(),
                    ));
                });
            }
            ui.end_row();
            for row in preview.rows.iter().take(8) {
                for cell in row {
                    ui.add(Label::new(cell).extend());
                }
                ui.end_row();
            }
        });
    });
}

fn formula_column_ui(
    ui: &mut Ui,
    import: &Import,
    preview: &Preview,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let chosen = preview
        .formula_column
        .and_then(|column| preview.columns.get(column))
        .map(|(name, ..)| name.as_str());
    ui.horizontal(|ui| {
        ui.label(words.get(Text::FormulaColumn));
        let combo = ComboBox::from_id_salt("formula column")
            .selected_text(chosen.unwrap_or(words.get(Text::NoneFound)))
            .show_ui(ui, |ui| {
                for (name, ..) in &preview.columns {
                    if ui
                        .selectable_label(chosen == Some(name.as_str()), name)
                        .clicked()
                    {
                        let column = Some(name.clone());
                        commands.push(Command::PreviewFormulaColumn { column });
                    }
                }
            });
        combo
            .response
            .accessible_name(words.get(Text::FormulaColumn));
    });
    if chosen.is_none() && import.formula_column.is_none() {
        ui.colored_label(look::warning(ui), words.get(Text::NoFormulaColumn));
    }
}
