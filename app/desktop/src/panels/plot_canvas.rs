//! The plane of the plot: drawing what the workbench laid out, moving about in it, selecting in it.

use super::drawing::{draw, textures};
use crate::numbers;
use crate::texts::{Text, Words};
use egui::{
    EventFilter, Id, Key, Modifiers, Pos2, Rect, Sense, Shape, Stroke, TextureHandle, Ui, Vec2,
    WidgetInfo, pos2,
};
use std::sync::Arc;
use workbench::chart::{self, Chart, PlotRange, Scale};
use workbench::{Command, Points, PointsKey, Results, SelectMode, State};

/// What dragging does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    #[default]
    Move,
    /// A rectangle selects.
    Brush,
    /// A line drawn around points selects them.
    Lasso,
}

const TOOL: &str = "plot tool";
const VIEW: &str = "plot view";

/// The tool that is chosen.
pub fn tool(ui: &Ui) -> Tool {
    ui.data(|data| data.get_temp(Id::unique(TOOL)))
        .unwrap_or_default()
}

/// Chooses a tool.
pub fn set_tool(ui: &Ui, tool: Tool) {
    ui.data_mut(|data| data.insert_temp(Id::unique(TOOL), tool));
}

/// The part that is shown, of which points, and on which scales.
type View = (String, String, bool, bool, PlotRange);

/// Shows all points again.
pub fn whole_range(ui: &Ui) {
    ui.data_mut(|data| data.remove::<View>(Id::unique(VIEW)));
}

/// The part that is shown, where it is not all.
pub fn shown_range(ui: &Ui, points: &Points) -> Option<PlotRange> {
    let (x, y, x_log, y_log, range) = ui.data(|data| data.get_temp::<View>(Id::unique(VIEW)))?;
    let same = (&x, &y, x_log, y_log) == (&points.key.x, &points.key.y, points.x_log, points.y_log);
    same.then_some(range)
}

fn set_range(ui: &Ui, points: &Points, range: PlotRange) {
    let PointsKey { x, y, .. } = points.key.clone();
    let view: View = (x, y, points.x_log, points.y_log, range);
    ui.data_mut(|data| data.insert_temp(Id::unique(VIEW), view));
}

/// A layout is kept as long as nothing that it depends on changes.
#[derive(Clone)]
struct Laid {
    points: Arc<Points>,
    selection: Arc<Vec<u32>>,
    range: PlotRange,
    size: Vec2,
    dark: bool,
    chart: Arc<Chart>,
    textures: Vec<TextureHandle>,
}

/// Draws the plot into what is left of the panel.
pub fn canvas_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    points: &Arc<Points>,
    words: Words,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let size = ui.available_size().max(egui::vec2(120.0, 90.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let laid = laid_out(ui, state, points, size);
    let frame = laid.chart.frame;
    response.widget_info(|| {
        let text = words.fill(
            Text::PlotName,
            &[
                &points.y_column.name,
                &points.x_column.name,
                &points.rows.len(),
                &points.front.len(),
            ],
        );
        WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    let corner = |place: [f32; 2]| rect.min + Vec2::from(place);
    let inner = Rect::from_min_max(corner(frame.min), corner(frame.max));
    draw(
        ui,
        rect,
        inner,
        &laid.chart.drawing,
        &laid.textures,
        laid.dark,
    );
    if response.has_focus() {
        let stroke = ui.visuals().selection.stroke;
        let painter = ui.painter();
        painter.rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
    let place = |at: Pos2| [at.x - rect.min.x, at.y - rect.min.y];
    zoom(ui, &response, points, &laid, place);
    if response.has_focus() {
        commands.extend(keys(ui, state, &response, points, &laid));
    }
    if response.double_clicked() {
        whole_range(ui);
    } else if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        let hit = chart::nearest(points, &frame, place(at));
        let rows = hit.map(|at| points.rows[at as usize]).into_iter().collect();
        commands.push(select(ui, rows));
    }
    match tool(ui) {
        Tool::Move if response.dragged() => {
            move_by(ui, points, &laid, response.drag_delta().into());
        }
        Tool::Move => {}
        tool => commands.extend(draw_around(ui, &response, tool, rect, points, &laid)),
    }
    if let Some(at) = response.hover_pos().filter(|_| !response.dragged())
        && let Some(hit) = chart::nearest(points, &frame, place(at))
    {
        response.on_hover_ui_at_pointer(|ui| hover_ui(ui, results, points, hit as usize));
    }
    commands
}

fn hover_ui(ui: &mut Ui, results: &Results, points: &Points, hit: usize) {
    let row = points.rows[hit];
    ui.strong(results.formula(row));
    for column in [&points.x_column, &points.y_column] {
        let value = numbers::text(results.value(column, row));
        ui.label([column.name.as_str(), "  ", &value, " ", &column.unit].concat());
    }
}

/// The selection of some rows by a click or a line drawn around them, as the keys held ask for it.
pub fn select(ui: &Ui, rows: Vec<u32>) -> Command {
    let modifiers = ui.input(|input| input.modifiers);
    let mode = if modifiers.command {
        SelectMode::Toggle
    } else if modifiers.shift {
        SelectMode::Add
    } else {
        SelectMode::Replace
    };
    let rows = Arc::new(rows);
    Command::Select { rows, mode }
}

/// A range that numbers can still tell apart, and that is the right way round.
fn set_checked(ui: &Ui, points: &Points, range: PlotRange) {
    let fine = |log: bool, [low, high]: [f64; 2]| {
        let scale = Scale::of(log);
        let (low, high) = (scale.along(low), scale.along(high));
        low.is_finite()
            && high.is_finite()
            && high - low > 1e-9 * low.abs().max(high.abs())
            && high - low < 1e12
    };
    if fine(points.x_log, range.x) && fine(points.y_log, range.y) {
        set_range(ui, points, range);
    }
}

/// What the keyboard does while the plot has it: arrows move, + and − zoom, Home shows all, and the page keys go from one
/// candidate of the front to the next.
fn keys(
    ui: &Ui,
    state: &State,
    response: &egui::Response,
    points: &Points,
    laid: &Laid,
) -> Option<Command> {
    const STEP: f32 = 40.0;
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let frame = &laid.chart.frame;
    let centre = [0, 1].map(|axis| (frame.min[axis] + frame.max[axis]) / 2.0);
    for (key, by) in [
        (Key::ArrowLeft, [STEP, 0.0]),
        (Key::ArrowRight, [-STEP, 0.0]),
        (Key::ArrowUp, [0.0, STEP]),
        (Key::ArrowDown, [0.0, -STEP]),
    ] {
        if pressed(key) {
            move_by(ui, points, laid, by);
        }
    }
    for (key, factor) in [(Key::Plus, 0.8), (Key::Equals, 0.8), (Key::Minus, 1.25)] {
        if pressed(key) {
            zoom_by(ui, points, laid, centre, factor);
        }
    }
    if pressed(Key::Home) {
        whole_range(ui);
    }
    let (next, previous) = (pressed(Key::PageDown), pressed(Key::PageUp));
    if !(next || previous) || points.front.is_empty() {
        return None;
    }
    let row = |place: usize| points.rows[points.front[place] as usize];
    let last = points.front.len() - 1;
    let at = (0..=last).find(|&place| state.is_selected(row(place)));
    let to = match at {
        None if next => 0,
        None => last,
        Some(at) if next => (at + 1).min(last),
        Some(at) => at.saturating_sub(1),
    };
    let rows = Arc::new(vec![row(to)]);
    let mode = SelectMode::Replace;
    Some(Command::Select { rows, mode })
}

/// Moves what is shown along with the pointer.
fn move_by(ui: &Ui, points: &Points, laid: &Laid, [x, y]: [f32; 2]) {
    let frame = &laid.chart.frame;
    let moved = |at: [f32; 2]| [at[0] - x, at[1] - y];
    let [x0, y0] = frame.values(moved([frame.min[0], frame.max[1]]));
    let [x1, y1] = frame.values(moved([frame.max[0], frame.min[1]]));
    let range = PlotRange {
        x: [x0, x1],
        y: [y0, y1],
    };
    set_checked(ui, points, range);
}

fn zoom(
    ui: &Ui,
    response: &egui::Response,
    points: &Points,
    laid: &Laid,
    place: impl Fn(Pos2) -> [f32; 2],
) {
    let Some(at) = response.hover_pos() else {
        return;
    };
    let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
    let factor = (-scroll * 0.004).exp() / pinch;
    if (factor - 1.0).abs() < 1e-4 {
        return;
    }
    zoom_by(ui, points, laid, place(at), factor);
}

/// Shows `factor` times as much, around a place that stays where it is.
fn zoom_by(ui: &Ui, points: &Points, laid: &Laid, [x, y]: [f32; 2], factor: f32) {
    let frame = &laid.chart.frame;
    let [x0, y0] = frame.values([
        x + (frame.min[0] - x) * factor,
        y + (frame.max[1] - y) * factor,
    ]);
    let [x1, y1] = frame.values([
        x + (frame.max[0] - x) * factor,
        y + (frame.min[1] - y) * factor,
    ]);
    set_checked(
        ui,
        points,
        PlotRange {
            x: [x0, x1],
            y: [y0, y1],
        },
    );
}

/// Brush and lasso: the line that is being drawn, and the selection when it is done.
fn draw_around(
    ui: &Ui,
    response: &egui::Response,
    tool: Tool,
    rect: Rect,
    points: &Points,
    laid: &Laid,
) -> Option<Command> {
    let id = response.id.with("drawn around");
    let mut line: Vec<Pos2> = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    if response.drag_started() {
        line.clear();
    }
    if let Some(at) = response
        .interact_pointer_pos()
        .filter(|_| response.dragged())
    {
        if line.last().is_none_or(|last| last.distance(at) > 2.0) {
            line.push(at);
        }
        let stroke = Stroke::new(1.5, ui.visuals().selection.stroke.color);
        let outline = outline(tool, &line);
        ui.painter_at(rect).add(Shape::closed_line(outline, stroke));
    }
    let done = response.drag_stopped();
    let around = if done {
        outline(tool, &line)
    } else {
        Vec::new()
    };
    if done {
        line.clear();
    }
    ui.data_mut(|data| data.insert_temp(id, line));
    if around.len() < 3 {
        return None;
    }
    let frame = &laid.chart.frame;
    let around: Vec<[f32; 2]> = around
        .iter()
        .map(|p| [p.x - rect.min.x, p.y - rect.min.y])
        .collect();
    Some(select(ui, chart::rows_inside(points, frame, &around)))
}

/// The corners of what was drawn: of a rectangle from the first point to the last, or the line itself.
fn outline(tool: Tool, line: &[Pos2]) -> Vec<Pos2> {
    match (tool, line.first(), line.last()) {
        (Tool::Brush, Some(&a), Some(&b)) if a != b => {
            vec![a, pos2(b.x, a.y), b, pos2(a.x, b.y)]
        }
        (Tool::Lasso, ..) => line.to_vec(),
        _ => Vec::new(),
    }
}

fn laid_out(ui: &Ui, state: &State, points: &Arc<Points>, size: Vec2) -> Laid {
    let id = Id::unique("plot laid out");
    let range = shown_range(ui, points).unwrap_or_else(|| chart::full_range(points));
    let selection = state.project.selection.clone();
    let dark = ui.visuals().dark_mode;
    let known = ui.data(|data| data.get_temp::<Laid>(id));
    if let Some(known) = known
        && Arc::ptr_eq(&known.points, points)
        && Arc::ptr_eq(&known.selection, &selection)
        && (known.range, known.size, known.dark) == (range, size, dark)
    {
        return known;
    }
    let text = ui.text_style_height(&egui::TextStyle::Small);
    let chart = chart::marks(points, range, &selection, size.into(), text);
    let textures = textures(ui, &chart.drawing, dark);
    let laid = Laid {
        points: points.clone(),
        selection,
        range,
        size,
        dark,
        chart: Arc::new(chart),
        textures,
    };
    ui.data_mut(|data| data.insert_temp(id, laid.clone()));
    laid
}
