//! What is written on a picture: labels, axes, legend.

use super::{SvgOptions, add, hex, is_seen, rounded};
use crate::camera::Camera;
use crate::palette::{Colour, VACANCY};
use crate::scene::Scene;
use crystal::Lattice;

/// Labels, axes, legend, and what arrows mean.
pub(super) fn annotations(
    out: &mut String,
    scene: &Scene,
    camera: &Camera,
    lattice: &Lattice,
    options: &SvgOptions,
) {
    let (size, text) = (options.font_size, hex(options.text));
    let halo = hex(options.background.unwrap_or(options.fog.0));
    add(
        out,
        format_args!("<g font-family=\"sans-serif\" font-size=\"{size}\" fill=\"{text}\">"),
    );
    for label in &scene.labels {
        let at = camera.project(label.position, options.size);
        if is_seen([at.x, at.y], 0.0, at.scale, options.size) {
            add(
                out,
                format_args!(
                    "<text class=\"label\" x=\"{}\" y=\"{}\" text-anchor=\"middle\" stroke=\"{halo}\" stroke-width=\"3\" paint-order=\"stroke\">{}</text>",
                    rounded(at.x),
                    rounded(at.y + 0.35 * size),
                    escaped(&label.text),
                ),
            );
        }
    }
    if options.axes {
        axes(out, camera, lattice, options);
    }
    if options.legend {
        for (row, (name, colour)) in legend(scene).into_iter().enumerate() {
            let y = size * (1.5 + 1.6 * row as f64);
            let x = options.size[0] - 5.0 * size;
            add(
                out,
                format_args!(
                    "<circle class=\"legend\" cx=\"{x}\" cy=\"{y}\" r=\"{}\" fill=\"{}\" stroke=\"{text}\" stroke-width=\"0.5\"/><text x=\"{}\" y=\"{}\">{}</text>",
                    rounded(0.6 * size),
                    hex(colour),
                    x + size,
                    rounded(y + 0.35 * size),
                    escaped(&name),
                ),
            );
        }
        moments(out, scene, camera, options);
    }
    out.push_str("</g>\n");
}

/// Below the elements: an arrow of a round moment, as long as those of that moment are in the middle of the picture, and what
/// colours mean.
fn moments(out: &mut String, scene: &Scene, camera: &Camera, options: &SvgOptions) {
    let Some(scale) = &scene.moments else {
        return;
    };
    let (size, text) = (options.font_size, hex(options.text));
    let x = options.size[0] - 5.0 * size;
    let row = |row: usize| size * (1.5 + 1.6 * row as f64);
    let first = legend(scene).len() + 1;
    let length = scale.length * camera.project(scene.centre, options.size).scale;
    let (y, head, tail) = (row(first), 0.6 * size, x - size);
    let [low, high, end] = [y - head / 2.0, y + head / 2.0, tail + length].map(rounded);
    let [y, neck, tail] = [y, tail + length - head, tail].map(rounded);
    add(
        out,
        format_args!(
            "<path class=\"scale\" d=\"M{tail} {y}H{neck}M{neck} {low}L{end} {y}L{neck} {high}Z\" fill=\"{text}\" stroke=\"{text}\" stroke-width=\"2\"/><text x=\"{tail}\" y=\"{}\">{} µB</text>",
            rounded(row(first + 1)),
            scale.moment,
        ),
    );
    for (at, (name, colour)) in scale.colours.iter().enumerate() {
        let y = row(first + 2 + at);
        add(
            out,
            format_args!(
                "<rect x=\"{tail}\" y=\"{}\" width=\"{size}\" height=\"{}\" fill=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text>",
                rounded(y - 0.3 * size),
                rounded(0.6 * size),
                hex(*colour),
                rounded(tail + 1.5 * size),
                rounded(y + 0.35 * size),
                escaped(name),
            ),
        );
    }
}

/// The rows of the legend: elements in order of atomic number, then vacancy where there is any.
pub fn legend(scene: &Scene) -> Vec<(String, Colour)> {
    let elements = scene
        .colours
        .iter()
        .map(|(e, &c)| (e.symbol().to_string(), c));
    let vacant = scene
        .looks
        .iter()
        .flat_map(|l| &l.sectors)
        .any(|s| s.element.is_none());
    elements
        .chain(vacant.then(|| ("vacant".to_string(), VACANCY)))
        .collect()
}

fn axes(out: &mut String, camera: &Camera, lattice: &Lattice, options: &SvgOptions) {
    let length = 3.5 * options.font_size;
    let (x, y) = (1.6 * length, options.size[1] - 1.6 * length);
    for ([right, up, _], name, colour) in camera.named_axes(lattice) {
        let (ex, ey) = (x + right * length, y - up * length);
        let flat = right.hypot(up).max(1e-3);
        let (tx, ty) = (
            ex + right / flat * 0.7 * options.font_size,
            ey - up / flat * 0.7 * options.font_size,
        );
        let colour = hex(colour);
        add(
            out,
            format_args!(
                "<line class=\"axis\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{colour}\" stroke-width=\"3\" stroke-linecap=\"round\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-style=\"italic\" fill=\"{colour}\">{name}</text>",
                rounded(x),
                rounded(y),
                rounded(ex),
                rounded(ey),
                rounded(tx),
                rounded(ty + 0.35 * options.font_size),
            ),
        );
    }
}

/// Text as XML has it; control characters, which XML does not have, become blanks.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
