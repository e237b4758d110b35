//! Models that plugins carry as data.

use crate::model::ModelInputs;
use crate::needs::{self, Needs};
use crate::{Model, ModelError};
use job::Job;
use matter::Compositions;
use plugin_host::{Plugin, WantedColumn, carried_column};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use surrogate::SurrogateError;
use surrogate::model::{Columns, Kind};

/// Observations of the largest Gaussian process that a plugin may carry: a prediction takes their square.
const GP_ROWS: usize = 1000;

/// Plugins whose models are kept; beyond, all are read anew.
const KEPT: usize = 64;

/// Why a plugin is refused for the models that it carries.
#[derive(Debug, thiserror::Error)]
pub enum CarriedError {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(
        "model {name} is a Gaussian process of {rows} rows, which is too slow for a plugin; at most {GP_ROWS} are run, \
         or train another kind"
    )]
    Slow { name: String, rows: usize },
    #[error(
        "the extension needs:{model} names {symbol}, which is no element; write groups such as `Li Na; Fe Mn`, of each of \
         which a candidate must hold one"
    )]
    Needs { model: String, symbol: String },
    #[error("the extension needs:{model} is of a model that it does not carry")]
    NeedsOfNone { model: String },
}

/// A model that a plugin carries.
#[derive(Clone, Debug)]
pub struct CarriedModel {
    model: Model,
    needs: Needs,
}

impl CarriedModel {
    /// The model itself.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Of which candidates it is asked.
    pub(crate) fn needs(&self) -> &Needs {
        &self.needs
    }
}

/// The models that a plugin carries, read once for each component and kept. The host has bounded their number and size;
/// here shapes, numbers and cost are.
///
/// # Errors
///
/// A file that is no model, or costs too much.
pub fn carried_models(plugin: &Plugin) -> Result<Arc<[CarriedModel]>, CarriedError> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Arc<[CarriedModel]>>>> = OnceLock::new();
    if plugin.models().is_empty() {
        return Ok(Arc::new([]));
    }
    let known = || {
        let known = KNOWN.get_or_init(Mutex::default).lock();
        known.unwrap_or_else(PoisonError::into_inner)
    };
    if let Some(models) = known().get(plugin.sha256()) {
        return Ok(models.clone());
    }
    let read = plugin.models().iter().map(|file| {
        let origin = format!("{} of plugin {}", file.name, plugin.id());
        let model = Model::from_bytes(&file.name, &origin, &file.bytes)?;
        let rows = model.model().rows();
        if model.model().kind() == Kind::Gp && rows > GP_ROWS {
            let name = file.name.clone();
            return Err(CarriedError::Slow { name, rows });
        }
        let needs = Needs::of(plugin, &file.name)?;
        Ok(CarriedModel { model, needs })
    });
    let models = read.collect::<Result<Vec<CarriedModel>, CarriedError>>()?;
    let carries = |name: &str| models.iter().any(|carried| carried.model.name() == name);
    if let Some(model) = needs::named(plugin).find(|name| !carries(name)) {
        let model = model.to_owned();
        return Err(CarriedError::NeedsOfNone { model });
    }
    let models: Arc<[CarriedModel]> = models.into();
    let mut known = known();
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(plugin.sha256().to_owned(), models.clone());
    Ok(models)
}

/// The input columns that a plugin's models become.
///
/// # Errors
///
/// As [`carried_models`].
pub fn carried_columns(plugin: &Plugin) -> Result<Vec<WantedColumn>, CarriedError> {
    let models = carried_models(plugin)?;
    let columns = models.iter().flat_map(|carried| {
        let model = &carried.model;
        let own = carried_column(model.name(), model.unit());
        let zero = model
            .is_zero_inflated()
            .then(|| carried_column(&zero_column(model.name()), ""));
        std::iter::once(own).chain(zero)
    });
    Ok(columns.collect())
}

/// The name of the column that holds the probability of exactly zero.
pub(crate) fn zero_column(model: &str) -> String {
    format!("{model}_probability_of_zero")
}

/// What the models of a plugin say of a batch, as the plugin is given it.
#[derive(Default)]
pub struct CarriedInputs {
    columns: Vec<(String, String, Columns)>,
}

impl CarriedInputs {
    /// Keeps what a model said.
    pub(crate) fn add(&mut self, model: &Model, said: Columns) {
        let (name, unit) = (model.name().to_owned(), model.unit().to_owned());
        self.columns.push((name, unit, said));
    }

    /// Evaluates models that need the compositions alone, or descriptors of them.
    ///
    /// # Errors
    ///
    /// A model that needs more, in words; cancelled.
    pub fn of_compositions(
        models: &[CarriedModel],
        compositions: &Compositions,
        job: &Job,
    ) -> Result<Self, String> {
        let mut all = Self::default();
        for CarriedModel { model, needs } in models {
            let inputs = ModelInputs::of_descriptors(model.model().inputs());
            let said = needs.ask(compositions, |compositions, _| {
                let rows: Vec<usize> = (0..compositions.len()).collect();
                let candidates = inputs.candidates(compositions, &rows, None, &job.part());
                let candidates = candidates.map_err(SurrogateError::from)?;
                model
                    .model()
                    .predict_columns(candidates.rows(), &job.part())
            });
            let said = said.map_err(|error| format!("model {}: {error}", model.name()))?;
            all.add(model, said);
        }
        Ok(all)
    }

    /// The columns: mean and standard deviation under the model's name, and the probability of exactly zero where zero has
    /// one.
    pub fn columns(&self) -> impl Iterator<Item = CarriedColumn<'_>> {
        self.columns.iter().flat_map(|(name, unit, said)| {
            let own = CarriedColumn {
                name: name.into(),
                unit,
                mean: &said.mean,
                std: Some(&said.std),
            };
            let zero = said.probability_of_zero.as_deref();
            let zero = zero.map(|mean| CarriedColumn {
                name: zero_column(name).into(),
                unit: "",
                mean,
                std: None,
            });
            std::iter::once(own).chain(zero)
        })
    }

    /// What the models note of what they predict: row of the batch, and text with the model's name. Why there is no prediction,
    /// the plugin says, which knows whether there ought to be one.
    pub(crate) fn notes(&self) -> impl Iterator<Item = (u32, String)> {
        self.columns.iter().flat_map(|(name, _, said)| {
            let predicted = |row: usize| said.mean.get(row).is_some_and(|mean| !mean.is_nan());
            let notes = said.notes.iter().filter(move |note| predicted(note.0));
            notes.map(move |(row, text)| (*row as u32, format!("model {name}: {text}")))
        })
    }
}

/// A column that a plugin is given.
pub struct CarriedColumn<'a> {
    pub name: Cow<'a, str>,
    /// Empty for a pure number.
    pub unit: &'a str,
    /// NaN where missing.
    pub mean: &'a [f64],
    /// NaN where unknown; `None`: not known for any.
    pub std: Option<&'a [f64]>,
}
