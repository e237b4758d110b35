//! What the user wants of one property, and the text form of it: `max:PROP`, `min:PROP`, `target:PROP=VALUE`.

use crate::error::{ParseError, Subject};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which values of a property are better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Direction {
    /// The higher the better.
    Maximize,
    /// The lower the better.
    Minimize,
    /// The closer to this value the better, in the property's unit: |value - target| is minimized.
    Target(f64),
}

impl Direction {
    /// The value as a cost, lower is better: `-x`, `x` or `|x - target|`; NaN (not known) stays NaN.
    pub fn cost(self, value: f64) -> f64 {
        let cost = match self {
            Direction::Maximize => -value,
            Direction::Minimize => value,
            // A target at infinity met exactly would be inf - inf.
            Direction::Target(target) if value == target => 0.0,
            Direction::Target(target) => (value - target).abs(),
        };
        // -0 and +0 are one value: adding +0 leaves only +0.
        cost + 0.0
    }
}

/// A property and the direction that is wanted of it.
///
/// ```
/// use optimize::{Direction, Objective};
/// let objective: Objective = "target:battery.average_voltage=3.5".parse()?;
/// assert_eq!(objective.property, "battery.average_voltage");
/// assert_eq!(objective.direction, Direction::Target(3.5));
/// assert_eq!(objective.to_string(), "target:battery.average_voltage=3.5");
/// # Ok::<(), optimize::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// The full name of a plugin's property, or the header of a column of the candidates' file.
    pub property: String,
    pub direction: Direction,
}

const FORMS: &str = "write max:PROPERTY, min:PROPERTY or target:PROPERTY=VALUE";

impl FromStr for Objective {
    type Err = ParseError;

    /// The property is everything behind the first colon, spaces around it removed; it may hold dots, spaces, brackets
    /// and further colons. In `target:` the value is what follows the last `=`, so a name may hold `=` too.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let fail = |byte: usize, problem: String, remedy: &str| {
            let position = text[..byte].chars().count() + 1;
            Err(ParseError {
                subject: Subject::Objective,
                text: text.to_owned(),
                position,
                problem,
                remedy: remedy.into(),
            })
        };
        let Some(colon) = text.find(':') else {
            let end = text.trim_end().len();
            return fail(end, "there is no `:`".into(), FORMS);
        };
        let word = text[..colon].trim();
        let word_at = text.len() - text.trim_start().len();
        let rest = &text[colon + 1..];
        let direction = word.to_lowercase();
        let (property, direction) = match direction.as_str() {
            "max" => (rest, Direction::Maximize),
            "min" => (rest, Direction::Minimize),
            "target" => {
                let Some(equals) = rest.rfind('=') else {
                    return fail(
                        text.trim_end().len(),
                        "the target has no value".into(),
                        "write target:PROPERTY=VALUE",
                    );
                };
                let value = rest[equals + 1..].trim();
                let value_at = text.len() - rest[equals + 1..].trim_start().len();
                match value.parse::<f64>() {
                    Ok(target) if target.is_finite() => {
                        (&rest[..equals], Direction::Target(target))
                    }
                    _ => {
                        let problem = format!("`{value}` is no finite number");
                        return fail(
                            value_at,
                            problem,
                            "write the value as 3.5 or 1e-3, in the property's unit, without the unit",
                        );
                    }
                }
            }
            _ => {
                return fail(
                    word_at.min(colon),
                    format!("`{word}` is no direction"),
                    FORMS,
                );
            }
        };
        let property = property.trim();
        if property.is_empty() {
            return fail(colon + 1, "the property is missing".into(), FORMS);
        }
        Ok(Objective {
            property: property.to_owned(),
            direction,
        })
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.direction {
            Direction::Maximize => write!(f, "max:{}", self.property),
            Direction::Minimize => write!(f, "min:{}", self.property),
            Direction::Target(value) => write!(f, "target:{}={value}", self.property),
        }
    }
}

/// The candidate whose name is nearest to `name`, for "did you mean"; `None` where nothing is near.
///
/// Nearness is the number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment)
/// between lower-case names, at most a third of the name's length or 2. What precedes a candidate's last dot may be left
/// out, so `specific_enrgy` finds `battery.specific_energy`. Of equally near ones the first is returned.
pub fn suggest_nearest<'a, S: AsRef<str> + ?Sized + 'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let limit = (name.len() / 3).max(2);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let candidate = candidate.as_ref();
        let lower = candidate.to_lowercase();
        let short = lower.rsplit('.').next().unwrap_or(&lower);
        let distance = edit_distance(&name, &lower).min(edit_distance(&name, short));
        // A suggestion shares more than it lacks: two edits turn any two letters into any others.
        if distance <= limit
            && distance < name.len()
            && best.is_none_or(|(nearest, _)| distance < nearest)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance (the restricted Damerau-Levenshtein distance).
fn edit_distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, &cb) in b.iter().enumerate() {
            let substituted = previous[j] + usize::from(ca != cb);
            row[j + 1] = substituted.min(previous[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && ca == b[j - 1] && a[i - 1] == cb {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(text: &str) -> ParseError {
        text.parse::<Objective>().expect_err(text)
    }

    #[test]
    fn names_keep_dots_spaces_brackets_colons_and_equals_signs() {
        for name in ["a.b_c", "Cost [USD/kg]", "T=300 K", "a:b", "容量"] {
            for text in [
                format!("max:{name}"),
                format!("min: {name} "),
                format!("target:{name}=2"),
            ] {
                assert_eq!(
                    text.parse::<Objective>().map(|o| o.property),
                    Ok(name.to_owned()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn errors_say_what_where_and_what_would_be_right() {
        assert_eq!(
            error("max battery.voltage").to_string(),
            "objective `max battery.voltage`, character 20: there is no `:`; write max:PROPERTY, min:PROPERTY or target:PROPERTY=VALUE"
        );
        assert_eq!(error("  best:x").position, 3);
        assert_eq!(error(":x").position, 1);
        assert_eq!(error("max:  ").position, 5);
        assert_eq!(error("target:x").problem, "the target has no value");
        assert_eq!(
            (
                error("target:é=3 V").position,
                error("target:x=inf").position
            ),
            (10, 10)
        );
        assert!(error("target:=3").problem.contains("property is missing"));
    }

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        let names = [
            "battery.specific_energy",
            "battery.average_voltage",
            "magnet.cost_usd_per_kg",
        ];
        assert_eq!(
            suggest_nearest("battery.specific_enrgy", names),
            Some(names[0])
        );
        assert_eq!(suggest_nearest("Average_Votlage", names), Some(names[1]));
        assert_eq!(suggest_nearest("hardness", names), None);
        assert_eq!(suggest_nearest("xy", ["ab"]), None);
        assert_eq!(suggest_nearest("", names), None);
    }

    #[test]
    fn edit_distances_match_published_examples() {
        // Levenshtein's textbook pair, and a swap of neighbours as one edit (Damerau).
        let distance = |a: &str, b: &str| edit_distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!(
            (
                distance("kitten", "sitting"),
                distance("saturday", "sunday")
            ),
            (3, 3)
        );
        assert_eq!(
            (
                distance("ab", "ba"),
                distance("ca", "abc"),
                distance("", "abc")
            ),
            (1, 3, 3)
        );
    }

    #[test]
    fn a_target_at_the_value_costs_nothing() {
        assert_eq!(Direction::Target(3.0).cost(3.0), 0.0);
        assert_eq!(
            Direction::Target(3.0).cost(1.0),
            Direction::Target(3.0).cost(5.0)
        );
        assert!(Direction::Target(3.0).cost(f64::NAN).is_nan());
        assert!(Direction::Maximize.cost(0.0).is_sign_positive());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_can_be_written(text in "(max|min|target|ma)?:?.{0,12}=?[-0-9.e]{0,6}") {
            if let Ok(objective) = text.parse::<Objective>() {
                prop_assert_eq!(objective.to_string().parse::<Objective>(), Ok(objective));
            }
        }
    }
}
