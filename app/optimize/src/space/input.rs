//! The inputs that are one column each: ranges of numbers, categories, ordered levels.

use super::error::Fault;

/// A number between two bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    pub name: String,
    pub unit: Option<String>,
    pub low: f64,
    pub high: f64,
    /// Values are `low` and whole steps above it; without one, numbers to about ten digits of the range.
    pub step: Option<f64>,
    /// Distances count in the logarithm.
    pub log: bool,
}

/// One of several values without an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    pub name: String,
    pub values: Vec<String>,
}

/// One of several values in their order, evenly spaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    pub name: String,
    pub unit: Option<String>,
    pub values: Vec<String>,
    /// The values as numbers where all of them are.
    pub numbers: Option<Vec<f64>>,
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The nearest number with this many decimals (negative: tens, hundreds, ...), as it would be read from text.
pub(crate) fn rounded(value: f64, decimals: i32) -> f64 {
    let power = POWERS.get(decimals.unsigned_abs() as usize).copied();
    match power {
        Some(power) if decimals >= 0 && (value * power).abs() < 9e15 => {
            (value * power).round() / power
        }
        Some(power) if decimals < 0 => (value / power).round() * power,
        _ if value == 0.0 || !value.is_finite() => value,
        _ => {
            let digits = (magnitude(value) + decimals).clamp(0, 16);
            format!("{value:.*e}", digits as usize)
                .parse()
                .unwrap_or(value)
        }
    }
}

/// The exponent of the first digit.
pub(crate) fn magnitude(value: f64) -> i32 {
    libm::floor(libm::log10(value.abs())) as i32
}

/// How many decimals a number is written with; `None` where more than 15.
pub(crate) fn decimals(value: f64) -> Option<i32> {
    let text = format!("{value}");
    let count = text.split_once('.').map_or(0, |(_, behind)| behind.len());
    (count <= 15).then_some(count as i32)
}

impl Range {
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let (low, high) = (self.low, self.high);
        if !low.is_finite() || !high.is_finite() || !(high - low).is_finite() {
            let remedy = "write two finite numbers, as in range = [300, 500]";
            return Err(Fault::new(
                "range",
                format!("the range from {low} to {high} has no finite width"),
                remedy,
            ));
        }
        if low >= high {
            let remedy = if low == high {
                "leave out an input that never varies"
            } else {
                "write the lower bound first"
            };
            return Err(Fault::new(
                "range",
                format!("the range from {low} to {high} is empty"),
                remedy,
            ));
        }
        if high - low < 1e-9 * low.abs().max(high.abs()) {
            return Err(Fault::new(
                "range",
                format!("the range from {low} to {high} is too narrow to be told apart"),
                "count from another zero",
            ));
        }
        if self.log && low <= 0.0 {
            return Err(Fault::new(
                "range",
                format!("a logarithmic scale cannot start at {low}"),
                "write a lower bound above zero, or leave out scale = \"log\"",
            ));
        }
        if let Some(step) = self.step {
            if !(step > 0.0 && step <= high - low) {
                return Err(Fault::new(
                    "step",
                    format!("a step of {step} does not fit the range from {low} to {high}"),
                    "write a step above zero and at most as wide as the range",
                ));
            }
            if (high - low) / step > 1e9 {
                return Err(Fault::new(
                    "step",
                    format!("a step of {step} makes more than 1e9 values"),
                    "write a wider step, or leave it out",
                ));
            }
        }
        Ok(())
    }

    /// The number of the last step; `None` without steps.
    pub fn last_step(&self) -> Option<u64> {
        let step = self.step?;
        Some(libm::floor((self.high - self.low) / step + 1e-9) as u64)
    }

    /// The value behind this many steps.
    pub fn at_step(&self, number: u64) -> f64 {
        let step = self.step.unwrap_or(0.0);
        let value = self.low + number as f64 * step;
        let value = match (decimals(self.low), decimals(step)) {
            (Some(a), Some(b)) => rounded(value, a.max(b)),
            _ => value,
        };
        value.clamp(self.low, self.high)
    }

    /// The nearest value that the range has.
    pub fn nearest(&self, value: f64) -> f64 {
        if let (Some(step), Some(last)) = (self.step, self.last_step()) {
            let number = ((value - self.low) / step).round().clamp(0.0, last as f64);
            return self.at_step(number as u64);
        }
        if value <= self.low || value >= self.high {
            return value.clamp(self.low, self.high);
        }
        let digits = if self.log {
            9 - magnitude(value)
        } else {
            let widest = self.low.abs().max(self.high.abs());
            (9 - magnitude(self.high - self.low)).min(13 - magnitude(widest))
        };
        rounded(value, digits).clamp(self.low, self.high)
    }

    /// The place in the range, 0 at `low` and 1 at `high`; beyond them for numbers beyond the range.
    pub fn encode(&self, value: f64) -> f64 {
        if self.log {
            // A number that has no logarithm is as far below as one of the smallest size.
            let value = value.max(f64::MIN_POSITIVE);
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The value that the range has nearest to a place.
    pub fn decode(&self, place: f64) -> f64 {
        let place = place.clamp(0.0, 1.0);
        self.nearest(if self.log {
            self.low * libm::exp(place * libm::log(self.high / self.low))
        } else {
            self.low + place * (self.high - self.low)
        })
    }
}

/// What every list of values must be.
fn check_values(key: &'static str, values: &[String]) -> Result<(), Fault> {
    if values.is_empty() {
        return Err(Fault::new(key, "there are no values", "list the values"));
    }
    if values.len() > 10_000 {
        return Err(Fault::new(
            key,
            format!("{} values are more than 10000", values.len()),
            "describe the values by numbers, or bring the candidates as a pool",
        ));
    }
    let mut sorted: Vec<&String> = values.iter().collect();
    sorted.sort();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Fault::new(
            key,
            format!("the value `{}` stands twice", pair[0]),
            "list each value once",
        ));
    }
    if values
        .iter()
        .any(|value| value.trim() != value || value.is_empty())
    {
        return Err(Fault::new(
            key,
            "a value is empty, or starts or ends with a space",
            "write each value as it stands in a table's cell",
        ));
    }
    Ok(())
}

impl Category {
    pub(crate) fn check(&self) -> Result<(), Fault> {
        check_values("category", &self.values)
    }
}

impl Levels {
    /// Levels by their texts; as numbers too where all are.
    pub fn new(name: String, unit: Option<String>, values: Vec<String>) -> Levels {
        let numbers = values
            .iter()
            .map(|value| value.parse().ok().filter(|number: &f64| number.is_finite()))
            .collect();
        Levels {
            name,
            unit,
            values,
            numbers,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Fault> {
        check_values("levels", &self.values)
    }

    pub(crate) fn encode(&self, index: f64) -> f64 {
        index / (self.values.len() - 1).max(1) as f64
    }

    pub(crate) fn decode(&self, place: f64) -> f64 {
        let last = (self.values.len() - 1) as f64;
        (place * last).round().clamp(0.0, last)
    }
}
