//! Vector pictures: what is farther is drawn first (the painter's algorithm).
//!
//! Spheres are circles with a gradient; in perspective the true outline is an ellipse, whose smaller axis is taken. Bonds are
//! cut in the middle and where they leave their spheres, edges of cells into short pieces outside the spheres, so that all
//! these are in order. Faces of polyhedra and planes are sorted by their middle: where they cut through each other the
//! order within them is not right.

mod annotations;

pub use annotations::legend;

use crate::camera::Camera;
use crate::moments::Arrow;
use crate::palette::{Colour, VACANCY};
use crate::scene::{Atom, Line, Look, Scene};
use annotations::annotations;
use crystal::Lattice;
use nalgebra::Vector3;
use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::fmt::Write as _;

/// What a vector picture is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct SvgOptions {
    /// Width and height, pixels.
    pub size: [f64; 2],
    /// Background; none leaves it transparent.
    pub background: Option<Colour>,
    /// Colour of text.
    pub text: Colour,
    /// What far atoms fade into, and how far: 0 not at all, 1 wholly.
    pub fog: (Colour, f64),
    /// Opacity of polyhedra and planes, 0 to 1.
    pub opacity: f64,
    /// Width of lines, pixels.
    pub line_width: f64,
    /// Size of text, pixels.
    pub font_size: f64,
    /// Draw the legend of the elements.
    pub legend: bool,
    /// Draw the axes a, b, c in the lower left corner.
    pub axes: bool,
}

impl Default for SvgOptions {
    fn default() -> Self {
        Self {
            size: [1200.0, 900.0],
            background: None,
            text: [20, 20, 20],
            fog: ([255, 255, 255], 0.4),
            opacity: 0.6,
            line_width: 1.5,
            font_size: 18.0,
            legend: true,
            axes: true,
        }
    }
}

/// Steps of depth cueing, each with a gradient of its own for every colour.
const FOG_STEPS: usize = 12;
/// Pieces of a cell's edges are about this long, Å.
const PIECE: f64 = 0.5;

/// The picture of a scene as SVG.
pub fn svg(scene: &Scene, camera: &Camera, lattice: &Lattice, options: &SvgOptions) -> String {
    let mut drawing = Drawing::new(scene, camera, options);
    drawing.spheres();
    drawing.bonds();
    drawing.arrows();
    drawing.faces();
    drawing.lines();
    let mut out = header(options);
    drawing.write(&mut out);
    annotations(&mut out, scene, camera, lattice, options);
    out.push_str("</svg>\n");
    out
}

/// Only the labels, axes and legend, on nothing: to be laid over a picture that a graphics card drew.
pub fn svg_annotations(
    scene: &Scene,
    camera: &Camera,
    lattice: &Lattice,
    options: &SvgOptions,
) -> String {
    let nothing = SvgOptions {
        background: None,
        ..options.clone()
    };
    let mut out = header(&nothing);
    annotations(&mut out, scene, camera, lattice, options);
    out.push_str("</svg>\n");
    out
}

fn header(options: &SvgOptions) -> String {
    let [w, h] = options.size;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n"
    );
    if let Some(colour) = options.background {
        let colour = hex(colour);
        add(
            &mut out,
            format_args!("<rect width=\"{w}\" height=\"{h}\" fill=\"{colour}\"/>"),
        );
    }
    out
}

/// Elements of a picture, each with its distance from the viewer.
struct Drawing<'a> {
    scene: &'a Scene,
    camera: &'a Camera,
    options: &'a SvgOptions,
    items: Vec<(f64, String)>,
    gradients: BTreeMap<Colour, usize>,
    front: f64,
    back: f64,
}

impl<'a> Drawing<'a> {
    fn new(scene: &'a Scene, camera: &'a Camera, options: &'a SvgOptions) -> Self {
        let middle = camera.project(scene.centre, options.size).depth;
        Self {
            scene,
            camera,
            options,
            items: Vec::new(),
            gradients: BTreeMap::new(),
            front: middle - scene.radius,
            back: middle + scene.radius,
        }
    }

    /// A colour faded by its depth, in a few steps.
    fn faded(&self, colour: Colour, depth: f64) -> Colour {
        let part = ((depth - self.front) / (self.back - self.front).max(1e-9)).clamp(0.0, 1.0);
        let step = (part * FOG_STEPS as f64).round() / FOG_STEPS as f64;
        mixed(colour, self.options.fog.0, step * self.options.fog.1)
    }

    fn gradient(&mut self, colour: Colour) -> usize {
        let next = self.gradients.len();
        *self.gradients.entry(colour).or_insert(next)
    }

    fn spheres(&mut self) {
        for atom in &self.scene.atoms {
            let at = self.camera.project(atom.position, self.options.size);
            let r = atom.radius * at.scale;
            if !is_seen([at.x, at.y], r, at.scale, self.options.size) {
                continue;
            }
            let look = &self.scene.looks[atom.look as usize];
            let mut text = String::new();
            let [x, y, r] = [at.x, at.y, r].map(rounded);
            let colour = if look.sectors.len() == 1 {
                self.faded(look.colour, at.depth)
            } else {
                self.pie(
                    &mut text,
                    look,
                    at.depth,
                    [at.x, at.y],
                    atom.radius * at.scale,
                );
                VACANCY
            };
            // Over a pie lies shading alone: the gradient without a colour.
            let fill = if look.sectors.len() == 1 {
                format!("g{}", self.gradient(colour))
            } else {
                "shade".to_string()
            };
            add(
                &mut text,
                format_args!(
                    "<circle class=\"atom\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"url(#{fill})\"/>"
                ),
            );
            self.items.push((at.depth, text));
        }
    }

    /// Sectors clockwise from the top.
    fn pie(&self, out: &mut String, look: &Look, depth: f64, [x, y]: [f64; 2], r: f64) {
        let mut turn = 0.0;
        for sector in &look.sectors {
            let point = |t: f64| [x + r * (t * TAU).sin(), y - r * (t * TAU).cos()].map(rounded);
            let [ax, ay] = point(turn);
            turn += sector.part;
            let [bx, by] = point(turn);
            let large = u8::from(sector.part > 0.5);
            let [cx, cy, r] = [x, y, r].map(rounded);
            let fill = hex(self.faded(sector.colour, depth));
            add(
                out,
                format_args!(
                    "<path d=\"M{cx} {cy}L{ax} {ay}A{r} {r} 0 {large} 1 {bx} {by}Z\" fill=\"{fill}\"/>"
                ),
            );
        }
    }

    fn bonds(&mut self) {
        let radius = self.scene.bond_radius;
        for bond in &self.scene.bonds {
            let [a, b] = bond.atoms.map(|i| &self.scene.atoms[i as usize]);
            let middle = (a.position + b.position) / 2.0;
            for atom in [a, b] {
                let along = middle - atom.position;
                // Where the cylinder leaves the sphere.
                let start = (atom.radius * atom.radius - radius * radius)
                    .max(0.0)
                    .sqrt();
                if start >= along.norm() {
                    continue;
                }
                let start = atom.position + along.normalize() * start;
                self.stick(
                    [start, middle],
                    radius,
                    self.scene.looks[atom.look as usize].colour,
                );
            }
        }
    }

    fn stick(&mut self, ends: [Vector3<f64>; 2], radius: f64, colour: Colour) {
        let [p, q] = ends.map(|end| self.camera.project(end, self.options.size));
        if p.scale <= 0.0 || q.scale <= 0.0 {
            return;
        }
        let (dx, dy) = (q.x - p.x, q.y - p.y);
        let length = dx.hypot(dy);
        if length < 1e-6 {
            return; // points at the viewer
        }
        let (nx, ny) = (-dy / length, dx / length);
        let corner = |at: &crate::camera::ScreenPoint, side: f64| {
            let w = side * radius * at.scale;
            [rounded(at.x + nx * w), rounded(at.y + ny * w)]
        };
        let corners = [
            corner(&p, 1.0),
            corner(&q, 1.0),
            corner(&q, -1.0),
            corner(&p, -1.0),
        ];
        let depth = (p.depth + q.depth) / 2.0;
        let base = self.faded(colour, depth);
        let mut text = String::new();
        let (dark, light) = (hex(mixed(base, [0; 3], 0.35)), hex(base));
        add(
            &mut text,
            format_args!(
                "<path d=\"{}\" fill=\"{light}\" stroke=\"{dark}\" stroke-width=\"{}\" stroke-linejoin=\"round\"/>",
                path(&corners),
                rounded((0.12 * radius * p.scale).min(1.5)),
            ),
        );
        self.items.push((depth, text));
    }

    /// Shafts outside their own atoms, and heads as the outlines of cones.
    fn arrows(&mut self) {
        for arrow in &self.scene.arrows {
            let atom = &self.scene.atoms[arrow.atom as usize];
            let [tail, tip] = arrow.ends;
            let along = (tip - tail).normalize();
            let neck = arrow.neck();
            let out = along * atom.radius;
            let radius = arrow.shaft_radius();
            let reach = |end: Vector3<f64>| (end - atom.position).norm();
            if reach(tail) > atom.radius {
                self.stick([tail, atom.position - out], radius, arrow.colour);
            }
            if reach(neck) > atom.radius {
                self.stick([atom.position + out, neck], radius, arrow.colour);
            }
            self.head(arrow);
        }
    }

    fn head(&mut self, arrow: &Arrow) {
        /// Corners of the circle where the head is widest.
        const CORNERS: usize = 20;
        let [tail, tip] = arrow.ends;
        let (neck, along) = (arrow.neck(), (tip - tail).normalize());
        let across = match along.x.abs() < 0.7 {
            true => along.cross(&Vector3::x()),
            false => along.cross(&Vector3::y()),
        };
        let across = across.normalize() * arrow.head_radius();
        let other = along.cross(&across);
        let rim = (0..CORNERS).map(|i| {
            let (sin, cos) = (TAU * i as f64 / CORNERS as f64).sin_cos();
            neck + across * cos + other * sin
        });
        let size = self.options.size;
        let seen: Vec<_> = rim
            .chain([tip])
            .map(|p| self.camera.project(p, size))
            .collect();
        if seen.iter().any(|p| p.scale <= 0.0) {
            return;
        }
        let depth = self.camera.project((neck + tip) / 2.0, size).depth;
        let outline = outline(seen.iter().map(|p| [rounded(p.x), rounded(p.y)]).collect());
        let base = self.faded(arrow.colour, depth);
        let (dark, light) = (hex(mixed(base, [0; 3], 0.35)), hex(base));
        let width = rounded((0.05 * arrow.head_radius() * seen[CORNERS].scale).min(1.5));
        let mut text = String::new();
        add(
            &mut text,
            format_args!(
                "<path class=\"arrow\" d=\"{}\" fill=\"{light}\" stroke=\"{dark}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"/>",
                path(&outline),
            ),
        );
        self.items.push((depth, text));
    }

    fn faces(&mut self) {
        for polyhedron in &self.scene.polyhedra {
            for face in &polyhedron.faces {
                let corners: Vec<_> = face.iter().map(|&i| polyhedron.corners[i]).collect();
                self.face(&corners, polyhedron.colour, true);
            }
        }
        for plane in &self.scene.planes {
            self.face(&plane.corners, plane.colour, false);
        }
    }

    fn face(&mut self, corners: &[Vector3<f64>], colour: Colour, edged: bool) {
        let seen: Vec<_> = corners
            .iter()
            .map(|&c| self.camera.project(c, self.options.size))
            .collect();
        if seen.len() < 3 || seen.iter().any(|p| p.scale <= 0.0) {
            return;
        }
        let depth = seen.iter().map(|p| p.depth).sum::<f64>() / seen.len() as f64;
        let normal = (corners[1] - corners[0]).cross(&(corners[2] - corners[0]));
        let towards = (self.camera.rotation * normal).normalize();
        // Matt, lit from the upper left as the graphics card draws it.
        let light = Vector3::new(-0.4, 0.6, 0.8).normalize();
        let lit = towards.dot(&light) * towards.z.signum();
        let shaded = mixed(
            [0; 3],
            self.faded(colour, depth),
            (0.42 + 0.62 * lit.max(0.0)).min(1.0),
        );
        let points: Vec<_> = seen.iter().map(|p| [rounded(p.x), rounded(p.y)]).collect();
        let edge = if edged {
            let edge = hex(mixed(shaded, [0; 3], 0.4));
            format!(
                " stroke=\"{edge}\" stroke-width=\"{}\" stroke-linejoin=\"round\"",
                self.options.line_width / 2.0
            )
        } else {
            String::new()
        };
        let mut text = String::new();
        add(
            &mut text,
            format_args!(
                "<path d=\"{}\" fill=\"{}\" fill-opacity=\"{}\"{edge}/>",
                path(&points),
                hex(shaded),
                self.options.opacity.clamp(0.0, 1.0),
            ),
        );
        self.items.push((depth, text));
    }

    fn lines(&mut self) {
        for line in &self.scene.lines {
            for piece in outside_spheres(line, &self.scene.atoms) {
                let [p, q] = piece.map(|end| self.camera.project(end, self.options.size));
                if p.scale <= 0.0 || q.scale <= 0.0 {
                    continue;
                }
                let depth = (p.depth + q.depth) / 2.0;
                let colour = hex(self.faded(line.colour, depth));
                let mut text = String::new();
                add(
                    &mut text,
                    format_args!(
                        "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{colour}\" stroke-width=\"{}\" stroke-linecap=\"round\"/>",
                        rounded(p.x),
                        rounded(p.y),
                        rounded(q.x),
                        rounded(q.y),
                        self.options.line_width,
                    ),
                );
                self.items.push((depth, text));
            }
        }
    }

    fn write(mut self, out: &mut String) {
        out.push_str("<defs>\n");
        let stops = |out: &mut String, id: &str, stops: &[(f64, String, f64)]| {
            add(
                out,
                format_args!(
                    "<radialGradient id=\"{id}\" cx=\"0.5\" cy=\"0.5\" r=\"0.5\" fx=\"0.36\" fy=\"0.3\">"
                ),
            );
            for (offset, colour, opacity) in stops {
                add(
                    out,
                    format_args!(
                        "<stop offset=\"{offset}\" stop-color=\"{colour}\" stop-opacity=\"{opacity}\"/>"
                    ),
                );
            }
            out.push_str("</radialGradient>\n");
        };
        for (&colour, index) in &self.gradients {
            let light = (0.0, hex(mixed(colour, [255; 3], 0.45)), 1.0);
            let plain = (0.45, hex(colour), 1.0);
            let dark = (1.0, hex(mixed(colour, [0; 3], 0.5)), 1.0);
            stops(out, &format!("g{index}"), &[light, plain, dark]);
        }
        let clear = (0.45, "#ffffff".to_string(), 0.0);
        let highlight = (0.0, "#ffffff".to_string(), 0.45);
        stops(
            out,
            "shade",
            &[
                highlight,
                clear,
                (0.46, "#000000".to_string(), 0.0),
                (1.0, "#000000".to_string(), 0.5),
            ],
        );
        out.push_str("</defs>\n");
        self.items.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, text) in &self.items {
            out.push_str(text);
        }
    }
}

/// The corners of the convex hull of points on the plane, in order (A. M. Andrew, Inf. Process. Lett. 9, 216 (1979)).
fn outline(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    let turns = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    };
    let chain = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && turns(a, b, point) <= 0.0
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut corners = chain(&mut points.iter().copied());
    corners.extend(chain(&mut points.iter().rev().copied()));
    corners
}

/// Pieces of a line that are outside all spheres.
fn outside_spheres(line: &Line, atoms: &[Atom]) -> Vec<[Vector3<f64>; 2]> {
    let [start, end] = line.ends;
    let length = (end - start).norm();
    if length <= 0.0 {
        return Vec::new();
    }
    let direction = (end - start) / length;
    let mut inside: Vec<(f64, f64)> = Vec::new();
    for atom in atoms {
        let to = atom.position - start;
        let nearest = to.dot(&direction);
        let h = atom.radius * atom.radius - (to.norm_squared() - nearest * nearest);
        if h > 0.0 {
            inside.push((nearest - h.sqrt(), nearest + h.sqrt()));
        }
    }
    inside.sort_by(|a, b| a.0.total_cmp(&b.0));
    inside.push((length, length));
    let mut pieces = Vec::new();
    let mut from = 0.0;
    for (enter, leave) in inside {
        let enter = enter.min(length);
        if enter > from {
            let count = ((enter - from) / PIECE).ceil().max(1.0);
            let at = |i: f64| start + direction * (from + (enter - from) * i / count);
            pieces.extend((0..count as usize).map(|i| [at(i as f64), at(i as f64 + 1.0)]));
        }
        from = leave.max(from);
    }
    pieces
}

/// Whether a circle of radius `r` pixels before the viewer touches the picture.
fn is_seen([x, y]: [f64; 2], r: f64, scale: f64, size: [f64; 2]) -> bool {
    scale > 0.0 && x + r > 0.0 && y + r > 0.0 && x - r < size[0] && y - r < size[1]
}

fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}

fn path(points: &[[f64; 2]]) -> String {
    let mut text = String::new();
    for (i, [x, y]) in points.iter().enumerate() {
        let _ = write!(text, "{}{x} {y}", if i == 0 { 'M' } else { 'L' });
    }
    text.push('Z');
    text
}

/// To hundredths of a pixel.
fn rounded(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

fn hex([r, g, b]: Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// `part` of the way from one colour to another.
fn mixed(from: Colour, to: Colour, part: f64) -> Colour {
    let part = part.clamp(0.0, 1.0);
    [0, 1, 2].map(|i| (f64::from(from[i]) * (1.0 - part) + f64::from(to[i]) * part).round() as u8)
}
