//! Many properties at once: an axis each, a line a candidate.

use super::candidates::{label, lasting_menu};
use super::drawing::legend_ui;
use super::parallel_canvas::canvas_ui;
use crate::numbers;
use crate::texts::{Text, Words};
use egui::{DragValue, ScrollArea, Ui};
use workbench::chart::Symbol;
use workbench::{Command, Parallel, ParallelAxis, ParallelColumn, Results, State, TaskKind};

/// Draws the panel.
pub fn parallel_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    let (Some(results), Some(parallel)) = (&state.results, &state.parallel) else {
        if state.project.source.is_some() && state.table_error.is_none() {
            ui.spinner();
        } else {
            ui.weak(words.get(Text::NothingOpen));
        }
        return commands;
    };
    tools_ui(ui, state, results, parallel, words, &mut commands);
    axes_ui(ui, state, parallel, words, &mut commands);
    ui.horizontal_wrapped(|ui| {
        let origins = parallel.axes.iter().map(|axis| axis.column.origin);
        let shown: Vec<Symbol> = origins.map(|o| Symbol::of([o].into_iter())).collect();
        legend_ui(ui, &shown, words);
        let lines = numbers::count(parallel.rows.len());
        ui.weak(words.fill(Text::LineCount, &[&lines]));
        let front = numbers::count(parallel.front.len());
        ui.weak(words.fill(Text::OnFront, &[&front]));
        if !state.project.selection.is_empty() {
            let selected = numbers::count(state.project.selection.len());
            ui.weak(words.fill(Text::RowsSelected, &[&selected]));
        }
    });
    commands.extend(canvas_ui(ui, state, results, parallel, words));
    commands
}

/// The axes as they are shown, to be changed.
pub fn shown_axes(state: &State, parallel: &Parallel) -> Vec<ParallelAxis> {
    let names = parallel.axes.iter().map(|axis| axis.column.name.as_str());
    let by_default = || names.map(ParallelAxis::of).collect();
    state
        .project
        .parallel
        .axes
        .clone()
        .unwrap_or_else(by_default)
}

/// The command that turns an axis over.
pub fn flip(state: &State, parallel: &Parallel, axis: &ParallelColumn) -> Command {
    change(state, parallel, axis, |changed| {
        changed.flipped = Some(!axis.flipped);
    })
}

/// The command that moves an axis to the place of another.
pub fn move_to(state: &State, parallel: &Parallel, name: &str, other: &str) -> Option<Command> {
    let mut axes = shown_axes(state, parallel);
    let place = |name: &str| axes.iter().position(|axis| axis.column == name);
    let (from, to) = (place(name)?, place(other)?);
    let moved = axes.remove(from);
    axes.insert(to, moved);
    Some(Command::SetParallelAxes { axes: Some(axes) })
}

fn change(
    state: &State,
    parallel: &Parallel,
    axis: &ParallelColumn,
    change: impl Fn(&mut ParallelAxis),
) -> Command {
    let mut axes = shown_axes(state, parallel);
    let own = axes.iter_mut().filter(|a| a.column == axis.column.name);
    own.for_each(change);
    Command::SetParallelAxes { axes: Some(axes) }
}

fn tools_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    parallel: &Parallel,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        lasting_menu(words.get(Text::AddAxis)).ui(ui, |ui| {
            ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
                let is_shown = |name: &str| parallel.axes.iter().any(|a| a.column.name == name);
                let columns = results.columns().iter().filter(|c| c.is_number);
                for column in columns.filter(|c| !is_shown(&c.name)) {
                    if ui.button(label(column, words)).clicked() {
                        let mut axes = shown_axes(state, parallel);
                        axes.push(ParallelAxis::of(&column.name));
                        commands.push(Command::SetParallelAxes { axes: Some(axes) });
                    }
                }
            });
        });
        let chosen = state.project.parallel.axes.is_some();
        let brushed = !state.project.parallel.brushes.is_empty();
        for (enabled, text, command) in [
            (
                chosen,
                Text::DefaultAxes,
                Command::SetParallelAxes { axes: None },
            ),
            (brushed, Text::ClearBrushes, Command::ClearBrushes),
            (
                true,
                Text::ExportParallel,
                Command::ExportParallel { path: None },
            ),
        ] {
            let button = egui::Button::new(words.get(text));
            if ui.add_enabled(enabled, button).clicked() {
                commands.push(command);
            }
        }
        if state.is_busy(TaskKind::Parallel) {
            ui.spinner();
        }
    });
}

/// A menu for each axis: everything that the mouse does on the plot, and more.
fn axes_ui(
    ui: &mut Ui,
    state: &State,
    parallel: &Parallel,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        for (at, axis) in parallel.axes.iter().enumerate() {
            let name = &axis.column.name;
            let short = name
                .rsplit_once('.')
                .map_or(name.as_str(), |(_, short)| short);
            let (menu, _) = lasting_menu(short).ui(ui, |ui| {
                ui.strong(label(&axis.column, words));
                axis_ui(ui, state, parallel, at, words, commands);
            });
            let menu = menu.accessible_name(words.fill(Text::AxisMenu, &[name]));
            if !axis.column.summary.is_empty() {
                menu.on_hover_text(&axis.column.summary);
            }
        }
    });
}

fn axis_ui(
    ui: &mut Ui,
    state: &State,
    parallel: &Parallel,
    at: usize,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let axis = &parallel.axes[at];
    let name = &axis.column.name;
    let (mut flipped, mut log) = (axis.flipped, axis.log);
    if ui
        .checkbox(&mut flipped, words.get(Text::AxisFlipped))
        .changed()
    {
        commands.push(flip(state, parallel, axis));
    }
    if ui.checkbox(&mut log, words.get(Text::AxisLog)).changed() {
        commands.push(change(state, parallel, axis, |a| a.log = Some(log)));
    }
    let neighbours = [
        (at.checked_sub(1), Text::AxisLeft),
        (Some(at + 1), Text::AxisRight),
    ];
    for (other, text) in neighbours {
        let other = other.and_then(|other| parallel.axes.get(other));
        let button = egui::Button::new(words.get(text));
        if ui.add_enabled(other.is_some(), button).clicked()
            && let Some(other) = other
        {
            commands.extend(move_to(state, parallel, name, &other.column.name));
        }
    }
    range_ui(ui, state, axis, words, commands);
    if axis.missing > 0 {
        let missing = numbers::count(axis.missing);
        ui.weak(words.fill(Text::AxisMissing, &[&missing]));
    }
    if ui.button(words.get(Text::Remove)).clicked() {
        let mut axes = shown_axes(state, parallel);
        axes.retain(|a| a.column != *name);
        commands.push(Command::SetParallelAxes { axes: Some(axes) });
        ui.close();
    }
}

/// The range that selects, as numbers.
fn range_ui(
    ui: &mut Ui,
    state: &State,
    axis: &ParallelColumn,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let brush = state.project.parallel.brushes.get(&axis.column.name);
    let mut range = brush.copied().unwrap_or(axis.range);
    let before = range;
    let speed = (axis.range[1] - axis.range[0]).abs() / 200.0;
    ui.horizontal(|ui| {
        for (end, text) in range.iter_mut().zip([Text::AxisFrom, Text::AxisTo]) {
            let name = ui.label(words.get(text)).id;
            ui.add(DragValue::new(end).speed(speed)).labelled_by(name);
        }
    });
    if range != before {
        commands.push(Command::BrushAxis {
            column: axis.column.name.clone(),
            range: Some(range),
        });
    }
    let any = egui::Button::new(words.get(Text::AxisAnyValue));
    if ui.add_enabled(brush.is_some(), any).clicked() {
        commands.push(Command::BrushAxis {
            column: axis.column.name.clone(),
            range: None,
        });
    }
}
