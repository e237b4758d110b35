//! What a relaxation passed, or a file holds: structures one after the other, and their figures.
//!
//! The figures of every step are kept, and so are the structures until they would take more than [`KEPT`] bytes: then every
//! second of them goes, but never the first and the last.

use crystal::format::Frame;
use crystal::{Lattice, Structure};
use nalgebra::Vector3;
use potential::relax::Step;
use potential::{GPA, Model, PotentialError, Prediction};
use std::path::PathBuf;
use std::sync::Arc;

/// Structures of one run may take so many bytes.
pub const KEPT: usize = 256 << 20;

/// What is known of a structure of a trajectory; NaN is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Steps taken, or the number of the frame in its file, from 0.
    pub step: usize,
    /// eV/atom, on the scale of whatever computed it.
    pub energy_per_atom: f64,
    /// The length of the longest force, eV/Å.
    pub largest_force: f64,
    /// GPa, positive where the cell wants to grow.
    pub pressure: f64,
    /// The largest component of stress by size, GPa.
    pub largest_stress: f64,
    /// Of the cell, Å3.
    pub volume: f64,
}

/// Where a trajectory comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum TrajectorySource {
    /// A relaxation of the candidate of this row with these weights.
    Run { row: u32, model: Model },
    /// A file, and the model that it names.
    File {
        path: PathBuf,
        model: Option<String>,
    },
}

/// A structure of a trajectory.
#[derive(Clone, Debug)]
pub(crate) enum Snapshot {
    /// The sites of the start, moved.
    Moved {
        step: usize,
        lattice: Lattice,
        /// Fractional.
        positions: Vec<Vector3<f64>>,
        said: Box<Prediction>,
    },
    /// As the file has it.
    Read(Figures, Arc<Structure>),
}

impl Snapshot {
    /// Of a relaxation.
    pub fn of_step(step: &Step) -> Self {
        Self::Moved {
            step: step.number,
            lattice: step.structure.lattice.clone(),
            positions: step.structure.sites.iter().map(|s| s.position).collect(),
            said: Box::new(step.prediction.clone()),
        }
    }

    /// Of a file's frame, which is the one of this number.
    pub fn of_frame(step: usize, frame: Frame) -> Self {
        let structure = frame.structure;
        let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let forces = frame.forces.map(|forces| longest(&forces));
        let stress = frame.stress.map(|stress| stress * GPA);
        let figures = Figures {
            step,
            energy_per_atom: known(frame.energy) / structure.sites.len() as f64,
            largest_force: known(forces),
            pressure: known(stress.map(|s| -s.trace() / 3.0)),
            largest_stress: known(stress.map(|s| s.amax())),
            volume: structure.volume(),
        };
        Self::Read(figures, Arc::new(structure))
    }

    pub fn figures(&self) -> Figures {
        match self {
            Self::Read(figures, _) => *figures,
            Self::Moved {
                step,
                lattice,
                said,
                ..
            } => Figures {
                step: *step,
                energy_per_atom: said.energy_per_atom(),
                largest_force: said.largest_force(),
                pressure: said.pressure(),
                largest_stress: said.stress.amax(),
                volume: lattice.volume(),
            },
        }
    }

    /// Bytes that it takes, about.
    fn size(&self) -> usize {
        match self {
            // Position, force, energy and moment of a site, and what there is once.
            Self::Moved { positions, .. } => 8 * 8 * positions.len() + 512,
            Self::Read(..) => 0,
        }
    }

    fn structure(&self, start: &Structure) -> Arc<Structure> {
        let (lattice, positions, said) = match self {
            Self::Read(_, structure) => return structure.clone(),
            Self::Moved {
                lattice,
                positions,
                said,
                ..
            } => (lattice, positions, said),
        };
        let mut structure = start.clone();
        structure.lattice = lattice.clone();
        let known = positions.iter().zip(&said.moments);
        for (site, (position, moment)) in structure.sites.iter_mut().zip(known) {
            site.position = *position;
            site.magnetic_moment = Some(*moment);
        }
        Arc::new(structure)
    }
}

fn longest(forces: &[Vector3<f64>]) -> f64 {
    forces.iter().map(Vector3::norm).fold(0.0, f64::max)
}

/// Structures one after the other.
#[derive(Clone, Debug)]
pub struct Trajectory {
    pub source: TrajectorySource,
    /// Of every step.
    pub figures: Vec<Figures>,
    start: Arc<Structure>,
    kept: Vec<Arc<Snapshot>>,
    /// Of the steps each of this many is kept, and the last.
    stride: usize,
    /// Bytes that the kept ones take, and may take.
    size: usize,
    most: usize,
}

impl Trajectory {
    /// Without a frame yet, of a structure.
    pub(crate) fn new(source: TrajectorySource, start: Arc<Structure>) -> Self {
        Self::within(source, start, KEPT)
    }

    fn within(source: TrajectorySource, start: Arc<Structure>, most: usize) -> Self {
        Self {
            source,
            figures: Vec::new(),
            start,
            kept: Vec::new(),
            stride: 1,
            size: 0,
            most,
        }
    }

    pub(crate) fn push(&mut self, snapshot: Snapshot) {
        let last = self.kept.len().saturating_sub(1);
        let is_kept = |step: usize, stride: usize| step.is_multiple_of(stride);
        if last > 0 && !is_kept(self.kept[last].figures().step, self.stride) {
            self.size -= self.kept[last].size();
            self.kept.pop();
        }
        self.figures.push(snapshot.figures());
        self.size += snapshot.size();
        self.kept.push(Arc::new(snapshot));
        while self.size > self.most && self.kept.len() > 2 {
            self.stride *= 2;
            let last = self.kept.last().cloned();
            self.kept.retain(|s| is_kept(s.figures().step, self.stride));
            let gone = |last: &Arc<Snapshot>| {
                let end = self.kept.last();
                end.is_none_or(|end| !Arc::ptr_eq(end, last))
            };
            if let Some(last) = last.filter(gone) {
                self.kept.push(last);
            }
            self.size = self.kept.iter().map(|s| s.size()).sum();
        }
    }

    /// Adds steps; where the structure at a place stands then, or the kept one nearest to it.
    pub(crate) fn extend(&mut self, new: Vec<Snapshot>, at: usize) -> usize {
        let (before, stride) = (self.frame(at), self.stride);
        new.into_iter().for_each(|step| self.push(step));
        match before {
            Some(figures) if stride != self.stride => {
                self.nearest(figures.step as f64).unwrap_or(at)
            }
            _ => at,
        }
    }

    /// How many structures are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there is no structure yet.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Of the steps each of this many is kept, beside the last.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The figures of the structure at a place, from 0.
    pub fn frame(&self, at: usize) -> Option<Figures> {
        self.kept.get(at).map(|snapshot| snapshot.figures())
    }

    /// The kept structure whose step is nearest, by its place.
    pub fn nearest(&self, step: f64) -> Option<usize> {
        let off = |snapshot: &Arc<Snapshot>| (snapshot.figures().step as f64 - step).abs();
        let places = 0..self.kept.len();
        places.min_by(|&a, &b| off(&self.kept[a]).total_cmp(&off(&self.kept[b])))
    }

    /// The structure at a place, with the moments that are known.
    pub fn structure(&self, at: usize) -> Option<Arc<Structure>> {
        let snapshot = self.kept.get(at)?;
        Some(snapshot.structure(&self.start))
    }

    /// The model that computed it, by name.
    pub fn model(&self) -> Option<&str> {
        match &self.source {
            TrajectorySource::Run { model, .. } => Some(model.name()),
            TrajectorySource::File { model, .. } => model.as_deref(),
        }
    }

    /// Whether its moments are sizes without a direction, as those of the potential.
    pub fn has_sizes_alone(&self) -> bool {
        let model = self.model();
        model.is_some_and(|name| Model::ALL.iter().any(|model| model.name() == name))
    }

    /// What is kept of a run, as frames of extended XYZ.
    ///
    /// # Errors
    ///
    /// None that a run can meet: a disordered structure has no prediction.
    pub(crate) fn extxyz(&self) -> Result<String, PotentialError> {
        let mut text = String::new();
        for snapshot in &self.kept {
            if let Snapshot::Moved { said, .. } = &**snapshot {
                text += &potential::trajectory::frame(&snapshot.structure(&self.start), said)?;
            }
        }
        Ok(text)
    }

    /// Whether it is of a run, and so can be written.
    pub fn is_run(&self) -> bool {
        matches!(self.source, TrajectorySource::Run { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crystal::Site;
    use matter::Element;
    use nalgebra::Matrix3;

    fn snapshot(step: usize) -> Snapshot {
        Snapshot::Moved {
            step,
            lattice: Lattice::new(Matrix3::identity() * (3.0 + step as f64)).unwrap(),
            positions: vec![Vector3::zeros()],
            said: Box::new(Prediction {
                model: Model::default(),
                energy: -(step as f64),
                site_energies: vec![-(step as f64)],
                moments: vec![step as f64],
                forces: vec![Vector3::zeros()],
                stress: Matrix3::zeros(),
            }),
        }
    }

    #[test]
    fn a_long_run_keeps_all_figures_its_ends_and_evenly_spaced_structures_within_its_bytes() {
        let lattice = Lattice::new(Matrix3::identity() * 3.0).unwrap();
        let start = Structure::new(lattice, vec![Site::new(Element::FE, Vector3::zeros())]);
        let (row, model) = (0, Model::default());
        let most = 20 * snapshot(0).size();
        let source = TrajectorySource::Run { row, model };
        let mut trajectory = Trajectory::within(source, Arc::new(start), most);
        for step in 0..=1001 {
            trajectory.push(snapshot(step));
            assert!(trajectory.size <= most);
            assert_eq!(trajectory.size, trajectory.len() * snapshot(0).size());
            let last = trajectory.frame(trajectory.len() - 1).unwrap();
            assert_eq!((last.step, trajectory.frame(0).unwrap().step), (step, 0));
            // No more than twice as sparse as the room demands.
            assert!(trajectory.len() >= (step + 1).min(10));
        }
        let steps: Vec<usize> = (0..trajectory.len())
            .map(|at| trajectory.frame(at).unwrap().step)
            .collect();
        let stride = trajectory.stride();
        assert!(steps.iter().take(steps.len() - 1).all(|s| s % stride == 0));
        assert!(steps.windows(2).all(|pair| pair[1] - pair[0] <= stride));
        assert_eq!(trajectory.figures.len(), 1002);
        let end = trajectory.structure(trajectory.len() - 1).unwrap();
        assert_eq!(end.sites[0].magnetic_moment, Some(1001.0));
        assert!((end.volume() - 1004_f64.powi(3)).abs() < 1e-3);
        assert_eq!(trajectory.nearest(1001.4), Some(trajectory.len() - 1));
        assert_eq!(trajectory.nearest(-3.0), Some(0));
    }

    #[test]
    fn who_looks_at_a_step_looks_at_it_still_when_every_second_one_is_dropped() {
        let lattice = Lattice::new(Matrix3::identity() * 3.0).unwrap();
        let start = Structure::new(lattice, vec![Site::new(Element::FE, Vector3::zeros())]);
        let (row, model) = (0, Model::default());
        let source = TrajectorySource::Run { row, model };
        let most = 20 * snapshot(0).size();
        let mut trajectory = Trajectory::within(source, Arc::new(start), most);
        trajectory.extend((0..20).map(snapshot).collect(), 0);
        let mut at = 16;
        let mut thinned = 0;
        for step in 20..300 {
            let stride = trajectory.stride();
            at = trajectory.extend(vec![snapshot(step)], at);
            thinned += usize::from(trajectory.stride() != stride);
            assert_eq!(trajectory.frame(at).unwrap().step, 16, "after {step}");
        }
        assert!(thinned > 2, "{thinned}");
    }
}
