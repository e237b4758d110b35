//! From values to places: linear and logarithmic axes, ranges, round ticks.

use super::Place;
use crate::points::Points;
use serde::{Deserialize, Serialize};

/// The part of the plane that is shown, in the units of the axes, lower value first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlotRange {
    pub x: [f64; 2],
    pub y: [f64; 2],
}

/// How an axis runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// By powers of ten; values of 0 and below have no place.
    Logarithmic,
}

impl Scale {
    /// The scale of an axis.
    pub fn of(log: bool) -> Self {
        if log { Self::Logarithmic } else { Self::Linear }
    }

    /// The value as it runs along the axis.
    pub fn along(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Logarithmic => value.log10(),
        }
    }

    /// The value at a place along the axis.
    pub fn value(self, along: f64) -> f64 {
        match self {
            Self::Linear => along,
            Self::Logarithmic => 10_f64.powf(along),
        }
    }

    /// The least and the greatest of the values that have a place.
    pub fn bounds(self, values: &[f64]) -> [f64; 2] {
        let has_place = |v: &&f64| v.is_finite() && (self == Self::Linear || **v > 0.0);
        let with_place = values.iter().filter(has_place);
        let (low, high) = with_place.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| {
            (low.min(v), high.max(v))
        });
        if low > high {
            return [self.value(0.0), self.value(1.0)];
        }
        [low, high]
    }

    /// From the least to the greatest value, with a twentieth of room at both ends.
    pub fn full_range(self, values: &[f64]) -> [f64; 2] {
        let [low, high] = self.bounds(values).map(|end| self.along(end));
        let room = match high - low {
            0.0 => low.abs().max(1.0) * 0.05,
            span => span * 0.05,
        };
        [self.value(low - room), self.value(high + room)]
    }

    /// Round values from `low` to `high`, about `wanted` of them, with their texts.
    pub(super) fn ticks(self, low: f64, high: f64, wanted: usize) -> Vec<(f64, String)> {
        match self {
            Self::Linear => linear_ticks(low, high, wanted),
            Self::Logarithmic => {
                let (first, last) = (low.log10(), high.log10());
                let decades = last - first;
                if decades < 1.0 || !decades.is_finite() {
                    return linear_ticks(low, high, wanted);
                }
                let step = (decades / wanted.max(1) as f64).ceil().max(1.0) as i32;
                let exponents = (first.ceil() as i32..=last.floor() as i32).step_by(step as usize);
                exponents
                    .map(|exponent| (10_f64.powi(exponent), power_of_ten(exponent)))
                    .collect()
            }
        }
    }
}

fn power_of_ten(exponent: i32) -> String {
    if (-3..=4).contains(&exponent) {
        return format!("{}", 10_f64.powi(exponent));
    }
    let digits = exponent.to_string();
    let raised = digits.chars().map(|c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        digit => char::from_u32(digit as u32 - '4' as u32 + '⁴' as u32).unwrap_or(digit),
    });
    format!("10{}", raised.collect::<String>())
}

/// Multiples of 1, 2 or 5 times a power of ten.
pub(super) fn linear_ticks(low: f64, high: f64, wanted: usize) -> Vec<(f64, String)> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return Vec::new();
    }
    let rough = span / wanted.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|&step| step >= rough * 0.999)
        .unwrap_or(10.0 * power);
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let scientific = low.abs().max(high.abs()) >= 1e6 || decimals > 5;
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last)
        .take(100)
        .map(|n| {
            let value = n as f64 * step;
            let text = if scientific {
                format!("{value:.2e}")
            } else {
                format!("{value:.decimals$}").replace('-', "−")
            };
            (value, text)
        })
        .collect()
}

/// Where the axes lie on the plane, and what values they show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Upper left and lower right corner.
    pub min: Place,
    pub max: Place,
    pub range: PlotRange,
    pub x_scale: Scale,
    pub y_scale: Scale,
    text: f32,
}

impl Frame {
    pub(super) fn new(points: &Points, range: PlotRange, size: (f32, f32), text: f32) -> Self {
        let scales = [points.x_log, points.y_log].map(Scale::of);
        Self::of(scales, range, size, text)
    }

    /// With these scales of x and y.
    pub(super) fn of(
        [x_scale, y_scale]: [Scale; 2],
        range: PlotRange,
        (width, height): (f32, f32),
        text: f32,
    ) -> Self {
        let mut frame = Self {
            min: [text, 0.6 * text],
            max: [
                (width - text).max(3.0 * text),
                (height - 3.0 * text).max(2.0 * text),
            ],
            range,
            x_scale,
            y_scale,
            text,
        };
        // Room for the numbers beside the axis and for its name.
        let widest = frame.y_ticks().iter().map(|(_, t)| t.chars().count()).max();
        frame.min[0] = text * (2.1 + 0.58 * widest.unwrap_or(0) as f32);
        frame.min[0] = frame.min[0].min(frame.max[0] - text);
        frame
    }

    /// The ticks of the horizontal axis.
    pub fn x_ticks(&self) -> Vec<(f64, String)> {
        let wanted = ((self.max[0] - self.min[0]) / (6.0 * self.text)).max(2.0) as usize;
        self.x_scale.ticks(self.range.x[0], self.range.x[1], wanted)
    }

    /// The ticks of the vertical axis.
    pub fn y_ticks(&self) -> Vec<(f64, String)> {
        let wanted = ((self.max[1] - self.min[1]) / (2.4 * self.text)).max(2.0) as usize;
        self.y_scale.ticks(self.range.y[0], self.range.y[1], wanted)
    }

    fn share(scale: Scale, [low, high]: [f64; 2], value: f64) -> f64 {
        let (low, high) = (scale.along(low), scale.along(high));
        (scale.along(value) - low) / (high - low)
    }

    /// Where a value of x lies.
    pub fn place_x(&self, value: f64) -> f32 {
        let share = Self::share(self.x_scale, self.range.x, value) as f32;
        self.min[0] + share * (self.max[0] - self.min[0])
    }

    /// Where a value of y lies.
    pub fn place_y(&self, value: f64) -> f32 {
        let share = Self::share(self.y_scale, self.range.y, value) as f32;
        self.max[1] - share * (self.max[1] - self.min[1])
    }

    /// Where a pair of values lies.
    pub fn place(&self, x: f64, y: f64) -> Place {
        [self.place_x(x), self.place_y(y)]
    }

    /// The values at a place.
    pub fn values(&self, at: Place) -> [f64; 2] {
        let value = |scale: Scale, [low, high]: [f64; 2], share: f32| {
            let (low, high) = (scale.along(low), scale.along(high));
            scale.value(low + f64::from(share) * (high - low))
        };
        let x = (at[0] - self.min[0]) / (self.max[0] - self.min[0]);
        let y = (self.max[1] - at[1]) / (self.max[1] - self.min[1]);
        [
            value(self.x_scale, self.range.x, x),
            value(self.y_scale, self.range.y, y),
        ]
    }

    /// The range shown along the axes: of the power of ten where an axis runs by them.
    pub(crate) fn area(&self) -> [[f64; 2]; 2] {
        let along = |scale: Scale, ends: [f64; 2]| ends.map(|end| scale.along(end));
        [
            along(self.x_scale, self.range.x),
            along(self.y_scale, self.range.y),
        ]
    }

    /// Where points lie of which it is known where they are along the axes.
    pub(crate) fn placement(&self) -> impl Fn([f64; 2]) -> Place + use<> {
        let [[x0, x1], [y0, y1]] = self.area();
        let (min, max) = (self.min, self.max);
        let (x_step, y_step) = (
            f64::from(max[0] - min[0]) / (x1 - x0),
            f64::from(max[1] - min[1]) / (y1 - y0),
        );
        move |[x, y]| {
            [
                min[0] + ((x - x0) * x_step) as f32,
                max[1] - ((y - y0) * y_step) as f32,
            ]
        }
    }

    /// The part of the plane between two places, upper left and lower right, along the axes.
    pub(crate) fn area_between(&self, min: Place, max: Place) -> [[f64; 2]; 2] {
        let [x0, y1] = self.values(min);
        let [x1, y0] = self.values(max);
        [
            [self.x_scale.along(x0), self.x_scale.along(x1)],
            [self.y_scale.along(y0), self.y_scale.along(y1)],
        ]
    }

    /// Whether a pair of values is in the range shown.
    pub fn shows(&self, x: f64, y: f64) -> bool {
        let inside = |[low, high]: [f64; 2], value: f64| low <= value && value <= high;
        inside(self.range.x, x) && inside(self.range.y, y)
    }

    /// The nearest place inside the frame; a place that is none (the logarithm of 0) is the lower left corner.
    pub fn clamped(&self, [x, y]: Place) -> Place {
        let x = if x.is_nan() { self.min[0] } else { x };
        let y = if y.is_nan() { self.max[1] } else { y };
        [
            x.clamp(self.min[0], self.max[0].max(self.min[0])),
            y.clamp(self.min[1], self.max[1].max(self.min[1])),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::on_scales;
    use super::*;

    #[test]
    fn ticks_are_round_and_lie_in_the_range() {
        for (low, high) in [(0.0, 1.0), (-3.2, 7.9), (0.001, 0.0042), (1e5, 9e5)] {
            let ticks = linear_ticks(low, high, 6);
            assert!((3..=10).contains(&ticks.len()), "{low} {high}: {ticks:?}");
            for (value, text) in ticks {
                assert!(low <= value && value <= high);
                let read: f64 = text.replace('−', "-").parse().unwrap();
                assert!(
                    (read - value).abs() <= 1e-9 * high.abs(),
                    "{text} for {value}"
                );
            }
        }
    }

    #[test]
    fn powers_of_ten_are_written_with_raised_digits() {
        assert_eq!(power_of_ten(2), "100");
        assert_eq!(power_of_ten(-5), "10⁻⁵");
        assert_eq!(power_of_ten(12), "10¹²");
        assert_eq!(power_of_ten(9), "10⁹");
    }

    #[test]
    fn values_come_back_from_their_places_on_both_scales() {
        for log in [false, true] {
            let points = on_scales(vec![0.5, 300.0], vec![1e-3, 40.0], Vec::new(), [log; 2]);
            let range = super::super::full_range(&points);
            let frame = Frame::new(&points, range, (500.0, 400.0), 12.0);
            let [x, y] = frame.values(frame.place(7.0, 2.5));
            assert!((x - 7.0).abs() < 1e-3 && (y - 2.5).abs() < 1e-3, "{x} {y}");
        }
    }

    #[test]
    fn a_range_without_values_or_of_one_value_is_still_a_range() {
        for values in [&[][..], &[2.0], &[f64::NAN], &[0.0, 0.0]] {
            let [low, high] = Scale::Linear.full_range(values);
            assert!(low < high, "{values:?}");
        }
    }
}
