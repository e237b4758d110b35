//! Energy and largest force over the steps, with a line where playing stands.

use super::super::drawing::{draw, draw_mark};
use crate::texts::Words;
use crate::texts::relaxation::Text;
use egui::{Id, Rect, Sense, Ui, Vec2, WidgetInfo};
use std::sync::Arc;
use workbench::chart::{Chart, Descent, descent_marks, step_mark};
use workbench::{Command, Figures, FrameChoice, State, Trajectory};

/// Height of a plot, points.
const HEIGHT: f32 = 170.0;
/// They stand beside each other where each has so much room.
const WIDTH: f32 = 225.0;

/// The plots of a trajectory as they were laid out. They are laid out anew where anything that they depend on changes, not for
/// every frame: a file may hold a hundred thousand steps.
#[derive(Clone)]
struct Laid {
    /// Trajectory, steps, width of the panel, height of the text.
    of: (u64, usize, f32, f32),
    charts: Vec<(Descent, Arc<Chart>)>,
}

/// Draws both plots; a click shows the structure of a step.
pub fn charts_ui(
    ui: &mut Ui,
    state: &State,
    trajectory: &Trajectory,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let laid = laid_out(ui, state, trajectory);
    ui.horizontal_wrapped(|ui| {
        for (which, chart) in &laid.charts {
            chart_ui(ui, (state, trajectory), (*which, chart), words, commands);
        }
    });
    if !laid.charts.is_empty() && ui.button(words.get(Text::ExportPlot)).clicked() {
        commands.push(Command::ExportRelaxationPlot { path: None });
    }
}

fn laid_out(ui: &Ui, state: &State, trajectory: &Trajectory) -> Laid {
    let id = Id::unique("plots of a trajectory");
    let steps = &trajectory.figures;
    let room = ui.available_width();
    let text = ui.text_style_height(&egui::TextStyle::Small);
    let of = (state.relaxation.number, steps.len(), room, text);
    let known = ui.data(|data| data.get_temp::<Laid>(id));
    if let Some(known) = known.filter(|known| known.of == of) {
        return known;
    }
    let value = |which: Descent, f: &Figures| match which {
        Descent::Energy => f.energy_per_atom,
        Descent::Force => f.largest_force,
    };
    let is_known = |which: &Descent| steps.iter().any(|f| value(*which, f).is_finite());
    let plots: Vec<Descent> = Descent::BOTH.into_iter().filter(is_known).collect();
    let beside = (room - ui.spacing().item_spacing.x) / 2.0;
    let width = match beside >= WIDTH && plots.len() > 1 {
        true => beside,
        false => room,
    };
    let size = (width.clamp(200.0, 900.0), HEIGHT);
    let chart = |which| (which, descent_marks(which, steps, size, text).into());
    let laid = Laid {
        of,
        charts: plots.into_iter().map(chart).collect(),
    };
    ui.data_mut(|data| data.insert_temp(id, laid.clone()));
    laid
}

fn chart_ui(
    ui: &mut Ui,
    (state, trajectory): (&State, &Trajectory),
    (which, chart): (Descent, &Chart),
    words: Words,
    commands: &mut Vec<Command>,
) {
    let size = Vec2::from(chart.drawing.size);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let shown = state.relaxation.figures();
    response.widget_info(|| {
        let (text, value) = match which {
            Descent::Energy => (Text::EnergyPlot, shown.map(|f| f.energy_per_atom)),
            Descent::Force => (Text::ForcePlot, shown.map(|f| f.largest_force)),
        };
        let value = crate::numbers::plain(value.unwrap_or(f64::NAN), 5);
        let steps = trajectory.figures.len();
        let text = words.fill(text, &[&steps, &value]);
        WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let dark = ui.visuals().dark_mode;
    let corner = |place: [f32; 2]| rect.min + Vec2::from(place);
    let inner = Rect::from_min_max(corner(chart.frame.min), corner(chart.frame.max));
    if let Some(figures) = shown {
        let mark = step_mark(&chart.frame, figures.step);
        draw_mark(ui, &ui.painter_at(rect), rect, &mark, dark);
    }
    draw(ui, rect, inner, &chart.drawing, &[], dark);
    let clicked = response.clicked().then(|| response.interact_pointer_pos());
    if let Some(at) = clicked.flatten() {
        let [step, _] = chart.frame.values((at - rect.min).into());
        if let Some(at) = trajectory.nearest(step) {
            let frame = FrameChoice::At(at);
            commands.push(Command::ShowFrame { frame });
        }
    }
    response.on_hover_text(words.get(Text::PlotHelp));
}
