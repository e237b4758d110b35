//! The structure view: a scene to turn, and what is written over it.

use crate::controls;
use crate::export::PictureJob;
use crate::model::{Model, Ready, Shared};
use crate::painter::FrameStyle;
use crate::screen::ShowScene;
use crate::texts::Text;
use crystal::Structure;
use egui::{Align2, Color32, FontId, Key, Pos2, Rect, Sense, Stroke, Ui, Vec2};
use scene::{Atom, Colour, Measurement, Style, legend};
use std::sync::{Arc, PoisonError};
use words::Language;

/// What the view shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The structure. Another `Arc` of another series, or with another number of sites, is another structure: the view starts
    /// afresh.
    pub structure: &'a Arc<Structure>,
    /// How it is drawn.
    pub style: &'a Style,
    /// The same number for states of one structure, as the frames of a trajectory: between them camera and chosen atoms stay.
    pub series: u64,
    /// Whether its moments are sizes alone, whose direction nobody knows.
    pub has_sizes_alone: bool,
    /// Language of the texts.
    pub language: Language,
}

/// What a person asked for in the view.
#[derive(Clone, Debug)]
pub enum Change {
    /// Draw it like this from now on.
    Style(Box<Style>),
    /// Make a picture; the name of the file is still to be asked for.
    Picture(Box<PictureJob>),
}

/// Labels beyond this many would cover the structure.
const MAX_LABELS: usize = 2000;
/// Rings of chosen atoms: Okabe and Ito's yellow.
const RING: Colour = [240, 228, 66];

/// Draws the view of a structure in all the room there is; gives what the person asked for. Camera, chosen atoms and open
/// panels are kept in egui's memory under the place of the view. [`install`](crate::screen::install) comes first.
pub fn structure_ui(ui: &mut Ui, shown: &Shown<'_>) -> Vec<Change> {
    let id = ui.scope_id().with("structure view");
    let shared: Shared = ui.data_mut(|data| data.get_temp_mut_or_default::<Shared>(id).clone());
    let mut model = shared.lock().unwrap_or_else(PoisonError::into_inner);
    model.follow(shown, ui.ctx());
    let mut changes = Vec::new();
    egui::Panel::top(id.with("bar")).show(ui, |ui| {
        controls::bar_ui(ui, &mut model, shown, &mut changes);
    });
    if model.options || model.show_symmetry {
        egui::Panel::right(id.with("side"))
            .default_size(260.0)
            .show(ui, |ui| {
                egui::ScrollArea::both().auto_shrink(false).show(ui, |ui| {
                    if model.options {
                        controls::options_ui(ui, shown, &mut changes);
                    }
                    if model.show_symmetry {
                        model.search_symmetry(ui.ctx());
                        crate::symmetry::symmetry_ui(ui, shown, model.symmetry.as_ref());
                    }
                });
            });
    }
    egui::Panel::bottom(id.with("status")).show(ui, |ui| status_ui(ui, &mut model, shown));
    egui::CentralPanel::no_frame().show(ui, |ui| canvas_ui(ui, id, &mut model, shown));
    changes
}

/// The measurement, or how to make one; errors of the drawing beside it.
fn status_ui(ui: &mut Ui, model: &mut Model, shown: &Shown<'_>) {
    let text = |t: Text| t.get(shown.language);
    ui.horizontal_wrapped(|ui| {
        if let Some(error) = &model.error {
            ui.colored_label(ui.visuals().error_fg_color, error);
        }
        if model.is_building() {
            ui.spinner();
            ui.label(text(Text::Building));
        }
        if let Some(ready) = &model.ready {
            ui.weak(format!("{} {}", ready.scene.atoms.len(), text(Text::Atoms)));
        }
        if let Some(note) = moments_note(model, shown) {
            ui.label(text(note));
        }
        let chosen: Vec<_> = model
            .selected_atoms()
            .iter()
            .map(|(_, a)| name(a, shown.structure))
            .collect();
        if chosen.is_empty() {
            ui.weak(text(Text::PickHint));
            return;
        }
        let measured = model.measurement().map(|m| {
            let kind = match m {
                Measurement::Distance(_) => Text::Distance,
                Measurement::Angle(_) => Text::Angle,
                Measurement::Dihedral(_) => Text::Dihedral,
            };
            format!("{} {m}:", text(kind))
        });
        ui.label(format!(
            "{} {}",
            measured.unwrap_or_default(),
            chosen.join(" – ")
        ));
        if ui.button(text(Text::Clear)).clicked() {
            model.selected.clear();
        }
    });
}

/// What is to be known of the moments shown, or of why there are none.
fn moments_note(model: &Model, shown: &Shown<'_>) -> Option<Text> {
    if !shown.style.moments.shown {
        return None;
    }
    let ready = model.ready.as_ref()?;
    Some(
        match (ready.scene.moments.is_some(), shown.has_sizes_alone) {
            (true, true) => Text::MomentSizes,
            (true, false) => Text::MomentsAsStated,
            (false, _) => {
                let known = shown.structure.sites.iter();
                match known.filter_map(|s| s.magnetic_moment).next() {
                    Some(_) => Text::MomentsSmall,
                    None => Text::MomentsUnknown,
                }
            }
        },
    )
}

/// An atom's name and cell: `O1`, `O1 (1 0 -1)`.
fn name(atom: &Atom, structure: &Structure) -> String {
    let label = structure
        .sites
        .get(atom.atom.site as usize)
        .map_or("", |s| &s.label);
    match atom.atom.image {
        [0, 0, 0] => label.to_string(),
        [x, y, z] => format!("{label} ({x} {y} {z})"),
    }
}

fn canvas_ui(ui: &mut Ui, id: egui::Id, model: &mut Model, shown: &Shown<'_>) {
    let size = ui.available_size().max(Vec2::splat(1.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let description = format!(
        "{}: {}",
        Text::View3d.get(shown.language),
        shown.structure.formula()
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, &description));
    let Some(ready) = model.ready.clone() else {
        return;
    };
    let aspect = f64::from(rect.width() / rect.height());
    if model.fit && !model.is_building() {
        model.camera.fit(&ready.scene, aspect);
        model.fit = false;
    }
    turn(ui, &response, rect, model);
    let size = [f64::from(rect.width()), f64::from(rect.height())];
    let under = |at: Pos2| {
        let (x, y) = (f64::from(at.x - rect.min.x), f64::from(at.y - rect.min.y));
        let ray = model.camera.ray(x, y, size, ready.scene.radius);
        let pick = ready.picker.pick(&ready.scene, &ray)?;
        ready.scene.atoms.get(pick.atom as usize).copied()
    };
    let hovered = response.hover_pos().and_then(under);
    let clicked = response.clicked().then(|| response.interact_pointer_pos());
    if let Some(at) = clicked.flatten() {
        response.request_focus();
        match under(at) {
            Some(atom) => model.toggle(atom.atom),
            None => model.selected.clear(),
        }
    }
    paint(ui, (id, response.id), rect, model, &ready, shown);
    if let Some(atom) = hovered.filter(|_| !response.dragged()) {
        response.on_hover_text_at_pointer(describe(&atom, shown.structure, &ready));
    }
}

/// What the tooltip of an atom says.
fn describe(atom: &Atom, structure: &Structure, ready: &Ready) -> String {
    let look = &ready.scene.looks[atom.look as usize];
    let mut text = format!("{}: {}", name(atom, structure), look.name);
    if let Some(site) = structure.sites.get(atom.atom.site as usize) {
        let p = site.position;
        text += &format!("\n{:.4}  {:.4}  {:.4}", p.x, p.y, p.z);
        for species in &site.species {
            if let Some(state) = species.oxidation_state {
                text += &format!("\n{} {state:+}", species.element.symbol());
            }
        }
        if let Some(moment) = site.magnetic_moment {
            text += &format!("\n{moment:.2} µB");
        }
    }
    text
}

/// Pointer and keyboard: drag turns, with the second button or Shift moves; the wheel and + - zoom; arrows turn.
fn turn(ui: &Ui, response: &egui::Response, rect: Rect, model: &mut Model) {
    let camera = &mut model.camera;
    let drag = response.drag_delta();
    let unit = 2.0 * camera.half_height / f64::from(rect.height().max(1.0));
    let shift = ui.input(|input| input.modifiers.shift);
    if response.dragged_by(egui::PointerButton::Primary) && !shift {
        camera.turn(f64::from(drag.x) * 0.008, f64::from(drag.y) * 0.008);
    } else if response.dragged() {
        let screen = nalgebra::Vector3::new(-f64::from(drag.x), f64::from(drag.y), 0.0) * unit;
        camera.target += camera.rotation.transpose() * screen;
    }
    if response.hovered() {
        let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = (-f64::from(scroll) * 0.003).exp() / f64::from(pinch);
        camera.half_height = (camera.half_height * factor).clamp(0.1, 1e5);
    }
    if response.double_clicked() {
        model.fit = true;
    }
    if !response.has_focus() {
        return;
    }
    let step = 5.0_f64.to_radians();
    let filter = egui::EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input(|input| {
        for (key, right, down) in [
            (Key::ArrowLeft, -step, 0.0),
            (Key::ArrowRight, step, 0.0),
            (Key::ArrowUp, 0.0, -step),
            (Key::ArrowDown, 0.0, step),
        ] {
            if input.key_pressed(key) {
                model.camera.turn(right, down);
            }
        }
        for (key, factor) in [
            (Key::Plus, 0.9),
            (Key::Equals, 0.9),
            (Key::Minus, 1.0 / 0.9),
        ] {
            if input.key_pressed(key) {
                model.camera.half_height = (model.camera.half_height * factor).clamp(0.1, 1e5);
            }
        }
    });
}

/// The scene by the graphics card, and labels, measurement, axes and legend over it.
fn paint(
    ui: &Ui,
    (id, focus): (egui::Id, egui::Id),
    rect: Rect,
    model: &Model,
    ready: &Ready,
    shown: &Shown<'_>,
) {
    let painter = ui.painter_at(rect);
    let background = ui.visuals().extreme_bg_color;
    let [r, g, b, _] = background.to_array().map(|c| f32::from(c) / 255.0);
    painter.rect_filled(rect, 0.0, background);
    let selected = model.selected_atoms();
    let marks: Arc<[u32]> = selected.iter().map(|(place, _)| *place).collect();
    let callback = ShowScene {
        id,
        generation: ready.generation,
        scene: ready.scene.clone(),
        camera: model.camera,
        marks: (marks, RING),
        style: FrameStyle {
            background: [0.0; 4],
            fog: [r, g, b, model.picture.fog],
            opacity: model.picture.opacity,
            line_width: 1.5,
        },
        rect,
    };
    painter.add(egui_wgpu::Callback::new_paint_callback(rect, callback));
    if ui.memory(|memory| memory.has_focus(focus)) {
        let stroke = ui.visuals().selection.stroke;
        painter.rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
    let ink = ui.visuals().strong_text_color();
    let font = FontId::proportional(13.0);
    let size = [f64::from(rect.width()), f64::from(rect.height())];
    let on_screen = |p: nalgebra::Vector3<f64>| {
        let at = model.camera.project(p, size);
        let pos = rect.min + Vec2::new(at.x as f32, at.y as f32);
        (at.scale > 0.0 && rect.contains(pos)).then_some(pos)
    };
    for label in ready.scene.labels.iter().take(MAX_LABELS) {
        if let Some(pos) = on_screen(label.position) {
            shadowed(&painter, pos, &label.text, &font, ink, background);
        }
    }
    let points: Vec<Pos2> = selected
        .iter()
        .filter_map(|(_, a)| on_screen(a.position))
        .collect();
    for pair in points.windows(2) {
        let stroke = Stroke::new(1.5, ink);
        painter.extend(egui::Shape::dashed_line(pair, stroke, 6.0, 4.0));
    }
    if let (Some(measured), Some(first), Some(last)) =
        (model.measurement(), points.first(), points.last())
    {
        let middle = *first + (*last - *first) / 2.0;
        shadowed(
            &painter,
            middle,
            &measured.to_string(),
            &FontId::proportional(15.0),
            ink,
            background,
        );
    }
    axes(&painter, rect, model, shown, &font);
    for (row, (name, colour)) in legend(&ready.scene).iter().enumerate() {
        let at = rect.right_top() + Vec2::new(-64.0, 16.0 + 19.0 * row as f32);
        if at.y > rect.bottom() - 10.0 {
            break;
        }
        let stroke = Stroke::new(0.5, ink);
        painter.circle(at, 7.0, rgb(*colour), stroke);
        painter.text(
            at + Vec2::new(13.0, 0.0),
            Align2::LEFT_CENTER,
            name,
            font.clone(),
            ink,
        );
    }
    moment_scale(&painter, rect, model, ready, (&font, ink));
}

/// Below the elements: an arrow as long as those of a round moment in the middle of the scene, and what colours mean.
fn moment_scale(
    painter: &egui::Painter,
    rect: Rect,
    model: &Model,
    ready: &Ready,
    (font, ink): (&FontId, Color32),
) {
    let Some(scale) = &ready.scene.moments else {
        return;
    };
    let size = [f64::from(rect.width()), f64::from(rect.height())];
    let pixels = model.camera.project(ready.scene.centre, size).scale;
    let length = (scale.length * pixels) as f32;
    let row = |row: usize| 16.0 + 19.0 * row as f32;
    let first = legend(&ready.scene).len() + 1;
    let corner = rect.right_top();
    let end = corner + Vec2::new(-12.0, row(first));
    if end.y > rect.bottom() - 10.0 {
        return;
    }
    let start = end - Vec2::new(length, 0.0);
    let head = end - Vec2::new(8.0, 0.0);
    painter.line_segment([start, head], Stroke::new(2.0, ink));
    let corners = vec![head + Vec2::new(0.0, -4.0), end, head + Vec2::new(0.0, 4.0)];
    painter.add(egui::Shape::convex_polygon(corners, ink, Stroke::NONE));
    let text = corner + Vec2::new(-12.0, row(first + 1));
    let moment = format!("{} µB", scale.moment);
    painter.text(text, Align2::RIGHT_CENTER, moment, font.clone(), ink);
    for (at, (name, colour)) in scale.colours.iter().enumerate() {
        let at = corner + Vec2::new(-12.0, row(first + 2 + at));
        let written = painter.text(at, Align2::RIGHT_CENTER, name, font.clone(), ink);
        let place = Rect::from_center_size(
            written.left_center() - Vec2::new(14.0, 0.0),
            Vec2::new(16.0, 8.0),
        );
        painter.rect_filled(place, 0.0, rgb(*colour));
    }
}

fn axes(painter: &egui::Painter, rect: Rect, model: &Model, shown: &Shown<'_>, font: &FontId) {
    let origin = rect.left_bottom() + Vec2::new(52.0, -52.0);
    let axes = model.camera.named_axes(&shown.structure.lattice);
    for ([right, up, _], name, colour) in axes {
        let along = Vec2::new(right as f32, -up as f32);
        let tip = origin + along * 36.0;
        painter.line_segment([origin, tip], Stroke::new(2.5, rgb(colour)));
        let text = tip + along.normalized() * 9.0;
        painter.text(text, Align2::CENTER_CENTER, name, font.clone(), rgb(colour));
    }
}

/// Text with an edge of the background's colour, to be read over anything.
fn shadowed(
    painter: &egui::Painter,
    at: Pos2,
    text: &str,
    font: &FontId,
    ink: Color32,
    edge: Color32,
) {
    for (x, y) in [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)] {
        painter.text(
            at + Vec2::new(x, y),
            Align2::CENTER_CENTER,
            text,
            font.clone(),
            edge,
        );
    }
    painter.text(at, Align2::CENTER_CENTER, text, font.clone(), ink);
}

fn rgb([r, g, b]: Colour) -> Color32 {
    Color32::from_rgb(r, g, b)
}
