//! Which structure of the trajectory is shown: playing, steps, speed; and its figures.

use crate::numbers;
use crate::texts::Words;
use crate::texts::relaxation::Text;
use egui::{DragValue, Grid, Slider, Ui};
use workbench::{Command, FrameChoice, Playback, State, TRAJECTORY_BYTES, Trajectory};

/// Draws what playing is done with.
pub fn play_ui(
    ui: &mut Ui,
    state: &State,
    trajectory: &Trajectory,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let playback = &state.relaxation.playback;
    let go = |frame: FrameChoice| Command::ShowFrame { frame };
    ui.horizontal_wrapped(|ui| {
        let play = match playback.playing {
            true => Text::Pause,
            false => Text::Play,
        };
        for (text, command) in [
            (Text::First, go(FrameChoice::First)),
            (Text::Previous, go(FrameChoice::Previous)),
            (
                play,
                Command::PlayTrajectory {
                    on: !playback.playing,
                },
            ),
            (Text::Next, go(FrameChoice::Next)),
            (Text::Last, go(FrameChoice::Last)),
        ] {
            if ui.button(words.get(text)).clicked() {
                commands.push(command);
            }
        }
        let (mut rate, mut repeat) = (playback.rate, playback.repeat);
        let drag = DragValue::new(&mut rate)
            .range(Playback::RATES)
            .max_decimals(0)
            .suffix(" /s");
        let drag = ui.add(drag).accessible_name(words.get(Text::Rate));
        drag.on_hover_text(words.get(Text::Rate));
        ui.checkbox(&mut repeat, words.get(Text::Repeat));
        if (rate, repeat) != (playback.rate, playback.repeat) {
            commands.push(Command::SetPlayback { rate, repeat });
        }
    });
    let last = trajectory.len().saturating_sub(1);
    let mut frame = playback.frame.min(last);
    ui.horizontal(|ui| {
        let room = (ui.available_width() - 90.0).max(80.0);
        ui.spacing_mut().slider_width = room;
        let step = |at: f64| {
            let figures = trajectory.frame(at as usize);
            figures.map_or_else(String::new, |figures| figures.step.to_string())
        };
        let slider = Slider::new(&mut frame, 0..=last)
            .custom_formatter(move |at, _| step(at))
            .custom_parser(|text| {
                trajectory
                    .nearest(text.trim().parse().ok()?)
                    .map(|at| at as f64)
            });
        let slider = ui.add(slider).accessible_name(words.get(Text::Frame));
        if slider.changed() {
            commands.push(go(FrameChoice::At(frame)));
        }
    });
}

/// Whether the structure view shows it, and moments.
pub fn view_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        let mut on = state.relaxation.shown.is_some();
        if ui.checkbox(&mut on, words.get(Text::Shown)).changed() {
            commands.push(Command::ShowTrajectory { on });
        }
        let mut on = state.project.structure_style.moments.shown;
        if ui.checkbox(&mut on, words.get(Text::Moments)).changed() {
            commands.push(Command::ShowMoments { on });
        }
    });
}

/// What is to be known of it, and saving.
pub fn save_ui(
    ui: &mut Ui,
    state: &State,
    trajectory: &Trajectory,
    words: Words,
    commands: &mut Vec<Command>,
) {
    if state.project.structure_style.moments.shown && trajectory.has_sizes_alone() {
        ui.weak(words.get(Text::MomentSizes));
    }
    if trajectory.stride() > 1 {
        let most = TRAJECTORY_BYTES >> 20;
        ui.weak(words.fill(Text::Thinned, &[&trajectory.stride(), &most]));
    }
    ui.horizontal_wrapped(|ui| {
        if ui.button(words.get(Text::SaveRelaxed)).clicked() {
            commands.push(Command::SaveRelaxed { path: None });
        }
        if trajectory.is_run() && ui.button(words.get(Text::SaveTrajectory)).clicked() {
            commands.push(Command::SaveTrajectory { path: None });
        }
    });
}

/// The figures of the structure that playing stands at; what is not known is left out.
pub fn figures_ui(ui: &mut Ui, state: &State, words: Words) {
    let Some(figures) = state.relaxation.figures() else {
        return;
    };
    let moments = state
        .relaxation
        .shown
        .as_ref()
        .map_or(f64::NAN, |structure| {
            let sizes = structure.sites.iter().map(|site| site.magnetic_moment);
            sizes.map(|m| m.map_or(f64::NAN, f64::abs)).sum()
        });
    let known = [
        (Text::FigureEnergy, figures.energy_per_atom, 4, "eV/atom"),
        (Text::FigureForce, figures.largest_force, 4, "eV/Å"),
        (Text::FigurePressure, figures.pressure, 3, "GPa"),
        (Text::FigureStress, figures.largest_stress, 3, "GPa"),
        (Text::FigureVolume, figures.volume, 2, "Å³"),
        (Text::FigureMoment, moments, 2, "µB"),
    ];
    Grid::new("figures of a step")
        .num_columns(4)
        .show(ui, |ui| {
            ui.weak(words.get(Text::FigureStep));
            ui.label(numbers::count(figures.step));
            let known = known.into_iter().filter(|(_, value, ..)| value.is_finite());
            for (place, (text, value, decimals, unit)) in (1..).zip(known) {
                if usize::is_multiple_of(place, 2) {
                    ui.end_row();
                }
                ui.weak(words.get(text));
                ui.label([&format!("{value:.decimals$}").replace('-', "−"), " ", unit].concat());
            }
            ui.end_row();
        });
}
