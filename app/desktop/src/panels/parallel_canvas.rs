//! The plane of the parallel axes: drawing the lines, selecting along an axis, moving and turning axes.

use super::drawing::{draw, textures};
use super::parallel::{flip, move_to};
use super::plot_canvas::select;
use crate::numbers;
use crate::texts::{Text, Words};
use egui::{Id, Pos2, Rect, Response, Sense, Stroke, TextureHandle, Ui, Vec2, WidgetInfo, pos2};
use std::collections::BTreeMap;
use std::sync::Arc;
use workbench::chart::{self, ParallelChart};
use workbench::{Command, Parallel, Results, State};

/// How far from an axis it is still meant.
const NEAR: f32 = 16.0;

/// Rows up to which the selection follows the pointer; with more it is made when the pointer lets go.
const AT_ONCE: usize = 50_000;

/// A layout is kept as long as nothing that it depends on changes.
#[derive(Clone)]
struct Laid {
    parallel: Arc<Parallel>,
    selection: Arc<Vec<u32>>,
    brushes: BTreeMap<String, [f64; 2]>,
    size: Vec2,
    dark: bool,
    chart: Arc<ParallelChart>,
    textures: Vec<TextureHandle>,
}

/// What the pointer is dragging.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    /// An axis by its name.
    Axis(usize),
    /// Along an axis, from a share of it.
    Range(usize, f32),
}

/// Draws the plot into what is left of the panel.
pub fn canvas_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    parallel: &Arc<Parallel>,
    words: Words,
) -> Vec<Command> {
    let size = ui.available_size().max(egui::vec2(160.0, 120.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let laid = laid_out(ui, state, parallel, size);
    response.widget_info(|| {
        let names = parallel.axes.iter().map(|axis| axis.column.name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        let text = words.fill(Text::ParallelName, &[&parallel.rows.len(), &names]);
        WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    draw(
        ui,
        rect,
        rect,
        &laid.chart.drawing,
        &laid.textures,
        laid.dark,
    );
    if response.has_focus() {
        let stroke = ui.visuals().selection.stroke;
        ui.painter()
            .rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
    let mut commands = Vec::new();
    commands.extend(dragged(ui, state, &response, rect, parallel, &laid.chart));
    let place = |at: Pos2| [at.x - rect.min.x, at.y - rect.min.y];
    if let Some(at) = response.interact_pointer_pos().map(place)
        && response.clicked()
    {
        commands.extend(clicked(ui, state, &response, at, parallel, &laid.chart));
    }
    if let Some(at) = response.hover_pos().map(place)
        && !response.dragged()
    {
        hover_ui(&response, results, parallel, &laid.chart, at, words);
    }
    commands
}

fn clicked(
    ui: &Ui,
    state: &State,
    response: &Response,
    at: [f32; 2],
    parallel: &Parallel,
    chart: &ParallelChart,
) -> Option<Command> {
    let axis = chart.axis_at(at[0]);
    if at[1] < chart.top {
        let turned = response.double_clicked();
        return turned.then(|| flip(state, parallel, &parallel.axes[axis]));
    }
    let name = &parallel.axes[axis].column.name;
    let on_axis = (chart.axes[axis] - at[0]).abs() < 0.5 * NEAR;
    if on_axis && state.project.parallel.brushes.contains_key(name) {
        return Some(Command::BrushAxis {
            column: name.clone(),
            range: None,
        });
    }
    let line = chart.nearest(parallel, at);
    let rows = line.map(|at| parallel.rows[at as usize]);
    Some(select(ui, rows.into_iter().collect()))
}

/// Selecting along an axis, and moving an axis by its name.
fn dragged(
    ui: &Ui,
    state: &State,
    response: &Response,
    rect: Rect,
    parallel: &Parallel,
    chart: &ParallelChart,
) -> Option<Command> {
    let id = response.id.with("dragged");
    let at = response.interact_pointer_pos()? - rect.min;
    if response.drag_started() {
        let from = ui.input(|input| input.pointer.press_origin())? - rect.min;
        let axis = chart.axis_at(from.x);
        let drag = match from.y < chart.top {
            true => Some(Drag::Axis(axis)),
            false if (chart.axes[axis] - from.x).abs() <= NEAR => {
                Some(Drag::Range(axis, chart.share(from.y)))
            }
            false => None,
        };
        ui.data_mut(|data| data.insert_temp(id, drag));
    }
    let drag: Option<Drag> = ui.data(|data| data.get_temp(id)).flatten();
    let done = response.drag_stopped();
    if done {
        ui.data_mut(|data| data.insert_temp::<Option<Drag>>(id, None));
    }
    let line = |from: [f32; 2], to: [f32; 2]| {
        let stroke = Stroke::new(3.0, ui.visuals().selection.stroke.color);
        let corner = |[x, y]: [f32; 2]| pos2(rect.min.x + x, rect.min.y + y);
        ui.painter_at(rect)
            .line_segment([corner(from), corner(to)], stroke);
    };
    match drag? {
        Drag::Axis(from) => {
            let to = chart.axis_at(at.x);
            line([at.x, chart.top], [at.x, chart.bottom]);
            let name = |axis: usize| Some(parallel.axes.get(axis)?.column.name.as_str());
            (done && from != to)
                .then(|| move_to(state, parallel, name(from)?, name(to)?))
                .flatten()
        }
        Drag::Range(axis, from) => {
            let to = chart.share(at.y);
            let x = *chart.axes.get(axis)?;
            line([x, chart.height(from)], [x, chart.height(to)]);
            let column = &parallel.axes.get(axis)?.column;
            let ends = [from, to].map(|share| parallel.axes[axis].value(share));
            let wanted = done || (response.dragged() && parallel.rows.len() <= AT_ONCE);
            (wanted && from != to).then(|| Command::BrushAxis {
                column: column.name.clone(),
                range: Some([ends[0].min(ends[1]), ends[0].max(ends[1])]),
            })
        }
    }
}

fn hover_ui(
    response: &Response,
    results: &Results,
    parallel: &Parallel,
    chart: &ParallelChart,
    at: [f32; 2],
    words: Words,
) {
    let response = response.clone();
    if at[1] < chart.top {
        let axis = &parallel.axes[chart.axis_at(at[0])];
        response.on_hover_ui_at_pointer(|ui| {
            ui.strong(super::candidates::label(&axis.column, words));
            ui.label(&axis.column.summary);
            ui.weak(words.get(Text::ParallelHelp));
        });
    } else if let Some(line) = chart.nearest(parallel, at) {
        let row = parallel.rows[line as usize];
        response.on_hover_ui_at_pointer(|ui| {
            ui.strong(results.formula(row));
            for axis in &parallel.axes {
                let value = results.value(&axis.column, row);
                let text = match value.mean.is_nan() {
                    true => words.get(Text::NotKnown).to_owned(),
                    false => [&numbers::text(value), " ", &axis.column.unit].concat(),
                };
                ui.label([axis.column.name.as_str(), "  ", &text].concat());
                if value.mean.is_nan() {
                    for note in results.notes_of(&axis.column, row) {
                        ui.weak(note);
                    }
                }
            }
        });
    }
}

fn laid_out(ui: &Ui, state: &State, parallel: &Arc<Parallel>, size: Vec2) -> Laid {
    let id = Id::unique("parallel axes laid out");
    let (selection, brushes) = (&state.project.selection, &state.project.parallel.brushes);
    let dark = ui.visuals().dark_mode;
    let known = ui.data(|data| data.get_temp::<Laid>(id));
    if let Some(known) = known
        && Arc::ptr_eq(&known.parallel, parallel)
        && Arc::ptr_eq(&known.selection, selection)
        && (&known.brushes, known.size, known.dark) == (brushes, size, dark)
    {
        return known;
    }
    let text = ui.text_style_height(&egui::TextStyle::Small);
    let chart = chart::parallel_marks(parallel, brushes, selection, size.into(), text, 1.0);
    let textures = textures(ui, &chart.drawing, dark);
    let laid = Laid {
        parallel: parallel.clone(),
        selection: selection.clone(),
        brushes: brushes.clone(),
        size,
        dark,
        chart: Arc::new(chart),
        textures,
    };
    ui.data_mut(|data| data.insert_temp(id, laid.clone()));
    laid
}
