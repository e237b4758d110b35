//! The header line: names, units, duplicates and gaps.

use std::collections::HashSet;

use crate::unit;

/// What the header says of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// As written in the file; empty where the header has a gap.
    pub header: String,
    /// What the column is called: the header without its unit and the spaces around it. A second column of the same name
    /// gets `_2` behind it, a gap is `column_3`; unique in the table.
    pub name: String,
    /// The unit, where the header states one: `voltage [V]`, `voltage (V)` or `voltage / V`.
    pub unit: Option<String>,
}

/// Splits a header cell into name and unit. Brackets always hold a unit; parentheses and what follows ` / ` only where it
/// is a unit that is known, since they also hold remarks.
pub(crate) fn split_unit(header: &str) -> (&str, Option<&str>) {
    let header = header.trim();
    let bracketed = |open: char, close: char| {
        let (name, rest) = header.rsplit_once(open)?;
        let unit = rest.strip_suffix(close)?.trim();
        (!name.trim().is_empty() && !unit.is_empty()).then(|| (name.trim(), unit))
    };
    if let Some((name, unit)) = bracketed('[', ']') {
        return (name, Some(unit));
    }
    if let Some((name, unit)) = bracketed('(', ')')
        && unit::is_known(unit)
    {
        return (name, Some(unit));
    }
    if let Some((name, unit)) = header.split_once(" / ")
        && unit::is_known(unit.trim())
        && !name.trim().is_empty()
    {
        return (name.trim(), Some(unit.trim()));
    }
    (header, None)
}

/// The columns that a header line names, and what a user should know of it.
pub(crate) fn columns(header: Vec<String>) -> (Vec<ColumnInfo>, Vec<String>) {
    let mut messages = Vec::new();
    let mut taken: HashSet<String> = HashSet::new();
    let mut columns = Vec::with_capacity(header.len());
    for (index, header) in header.into_iter().enumerate() {
        let (name, unit) = split_unit(&header);
        let wanted = if name.is_empty() {
            let name = format!("column_{}", index + 1);
            messages.push(format!(
                "column {} has no name in the header: it is called {name}",
                index + 1
            ));
            name
        } else {
            name.to_owned()
        };
        let mut name = wanted.clone();
        let mut count = 1;
        while !taken.insert(name.clone()) {
            count += 1;
            name = format!("{wanted}_{count}");
        }
        if count > 1 {
            messages.push(format!(
                "column {}, `{header}`, has the name of another: it is called {name}",
                index + 1
            ));
        }
        let unit = unit.map(str::to_owned);
        columns.push(ColumnInfo { header, name, unit });
    }
    (columns, messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_split_from_names() {
        for (header, name, unit) in [
            ("voltage [V]", "voltage", Some("V")),
            ("voltage (V)", "voltage", Some("V")),
            (" voltage / V ", "voltage", Some("V")),
            ("a (Å)", "a", Some("Å")),
            (
                "battery.specific_energy [Wh/kg]",
                "battery.specific_energy",
                Some("Wh/kg"),
            ),
            ("energy [Ry]", "energy", Some("Ry")),
            ("voltage (computed)", "voltage (computed)", None),
            ("Li / Na", "Li / Na", None),
            ("V", "V", None),
            ("[V]", "[V]", None),
        ] {
            assert_eq!(split_unit(header), (name, unit), "{header}");
        }
    }

    #[test]
    fn duplicates_and_gaps_get_names_of_their_own_and_a_message() {
        let header = ["x", "x [V]", "", "x_2", "x"].map(str::to_owned).to_vec();
        let (columns, messages) = columns(header.clone());
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["x", "x_2", "column_3", "x_2_2", "x_3"]);
        let written: Vec<String> = columns.into_iter().map(|column| column.header).collect();
        assert_eq!(written, header);
        assert_eq!(messages.len(), 4);
    }
}
