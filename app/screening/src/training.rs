//! From a table to the rows that a model learns from.

use crate::columns::TableColumn;
use crate::formulas::Formulas;
use crate::model::{Candidates, ModelInputs};
use crate::structures::StructureDescriptor;
use crate::{ScreeningError, Structures};
use job::Job;
use matter::{Compositions, Element};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use surrogate::model::{Rows, TrainingData};
use table::{Table, UnitError, is_missing, parse_number};

/// What a model is fed with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TrainingInputs {
    /// Descriptors of the composition.
    #[default]
    Composition,
    /// Descriptors of the structure and of the composition.
    Structure,
    /// Numeric columns of the table, or descriptors, by name.
    Columns(Vec<String>),
}

impl TrainingInputs {
    /// `composition`, `structure`, or names of columns.
    pub fn of_words(words: &[String]) -> Self {
        match words {
            [] => Self::Composition,
            [word] if word == "composition" => Self::Composition,
            [word] if word == "structure" => Self::Structure,
            names => Self::Columns(names.to_vec()),
        }
    }
}

/// Which rows stay together when rows are divided into folds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// None: each row for itself, as matbench divides.
    Row,
    /// Rows of the same composition.
    Formula,
    /// Rows of the same elements.
    System,
    /// Rows with the same text in this column.
    Column(String),
}

impl GroupBy {
    /// `row`, `formula`, `system`, or the name of a column.
    pub fn of_word(word: &str) -> Self {
        match word {
            "row" => Self::Row,
            "formula" => Self::Formula,
            "system" => Self::System,
            column => Self::Column(column.to_owned()),
        }
    }
}

impl std::fmt::Display for GroupBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Row => "row",
            Self::Formula => "formula",
            Self::System => "chemical system",
            Self::Column(name) => name,
        })
    }
}

/// What is to be learnt from a table.
#[derive(Clone, Debug, Default)]
pub struct TrainingRequest {
    /// The column of the property.
    pub target: String,
    /// The unit to learn in; a header that states another is converted. `None`: the header's.
    pub unit: Option<String>,
    pub inputs: TrainingInputs,
    /// The column of formulas; found by its header where not given.
    pub formula_column: Option<String>,
    pub structures: Option<Arc<Structures>>,
    /// `None`: by formula, or by row where there are no formulas.
    pub group_by: Option<GroupBy>,
}

/// The rows of a table that a model can learn from.
pub struct TrainingRows {
    /// Rows of the table, ascending.
    pub rows: Vec<usize>,
    /// The property of each of them, in `unit`.
    pub targets: Vec<f64>,
    /// The property as its header calls it.
    pub target: String,
    /// Its unit; empty for a pure number or where neither header nor request states one.
    pub unit: String,
    /// Rows of the table that nothing can be learnt from, and why, ascending.
    pub rejected: Vec<(usize, String)>,
    /// What the user should know of how the table was understood.
    pub messages: Vec<String>,
    /// Which rows stay together.
    pub group_by: GroupBy,
    groups: Vec<String>,
    /// Of the rows, where there are formulas.
    compositions: Option<Compositions>,
    /// Names, and numbers row after row, of a model of columns.
    columns: Option<(Vec<String>, Vec<f64>)>,
}

impl TrainingRows {
    /// Reads targets and inputs. A row without one of them is rejected with its reason.
    ///
    /// # Errors
    ///
    /// A column that is not there, a unit that does not fit, no row that can be used, cancelled.
    pub fn new(
        table: &Table,
        request: &TrainingRequest,
        job: &Job,
    ) -> Result<Self, ScreeningError> {
        let mut messages = Vec::new();
        let column = table.find_column(&request.target)?;
        let info = &table.columns()[column];
        let unit = request.unit.as_deref().or(info.unit.as_deref());
        let unit = unit.unwrap_or("").to_owned();
        // A unit that nobody knows could never be converted from: better told now than when the model is used.
        if table::convert_factor(&unit, "1") == Err(UnitError::Unknown { unit: unit.clone() }) {
            let error = UnitError::Unknown { unit };
            let column = info.header.clone();
            return Err(ScreeningError::Unit { column, error });
        }
        // Cells that are no number are rejected row by row below, with their own reasons.
        let targets = TableColumn::read(table, column, request.unit.as_deref(), &mut Vec::new())?;
        let inputs = inputs(request, table, &mut messages)?;
        let formulas = formulas(request, &inputs, table)?;
        messages.extend(formulas.iter().flat_map(|f| f.messages(table)));
        let group_by = match (&request.group_by, &formulas) {
            (Some(group_by), _) => group_by.clone(),
            (None, Some(_)) => GroupBy::Formula,
            (None, None) => GroupBy::Row,
        };
        job.stage("reading formulas", Some(table.len() as u64));
        let judge = Judge {
            table,
            formulas: formulas.as_ref(),
            structures: request
                .structures
                .as_deref()
                .filter(|_| inputs.need_structures()),
            target: column,
            targets: &targets.mean,
            job,
        };
        let (rows, compositions, rejected) = judge.all()?;
        if rows.is_empty() {
            let (line, reason) = rejected.first().map_or((0, String::new()), |(row, why)| {
                (table.line(*row), why.clone())
            });
            return Err(ScreeningError::NothingToLearn {
                target: info.header.clone(),
                rows: table.len(),
                line,
                reason,
            });
        }
        let structures = request.structures.as_deref();
        let columns = match inputs.candidates(&compositions, &rows, structures, job)? {
            Candidates::Columns { names, values } => Some((names, values)),
            Candidates::Compositions(_) => None,
        };
        let targets = rows.iter().map(|row| targets.mean[*row]).collect();
        let compositions = formulas.is_some().then_some(compositions);
        let groups = groups(&group_by, table, &rows, compositions.as_ref())?;
        let mut training = Self {
            target: info.name.clone(),
            unit,
            rows,
            targets,
            rejected,
            messages,
            group_by,
            groups,
            compositions,
            columns,
        };
        training.reject_without_inputs();
        Ok(training)
    }

    /// What a model is trained on and evaluated with.
    pub fn data(&self) -> TrainingData<'_> {
        let rows = match (&self.columns, &self.compositions) {
            (Some((names, values)), _) => Rows::Columns { names, values },
            (None, Some(compositions)) => Rows::Compositions(compositions),
            // Without columns the inputs are compositions, which were read.
            (None, None) => Rows::Columns {
                names: &[],
                values: &[],
            },
        };
        TrainingData {
            rows,
            targets: &self.targets,
        }
    }

    /// The fold of each row: groups kept together, or as matbench divides single rows.
    pub fn folds(&self, count: usize, seed: u64) -> Vec<usize> {
        match self.group_by {
            GroupBy::Row => surrogate::k_folds(self.rows.len(), count, seed as u32),
            _ => surrogate::grouped_folds(&self.groups, count, seed as u32),
        }
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.iter().collect::<BTreeSet<_>>().len()
    }

    /// The compositions of the rows, where there are formulas.
    pub fn compositions(&self) -> Option<&Compositions> {
        self.compositions.as_ref()
    }

    /// The elements that occur in the rows.
    pub fn elements(&self) -> Vec<Element> {
        let Some(compositions) = &self.compositions else {
            return Vec::new();
        };
        let held = |element: &Element| {
            (0..compositions.len()).any(|row| compositions.get(row).contains(*element))
        };
        Element::all().filter(held).collect()
    }

    /// The rows of the table that cannot be used, those that could not be read included: line, reason, text.
    pub fn all_rejected<'t>(&'t self, table: &'t Table) -> Vec<crate::Rejected<'t>> {
        crate::outcome::rejected(table, self.rejected.iter())
    }

    /// Rows of which no input is known say nothing.
    fn reject_without_inputs(&mut self) {
        let Some((names, values)) = &self.columns else {
            return;
        };
        let width = names.len();
        let known = |at: usize| values[at * width..][..width].iter().any(|x| !x.is_nan());
        let keep: Vec<usize> = (0..self.rows.len()).filter(|&at| known(at)).collect();
        if keep.len() == self.rows.len() {
            return;
        }
        let lost = (0..self.rows.len()).filter(|&at| !known(at));
        let lost = lost.map(|at| (self.rows[at], "none of the inputs is known".to_owned()));
        self.rejected.extend(lost);
        self.rejected.sort_by_key(|(row, _)| *row);
        let kept = keep.iter().flat_map(|&at| &values[at * width..][..width]);
        self.columns = Some((names.clone(), kept.copied().collect()));
        self.rows = keep.iter().map(|&at| self.rows[at]).collect();
        self.targets = keep.iter().map(|&at| self.targets[at]).collect();
        self.groups = keep.iter().map(|&at| self.groups[at].clone()).collect();
        if let Some(all) = &self.compositions {
            let mut compositions = Compositions::new();
            keep.iter().for_each(|&at| compositions.push(all.get(at)));
            self.compositions = Some(compositions);
        }
    }
}

fn inputs(
    request: &TrainingRequest,
    table: &Table,
    messages: &mut Vec<String>,
) -> Result<ModelInputs, ScreeningError> {
    let inputs = match &request.inputs {
        TrainingInputs::Composition => ModelInputs::compositions(),
        TrainingInputs::Structure => {
            let structure = StructureDescriptor::ALL.map(|(_, name, _)| name.to_owned());
            let names: Vec<String> = structure.into_iter().chain(descriptor::names()).collect();
            ModelInputs::of_columns(&names, table, messages)?
        }
        TrainingInputs::Columns(names) => {
            if names
                .iter()
                .any(|name| table.find_column(name).ok() == table.find_column(&request.target).ok())
            {
                return Err(ScreeningError::TargetIsInput(request.target.clone()));
            }
            ModelInputs::of_columns(names, table, messages)?
        }
    };
    if inputs.need_structures() && request.structures.is_none() {
        return Err(ScreeningError::ModelStructures {
            model: format!("of {}", request.target),
        });
    }
    Ok(inputs)
}

/// Where the formulas are, if the inputs or the groups need them; where nothing does, a table may have none.
fn formulas(
    request: &TrainingRequest,
    inputs: &ModelInputs,
    table: &Table,
) -> Result<Option<Formulas>, ScreeningError> {
    let grouped = matches!(request.group_by, Some(GroupBy::Formula | GroupBy::System));
    let needed = inputs.need_formulas() || grouped || request.formula_column.is_some();
    let structures = request.structures.clone();
    match Formulas::find(table, request.formula_column.as_deref(), structures) {
        Ok(formulas) => Ok(Some(formulas)),
        Err(error) if needed => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Decides row by row what can be learnt from.
struct Judge<'a> {
    table: &'a Table,
    formulas: Option<&'a Formulas>,
    /// Where the inputs need them.
    structures: Option<&'a Structures>,
    target: usize,
    targets: &'a [f64],
    job: &'a Job,
}

/// Rows, their compositions, and the rows that were rejected.
type Judged = (Vec<usize>, Compositions, Vec<(usize, String)>);

impl Judge<'_> {
    fn all(&self) -> Result<Judged, ScreeningError> {
        let chunks = (0..self.table.chunk_count()).into_par_iter();
        let chunks = chunks.map(|chunk| {
            self.job.check()?;
            let judged = self.chunk(chunk);
            self.job.advance(self.table.chunk_rows(chunk).len() as u64);
            Ok(judged)
        });
        let chunks = chunks.collect::<Result<Vec<Judged>, ScreeningError>>()?;
        let (mut rows, mut compositions, mut rejected) =
            (Vec::new(), Compositions::new(), Vec::new());
        for (some_rows, some_compositions, some_rejected) in chunks {
            rows.extend(some_rows);
            rejected.extend(some_rejected);
            let read = 0..some_compositions.len();
            read.for_each(|at| compositions.push(some_compositions.get(at)));
        }
        Ok((rows, compositions, rejected))
    }

    fn chunk(&self, chunk: usize) -> Judged {
        let all = self.table.chunk_rows(chunk);
        let (first, count) = (all.start, all.len());
        let (accepted, compositions, mut rejected) = match self.formulas {
            Some(formulas) => {
                let read = formulas.read(self.table, all);
                let accepted = read.accepted.unwrap_or_else(|| (0..count as u32).collect());
                (accepted, Some(read.compositions), read.rejected)
            }
            None => ((0..count as u32).collect(), None, Vec::new()),
        };
        let (mut rows, mut kept) = (Vec::new(), Compositions::new());
        for (position, local) in accepted.into_iter().enumerate() {
            let row = first + local as usize;
            match self.unusable(row) {
                Some(why) => rejected.push((row, why)),
                None => {
                    rows.push(row);
                    if let Some(compositions) = &compositions {
                        kept.push(compositions.get(position));
                    }
                }
            }
        }
        rejected.sort_by_key(|(row, _)| *row);
        (rows, kept, rejected)
    }

    /// Why nothing can be learnt from a row whose formula was read.
    fn unusable(&self, row: usize) -> Option<String> {
        if let Some(structures) = self.structures {
            match structures.get(row) {
                Ok(Some(_)) => {}
                Ok(None) => return Some("the row names no structure file".to_owned()),
                Err(why) => return Some(why.to_owned()),
            }
        }
        if self.targets[row].is_finite() {
            return None;
        }
        let text = self.table.text(self.target, row);
        let header = &self.table.columns()[self.target].header;
        Some(match parse_number(&text, self.table.has_decimal_comma()) {
            _ if is_missing(&text) => format!("the target {header:?} is missing ({text:?})"),
            Err(error) => format!("the target {header:?} is {text:?}: {error}"),
            Ok(_) => format!("the target {header:?} is {text:?}, which is not finite"),
        })
    }
}

/// The group of each row.
fn groups(
    by: &GroupBy,
    table: &Table,
    rows: &[usize],
    compositions: Option<&Compositions>,
) -> Result<Vec<String>, ScreeningError> {
    let of_compositions = |text: &dyn Fn(matter::CompositionRef) -> String| match compositions {
        Some(all) => (0..all.len()).map(|row| text(all.get(row))).collect(),
        None => Vec::new(),
    };
    Ok(match by {
        GroupBy::Row => rows.iter().map(usize::to_string).collect(),
        GroupBy::Formula => of_compositions(&|c| format!("{:016x}", c.fingerprint())),
        GroupBy::System => of_compositions(&|c| {
            let symbols: BTreeSet<&str> = c
                .iter()
                .filter(|part| part.1 > 0.0)
                .map(|(element, _)| element.symbol())
                .collect();
            symbols.into_iter().collect::<Vec<_>>().join("-")
        }),
        GroupBy::Column(name) => {
            let column = table.find_column(name)?;
            let text = |row: &usize| table.text(column, *row).trim().to_owned();
            rows.iter().map(text).collect()
        }
    })
}
