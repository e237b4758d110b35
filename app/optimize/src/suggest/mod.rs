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
mod believed;
mod engine;
mod error;
mod explore;
mod feasible;
mod front;
mod gain;
mod model;
mod normal;
mod pool;
mod question;
mod random;
pub mod random_search;
mod setup;
mod shape;
mod sobol;
mod study;
mod suggestion;
mod thompson;
mod viability;
mod why;

pub use believed::believed;
pub use error::SuggestError;
pub use pool::{Pool, Rows};
pub use question::{Acquisition, Aim, KernelOption, Question, Source, Threshold};
pub use study::{OutcomeColumn, Study, Transform};
pub use suggestion::{
    Belief, Certificate, ModelReport, NearestRow, Pick, Suggestion, ViabilityReport,
};

use engine::{Chosen, Engine};
use pool::gather_rows;
use rayon::prelude::*;
use setup::{Draws, Setup};
use why::Reasons;

/// Rows of a pool that are read at once.
const BLOCK: usize = 8192;

/// Batches from which `Auto` draws functions instead of weighing each pick.
const LARGE: usize = 50;

/// Suggests what to try next.
///
/// Every state of a study has an answer. Nothing measured: candidates that fill the space. Nothing measured and some failed:
/// candidates far from what was tried that are likely to work. Constant outcomes, repeats, a single row: the surrogate's own
/// defined answers, with a note.
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
    job.stage("fitting surrogates", None);
    let mut setup = Setup::new(study, question, pool.extras(), job)?;
    if let Acquisition::LevelSet { outcome, level } = question.acquisition {
        setup.straddle(outcome, level)?;
    }
    let acquisition = resolved(question, &setup);
    let mut notes = setup.notes.clone();
    let batch = question.batch.min(pool.rows());
    let mut draws_used = 0;
    let (mut chosen, certificate) = match acquisition {
        Acquisition::Random | Acquisition::Sobol => (Vec::new(), None),
        Acquisition::Thompson => {
            if question.cost.is_some() {
                notes.push("drawn functions do not weigh costs".to_owned());
            }
            let weights = |pick| directions(setup.objectives.len(), question.seed, study, pick);
            let chosen = thompson::choose(&setup, pool, batch, question.seed, &weights, job)?;
            (chosen, None)
        }
        Acquisition::IntegratedVariance => {
            let (chosen, weighed) =
                explore::choose(&setup, study, pool, batch, question.seed, job)?;
            if weighed + pool.excluded().len() < pool.rows() {
                notes.push(format!(
                    "{weighed} of {} candidates were weighed, evenly spread over the pool",
                    pool.rows()
                ));
            }
            (chosen, None)
        }
        _ => {
            let mut draws = Draws::new(&setup, study, question, acquisition, pool.extras());
            draws_used = draws.aspirations.count();
            let engine = Engine {
                setup: &setup,
                pool,
                device,
                job,
            };
            let weights = |pick| directions(setup.objectives.len(), question.seed, study, pick);
            let reweight: Option<&dyn Fn(usize) -> Vec<f64>> =
                (acquisition == Acquisition::LogNparego).then_some(&weights);
            let (chosen, certificate) = engine.choose(&mut draws, batch, reweight)?;
            (chosen, Some(certificate))
        }
    };
    if setup.goal.lead > 1 && certificate.is_some() {
        notes.push(format!(
            "improvement is counted from number {} of the best of what was tried: {} leads are wanted",
            setup.goal.lead, question.leads
        ));
    }
    if let Some(certificate) = &certificate
        && !certificate.holds
    {
        notes.push(format!(
            "{} of {} candidates were examined exactly; the bounds of the others do not rule them out",
            certificate.examined, certificate.candidates
        ));
    }
    fill(
        &mut chosen,
        batch,
        acquisition,
        study,
        question,
        pool,
        job,
        &mut notes,
    )?;
    if chosen.is_empty() {
        return Err(SuggestError::Exhausted {
            candidates: pool.rows(),
            reason: "all of them were tried or excluded, or lack an input".into(),
        });
    }
    if chosen.len() < question.batch {
        notes.push(format!(
            "{} candidates were asked for, and only {} are left",
            question.batch,
            chosen.len()
        ));
    }
    job.stage("explaining the picks", None);
    let reasons = Reasons {
        setup: &setup,
        study,
        question,
    };
    let picks = chosen
        .par_iter()
        .map(|c| {
            let known = |x: f64| x.is_finite().then_some(x);
            reasons.pick(
                c.index,
                &c.inputs,
                &c.extras,
                known(c.acquisition),
                known(c.log_gain),
            )
        })
        .collect();
    job.check()?;
    Ok(Suggestion {
        acquisition,
        picks,
        viability: setup.feasibility.viability.as_ref().map(|v| v.report()),
        reference: setup.reference,
        hypervolume: setup.hypervolume,
        front: setup.front,
        models: setup.models.into_iter().map(|model| model.report).collect(),
        certificate,
        notes,
        seed: question.seed,
        samples: draws_used,
    })
}

/// What `Auto` means here, and what stands in for an acquisition function that has nothing to go by.
fn resolved(question: &Question, setup: &Setup) -> Acquisition {
    let m = setup.objectives.len();
    let learned = |model: &model::Model| matches!(model.kind, model::Kind::Learned(_));
    let nothing_known = match question.acquisition {
        Acquisition::IntegratedVariance => !setup.models.iter().any(learned),
        Acquisition::LevelSet { .. } => m == 0,
        _ => {
            m == 0
                && (question.objectives().next().is_some()
                    || setup.feasibility.constraints().is_empty())
        }
    };
    match question.acquisition {
        Acquisition::Random | Acquisition::Sobol => question.acquisition,
        _ if nothing_known => Acquisition::Sobol,
        Acquisition::Auto if question.batch >= LARGE && m > 0 => Acquisition::Thompson,
        Acquisition::Auto | Acquisition::LogNehvi => match m {
            0 | 1 => Acquisition::LogNei,
            2 | 3 => Acquisition::LogNehvi,
            _ => Acquisition::LogNparego,
        },
        other => other,
    }
}

/// The weights of the scalarisation of a pick: uniform on the positive part of the sphere, inverted, so that each pick reaches
/// for the front in another direction (R. Zhang, D. Golovin, ICML 2020, lemma 5).
fn directions(m: usize, seed: u64, study: &Study, pick: usize) -> Vec<f64> {
    let sequence = sobol::Sobol::new(seed ^ 0x6469_7265);
    let number = (study.rows() + study.in_flight() + pick) as u32;
    let raw: Vec<f64> = (0..m)
        .map(|j| -crate::draws::centred_quantile(0.5 * sequence.at(number, j), 1.0))
        .collect();
    let length = raw.iter().map(|x| x * x).sum::<f64>().sqrt();
    raw.iter().map(|x| length / x.max(1e-3 * length)).collect()
}

/// Adds what a baseline, or a pool in which nothing improves anything any more, has to add.
#[expect(
    clippy::too_many_arguments,
    reason = "one step of `suggest`, cut out for length"
)]
fn fill(
    chosen: &mut Vec<Chosen>,
    batch: usize,
    acquisition: Acquisition,
    study: &Study,
    question: &Question,
    pool: &dyn Pool,
    job: &job::Job,
    notes: &mut Vec<String>,
) -> Result<(), SuggestError> {
    if chosen.len() >= batch {
        return Ok(());
    }
    job.stage("choosing candidates", None);
    let indices = match acquisition {
        Acquisition::Random => baseline::at_random(pool, batch, question.seed, job)?,
        _ => {
            let skip = study.rows() + study.in_flight();
            baseline::by_sobol(pool, batch, skip, question.seed, job)?
        }
    };
    let before = chosen.len();
    for index in indices {
        if chosen.len() < batch && chosen.iter().all(|pick| pick.index != index) {
            let row = gather_rows(pool, vec![index])?;
            chosen.push(Chosen {
                index,
                inputs: row.inputs,
                extras: row.extras,
                acquisition: f64::NAN,
                log_gain: f64::NAN,
            });
        }
    }
    let asked_for = matches!(
        question.acquisition,
        Acquisition::Random | Acquisition::Sobol
    );
    if !asked_for && chosen.len() > before {
        notes.push(format!(
            "{} picks fill the space: nothing is known yet that could weigh them, or nothing improves any more",
            chosen.len() - before
        ));
    }
    Ok(())
}
