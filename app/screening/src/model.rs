//! Property models as sources of predictions: where one comes from, and what it needs of a table.

use crate::columns::TableColumn;
use crate::needs::Needs;
use crate::structures::StructureDescriptor;
use crate::{ScreeningError, Structures, label};
use compute::Device;
use job::{Cancelled, Job};
use matter::Compositions;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use surrogate::SurrogateError;
use surrogate::model::{Columns, Inputs, ModelPlace, Prediction, PropertyModel, Rows};
use table::Table;

/// The largest model file that is read, bytes.
const LARGEST_FILE: u64 = 256 << 20;

/// A property model with a name; cheap to clone.
#[derive(Clone)]
pub struct Model(Arc<Loaded>);

struct Loaded {
    name: String,
    origin: String,
    sha256: String,
    bytes: usize,
    model: PropertyModel,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("{path}: cannot read the model: {why}")]
    Read { path: String, why: String },
    #[error("{path}: the file has more than {} MiB; no model is so large", LARGEST_FILE >> 20)]
    TooLarge { path: String },
    #[error("model {origin}: {error}")]
    File {
        origin: String,
        error: SurrogateError,
    },
}

impl Model {
    /// Reads a model; `origin` says where it is from, for people.
    ///
    /// # Errors
    ///
    /// Bytes that are no model.
    pub fn from_bytes(name: &str, origin: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        let model = PropertyModel::from_bytes(bytes).map_err(|error| ModelError::File {
            origin: origin.to_owned(),
            error,
        })?;
        Ok(Self(Arc::new(Loaded {
            name: name.to_owned(),
            origin: origin.to_owned(),
            sha256: hex(&Sha256::digest(bytes)),
            bytes: bytes.len(),
            model,
        })))
    }

    /// Reads a model file; it is called as the file is, without its ending.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is no model.
    pub fn from_file(path: &Path) -> Result<Self, ModelError> {
        let shown = path.display().to_string();
        let unreadable = |error: std::io::Error| ModelError::Read {
            path: shown.clone(),
            why: error.to_string(),
        };
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > LARGEST_FILE {
            return Err(ModelError::TooLarge { path: shown });
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::from_bytes(&name, &shown, &bytes)
    }

    /// `band_gap`
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it is from, for people: a path, `shipped`, a plugin.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// SHA-256 of its file, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// The size of its file, bytes.
    pub fn bytes(&self) -> usize {
        self.0.bytes
    }

    /// What it has learnt and says of itself.
    pub fn model(&self) -> &PropertyModel {
        &self.0.model
    }

    /// The full name of its property: `band_gap.gap`.
    pub fn property(&self) -> String {
        format!("{}.{}", self.name(), self.model().about().target)
    }

    /// The full name of the property that is the probability of exactly zero, where zero has one.
    pub fn zero_property(&self) -> Option<String> {
        let name = || format!("{}.{}", self.name(), crate::predictor::ZERO);
        self.is_zero_inflated().then(name)
    }

    /// Whether zero has a probability of its own, as metals have among band gaps.
    pub fn is_zero_inflated(&self) -> bool {
        self.model().is_zero_inflated()
    }

    /// The unit of its property.
    pub fn unit(&self) -> &str {
        &self.model().about().unit
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({} from {})", self.name(), self.origin())
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of a file's bytes in hexadecimal.
///
/// # Errors
///
/// A file that cannot be read.
pub fn sha256_of_file(path: &Path) -> std::io::Result<String> {
    let mut reader = Sha256Reader::new(std::fs::File::open(path)?);
    std::io::copy(&mut reader, &mut std::io::sink())?;
    Ok(reader.finish())
}

/// Reads through to another reader and takes the SHA-256 of what passes.
pub struct Sha256Reader<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Sha256Reader<R> {
    /// Around a reader of which nothing has been read.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            digest: Sha256::new(),
        }
    }

    /// The digest of all that was read, in hexadecimal.
    pub fn finish(self) -> String {
        hex(&self.digest.finalize())
    }
}

impl<R: Read> Read for Sha256Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(&buffer[..count]);
        Ok(count)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where one numeric input of a model comes from.
enum Input {
    /// A column of the table, in the model's unit.
    Column(Vec<f64>),
    /// A descriptor of compositions, by name.
    Composition(String),
    Structure(StructureDescriptor),
}

/// The inputs of a model, found in a table.
///
/// A model of columns names them with their units, as headers do. A name that is one of the program's descriptors means the
/// descriptor, which is computed; any other is a column of the table.
pub struct ModelInputs {
    /// `None`: the model is given the compositions.
    columns: Option<Vec<(String, Input)>>,
}

/// A batch of candidates as models take them.
pub enum Candidates<'a> {
    Compositions(&'a Compositions),
    Columns {
        names: Vec<String>,
        /// Row after row.
        values: Vec<f64>,
    },
}

impl Candidates<'_> {
    /// What a model is given.
    pub fn rows(&self) -> Rows<'_> {
        match self {
            Self::Compositions(compositions) => Rows::Compositions(compositions),
            Self::Columns { names, values } => Rows::Columns { names, values },
        }
    }
}

impl ModelInputs {
    /// Finds the inputs of a model. What the user should know of it is added to `messages`.
    ///
    /// # Errors
    ///
    /// A column that the table does not have, or has in a unit of something else.
    pub fn of_model(
        model: &str,
        inputs: &Inputs,
        table: &Table,
        messages: &mut Vec<String>,
    ) -> Result<Self, ScreeningError> {
        match inputs {
            Inputs::Composition(_) => Ok(Self { columns: None }),
            Inputs::Columns(labels) => {
                let find = |label: &String| {
                    let (name, unit) = name_and_unit(label);
                    if let Some(input) = computed(name) {
                        return Ok((label.clone(), input));
                    }
                    let column =
                        table
                            .find_column(name)
                            .map_err(|error| ScreeningError::ModelColumn {
                                model: model.to_owned(),
                                column: label.clone(),
                                error: Box::new(error),
                            })?;
                    let values = TableColumn::read(table, column, Some(unit), messages)?.mean;
                    Ok((label.clone(), Input::Column(values)))
                };
                let columns = labels
                    .iter()
                    .map(find)
                    .collect::<Result<_, ScreeningError>>()?;
                Ok(Self {
                    columns: Some(columns),
                })
            }
        }
    }

    /// Those of a model that are descriptors of compositions; where it needs more, it will say so when it is asked.
    pub(crate) fn of_descriptors(inputs: &Inputs) -> Self {
        let Inputs::Columns(labels) = inputs else {
            return Self::compositions();
        };
        let described = labels.iter().filter_map(|label| {
            let input = computed(label)?;
            matches!(input, Input::Composition(_)).then(|| (label.clone(), input))
        });
        Self {
            columns: Some(described.collect()),
        }
    }

    /// The compositions alone.
    pub fn compositions() -> Self {
        Self { columns: None }
    }

    /// The named columns of a table, or descriptors, to learn from. Each is called as its header says, unit included.
    ///
    /// # Errors
    ///
    /// A column that the table does not have.
    pub fn of_columns(
        wanted: &[String],
        table: &Table,
        messages: &mut Vec<String>,
    ) -> Result<Self, ScreeningError> {
        let find = |name: &String| {
            if let Some(input) = computed(name) {
                return Ok((name.clone(), input));
            }
            let column = table.find_column(name)?;
            let info = &table.columns()[column];
            let name = label(&info.name, info.unit.as_deref().unwrap_or(""));
            let values = TableColumn::read(table, column, None, messages)?.mean;
            Ok((name, Input::Column(values)))
        };
        let columns = wanted
            .iter()
            .map(find)
            .collect::<Result<_, ScreeningError>>()?;
        Ok(Self {
            columns: Some(columns),
        })
    }

    /// Whether formulas are needed to know the inputs.
    pub fn need_formulas(&self) -> bool {
        let of_formula = |(_, input): &(String, Input)| matches!(input, Input::Composition(_));
        self.columns
            .as_ref()
            .is_none_or(|c| c.iter().any(of_formula))
    }

    /// Whether structures are needed to know the inputs.
    pub fn need_structures(&self) -> bool {
        let of_structure = |(_, input): &(String, Input)| matches!(input, Input::Structure(_));
        self.columns.iter().flatten().any(of_structure)
    }

    /// The inputs of a batch: `rows` of the table, whose compositions are `compositions` in the same order.
    pub fn candidates<'a>(
        &self,
        compositions: &'a Compositions,
        rows: &[usize],
        structures: Option<&Structures>,
        job: &Job,
    ) -> Result<Candidates<'a>, Cancelled> {
        let Some(columns) = &self.columns else {
            return Ok(Candidates::Compositions(compositions));
        };
        let composed = columns.iter().filter_map(|(_, input)| match input {
            Input::Composition(name) => Some(name.as_str()),
            _ => None,
        });
        let composed: Vec<&str> = composed.collect();
        let mut composed = match composed.is_empty() {
            true => Vec::new(),
            false => descriptor::compute(&composed, compositions),
        }
        .into_iter();
        let structure = |row: &usize| structures?.get(*row).ok().flatten();
        let gathered = columns.iter().map(|(_, input)| match input {
            Input::Column(values) => Ok(rows.iter().map(|row| values[*row]).collect()),
            Input::Composition(_) => Ok(composed.next().unwrap_or_default()),
            Input::Structure(descriptor) => descriptor.values(rows.iter().map(structure), job),
        });
        let gathered = gathered.collect::<Result<Vec<Vec<f64>>, Cancelled>>()?;
        let mut values = Vec::with_capacity(rows.len() * columns.len());
        for row in 0..rows.len() {
            values.extend(gathered.iter().map(|column| column[row]));
        }
        Ok(Candidates::Columns {
            names: columns.iter().map(|(name, _)| name.clone()).collect(),
            values,
        })
    }
}

/// `thickness [nm]` as name and unit.
pub(crate) fn name_and_unit(label: &str) -> (&str, &str) {
    let split = label.strip_suffix(']').and_then(|l| l.rsplit_once(" ["));
    split.unwrap_or((label, ""))
}

/// The descriptor of a name.
fn computed(name: &str) -> Option<Input> {
    if let Some((descriptor, ..)) = StructureDescriptor::named(name) {
        return Some(Input::Structure(descriptor));
    }
    descriptor::named(name).map(|_| Input::Composition(name.to_owned()))
}

/// A model of a run with its inputs.
pub(crate) struct ModelPlan {
    pub model: Model,
    pub inputs: ModelInputs,
    needs: Needs,
    on: Arc<dyn Evaluate>,
}

/// Where models predict. The types behind an adapter are too deep for the compiler to look into wherever a plan is shared
/// between threads.
trait Evaluate: Send + Sync {
    fn columns(
        &self,
        model: &PropertyModel,
        rows: Rows,
        job: &Job,
    ) -> Result<Columns, SurrogateError>;
}

struct OnDevice {
    device: Device,
    place: ModelPlace,
}

impl Evaluate for OnDevice {
    fn columns(
        &self,
        model: &PropertyModel,
        rows: Rows,
        job: &Job,
    ) -> Result<Columns, SurrogateError> {
        model.predict_columns_on(rows, self.place, &self.device, job)
    }
}

impl ModelPlan {
    /// A model that is to predict so many rows.
    pub fn new(model: Model, inputs: ModelInputs, rows: usize, device: &Device) -> Self {
        Self {
            on: Arc::new(OnDevice {
                place: model.model().place(rows, device),
                device: device.clone(),
            }),
            model,
            inputs,
            needs: Needs::default(),
        }
    }

    /// The model, asked of the candidates alone that hold what is needed.
    pub fn asked_where(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    /// What is said of `rows` of the table, whose compositions are `compositions` in the same order.
    pub fn predict(
        &self,
        compositions: &Compositions,
        rows: &[usize],
        structures: Option<&Structures>,
        job: &Job,
    ) -> Result<Columns, ScreeningError> {
        self.needs.ask(compositions, |compositions, asked| {
            let wanted = asked.map(|asked| asked.iter().map(|at| rows[*at]).collect::<Vec<_>>());
            let rows = wanted.as_deref().unwrap_or(rows);
            let candidates = self
                .inputs
                .candidates(compositions, rows, structures, job)?;
            let predicted = self
                .on
                .columns(self.model.model(), candidates.rows(), &job.part());
            predicted.map_err(|error| self.failure(error))
        })
    }

    /// As [`ModelPlan::predict`], with medians and intervals.
    pub fn predict_whole(
        &self,
        compositions: &Compositions,
        rows: &[usize],
        structures: Option<&Structures>,
        job: &Job,
    ) -> Result<Vec<Prediction>, ScreeningError> {
        let candidates = self
            .inputs
            .candidates(compositions, rows, structures, job)?;
        let predicted = self.model.model().predict(candidates.rows(), &job.part());
        predicted.map_err(|error| self.failure(error))
    }

    fn failure(&self, error: SurrogateError) -> ScreeningError {
        match error {
            SurrogateError::Cancelled => ScreeningError::Cancelled,
            error => ScreeningError::Model {
                model: self.model.name().to_owned(),
                error,
            },
        }
    }
}
