//! Plots of a campaign as the workbench lays them out.

use super::super::drawing::{draw, textures};
use egui::{Rect, Sense, Ui, Vec2, WidgetInfo};
use workbench::chart::Chart;

/// Draws a plot of about this height and of this name to screen readers; `lay` is given the plane and the height of text.
pub fn chart_ui(
    ui: &mut Ui,
    height: f32,
    name: String,
    lay: impl FnOnce((f32, f32), f32) -> Chart,
) {
    let width = ui.available_width().clamp(200.0, 640.0);
    let size = Vec2::new(width, height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let text = ui.text_style_height(&egui::TextStyle::Small);
    let chart = lay((width, height), text);
    let dark = ui.visuals().dark_mode;
    let corner = |place: [f32; 2]| rect.min + Vec2::from(place);
    let inner = Rect::from_min_max(corner(chart.frame.min), corner(chart.frame.max));
    let textures = textures(ui, &chart.drawing, dark);
    draw(ui, rect, inner, &chart.drawing, &textures, dark);
}
