//! The table of candidates from its bytes, and predictions to and from theirs.

use crate::event::{Candidates, Created, Input, PoolSource, Predicted, SpaceSource};
use crate::pool::{Built, Pool, Prediction, inputs_of, listed};
use crate::{CampaignError, Journal, sha256_hex};
use job::Job;
use optimize::Constraint;
use optimize::space::{Space, SpaceError};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use table::{InputFormat, ReadOptions, Source, Table};

/// A larger file of candidates stays beside the campaign, and is known by its hash.
const MOST_INSIDE: usize = 64 << 20;

/// A file of candidates: its bytes, what it is called, and what it is.
pub struct SourceFile {
    pub name: String,
    /// `csv`, `tsv` or `parquet`; `toml`: a design space.
    pub format: &'static str,
    /// None where the file is too large to be held: it is then read from `name`.
    pub bytes: Vec<u8>,
}

impl SourceFile {
    /// Reads a file.
    ///
    /// # Errors
    /// There is none, or its name does not tell what it is.
    pub fn read(path: &Path) -> Result<Self, CampaignError> {
        let format = match Source::Path(path.into()).format()? {
            InputFormat::Csv => "csv",
            InputFormat::Tsv => "tsv",
            InputFormat::Parquet => "parquet",
        };
        Self::named(path, format)
    }

    /// Reads the description of a design space.
    ///
    /// # Errors
    /// There is none.
    pub fn space(path: &Path) -> Result<Self, CampaignError> {
        Self::named(path, "toml")
    }

    fn named(path: &Path, format: &'static str) -> Result<Self, CampaignError> {
        let failed = |e| table::TableError::io("read", path.display(), e);
        let about = std::fs::metadata(path).map_err(failed)?;
        let large = about.len() > MOST_INSIDE as u64 && format != "toml";
        let bytes = match large {
            true => Vec::new(),
            false => std::fs::read(path).map_err(failed)?,
        };
        Ok(Self {
            name: path.display().to_string(),
            format,
            bytes,
        })
    }

    /// The SHA-256 of the file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn sha256(&self) -> Result<String, CampaignError> {
        match self.bytes.is_empty() {
            false => Ok(sha256_hex(&self.bytes)),
            true => {
                let path = Path::new(&self.name);
                let failed = |e| table::TableError::io("read", path.display(), e);
                Ok(sha256_of_file(path).map_err(failed)?)
            }
        }
    }
}

/// The SHA-256 of a file, read in pieces.
fn sha256_of_file(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hasher) = (std::fs::File::open(path)?, Sha256::new());
    std::io::copy(&mut file, &mut hasher)?;
    let digest = hasher.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The table that a file holds.
///
/// # Errors
/// It is none.
pub fn read_source(file: &SourceFile, job: &Job) -> Result<Table, CampaignError> {
    match file.bytes.is_empty() {
        true => read_path(Path::new(&file.name), file.format, job),
        false => read_table(&file.name, file.format, &file.bytes, job),
    }
}

fn read_path(path: &Path, format: &str, job: &Job) -> Result<Table, CampaignError> {
    let options = ReadOptions {
        format: Some(match format {
            "parquet" => InputFormat::Parquet,
            "tsv" => InputFormat::Tsv,
            _ => InputFormat::Csv,
        }),
        delimiter: None,
    };
    Ok(Table::read(&Source::Path(path.into()), &options, job)?)
}

/// The table that some bytes hold.
///
/// # Errors
/// They are none.
pub fn read_table(
    name: &str,
    format: &str,
    bytes: &[u8],
    job: &Job,
) -> Result<Table, CampaignError> {
    if format == "parquet" {
        let failed = |error| CampaignError::file("make a copy of", Path::new(name), error);
        let mut file = tempfile::Builder::new()
            .suffix(".parquet")
            .tempfile()
            .map_err(failed)?;
        std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
        let source = Source::Path(file.path().into());
        return Ok(Table::read(&source, &ReadOptions::default(), job)?);
    }
    let options = ReadOptions {
        format: None,
        delimiter: (format == "tsv").then_some(b'\t'),
    };
    Ok(Table::read_text(bytes, name, &options, job)?)
}

/// A prediction as contents of a campaign: means, then standard deviations.
pub fn predicted_bytes(prediction: &Prediction) -> Vec<u8> {
    let numbers = prediction.mean.iter().chain(&prediction.std);
    numbers.flat_map(|x| x.to_le_bytes()).collect()
}

/// Means and standard deviations from contents; `None` where these are not so many.
fn predicted_values(bytes: &[u8], rows: usize) -> Option<(Vec<f64>, Vec<f64>)> {
    let (numbers, rest) = bytes.as_chunks::<8>();
    let mut mean: Vec<f64> = numbers.iter().map(|x| f64::from_le_bytes(*x)).collect();
    let whole = rest.is_empty() && mean.len() == 2 * rows;
    whole.then(|| {
        let std = mean.split_off(rows);
        (mean, std)
    })
}

impl Pool {
    /// The candidates of a campaign.
    ///
    /// # Errors
    /// The table beside the campaign is gone or another, the contents are damaged, or this version of the program makes
    /// other numbers of the table.
    pub fn open(journal: &Journal, created: &Created, job: &Job) -> Result<Self, CampaignError> {
        let source = match &created.candidates {
            Candidates::Pool(source) => source,
            Candidates::Space(source) => return Self::open_space(journal, created, source, job),
        };
        let (constraints, cost) = (constraints(created)?, created.cost.as_deref());
        let folder = folder_of(journal.path());
        if let Some((file, sha256)) = &source.shelf {
            let path = folder.join(file);
            let predicted = source.predicted.iter().map(|p| p.name.clone());
            let names: Vec<String> = predicted.collect();
            match Self::open_shelf(&path, sha256, &source.inputs, &constraints, cost, &names) {
                Ok(pool) => return Ok(pool),
                // What was lost can be made again of the table, where that is still there.
                Err(CampaignError::NotFound { .. } | CampaignError::Candidates { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let table = match &source.beside {
            None => {
                let bytes = journal.content(&source.sha256)?;
                read_table(&source.file, &source.format, &bytes, job)?
            }
            Some(beside) => {
                let path = find_beside(journal.path(), beside, source)?;
                read_path(&path, &source.format, job)?
            }
        };
        let predictions = predictions(journal, created, table.len())?;
        let built = Self::build(
            table,
            &source.inputs,
            &constraints,
            &predictions,
            cost,
            None,
            &folder,
        )?;
        same_as(built, &source.points, journal, created)
    }

    fn open_space(
        journal: &Journal,
        created: &Created,
        source: &SpaceSource,
        job: &Job,
    ) -> Result<Self, CampaignError> {
        let toml = String::from_utf8_lossy(&journal.content(&source.sha256)?).into_owned();
        let (constraints, cost) = (constraints(created)?, created.cost.as_deref());
        let listed = Listed::of(&source.file, &toml, created.seed, job)?;
        let predictions = predictions(journal, created, listed.table.len())?;
        let built = listed.build(&constraints, &predictions, cost)?;
        same_as(built, &source.points, journal, created)
    }
}

/// The candidates of a design space as a table: all of a small one, else as many as are drawn.
pub struct Listed {
    pub table: Table,
    pub inputs: Vec<Input>,
    space: Space,
    /// Whether these are all.
    whole: bool,
}

impl Listed {
    /// Lists a space, or draws from it by this seed.
    ///
    /// # Errors
    /// What is wrong with the space.
    pub fn of(file: &str, toml: &str, seed: u64, job: &Job) -> Result<Self, CampaignError> {
        let wrong = |error: SpaceError| CampaignError::Space {
            file: file.to_owned(),
            error,
        };
        let space = Space::from_toml(toml).map_err(wrong)?;
        let (csv, whole) = listed(&space, seed).map_err(wrong)?;
        Ok(Self {
            table: read_table(file, "csv", csv.as_bytes(), job)?,
            inputs: inputs_of(&space),
            space,
            whole,
        })
    }

    /// The pool of those that satisfy the constraints.
    ///
    /// # Errors
    /// As [`Pool::build`].
    pub fn build(
        self,
        constraints: &[Constraint],
        predictions: &[Prediction],
        cost: Option<&str>,
    ) -> Result<Built, CampaignError> {
        // No space lists as many candidates as would lie in a file.
        let nowhere = Path::new("");
        let space = Some((self.space, self.whole));
        Pool::build(
            self.table,
            &self.inputs,
            constraints,
            predictions,
            cost,
            space,
            nowhere,
        )
    }
}

/// What plugins and models predicted when the campaign began.
fn predictions(
    journal: &Journal,
    created: &Created,
    rows: usize,
) -> Result<Vec<Prediction>, CampaignError> {
    let read = |predicted: &Predicted| {
        let bytes = journal.content(&predicted.sha256)?;
        let values = predicted_values(&bytes, rows);
        let (mean, std) = values.ok_or_else(|| CampaignError::Damaged {
            path: journal.path().into(),
            what: format!("the predictions of {} do not fit the table", predicted.name),
        })?;
        Ok(Prediction {
            name: predicted.name.clone(),
            unit: predicted.unit.clone(),
            mean,
            std,
            input: predicted.input,
            needed: crate::create::is_needed(&created.outcomes, &predicted.name),
        })
    };
    created.predicted().iter().map(read).collect()
}

/// The pool, after checking that it is what the campaign began with.
fn same_as(
    built: Built,
    points: &str,
    journal: &Journal,
    created: &Created,
) -> Result<Pool, CampaignError> {
    if built.points != points {
        return Err(CampaignError::OtherNumbers {
            path: journal.path().into(),
            program: created.program.clone(),
        });
    }
    Ok(built.pool)
}

/// The folder that a file lies in.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.into(),
        _ => ".".into(),
    }
}

fn constraints(created: &Created) -> Result<Vec<Constraint>, CampaignError> {
    let texts = created.constraints.iter();
    Ok(texts
        .map(|text| Constraint::parse(text))
        .collect::<Result<_, _>>()?)
}

/// The table that lies beside the campaign: where it was, or in the campaign's own folder.
fn find_beside(
    campaign: &Path,
    beside: &str,
    source: &PoolSource,
) -> Result<PathBuf, CampaignError> {
    let folder = folder_of(campaign);
    let name = Path::new(beside).file_name().unwrap_or_default();
    let places: [PathBuf; 2] = [folder.join(beside), folder.join(name)];
    let mut why = "there is no such file".to_owned();
    for place in &places {
        match sha256_of_file(place) {
            Ok(sha256) if sha256 == source.sha256 => return Ok(place.clone()),
            Ok(_) => why = "it has changed since the campaign began".to_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => why = error.to_string(),
        }
    }
    Err(CampaignError::Candidates {
        path: places[0].clone(),
        why,
    })
}
