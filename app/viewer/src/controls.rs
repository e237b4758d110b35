//! What a person can choose about the drawing.

use crate::export::{PictureFormat, PictureJob};
use crate::model::Model;
use crate::texts::Text;
use crate::view::{Change, Shown};
use egui::{ComboBox, DragValue, Ui};
use matter::Element;
use scene::{
    Boundary, Direction, Labels, MillerPlane, MomentColours, Palette, Projection, Representation,
    Style,
};
use std::collections::BTreeSet;

/// The full vertical angle of view in perspective, degrees.
const ANGLE: f64 = 35.0;

const REPRESENTATIONS: [(Representation, Text); 4] = [
    (Representation::BallAndStick, Text::BallAndStick),
    (Representation::SpaceFilling, Text::SpaceFilling),
    (Representation::Polyhedra, Text::Polyhedra),
    (Representation::Sticks, Text::Sticks),
];
const BOUNDARIES: [(Boundary, Text); 3] = [
    (Boundary::Cell, Text::BoundaryCell),
    (Boundary::Faces, Text::BoundaryFaces),
    (Boundary::Bonded, Text::BoundaryBonded),
];
const LABELS: [(Labels, Text); 3] = [
    (Labels::None, Text::LabelsNone),
    (Labels::Elements, Text::LabelsElements),
    (Labels::Sites, Text::LabelsSites),
];

/// The bar over the drawing.
pub(crate) fn bar_ui(ui: &mut Ui, model: &mut Model, shown: &Shown<'_>, changes: &mut Vec<Change>) {
    let text = |t: Text| t.get(shown.language);
    let mut style = shown.style.clone();
    ui.horizontal_wrapped(|ui| {
        choice(
            ui,
            text(Text::Drawing),
            &mut style.representation,
            &REPRESENTATIONS.map(|(v, t)| (v, text(t))),
        );
        let palettes = Palette::ALL.map(|p| match p {
            Palette::ColourBlindSafe => (p, text(Text::ColourBlindSafe)),
            _ => (p, p.name()),
        });
        choice(ui, text(Text::Colours), &mut style.palette, &palettes);
        ui.separator();
        ui.label(text(Text::View));
        for direction in Direction::ALL {
            if ui.button(direction.name()).clicked() {
                model.camera.look_along(&shown.structure.lattice, direction);
            }
        }
        if ui.button(text(Text::Fit)).clicked() {
            model.fit = true;
        }
        let mut perspective = model.camera.projection != Projection::Orthographic;
        if ui
            .checkbox(&mut perspective, text(Text::Perspective))
            .changed()
        {
            model.camera.projection = if perspective {
                Projection::Perspective(ANGLE)
            } else {
                Projection::Orthographic
            };
        }
        ui.separator();
        ui.toggle_value(&mut model.options, text(Text::Options));
        ui.toggle_value(&mut model.show_symmetry, text(Text::Symmetry));
        ui.menu_button(text(Text::Export), |ui| {
            export_ui(ui, model, shown, changes)
        });
    });
    changed(style, shown, changes);
}

/// Everything else, in a panel beside the drawing.
pub(crate) fn options_ui(ui: &mut Ui, shown: &Shown<'_>, changes: &mut Vec<Change>) {
    let text = |t: Text| t.get(shown.language);
    let mut style = shown.style.clone();
    ui.heading(text(Text::Options));
    choice(
        ui,
        text(Text::Boundary),
        &mut style.boundary,
        &BOUNDARIES.map(|(v, t)| (v, text(t))),
    );
    choice(
        ui,
        text(Text::Labels),
        &mut style.labels,
        &LABELS.map(|(v, t)| (v, text(t))),
    );
    ui.horizontal(|ui| {
        ui.label(text(Text::Repeat));
        for (axis, repeats) in ["a", "b", "c"].into_iter().zip(&mut style.repeats) {
            named(ui, axis, DragValue::new(repeats).range(1..=100).speed(0.05));
        }
    });
    ui.checkbox(&mut style.cell_edges, text(Text::CellEdges));
    ui.horizontal(|ui| {
        let drag = DragValue::new(&mut style.ball_scale)
            .range(0.05..=2.0)
            .speed(0.01);
        named(ui, text(Text::BallSize), drag);
    });
    ui.horizontal(|ui| {
        let drag = DragValue::new(&mut style.stick_radius)
            .range(0.02..=1.0)
            .speed(0.005);
        named(ui, text(Text::StickRadius), drag);
    });
    let elements: BTreeSet<Element> = shown
        .structure
        .sites
        .iter()
        .flat_map(|s| &s.species)
        .map(|s| s.element)
        .collect();
    ui.separator();
    ui.label(text(Text::Shown));
    ui.horizontal_wrapped(|ui| {
        for &element in &elements {
            let mut seen = !style.hidden.contains(&element);
            if ui.checkbox(&mut seen, element.symbol()).changed() {
                style.hidden.retain(|&hidden| hidden != element);
                if !seen {
                    style.hidden.push(element);
                }
            }
        }
    });
    bonds_ui(ui, shown, &mut style, &elements);
    polyhedra_ui(ui, shown, &mut style, &elements);
    planes_ui(ui, shown, &mut style);
    moments_ui(ui, shown, &mut style);
    ui.separator();
    if ui.button(text(Text::Reset)).clicked() {
        style = Style::default();
    }
    changed(style, shown, changes);
}

fn bonds_ui(ui: &mut Ui, shown: &Shown<'_>, style: &mut Style, elements: &BTreeSet<Element>) {
    let text = |t: Text| t.get(shown.language);
    ui.separator();
    ui.horizontal(|ui| {
        let drag = DragValue::new(&mut style.bonds.tolerance)
            .range(0.5..=2.0)
            .speed(0.005);
        named(ui, text(Text::Tolerance), drag);
    });
    ui.collapsing(text(Text::Cutoffs), |ui| {
        for &a in elements {
            for &b in elements.range(a..) {
                let name = format!("{}–{}", a.symbol(), b.symbol());
                ui.horizontal(|ui| {
                    let mut own = style.bonds.cutoffs.get(&(a, b)).copied();
                    let mut automatic = own.is_none();
                    ui.label(&name);
                    let box_name = text(Text::Automatic);
                    if ui.checkbox(&mut automatic, box_name).changed() {
                        let radii = scene::covalent_radius(a) + scene::covalent_radius(b);
                        let cutoff = (style.bonds.tolerance * radii * 100.0).round() / 100.0;
                        own = (!automatic).then_some(cutoff);
                    }
                    if let Some(cutoff) = &mut own {
                        let drag = DragValue::new(cutoff)
                            .range(0.0..=20.0)
                            .speed(0.01)
                            .suffix(" Å");
                        named(ui, &name, drag);
                    }
                    match own {
                        Some(cutoff) => style.bonds.set_cutoff(a, b, cutoff),
                        None => {
                            style.bonds.cutoffs.remove(&(a, b));
                        }
                    }
                });
            }
        }
    });
}

fn polyhedra_ui(ui: &mut Ui, shown: &Shown<'_>, style: &mut Style, elements: &BTreeSet<Element>) {
    if style.representation != Representation::Polyhedra {
        return;
    }
    let text = |t: Text| t.get(shown.language);
    ui.separator();
    ui.label(text(Text::PolyhedraOf));
    ui.horizontal_wrapped(|ui| {
        let mut automatic = style.polyhedra_of.is_none();
        if ui.checkbox(&mut automatic, text(Text::Automatic)).changed() {
            style.polyhedra_of = (!automatic).then(Vec::new);
        }
        if let Some(of) = &mut style.polyhedra_of {
            for &element in elements {
                let mut drawn = of.contains(&element);
                if ui.checkbox(&mut drawn, element.symbol()).changed() {
                    of.retain(|&other| other != element);
                    if drawn {
                        of.push(element);
                    }
                }
            }
        }
    });
}

fn planes_ui(ui: &mut Ui, shown: &Shown<'_>, style: &mut Style) {
    let text = |t: Text| t.get(shown.language);
    ui.separator();
    ui.label(text(Text::Planes));
    let mut gone = None;
    let repeats = style.repeats;
    for (number, plane) in style.planes.iter_mut().enumerate() {
        ui.horizontal_wrapped(|ui| {
            let before = plane.indices;
            for (name, index) in ["h", "k", "l"].into_iter().zip(&mut plane.indices) {
                named(ui, name, DragValue::new(index).range(-20..=20).speed(0.05));
            }
            // On the way from (1 0 0) to (-1 0 0) lies no plane.
            if plane.indices == [0, 0, 0] {
                plane.indices = before;
            }
            named(
                ui,
                text(Text::Offset),
                DragValue::new(&mut plane.offset).speed(0.02),
            );
            if ui.button(text(Text::Remove)).clicked() {
                gone = Some(number);
            }
            if scene::plane_polygon(plane, repeats).is_ok_and(|corners| corners.len() < 3) {
                ui.weak(text(Text::PlaneOutside));
            }
        });
    }
    if let Some(number) = gone {
        style.planes.remove(number);
    }
    if ui.button(text(Text::AddPlane)).clicked() {
        style.planes.push(MillerPlane {
            indices: [1, 1, 1],
            offset: 1.0,
        });
    }
}

fn moments_ui(ui: &mut Ui, shown: &Shown<'_>, style: &mut Style) {
    let text = |t: Text| t.get(shown.language);
    let moments = &mut style.moments;
    ui.separator();
    ui.label(text(Text::Moments));
    ui.checkbox(&mut moments.shown, text(Text::MomentArrows));
    ui.horizontal(|ui| {
        let drag = DragValue::new(&mut moments.length)
            .range(0.05..=20.0)
            .speed(0.01);
        named(ui, text(Text::MomentLength), drag);
    });
    ui.horizontal(|ui| {
        ui.label(text(Text::MomentDirection));
        let before = moments.direction;
        for (name, index) in ["u", "v", "w"].into_iter().zip(&mut moments.direction) {
            named(ui, name, DragValue::new(index).range(-20..=20).speed(0.05));
        }
        // On the way from [1 0 0] to [-1 0 0] lies no direction.
        if moments.direction == [0, 0, 0] {
            moments.direction = before;
        }
    });
    choice(
        ui,
        text(Text::MomentColours),
        &mut moments.colours,
        &[
            (MomentColours::Sign, text(Text::MomentSign)),
            (MomentColours::Size, text(Text::MomentSize)),
        ],
    );
}

fn export_ui(ui: &mut Ui, model: &mut Model, shown: &Shown<'_>, changes: &mut Vec<Change>) {
    let text = |t: Text| t.get(shown.language);
    let request = &mut model.picture;
    for (name, side) in [Text::Width, Text::Height]
        .into_iter()
        .zip(&mut request.size)
    {
        ui.horizontal(|ui| {
            named(
                ui,
                text(name),
                DragValue::new(side).range(16..=32_768).speed(5.0),
            )
        });
    }
    ui.checkbox(&mut request.transparent, text(Text::Transparent));
    ui.checkbox(&mut request.legend, text(Text::Legend));
    ui.checkbox(&mut request.axes, text(Text::Axes));
    ui.horizontal(|ui| {
        let drag = DragValue::new(&mut request.fog)
            .range(0.0..=1.0)
            .speed(0.01);
        named(ui, text(Text::DepthCueing), drag);
    });
    for (format, name) in [
        (PictureFormat::Png, Text::SavePng),
        (PictureFormat::Svg, Text::SaveSvg),
    ] {
        let ready = model.ready.as_ref();
        let button = ui.add_enabled(ready.is_some(), egui::Button::new(text(name)));
        if let Some(ready) = ready.filter(|_| button.clicked()) {
            model.picture.format = format;
            changes.push(Change::Picture(Box::new(PictureJob {
                scene: ready.scene.clone(),
                lattice: shown.structure.lattice.clone(),
                camera: model.camera,
                request: model.picture,
            })));
            ui.close();
        }
    }
}

/// A list to choose from, with its name before it.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, value: &mut T, choices: &[(T, &str)]) {
    let selected = choices
        .iter()
        .find(|(v, _)| v == value)
        .map_or("", |(_, t)| t);
    ui.horizontal(|ui| {
        let label = ui.label(name);
        let list = ComboBox::from_id_salt(name).selected_text(selected);
        let shown = list.show_ui(ui, |ui| {
            for (choice, text) in choices {
                ui.selectable_value(value, *choice, *text);
            }
        });
        shown.response.labelled_by(label.id);
    });
}

/// A number with its name before it.
fn named(ui: &mut Ui, name: &str, number: DragValue<'_>) {
    let label = ui.label(name);
    ui.add(number).labelled_by(label.id);
}

fn changed(style: Style, shown: &Shown<'_>, changes: &mut Vec<Change>) {
    if style != *shown.style {
        changes.push(Change::Style(Box::new(style)));
    }
}
