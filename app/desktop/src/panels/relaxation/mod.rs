//! Relaxing the selected structure while one watches, and playing what it passed, or a trajectory of a file. Settings, playing and
//! plots have a file each.

mod charts;
mod play;
mod settings;

use crate::texts::Words;
use crate::texts::relaxation::Text;
use crate::{look, numbers};
use egui::{Button, Ui};
use workbench::{
    Command, Ending, FrameChoice, RunEnd, State, TaskKind, Trajectory, TrajectorySource,
};

/// Draws the panel.
pub fn relaxation_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            run_ui(ui, state, words, &mut commands);
            settings::settings_ui(ui, state, words, &mut commands);
            offer_ui(ui, state, words, &mut commands);
            if let Some(error) = &state.relaxation.error {
                ui.colored_label(look::error(ui), error);
            }
            end_ui(ui, state, words);
            match &state.relaxation.trajectory {
                Some(trajectory) if !trajectory.is_empty() => {
                    ui.separator();
                    source_ui(ui, trajectory, words);
                    play::play_ui(ui, state, trajectory, words, &mut commands);
                    play::view_ui(ui, state, words, &mut commands);
                    charts::charts_ui(ui, state, trajectory, words, &mut commands);
                    play::figures_ui(ui, state, words);
                    play::save_ui(ui, state, trajectory, words, &mut commands);
                    if let TrajectorySource::Run { model, .. } = trajectory.source {
                        settings::trust_ui(ui, model, words);
                    }
                }
                _ => {}
            }
        });
    commands
}

/// Start and stop.
fn run_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let running = state.is_busy(TaskKind::Relax);
    let structure = state.structure.as_ref().and_then(|s| s.structure.as_ref());
    let there = matches!(structure, Some(Ok(_))) && !state.awaits_structure();
    ui.horizontal_wrapped(|ui| {
        let relax = ui.add_enabled(there && !running, Button::new(words.get(Text::RelaxShort)));
        let relax = relax.on_hover_text(words.get(Text::RelaxHelp));
        if relax.clicked() {
            commands.push(Command::RelaxSelected);
        }
        let stop = ui.add_enabled(running, Button::new(words.get(Text::Stop)));
        if stop.clicked() {
            commands.push(Command::StopRelaxation);
        }
        let open = ui.button(words.get(Text::OpenTrajectory));
        if open
            .on_hover_text(words.get(Text::OpenTrajectoryHelp))
            .clicked()
        {
            commands.push(Command::OpenTrajectory { path: None });
        }
        if let Some(Ok(structure)) = structure {
            ui.weak(words.fill(Text::Candidate, &[&structure.formula()]));
        }
        if running {
            ui.spinner();
            let trajectory = state.relaxation.trajectory.as_ref();
            match trajectory.and_then(|t| t.figures.last()) {
                Some(figures) => ui.label(words.fill(Text::Running, &[&figures.step])),
                None => ui.weak(words.get(Text::Beginning)),
            };
        }
    });
    match structure {
        Some(Ok(_)) => {}
        Some(Err(error)) => {
            ui.colored_label(look::error(ui), error);
        }
        None => {
            ui.weak(words.get(Text::NothingToRelax));
        }
    }
}

/// The candidates that are open are frames of one structure.
fn offer_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let Some((path, count)) = &state.relaxation.offer else {
        return;
    };
    if state.relaxation.trajectory.is_some() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(words.fill(Text::OfferTrajectory, &[&numbers::count(*count)]));
        if ui.button(words.get(Text::PlayOffer)).clicked() {
            let path = Some(path.clone());
            commands.push(Command::OpenTrajectory { path });
        }
    });
}

fn source_ui(ui: &mut Ui, trajectory: &Trajectory, words: Words) {
    if let TrajectorySource::File { path, .. } = &trajectory.source {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let model = trajectory.model();
        let model = model.unwrap_or(words.get(Text::ModelUnknown));
        let count = numbers::count(trajectory.len());
        ui.label(words.fill(Text::FileOf, &[&name, &count, &model]));
    }
}

/// How the run ended, and what it changed.
fn end_ui(ui: &mut Ui, state: &State, words: Words) {
    let Some(end) = &state.relaxation.end else {
        return;
    };
    let times = |ratio: f64| numbers::plain(ratio, 3);
    let text = match end {
        RunEnd::Stopped => words.get(Text::EndStopped).to_owned(),
        RunEnd::Refused(why) => words.fill(Text::EndRefused, &[why]),
        RunEnd::Ended { ending, steps, .. } => match ending {
            Ending::Converged => words.fill(Text::EndConverged, &[steps]),
            Ending::StepsSpent => words.fill(Text::EndSpent, &[steps]),
            Ending::Exploded(ratio) => words.fill(Text::EndExploded, &[steps, &times(*ratio)]),
            Ending::Collapsed(ratio) => words.fill(Text::EndCollapsed, &[steps, &times(*ratio)]),
        },
    };
    match end {
        _ if state.relaxation.has_converged() => ui.strong(text),
        RunEnd::Stopped => ui.label(text),
        RunEnd::Refused(_) => ui.colored_label(look::error(ui), text),
        RunEnd::Ended { .. } => ui.colored_label(look::warning(ui), text),
    };
    if let RunEnd::Ended {
        volume_ratio,
        energy_change,
        ..
    } = end
    {
        let energy = signed(*energy_change, 4);
        let volume = signed(100.0 * (volume_ratio - 1.0), 2);
        ui.label(words.fill(Text::Change, &[&energy, &volume]));
    }
}

/// A difference with its sign.
fn signed(value: f64, decimals: usize) -> String {
    format!("{value:+.decimals$}").replace('-', "−")
}

/// What the palette calls the commands about relaxations and trajectories.
pub fn relaxation_text(command: &Command) -> Option<Text> {
    Some(match command {
        Command::RelaxSelected => Text::Relax,
        Command::StopRelaxation => Text::StopRelaxation,
        Command::OpenTrajectory { .. } => Text::OpenTrajectory,
        Command::SaveRelaxed { .. } => Text::SaveRelaxed,
        Command::SaveTrajectory { .. } => Text::SaveTrajectory,
        Command::ExportRelaxationPlot { .. } => Text::ExportRelaxationPlot,
        Command::PlayTrajectory { on: true } => Text::PlayTrajectory,
        Command::PlayTrajectory { on: false } => Text::PauseTrajectory,
        Command::ShowTrajectory { on: true } => Text::ShowTrajectory,
        Command::ShowTrajectory { on: false } => Text::ShowCandidate,
        Command::ShowMoments { on: true } => Text::ShowMoments,
        Command::ShowMoments { on: false } => Text::HideMoments,
        Command::ShowFrame { frame } => match frame {
            FrameChoice::First => Text::FrameFirst,
            FrameChoice::Previous => Text::FramePrevious,
            FrameChoice::Next => Text::FrameNext,
            FrameChoice::Last | FrameChoice::At(_) => Text::FrameLast,
        },
        _ => return None,
    })
}
