//! Relaxing the structure of the selected candidate while one watches, and playing what it passed, or a trajectory of a file.
//!
//! A run changes nothing of the project: no candidate, no value, so that undo has nothing to take back. It is there until the
//! next run, or until other candidates are opened; what is to last is saved. How structures are drawn, moments included, is the
//! project's, and is undone.

mod playback;
mod settings;
mod trajectory;
mod work;

pub use playback::{FrameChoice, Playback};
pub use potential::relax::Ending;
pub use settings::{RelaxationMethod, RelaxationSettings, Weights};
pub use trajectory::{Figures, KEPT, Trajectory, TrajectorySource};
pub(crate) use work::{Ran, RunFeed};

use crate::chart;
use crate::command::Command;
use crate::error::WorkbenchError;
use crate::project::ProjectSource;
use crate::state::{LogLevel, Panel, State, TaskKind};
use crate::work::{Done, Workbench};
use crystal::Structure;
use potential::PotentialError;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEnd {
    /// By itself.
    Ended {
        ending: Ending,
        steps: usize,
        /// The volume against that of the start.
        volume_ratio: f64,
        /// End minus start, eV/atom.
        energy_change: f64,
    },
    /// The user stopped it; what it had reached is kept.
    Stopped,
    /// Why the potential refuses the structure or the settings.
    Refused(String),
}

/// What there is to see of relaxations and trajectories.
#[derive(Debug, Default)]
pub struct RelaxationState {
    /// Of the next run. They are kept with nothing.
    pub settings: RelaxationSettings,
    /// The last run, or the file that was opened.
    pub trajectory: Option<Trajectory>,
    /// Another number for another trajectory.
    pub number: u64,
    /// How the run ended; `None` while it goes on, and of a file.
    pub end: Option<RunEnd>,
    /// Why a trajectory could not be opened.
    pub error: Option<String>,
    pub playback: Playback,
    /// The structure of the trajectory that takes the place of the candidate's, where one is shown.
    pub shown: Option<Arc<Structure>>,
    /// A file of frames of one structure that is open as candidates, and how many there are: it can be played.
    pub offer: Option<(PathBuf, usize)>,
    /// Which structure's states are shown; another number for another structure.
    series: u64,
    feed: Option<Arc<RunFeed>>,
}

/// What the structure view shows.
#[derive(Clone, Copy, Debug)]
pub struct Viewed<'a> {
    pub structure: &'a Arc<Structure>,
    /// The same number for states of one structure, between which the view stays still.
    pub series: u64,
    /// Whether its magnetic moments are sizes alone, without a direction.
    pub has_sizes_alone: bool,
    /// The figures of the structure, where it is of a trajectory.
    pub figures: Option<Figures>,
}

impl RelaxationState {
    /// The figures of the structure that playback stands at.
    pub fn figures(&self) -> Option<Figures> {
        self.trajectory.as_ref()?.frame(self.playback.frame)
    }

    /// Whether a run ended by itself as it should.
    pub fn has_converged(&self) -> bool {
        matches!(
            &self.end,
            Some(RunEnd::Ended {
                ending: Ending::Converged,
                ..
            })
        )
    }
}

impl State {
    /// What the structure view shows: a structure of the trajectory while one is looked at, or the parent that was asked for,
    /// else the candidate's. `None`: there is none. `Err`: its file cannot be read.
    pub fn viewed(&self) -> Option<Result<Viewed<'_>, &str>> {
        let relaxation = &self.relaxation;
        if let (Some(structure), Some(trajectory)) = (&relaxation.shown, &relaxation.trajectory) {
            return Some(Ok(Viewed {
                structure,
                series: relaxation.series,
                has_sizes_alone: trajectory.has_sizes_alone(),
                figures: relaxation.figures(),
            }));
        }
        if let Some(parent) = &self.generated.parent {
            return Some(Ok(Viewed {
                structure: &parent.structure,
                series: parent.series,
                has_sizes_alone: false,
                figures: None,
            }));
        }
        let selected = self.structure.as_ref()?;
        Some(match selected.structure.as_ref()? {
            Ok(structure) => Ok(Viewed {
                structure,
                series: selected.series,
                has_sizes_alone: false,
                figures: None,
            }),
            Err(error) => Err(error),
        })
    }
}

impl Workbench {
    /// Does the commands about relaxations and trajectories.
    pub(crate) fn execute_relaxation_command(
        &mut self,
        command: Command,
    ) -> Result<(), WorkbenchError> {
        match command {
            Command::SetRelaxation { settings } => self.state.relaxation.settings = *settings,
            Command::RelaxSelected => self.relax_selected()?,
            Command::StopRelaxation => {
                for task in &self.state.tasks {
                    if task.kind == TaskKind::Relax {
                        task.job.cancel();
                    }
                }
            }
            Command::OpenTrajectory { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("open the trajectory"))?;
                self.open_trajectory(path);
            }
            Command::SaveRelaxed { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("save the structure"))?;
                self.save_relaxed(path)?;
            }
            Command::SaveTrajectory { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("save the trajectory"))?;
                let path = match path.extension() {
                    Some(ending) if ending.eq_ignore_ascii_case("xyz") => path,
                    _ => self.with_ending(path, "extxyz")?,
                };
                self.save_trajectory(path)?;
            }
            Command::ExportRelaxationPlot { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("export the plot"))?;
                chart::check_picture(&path)?;
                let figures = self.trajectory()?.figures.clone();
                let shown = self.state.relaxation.figures().map(|f| f.step);
                let fonts = self.setup.fonts.clone();
                self.start(TaskKind::Export, move |_| {
                    let drawing = chart::descent_picture(&figures, shown);
                    let written = chart::write_picture(&drawing, &fonts, &path);
                    Done::Exported(path, written)
                });
            }
            Command::ShowTrajectory { on } => {
                if on {
                    self.trajectory()?;
                    self.show_frame();
                } else {
                    self.leave_trajectory();
                }
            }
            Command::PlayTrajectory { on } => {
                let count = self.trajectory()?.len();
                let playback = &mut self.state.relaxation.playback;
                playback.play(on, count, Instant::now());
                self.show_frame();
            }
            Command::ShowFrame { frame } => {
                let count = self.trajectory()?.len();
                self.state.relaxation.playback.go(frame, count);
                self.show_frame();
            }
            Command::SetPlayback { rate, repeat } => {
                let playback = &mut self.state.relaxation.playback;
                if rate.is_finite() {
                    let (least, most) = (*Playback::RATES.start(), *Playback::RATES.end());
                    playback.rate = rate.clamp(least, most);
                }
                playback.repeat = repeat;
            }
            Command::ShowMoments { on } => self.state.project.structure_style.moments.shown = on,
            _ => {}
        }
        Ok(())
    }

    fn trajectory(&self) -> Result<&Trajectory, WorkbenchError> {
        let trajectory = self.state.relaxation.trajectory.as_ref();
        trajectory
            .filter(|trajectory| !trajectory.is_empty())
            .ok_or(WorkbenchError::NoTrajectory)
    }

    fn relax_selected(&mut self) -> Result<(), WorkbenchError> {
        if self.state.is_busy(TaskKind::Relax) {
            return Err(WorkbenchError::RelaxationBusy);
        }
        if self.state.awaits_structure() {
            return Err(WorkbenchError::StructureComes);
        }
        let selected = self.state.structure.as_ref();
        let selected = selected.ok_or(WorkbenchError::NothingToRelax)?;
        let (row, series) = (selected.row, selected.series);
        let structure = match &selected.structure {
            None => return Err(WorkbenchError::NothingToRelax),
            Some(Err(why)) => return Err(WorkbenchError::Unreadable(why.clone())),
            Some(Ok(structure)) => structure.clone(),
        };
        self.stop(TaskKind::ReadTrajectory);
        self.stop(TaskKind::Parent);
        let number = self.next_series();
        let relaxation = &mut self.state.relaxation;
        relaxation.number = number;
        let settings = relaxation.settings.clone();
        let model = settings.weights.model();
        let source = TrajectorySource::Run { row, model };
        let feed = Arc::<RunFeed>::default();
        relaxation.trajectory = Some(Trajectory::new(source, structure.clone()));
        (relaxation.end, relaxation.error) = (None, None);
        relaxation.playback.rewind();
        relaxation.series = series;
        relaxation.feed = Some(feed.clone());
        relaxation.shown = Some(structure.clone());
        self.state.generated.parent = None;
        self.bring_to_front(Panel::Relaxation);
        let wake = self.setup.wake.clone();
        self.start(TaskKind::Relax, move |job| {
            Done::Relaxed(work::relax(&structure, &settings, &feed, &*wake, job))
        });
        Ok(())
    }

    /// Takes over the steps of a run, and goes on with playing; whether anything changed.
    pub(crate) fn follow_trajectory(&mut self) -> bool {
        let running = self.state.is_busy(TaskKind::Relax);
        let relaxation = &mut self.state.relaxation;
        let Some(trajectory) = &mut relaxation.trajectory else {
            return false;
        };
        let new = relaxation.feed.as_ref().map(|feed| feed.take());
        let new = new.unwrap_or_default();
        let grew = !new.is_empty();
        let playback = &mut relaxation.playback;
        playback.frame = trajectory.extend(new, playback.frame);
        let count = trajectory.len();
        let moved = playback.advance(count, running, Instant::now());
        if (moved || grew && playback.follows) && relaxation.shown.is_some() {
            self.show_frame();
        }
        moved || grew
    }

    /// Takes over how a run ended.
    pub(crate) fn take_relaxed(&mut self, ran: Ran) {
        self.follow_trajectory();
        self.state.relaxation.feed = None;
        for line in ran.told {
            self.log(LogLevel::Note, line);
        }
        let end = match ran.result {
            Ok(relaxed) => {
                let (level, text) = match &relaxed.ending {
                    Ending::Converged => (
                        LogLevel::Note,
                        format!("converged after {} steps", relaxed.steps),
                    ),
                    other => (LogLevel::Warning, other.to_string()),
                };
                self.log(level, format!("relaxation: {text}"));
                RunEnd::Ended {
                    steps: relaxed.steps,
                    volume_ratio: relaxed.volume_ratio,
                    energy_change: relaxed.prediction.energy_per_atom()
                        - relaxed.start.energy_per_atom(),
                    ending: relaxed.ending,
                }
            }
            Err(PotentialError::Cancelled) => RunEnd::Stopped,
            Err(error) => {
                self.log(LogLevel::Error, format!("relaxation: {error}"));
                RunEnd::Refused(error.to_string())
            }
        };
        let relaxation = &mut self.state.relaxation;
        // Without a step there is nothing to look at but the candidate itself.
        if relaxation
            .trajectory
            .as_ref()
            .is_some_and(Trajectory::is_empty)
        {
            (relaxation.trajectory, relaxation.shown) = (None, None);
        }
        relaxation.end = Some(end);
    }

    /// The candidates that were opened are states of one structure.
    pub(crate) fn offer_trajectory(&mut self, frames: Option<usize>) {
        let Some(ProjectSource::File(path)) = &self.state.project.source else {
            return;
        };
        let offer = frames.map(|count| (path.clone(), count));
        if let Some((_, count)) = &offer {
            let text =
                format!("{count} frames of one structure: they can be played under Relaxation");
            self.log(LogLevel::Note, text);
        }
        self.state.relaxation.offer = offer;
    }

    /// A run goes on until there is something to take its place.
    fn open_trajectory(&mut self, path: PathBuf) {
        self.state.relaxation.error = None;
        self.bring_to_front(Panel::Relaxation);
        self.start(TaskKind::ReadTrajectory, move |job| {
            Done::Trajectory(work::read(&path, job).map(Box::new))
        });
    }

    /// Takes over a trajectory that was read.
    pub(crate) fn take_trajectory(&mut self, read: Result<Box<Trajectory>, WorkbenchError>) {
        match read {
            Ok(trajectory) => {
                self.stop(TaskKind::Relax);
                let series = self.next_series();
                let relaxation = &mut self.state.relaxation;
                relaxation.feed = None;
                relaxation.number = series;
                relaxation.trajectory = Some(*trajectory);
                (relaxation.end, relaxation.error) = (None, None);
                relaxation.playback.rewind();
                relaxation.playback.go(FrameChoice::First, 1);
                relaxation.playback.follows = false;
                relaxation.series = series;
                self.show_frame();
            }
            Err(error) if error.is_cancelled() => {}
            Err(error) => {
                self.log(LogLevel::Error, error.to_string());
                self.state.relaxation.error = Some(error.to_string());
            }
        }
    }

    /// Brings the structure that playback stands at into the view.
    fn show_frame(&mut self) {
        let relaxation = &mut self.state.relaxation;
        let trajectory = relaxation.trajectory.as_ref();
        if let Some(structure) = trajectory.and_then(|t| t.structure(relaxation.playback.frame)) {
            relaxation.shown = Some(structure);
            self.state.generated.parent = None;
        }
    }

    /// The candidate's own structure is shown again; a run goes on.
    pub(crate) fn leave_trajectory(&mut self) {
        let relaxation = &mut self.state.relaxation;
        relaxation.shown = None;
        relaxation.playback.playing = false;
    }

    /// Other candidates are opened.
    pub(crate) fn forget_trajectory(&mut self) {
        self.stop(TaskKind::Relax);
        self.stop(TaskKind::ReadTrajectory);
        let relaxation = &mut self.state.relaxation;
        let settings = relaxation.settings.clone();
        let mut playback = relaxation.playback.clone();
        playback.rewind();
        *relaxation = RelaxationState {
            settings,
            playback,
            ..RelaxationState::default()
        };
    }

    fn save_relaxed(&mut self, path: PathBuf) -> Result<(), WorkbenchError> {
        let trajectory = self.trajectory()?;
        let relaxation = &self.state.relaxation;
        let at = relaxation.playback.frame;
        let is_end = relaxation.has_converged() && at + 1 == trajectory.len();
        let structure = work::titled(trajectory, at, is_end);
        let structure = structure.ok_or(WorkbenchError::NoTrajectory)?;
        self.start(TaskKind::Export, move |_| {
            let written = work::write_structure(&structure, &path);
            Done::Exported(path, written)
        });
        Ok(())
    }

    fn save_trajectory(&mut self, path: PathBuf) -> Result<(), WorkbenchError> {
        let trajectory = self.trajectory()?.clone();
        if !trajectory.is_run() {
            return Err(WorkbenchError::NoRun);
        }
        self.start(TaskKind::Export, move |_| {
            let text = trajectory.extxyz().map_err(WorkbenchError::from);
            let written = text.and_then(|text| work::write(&text, &path));
            Done::Exported(path, written)
        });
        Ok(())
    }
}
