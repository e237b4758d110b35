//! The command palette: every command that needs nothing more, found by typing a part of its name.

use crate::layout::title;
use crate::panels::{campaign_name, colour_name, generate_text, hull_name, relaxation_text};
use crate::start::challenge_texts;
use crate::texts::{Text, Words};
use egui::{Id, Key, Modal, TextEdit, Ui};
use std::path::PathBuf;
use workbench::{Command, Language, Theme, in_text, read_system};

/// The palette, open or not.
#[derive(Default)]
pub struct Palette {
    open: bool,
    /// It was opened in this frame, and wants the keyboard.
    opened: bool,
    text: String,
    at: usize,
}

impl Palette {
    /// Opens it, or closes it where it is open.
    pub fn toggle(&mut self) {
        *self = Self {
            open: !self.open,
            opened: !self.open,
            ..Self::default()
        };
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws it over the window; the command that was chosen.
    pub fn ui(&mut self, ui: &mut Ui, words: Words, recent: &[PathBuf]) -> Option<Command> {
        if !self.open {
            return None;
        }
        let found = self.found(words, recent);
        let mut chosen = None;
        let modal = Modal::new(Id::unique("palette")).show(ui.ctx(), |ui| {
            ui.set_width(460.0);
            let (up, down, enter) = ui.input_mut(|input| {
                (
                    input.consume_key(egui::Modifiers::NONE, Key::ArrowUp),
                    input.consume_key(egui::Modifiers::NONE, Key::ArrowDown),
                    input.key_pressed(Key::Enter),
                )
            });
            let edit = TextEdit::singleline(&mut self.text)
                .hint_text(words.get(Text::PaletteHint))
                .desired_width(f32::INFINITY);
            let edit = ui.add(edit).accessible_name(words.get(Text::Palette));
            if std::mem::take(&mut self.opened) {
                edit.request_focus();
            }
            if edit.changed() {
                self.at = 0;
            }
            self.at = match (up, down) {
                (true, _) => self.at.saturating_sub(1),
                (_, true) => self.at + 1,
                _ => self.at,
            }
            .min(found.len().saturating_sub(1));
            egui::ScrollArea::vertical()
                .max_height(360.0)
                .show(ui, |ui| {
                    for (place, (name, command)) in found.iter().enumerate() {
                        let line = ui.selectable_label(place == self.at, name);
                        if place == self.at && (up || down) {
                            line.scroll_to_me(None);
                        }
                        if line.clicked() || (enter && place == self.at) {
                            chosen = Some(command.clone());
                        }
                    }
                });
        });
        if chosen.is_some() || modal.should_close() {
            *self = Self::default();
        }
        chosen
    }

    fn found(&self, words: Words, recent: &[PathBuf]) -> Vec<(String, Command)> {
        let wanted = self.text.to_lowercase();
        let parts: Vec<&str> = wanted.split_whitespace().collect();
        let recent = recent.iter().map(|path| Command::Open {
            path: Some(path.clone()),
        });
        let all = Command::palette().into_iter().chain(recent);
        // A system that is typed, Fe-N, is one whose hull may be meant.
        let hull = self.text.contains('-').then(|| read_system(&self.text));
        let hull = hull.and_then(Result::ok).map(|elements| {
            let system = in_text(&elements);
            let command = Command::SetHullSystem { system };
            (command_name(&command, words), command)
        });
        let named = all.map(|command| (command_name(&command, words), command));
        let holds = |name: &str, command: &Command| {
            let name = name.to_lowercase();
            let own = command.name();
            parts
                .iter()
                .all(|part| name.contains(part) || own.contains(part))
        };
        hull.into_iter()
            .chain(named.filter(|(name, command)| holds(name, command)))
            .collect()
    }
}

/// What the window calls a command.
pub fn command_name(command: &Command, words: Words) -> String {
    if let Some(text) = relaxation_text(command) {
        return words.get(text).to_owned();
    }
    let of_panel = campaign_name(command, words).or_else(|| hull_name(command, words));
    if let Some(name) = of_panel {
        return name;
    }
    if let Some(text) = generate_text(command) {
        return words.get(text).to_owned();
    }
    let text = match command {
        Command::OpenChallenge { challenge } => {
            let name = words.get(challenge_texts(*challenge).0);
            return words.fill(Text::OpenNamed, &[&name]);
        }
        Command::ShowPanel { panel } => {
            return words.fill(Text::ShowNamed, &[&words.get(title(*panel))]);
        }
        Command::ColourElements { by } => {
            return words.fill(Text::ColourElementsBy, &[&words.get(colour_name(*by))]);
        }
        Command::ExportParallel { .. }
        | Command::SetParallelAxes { axes: None }
        | Command::ClearBrushes => {
            let text = match command {
                Command::ExportParallel { .. } => Text::ExportParallel,
                Command::ClearBrushes => Text::ClearBrushes,
                _ => Text::DefaultAxes,
            };
            return words.fill(Text::OfParallel, &[&words.get(text)]);
        }
        Command::ExportTable { selected: true, .. } => Text::ExportSelected,
        Command::ExportTable { .. } => Text::ExportShown,
        Command::CopyRows { selected: true } => Text::CopySelected,
        Command::CopyRows { .. } => Text::CopyShown,
        Command::SetLanguage { language } => match language {
            Language::English => Text::English,
            Language::Japanese => Text::Japanese,
        },
        Command::SetTheme { theme } => match theme {
            Theme::Light => Text::Light,
            Theme::Dark => Text::Dark,
            Theme::System => Text::AsSystem,
        },
        Command::OpenCrystals { .. } => Text::OpenCrystals,
        Command::Open { path: Some(path) } => {
            return words.fill(Text::OpenRecent, &[&path.display()]);
        }
        Command::Open { path: None } => Text::OpenFile,
        Command::Save => Text::Save,
        Command::SaveAs { .. } => Text::SaveAs,
        Command::CloseProject => Text::CloseProject,
        Command::Recover => Text::RecoverWork,
        Command::Undo => Text::Undo,
        Command::Redo => Text::Redo,
        Command::SelectAll => Text::SelectAll,
        Command::SelectFront => Text::SelectFront,
        Command::ClearSelection => Text::ClearSelection,
        Command::ClearFilters => Text::ClearFilters,
        Command::ClearElements => Text::ClearElements,
        Command::ExportPlot { .. } => Text::ExportPlot,
        Command::AddPlugin { .. } => Text::AddPlugin,
        Command::AddModel { .. } => Text::AddModel,
        Command::ExportParity { .. } => Text::ExportParity,
        Command::ExplainSelected => Text::ExplainSelected,
        Command::CancelAll => Text::CancelAll,
        Command::ClearLog => Text::ClearLog,
        other => return other.name().replace('_', " "),
    };
    words.get(text).to_owned()
}
