//! Models: which ones predict beside the plugins, and what a user trains and judges on the open table.

use crate::chart::{self, Parity};
use crate::command::Command;
use crate::crystals;
use crate::error::WorkbenchError;
use crate::explain::ExplainedRow;
use crate::project::ProjectSource;
use crate::state::TaskKind;
use crate::work::{Done, Workbench};
use job::Job;
use matter::Element;
use screening::{
    GroupBy, Model, Structures, TrainingInputs, TrainingRequest, TrainingRows, bundled, label,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use surrogate::model::{About, Evaluation, Kind, Scores, TrainOptions};
use table::{Table, TableError, write_atomically};

/// A model that a project can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelChoice {
    /// One that comes with this program, by name.
    Shipped(String),
    File(PathBuf),
}

impl ModelChoice {
    /// Those that come with this program.
    pub fn shipped() -> Vec<Self> {
        let names = bundled::ALL.iter().map(|m| m.name.to_owned());
        names.map(Self::Shipped).collect()
    }

    /// The first part of the names of its properties: `band_gap`.
    pub fn name(&self) -> String {
        match self {
            Self::Shipped(name) => name.clone(),
            Self::File(path) => {
                let stem = path.file_stem().unwrap_or_default();
                stem.to_string_lossy().into_owned()
            }
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// Why it cannot be used, in words.
    pub fn load(&self) -> Result<Model, String> {
        let read = match self {
            Self::Shipped(name) => bundled::find(name)
                .ok_or_else(|| format!("no model {name:?} comes with this program"))?,
            Self::File(path) => Model::from_file(path),
        };
        read.map_err(|error| error.to_string())
    }
}

/// A model that the project uses, as it was read.
#[derive(Clone, Debug)]
pub struct UsedModel {
    pub choice: ModelChoice,
    /// The model, or why it cannot be used.
    pub model: Result<Model, String>,
}

/// What to learn from the open table, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    /// The column of the property.
    pub target: String,
    /// `None`: the unit that its header states.
    pub unit: Option<String>,
    /// `composition`, `structure`, or names of columns; empty: the composition.
    pub inputs: Vec<String>,
    /// The name of a kind of model; `None`: the best of those that the table allows.
    pub kind: Option<String>,
    /// `formula`, `system`, `row` or a column's name; `None`: by formula where there are formulas.
    pub group_by: Option<String>,
    pub folds: u32,
    pub trees: u32,
    pub seed: u64,
    /// Licence of the data, which goes with the model.
    pub licence: String,
}

impl ModelSettings {
    /// The names of the kinds of models.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        Kind::ALL.into_iter().map(Kind::name)
    }
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            target: String::new(),
            unit: None,
            inputs: Vec::new(),
            kind: None,
            group_by: None,
            folds: 5,
            trees: 100,
            seed: 0,
            licence: String::new(),
        }
    }
}

/// How wrong a model is of the candidates that hold an element.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementResidual {
    pub element: Element,
    /// Candidates that hold it.
    pub rows: usize,
    /// Mean of predicted minus observed, in the property's unit.
    pub bias: f64,
    /// Mean absolute difference of median and observed value, in the property's unit.
    pub mae: f64,
    /// The share whose 95 % interval held the observed value.
    pub coverage_95: f64,
}

/// How well a model of the open table predicts what it has not seen.
#[derive(Clone, Debug)]
pub struct ModelReport {
    pub settings: ModelSettings,
    /// The property and its unit.
    pub property: String,
    pub unit: String,
    /// Rows that were learnt from, and rows that could not be.
    pub rows: usize,
    /// Line and reason of the rows that could not be used.
    pub rejected: Vec<(u64, String)>,
    /// Which rows stayed together.
    pub group_by: String,
    /// Over all folds; in the property's unit.
    pub scores: Scores,
    pub folds: Vec<Scores>,
    /// Observed and predicted values of each row, by folds.
    pub parity: Parity,
    /// The row of the table that each of them stands for.
    pub table_rows: Vec<u32>,
    /// By falling number of candidates; empty without formulas.
    pub residuals: Vec<ElementResidual>,
    /// The model of all rows, where one was trained, and its file.
    pub trained: Option<(Model, PathBuf)>,
}

/// What there is to see of models.
#[derive(Debug, Default)]
pub struct ModelsState {
    /// Those of the project, in its order.
    pub used: Vec<UsedModel>,
    /// The last training or evaluation.
    pub report: Option<Arc<ModelReport>>,
    /// Why the last one came to nothing.
    pub error: Option<String>,
    /// Why the models predict what they predict of a candidate, once it was asked.
    pub explained: Option<ExplainedRow>,
}

impl Workbench {
    /// Does the commands about models.
    pub(crate) fn execute_model_command(&mut self, command: Command) -> Result<(), WorkbenchError> {
        match command {
            Command::TrainModel { settings, path } => {
                let path = path.ok_or(WorkbenchError::NoPath("save the model"))?;
                let path = self.with_ending(path, "model")?;
                self.learn(*settings, Some(path))
            }
            Command::EvaluateModel { settings } => self.learn(*settings, None),
            Command::UseModel { model, on } => {
                toggle(&mut self.state.project.models, model, on);
                Ok(())
            }
            Command::AddModel { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("open the model"))?;
                let models = &mut self.state.project.models;
                toggle(models, ModelChoice::File(path), true);
                Ok(())
            }
            Command::ExportParity { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("export the plot"))?;
                let report = self.state.models.report.clone();
                let report = report.ok_or(WorkbenchError::NoReport)?;
                let fonts = self.setup.fonts.clone();
                self.start(TaskKind::Export, move |_| {
                    let drawn = chart::parity(&report.parity);
                    let written = chart::write_picture(&drawn.drawing, &fonts, &path);
                    Done::Exported(path, written)
                });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads the models that the project uses; the candidates are screened once they are there.
    pub(crate) fn load_models(&mut self) {
        self.stop(TaskKind::Screen);
        self.models_ready = false;
        let choices = self.state.project.models.clone();
        if choices.is_empty() {
            self.take_models(Vec::new());
            return;
        }
        self.start(TaskKind::LoadModels, move |_| {
            let used = choices.into_iter().map(|choice| UsedModel {
                model: choice.load(),
                choice,
            });
            Done::Models(used.collect())
        });
    }

    /// Takes over the models that were read.
    pub(crate) fn take_models(&mut self, used: Vec<UsedModel>) {
        for model in &used {
            if let Err(why) = &model.model {
                let text = format!("model {} cannot be used: {why}", model.choice.name());
                self.log(crate::state::LogLevel::Error, text);
            }
        }
        self.state.models.used = used;
        // What is being explained rests on the models before.
        self.stop(TaskKind::Explain);
        self.state.models.explained = None;
        self.models_ready = true;
        self.screen();
    }

    /// The models that predict.
    pub(crate) fn models_in_use(&self) -> Vec<Model> {
        let used = self.state.models.used.iter();
        used.filter_map(|used| used.model.as_ref().ok().cloned())
            .collect()
    }

    /// Evaluates a model of the open table, and trains it where a file is named.
    fn learn(
        &mut self,
        settings: ModelSettings,
        path: Option<PathBuf>,
    ) -> Result<(), WorkbenchError> {
        let table = self.state.table.clone();
        let task = Learning {
            table: table.ok_or(WorkbenchError::NothingOpen)?,
            source: self.state.project.source.clone(),
            formula_column: self.state.project.formula_column.clone(),
            structures: self.structures(),
            settings,
            path,
        };
        self.state.models.error = None;
        self.start(TaskKind::TrainModel, move |job| {
            Done::Learnt(task.run(job).map(Box::new))
        });
        Ok(())
    }

    /// Takes over what was learnt, and uses a model that was trained.
    pub(crate) fn take_learnt(&mut self, learnt: Result<Box<ModelReport>, WorkbenchError>) {
        use crate::state::LogLevel;
        match learnt {
            Ok(report) => {
                let scores = &report.scores;
                let property = label(&report.property, &report.unit);
                self.log(
                    LogLevel::Note,
                    format!(
                        "learnt {property} from {} rows: mean absolute error {:.4}; the 95 % intervals held {:.1} %",
                        report.rows,
                        scores.mae,
                        100.0 * scores.coverage_95
                    ),
                );
                if let Some((_, path)) = &report.trained {
                    self.log(LogLevel::Note, format!("written: {}", path.display()));
                }
                self.state.models.report = Some(Arc::new(*report));
            }
            Err(error) if error.is_cancelled() => {}
            Err(error) => {
                self.log(LogLevel::Error, error.to_string());
                self.state.models.error = Some(error.to_string());
            }
        }
    }
}

/// Puts something into a list, once, or takes it out.
fn toggle<T: PartialEq>(list: &mut Vec<T>, item: T, on: bool) {
    list.retain(|other| *other != item);
    if on {
        list.push(item);
    }
}

/// What a worker learns from.
struct Learning {
    table: Arc<Table>,
    source: Option<ProjectSource>,
    formula_column: Option<String>,
    structures: Option<Arc<Structures>>,
    settings: ModelSettings,
    path: Option<PathBuf>,
}

impl Learning {
    fn run(self, job: &Job) -> Result<ModelReport, WorkbenchError> {
        let settings = &self.settings;
        let options = TrainOptions {
            kind: match settings.kind.as_deref() {
                None => None,
                Some(name) => Some(name.parse::<Kind>()?),
            },
            trees: settings.trees.max(1) as usize,
            seed: settings.seed,
            ..TrainOptions::default()
        };
        let request = TrainingRequest {
            target: settings.target.clone(),
            unit: settings.unit.clone(),
            inputs: TrainingInputs::of_words(&settings.inputs),
            formula_column: self.formula_column.clone(),
            structures: self.structures.clone(),
            group_by: settings.group_by.as_deref().map(GroupBy::of_word),
        };
        let rows = TrainingRows::new(&self.table, &request, job)?;
        job.stage("cross-validating", None);
        let folds = rows.folds(settings.folds.max(2) as usize, settings.seed);
        let found = rows.data().evaluate(&folds, &options, job)?;
        let trained = match &self.path {
            None => None,
            Some(path) => Some((self.train(&rows, &options, found.scores, path, job)?, path)),
        };
        let rejected = rows.all_rejected(&self.table);
        let rejected = rejected.iter().map(|r| (r.line, r.reason.to_string()));
        let predicted = || found.predictions.iter().map(Option::as_ref);
        let of = |value: fn(&surrogate::model::Prediction) -> f64| {
            predicted().map(|p| p.map_or(f64::NAN, value)).collect()
        };
        Ok(ModelReport {
            property: rows.target.clone(),
            unit: rows.unit.clone(),
            rows: rows.rows.len(),
            rejected: rejected.collect(),
            group_by: rows.group_by.to_string(),
            scores: found.scores,
            parity: Parity {
                name: rows.target.clone(),
                unit: rows.unit.clone(),
                observed: rows.targets.clone(),
                predicted: of(|p| p.mean),
                std: of(|p| p.std),
            },
            table_rows: rows.rows.iter().map(|row| *row as u32).collect(),
            residuals: residuals(&rows, &found),
            folds: found.folds,
            trained: trained.map(|(model, path)| (model, path.clone())),
            settings: self.settings,
        })
    }

    fn train(
        &self,
        rows: &TrainingRows,
        options: &TrainOptions,
        scores: Scores,
        path: &Path,
        job: &Job,
    ) -> Result<Model, WorkbenchError> {
        let (data, sha256) = match &self.source {
            Some(ProjectSource::File(file)) => {
                let failed = |error| WorkbenchError::File {
                    action: "read",
                    path: file.clone(),
                    error,
                };
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let sha256 = screening::sha256_of_file(file).map_err(failed)?;
                (name.into_owned(), sha256)
            }
            Some(ProjectSource::Challenge(challenge)) => {
                let sha256 = screening::sha256_of(challenge.data().as_bytes());
                (challenge.file_name().to_owned(), sha256)
            }
            Some(ProjectSource::Crystals(_)) => {
                let sha256 = screening::sha256_of(crystals::INDEX.as_bytes());
                ("structures/index.csv".to_owned(), sha256)
            }
            None => return Err(WorkbenchError::NothingOpen),
        };
        let about = About {
            target: rows.target.clone(),
            unit: rows.unit.clone(),
            data,
            sha256,
            licence: self.settings.licence.clone(),
            ..About::default()
        };
        job.stage("training", None);
        let mut model = rows.data().train(about, options, job)?;
        model.set_scores(scores);
        let bytes = model.to_bytes();
        write_atomically(path, |writer| {
            let written = writer.write_all(&bytes);
            written.map_err(|error| TableError::io("write", path.display(), error))
        })?;
        ModelChoice::File(path.to_path_buf())
            .load()
            .map_err(|why| WorkbenchError::Model { why })
    }
}

/// How wrong the predictions are, by element.
fn residuals(rows: &TrainingRows, found: &Evaluation) -> Vec<ElementResidual> {
    let Some(compositions) = rows.compositions() else {
        return Vec::new();
    };
    let residual = |element: Element| {
        let held = (0..compositions.len()).filter(|at| compositions.get(*at).contains(element));
        let held = held.filter_map(|at| Some((rows.targets[at], found.predictions[at].as_ref()?)));
        let (mut count, mut bias, mut error, mut within) = (0_usize, 0.0, 0.0, 0_usize);
        for (observed, predicted) in held {
            count += 1;
            bias += predicted.mean - observed;
            error += (predicted.median - observed).abs();
            let (low, high) = predicted.interval_95;
            within += usize::from(low <= observed && observed <= high);
        }
        let n = count as f64;
        (count > 0).then(|| ElementResidual {
            element,
            rows: count,
            bias: bias / n,
            mae: error / n,
            coverage_95: within as f64 / n,
        })
    };
    let mut all: Vec<ElementResidual> = rows.elements().into_iter().filter_map(residual).collect();
    all.sort_by_key(|r| std::cmp::Reverse(r.rows));
    all
}
