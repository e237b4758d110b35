//! What to try next: acquisition functions over pools of candidates.
//!
//! A [`Study`] holds what was tried, a [`Question`] what is wanted, a [`Pool`] the candidates; [`suggest`] answers with a
//! [`Suggestion`]. This module sees rows of numbers only: a search space turns candidates into them.
//!
//! ```
//! use optimize::Direction;
//! use optimize::suggest::{Acquisition, Aim, Question, Rows, Study, suggest};
//! let pool: Vec<f64> = (0..101).map(|i| f64::from(i) / 100.0).collect();
//! let mut study = Study::new(1, &["yield"]);
//! study.inputs = vec![0.1, 0.5, 0.9];
//! study.outcomes[0].values = vec![0.2, 0.8, 0.3];
//! let mut question = Question::new(vec![Aim { objective: Some(Direction::Maximize), ..Aim::default() }]);
//! question.acquisition = Acquisition::Sobol;
//! question.batch = 4;
//! let pool = Rows::new(&pool, 1).without(&[10, 50, 90]);
//! let answer = suggest(&study, &question, &pool, &compute::Device::cpu(), &job::Job::new())?;
//! assert_eq!(answer.picks.len(), 4);
//! # Ok::<(), optimize::suggest::SuggestError>(())
//! ```
//!
//! Same study, question, pool and seed give the same bytes for any number of threads.

mod baseline;
mod error;
mod pool;
mod question;
mod random;
mod sobol;
mod study;
mod suggestion;

pub use error::SuggestError;
pub use pool::{Pool, Rows};
pub use question::{Acquisition, Aim, Question, Source, Threshold};
pub use study::{OutcomeColumn, Study, Transform};
pub use suggestion::{
    Belief, Certificate, ModelReport, NearestRow, Pick, Suggestion, ViabilityReport,
};

use pool::gather_rows;

/// Rows of a pool that are read at once.
const BLOCK: usize = 8192;

/// Suggests what to try next.
///
/// # Errors
///
/// Lengths that do not fit, options out of range, a pool that cannot be read or of which nothing is left, cancelled.
pub fn suggest(
    study: &Study,
    question: &Question,
    pool: &dyn Pool,
    device: &compute::Device,
    job: &job::Job,
) -> Result<Suggestion, SuggestError> {
    study.check(pool.dimensions(), pool.extras())?;
    question.check(study, pool.extras())?;
    let _ = device;
    let batch = question.batch.min(pool.rows());
    job.stage("choosing candidates", None);
    let indices = match question.acquisition {
        Acquisition::Random => baseline::at_random(pool, batch, question.seed, job)?,
        _ => {
            let skip = study.rows() + study.in_flight();
            baseline::by_sobol(pool, batch, skip, question.seed, job)?
        }
    };
    if indices.is_empty() {
        return Err(SuggestError::Exhausted {
            candidates: pool.rows(),
            reason: "all of them were tried or excluded, or lack an input".into(),
        });
    }
    let mut picks = Vec::new();
    for index in indices {
        let row = gather_rows(pool, vec![index])?;
        picks.push(Pick {
            index,
            acquisition: None,
            outcomes: Vec::new(),
            probability_feasible: 1.0,
            expected_improvement: None,
            cost: question.cost.map(|column| row.extras[column]),
            nearest: nearest_row(study, &row.inputs),
            inputs: row.inputs,
        });
    }
    Ok(Suggestion {
        acquisition: match question.acquisition {
            Acquisition::Random => Acquisition::Random,
            _ => Acquisition::Sobol,
        },
        picks,
        models: Vec::new(),
        viability: None,
        reference: question.reference.clone(),
        hypervolume: None,
        front: Vec::new(),
        certificate: None,
        notes: Vec::new(),
        seed: question.seed,
        samples: 0,
    })
}

/// The nearest tried row; of equally near ones the first.
fn nearest_row(study: &Study, inputs: &[f64]) -> Option<NearestRow> {
    (0..study.rows())
        .map(|row| (baseline::squared_distance(study.row(row), inputs), row))
        .filter(|(distance, _)| distance.is_finite())
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|(squared, row)| NearestRow {
            row,
            distance: squared.sqrt(),
        })
}
