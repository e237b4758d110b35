//! The plane of the plot: drawing what the workbench laid out, moving about in it, selecting in it.

use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{
    Align2, Color32, ColorImage, FontId, Id, Pos2, Rect, Sense, Shape, Stroke, TextureHandle,
    TextureOptions, Ui, Vec2, WidgetInfo, pos2,
};
use std::sync::Arc;
use workbench::chart::{self, Anchor, Chart, Density, Mark, PlotRange, Role, Scale, Symbol};
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
    texture: Option<TextureHandle>,
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
    draw(ui, rect, &laid);
    if response.has_focus() {
        let stroke = ui.visuals().selection.stroke;
        let painter = ui.painter();
        painter.rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
    let place = |at: Pos2| [at.x - rect.min.x, at.y - rect.min.y];
    zoom(ui, &response, points, &laid, place);
    if response.double_clicked() {
        whole_range(ui);
    } else if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        let hit = nearest(points, &laid.chart, place(at));
        let rows = hit.map(|at| points.rows[at]).into_iter().collect();
        commands.push(select(ui, rows));
    }
    match tool(ui) {
        Tool::Move if response.dragged() => {
            let delta = response.drag_delta();
            let moved = |at: [f32; 2]| [at[0] - delta.x, at[1] - delta.y];
            let [x0, y0] = frame.values(moved([frame.min[0], frame.max[1]]));
            let [x1, y1] = frame.values(moved([frame.max[0], frame.min[1]]));
            set_checked(
                ui,
                points,
                PlotRange {
                    x: [x0, x1],
                    y: [y0, y1],
                },
            );
        }
        Tool::Move => {}
        tool => commands.extend(draw_around(ui, &response, tool, rect, points, &laid)),
    }
    if let Some(at) = response.hover_pos().filter(|_| !response.dragged())
        && let Some(hit) = nearest(points, &laid.chart, place(at))
    {
        response.on_hover_ui_at_pointer(|ui| hover_ui(ui, results, points, hit));
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

fn select(ui: &Ui, rows: Vec<u32>) -> Command {
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

/// The point under the pointer, or near it.
fn nearest(points: &Points, chart: &Chart, [x, y]: [f32; 2]) -> Option<usize> {
    const NEAR: f32 = 8.0;
    let frame = &chart.frame;
    // Only what lies near in values is placed, so that a million points cost one comparison each.
    let [x0, y0] = frame.values([x - NEAR, y + NEAR]);
    let [x1, y1] = frame.values([x + NEAR, y - NEAR]);
    let mut best: Option<(f32, usize)> = None;
    for at in 0..points.rows.len() {
        let (px, py) = (points.x[at], points.y[at]);
        if px < x0 || px > x1 || py < y0 || py > y1 {
            continue;
        }
        let [a, b] = frame.place(px, py);
        let distance = (a - x).hypot(b - y);
        if distance <= NEAR && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, at));
        }
    }
    best.map(|(_, at)| at)
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
    let frame = &laid.chart.frame;
    let [x, y] = place(at);
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
    let inside = (0..points.rows.len()).filter(|&at| {
        let (x, y) = (points.x[at], points.y[at]);
        frame.shows(x, y) && is_inside(&around, frame.place(x, y))
    });
    Some(select(ui, inside.map(|at| points.rows[at]).collect()))
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

/// Whether a place lies inside a closed line: a ray to the right crosses it an odd number of times.
fn is_inside(line: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let mut inside = false;
    let mut before = line.len() - 1;
    for at in 0..line.len() {
        let ([ax, ay], [bx, by]) = (line[at], line[before]);
        if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
            inside = !inside;
        }
        before = at;
    }
    inside
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
    let texture = chart.density.as_ref().map(|density| {
        let image = density_image(density, dark);
        let options = TextureOptions::NEAREST;
        ui.ctx().load_texture("density", image, options)
    });
    let laid = Laid {
        points: points.clone(),
        selection,
        range,
        size,
        dark,
        chart: Arc::new(chart),
        texture,
    };
    ui.data_mut(|data| data.insert_temp(id, laid.clone()));
    laid
}

fn density_image(density: &Density, dark: bool) -> ColorImage {
    let colour = look::role(Role::Point, dark);
    let shades = density.shades();
    let pixels = shades.into_iter().map(|shade| match shade {
        Some(shade) => colour.gamma_multiply(0.15 + 0.85 * shade),
        None => Color32::TRANSPARENT,
    });
    ColorImage::new([density.columns, density.rows], pixels.collect())
}

fn draw(ui: &Ui, rect: Rect, laid: &Laid) {
    let (chart, dark) = (&laid.chart, laid.dark);
    let painter = ui.painter_at(rect);
    let is_region = |mark: &&Mark| matches!(mark, Mark::Rect { .. });
    for mark in chart.behind.iter().filter(is_region) {
        draw_mark(ui, &painter, rect, mark, dark);
    }
    for mark in chart.behind.iter().filter(|mark| !is_region(mark)) {
        draw_mark(ui, &painter, rect, mark, dark);
    }
    let corner = |place: [f32; 2]| rect.min + Vec2::from(place);
    let inner = Rect::from_min_max(corner(chart.frame.min), corner(chart.frame.max));
    let inside = painter.with_clip_rect(inner.expand(4.0).intersect(rect));
    if let (Some(density), Some(texture)) = (&chart.density, &laid.texture) {
        let size = Vec2::new(density.columns as f32, density.rows as f32) * density.cell;
        let area = Rect::from_min_size(corner(density.min), size);
        let all = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        inside.image(texture.id(), area, all, Color32::WHITE);
    }
    for mark in &chart.marks {
        draw_mark(ui, &inside, rect, mark, dark);
    }
}

fn draw_mark(ui: &Ui, painter: &egui::Painter, rect: Rect, mark: &Mark, dark: bool) {
    let at = |place: &[f32; 2]| rect.min + Vec2::from(*place);
    match mark {
        Mark::Line { from, to, role } => {
            let width = if *role == Role::Front { 1.5 } else { 1.0 };
            painter.line_segment(
                [at(from), at(to)],
                Stroke::new(width, look::role(*role, dark)),
            );
        }
        Mark::Rect { min, max, role } => {
            let area = Rect::from_min_max(at(min), at(max));
            painter.rect_filled(area, 0.0, look::role(*role, dark));
        }
        Mark::Symbol {
            at: place,
            symbol,
            role,
        } => draw_symbol(painter, at(place), *symbol, *role, dark),
        Mark::Text {
            at: place,
            text,
            anchor,
        } => draw_text(ui, painter, at(place), text, *anchor, dark),
    }
}

fn draw_symbol(painter: &egui::Painter, at: Pos2, symbol: Symbol, role: Role, dark: bool) {
    let colour = look::role(role, dark);
    let ring = role == Role::Selected;
    let radius = if ring { 5.5 } else { 3.0 };
    let stroke = Stroke::new(if ring { 2.0 } else { 0.0 }, colour);
    let fill = if ring { Color32::TRANSPARENT } else { colour };
    match symbol {
        Symbol::Predicted => {
            painter.circle(at, radius, fill, stroke);
        }
        Symbol::Measured => {
            let area = Rect::from_center_size(at, Vec2::splat(2.0 * radius));
            painter.rect(area, 0.0, fill, stroke, egui::StrokeKind::Middle);
        }
        Symbol::Computed => {
            let r = 1.3 * radius;
            let corners = [(0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0)];
            let corners = corners.map(|(x, y)| at + Vec2::new(x, y));
            painter.add(Shape::convex_polygon(corners.to_vec(), fill, stroke));
        }
    }
}

fn draw_text(ui: &Ui, painter: &egui::Painter, at: Pos2, text: &str, anchor: Anchor, dark: bool) {
    let colour = look::role(Role::Text, dark);
    let font = FontId::proportional(ui.text_style_height(&egui::TextStyle::Small) * 0.78);
    match anchor {
        Anchor::Below => {
            painter.text(at, Align2::CENTER_TOP, text, font, colour);
        }
        Anchor::Left => {
            painter.text(at, Align2::RIGHT_CENTER, text, font, colour);
        }
        Anchor::Upwards => {
            let galley = painter.layout_no_wrap(text.to_owned(), font, colour);
            let corner = at + Vec2::new(-galley.size().y / 2.0, galley.size().x / 2.0);
            let shape = egui::epaint::TextShape::new(corner, galley, colour);
            painter.add(shape.with_angle(-std::f32::consts::FRAC_PI_2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasso_holds_what_lies_inside_it_also_where_it_is_not_convex() {
        let arrow = [
            [0.0, 0.0],
            [10.0, 0.0],
            [10.0, 10.0],
            [5.0, 3.0],
            [0.0, 10.0],
        ];
        assert!(is_inside(&arrow, [5.0, 1.0]));
        assert!(is_inside(&arrow, [1.0, 7.0]));
        assert!(!is_inside(&arrow, [5.0, 6.0]));
        assert!(!is_inside(&arrow, [-1.0, 1.0]));
    }
}
