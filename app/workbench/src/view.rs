//! Which rows are shown, in which order: search, filters, sorting.

use crate::filter::{Comparison, Filter};
use crate::project::{Project, Sort};
use crate::results::{Column, Results};
use job::{Cancelled, Job};
use matter::{CompositionRef, Element, formula};
use rayon::prelude::*;

/// What the search box asks for.
enum Search {
    Everything,
    /// Separated by spaces, commas or hyphens: all of them must occur, `Li-Fe-O`.
    Elements(Vec<Element>),
    /// The same composition, whatever the order of its elements: `FePO4Li`.
    Composition(matter::Composition, String),
    /// Any cell of text holds it.
    Text(String),
}

fn read_search(text: &str) -> Search {
    let text = text.trim();
    if text.is_empty() {
        return Search::Everything;
    }
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ',' || c == '-')
        .filter(|word| !word.is_empty())
        .collect();
    let elements: Option<Vec<Element>> = words
        .iter()
        .map(|word| Element::from_symbol(word))
        .collect();
    if let Some(elements) = elements {
        return Search::Elements(elements);
    }
    let lower = text.to_lowercase();
    match formula::parse(text) {
        Ok(parsed) if words.len() == 1 => Search::Composition(parsed.composition, lower),
        _ => Search::Text(lower),
    }
}

/// Whether two compositions are in the same proportion.
fn same_proportion(a: CompositionRef, b: CompositionRef) -> bool {
    let (total_a, total_b) = (a.total_atoms(), b.total_atoms());
    a.atomic_numbers == b.atomic_numbers
        && a.amounts
            .iter()
            .zip(b.amounts)
            .all(|(x, y)| (x / total_a - y / total_b).abs() < 1e-6)
}

/// The rows that the project shows, in its order.
pub(crate) fn rows(results: &Results, project: &Project, job: &Job) -> Result<Vec<u32>, Cancelled> {
    job.stage("sorting", None);
    let mut rows = results.order();
    let search = read_search(&project.search);
    if !matches!(search, Search::Everything) {
        rows = rows
            .into_par_iter()
            .filter(|&row| found(results, &search, row))
            .collect();
    }
    job.check()?;
    for filter in &project.filters {
        if let Some(column) = results.column(&filter.column) {
            rows = rows
                .into_par_iter()
                .filter(|&row| passes(results, column, filter, row))
                .collect();
        }
        job.check()?;
    }
    if let Some(sort) = &project.sort
        && let Some(column) = results.column(&sort.column)
    {
        rows = sorted(results, column, sort, &rows);
    }
    job.check()?;
    Ok(rows)
}

fn found(results: &Results, search: &Search, row: u32) -> bool {
    match search {
        Search::Everything => true,
        Search::Elements(elements) => {
            let composition = results.composition(row);
            elements.iter().all(|&e| composition.contains(e))
        }
        Search::Composition(wanted, text) => {
            same_proportion(results.composition(row), wanted.as_ref())
                || results.formula(row).to_lowercase().contains(text.as_str())
        }
        Search::Text(text) => {
            let mut columns = results.columns().iter().filter(|column| !column.is_number);
            columns.any(|column| holds(results, column, text, row))
        }
    }
}

fn holds(results: &Results, column: &Column, lower: &str, row: u32) -> bool {
    let text = results.text(column, row);
    text.is_some_and(|text| text.to_lowercase().contains(lower))
}

fn passes(results: &Results, column: &Column, filter: &Filter, row: u32) -> bool {
    match filter.comparison {
        Comparison::Contains => {
            filter.value.is_empty() || holds(results, column, &filter.value.to_lowercase(), row)
        }
        Comparison::Known if !column.is_number => {
            let text = results.text(column, row);
            text.is_some_and(|text| !table::is_missing(&text))
        }
        _ => filter.passes_number(results.value(column, row).mean),
    }
}

/// Sorted by a column; rows whose value is not known come last whichever way round, ties keep the ranking's order.
fn sorted(results: &Results, column: &Column, sort: &Sort, rows: &[u32]) -> Vec<u32> {
    if column.is_number {
        let mut keyed: Vec<(f64, u32)> = rows
            .par_iter()
            .map(|&row| {
                let value = results.value(column, row).mean;
                (if sort.descending { -value } else { value }, row)
            })
            .collect();
        keyed.par_sort_by(|(a, _), (b, _)| {
            a.is_nan()
                .cmp(&b.is_nan())
                .then_with(|| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))
        });
        return keyed.into_iter().map(|(_, row)| row).collect();
    }
    let mut keyed: Vec<(String, u32)> = rows
        .par_iter()
        .map(|&row| (results.text(column, row).unwrap_or_default(), row))
        .collect();
    keyed.par_sort_by(|(a, _), (b, _)| {
        let order = if sort.descending { b.cmp(a) } else { a.cmp(b) };
        a.is_empty().cmp(&b.is_empty()).then(order)
    });
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// How many of some rows hold each element, by atomic number.
pub(crate) fn element_counts(results: &Results, rows: &[u32]) -> Vec<u32> {
    let mut counts = vec![0; Element::COUNT + 1];
    for &row in rows {
        for &z in results.composition(row).atomic_numbers {
            if let Some(count) = counts.get_mut(usize::from(z)) {
                *count += 1;
            }
        }
    }
    counts
}
