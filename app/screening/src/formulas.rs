//! The formula of each row of a table, and its composition.

use crate::Structures;
use matter::{Compositions, Element, formula::Parser};
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use table::{Table, TableError};

/// Where the formulas of a table stand.
#[derive(Clone, Debug)]
pub struct Formulas {
    /// None: the structures tell the formulas.
    pub column: Option<usize>,
    pub structures: Option<Arc<Structures>>,
}

/// The formulas of some rows, read.
pub struct ReadFormulas {
    /// Of the accepted rows.
    pub compositions: Compositions,
    /// The accepted rows, counted from the first of the range; `None`: all.
    pub accepted: Option<Vec<u32>>,
    /// Rows of the table whose formula could not be read, and why.
    pub rejected: Vec<(usize, String)>,
    /// Accepted rows, by position, whose formula carries a charge.
    pub charges: Vec<(u32, f64)>,
}

impl Formulas {
    /// The column that is named, or that a header tells; without one, the structures tell the formulas.
    ///
    /// # Errors
    ///
    /// Neither a column of formulas nor structures.
    pub fn find(
        table: &Table,
        column: Option<&str>,
        structures: Option<Arc<Structures>>,
    ) -> Result<Self, TableError> {
        let found = match table.formula_column(column) {
            Ok(found) => Some(found),
            Err(_) if column.is_none() && structures.is_some() => None,
            Err(error) => return Err(error),
        };
        Ok(Self {
            column: found,
            structures,
        })
    }

    /// The formula of a row: the cell of its column, or that of its structure.
    ///
    /// # Errors
    ///
    /// Why the row has none: no column has formulas, and its file cannot be read, or there is no file either.
    pub fn text<'a>(&'a self, table: &'a Table, row: usize) -> Result<Cow<'a, str>, String> {
        let structure = match (self.column, &self.structures) {
            (Some(column), _) => return Ok(table.text(column, row)),
            (None, Some(structures)) => structures.get(row)?,
            (None, None) => None,
        };
        match structure {
            Some(structure) => Ok(Cow::Borrowed(&structure.formula)),
            None => Err("the row names no structure file, and there is no formula".to_owned()),
        }
    }

    /// Reads the formulas of a range of rows.
    pub fn read(&self, table: &Table, rows: Range<usize>) -> ReadFormulas {
        let mut compositions = Compositions::new();
        let mut parser = Parser::new();
        let (mut accepted, mut rejected, mut charges) =
            (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
        for row in rows.clone() {
            let text = match self.text(table, row) {
                Ok(text) => text,
                Err(why) => {
                    rejected.push((row, why));
                    continue;
                }
            };
            // `NaN` is how other programs write a missing cell, hardly ever sodium and nitrogen.
            if table::is_missing(&text) && Element::from_symbol(text.trim()).is_none() {
                rejected.push((row, format!("the formula is missing ({text:?})")));
                continue;
            }
            match parser.parse_into(&text, &mut compositions) {
                Ok(charge) => {
                    if charge != 0.0 {
                        charges.push((accepted.len() as u32, charge));
                    }
                    accepted.push((row - rows.start) as u32);
                }
                Err(error) => {
                    rejected.push((row, format!("formula {:?}: {error}", shortened(&text))))
                }
            }
        }
        ReadFormulas {
            compositions,
            accepted: (!rejected.is_empty()).then_some(accepted),
            rejected,
            charges,
        }
    }

    /// What the user should know of the structures as a whole; the notes of the rows say it row by row.
    pub fn messages(&self, table: &Table) -> Vec<String> {
        let Some(structures) = &self.structures else {
            return Vec::new();
        };
        let mut messages: Vec<String> = self.other_compositions(table).into_iter().collect();
        let rows = || 0..table.len();
        let tell = |rows: Vec<usize>, what: &str| {
            let first = *rows.first()?;
            let (line, said) = (table.line(first), structures.notes(first).first()?);
            Some(format!("{} {what} (line {line}: {said})", rows.len()))
        };
        if self.column.is_some() {
            let unreadable = rows().filter(|&row| structures.get(row).is_err());
            let what = "of the structures cannot be read; their candidates are taken without one";
            messages.extend(tell(unreadable.collect(), what));
        }
        let noted = |&row: &usize| {
            let structure = structures.get(row);
            structure.is_ok_and(|s| s.is_some_and(|s| !s.notes.is_empty()))
        };
        let what = "of the structures were read with a remark, which is in the notes";
        messages.extend(tell(rows().filter(noted).collect(), what));
        messages
    }

    /// Says where a formula and the structure beside it have different compositions; the formula counts.
    fn other_compositions(&self, table: &Table) -> Option<String> {
        let structures = self.structures.as_ref()?;
        let column = self.column?;
        let composition = |text: &str| matter::formula::parse(text).ok().map(|p| p.composition);
        let differs = |&row: &usize| {
            let Ok(Some(structure)) = structures.get(row) else {
                return false;
            };
            let both = composition(&table.text(column, row)).zip(composition(&structure.formula));
            both.is_some_and(|(a, b)| !a.as_ref().approx_eq(b.as_ref()))
        };
        let rows: Vec<usize> = (0..table.len()).into_par_iter().filter(differs).collect();
        let first = *rows.first()?;
        let structure = structures.get(first).ok()??;
        Some(format!(
            "{} of the structures have another composition than the formula beside them, which counts (line {}: {}, its structure {})",
            rows.len(),
            table.line(first),
            table.text(column, first),
            structure.formula
        ))
    }
}

/// The start of a text that would fill a screen.
pub fn shortened(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
