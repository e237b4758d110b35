//! One chunk of the table, which is one batch of the plugins: formulas, predictions, verdicts.

use crate::ScreeningError;
use crate::plan::{Plan, PluginPlan, TableColumn};
use crate::quantity::{Origin, Quantity};
use crate::structures::Columns;
use job::Job;
use matter::{Compositions, Element, formula::Parser};
use optimize::Verdict;
use plugin_host::{
    BatchInput, BatchOutcome, ColumnInput, CompositionsInput, Note, PredictError, PropertyColumn,
};
use std::borrow::Cow;
use std::ops::Range;
use table::Table;

/// What is known of the candidates of one chunk.
pub struct Chunk {
    /// Rows of the table.
    rows: Range<usize>,
    /// The rows whose formula could be read, counted from the chunk's first; `None`: all.
    accepted: Option<Vec<u32>>,
    /// Rows of the table whose formula could not be read, and why.
    pub rejected: Vec<(usize, String)>,
    /// Accepted rows, by position, whose formula carries a charge.
    charges: Vec<(u32, f64)>,
    /// One for each plugin of the plan.
    pub plugins: Vec<PluginChunk>,
    /// Whether each accepted row satisfies the constraints.
    verdicts: Vec<Verdict>,
}

/// What one plugin said of a chunk.
#[derive(Default)]
pub struct PluginChunk {
    /// One for each property; `None` where it is not kept, or the plugin was switched off.
    pub columns: Vec<Option<PropertyColumn>>,
    /// What was noted; `None` where notes are not kept.
    pub notes: Option<Notes>,
    /// How many accepted rows the plugin applies to.
    pub covered: usize,
    /// For how many accepted rows the plugin failed.
    pub lost: usize,
}

/// The notes of a chunk, found by position.
pub struct Notes {
    texts: Vec<String>,
    /// By row.
    notes: Vec<Note>,
    /// The notes of the accepted row at a position: `offsets[position]..offsets[position + 1]`.
    offsets: Vec<u32>,
}

impl Notes {
    fn new(outcome: BatchOutcome, rows: usize) -> Self {
        let mut offsets = vec![0; rows + 1];
        for note in &outcome.notes {
            offsets[note.row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        Self {
            texts: outcome.texts,
            notes: outcome.notes,
            offsets,
        }
    }

    /// The notes on the accepted row at `position`.
    pub fn at(&self, position: usize) -> &[Note] {
        &self.notes[self.offsets[position] as usize..self.offsets[position + 1] as usize]
    }

    /// What a note says.
    pub fn text(&self, note: &Note) -> &str {
        &self.texts[note.text as usize]
    }
}

/// Which of the predictions to keep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Those that decide the ranking.
    Deciding,
    All,
}

impl Chunk {
    /// Reads the formulas of chunk number `number`, lets every plugin predict, and judges the constraints.
    pub fn new(
        table: &Table,
        plan: &Plan,
        number: usize,
        keep: Keep,
        job: &Job,
    ) -> Result<Self, ScreeningError> {
        let rows = table.chunk_rows(number);
        let mut compositions = Compositions::new();
        let mut parser = Parser::new();
        let (mut accepted, mut rejected, mut charges) =
            (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
        for row in rows.clone() {
            let text = match plan.formula(table, row) {
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
        let mut chunk = Self {
            rows,
            accepted: Some(accepted),
            rejected,
            charges,
            plugins: Vec::new(),
            verdicts: Vec::new(),
        };
        if chunk.rejected.is_empty() {
            chunk.accepted = None;
        }
        for plugin in &plan.plugins {
            chunk
                .plugins
                .push(chunk.predict(plan, plugin, &compositions, job)?);
        }
        chunk.verdicts = chunk.judge(plan, &compositions);
        if keep == Keep::Deciding {
            for (kept, plugin) in chunk.plugins.iter_mut().zip(&plan.plugins) {
                kept.notes = None;
                for (column, _) in kept
                    .columns
                    .iter_mut()
                    .zip(&plugin.decides)
                    .filter(|(_, decides)| !**decides)
                {
                    *column = None;
                }
            }
        }
        job.advance(chunk.rows.len() as u64);
        Ok(chunk)
    }

    /// How many formulas could be read.
    pub fn len(&self) -> usize {
        self.accepted.as_ref().map_or(self.rows.len(), Vec::len)
    }

    /// The row of the table at `position` among the accepted.
    fn row(&self, position: usize) -> usize {
        self.rows.start
            + self
                .accepted
                .as_ref()
                .map_or(position, |a| a[position] as usize)
    }

    /// Where row `row` of the table stands among the accepted.
    pub fn position(&self, row: usize) -> Option<usize> {
        let local = row
            .checked_sub(self.rows.start)
            .filter(|&local| local < self.rows.len())?;
        match &self.accepted {
            None => Some(local),
            Some(accepted) => accepted.binary_search(&(local as u32)).ok(),
        }
    }

    /// The accepted rows, as rows of the table, with their verdicts.
    pub fn verdicts(&self) -> impl Iterator<Item = (usize, Verdict)> + '_ {
        self.verdicts
            .iter()
            .enumerate()
            .map(|(position, &verdict)| (self.row(position), verdict))
    }

    /// The charge that the formula of an accepted row carries; 0 for most.
    pub fn charge(&self, position: usize) -> f64 {
        let found = self
            .charges
            .binary_search_by_key(&(position as u32), |&(p, _)| p);
        found.map_or(0.0, |index| self.charges[index].1)
    }

    /// The value and standard deviation of a quantity, in the order of the accepted rows.
    pub fn values<'a>(
        &'a self,
        plan: &'a Plan,
        quantity: &Quantity,
    ) -> Box<dyn Fn(usize) -> (f64, f64) + 'a> {
        match quantity.origin {
            Origin::Property { plugin, property } => {
                match &self.plugins[plugin].columns.get(property) {
                    Some(Some(column)) => {
                        Box::new(|position| (column.mean[position], column.std_at(position)))
                    }
                    _ => Box::new(|_| (f64::NAN, f64::NAN)),
                }
            }
            Origin::Column { column } => match plan.columns.get(&column) {
                Some(TableColumn { mean, std }) => Box::new(move |position| {
                    let row = self.row(position);
                    (mean[row], std.as_ref().map_or(f64::NAN, |s| s[row]))
                }),
                None => Box::new(|_| (f64::NAN, f64::NAN)),
            },
        }
    }

    /// Forgets what a plugin said, and every verdict that rests on it.
    pub fn blank(&mut self, plan: &Plan, plugin: usize) {
        let lost = self.plugins[plugin].lost;
        self.plugins[plugin] = PluginChunk {
            lost,
            ..PluginChunk::default()
        };
        let rests_on_it =
            |q: &Quantity| matches!(q.origin, Origin::Property { plugin: p, .. } if p == plugin);
        if plan
            .constraints
            .iter()
            .flat_map(|c| &c.quantities)
            .any(rests_on_it)
        {
            self.verdicts.fill(Verdict::Unknown);
        }
    }

    fn predict(
        &self,
        whole: &Plan,
        plan: &PluginPlan,
        compositions: &Compositions,
        job: &Job,
    ) -> Result<PluginChunk, ScreeningError> {
        let gather =
            |values: &[f64]| -> Vec<f64> { (0..self.len()).map(|p| values[self.row(p)]).collect() };
        let gathered: Vec<(Vec<f64>, Option<Vec<f64>>)> = plan
            .inputs
            .iter()
            .map(|i| (gather(&i.values.mean), i.values.std.as_deref().map(gather)))
            .collect();
        let columns = plan
            .inputs
            .iter()
            .zip(&gathered)
            .map(|(input, (mean, std))| ColumnInput {
                name: &input.name,
                unit: &input.unit,
                mean,
                std: std.as_deref(),
            });
        let names: Vec<&str> = plan.descriptors.iter().map(|(n, _)| n.as_str()).collect();
        let computed = descriptor::compute(&names, compositions);
        let described = plan.descriptors.iter().zip(&computed);
        let columns = columns.chain(described.map(|((name, unit), mean)| ColumnInput {
            name,
            unit,
            mean,
            std: None,
        }));
        let structure = |position: usize| {
            let structures = whole.structures.as_deref()?;
            structures.get(self.row(position)).ok().flatten()
        };
        let candidates = || (0..self.len()).map(structure);
        let wanted = &plan.structure_descriptors;
        let values: Vec<Vec<f64>> = wanted.iter().map(|d| d.0.values(candidates())).collect();
        let columns =
            columns.chain(
                wanted
                    .iter()
                    .zip(&values)
                    .map(|((_, name, unit), mean)| ColumnInput {
                        name,
                        unit,
                        mean,
                        std: None,
                    }),
            );
        let structures = plan.wants_structures.then(|| Columns::new(candidates()));
        let batch = BatchInput {
            compositions: CompositionsInput {
                offsets: compositions.offsets(),
                atomic_numbers: compositions.atomic_numbers(),
                amounts: compositions.amounts(),
            },
            structures: structures.as_ref().map(Columns::input),
            columns: columns.collect(),
        };
        let mut outcome = plan
            .session
            .predict(&batch, job)
            .map_err(|error| match error {
                PredictError::Cancelled => ScreeningError::Cancelled,
                PredictError::Input(why) => ScreeningError::Batch(why),
            })?;
        let columns = std::mem::take(&mut outcome.columns);
        let chosen = plan.counts.contains(&true);
        let counted = || {
            plan.counts
                .iter()
                .zip(&columns)
                .filter(|(counts, _)| **counts == chosen)
                .map(|(_, c)| c)
        };
        let known = |row: usize| move |column: &PropertyColumn| !column.mean[row].is_nan();
        let applies = |row: &usize| match chosen {
            true => counted().all(known(*row)),
            false => counted().any(known(*row)),
        };
        let covered = (0..self.len()).filter(applies).count();
        Ok(PluginChunk {
            columns: columns.into_iter().map(Some).collect(),
            covered,
            lost: outcome.lost.len(),
            notes: Some(Notes::new(outcome, self.len())),
        })
    }

    fn judge(&self, plan: &Plan, compositions: &Compositions) -> Vec<Verdict> {
        let mut verdicts = vec![Verdict::Satisfied; self.len()];
        for constraint in &plan.constraints {
            let columns: Vec<Vec<f64>> = constraint
                .quantities
                .iter()
                .map(|quantity| {
                    let values = self.values(plan, quantity);
                    (0..self.len()).map(|position| values(position).0).collect()
                })
                .collect();
            let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let judged = constraint
                .constraint
                .evaluate(self.len(), &columns, |p| Some(compositions.get(p)));
            for (verdict, new) in verdicts.iter_mut().zip(judged) {
                *verdict = verdict.and(new);
            }
        }
        verdicts
    }
}

/// The start of a text that would fill a screen.
fn shortened(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
