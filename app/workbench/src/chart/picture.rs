//! The chart as a picture file: vectors as SVG, and pixels as PNG from the same text.

use super::{Anchor, Density, Drawing, Mark, Role, Symbol, scale_colour};
use crate::error::WorkbenchError;
use resvg::{tiny_skia, usvg};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// The text's height in pictures.
const TEXT: f32 = 13.0;

/// Colours on white that are told apart with any colour vision (Okabe & Ito 2008).
fn colour(role: Role) -> Cow<'static, str> {
    let fixed = match role {
        Role::Shade(shade) => {
            let [r, g, b] = scale_colour(f32::from(shade) / 255.0);
            return format!("#{r:02x}{g:02x}{b:02x}").into();
        }
        Role::Axis | Role::Text => "#202020",
        Role::Grid => "#e4e4e4",
        Role::Point => "#0072b2",
        Role::ErrorBar => "#8fb8d0",
        Role::Front => "#d55e00",
        Role::Dominated => "#f2f2f2",
        Role::Selected => "#000000",
        Role::Candidate => "#a6cbe3",
        Role::Brush => "#b3b3b3",
    };
    fixed.into()
}

/// Pixels a unit in PNG.
const ZOOM: f32 = 2.0;

/// Whether a file name's ending says in which format a picture is to be written.
///
/// # Errors
///
/// Another ending than .svg and .png.
pub fn check_picture(path: &Path) -> Result<(), WorkbenchError> {
    match ending(path).as_str() {
        "svg" | "png" => Ok(()),
        _ => Err(WorkbenchError::PlotFormat { path: path.into() }),
    }
}

/// Writes a drawing as .svg or .png; `fonts` draw the text of the latter.
///
/// # Errors
///
/// Another ending, a chart that is too large, a file that cannot be written.
pub fn write_picture(
    drawing: &Drawing,
    fonts: &[&'static [u8]],
    path: &Path,
) -> Result<(), WorkbenchError> {
    let [width, height] = drawing.size;
    let svg = svg(drawing, width, height);
    let bytes = match ending(path).as_str() {
        "svg" => svg.into_bytes(),
        "png" => png(&svg, fonts, ZOOM).map_err(|error| WorkbenchError::Plot {
            path: path.into(),
            error,
        })?,
        _ => return Err(WorkbenchError::PlotFormat { path: path.into() }),
    };
    crate::export::file(path, || Ok(bytes))
}

fn ending(path: &Path) -> String {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    ending.to_lowercase()
}

/// A drawing as SVG.
pub(crate) fn svg(drawing: &Drawing, width: f32, height: f32) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"Noto Sans, sans-serif\" font-size=\"{TEXT}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    // Regions first, so that the grid is seen on them.
    let is_region = |mark: &&Mark| matches!(mark, Mark::Rect { .. });
    for mark in drawing.behind.iter().filter(is_region) {
        push_mark(&mut out, mark);
    }
    for mark in drawing.behind.iter().filter(|mark| !is_region(mark)) {
        push_mark(&mut out, mark);
    }
    for (role, density) in &drawing.densities {
        push_density(&mut out, *role, density);
    }
    for mark in &drawing.marks {
        push_mark(&mut out, mark);
    }
    out.push_str("</svg>\n");
    out
}

fn push_mark(out: &mut String, mark: &Mark) {
    // Writing to a string cannot fail.
    let _ = match mark {
        Mark::Line { from, to, role } => {
            let width = if *role == Role::Front { 1.5 } else { 1.0 };
            writeln!(
                out,
                "<path d=\"M{:.2} {:.2}L{:.2} {:.2}\" stroke=\"{}\" stroke-width=\"{width}\"/>",
                from[0],
                from[1],
                to[0],
                to[1],
                colour(*role)
            )
        }
        Mark::Rect { min, max, role } => writeln!(
            out,
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{}\"/>",
            min[0],
            min[1],
            (max[0] - min[0]).max(0.0),
            (max[1] - min[1]).max(0.0),
            colour(*role)
        ),
        Mark::Symbol { at, symbol, role } => push_symbol(out, at, *symbol, *role),
        Mark::Text { at, text, anchor } => push_text(out, at, text, *anchor),
    };
}

fn push_symbol(out: &mut String, at: &[f32; 2], symbol: Symbol, role: Role) -> std::fmt::Result {
    let ([x, y], r) = (*at, 3.0_f32);
    let paint = match role {
        Role::Selected => format!(
            "fill=\"none\" stroke=\"{}\" stroke-width=\"2\"",
            colour(role)
        ),
        // The light end of the scale would be lost on white.
        Role::Shade(_) => format!(
            "fill=\"{}\" stroke=\"#606060\" stroke-width=\"0.5\"",
            colour(role)
        ),
        _ => format!("fill=\"{}\"", colour(role)),
    };
    let r = if role == Role::Selected { r + 2.0 } else { r };
    match symbol {
        Symbol::Predicted => writeln!(
            out,
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{r}\" {paint}/>"
        ),
        Symbol::Measured => writeln!(
            out,
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{w}\" height=\"{w}\" {paint}/>",
            x - r,
            y - r,
            w = 2.0 * r
        ),
        Symbol::Candidate => {
            let [[ax, ay], [bx, by], [cx, cy]] = super::triangle(1.5 * r);
            writeln!(
                out,
                "<path d=\"M{:.2} {:.2}L{:.2} {:.2}L{:.2} {:.2}Z\" {paint}/>",
                x + ax,
                y + ay,
                x + bx,
                y + by,
                x + cx,
                y + cy
            )
        }
        Symbol::Computed => {
            let r = 1.3 * r;
            writeln!(
                out,
                "<path d=\"M{x:.2} {:.2}L{:.2} {y:.2}L{x:.2} {:.2}L{:.2} {y:.2}Z\" {paint}/>",
                y - r,
                x + r,
                y + r,
                x - r
            )
        }
    }
}

fn push_text(out: &mut String, at: &[f32; 2], text: &str, anchor: Anchor) -> std::fmt::Result {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let fill = colour(Role::Text);
    let [x, y] = *at;
    match anchor {
        Anchor::Below => writeln!(
            out,
            "<text x=\"{x:.2}\" y=\"{:.2}\" text-anchor=\"middle\" fill=\"{fill}\">{text}</text>",
            y + TEXT
        ),
        Anchor::Above => writeln!(
            out,
            "<text x=\"{x:.2}\" y=\"{:.2}\" text-anchor=\"middle\" fill=\"{fill}\">{text}</text>",
            y - 0.25 * TEXT
        ),
        Anchor::Right => writeln!(
            out,
            "<text x=\"{x:.2}\" y=\"{:.2}\" fill=\"{fill}\">{text}</text>",
            y + 0.35 * TEXT
        ),
        Anchor::Left => writeln!(
            out,
            "<text x=\"{x:.2}\" y=\"{:.2}\" text-anchor=\"end\" fill=\"{fill}\">{text}</text>",
            y + 0.35 * TEXT
        ),
        Anchor::Upwards => writeln!(
            out,
            "<text transform=\"translate({:.2} {y:.2}) rotate(-90)\" text-anchor=\"middle\" fill=\"{fill}\">{text}</text>",
            x + 0.5 * TEXT
        ),
    }
}

/// Neighbours in a row that are alike are one rectangle: files stay small.
fn push_density(out: &mut String, role: Role, density: &Density) {
    const SHADES: f32 = 24.0;
    let shades = density.shades();
    let shades = shades
        .iter()
        .map(|shade| shade.map(|s| (s * SHADES).round() as u8));
    let shades: Vec<Option<u8>> = shades.collect();
    for (row, shades) in shades.chunks(density.columns).enumerate() {
        let mut column = 0;
        for run in shades.chunk_by(|a, b| a == b) {
            if let Some(Some(shade)) = run.first() {
                let _ = writeln!(
                    out,
                    "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{}\" fill=\"{}\" fill-opacity=\"{:.2}\"/>",
                    density.min[0] + column as f32 * density.cell,
                    density.min[1] + row as f32 * density.cell,
                    run.len() as f32 * density.cell,
                    density.cell,
                    colour(role),
                    0.15 + 0.85 * f32::from(*shade) / SHADES,
                );
            }
            column += run.len();
        }
    }
}

/// An SVG as PNG, `zoom` pixels a unit.
pub(crate) fn png(svg: &str, fonts: &[&'static [u8]], zoom: f32) -> Result<Vec<u8>, String> {
    let mut options = usvg::Options::default();
    let database = options.fontdb_mut();
    for font in fonts {
        database.load_font_data(font.to_vec());
    }
    let family = database
        .faces()
        .next()
        .and_then(|face| face.families.first())
        .map(|(name, _)| name.clone());
    if let Some(family) = family {
        database.set_sans_serif_family(family);
    }
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size();
    let pixels = |length: f32| (length * zoom).round().max(1.0) as u32;
    let mut image = tiny_skia::Pixmap::new(pixels(size.width()), pixels(size.height()))
        .ok_or_else(|| "the picture is too large".to_owned())?;
    let transform = tiny_skia::Transform::from_scale(zoom, zoom);
    resvg::render(&tree, transform, &mut image.as_mut());
    image.encode_png().map_err(|error| error.to_string())
}
