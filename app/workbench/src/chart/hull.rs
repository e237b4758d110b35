//! Hull plots: formation energy over composition for two elements, Gibbs's triangle for three.

use super::axes::axes;
use super::scale::linear_ticks;
use super::{Anchor, Drawing, Frame, Mark, NEAR, Place, PlotRange, Role, Scale, Symbol};
use crate::hull::{HullPlot, HullPoint, formula_of};
use potential::trust;

/// The words of a hull plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HullTexts {
    /// What runs along the horizontal axis of two elements.
    pub fraction: String,
    /// And along the vertical one, with its unit.
    pub formation: String,
    /// What the scale of colours shows, with its unit.
    pub above: String,
    /// Lines below the plot.
    pub caption: Vec<String>,
}

impl HullTexts {
    /// For files that leave the window.
    pub fn english(plot: &HullPlot, limit: f64) -> Self {
        let trust = trust::FORMATION_ENERGY;
        let mut caption = vec![format!(
            "{}: relative to {} bundled phases, {} of them stable ({})",
            plot.system(),
            plot.phases,
            plot.stable().count(),
            plot.model
        )];
        if !plot.bare_pairs.is_empty() {
            let pairs = plot.bare_text();
            caption.push(format!(
                "not covered: no compound of {pairs} alone is bundled"
            ));
        }
        let hidden = plot.hidden(limit);
        if hidden > 0 {
            caption.push(format!(
                "{hidden} more than {limit} eV/atom above the hull are not drawn"
            ));
        }
        caption.push(format!(
            "formation energies ± {:.2} eV/atom (root mean square, {} {})",
            trust.deviation, trust.cases, trust.against
        ));
        let second = plot.elements.get(1).map_or("", |e| e.symbol());
        Self {
            fraction: format!("atomic fraction of {second}"),
            formation: "formation energy [eV/atom]".to_owned(),
            above: "energy above hull [eV/atom]".to_owned(),
            caption,
        }
    }
}

/// Selected candidates that are named; of more, none is.
const NAMED: usize = 20;

/// A hull laid out.
#[derive(Debug, Default)]
pub struct HullChart {
    pub drawing: Drawing,
    /// Where the points are, in their order; none for those that are not drawn.
    places: Vec<Option<Place>>,
}

impl HullChart {
    /// Where a point is drawn.
    pub fn place(&self, point: usize) -> Option<Place> {
        self.places.get(point).copied().flatten()
    }

    /// The point that a pointer at a place means; of several at one place the last, which is drawn above the others.
    pub fn nearest(&self, [x, y]: Place) -> Option<usize> {
        let drawn = self.drawn();
        let near = drawn.map(|(at, [a, b])| ((a - x).hypot(b - y), at));
        let near = near.filter(|(distance, _)| *distance <= NEAR);
        near.min_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            .map(|(_, at)| at)
    }

    /// The points between two corners of a rectangle.
    pub fn inside(&self, a: Place, b: Place) -> Vec<usize> {
        let within = |at: Place, axis: usize| {
            let (low, high) = (a[axis].min(b[axis]), a[axis].max(b[axis]));
            low <= at[axis] && at[axis] <= high
        };
        let inside = |&(_, at): &(usize, Place)| within(at, 0) && within(at, 1);
        self.drawn().filter(inside).map(|(at, _)| at).collect()
    }

    /// Points with their places.
    pub fn drawn(&self) -> impl Iterator<Item = (usize, Place)> {
        let places = self.places.iter().enumerate();
        places.filter_map(|(at, place)| Some((at, (*place)?)))
    }
}

impl HullPlot {
    /// Whether a point is drawn where nothing further than `limit` (eV/atom) above the hull is.
    pub fn shows(&self, point: &HullPoint, limit: f64) -> bool {
        point.is_stable || point.above_hull <= limit
    }

    /// How many are not.
    pub fn hidden(&self, limit: f64) -> usize {
        let hidden = |point: &&HullPoint| !self.shows(point, limit);
        self.points.iter().filter(hidden).count()
    }
}

/// Lays a hull out on a plane of `size`. `limit`: how far above the hull (eV/atom) what is drawn may lie, which is also the end
/// of the scale; `selection`: rows, ascending; `text`: the height of the text.
pub fn hull_marks(
    plot: &HullPlot,
    limit: f64,
    selection: &[u32],
    texts: &HullTexts,
    size: (f32, f32),
    text: f32,
) -> HullChart {
    let mut layout = Layout {
        plot,
        limit,
        selection,
        texts,
        text,
        // What is left beside the scale and above the caption.
        width: (size.0 - 6.5 * text).max(8.0 * text),
        height: (size.1 - 1.3 * text * texts.caption.len() as f32).max(6.0 * text),
        chart: HullChart {
            drawing: Drawing {
                size: [size.0, size.1],
                ..Drawing::default()
            },
            places: Vec::new(),
        },
    };
    let (top, bottom) = match plot.elements.len() {
        2 => layout.binary(),
        _ => layout.ternary(),
    };
    layout.scale(top, bottom);
    layout.caption();
    layout.chart
}

struct Layout<'a> {
    plot: &'a HullPlot,
    limit: f64,
    selection: &'a [u32],
    texts: &'a HullTexts,
    text: f32,
    width: f32,
    height: f32,
    chart: HullChart,
}

impl Layout<'_> {
    /// Energy over composition; the upper and lower end of the plot.
    fn binary(&mut self) -> (f32, f32) {
        let plot = self.plot;
        let shown = plot.points.iter().filter(|p| plot.shows(p, self.limit));
        let energies = shown.map(|point| point.formation_energy);
        let (low, high) = energies.fold((0.0_f64, 0.0_f64), |(low, high), e| {
            (low.min(e), high.max(e))
        });
        let room = 0.1 * (high - low).max(0.1);
        let range = PlotRange {
            x: [-0.02, 1.02],
            y: [low - room, high + room],
        };
        let size = (self.width, self.height);
        let frame = Frame::of([Scale::Linear; 2], range, size, self.text);
        // The titles stand by the frame, not by the caption below it.
        let whole = self.chart.drawing.size;
        self.chart.drawing.size = [self.width, self.height];
        let titles = [self.texts.fraction.clone(), self.texts.formation.clone()];
        axes(&mut self.chart.drawing, &frame, titles, self.text);
        self.chart.drawing.size = whole;
        self.points(|point| frame.place(point.fractions[1], point.formation_energy));
        for (at, point) in plot.points.iter().enumerate() {
            if let (true, Some([x, _])) = (self.is_selected(point), self.chart.place(at)) {
                let end = |by: f64| frame.clamped([x, frame.place_y(point.formation_energy + by)]);
                self.chart.drawing.behind.push(Mark::Line {
                    from: end(-point.std),
                    to: end(point.std),
                    role: Role::ErrorBar,
                });
            }
        }
        self.labels([Anchor::Below, Anchor::Above, Anchor::Right, Anchor::Left]);
        (frame.min[1], frame.max[1])
    }

    /// Composition alone, in a triangle with the first element to the left and the third above.
    fn ternary(&mut self) -> (f32, f32) {
        let text = self.text;
        let (left, right) = (3.2 * text, self.width - 2.6 * text);
        let (top, bottom) = (1.8 * text, self.height - 2.8 * text);
        let slope = 3.0_f32.sqrt() / 2.0;
        let side = (right - left).min((bottom - top) / slope).max(text);
        let middle = (left + right) / 2.0;
        let base = (top + bottom + side * slope) / 2.0;
        let corners = [
            [middle - side / 2.0, base],
            [middle + side / 2.0, base],
            [middle, base - side * slope],
        ];
        let place = |fractions: [f64; 3]| {
            let along = |axis: usize| {
                let parts = fractions.iter().zip(&corners);
                let sum: f64 = parts.map(|(x, corner)| x * f64::from(corner[axis])).sum();
                sum as f32
            };
            [along(0), along(1)]
        };
        self.grid(place);
        let names = [
            (0, Anchor::Below, 1.3),
            (1, Anchor::Below, 1.3),
            (2, Anchor::Above, -0.3),
        ];
        for (element, anchor, below) in names {
            let [x, y] = corners[element];
            let name = self.plot.elements[element].symbol().to_owned();
            self.write([x, y + below * text], name, anchor);
        }
        self.points(|point| match point.fractions[..] {
            [a, b, c] => place([a, b, c]),
            _ => corners[0],
        });
        self.labels([Anchor::Above, Anchor::Below, Anchor::Right, Anchor::Left]);
        (base - side * slope, base)
    }

    /// Lines of equal fraction, with numbers on the side where each fraction grows.
    fn grid(&mut self, place: impl Fn([f64; 3]) -> Place) {
        let at = |own: usize, next: usize, share: f64| {
            let mut fractions = [0.0; 3];
            fractions[own] = share;
            fractions[next] += 1.0 - share;
            place(fractions)
        };
        for own in 0..3 {
            let (next, last) = ((own + 1) % 3, (own + 2) % 3);
            for step in 0..5 {
                let share = f64::from(step) / 5.0;
                self.chart.drawing.behind.push(Mark::Line {
                    from: at(own, next, share),
                    to: at(own, last, share),
                    role: if step == 0 { Role::Axis } else { Role::Grid },
                });
                // Of the second element below, of the third to the right, of the first to the left.
                let [x, y] = at(own, last, share);
                let (anchor, by) = match own {
                    1 => (Anchor::Below, [0.0, 3.0]),
                    2 => (Anchor::Right, [4.0, 0.0]),
                    _ => (Anchor::Left, [-4.0, 0.0]),
                };
                if step > 0 {
                    self.write([x + by[0], y + by[1]], format!("{share:.1}"), anchor);
                }
            }
        }
    }

    fn write(&mut self, at: Place, text: String, anchor: Anchor) {
        let mark = Mark::Text { at, text, anchor };
        self.chart.drawing.behind.push(mark);
    }

    fn is_selected(&self, point: &HullPoint) -> bool {
        let row = point.row();
        row.is_some_and(|row| self.selection.binary_search(&row).is_ok())
    }

    /// The lines of the hull, and the points from the highest down: what matters most lies above.
    fn points(&mut self, place: impl Fn(&HullPoint) -> Place) {
        let plot = self.plot;
        let shown = |point: &HullPoint| plot.shows(point, self.limit).then(|| place(point));
        self.chart.places = plot.points.iter().map(shown).collect();
        for [a, b] in &plot.edges {
            self.chart.drawing.marks.push(Mark::Line {
                from: place(&plot.points[*a]),
                to: place(&plot.points[*b]),
                role: Role::Axis,
            });
        }
        let mut order: Vec<usize> = self.chart.drawn().map(|(at, _)| at).collect();
        let level = |at: &usize| (*at >= plot.phases, plot.points[*at].is_stable);
        order.sort_by(|a, b| {
            let higher = plot.points[*b]
                .above_hull
                .total_cmp(&plot.points[*a].above_hull);
            level(a).cmp(&level(b)).then(higher).then(a.cmp(b))
        });
        for at in order {
            let point = &plot.points[at];
            let Some(place) = self.chart.place(at) else {
                continue;
            };
            let symbol = match at < plot.phases {
                true => Symbol::Predicted,
                false => Symbol::Candidate,
            };
            let role = match (point.is_stable, point.is_covered) {
                (true, _) => Role::Front,
                (_, true) => self.shade(point.above_hull),
                (_, false) => Role::Brush,
            };
            let mut push = |role| {
                let mark = Mark::Symbol {
                    at: place,
                    symbol,
                    role,
                };
                self.chart.drawing.marks.push(mark);
            };
            push(role);
            if point
                .row()
                .is_some_and(|row| self.selection.binary_search(&row).is_ok())
            {
                push(Role::Selected);
            }
        }
    }

    fn shade(&self, above: f64) -> Role {
        let share = (above / self.limit).clamp(0.0, 1.0);
        Role::Shade((255.0 * share).round() as u8)
    }

    /// Names the selected candidates and the stable phases, wherever there is room for a name beside its point.
    fn labels(&mut self, anchors: [Anchor; 4]) {
        let plot = self.plot;
        let is_corner = |point: &HullPoint| {
            plot.elements.len() > 2 && point.fractions.iter().any(|x| *x > 1.0 - 1e-9)
        };
        let selected = plot.candidates().iter().filter(|p| self.is_selected(p));
        let few = selected.count() <= NAMED;
        let named = |(at, _): &(usize, Place)| {
            let point = &plot.points[*at];
            few && self.is_selected(point) || point.is_stable && !is_corner(point)
        };
        let mut named: Vec<(usize, Place)> = self.chart.drawn().filter(named).collect();
        named.sort_by(|(a, _), (b, _)| {
            let (x, y) = (&plot.points[*a], &plot.points[*b]);
            let first = self.is_selected(y).cmp(&self.is_selected(x));
            first
                .then(x.formation_energy.total_cmp(&y.formation_energy))
                .then(a.cmp(b))
        });
        let around = |[x, y]: Place| [x - 4.0, y - 4.0, x + 4.0, y + 4.0];
        let mut taken: Vec<[f32; 4]> = named.iter().map(|(_, at)| around(*at)).collect();
        // The numbers along the axes give way where there is no other room.
        let numbers: Vec<[f32; 4]> = self
            .chart
            .drawing
            .behind
            .iter()
            .filter_map(|mark| match mark {
                Mark::Text { at, text, anchor } => self.area(*at, text, *anchor),
                _ => None,
            })
            .collect();
        for (at, place) in named {
            let name = formula_of(&plot.points[at].formula);
            let own = around(place);
            let others: Vec<[f32; 4]> = taken.iter().copied().filter(|a| *a != own).collect();
            let all = [others.clone(), numbers.clone()].concat();
            let free = self.free(place, &name, anchors, &all);
            let free = free.or_else(|| self.free(place, &name, anchors, &others));
            if let Some((at, anchor, area)) = free {
                taken.push(area);
                self.clear(area);
                self.chart.drawing.marks.push(Mark::Text {
                    at,
                    text: name,
                    anchor,
                });
            }
        }
    }

    /// The first of the sides of a point where a name meets nothing that is taken: where it stands, and its room.
    fn free(
        &self,
        [x, y]: Place,
        name: &str,
        anchors: [Anchor; 4],
        taken: &[[f32; 4]],
    ) -> Option<(Place, Anchor, [f32; 4])> {
        const AWAY: f32 = 5.0;
        anchors.into_iter().find_map(|anchor| {
            let place = match anchor {
                Anchor::Above => [x, y - AWAY],
                Anchor::Right => [x + AWAY, y],
                Anchor::Left => [x - AWAY, y],
                _ => [x, y + AWAY],
            };
            let area = self.area(place, name, anchor)?;
            let [left, top, right, bottom] = area;
            let inside = left >= 0.0 && top >= 0.0 && right <= self.width && bottom <= self.height;
            let alone = taken.iter().all(|other| !overlap(area, *other));
            (inside && alone).then_some((place, anchor, area))
        })
    }

    /// Takes away what is written in an area behind the points.
    fn clear(&mut self, area: [f32; 4]) {
        let mut behind = std::mem::take(&mut self.chart.drawing.behind);
        behind.retain(|mark| match mark {
            Mark::Text { at, text, anchor } => {
                let own = self.area(*at, text, *anchor);
                own.is_none_or(|own| !overlap(own, area))
            }
            _ => true,
        });
        self.chart.drawing.behind = behind;
    }

    /// About how much room a text takes: upper left and lower right corner; none where it runs upwards.
    fn area(&self, [x, y]: Place, text: &str, anchor: Anchor) -> Option<[f32; 4]> {
        let (width, height) = (0.56 * self.text * text.chars().count() as f32, self.text);
        let [left, top] = match anchor {
            Anchor::Above => [x - width / 2.0, y - height],
            Anchor::Below => [x - width / 2.0, y],
            Anchor::Right => [x, y - height / 2.0],
            Anchor::Left => [x - width, y - height / 2.0],
            Anchor::Upwards => return None,
        };
        Some([left, top, left + width, top + height])
    }

    /// The scale of the colours, to the right.
    fn scale(&mut self, top: f32, bottom: f32) {
        const STEPS: u8 = 64;
        let (left, text) = (self.width + 0.6 * self.text, self.text);
        let height = bottom - top;
        let at = |share: f32| bottom - share * height;
        for step in 0..STEPS {
            let share = |step: u8| f32::from(step) / f32::from(STEPS);
            self.chart.drawing.behind.push(Mark::Rect {
                min: [left, at(share(step + 1))],
                max: [left + 0.8 * text, at(share(step))],
                role: Role::Shade((255.0 * (share(step) + share(1) / 2.0)) as u8),
            });
        }
        for (value, label) in linear_ticks(0.0, self.limit, 5) {
            let y = at((value / self.limit) as f32);
            self.write([left + text, y], label, Anchor::Right);
        }
        let title = self.texts.above.clone();
        let x = self.chart.drawing.size[0] - 0.9 * text;
        self.write([x, (top + bottom) / 2.0], title, Anchor::Upwards);
    }

    fn caption(&mut self) {
        for (line, caption) in self.texts.caption.iter().enumerate() {
            let y = self.height + (1.3 * line as f32 + 0.5) * self.text;
            let mark = Mark::Text {
                at: [self.text, y],
                text: caption.clone(),
                anchor: Anchor::Right,
            };
            self.chart.drawing.behind.push(mark);
        }
    }
}

/// Whether two areas, by their upper left and lower right corners, have anything in common.
fn overlap(a: [f32; 4], b: [f32; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

#[cfg(test)]
mod tests;
