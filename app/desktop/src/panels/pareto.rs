//! Two properties against each other: the trade-off, its front, and what the front dominates.

use super::candidates::label;
use super::drawing::legend_ui;
use super::plot_canvas::{Tool, canvas_ui, shown_range, tool, whole_range};
use crate::numbers;
use crate::texts::{Text, Words};
use egui::{ComboBox, Ui};
use workbench::chart::symbol;
use workbench::{Column, Command, Points, Results, State, TaskKind};

/// Draws the panel.
pub fn pareto_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    let (Some(results), Some(points)) = (&state.results, &state.points) else {
        if state.project.source.is_some() && state.table_error.is_none() {
            ui.spinner();
        } else {
            ui.weak(words.get(Text::NothingOpen));
        }
        return commands;
    };
    axes_ui(ui, results, points, words, &mut commands);
    tools_ui(ui, state, points, words, &mut commands);
    commands.extend(canvas_ui(ui, state, results, points, words));
    commands
}

fn axes_ui(
    ui: &mut Ui,
    results: &Results,
    points: &Points,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        let width = (ui.available_width() / 2.0 - 100.0).clamp(90.0, 260.0);
        for (text, log_text, column, log, is_x) in [
            (
                Text::AxisX,
                Text::LogX,
                &points.x_column,
                points.x_log,
                true,
            ),
            (
                Text::AxisY,
                Text::LogY,
                &points.y_column,
                points.y_log,
                false,
            ),
        ] {
            let mut chosen = column.name.clone();
            axis_choice_ui(ui, results, column, &mut chosen, width, words, text);
            if chosen != column.name {
                let chosen = Some(chosen);
                commands.push(match is_x {
                    true => Command::SetAxes { x: chosen, y: None },
                    false => Command::SetAxes { x: None, y: chosen },
                });
            }
            let mut changed = log;
            if ui.checkbox(&mut changed, words.get(log_text)).changed() {
                let changed = Some(changed);
                commands.push(match is_x {
                    true => Command::SetAxisScales {
                        x_log: changed,
                        y_log: None,
                    },
                    false => Command::SetAxisScales {
                        x_log: None,
                        y_log: changed,
                    },
                });
            }
        }
    });
}

fn axis_choice_ui(
    ui: &mut Ui,
    results: &Results,
    column: &Column,
    chosen: &mut String,
    width: f32,
    words: Words,
    name: Text,
) {
    let combo = ComboBox::from_id_salt(name)
        .width(width)
        .truncate()
        .selected_text(label(column, words))
        .show_ui(ui, |ui| {
            for column in results.columns().iter().filter(|c| c.is_number) {
                ui.selectable_value(chosen, column.name.clone(), label(column, words));
            }
        });
    combo.response.accessible_name(words.get(name));
}

fn tools_ui(
    ui: &mut Ui,
    state: &State,
    points: &Points,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        let mut chosen = tool(ui);
        for (choice, text, help) in [
            (Tool::Move, Text::ToolMove, Text::ToolMoveHelp),
            (Tool::Brush, Text::ToolBrush, Text::ToolBrushHelp),
            (Tool::Lasso, Text::ToolLasso, Text::ToolLassoHelp),
        ] {
            ui.selectable_value(&mut chosen, choice, words.get(text))
                .on_hover_text(words.get(help));
        }
        super::plot_canvas::set_tool(ui, chosen);
        if ui.button(words.get(Text::WholeRange)).clicked() {
            whole_range(ui);
        }
        if ui.button(words.get(Text::SelectFront)).clicked() {
            commands.push(Command::SelectFront);
        }
        if ui.button(words.get(Text::ExportPlot)).clicked() {
            commands.push(Command::ExportPlot {
                path: None,
                range: shown_range(ui, points),
            });
        }
        if state.is_busy(TaskKind::Plot) {
            ui.spinner();
        }
    });
    ui.horizontal_wrapped(|ui| {
        legend_ui(ui, &[symbol(points)], words);
        let count = numbers::count(points.rows.len());
        ui.weak(words.fill(Text::PointCount, &[&count]));
        if !points.front.is_empty() {
            let front = numbers::count(points.front.len());
            ui.weak(words.fill(Text::FrontCount, &[&front]));
        }
        if points.missing > 0 {
            let missing = numbers::count(points.missing);
            ui.weak(words.fill(Text::PointsMissing, &[&missing]));
        }
    });
}
