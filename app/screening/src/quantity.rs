//! What an objective or a constraint can speak of: a property of a plugin or model, or a numeric column of the user's table.

use optimize::suggest_nearest;

/// Where the numbers of a quantity come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Property number `property` of predictor number `predictor`: the plugins of the request, then its models.
    Property { predictor: usize, property: usize },
    /// Column number `column` of the user's table.
    Column { column: usize },
}

/// A named number of each candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// `battery.specific_energy`, or the column's name without its unit.
    pub name: String,
    /// The unit; empty for a pure number or where the header states none.
    pub unit: String,
    pub origin: Origin,
}

impl Quantity {
    /// As column headers show it: `battery.specific_energy [Wh/kg]`.
    pub fn label(&self) -> String {
        label(&self.name, &self.unit)
    }
}

/// A name with its unit, as column headers show it.
pub fn label(name: &str, unit: &str) -> String {
    if unit.is_empty() {
        name.to_owned()
    } else {
        format!("{name} [{unit}]")
    }
}

/// A name that nothing is called, with the nearest that is.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UnknownQuantity {
    #[error("there is no property or numeric column {name:?}{}", hint(.nearest, .known))]
    Unknown {
        name: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    #[error("column {name:?} of the table does not hold numbers: {why}")]
    NotNumeric { name: String, why: String },
    #[error("{name:?} could be {}: give the full name", .candidates.join(" or "))]
    Ambiguous {
        name: String,
        candidates: Vec<String>,
    },
}

/// Names that an error lists.
const SHOWN_NAMES: usize = 20;

fn hint(nearest: &Option<String>, known: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean {nearest:?}?"),
        None if known.is_empty() => "; this run has none".to_owned(),
        None => {
            let shown = known[..known.len().min(SHOWN_NAMES)].join(", ");
            match known.len().saturating_sub(SHOWN_NAMES) {
                0 => format!("; there are: {shown}"),
                more => format!("; there are: {shown}, and {more} more"),
            }
        }
    }
}

/// Finds `name` among `known`: by full name, with or without the unit in brackets, or by a property's last part where
/// only one has it.
pub fn find<'a>(name: &str, known: &'a [Quantity]) -> Result<&'a Quantity, UnknownQuantity> {
    let wanted = name.trim();
    let exact: Vec<&Quantity> = known
        .iter()
        .filter(|q| q.name == wanted || q.label() == wanted)
        .collect();
    let found = if exact.is_empty() {
        let last_part = |q: &&Quantity| {
            let last = q.name.rsplit_once('.').map(|(_, last)| last);
            last.is_some_and(|last| last == wanted || label(last, &q.unit) == wanted)
        };
        known.iter().filter(last_part).collect()
    } else {
        exact
    };
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            // The user's own columns first: there are few, and they are known by sight.
            let is_column = |q: &&Quantity| matches!(q.origin, Origin::Column { .. });
            let (columns, properties): (Vec<&Quantity>, Vec<&Quantity>) =
                known.iter().partition(is_column);
            let names = columns.iter().chain(&properties);
            let names: Vec<&str> = names.map(|q| q.name.as_str()).collect();
            Err(UnknownQuantity::Unknown {
                name: wanted.to_owned(),
                nearest: suggest_nearest(wanted, names.iter().copied()).map(str::to_owned),
                known: names.iter().map(|&n| n.to_owned()).collect(),
            })
        }
        several => Err(UnknownQuantity::Ambiguous {
            name: wanted.to_owned(),
            candidates: several.iter().map(|q| q.label()).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Quantity> {
        let property = |predictor, name: &str, unit: &str| Quantity {
            name: name.into(),
            unit: unit.into(),
            origin: Origin::Property {
                predictor,
                property: 0,
            },
        };
        vec![
            property(0, "battery.specific_energy", "Wh/kg"),
            property(0, "battery.material_cost", "USD/kg"),
            property(1, "magnet.material_cost", "USD/kg"),
            Quantity {
                name: "price".into(),
                unit: String::new(),
                origin: Origin::Column { column: 3 },
            },
        ]
    }

    #[test]
    fn a_full_name_a_label_and_an_unambiguous_last_part_are_found() {
        let known = known();
        for name in [
            "battery.specific_energy",
            "battery.specific_energy [Wh/kg]",
            " specific_energy ",
            "specific_energy [Wh/kg]",
        ] {
            assert_eq!(find(name, &known).unwrap().name, "battery.specific_energy");
        }
        assert_eq!(
            find("price", &known).unwrap().origin,
            Origin::Column { column: 3 }
        );
    }

    #[test]
    fn a_last_part_that_two_plugins_share_must_be_spelled_out() {
        let error = find("material_cost", &known()).unwrap_err().to_string();
        assert!(
            error.contains("battery.material_cost [USD/kg] or magnet.material_cost [USD/kg]"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_name_lists_the_columns_first_and_not_without_end() {
        let mut many = known();
        for number in 0..60 {
            let mut more = many[0].clone();
            more.name = format!("battery.property_{number}");
            many.insert(0, more);
        }
        let error = find("zzzzzzzzzzzz", &many).unwrap_err().to_string();
        assert!(
            error.contains("; there are: price, battery.property_59, "),
            "{error}"
        );
        assert!(error.ends_with("and 44 more"), "{error}");
    }

    #[test]
    fn a_misspelling_suggests_the_nearest_name() {
        let error = find("battery.specific_enrgy", &known())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("did you mean \"battery.specific_energy\"?"),
            "{error}"
        );
    }
}
