//! Energy and largest force over the steps, with a line where playing stands.

use super::super::drawing::{draw, textures};
use crate::look;
use crate::texts::Words;
use crate::texts::relaxation::Text;
use egui::{Rect, Sense, Stroke, Ui, Vec2, WidgetInfo};
use workbench::chart::{Descent, Role, descent_marks};
use workbench::{Command, FrameChoice, State, Trajectory};

/// Height of a plot, points.
const HEIGHT: f32 = 170.0;
/// They stand beside each other where each has so much room.
const WIDTH: f32 = 225.0;

/// Draws both plots; a click shows the structure of a step.
pub fn charts_ui(
    ui: &mut Ui,
    state: &State,
    trajectory: &Trajectory,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let known = |which: Descent| {
        let value = |f: &workbench::Figures| match which {
            Descent::Energy => f.energy_per_atom,
            Descent::Force => f.largest_force,
        };
        trajectory.figures.iter().any(|f| value(f).is_finite())
    };
    let plots: Vec<Descent> = Descent::BOTH.into_iter().filter(|&w| known(w)).collect();
    let room = ui.available_width();
    let beside = (room - ui.spacing().item_spacing.x) / 2.0;
    let width = match beside >= WIDTH && plots.len() > 1 {
        true => beside,
        false => room,
    };
    ui.horizontal_wrapped(|ui| {
        for &which in &plots {
            chart_ui(ui, (state, trajectory), which, width, words, commands);
        }
    });
    if !plots.is_empty() && ui.button(words.get(Text::ExportPlot)).clicked() {
        commands.push(Command::ExportRelaxationPlot { path: None });
    }
}

fn chart_ui(
    ui: &mut Ui,
    (state, trajectory): (&State, &Trajectory),
    which: Descent,
    width: f32,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let size = Vec2::new(width.clamp(200.0, 900.0), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let steps = &trajectory.figures;
    let shown = state.relaxation.figures();
    response.widget_info(|| {
        let (text, value) = match which {
            Descent::Energy => (Text::EnergyPlot, shown.map(|f| f.energy_per_atom)),
            Descent::Force => (Text::ForcePlot, shown.map(|f| f.largest_force)),
        };
        let value = crate::numbers::plain(value.unwrap_or(f64::NAN), 5);
        WidgetInfo::labeled(
            egui::Role::Image,
            true,
            words.fill(text, &[&steps.len(), &value]),
        )
    });
    if !ui.is_rect_visible(rect) {
        return;
    }
    let text = ui.text_style_height(&egui::TextStyle::Small);
    let chart = descent_marks(which, steps, (size.x, size.y), text);
    let dark = ui.visuals().dark_mode;
    let corner = |place: [f32; 2]| rect.min + Vec2::from(place);
    let inner = Rect::from_min_max(corner(chart.frame.min), corner(chart.frame.max));
    if let Some(figures) = shown {
        let x = rect.min.x + chart.frame.place_x(figures.step as f64);
        let stroke = Stroke::new(1.0, look::role(Role::Selected, dark));
        ui.painter_at(rect).vline(x, inner.y_range(), stroke);
    }
    let textures = textures(ui, &chart.drawing, dark);
    draw(ui, rect, inner, &chart.drawing, &textures, dark);
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
