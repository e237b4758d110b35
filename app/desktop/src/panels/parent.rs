//! What the selected candidate was made of, and its parent's structure.

use crate::texts::Words;
use crate::texts::generate::{Text, measure};
use egui::Ui;
use workbench::{Command, Measure, State};

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
            let known = [Measure::Ions, Measure::Metals].into_iter();
            let mut known = known.map(|known| (known.to_string(), words.get(measure(known))));
            let told = known.find(|(name, _)| *name == parent.measure);
            let told = told.map_or(parent.measure.as_str(), |(_, told)| told);
            ui.weak(words.fill(Text::ParentLikely, &[&parent.probability, &told]));
        }
        if ui.button(words.get(Text::ShowParent)).clicked() {
            commands.push(Command::ShowParent { prototype: None });
        }
    });
}
