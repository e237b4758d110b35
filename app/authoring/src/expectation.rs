//! What a cell of a case says: a number, a missing value, a tolerance.

use table::{convert_factor, is_missing, parse_number};

/// What is expected of a value or of its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Expected {
    Value(f64),
    /// No value at all; of a standard deviation, that it is not known.
    Missing,
}

/// How far a value may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tolerance {
    /// In the property's unit.
    Absolute(f64),
    /// Of the expected value.
    Relative(f64),
}

/// Where nothing is said: what rounding in another order of operations may do, and no more.
pub(crate) const EXACT: Tolerance = Tolerance::Relative(1e-9);

impl Tolerance {
    /// In the property's unit, about an expected value.
    pub(crate) fn about(self, expected: f64) -> f64 {
        match self {
            Self::Absolute(width) => width,
            Self::Relative(share) => share * expected.abs(),
        }
    }
}

/// Units of a column and of what it is compared with: `scale * x + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    pub scale: f64,
    pub offset: f64,
}

impl Scale {
    pub(crate) const NONE: Self = Self {
        scale: 1.0,
        offset: 0.0,
    };

    /// From a column's unit to the one it is compared in; `Err` says why not.
    pub(crate) fn between(column: Option<&str>, wanted: &str) -> Result<Self, String> {
        match column {
            Some(unit) if unit == wanted => Ok(Self::NONE),
            None if wanted.is_empty() => Ok(Self::NONE),
            None => Err(format!("it must state its unit, as in [{wanted}]")),
            Some(unit) => {
                let conversion = convert_factor(unit, wanted).map_err(|e| e.to_string())?;
                Ok(Self {
                    scale: conversion.scale,
                    offset: conversion.offset,
                })
            }
        }
    }

    fn apply(self, x: f64) -> f64 {
        self.scale * x + self.offset
    }

    /// Of a width, which no offset shifts.
    fn width(self, x: f64) -> f64 {
        (self.scale * x).abs()
    }
}

/// A cell of `expect:`; `None` where it is empty.
pub(crate) fn value(cell: &str, scale: Scale, comma: bool) -> Result<Option<Expected>, String> {
    expected(cell, comma, |x| scale.apply(x))
}

/// A cell of `std:`; `None` where it is empty.
pub(crate) fn std(cell: &str, scale: Scale, comma: bool) -> Result<Option<Expected>, String> {
    let std = expected(cell, comma, |x| scale.scale * x)?;
    match std {
        Some(Expected::Value(x)) if x < 0.0 => Err(format!("{cell:?}: none is negative")),
        std => Ok(std),
    }
}

fn expected(
    cell: &str,
    comma: bool,
    convert: impl Fn(f64) -> f64,
) -> Result<Option<Expected>, String> {
    let text = cell.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.eq_ignore_ascii_case("missing") {
        return Ok(Some(Expected::Missing));
    }
    if is_missing(text) {
        return Err(format!(
            "{text:?}: write `missing` where no value is expected, and leave the cell empty where none is looked at"
        ));
    }
    Ok(number(text, comma)?.map(|x| Expected::Value(convert(x))))
}

/// A cell of `tolerance:`; `None` where it is empty. `scale`: `Err` where the column states no fitting unit, which a
/// tolerance in percent does not need.
pub(crate) fn tolerance(
    cell: &str,
    scale: &Result<Scale, String>,
    comma: bool,
) -> Result<Option<Tolerance>, String> {
    let text = cell.trim();
    let (digits, percent) = match text.strip_suffix('%') {
        Some(digits) => (digits.trim_end(), true),
        None => (text, false),
    };
    let Some(width) = number(digits, comma)? else {
        return match text {
            "" => Ok(None),
            _ => Err(format!("{text:?} is no tolerance")),
        };
    };
    if width < 0.0 {
        return Err(format!("{text:?}: no tolerance is negative"));
    }
    if percent {
        return Ok(Some(Tolerance::Relative(width / 100.0)));
    }
    let scale = scale.as_ref().map_err(String::clone)?;
    Ok(Some(Tolerance::Absolute(scale.width(width))))
}

fn number(text: &str, comma: bool) -> Result<Option<f64>, String> {
    let found = parse_number(text, comma).map_err(|e| format!("{text:?}: {e}"))?;
    match found {
        Some(x) if !x.is_finite() => Err(format!("{text:?} is not finite")),
        found => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tolerance_is_a_width_or_a_share() {
        let mev = Scale::between(Some("meV"), "eV");
        assert_eq!(
            tolerance("5", &mev, false),
            Ok(Some(Tolerance::Absolute(0.005)))
        );
        assert_eq!(
            tolerance(" 2 %", &Err("no unit".into()), false),
            Ok(Some(Tolerance::Relative(0.02)))
        );
        assert_eq!(tolerance("", &mev, false), Ok(None));
        for bad in ["-1", "wide", "%", "-", "1e999"] {
            assert!(tolerance(bad, &mev, false).is_err(), "{bad}");
        }
        assert!(tolerance("0.1", &Err("no unit".into()), false).is_err());
    }

    #[test]
    fn an_expected_value_takes_the_propertys_unit_and_a_width_no_offset() {
        let celsius = Scale::between(Some("°C"), "K").unwrap();
        assert_eq!(
            value("25", celsius, false),
            Ok(Some(Expected::Value(298.15)))
        );
        assert_eq!(std("2", celsius, false), Ok(Some(Expected::Value(2.0))));
        assert_eq!(
            value("Missing", celsius, false),
            Ok(Some(Expected::Missing))
        );
        assert_eq!(value("", celsius, false), Ok(None));
        for ambiguous in ["NaN", "-", "n/a"] {
            assert!(value(ambiguous, celsius, false).is_err(), "{ambiguous}");
        }
        assert!(Scale::between(None, "K").is_err());
        assert!(Scale::between(Some("eV"), "K").is_err());
    }
}
