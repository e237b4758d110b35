//! The structure of the selected candidate.

use crate::texts::{Text, Words};
use egui::Ui;
use workbench::{Command, State};

/// Draws the panel.
pub fn structure_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    ui.weak(Words(state.preferences.language).get(Text::NoStructure));
    Vec::new()
}
