//! What the selected candidate was made of, and its parent's structure.

use crate::texts::Words;
use crate::texts::generate::Text;
use egui::Ui;
use workbench::{Command, State};

/// Says what the selected candidate was made of, where it was, with a button that shows the parent or the candidate again.
pub fn parent_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    if let Some(parent) = &state.generated.parent {
        ui.horizontal_wrapped(|ui| {
            ui.strong(words.fill(
                Text::ParentShown,
                &[&parent.name, &parent.formula, &parent.symbol],
            ));
            if ui.button(words.get(Text::ShowCandidate)).clicked() {
                commands.push(Command::ShowCandidate);
            }
            ui.weak(&parent.source);
        });
        return;
    }
    let row = state.project.selection.first();
    let results = state.results.as_ref();
    let parent = row.zip(results).and_then(|(row, r)| r.parent_of(*row));
    let Some(parent) = parent else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(words.fill(
            Text::ParentIs,
            &[&parent.prototype, &parent.formula, &parent.substitution],
        ));
        if !parent.probability.is_empty() {
            ui.weak(words.fill(Text::ParentLikely, &[&parent.probability, &parent.measure]));
        }
        if ui.button(words.get(Text::ShowParent)).clicked() {
            commands.push(Command::ShowParent { prototype: None });
        }
    });
}
