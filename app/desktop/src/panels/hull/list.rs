//! The points of a hull as a table: for reading, and for whoever cannot see the plot.

use super::super::plot_canvas::select;
use super::canvas::{above_text, energy_text, look_at, point_at, source_text};
use crate::texts::Words;
use crate::texts::hull::Text;
use egui::{CollapsingHeader, Grid, Ui};
use workbench::{Command, HullPlot, State};

/// Points that are listed; all of them stand in the exported table.
const LISTED: usize = 400;

/// Draws the table, closed at first.
pub fn list_ui(
    ui: &mut Ui,
    state: &State,
    plot: &HullPlot,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let title = words.fill(Text::HullTable, &[&plot.points.len()]);
    let header = CollapsingHeader::new(title).id_salt("hull table");
    header.show(ui, |ui| {
        egui::ScrollArea::horizontal().show(ui, |ui| {
            Grid::new("hull points")
                .num_columns(5)
                .striped(true)
                .show(ui, |ui| {
                    for text in [
                        Text::HullFormula,
                        Text::HullFormation,
                        Text::HullAbove,
                        Text::HullDecomposition,
                        Text::HullSource,
                    ] {
                        ui.strong(words.get(text));
                    }
                    ui.end_row();
                    // The stable ones and the candidates first.
                    let mut order: Vec<usize> = (0..plot.points.len()).collect();
                    order.sort_by_key(|&at| {
                        let point = &plot.points[at];
                        (!point.is_stable, point.row().is_none(), at)
                    });
                    for at in order.into_iter().take(LISTED) {
                        line_ui(ui, state, plot, at, words, commands);
                    }
                });
        });
    });
}

fn line_ui(
    ui: &mut Ui,
    state: &State,
    plot: &HullPlot,
    at: usize,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let point = &plot.points[at];
    let chosen = match point.row() {
        Some(row) => state.is_selected(row),
        None => point_at(ui, plot) == Some(at),
    };
    if ui.selectable_label(chosen, &point.formula).clicked() {
        look_at(ui, plot, Some(at));
        commands.extend(point.row().map(|row| select(ui, vec![row])));
    }
    ui.label(energy_text(point));
    ui.label(above_text(point, words));
    let parts = match point.is_stable {
        true => String::new(),
        false => point.decomposition_text(),
    };
    ui.label(parts);
    ui.weak(source_text(point, words));
    ui.end_row();
}
