//! The plane of the hull: drawn as the workbench laid it out, walked by keyboard, selected in by click and rectangle.

use super::super::drawing::draw;
use super::super::plot_canvas::select;
use super::texts;
use crate::numbers;
use crate::texts::Words;
use crate::texts::hull::Text;
use egui::{
    EventFilter, Id, Key, Modifiers, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo,
};
use std::sync::Arc;
use workbench::chart::{HullChart, hull_marks};
use workbench::{Command, HullPlot, HullPoint, HullSource, Language, State, Value};

/// A layout is kept as long as nothing that it depends on changes.
#[derive(Clone)]
struct Laid {
    plot: Arc<HullPlot>,
    selection: Arc<Vec<u32>>,
    limit: f64,
    size: Vec2,
    language: Language,
    text: f32,
    chart: Arc<HullChart>,
}

/// The point that is looked at, and of which system.
fn looked_at() -> Id {
    Id::unique("point of the hull")
}

/// The point that is looked at.
pub fn point_at(ui: &Ui, plot: &HullPlot) -> Option<usize> {
    let known: Option<(String, usize)> = ui.data(|data| data.get_temp(looked_at()));
    let (system, point) = known?;
    (system == plot.system() && point < plot.points.len()).then_some(point)
}

/// Looks at a point.
pub fn look_at(ui: &Ui, plot: &HullPlot, point: Option<usize>) {
    ui.data_mut(|data| {
        data.remove::<(String, usize)>(looked_at());
        if let Some(point) = point {
            data.insert_temp(looked_at(), (plot.system(), point));
        }
    });
}

/// Draws the plot as high as `height`.
pub fn canvas_ui(
    ui: &mut Ui,
    state: &State,
    plot: &Arc<HullPlot>,
    height: f32,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let size = Vec2::new(ui.available_width().max(240.0), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let laid = laid_out(ui, state, plot, size, words);
    let chart = &laid.chart;
    response.widget_info(|| {
        let text = words.fill(
            Text::HullName,
            &[
                &plot.system(),
                &plot.phases,
                &plot.stable().count(),
                &plot.candidates().len(),
            ],
        );
        WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    let dark = ui.visuals().dark_mode;
    draw(ui, rect, rect, &chart.drawing, &[], dark);
    let stroke = ui.visuals().selection.stroke;
    if response.has_focus() {
        ui.painter()
            .rect_stroke(rect, 0.0, stroke, StrokeKind::Inside);
        commands.extend(keys(ui, &response, plot, chart));
    }
    let place = |at: Pos2| [at.x - rect.min.x, at.y - rect.min.y];
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        response.request_focus();
        let hit = chart.nearest(place(at));
        look_at(ui, plot, hit);
        let row = hit.and_then(|hit| plot.points[hit].row());
        commands.extend(row.map(|row| select(ui, vec![row])));
    }
    commands.extend(rectangle(ui, &response, rect, plot, chart));
    if let Some(at) = point_at(ui, plot).and_then(|point| chart.place(point)) {
        let at = rect.min + Vec2::from(at);
        ui.painter_at(rect)
            .circle_stroke(at, 8.0, Stroke::new(1.5, stroke.color));
    }
    if let Some(at) = response.hover_pos().filter(|_| !response.dragged())
        && let Some(hit) = chart.nearest(place(at))
    {
        response.on_hover_ui_at_pointer(|ui| facts_ui(ui, &plot.points[hit], words));
    }
}

/// What the keyboard does while the plot has it: arrows and page keys walk the points from left to right, Home goes to the first,
/// Enter selects the candidate that is looked at.
fn keys(ui: &Ui, response: &Response, plot: &HullPlot, chart: &HullChart) -> Option<Command> {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let pressed = |keys: &[Key]| {
        let one = |key: &Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, *key));
        keys.iter().filter(|key| one(key)).count() > 0
    };
    let next = pressed(&[Key::ArrowRight, Key::ArrowDown, Key::PageDown]);
    let previous = pressed(&[Key::ArrowLeft, Key::ArrowUp, Key::PageUp]);
    let first = pressed(&[Key::Home]);
    let mut order: Vec<(usize, [f32; 2])> = chart.drawn().collect();
    order.sort_by(|(a, x), (b, y)| {
        let along = x[0].total_cmp(&y[0]).then(x[1].total_cmp(&y[1]));
        along.then(a.cmp(b))
    });
    let last = order.len().checked_sub(1)?;
    let known = point_at(ui, plot);
    let at = order.iter().position(|(point, _)| Some(*point) == known);
    let to = match (first, next, previous, at) {
        (true, ..) => Some(0),
        (_, true, _, None) => Some(0),
        (_, true, _, Some(at)) => Some((at + 1).min(last)),
        (_, _, true, None) => Some(last),
        (_, _, true, Some(at)) => Some(at.saturating_sub(1)),
        _ => None,
    };
    if let Some(to) = to {
        look_at(ui, plot, Some(order[to].0));
    }
    let row = plot.points[known?].row()?;
    pressed(&[Key::Enter]).then(|| select(ui, vec![row]))
}

/// A rectangle that is drawn selects the candidates in it.
fn rectangle(
    ui: &Ui,
    response: &Response,
    rect: Rect,
    plot: &HullPlot,
    chart: &HullChart,
) -> Option<Command> {
    let id = response.id.with("rectangle");
    if response.drag_started() {
        let start = ui.input(|input| input.pointer.press_origin());
        ui.data_mut(|data| data.insert_temp(id, start));
    }
    let start = ui
        .data(|data| data.get_temp::<Option<Pos2>>(id))
        .flatten()?;
    let end = response.interact_pointer_pos()?;
    if response.dragged() {
        let stroke = Stroke::new(1.5, ui.visuals().selection.stroke.color);
        let area = Rect::from_two_pos(start, end);
        ui.painter_at(rect)
            .rect_stroke(area, 0.0, stroke, StrokeKind::Middle);
    }
    if !response.drag_stopped() {
        return None;
    }
    ui.data_mut(|data| data.insert_temp(id, None::<Pos2>));
    let place = |at: Pos2| [at.x - rect.min.x, at.y - rect.min.y];
    let inside = chart.inside(place(start), place(end)).into_iter();
    let rows: Vec<u32> = inside
        .filter_map(|point| plot.points[point].row())
        .collect();
    (!rows.is_empty()).then(|| select(ui, rows))
}

/// All that is known of the point that is looked at, below the plot.
pub fn point_ui(ui: &mut Ui, plot: &HullPlot, words: Words) {
    match point_at(ui, plot) {
        Some(point) => facts_ui(ui, &plot.points[point], words),
        None => {
            ui.weak(words.get(Text::HullKeys));
        }
    }
}

fn facts_ui(ui: &mut Ui, point: &HullPoint, words: Words) {
    ui.strong(format!("{}  {}", point.formula, source_text(point, words)));
    let energy = energy_text(point);
    ui.label(words.fill(Text::HullFormationOf, &[&energy]));
    ui.label(above_text(point, words));
    if !point.is_stable && !point.decomposition.is_empty() {
        ui.label(words.fill(Text::HullFallsInto, &[&point.decomposition_text()]));
    }
}

/// The formation energy with its standard deviation.
pub fn energy_text(point: &HullPoint) -> String {
    let value = Value {
        mean: point.formation_energy,
        std: point.std,
    };
    // An element's energy is what the others are counted from.
    match point.fractions.iter().any(|x| *x > 1.0 - 1e-9) {
        true => numbers::plain(point.formation_energy, 3),
        false => numbers::text(value),
    }
}

/// How far above the hull it lies, in a sentence.
pub fn above_text(point: &HullPoint, words: Words) -> String {
    let above = numbers::plain((1e4 * point.above_hull).round() / 1e4, 3);
    match (point.is_stable, point.is_covered) {
        (true, _) => words.get(Text::HullStable).to_owned(),
        (_, true) => words.fill(Text::HullAboveOf, &[&above]),
        (_, false) => words.get(Text::HullNotCovered).to_owned(),
    }
}

/// Where a point comes from.
pub fn source_text(point: &HullPoint, words: Words) -> String {
    match &point.source {
        HullSource::Phase {
            source,
            space_group,
        } => match space_group {
            Some(group) => words.fill(Text::HullPhaseOf, &[source, group]),
            None => words.fill(Text::HullPhase, &[source]),
        },
        HullSource::Row(row) => words.fill(Text::HullRow, &[&(row + 1)]),
    }
}

fn laid_out(ui: &Ui, state: &State, plot: &Arc<HullPlot>, size: Vec2, words: Words) -> Laid {
    let id = Id::unique("hull laid out");
    let (selection, limit) = (&state.project.selection, state.project.hull.limit);
    let text = ui.text_style_height(&egui::TextStyle::Small);
    let known = ui.data(|data| data.get_temp::<Laid>(id));
    if let Some(known) = known
        && Arc::ptr_eq(&known.plot, plot)
        && Arc::ptr_eq(&known.selection, selection)
        && (known.limit, known.size, known.language, known.text) == (limit, size, words.0, text)
    {
        return known;
    }
    let chart = hull_marks(
        plot,
        limit,
        selection,
        &texts(plot, words),
        size.into(),
        text,
    );
    let laid = Laid {
        plot: plot.clone(),
        selection: selection.clone(),
        limit,
        size,
        language: words.0,
        text,
        chart: Arc::new(chart),
    };
    ui.data_mut(|data| data.insert_temp(id, laid.clone()));
    laid
}
