//! All that is asked of one candidate structure: relaxed, its energy among the phases, its size and magnetisation.

use crate::magnetism::{self, Magnetization};
use crate::phases::{Phases, PhasesError, Standing};
use crate::relax::{Ending, Relaxed, Settings, relax};
use crate::{Potential, PotentialError, Prediction};
use crystal::Structure;
use job::Job;

/// What the potential says of a structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The structure that it is of: relaxed, or as given.
    pub structure: Structure,
    /// Energy, forces, stress and moments there.
    pub prediction: Prediction,
    /// How the relaxation ended; none where there was none.
    pub ending: Option<Ending>,
    /// Volume over that of the structure given.
    pub volume_ratio: f64,
    /// Å3/atom.
    pub volume_per_atom: f64,
    /// Of the moments, all taken to point one way.
    pub magnetization: Magnetization,
    /// Among the bundled phases, or why not.
    pub standing: Result<Standing, PhasesError>,
}

/// As the bundled phases were relaxed, so that energies can be compared.
pub fn settings() -> Settings {
    Settings {
        force_limit: 0.03,
        stress_limit: 0.1,
        steps: 300,
        symmetry: Some(0.01),
        ..Settings::default()
    }
}

/// Assesses a structure, relaxed first where `settings` are given, among `phases`.
///
/// # Errors
///
/// A structure that the potential refuses, a relaxation that explodes or collapses, cancelled.
pub fn assess(
    potential: &Potential,
    structure: &Structure,
    settings: Option<&Settings>,
    phases: Result<&Phases, &PhasesError>,
    job: &Job,
) -> Result<Assessment, PotentialError> {
    job.check()?;
    let (structure, prediction, ending, volume_ratio) = match settings {
        None => (structure.clone(), potential.predict(structure)?, None, 1.0),
        Some(settings) => {
            let relaxed = relaxed_as_possible(potential, structure, settings, job)?;
            (
                relaxed.structure,
                relaxed.prediction,
                Some(relaxed.ending),
                relaxed.volume_ratio,
            )
        }
    };
    let energy = prediction.energy_per_atom();
    let standing = match phases {
        Ok(phases) => phases.standing(&structure.composition(), energy),
        Err(error) => Err(error.clone()),
    };
    Ok(Assessment {
        volume_per_atom: structure.volume_per_atom(),
        magnetization: Magnetization::of(&structure, &prediction.moments),
        structure,
        prediction,
        ending,
        volume_ratio,
        standing,
    })
}

/// A crystal at rest, with its symmetry where that is found: to well below the stresses and forces of what is done to it next.
///
/// # Errors
///
/// What the potential refuses, a relaxation that explodes or collapses, cancelled.
pub fn at_rest(
    potential: &Potential,
    structure: &Structure,
    job: &Job,
) -> Result<Relaxed, PotentialError> {
    let settings = Settings {
        force_limit: 0.01,
        stress_limit: 0.02,
        ..settings()
    };
    relaxed_as_possible(potential, structure, &settings, job)
}

/// Relaxed with its symmetry; one whose symmetry is not found, without it.
pub(crate) fn relaxed_as_possible(
    potential: &Potential,
    structure: &Structure,
    settings: &Settings,
    job: &Job,
) -> Result<Relaxed, PotentialError> {
    let relaxed = match relax(potential, structure, settings, job, |_| ()) {
        Err(PotentialError::Structure(_)) if settings.symmetry.is_some() => {
            let free = Settings {
                symmetry: None,
                ..settings.clone()
            };
            relax(potential, structure, &free, job, |_| ())?
        }
        found => found?,
    };
    match relaxed.ending {
        Ending::Exploded(_) | Ending::Collapsed(_) => Err(PotentialError::Lost(relaxed.ending)),
        Ending::Converged | Ending::StepsSpent => Ok(relaxed),
    }
}

impl Assessment {
    /// What to beware of, in a sentence each: an unfinished relaxation, a changed structure, what the comparison lacks, what the
    /// moments leave out.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.notes_on_structure();
        notes.extend(self.notes_on_standing());
        notes.extend(self.notes_on_moments());
        notes
    }

    /// Those on how it stands among the phases.
    pub fn notes_on_standing(&self) -> Vec<String> {
        match &self.standing {
            Ok(standing) => standing.notes(),
            Err(error) => vec![error.to_string()],
        }
    }

    /// Those on the relaxation alone.
    pub fn notes_on_structure(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(ending) = &self.ending
            && *ending != Ending::Converged
        {
            notes.push(format!("relaxation {ending}"));
        }
        if (self.volume_ratio - 1.0).abs() > 0.1 {
            notes.push(format!(
                "relaxing changed its volume by {:+.0} %: is it the same phase still?",
                100.0 * (self.volume_ratio - 1.0)
            ));
        }
        notes
    }

    /// Those on the magnetisation alone.
    pub fn notes_on_moments(&self) -> Vec<String> {
        magnetism::caveats(&self.structure, &self.prediction.moments)
    }
}
