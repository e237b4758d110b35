//! From a table, or a design space, to what a campaign chooses from.

use super::shelf::{BLOCK, Header, Writer};
use super::{Coding, DOUBLE, Encoder, Points, Pool, Prediction, Shelf, Store, bounds, extra_of};
use crate::CampaignError;
use crate::event::{Input, InputKind};
use matter::Compositions;
use matter::formula::Parser;
use optimize::space::Space;
use optimize::{Constraint, Verdict};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::Path;
use table::{ColumnInfo, Table};

/// Tables of more rows lie in a file beside the campaign.
const MOST_IN_MEMORY: usize = 250_000;

/// Rows whose constraints are judged together.
const JUDGED: usize = 65_536;

/// A pool that was built, with the hashes that it is known by.
pub struct Built {
    pub pool: Pool,
    /// The SHA-256 of the rows that may be chosen with their numbers.
    pub points: String,
    /// Of a large pool: the name of its file beside the campaign, and that file's SHA-256 of header and directory.
    pub beside: Option<(String, String)>,
    /// Whether no other campaign of that folder may need the file: it was not there before.
    pub is_new: bool,
}

/// What rows become.
struct Recipe<'a> {
    table: &'a Table,
    columns: &'a [usize],
    coding: &'a Coding,
    predictions: &'a [Prediction],
    costs: Option<&'a [f64]>,
    used: &'a [(usize, f64, f64)],
}

impl Recipe<'_> {
    /// The further columns of a row of the table.
    fn extras(&self, row: u32) -> impl Iterator<Item = f64> {
        let row = row as usize;
        let cost = self.costs.map_or(1.0, |costs| costs[row]);
        let predicted = self.predictions.iter().flat_map(move |prediction| {
            // What is not known of the spread counts as none, as in a ranking.
            let std = prediction.std[row];
            [prediction.mean[row], if std.is_nan() { 0.0 } else { std }]
        });
        std::iter::once(cost).chain(predicted)
    }

    /// Points of some rows, one after the other.
    fn points(&self, kept: &[u32]) -> Result<Vec<f64>, String> {
        let (own, width) = match self.coding {
            Coding::Table(encoder) => (
                encoder.encode(self.table, self.columns, kept),
                encoder.dimensions(),
            ),
            Coding::Space(_) => {
                let texts = |row: &u32| -> Vec<String> {
                    let cell =
                        |&column: &usize| self.table.text(column, *row as usize).into_owned();
                    self.columns.iter().map(cell).collect()
                };
                let rows = kept.iter().map(|row| self.coding.point(&texts(row)));
                let rows = rows.collect::<Result<Vec<_>, _>>()?;
                (rows.concat(), self.coding.dimensions())
            }
        };
        if self.used.is_empty() {
            return Ok(own);
        }
        let mut wider = Vec::with_capacity(kept.len() * (width + self.used.len()));
        for (place, &row) in kept.iter().enumerate() {
            wider.extend_from_slice(&own[place * width..(place + 1) * width]);
            let extras: Vec<f64> = self.extras(row).collect();
            wider.extend(scaled(self.used, &extras));
        }
        Ok(wider)
    }
}

/// Properties that are inputs, scaled by the pool.
pub(super) fn scaled(used: &[(usize, f64, f64)], extras: &[f64]) -> impl Iterator<Item = f64> {
    used.iter()
        .map(|&(k, low, high)| (extras[k] - low) / (high - low))
}

impl Pool {
    /// The candidates of a table; of a design space, those that were listed of it, and whether these are all. A large pool is
    /// written into `folder`, under a name that follows from what is in it.
    ///
    /// # Errors
    /// A column that is not there, a constraint on something that is not known, no candidate left, a file that cannot be
    /// written.
    pub fn build(
        table: Table,
        inputs: &[Input],
        constraints: &[Constraint],
        predictions: &[Prediction],
        cost: Option<&str>,
        space: Option<(Space, bool)>,
        folder: &Path,
    ) -> Result<Built, CampaignError> {
        let find = |input: &Input| table.find_column(&input.name);
        let columns = inputs.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let cost = cost.map(|name| table.find_column(name)).transpose()?;
        let costs = cost.map(|column| table.numbers(column).values);
        let Sieve { kept, left_out } = sieved(
            &table,
            inputs,
            &columns,
            constraints,
            predictions,
            costs.as_deref(),
        )?;
        let (coding, whole) = match space {
            None => (
                Coding::Table(Encoder::fit(&table, inputs, &columns, &kept)),
                true,
            ),
            Some((space, whole)) => (Coding::Space(Box::new(space)), whole),
        };
        let (mut used, mut names) = (Vec::new(), coding.names());
        for (place, prediction) in predictions.iter().enumerate().filter(|(_, p)| p.input) {
            let values = kept.iter().map(|&row| prediction.mean[row as usize]);
            let (low, high) = bounds(&values.collect::<Vec<_>>());
            if low < high {
                used.push((extra_of(place), low, high));
                names.push(prediction.name.clone());
            }
        }
        let (width, extra_width) = (names.len(), 1 + 2 * predictions.len());
        if width == 0 {
            return Err(CampaignError::Question(
                "no column tells the candidates apart: give columns of numbers, categories or formulas that vary".to_owned(),
            ));
        }
        let recipe = Recipe {
            table: &table,
            columns: &columns,
            coding: &coding,
            predictions,
            costs: costs.as_deref(),
            used: &used,
        };
        let single = kept.len() * width > DOUBLE;
        let (headers, table_rows) = (table.columns().to_vec(), table.len());
        let decimal_comma = table.has_decimal_comma();
        let mut is_new = false;
        let (store, points, beside) = if table_rows > MOST_IN_MEMORY {
            let header = Header {
                rows: table_rows,
                kept: kept.len(),
                width,
                extra_width,
                single,
                columns: headers
                    .iter()
                    .map(|c| (c.header.clone(), c.name.clone(), c.unit.clone()))
                    .collect(),
                decimal_comma,
                coding: match &coding {
                    Coding::Table(encoder) => encoder.to_json(),
                    Coding::Space(_) => serde_json::Value::Null,
                },
                used: used
                    .iter()
                    .map(|&(k, low, high)| (k, low.into(), high.into()))
                    .collect(),
                left_out: left_out.clone(),
            };
            let (name, sha256, points, new) = shelve(&recipe, &header, &kept, folder)?;
            is_new = new;
            let (shelf, _) = Shelf::open(&folder.join(&name), &sha256)?;
            (Store::Disk(Box::new(shelf)), points, Some((name, sha256)))
        } else {
            let points = recipe.points(&kept).map_err(CampaignError::Question)?;
            let extras: Vec<f64> = kept.iter().flat_map(|&row| recipe.extras(row)).collect();
            let points = match single {
                true => Points::Single(points.iter().map(|x| *x as f32).collect()),
                false => Points::Double(points),
            };
            let mut hasher = Sha256::new();
            kept.iter().for_each(|row| hasher.update(row.to_le_bytes()));
            match &points {
                Points::Single(values) => {
                    values.iter().for_each(|x| hasher.update(x.to_le_bytes()));
                }
                Points::Double(values) => {
                    values.iter().for_each(|x| hasher.update(x.to_le_bytes()));
                }
            }
            extras.iter().for_each(|x| hasher.update(x.to_le_bytes()));
            let store = Store::Memory {
                table,
                points,
                extras,
            };
            (store, hex(hasher), None)
        };
        let pool = Self {
            names,
            width,
            coding,
            whole,
            constraints: constraints.to_vec(),
            cost: cost.and_then(|cost| columns.iter().position(|column| *column == cost)),
            inputs: inputs.to_vec(),
            columns,
            store,
            headers,
            decimal_comma,
            table_rows,
            extra_width,
            used,
            left_out,
            kept,
        };
        Ok(Built {
            pool,
            points,
            beside,
            is_new,
        })
    }

    /// A large pool that was built before.
    ///
    /// # Errors
    /// Its file is gone or another.
    pub fn open_shelf(
        path: &Path,
        sha256: &str,
        inputs: &[Input],
        constraints: &[Constraint],
        cost: Option<&str>,
        input_names: &[String],
    ) -> Result<Self, CampaignError> {
        let (shelf, kept) = Shelf::open(path, sha256)?;
        let header = &shelf.header;
        let another = || CampaignError::Candidates {
            path: path.into(),
            why: "this version of Lodestone does not read it".to_owned(),
        };
        let encoder = Encoder::from_json(&header.coding).ok_or_else(another)?;
        let headers: Vec<ColumnInfo> = header
            .columns
            .iter()
            .cloned()
            .map(|(header, name, unit)| ColumnInfo { header, name, unit })
            .collect();
        let place = |name: &str| headers.iter().position(|c| c.name == name);
        let columns: Option<Vec<usize>> = inputs.iter().map(|i| place(&i.name)).collect();
        let coding = Coding::Table(encoder);
        let used: Vec<(usize, f64, f64)> = header
            .used
            .iter()
            .map(|(k, low, high)| (*k, low.0, high.0))
            .collect();
        let mut names = coding.names();
        // Of those that were asked for, the ones that vary.
        for (k, ..) in &used {
            let name = input_names.get((k - 1) / 2).ok_or_else(another)?;
            names.push(name.clone());
        }
        if names.len() != header.width {
            return Err(another());
        }
        Ok(Self {
            names,
            width: header.width,
            coding,
            whole: true,
            constraints: constraints.to_vec(),
            cost: cost.and_then(|cost| inputs.iter().position(|input| input.name == cost)),
            inputs: inputs.to_vec(),
            columns: columns.ok_or_else(another)?,
            headers,
            decimal_comma: header.decimal_comma,
            table_rows: header.rows,
            extra_width: header.extra_width,
            used,
            left_out: header.left_out.clone(),
            kept,
            store: Store::Disk(Box::new(shelf)),
        })
    }
}

/// Blocks that are made at once.
const TOGETHER: usize = 16;

/// Writes the file of a large pool; its name, its SHA-256, that of the points, and whether no file of that name was there.
fn shelve(
    recipe: &Recipe,
    header: &Header,
    kept: &[u32],
    folder: &Path,
) -> Result<(String, String, String, bool), CampaignError> {
    let failed = |error| CampaignError::file("write", folder, error);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lode-pool-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let file = builder.tempfile_in(folder).map_err(failed)?;
    let mut writer = Writer::begin(file.reopen().map_err(failed)?, header, kept).map_err(failed)?;
    let mut hasher = Sha256::new();
    kept.iter().for_each(|row| hasher.update(row.to_le_bytes()));
    let blocks = kept.len().div_ceil(BLOCK);
    let block = |number: usize| &kept[number * BLOCK..kept.len().min((number + 1) * BLOCK)];
    let parts = |numbers: Range<usize>| -> Result<Vec<Vec<u8>>, CampaignError> {
        numbers
            .into_par_iter()
            .map(|number| {
                let points = recipe
                    .points(block(number))
                    .map_err(CampaignError::Question)?;
                Ok(match header.single {
                    true => points
                        .iter()
                        .flat_map(|x| (*x as f32).to_le_bytes())
                        .collect(),
                    false => points.iter().flat_map(|x| x.to_le_bytes()).collect(),
                })
            })
            .collect()
    };
    for first in (0..blocks).step_by(TOGETHER) {
        for bytes in parts(first..blocks.min(first + TOGETHER))? {
            hasher.update(&bytes);
            writer.block(&bytes).map_err(failed)?;
        }
    }
    for number in 0..blocks {
        let extras = block(number).iter().flat_map(|&row| recipe.extras(row));
        let bytes: Vec<u8> = extras.flat_map(f64::to_le_bytes).collect();
        hasher.update(&bytes);
        writer.block(&bytes).map_err(failed)?;
    }
    writer.texts(recipe.table).map_err(failed)?;
    let sha256 = writer.end().map_err(failed)?;
    let name = format!("candidates-{}.lodepool", &sha256[..12]);
    // A file of this name holds the same, or is broken: either way it may be replaced.
    let new = !folder.join(&name).exists();
    file.persist(folder.join(&name))
        .map_err(|error| failed(error.error))?;
    Ok((name, sha256, hex(hasher), new))
}

fn hex(hasher: Sha256) -> String {
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The rows that may be chosen, and why others may not.
fn sieved(
    table: &Table,
    inputs: &[Input],
    columns: &[usize],
    constraints: &[Constraint],
    predictions: &[Prediction],
    costs: Option<&[f64]>,
) -> Result<Sieve, CampaignError> {
    let mut rows = Sieve::new(table.len());
    for (input, &column) in inputs.iter().zip(columns) {
        rows.readable(table, input, column);
    }
    if let Some(costs) = costs {
        rows.keep("have no cost above zero", |row| costs[row] > 0.0);
    }
    for prediction in predictions.iter().filter(|p| p.needed || p.input) {
        let why = format!("have no predicted {}", prediction.name);
        rows.keep(&why, |row| !prediction.mean[row].is_nan());
    }
    for constraint in constraints {
        let verdicts = verdicts(table, inputs, columns, predictions, constraint)?;
        let why = format!("do not satisfy {constraint}");
        rows.keep(&why, |row| verdicts[row] != Verdict::Violated);
        let why = format!("have no value that {constraint} asks for");
        rows.keep(&why, |row| verdicts[row] == Verdict::Satisfied);
    }
    if rows.kept.is_empty() {
        return Err(CampaignError::NoCandidate {
            rows: table.len(),
            why: rows
                .left_out
                .iter()
                .map(|(why, count)| format!("{count} {why}"))
                .collect::<Vec<_>>()
                .join(", "),
        });
    }
    Ok(rows)
}

/// Rows on their way through what they must satisfy.
struct Sieve {
    kept: Vec<u32>,
    left_out: Vec<(String, usize)>,
}

impl Sieve {
    fn new(rows: usize) -> Self {
        Self {
            kept: (0..rows as u32).collect(),
            left_out: Vec::new(),
        }
    }

    fn keep(&mut self, why: &str, holds: impl Fn(usize) -> bool) {
        let before = self.kept.len();
        self.kept.retain(|row| holds(*row as usize));
        if self.kept.len() < before {
            self.left_out
                .push((why.to_owned(), before - self.kept.len()));
        }
    }

    fn readable(&mut self, table: &Table, input: &Input, column: usize) {
        let name = &input.name;
        match input.kind {
            InputKind::Number => {
                let numbers = table.numbers(column).values;
                self.keep(&format!("have no number in `{name}`"), |row| {
                    !numbers[row].is_nan()
                });
            }
            InputKind::Category => self.keep(&format!("have nothing in `{name}`"), |row| {
                !table::is_missing(&table.text(column, row))
            }),
            InputKind::Formula => {
                let mut parser = Parser::new();
                let mut last = Compositions::new();
                let readable: Vec<bool> = (0..table.len())
                    .map(|row| {
                        last = Compositions::new();
                        parser
                            .parse_into(&table.text(column, row), &mut last)
                            .is_ok()
                    })
                    .collect();
                self.keep("have no formula that can be read", |row| readable[row]);
            }
        }
    }
}

/// What a constraint on candidates says of every row.
fn verdicts(
    table: &Table,
    inputs: &[Input],
    columns: &[usize],
    predictions: &[Prediction],
    constraint: &Constraint,
) -> Result<Vec<Verdict>, CampaignError> {
    let mut values: Vec<Vec<f64>> = Vec::new();
    for name in constraint.properties() {
        let predicted = predictions.iter().find(|p| p.name == *name);
        values.push(match predicted {
            Some(prediction) => prediction.mean.clone(),
            None => table.numbers(table.find_column(name)?).values,
        });
    }
    let formula = inputs
        .iter()
        .position(|input| input.kind == InputKind::Formula);
    if constraint.needs_composition() && formula.is_none() {
        return Err(CampaignError::Question(format!(
            "constraint {constraint}: it asks for elements, and no column of formulas is an input"
        )));
    }
    let mut all = Vec::with_capacity(table.len());
    let mut parser = Parser::new();
    for start in (0..table.len()).step_by(JUDGED) {
        let rows = start..table.len().min(start + JUDGED);
        let count = rows.len();
        let part: Vec<&[f64]> = values.iter().map(|v| &v[rows.clone()]).collect();
        let mut compositions = Compositions::new();
        let mut at = Vec::with_capacity(count);
        if let Some(formula) = formula.filter(|_| constraint.needs_composition()) {
            for text in table.texts(columns[formula], rows) {
                let read = parser.parse_into(&text, &mut compositions).is_ok();
                at.push(read.then(|| compositions.len() - 1));
            }
        }
        let composition = |row: usize| {
            let place = at.get(row).copied().flatten()?;
            Some(compositions.get(place))
        };
        all.extend(constraint.evaluate(count, &part, composition));
    }
    Ok(all)
}
