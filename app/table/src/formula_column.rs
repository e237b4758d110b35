//! Which column holds the formulas, by its header or by what its cells look like.

use crate::{FormulaHint, Table, TableError, is_missing};

/// Header names of formulas, the surest first; compared without case, spaces, `_` and `-`.
const NAMES: [&str; 14] = [
    "formula",
    "chemicalformula",
    "composition",
    "reducedformula",
    "formulapretty",
    "prettyformula",
    "formulareduced",
    "chemicalcomposition",
    "materialformula",
    "fullformula",
    "material",
    "compound",
    "formulas",
    "compositions",
];

/// Rows that are looked at.
const SAMPLE: usize = 200;

/// The column whose header is a formula's; of several, the surest whose cells are formulas.
pub(crate) fn by_header(table: &Table) -> Result<usize, TableError> {
    let mut candidates: Vec<(usize, usize)> = Vec::new();
    for (index, column) in table.columns().iter().enumerate() {
        let plain: String = column
            .name
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        let plain = plain.to_lowercase();
        if let Some(surety) = NAMES.iter().position(|name| *name == plain) {
            candidates.push((surety, index));
        }
    }
    candidates.sort_unstable();
    let fitting = candidates
        .iter()
        .find(|(_, column)| share_of_formulas(table, *column) >= 0.5);
    fitting
        .or_else(|| candidates.first())
        .map(|(_, column)| *column)
        .ok_or_else(|| no_formula_column(table))
}

/// The column with the largest share of formulas, at least half.
pub(crate) fn by_content(table: &Table) -> Option<usize> {
    let mut best = None;
    for column in 0..table.columns().len() {
        let share = share_of_formulas(table, column);
        if share >= 0.5 && best.is_none_or(|(_, most)| share > most) {
            best = Some((column, share));
        }
    }
    best.map(|(column, _)| column)
}

fn share_of_formulas(table: &Table, column: usize) -> f64 {
    let (mut formulas, mut known) = (0_u32, 0_u32);
    for text in table.texts(column, 0..table.len().min(SAMPLE)) {
        if !is_missing(&text) {
            known += 1;
            formulas += u32::from(looks_like_formula(text.trim()));
        }
    }
    if known == 0 {
        0.0
    } else {
        f64::from(formulas) / f64::from(known)
    }
}

fn no_formula_column(table: &Table) -> TableError {
    let headers = table.columns().iter().map(|column| column.header.as_str());
    let hint = match by_content(table) {
        Some(column) => FormulaHint::Likeliest(table.columns()[column].name.clone()),
        None if headers
            .clone()
            .any(|header| looks_like_formula(header.trim())) =>
        {
            FormulaHint::FirstLineIsRow
        }
        None => FormulaHint::None,
    };
    TableError::NoFormulaColumn {
        source_name: table.source_name().to_owned(),
        columns: headers.map(str::to_owned).collect(),
        hint,
    }
}

/// The error for a column that is not there, with the nearest that is.
pub(crate) fn unknown_column(table: &Table, name: &str) -> TableError {
    let names = || table.columns().iter().map(|column| &column.name);
    let near = names()
        .map(|known| (edits(&name.to_lowercase(), &known.to_lowercase()), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= name.chars().count().max(3) / 3);
    let mut hint = near.map_or_else(String::new, |(_, known)| {
        format!("; did you mean `{known}`?")
    });
    if let Some(column) = by_content(table) {
        hint.push_str(&format!(
            "; `{}` looks most like formulas",
            table.columns()[column].name
        ));
    }
    TableError::UnknownColumn {
        source_name: table.source_name().to_owned(),
        name: name.to_owned(),
        columns: names().cloned().collect(),
        hint,
    }
}

/// The Levenshtein distance: insertions, deletions and replacements from one text to the other.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

/// Element symbols, amounts and brackets, nothing else; cheaper and less strict than a formula parser.
fn looks_like_formula(text: &str) -> bool {
    let mut symbols = 0;
    let mut after_capital = false;
    for c in text.chars() {
        match c {
            'A'..='Z' => {
                symbols += 1;
                after_capital = true;
                continue;
            }
            'a'..='z' if after_capital => {}
            '0'..='9' | '.' | '(' | ')' | '[' | ']' | '+' | '-' | '·' | '*' | ' ' | '₀'..='₉'
                if symbols > 0 => {}
            '(' | '[' => {}
            _ => return false,
        }
        after_capital = false;
    }
    symbols > 0
}
