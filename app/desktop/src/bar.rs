//! The menus above, the line of status below, and the three steps of the tour.

use crate::layout::title;
use crate::palette::command_name;
use crate::panels::task_ui;
use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{Button, MenuBar, Slider, Ui};
use workbench::{Challenge, Command, Language, Panel, State, Theme};

/// The menus. `palette` is set where the command palette is asked for.
pub fn menu_ui(ui: &mut Ui, state: &State, palette: &mut bool) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    MenuBar::new().ui(ui, |ui| {
        ui.menu_button(words.get(Text::MenuFile), |ui| {
            file_menu_ui(ui, state, words, &mut commands);
        });
        ui.menu_button(words.get(Text::MenuEdit), |ui| {
            edit_menu_ui(ui, state, words, &mut commands);
        });
        ui.menu_button(words.get(Text::MenuView), |ui| {
            view_menu_ui(ui, state, words, &mut commands);
        });
        if ui
            .button(words.get(Text::Palette))
            .on_hover_text(words.get(Text::PaletteKeys))
            .clicked()
        {
            *palette = true;
        }
        ui.separator();
        if let Some(title) = state.title() {
            ui.strong(title);
            if state.unsaved {
                ui.weak(words.get(Text::Unsaved));
            }
        }
    });
    commands
}

/// A line of a menu that does a command.
fn item_ui(
    ui: &mut Ui,
    enabled: bool,
    keys: &str,
    command: Command,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let button = Button::new(command_name(&command, words)).shortcut_text(keys);
    if ui.add_enabled(enabled, button).clicked() {
        commands.push(command);
    }
}

fn file_menu_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let open = state.is_open();
    let keys = |text: Text| words.get(text);
    let path = None;
    item_ui(
        ui,
        true,
        keys(Text::KeysOpen),
        Command::Open { path },
        words,
        commands,
    );
    ui.menu_button(words.get(Text::Challenges), |ui| {
        for challenge in Challenge::ALL {
            let command = Command::OpenChallenge { challenge };
            item_ui(ui, true, "", command, words, commands);
        }
    });
    ui.separator();
    let save = match state.project_path {
        Some(_) => Command::Save,
        None => Command::SaveAs { path: None },
    };
    item_ui(ui, open, keys(Text::KeysSave), save, words, commands);
    let save_as = Command::SaveAs { path: None };
    item_ui(ui, open, keys(Text::KeysSaveAs), save_as, words, commands);
    let selected = !state.project.selection.is_empty();
    for (enabled, selected) in [(open, false), (selected, true)] {
        let command = Command::ExportTable {
            path: None,
            selected,
        };
        item_ui(ui, enabled, "", command, words, commands);
    }
    ui.separator();
    item_ui(ui, open, "", Command::CloseProject, words, commands);
    if ui.button(words.get(Text::Quit)).clicked() {
        ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
    }
}

fn edit_menu_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let (open, selected) = (state.is_open(), !state.project.selection.is_empty());
    let keys = |text: Text| words.get(text);
    let (undo, redo) = (state.undo.is_some(), state.redo.is_some());
    item_ui(
        ui,
        undo,
        keys(Text::KeysUndo),
        Command::Undo,
        words,
        commands,
    );
    item_ui(
        ui,
        redo,
        keys(Text::KeysRedo),
        Command::Redo,
        words,
        commands,
    );
    ui.separator();
    let copy = Command::CopyRows { selected: true };
    item_ui(ui, selected, keys(Text::KeysCopy), copy, words, commands);
    let all = Command::SelectAll;
    item_ui(ui, open, keys(Text::KeysSelectAll), all, words, commands);
    item_ui(ui, open, "", Command::SelectFront, words, commands);
    item_ui(ui, selected, "", Command::ClearSelection, words, commands);
}

fn view_menu_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    for panel in Panel::ALL {
        if ui.button(words.get(title(panel))).clicked() {
            commands.push(Command::ShowPanel { panel });
        }
    }
    ui.separator();
    for theme in Theme::ALL {
        let command = Command::SetTheme { theme };
        let chosen = state.preferences.theme == theme;
        if ui.radio(chosen, command_name(&command, words)).clicked() {
            commands.push(command);
        }
    }
    ui.separator();
    for language in Language::ALL {
        let command = Command::SetLanguage { language };
        let chosen = state.preferences.language == language;
        if ui.radio(chosen, command_name(&command, words)).clicked() {
            commands.push(command);
        }
    }
    ui.separator();
    let mut points = state.preferences.font_size;
    let slider = Slider::new(&mut points, 8.0..=32.0)
        .step_by(1.0)
        .text(words.get(Text::FontSize));
    if ui.add(slider).changed() {
        commands.push(Command::SetFontSize { points });
    }
}

/// The line of status: tasks, or what is open.
pub fn status_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    ui.horizontal(|ui| {
        if let Some(task) = state.tasks.first() {
            task_ui(ui, task, words, &mut commands);
        } else if let Some(results) = &state.results {
            let counts = results.counts();
            let (feasible, all) = (
                numbers::count(counts.feasible),
                numbers::count(counts.candidates),
            );
            match results.is_ranked() {
                true => ui.label(words.fill(Text::Feasible, &[&feasible, &all])),
                false => ui.label(words.get(Text::NotRanked)),
            };
        } else {
            ui.weak(words.get(Text::NothingToDo));
        }
        if let Some(error) = state.question_error.as_ref().or(state.table_error.as_ref()) {
            ui.colored_label(look::error(ui), error);
        }
    });
    commands
}

/// The tour: three steps beside the panels, until it is ended.
pub fn tour_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    ui.horizontal_wrapped(|ui| {
        for (panel, text) in [
            (Panel::Objectives, Text::TourObjectives),
            (Panel::Candidates, Text::TourCandidates),
            (Panel::Pareto, Text::TourPareto),
        ] {
            if ui.link(words.get(text)).clicked() {
                commands.push(Command::ShowPanel { panel });
            }
        }
        if ui.button(words.get(Text::EndTour)).clicked() {
            commands.push(Command::EndTour);
        }
    });
    commands
}
