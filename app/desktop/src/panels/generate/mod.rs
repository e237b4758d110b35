//! Candidates out of structure types: which types, which elements, how likely, and what came of it.

mod form;
mod results;

use super::tasks::task_ui;
use crate::look;
use crate::texts::Words;
use crate::texts::generate::Text;
use egui::Ui;
use workbench::{Command, State, TaskKind};

/// Draws the panel.
pub fn generate_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    if state.generated.prototypes.is_none() && !state.is_busy(TaskKind::Prototypes) {
        commands.push(Command::ListPrototypes);
    }
    let own = |kind| matches!(kind, TaskKind::Generate | TaskKind::WriteGenerated);
    for task in state.tasks.iter().filter(|task| own(task.kind)) {
        task_ui(ui, task, words, &mut commands);
    }
    if let Some(error) = &state.generated.error {
        ui.colored_label(look::error(ui), error);
    }
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            if state.generated.view.is_none() {
                ui.weak(words.get(Text::GenerateWhat));
            }
            form::form_ui(ui, state, words, &mut commands);
            results::results_ui(ui, state, words, &mut commands);
        });
    commands
}

/// What the palette calls the commands about candidates that are made.
pub fn generate_text(command: &Command) -> Option<Text> {
    Some(match command {
        Command::ScreenGenerated { .. } => Text::GenerateScreen,
        Command::ShowParent { .. } => Text::ShowParent,
        Command::ShowCandidate => Text::ShowCandidate,
        _ => return None,
    })
}
