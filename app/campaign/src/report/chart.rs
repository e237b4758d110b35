//! Small charts as SVG text: points with error bars, lines, steps, over axes with round ticks.

use std::fmt::Write;

/// What is drawn of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Dots,
    /// Dots with a darker edge, drawn larger.
    Marked,
    /// A line that keeps its value until the next point.
    Steps,
    /// A thin grey line, for comparison.
    Guide,
}

/// One thing over the axes.
#[derive(Clone, Debug)]
pub struct Series {
    pub name: String,
    pub shape: Shape,
    /// x, y and the half length of the error bar; NaN none.
    pub points: Vec<(f64, f64, f64)>,
}

/// A chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it shows, for those who cannot see it.
    pub title: String,
    pub x: String,
    pub y: String,
    pub series: Vec<Series>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 52.0;

/// Colours on white that are told apart with any colour vision (Okabe & Ito 2008).
fn colour(shape: Shape) -> &'static str {
    match shape {
        Shape::Dots => "#0072b2",
        Shape::Marked | Shape::Steps => "#d55e00",
        Shape::Guide => "#909090",
    }
}

/// A scale from data to pixels, with ticks at round numbers.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let finite = values.filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let (low, high) = match (low <= high, high - low > 1e-12 * high.abs().max(low.abs())) {
            (false, _) => (0.0, 1.0),
            (true, false) => (
                low - 0.5 * low.abs().max(1.0),
                low + 0.5 * low.abs().max(1.0),
            ),
            (true, true) => (low - 0.03 * (high - low), high + 0.03 * (high - low)),
        };
        let rough = (high - low) / 6.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = match rough / power {
            x if x <= 1.0 => power,
            x if x <= 2.0 => 2.0 * power,
            x if x <= 5.0 => 5.0 * power,
            _ => 10.0 * power,
        };
        Self { low, high, step }
    }

    fn ticks(&self) -> Vec<f64> {
        let first = (self.low / self.step).ceil() as i64;
        let last = (self.high / self.step).floor() as i64;
        (first..=last).map(|k| k as f64 * self.step).collect()
    }

    fn text(&self, tick: f64) -> String {
        if !(1e-4..1e7).contains(&self.step) {
            return format!("{tick:.1e}");
        }
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        format!("{tick:.decimals$}")
    }

    fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// Text that is safe between tags and in attributes.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

impl Chart {
    /// The chart as an SVG element.
    pub fn svg(&self) -> String {
        let points = || self.series.iter().flat_map(|s| &s.points);
        let x = Axis::of(points().map(|p| p.0));
        let spread = |p: &(f64, f64, f64)| if p.2.is_finite() { p.2 } else { 0.0 };
        let y = Axis::of(points().flat_map(|p| [p.1 - spread(p), p.1 + spread(p)]));
        let across = |value: f64| LEFT + x.share(value) * (WIDTH - LEFT - RIGHT);
        let down = |value: f64| HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             role=\"img\" font-family=\"sans-serif\" font-size=\"12\"><title>{}</title>\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            escaped(&self.title)
        );
        for tick in x.ticks() {
            let at = across(tick);
            let _ = write!(
                out,
                "<line x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{:.1}\" stroke=\"#e4e4e4\"/>\
                 <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                HEIGHT - BOTTOM,
                HEIGHT - BOTTOM + 16.0,
                x.text(tick)
            );
        }
        for tick in y.ticks() {
            let at = down(tick);
            let _ = write!(
                out,
                "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{:.1}\" y2=\"{at:.1}\" stroke=\"#e4e4e4\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                at + 4.0,
                y.text(tick)
            );
        }
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\
             <text transform=\"translate(16 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            (LEFT + WIDTH - RIGHT) / 2.0,
            HEIGHT - 12.0,
            escaped(&self.x),
            (TOP + HEIGHT - BOTTOM) / 2.0,
            escaped(&self.y)
        );
        let mut legend = LEFT;
        for series in &self.series {
            push_series(&mut out, series, &across, &down);
            let colour = colour(series.shape);
            let _ = write!(
                out,
                "<rect x=\"{legend:.1}\" y=\"12\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{:.1}\" y=\"21\">{}</text>",
                legend + 14.0,
                escaped(&series.name)
            );
            legend += 30.0 + 6.5 * series.name.chars().count() as f64;
        }
        out.push_str("</svg>");
        out
    }
}

fn push_series(
    out: &mut String,
    series: &Series,
    across: &dyn Fn(f64) -> f64,
    down: &dyn Fn(f64) -> f64,
) {
    let colour = colour(series.shape);
    let known = series
        .points
        .iter()
        .filter(|p| p.0.is_finite() && p.1.is_finite());
    if matches!(series.shape, Shape::Dots | Shape::Marked) {
        let radius = if series.shape == Shape::Marked {
            5.0
        } else {
            3.5
        };
        for &(x, y, spread) in known {
            let (at, height) = (across(x), down(y));
            if spread > 0.0 && spread.is_finite() {
                let (top, bottom) = (down(y + spread), down(y - spread));
                let _ = write!(
                    out,
                    "<line x1=\"{at:.1}\" y1=\"{top:.1}\" x2=\"{at:.1}\" y2=\"{bottom:.1}\" stroke=\"#8fb8d0\"/>"
                );
            }
            let _ = write!(
                out,
                "<circle cx=\"{at:.1}\" cy=\"{height:.1}\" r=\"{radius}\" fill=\"{colour}\" fill-opacity=\"0.8\"/>"
            );
        }
        return;
    }
    let mut path = String::new();
    let mut before: Option<f64> = None;
    for &(x, y, _) in known {
        let (at, height) = (across(x), down(y));
        match before {
            None => {
                let _ = write!(path, "M{at:.1} {height:.1}");
            }
            Some(_) if series.shape == Shape::Steps => {
                let _ = write!(path, "H{at:.1}V{height:.1}");
            }
            Some(_) => {
                let _ = write!(path, "L{at:.1} {height:.1}");
            }
        }
        before = Some(height);
    }
    let (width, dash) = match series.shape {
        Shape::Guide => (1.0, " stroke-dasharray=\"4 3\""),
        _ => (2.0, ""),
    };
    let _ = write!(
        out,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_range() {
        for (low, high, first, step) in [
            (0.0, 10.0, 0.0, 2.0),
            (0.013, 0.187, 0.02, 0.05),
            (-3.0, 3.0, -2.0, 2.0),
            (5.0, 5.0, 3.0, 1.0),
        ] {
            let axis = Axis::of([low, high].into_iter());
            let ticks = axis.ticks();
            assert!(
                (axis.step - step).abs() < 1e-9,
                "{low} to {high}: {}",
                axis.step
            );
            assert!(
                ticks[0] >= axis.low && ticks[0] <= first + step,
                "{ticks:?}"
            );
            assert!(
                ticks.len() >= 3 && ticks.iter().all(|t| *t <= axis.high),
                "{ticks:?}"
            );
        }
    }

    #[test]
    fn nothing_known_and_hostile_names_still_make_a_picture() {
        let chart = Chart {
            title: "</title><script>".to_owned(),
            x: "a & b".to_owned(),
            y: "\u{1}y".to_owned(),
            series: vec![Series {
                name: "\"x\"".to_owned(),
                shape: Shape::Steps,
                points: vec![(f64::NAN, 1.0, 0.0), (1.0, f64::INFINITY, f64::NAN)],
            }],
        };
        let svg = chart.svg();
        assert!(!svg.contains("<script>") && svg.contains("a &amp; b"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
