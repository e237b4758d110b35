//! What was made.

use crate::numbers;
use crate::texts::generate::{Text, measure, reason};
use crate::texts::{self, Words};
use egui::{Button, CollapsingHeader, Grid, Id, TextEdit, Ui};
use workbench::{Command, GeneratedLine, GeneratedView, State, TaskKind};

/// Draws the candidates and what became of the other combinations.
pub fn results_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let Some(view) = &state.generated.view else {
        return;
    };
    ui.separator();
    ui.strong(words.fill(
        Text::GenerateFound,
        &[
            &numbers::count(view.lines.len()),
            &numbers::count(usize::try_from(view.combinations).unwrap_or(usize::MAX)),
            &numbers::count(view.known),
        ],
    ));
    reasons_ui(ui, view, words);
    if view.lines.is_empty() {
        return;
    }
    screen_ui(ui, state, words, commands);
    list_ui(ui, view, words, commands);
}

/// Why combinations are no candidates.
fn reasons_ui(ui: &mut Ui, view: &GeneratedView, words: Words) {
    for (name, why) in &view.left_out {
        ui.weak(words.fill(Text::GenerateLeftOut, &[name, why]));
    }
    if view.rejected.is_empty() {
        return;
    }
    let open = view.lines.is_empty();
    CollapsingHeader::new(words.get(Text::GenerateRejected))
        .default_open(open)
        .show(ui, |ui| {
            Grid::new("generate reasons").num_columns(2).show(ui, |ui| {
                for (why, count) in &view.rejected {
                    let count = usize::try_from(*count).unwrap_or(usize::MAX);
                    ui.label(numbers::count(count));
                    ui.label(words.get(reason(*why)));
                    ui.end_row();
                }
            });
        });
}

/// Where they are written, to be candidates from then on.
fn screen_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let id = Id::unique("generated folder");
    let offered = state.generated.folder.as_ref();
    let offered = offered.map_or_else(String::new, |path| path.display().to_string());
    // What was typed holds for what was offered with it.
    let typed: Option<(String, String)> = ui.data(|data| data.get_temp(id));
    let typed = typed.filter(|(_, before)| *before == offered);
    let mut path = typed.map_or_else(|| offered.clone(), |(path, _)| path);
    ui.horizontal_wrapped(|ui| {
        let edit = TextEdit::singleline(&mut path).desired_width(260.0);
        ui.add(edit)
            .accessible_name(words.get(Text::GenerateFolder));
        let free = !state.is_busy(TaskKind::WriteGenerated);
        let ready = free && !path.trim().is_empty();
        let screen = ui.add_enabled(ready, Button::new(words.get(Text::GenerateScreen)));
        let screen = screen.on_hover_text(words.get(Text::GenerateScreenHelp));
        if screen.clicked() {
            let path = Some(path.trim().into());
            commands.push(Command::ScreenGenerated { path });
        }
        let elsewhere = ui.add_enabled(free, Button::new(words.get(Text::GenerateElsewhere)));
        if elsewhere.clicked() {
            commands.push(Command::ScreenGenerated { path: None });
        }
    });
    ui.data_mut(|data| data.insert_temp(id, (path, offered)));
}

fn list_ui(ui: &mut Ui, view: &GeneratedView, words: Words, commands: &mut Vec<Command>) {
    let height = ui.text_style_height(&egui::TextStyle::Body) + 6.0;
    egui::ScrollArea::both()
        .id_salt("generated candidates")
        .max_height(360.0)
        .auto_shrink([false, true])
        .show_rows(ui, height, view.lines.len() + 1, |ui, range| {
            let grid = Grid::new("generated list").num_columns(6).striped(true);
            let grid = grid.min_row_height(height).start_row(range.start);
            grid.show(ui, |ui| {
                for row in range {
                    match row.checked_sub(1) {
                        None => header_ui(ui, words),
                        Some(at) => line_ui(ui, &view.lines[at], words, commands),
                    }
                    ui.end_row();
                }
            });
        });
}

fn header_ui(ui: &mut Ui, words: Words) {
    ui.strong(words.get(texts::hull::Text::HullFormula));
    for text in [
        Text::GenerateParent,
        Text::GenerateSubstitution,
        Text::GenerateLikely,
        Text::GenerateGroup,
        Text::GenerateKnown,
    ] {
        ui.strong(words.get(text));
    }
}

fn line_ui(ui: &mut Ui, line: &GeneratedLine, words: Words, commands: &mut Vec<Command>) {
    let formula = ui.label(&line.formula);
    if !line.remarks.is_empty() {
        formula.on_hover_text(line.remarks.join("\n"));
    }
    let parent = ui.small_button(format!("{} ({})", line.prototype, line.parent));
    let name = words.fill(
        Text::ParentNamed,
        &[&line.prototype, &line.parent, &line.formula],
    );
    let parent = parent.on_hover_text(words.get(Text::ShowParent));
    if parent.accessible_name(name).clicked() {
        let prototype = Some(line.prototype.clone());
        commands.push(Command::ShowParent { prototype });
    }
    ui.label(&line.substitution);
    let probability = numbers::plain(line.probability, 3);
    let measure = words.get(measure(line.measure));
    ui.label([&probability, " (", measure, ")"].concat());
    ui.label(&line.symbol);
    ui.label(&line.known);
}
