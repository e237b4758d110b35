//! The table of candidates from its bytes, and predictions to and from theirs.

use crate::event::{Candidates, Created, PoolSource};
use crate::pool::{Pool, Prediction};
use crate::{CampaignError, Journal, sha256_hex};
use job::Job;
use std::path::{Path, PathBuf};
use table::{InputFormat, ReadOptions, Source, Table};

/// A larger file of candidates stays beside the campaign, and is known by its hash.
pub const MOST_INSIDE: usize = 64 << 20;

/// A file of candidates: its bytes, what it is called, and what it is.
pub struct SourceFile {
    pub name: String,
    /// `csv`, `tsv` or `parquet`.
    pub format: &'static str,
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
        let bytes =
            std::fs::read(path).map_err(|e| table::TableError::io("read", path.display(), e))?;
        Ok(Self {
            name: path.display().to_string(),
            format,
            bytes,
        })
    }
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
        let Candidates::Pool(source) = &created.candidates else {
            return Err(CampaignError::Question(
                "this campaign chooses from a design space, not from a pool".to_owned(),
            ));
        };
        let bytes = match &source.beside {
            None => journal.content(&source.sha256)?,
            Some(beside) => read_beside(journal.path(), beside, source)?,
        };
        let table = read_table(&source.file, &source.format, &bytes, job)?;
        drop(bytes);
        let mut predictions = Vec::new();
        for predicted in &source.predicted {
            let bytes = journal.content(&predicted.sha256)?;
            let values = predicted_values(&bytes, table.len());
            let (mean, std) = values.ok_or_else(|| CampaignError::Damaged {
                path: journal.path().into(),
                what: format!("the predictions of {} do not fit the table", predicted.name),
            })?;
            predictions.push(Prediction {
                name: predicted.name.clone(),
                unit: predicted.unit.clone(),
                mean,
                std,
                input: predicted.input,
                needed: crate::create::is_needed(&created.outcomes, &predicted.name),
            });
        }
        let pool = Self::of(created, source, table, &predictions)?;
        if pool.digest() != source.points {
            return Err(CampaignError::OtherNumbers {
                path: journal.path().into(),
                program: created.program.clone(),
            });
        }
        Ok(pool)
    }
}

/// The bytes of a table that lies beside the campaign: where it was, or in the campaign's own folder.
fn read_beside(
    campaign: &Path,
    beside: &str,
    source: &PoolSource,
) -> Result<Vec<u8>, CampaignError> {
    let folder = campaign.parent().unwrap_or(Path::new(""));
    let name = Path::new(beside).file_name().unwrap_or_default();
    let places: [PathBuf; 2] = [folder.join(beside), folder.join(name)];
    let mut why = "there is no such file".to_owned();
    for place in &places {
        match std::fs::read(place) {
            Ok(bytes) if sha256_hex(&bytes) == source.sha256 => return Ok(bytes),
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
