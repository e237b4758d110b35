//! The structure of the selected candidate, of its parent, or of the trajectory that is looked at, drawn by the viewer.

use super::parent::parent_ui;
use crate::look;
use crate::texts::{Text, Words};
use egui::{Id, Ui};
use viewer::{Change, PictureJob, Shown};
use workbench::{Command, State};

/// Draws the panel. A picture that was asked for waits in [`take_picture`].
pub fn structure_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    parent_ui(ui, state, words, &mut commands);
    let viewed = match state.viewed() {
        None => {
            ui.weak(words.get(match state.structure {
                None => Text::NothingSelected,
                Some(_) => Text::NoStructure,
            }));
            return commands;
        }
        Some(Err(error)) => {
            ui.colored_label(look::error(ui), error);
            return commands;
        }
        Some(Ok(viewed)) => viewed,
    };
    let shown = Shown {
        structure: viewed.structure,
        series: viewed.series,
        has_sizes_alone: viewed.has_sizes_alone,
        style: &state.project.structure_style,
        language: state.preferences.language,
    };
    for change in viewer::structure_ui(ui, &shown) {
        match change {
            Change::Style(style) => commands.push(Command::SetStructureStyle { style }),
            Change::Picture(job) => {
                ui.data_mut(|data| data.insert_temp(picture(), Some(*job)));
            }
        }
    }
    commands
}

fn picture() -> Id {
    Id::unique("picture of a structure")
}

/// The picture that was asked for in the panel, once.
pub fn take_picture(ctx: &egui::Context) -> Option<PictureJob> {
    ctx.data_mut(|data| data.remove_temp::<Option<PictureJob>>(picture()))
        .flatten()
}
