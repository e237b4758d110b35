//! What the workbench laid out as marks, brought onto the screen.

use crate::look;
use crate::texts::{Text, Words};
use egui::{
    Align2, Color32, ColorImage, FontId, Pos2, Rect, Shape, Stroke, TextureHandle, TextureOptions,
    Ui, Vec2, pos2,
};
use workbench::chart::{Anchor, Density, Drawing, Mark, Role, Symbol, triangle};

/// The densities of a drawing as pictures.
pub fn textures(ui: &Ui, drawing: &Drawing, dark: bool) -> Vec<TextureHandle> {
    let pictures = drawing.densities.iter().map(|(role, density)| {
        let image = density_image(*role, density, dark);
        let options = TextureOptions::NEAREST;
        ui.ctx().load_texture("density", image, options)
    });
    pictures.collect()
}

fn density_image(role: Role, density: &Density, dark: bool) -> ColorImage {
    let colour = look::role(role, dark);
    let shades = density.shades();
    let pixels = shades.into_iter().map(|shade| match shade {
        Some(shade) => colour.gamma_multiply(0.15 + 0.85 * shade),
        None => Color32::TRANSPARENT,
    });
    ColorImage::new([density.columns, density.rows], pixels.collect())
}

/// Draws it with its corner at that of `rect`; densities and marks are clipped to `inner`.
pub fn draw(
    ui: &Ui,
    rect: Rect,
    inner: Rect,
    drawing: &Drawing,
    textures: &[TextureHandle],
    dark: bool,
) {
    let painter = ui.painter_at(rect);
    let is_region = |mark: &&Mark| matches!(mark, Mark::Rect { .. });
    for mark in drawing.behind.iter().filter(is_region) {
        draw_mark(ui, &painter, rect, mark, dark);
    }
    for mark in drawing.behind.iter().filter(|mark| !is_region(mark)) {
        draw_mark(ui, &painter, rect, mark, dark);
    }
    let inside = painter.with_clip_rect(inner.expand(4.0).intersect(rect));
    for ((_, density), texture) in drawing.densities.iter().zip(textures) {
        let size = Vec2::new(density.columns as f32, density.rows as f32) * density.cell;
        let area = Rect::from_min_size(rect.min + Vec2::from(density.min), size);
        let all = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        inside.image(texture.id(), area, all, Color32::WHITE);
    }
    for mark in &drawing.marks {
        draw_mark(ui, &inside, rect, mark, dark);
    }
}

/// The signs that tell where values come from; those of the plot stand out.
pub fn legend_ui(ui: &mut Ui, shown: &[Symbol], words: Words) {
    for (symbol, text) in [
        (Symbol::Predicted, Text::LegendPredicted),
        (Symbol::Computed, Text::LegendComputed),
        (Symbol::Measured, Text::LegendMeasured),
    ] {
        match shown.contains(&symbol) {
            true => ui.label(words.get(text)),
            false => ui.weak(words.get(text)),
        };
    }
}

/// Draws one mark of a drawing whose corner is that of `rect`.
pub fn draw_mark(ui: &Ui, painter: &egui::Painter, rect: Rect, mark: &Mark, dark: bool) {
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
    let stroke = match role {
        Role::Selected => Stroke::new(2.0, colour),
        // One end of the scale would be lost on the background.
        Role::Shade(_) => Stroke::new(0.5, Color32::from_gray(if dark { 170 } else { 96 })),
        _ => Stroke::NONE,
    };
    let fill = if ring { Color32::TRANSPARENT } else { colour };
    match symbol {
        Symbol::Predicted => {
            painter.circle(at, radius, fill, stroke);
        }
        Symbol::Measured => {
            let area = Rect::from_center_size(at, Vec2::splat(2.0 * radius));
            painter.rect(area, 0.0, fill, stroke, egui::StrokeKind::Middle);
        }
        Symbol::Candidate => {
            let corners = triangle(1.5 * radius).map(|corner| at + Vec2::from(corner));
            painter.add(Shape::convex_polygon(corners.to_vec(), fill, stroke));
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
        Anchor::Above => {
            painter.text(at, Align2::CENTER_BOTTOM, text, font, colour);
        }
        Anchor::Right => {
            painter.text(at, Align2::LEFT_CENTER, text, font, colour);
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
