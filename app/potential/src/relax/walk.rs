//! A relaxation step by step: it asks for what the potential says of a structure, and is told.

use super::symmetrise::Symmetriser;
use super::{Ending, Method, Optimizer, Relaxed, Settings, Step, fire, forces, lbfgs, moved};
use crate::{PotentialError, Prediction};
use crystal::Structure;

/// A cell this many times as large as at the start has flown apart.
const EXPLODED: f64 = 4.0;
/// A cell this part of that at the start has collapsed.
const COLLAPSED: f64 = 0.25;

/// A relaxation under way.
pub(super) struct Walk<'a> {
    settings: &'a Settings,
    symmetry: Option<Symmetriser>,
    /// Sites that stay, by number.
    held: Vec<usize>,
    optimizer: Box<dyn Optimizer>,
    /// The volume at the start, Å3.
    volume: f64,
    /// The last structure that the potential answered for, and the first and last answer.
    here: Option<(Structure, Prediction)>,
    first: Option<Prediction>,
    /// Tried steps.
    steps: usize,
    next: Result<Structure, Ending>,
}

impl<'a> Walk<'a> {
    /// Before the start was asked for.
    pub(super) fn new(start: &Structure, settings: &'a Settings) -> Result<Self, PotentialError> {
        settings.check()?;
        let mut structure = start.clone();
        let symmetry = match settings.symmetry {
            Some(tolerance) => Some(Symmetriser::new(start, tolerance)?),
            None => None,
        };
        if let Some(symmetry) = &symmetry {
            symmetry.idealise(&mut structure, settings.cell)?;
        }
        Ok(Self {
            settings,
            symmetry,
            held: Vec::new(),
            optimizer: match settings.method {
                Method::Fire => Box::new(fire::Fire::default()),
                Method::Lbfgs => Box::new(lbfgs::Lbfgs::default()),
            },
            volume: structure.volume(),
            here: None,
            first: None,
            steps: 0,
            next: Ok(structure),
        })
    }

    /// With these sites held.
    pub(super) fn holding(mut self, held: &[usize]) -> Self {
        self.held = held.to_vec();
        self
    }

    /// The structure to be predicted next; none at the end.
    pub(super) fn next(&self) -> Option<&Structure> {
        self.next.as_ref().ok()
    }

    /// Takes what the potential says of the next structure, and chooses the one after it.
    pub(super) fn told(
        &mut self,
        answer: Result<Prediction, PotentialError>,
        mut watch: impl FnMut(Step),
    ) -> Result<(), PotentialError> {
        let Ok(asked) = &self.next else {
            return Ok(());
        };
        let ratio = asked.volume() / self.volume;
        let prediction = match answer {
            Ok(prediction) => prediction,
            // A start that is refused is the caller's.
            Err(error) if self.here.is_none() => return Err(error),
            Err(PotentialError::Isolated { .. }) => {
                self.next = Err(Ending::Exploded(ratio));
                return Ok(());
            }
            Err(
                PotentialError::Overlap { .. }
                | PotentialError::Dense { .. }
                | PotentialError::NotFinite { .. },
            ) => {
                self.next = Err(Ending::Collapsed(ratio));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        watch(Step {
            number: self.steps,
            structure: asked,
            prediction: &prediction,
        });
        self.first.get_or_insert_with(|| prediction.clone());
        let structure = asked.clone();
        self.next = self.step(&structure, &prediction);
        self.steps += usize::from(self.next.is_ok());
        self.here = Some((structure, prediction));
        Ok(())
    }

    fn step(
        &mut self,
        structure: &Structure,
        prediction: &Prediction,
    ) -> Result<Structure, Ending> {
        let symmetry = self.symmetry.as_ref();
        let (forces, converged) =
            forces(structure, prediction, self.settings, symmetry, &self.held);
        if converged {
            return Err(Ending::Converged);
        }
        if self.steps == self.settings.steps {
            return Err(Ending::StepsSpent);
        }
        let ratio = |s: &Structure| s.volume() / self.volume;
        match moved(structure, &self.optimizer.step(&forces), self.settings.cell) {
            Some(next) if ratio(&next) > EXPLODED => Err(Ending::Exploded(ratio(&next))),
            Some(next) if ratio(&next) < COLLAPSED => Err(Ending::Collapsed(ratio(&next))),
            Some(next) => Ok(next),
            None => Err(Ending::Collapsed(ratio(structure))),
        }
    }

    /// What became of it.
    pub(super) fn relaxed(self) -> Result<Relaxed, PotentialError> {
        let (Some((mut structure, prediction)), Some(start), Err(ending)) =
            (self.here, self.first, self.next)
        else {
            // Only whoever was cancelled stops before the end.
            return Err(PotentialError::Cancelled);
        };
        for (site, moment) in structure.sites.iter_mut().zip(&prediction.moments) {
            site.magnetic_moment = Some(*moment);
        }
        Ok(Relaxed {
            volume_ratio: structure.volume() / self.volume,
            structure,
            prediction,
            start,
            steps: self.steps,
            ending,
        })
    }
}
