//! What workers do for relaxations: relaxing, reading a trajectory, writing what came of it.

use super::settings::RelaxationSettings;
use super::trajectory::{Snapshot, Trajectory, TrajectorySource};
use crate::error::WorkbenchError;
use compute::{Choice, Device};
use crystal::Structure;
use crystal::format::{self, Format, read_trajectory};
use job::Job;
use potential::relax::{Relaxed, relax_watched};
use potential::{Model, Potential, PotentialError, Precision};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use table::{TableError, write_atomically};

/// The window is told of steps at most this often; what it was not told of comes with the next.
const TELL: Duration = Duration::from_millis(30);

/// The steps of one run that the window did not take over yet.
#[derive(Debug, Default)]
pub(crate) struct RunFeed(Mutex<Vec<Snapshot>>);

impl RunFeed {
    fn push(&self, snapshot: Snapshot) {
        let mut new = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        new.push(snapshot);
    }

    pub fn take(&self) -> Vec<Snapshot> {
        let mut new = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *new)
    }
}

/// What a run came to, and what the device had to tell.
pub(crate) struct Ran {
    pub result: Result<Box<Relaxed>, PotentialError>,
    pub told: Vec<String>,
}

/// Relaxes a structure; each step goes into the feed.
pub(super) fn relax(
    structure: &Structure,
    settings: &RelaxationSettings,
    feed: &RunFeed,
    wake: &(dyn Fn() + Send + Sync),
    job: &Job,
) -> Ran {
    job.stage("relaxing", None);
    let mut told = Vec::new();
    let mut run = || {
        let model = settings.weights.model();
        let device = Device::open(Choice::Auto)?;
        let potential = Potential::new(model, Precision::Single)?.on(&device);
        let last: Mutex<Option<Instant>> = Mutex::default();
        let watch = |_, step: potential::relax::Step| {
            feed.push(Snapshot::of_step(&step));
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_none_or(|last| last.elapsed() >= TELL) {
                *last = Some(Instant::now());
                wake();
            }
        };
        let (one, settings) = (std::slice::from_ref(structure), settings.of_potential());
        let relaxed = relax_watched(&potential, one, &settings, job, watch);
        told = potential.messages();
        // One was given, so one comes back.
        let one = relaxed?.into_iter().next();
        one.unwrap_or(Err(PotentialError::Cancelled)).map(Box::new)
    };
    let result = run();
    Ran { result, told }
}

/// All frames of a file.
pub(super) fn read(path: &Path, job: &Job) -> Result<Trajectory, WorkbenchError> {
    job.stage("reading", None);
    let frames = read_trajectory(path)?;
    let model = frames.iter().find_map(|frame| frame.model.clone());
    let start = frames.first().map(|frame| frame.structure.clone());
    let start = start.ok_or(crystal::CrystalError::Empty)?;
    let source = TrajectorySource::File {
        path: path.to_path_buf(),
        model,
    };
    let mut trajectory = Trajectory::new(source, Arc::new(start));
    for (number, frame) in frames.into_iter().enumerate() {
        job.check().map_err(TableError::from)?;
        trajectory.push(Snapshot::of_frame(number, frame));
    }
    Ok(trajectory)
}

/// A structure of a trajectory with a title that says what it is.
pub(super) fn titled(trajectory: &Trajectory, at: usize, is_end: bool) -> Option<Structure> {
    let mut structure = Structure::clone(&*trajectory.structure(at)?);
    let figures = trajectory.frame(at)?;
    let TrajectorySource::Run { model, .. } = &trajectory.source else {
        return Some(structure);
    };
    let doi = Model::CITATION.rsplit(' ').next().unwrap_or_default();
    let what = match is_end {
        true => format!("relaxed with {model} ({doi})"),
        false => format!("step {} of a relaxation with {model} ({doi})", figures.step),
    };
    structure.title = format!("{} {what}", structure.title)
        .trim_start()
        .to_owned();
    Some(structure)
}

/// Writes a structure in the format that the name tells.
pub(super) fn write_structure(structure: &Structure, path: &Path) -> Result<(), WorkbenchError> {
    let format = Format::from_path(path);
    let unknown = || crystal::CrystalError::UnknownFormat(path.display().to_string());
    let text = format::write(structure, format.ok_or_else(unknown)?)?;
    write(&text, path)
}

/// Writes a text.
pub(super) fn write(text: &str, path: &Path) -> Result<(), WorkbenchError> {
    write_atomically(path, |writer| {
        let written = writer.write_all(text.as_bytes());
        written.map_err(|error| TableError::io("write", path.display(), error))
    })?;
    Ok(())
}
