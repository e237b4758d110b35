//! Running a project's cases through the sandbox.

use std::path::Path;

use job::Job;
use plugin_host::{
    BatchInput, BatchOutcome, ColumnInput, CompositionsInput, Need, NoteKind, ParameterValue,
    Plugin, PredictError, Session, WantedColumn,
};
use screening::{CarriedInputs, CarriedModel, carried_columns, carried_models};
use serde::Serialize;

use crate::cases::{self, Case, CaseFile, Expectation, Input, Of};
use crate::error::AuthoringError;
use crate::expectation::Expected;
use crate::project::Project;

/// Something that a case expects and the plugin does not give.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseFailure {
    pub file: String,
    /// Of the file, from 1.
    pub line: u64,
    /// The candidate; empty where the case has none.
    pub formula: String,
    /// The property, with `_std` for its standard deviation; `None` where it concerns a note or the whole candidate.
    pub property: Option<String>,
    pub unit: String,
    pub expected: String,
    pub got: String,
    /// Value minus expected value, where there are both.
    pub difference: Option<f64>,
    /// How large it may be.
    pub tolerance: Option<f64>,
    /// What the plugin or the host said of the candidate.
    pub notes: Vec<String>,
}

/// How the cases went.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CasesReport {
    /// Files read, by their names in the project.
    pub files: Vec<String>,
    pub cases: usize,
    /// Values, standard deviations and notes looked at.
    pub expectations: usize,
    /// By file and line.
    pub failures: Vec<CaseFailure>,
}

impl CasesReport {
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// In how many cases something is not as expected.
    pub fn failed_cases(&self) -> usize {
        let mut places: Vec<_> = self.failures.iter().map(|f| (&f.file, f.line)).collect();
        places.dedup();
        places.len()
    }
}

/// Runs every case of the project's `tests/*.csv` through the plugin, in the sandbox.
pub fn run_cases(
    project: &Project,
    plugin: &Plugin,
    job: &Job,
) -> Result<CasesReport, AuthoringError> {
    let paths = project.case_files()?;
    if paths.is_empty() {
        return Err(AuthoringError::NoCases(project.cases_folder()));
    }
    let mut report = CasesReport::default();
    for path in paths {
        let name = path.strip_prefix(project.folder());
        let name = name.unwrap_or(&path).display().to_string();
        let file = read(&path, &name, plugin, job)?;
        job.stage(&format!("testing {name}"), Some(file.cases.len() as u64));
        run_file(&file, plugin, job, &mut report)?;
        report.cases += file.cases.len();
        report.files.push(name);
    }
    Ok(report)
}

/// Reads a file of cases. What the plugin's models say of the candidates is added, as for a ranking, unless the file gives
/// columns of their names.
fn read(path: &Path, name: &str, plugin: &Plugin, job: &Job) -> Result<CaseFile, AuthoringError> {
    let refused = |why: String| AuthoringError::Carried { why };
    let models = carried_models(plugin).map_err(|e| refused(e.to_string()))?;
    let columns = carried_columns(plugin).map_err(|e| refused(e.to_string()))?;
    let mut description = plugin.description().clone();
    let optional = columns.into_iter().map(|column| WantedColumn {
        need: Need::Optional,
        ..column
    });
    description.inputs.columns.extend(optional);
    let mut file = cases::read(path, name, &description, job)?;
    let given = |name: &str| file.inputs.iter().any(|input| input.name == name);
    let needed = models
        .iter()
        .filter(|carried| !given(carried.model().name()));
    let needed: Vec<CarriedModel> = needed.cloned().collect();
    let said = CarriedInputs::of_compositions(&needed, &file.compositions, job).map_err(refused)?;
    file.inputs.extend(said.columns().map(|column| Input {
        name: column.name.into_owned(),
        unit: column.unit.to_owned(),
        mean: column.mean.to_vec(),
        std: column.std.map(<[f64]>::to_vec),
    }));
    Ok(file)
}

/// Settings of a run, and the cases under them.
type Group<'a> = (&'a [(String, ParameterValue)], Vec<usize>);

/// Cases under the same settings share a run, in batches as long as those of a ranking.
fn run_file(
    file: &CaseFile,
    plugin: &Plugin,
    job: &Job,
    report: &mut CasesReport,
) -> Result<(), AuthoringError> {
    let mut groups: Vec<Group> = Vec::new();
    for (row, case) in file.cases.iter().enumerate() {
        match groups.iter_mut().find(|(s, _)| *s == case.settings) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((&case.settings, vec![row])),
        }
    }
    let mut failures: Vec<(usize, CaseFailure)> = Vec::new();
    for (settings, rows) in groups {
        let wrong = |why: String| AuthoringError::Cases {
            file: file.name.clone(),
            line: Some(file.cases[rows[0]].line),
            column: None,
            why,
        };
        let session = Session::new(plugin, settings).map_err(|e| wrong(e.to_string()))?;
        for rows in rows.chunks(table::CHUNK) {
            let outcome = predict(file, rows, &session, job).map_err(|e| match e {
                PredictError::Cancelled => AuthoringError::Cancelled,
                PredictError::Input(why) => wrong(why),
            })?;
            for (at, &row) in rows.iter().enumerate() {
                let judge = Judge {
                    file,
                    case: &file.cases[row],
                    plugin,
                    outcome: &outcome,
                    at,
                };
                failures.extend(judge.failures().into_iter().map(|f| (row, f)));
                let case = &file.cases[row];
                report.expectations += case.expectations.len() + usize::from(case.note.is_some());
            }
            job.advance(rows.len() as u64);
        }
    }
    failures.sort_by_key(|(row, _)| *row);
    report.failures.extend(failures.into_iter().map(|(_, f)| f));
    Ok(())
}

fn predict(
    file: &CaseFile,
    rows: &[usize],
    session: &Session,
    job: &Job,
) -> Result<BatchOutcome, PredictError> {
    let mut compositions = matter::Compositions::new();
    for &row in rows {
        compositions.push(file.compositions.get(row));
    }
    let pick = |all: &[f64]| rows.iter().map(|&row| all[row]).collect::<Vec<f64>>();
    let input = |input: &Input| Input {
        name: input.name.clone(),
        unit: input.unit.clone(),
        mean: pick(&input.mean),
        std: input.std.as_deref().map(pick),
    };
    let picked: Vec<Input> = file.inputs.iter().map(input).collect();
    let batch = BatchInput {
        compositions: CompositionsInput {
            offsets: compositions.offsets(),
            atomic_numbers: compositions.atomic_numbers(),
            amounts: compositions.amounts(),
        },
        structures: None,
        columns: picked
            .iter()
            .map(|input| ColumnInput {
                name: &input.name,
                unit: &input.unit,
                mean: &input.mean,
                std: input.std.as_deref(),
            })
            .collect(),
    };
    session.predict(&batch, job)
}

/// One case and what came back for it.
struct Judge<'a> {
    file: &'a CaseFile,
    case: &'a Case,
    plugin: &'a Plugin,
    outcome: &'a BatchOutcome,
    /// Row of the outcome.
    at: usize,
}

impl Judge<'_> {
    fn failures(&self) -> Vec<CaseFailure> {
        let at = self.at as u32;
        if self.outcome.lost.contains(&at) {
            let why = self.outcome.notes_at(at);
            let why = why
                .filter(|(n, _)| n.kind == NoteKind::Lost)
                .map(|(_, t)| t);
            let why: Vec<&str> = why.collect();
            return vec![self.failure(None, "a prediction".into(), why.join("; "), None)];
        }
        let mut all: Vec<CaseFailure> = self
            .case
            .expectations
            .iter()
            .filter_map(|e| self.value(e))
            .collect();
        let notes = self.notes();
        if let Some(words) = &self.case.note
            && !notes.iter().any(|n| n.contains(words.as_str()))
        {
            let got = match notes.is_empty() {
                true => "no note".to_owned(),
                false => format!("{notes:?}"),
            };
            all.push(self.failure(None, format!("a note with {words:?}"), got, None));
        }
        all
    }

    fn value(&self, e: &Expectation) -> Option<CaseFailure> {
        let column = &self.outcome.columns[e.property];
        let got = match e.of {
            Of::Mean => column.mean[self.at],
            Of::Std => column.std_at(self.at),
        };
        let shown = |x: f64| match (x.is_nan(), e.of) {
            (true, Of::Mean) => "missing".to_owned(),
            (true, Of::Std) => "not known".to_owned(),
            (false, _) => x.to_string(),
        };
        match e.expected {
            Expected::Missing if got.is_nan() => None,
            Expected::Missing => Some(self.failure(Some(e), shown(f64::NAN), shown(got), None)),
            Expected::Value(expected) => {
                let difference = got - expected;
                let tolerance = e.tolerance.about(expected);
                if difference.abs() <= tolerance {
                    return None;
                }
                let known = (!difference.is_nan()).then_some((difference, tolerance));
                Some(self.failure(Some(e), shown(expected), shown(got), known))
            }
        }
    }

    fn failure(
        &self,
        of: Option<&Expectation>,
        expected: String,
        got: String,
        off: Option<(f64, f64)>,
    ) -> CaseFailure {
        let property = of.map(|e| &self.plugin.description().properties[e.property]);
        let std = of.is_some_and(|e| e.of == Of::Std);
        CaseFailure {
            file: self.file.name.clone(),
            line: self.case.line,
            formula: self.case.formula.clone(),
            property: property.map(|p| format!("{}{}", p.name, if std { "_std" } else { "" })),
            unit: property.map_or(String::new(), |p| p.unit.clone()),
            expected,
            got,
            difference: off.map(|o| o.0),
            tolerance: off.map(|o| o.1),
            notes: self.notes(),
        }
    }

    fn notes(&self) -> Vec<String> {
        let notes = self.outcome.notes_at(self.at as u32);
        notes.map(|(_, text)| text.to_owned()).collect()
    }
}
