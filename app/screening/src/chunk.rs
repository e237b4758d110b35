//! One chunk of the table, which is one batch of the plugins: formulas, predictions, verdicts.

use crate::ScreeningError;
use crate::assessed::OUTPUTS;
use crate::carried::{CarriedColumn, CarriedInputs};
use crate::columns::TableColumn;
use crate::model::ModelPlan;
use crate::plan::Plan;
use crate::predictor::{Means, PluginPlan, PredictorPlan};
use crate::quantity::{Origin, Quantity};
use crate::structures::Columns;
use job::{Cancelled, Job};
use matter::Compositions;
use optimize::Verdict;
use plugin_host::{
    BatchInput, BatchOutcome, ColumnInput, CompositionsInput, Note, NoteKind, PredictError,
    PropertyColumn, Spread,
};
use std::collections::HashMap;
use std::ops::Range;
use surrogate::model;
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
    /// One for each predictor of the plan.
    pub predicted: Vec<Predicted>,
    /// Whether each accepted row satisfies the constraints.
    verdicts: Vec<Verdict>,
}

/// What one predictor said of a chunk.
#[derive(Default)]
pub struct Predicted {
    /// One for each property; `None` where it is not kept, or a plugin was switched off.
    pub columns: Vec<Option<PropertyColumn>>,
    /// What was noted; `None` where notes are not kept.
    pub notes: Option<Notes>,
    /// How many accepted rows the predictor applies to.
    pub covered: usize,
    /// For how many accepted rows a plugin failed.
    pub lost: usize,
    /// How many notes are left out because all together would be too long.
    pub left_out: usize,
}

/// What the texts of a predictor's notes may have in a run, bytes. Every chunk has an equal share, whatever the others
/// have, so that what is kept depends neither on the threads nor on how many of the best are wanted.
const NOTE_BYTES: usize = 128 << 20;

/// What they may have in a chunk in any case.
const NOTE_BYTES_IN_CHUNK: usize = 64 << 10;

/// The notes of a chunk, found by position.
pub struct Notes {
    texts: Vec<String>,
    /// By row.
    notes: Vec<Note>,
    /// The notes of the accepted row at a position: `offsets[position]..offsets[position + 1]`.
    offsets: Vec<u32>,
}

impl Notes {
    /// Of notes by row.
    fn new(texts: Vec<String>, notes: Vec<Note>, rows: usize) -> Self {
        let mut offsets = vec![0; rows + 1];
        for note in &notes {
            offsets[note.row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        Self {
            texts,
            notes,
            offsets,
        }
    }

    /// Of rows and texts by row, each about the same property.
    fn of_texts(said: Vec<(u32, String)>, property: Option<u32>, rows: usize) -> Self {
        let mut codes = HashMap::new();
        let mut texts = Vec::new();
        let note = |(row, text): (u32, String)| {
            let next = texts.len() as u32;
            let text = *codes.entry(text).or_insert_with_key(|text: &String| {
                texts.push(text.clone());
                next
            });
            Note {
                row,
                property,
                text,
                kind: NoteKind::Plugin,
            }
        };
        let notes = said.into_iter().map(note).collect();
        Self::new(texts, notes, rows)
    }

    /// The first notes, as far as their texts have `bytes` together, and how many are left out. Why a plugin failed on a row
    /// is always told.
    fn capped(self, bytes: usize) -> (Self, usize) {
        if self.texts.iter().map(String::len).sum::<usize>() <= bytes {
            return (self, 0);
        }
        let mut left = bytes;
        let mut codes: Vec<Option<u32>> = vec![None; self.texts.len()];
        let mut texts = Vec::new();
        let mut all = self.texts;
        let (rows, before) = (self.offsets.len() - 1, self.notes.len());
        let keep = |mut note: Note| {
            let code = &mut codes[note.text as usize];
            if code.is_none() {
                let text = &mut all[note.text as usize];
                if note.kind != NoteKind::Lost {
                    left = left.checked_sub(text.len())?;
                }
                *code = Some(texts.len() as u32);
                texts.push(std::mem::take(text));
            }
            note.text = (*code)?;
            Some(note)
        };
        let notes: Vec<Note> = self.notes.into_iter().filter_map(keep).collect();
        let left_out = before - notes.len();
        (Self::new(texts, notes, rows), left_out)
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
        let read = plan.formulas.read(table, rows.clone());
        let compositions = read.compositions;
        let mut chunk = Self {
            rows,
            accepted: read.accepted,
            rejected: read.rejected,
            charges: read.charges,
            predicted: Vec::new(),
            verdicts: Vec::new(),
        };
        for predictor in &plan.predictors {
            chunk
                .predicted
                .push(chunk.predict(plan, predictor, &compositions, job)?);
        }
        let share = (NOTE_BYTES / table.chunk_count().max(1)).max(NOTE_BYTES_IN_CHUNK);
        for said in &mut chunk.predicted {
            if let Some(notes) = said.notes.take() {
                let (notes, left_out) = notes.capped(share);
                said.notes = Some(notes);
                said.left_out = left_out;
            }
        }
        chunk.verdicts = chunk.judge(plan, &compositions);
        if keep == Keep::Deciding {
            for (kept, predictor) in chunk.predicted.iter_mut().zip(&plan.predictors) {
                kept.notes = None;
                for (column, _) in kept
                    .columns
                    .iter_mut()
                    .zip(&predictor.decides)
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
            Origin::Property {
                predictor,
                property,
            } => match &self.predicted[predictor].columns.get(property) {
                Some(Some(column)) => {
                    Box::new(|position| (column.mean[position], column.std_at(position)))
                }
                _ => Box::new(|_| (f64::NAN, f64::NAN)),
            },
            Origin::Column { column } => match plan.columns.get(&column) {
                Some(TableColumn { mean, std }) => Box::new(move |position| {
                    let row = self.row(position);
                    (mean[row], std.as_ref().map_or(f64::NAN, |s| s[row]))
                }),
                None => Box::new(|_| (f64::NAN, f64::NAN)),
            },
        }
    }

    /// Forgets what a predictor said, and every verdict that rests on it.
    pub fn blank(&mut self, plan: &Plan, predictor: usize) {
        let lost = self.predicted[predictor].lost;
        self.predicted[predictor] = Predicted {
            lost,
            ..Predicted::default()
        };
        let rests_on_it = |q: &Quantity| matches!(q.origin, Origin::Property { predictor: p, .. } if p == predictor);
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
        plan: &PredictorPlan,
        compositions: &Compositions,
        job: &Job,
    ) -> Result<Predicted, ScreeningError> {
        match &plan.means {
            Means::Plugin(plugin) => {
                let carried = self.ask_carried(whole, plugin, compositions, job)?;
                let mut outcome = self.ask_plugin(whole, plugin, compositions, &carried, job)?;
                add_notes(&mut outcome, carried.notes());
                let notes = Notes::new(outcome.texts, outcome.notes, self.len());
                Ok(self.covered(plan, outcome.columns, outcome.lost.len(), notes))
            }
            Means::Model(model) => {
                let said = self.ask_model(whole, model, compositions, job)?;
                let said_of = said.notes.into_iter();
                let said_of = said_of.map(|(row, text)| (row as u32, text)).collect();
                let notes = Notes::of_texts(said_of, Some(0), self.len());
                let own = PropertyColumn {
                    mean: said.mean,
                    std: Spread::Each(said.std),
                };
                let zero = said.probability_of_zero.map(|mean| PropertyColumn {
                    mean,
                    std: Spread::Unknown,
                });
                let columns = std::iter::once(own).chain(zero).collect();
                Ok(self.covered(plan, columns, 0, notes))
            }
            Means::Potential(asked) => {
                let rows = || (0..self.len()).map(|position| self.row(position));
                let columns = asked.outputs();
                let columns = columns.map(|output| whole.assessed.column(output, rows()));
                let said = rows().zip(0_u32..).flat_map(|(row, position)| {
                    let notes = whole.assessed.notes(row).iter();
                    notes.map(move |note| (position, note.clone()))
                });
                let notes = Notes::of_texts(said.collect(), None, self.len());
                Ok(self.covered(plan, columns.collect(), 0, notes))
            }
        }
    }

    /// Counts the rows that a predictor applies to.
    fn covered(
        &self,
        plan: &PredictorPlan,
        columns: Vec<PropertyColumn>,
        lost: usize,
        notes: Notes,
    ) -> Predicted {
        let chosen = plan.counts.contains(&true);
        let counted = || {
            let columns = plan.counts.iter().zip(&columns);
            columns.filter(|(counts, _)| **counts == chosen)
        };
        let applies = |row: &usize| match chosen {
            true => counted().all(|(_, column)| !column.mean[*row].is_nan()),
            false => counted().any(|(_, column)| !column.mean[*row].is_nan()),
        };
        let covered = (0..self.len()).filter(applies).count();
        Predicted {
            columns: columns.into_iter().map(Some).collect(),
            covered,
            lost,
            notes: Some(notes),
            left_out: 0,
        }
    }

    fn ask_model(
        &self,
        whole: &Plan,
        model: &ModelPlan,
        compositions: &Compositions,
        job: &Job,
    ) -> Result<model::Columns, ScreeningError> {
        let rows: Vec<usize> = (0..self.len()).map(|position| self.row(position)).collect();
        model.predict(
            compositions,
            &rows,
            whole.formulas.structures.as_deref(),
            job,
        )
    }

    /// What the models that a plugin carries say.
    fn ask_carried(
        &self,
        whole: &Plan,
        plan: &PluginPlan,
        compositions: &Compositions,
        job: &Job,
    ) -> Result<CarriedInputs, ScreeningError> {
        let mut carried = CarriedInputs::default();
        for model in &plan.models {
            let said = self.ask_model(whole, model, compositions, job)?;
            carried.add(&model.model, said);
        }
        Ok(carried)
    }

    fn ask_plugin(
        &self,
        whole: &Plan,
        plan: &PluginPlan,
        compositions: &Compositions,
        carried: &CarriedInputs,
        job: &Job,
    ) -> Result<BatchOutcome, ScreeningError> {
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
            let structures = whole.formulas.structures.as_deref()?;
            structures.get(self.row(position)).ok().flatten()
        };
        let candidates = || (0..self.len()).map(structure);
        let wanted = &plan.structure_descriptors;
        let values = wanted.iter().map(|d| d.0.values(candidates(), job));
        let values = values.collect::<Result<Vec<Vec<f64>>, Cancelled>>()?;
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
        let rows = || (0..self.len()).map(|position| self.row(position));
        let wanted = &plan.potential;
        let said = wanted
            .iter()
            .map(|(_, at)| whole.assessed.column(*at, rows()));
        let said: Vec<PropertyColumn> = said.collect();
        let columns = columns.chain(wanted.iter().zip(&said).map(|((name, at), column)| {
            let std = match &column.std {
                Spread::Each(std) => Some(std.as_slice()),
                Spread::Exact | Spread::Unknown => None,
            };
            ColumnInput {
                name,
                unit: OUTPUTS[*at].unit,
                mean: &column.mean,
                std,
            }
        }));
        let of_models: Vec<CarriedColumn> = carried.columns().collect();
        let columns = columns.chain(of_models.iter().map(|column| ColumnInput {
            name: &column.name,
            unit: column.unit,
            mean: column.mean,
            std: column.std,
        }));
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
        let outcome = plan.session.predict(&batch, job);
        outcome.map_err(|error| match error {
            PredictError::Cancelled => ScreeningError::Cancelled,
            PredictError::Input(why) => ScreeningError::Batch(why),
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

/// Adds notes on whole candidates to those that a plugin made, by row.
fn add_notes(outcome: &mut BatchOutcome, more: impl Iterator<Item = (u32, String)>) {
    let mut codes = HashMap::new();
    let before = outcome.notes.len();
    for (row, text) in more {
        let next = outcome.texts.len() as u32;
        let text = *codes.entry(text).or_insert_with_key(|text: &String| {
            outcome.texts.push(text.clone());
            next
        });
        outcome.notes.push(Note {
            row,
            property: None,
            text,
            kind: NoteKind::Plugin,
        });
    }
    if outcome.notes.len() > before {
        outcome.notes.sort_by_key(|note| note.row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_kept_up_to_a_length_and_the_rest_is_counted() {
        let text = |row: u32| match row % 2 {
            0 => "the same on every second row".to_owned(),
            _ => format!("a text of its own, on row {row:04}"),
        };
        let made = || Notes::of_texts((0..1000).map(|row| (row, text(row))).collect(), None, 1000);
        let (all, left_out) = made().capped(1 << 20);
        assert_eq!((all.texts.len(), left_out), (501, 0));
        // Room for the common text and for ten others.
        let room = text(0).len() + 10 * text(1).len();
        let (some, left_out) = made().capped(room + 5);
        assert_eq!((some.texts.len(), left_out), (11, 490));
        for row in 0..1000 {
            let said: Vec<&str> = some.at(row).iter().map(|note| some.text(note)).collect();
            let expected = (row % 2 == 0 || row < 20).then(|| text(row as u32));
            assert_eq!(said, expected.iter().collect::<Vec<_>>());
        }
        // That a plugin failed is told whatever the room.
        let mut failed = made();
        failed.notes[999].kind = NoteKind::Lost;
        let (failed, _) = failed.capped(0);
        assert_eq!(failed.text(&failed.at(999)[0]), text(999));
        assert!(failed.at(998).is_empty());
    }
}
