//! What is being done, how far it is, and what was said.

use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{ProgressBar, RichText, Ui};
use workbench::{Command, LogLevel, State, Task, TaskKind};

/// Draws the panel.
pub fn tasks_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    for task in &state.tasks {
        task_ui(ui, task, words, &mut commands);
    }
    if state.tasks.is_empty() {
        ui.weak(words.get(Text::NothingToDo));
    }
    ui.horizontal(|ui| {
        ui.strong(words.get(Text::Messages));
        if !state.log.is_empty() && ui.small_button(words.get(Text::ClearLog)).clicked() {
            commands.push(Command::ClearLog);
        }
    });
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .stick_to_bottom(true)
        .show(ui, |ui| {
            for line in &state.log {
                let text = RichText::new(&line.text);
                let text = match line.level {
                    LogLevel::Note => text,
                    LogLevel::Warning => text.color(look::warning(ui)),
                    LogLevel::Error => text.color(look::error(ui)),
                };
                ui.horizontal_wrapped(|ui| {
                    ui.weak(numbers::seconds(line.at));
                    ui.label(text);
                });
            }
        });
    commands
}

/// One line for a task: name, progress, time left, cancel. Also used by the status bar.
pub fn task_ui(ui: &mut Ui, task: &Task, words: Words, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(words.get(task_name(task.kind)));
        match task.fraction() {
            Some(fraction) => {
                let bar = ProgressBar::new(fraction).desired_width(140.0);
                ui.add(bar.show_percentage());
            }
            None => {
                ui.spinner();
            }
        }
        if let Some(left) = task.time_left().filter(|left| left.as_secs() > 0) {
            ui.weak(words.fill(Text::TimeLeft, &[&numbers::seconds(left)]));
        }
        let cancel = ui.small_button(words.get(Text::Cancel));
        let name = words.fill(Text::CancelTask, &[&words.get(task_name(task.kind))]);
        if cancel.accessible_name(name).clicked() {
            commands.push(Command::Cancel { task: task.id });
        }
    });
}

fn task_name(kind: TaskKind) -> Text {
    match kind {
        TaskKind::LoadPlugins | TaskKind::LookAtPlugin => Text::TaskLoadPlugins,
        TaskKind::Shelf => Text::TaskShelf,
        TaskKind::Preview | TaskKind::Read => Text::TaskRead,
        TaskKind::Structure => Text::TaskStructure,
        TaskKind::Screen => Text::TaskScreen,
        TaskKind::Sort => Text::TaskSort,
        TaskKind::Plot | TaskKind::Parallel => Text::TaskPlot,
        TaskKind::Elements => Text::TaskElements,
        TaskKind::Count => Text::TaskCount,
        TaskKind::Copy => Text::TaskCopy,
        TaskKind::Export => Text::TaskExport,
        TaskKind::LoadModels => Text::TaskLoadModels,
        TaskKind::TrainModel => Text::TaskTrainModel,
        TaskKind::Explain => Text::TaskExplain,
        TaskKind::Relax => Text::TaskRelax,
        TaskKind::ReadTrajectory => Text::TaskReadTrajectory,
        TaskKind::Campaign => Text::TaskCampaign,
        TaskKind::Compare => Text::TaskCompare,
        TaskKind::Drill => Text::TaskDrill,
        TaskKind::Hull => Text::TaskHull,
        TaskKind::Prototypes | TaskKind::Parent => Text::TaskPrototypes,
        TaskKind::Generate => Text::TaskGenerate,
        TaskKind::WriteGenerated => Text::TaskWriteGenerated,
    }
}
