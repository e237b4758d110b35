//! The fire drill: a made-up lab fails in every way while one watches event by event.

use crate::look;
use crate::texts::Words;
use crate::texts::campaign::Text;
use egui::{Button, DragValue, Id, Ui};
use workbench::{Command, Drill, DrillEnd, Fault, Speaker, State, TaskKind};

/// Draws the page.
pub fn drill_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    ui.label(words.get(Text::DrillWhat));
    let id = Id::unique("pace of the drill");
    let mut pace = ui
        .data(|data| data.get_temp::<u32>(id))
        .unwrap_or(Command::DRILL_PACE);
    ui.horizontal_wrapped(|ui| {
        let free = !state.is_busy(TaskKind::Drill);
        let start = ui.add_enabled(free, Button::new(words.get(Text::StartDrill)));
        if start.clicked() {
            commands.push(Command::StartDrill { pace });
        }
        ui.label(words.get(Text::DrillPace));
        let drag = DragValue::new(&mut pace).range(0..=5000).speed(10.0);
        ui.add(drag.suffix(words.get(Text::MillisecondsSign)))
            .accessible_name(words.get(Text::DrillPace));
    });
    ui.data_mut(|data| data.insert_temp(id, pace));
    let Some(drill) = &state.campaigns.drill else {
        return;
    };
    match &drill.end {
        Some(Ok(end)) => end_ui(ui, end, words),
        Some(Err(why)) => {
            ui.colored_label(look::error(ui), why);
        }
        None => {}
    }
    faults_ui(ui, drill, words);
    ui.separator();
    lines_ui(ui, drill, words);
}

/// What the drill showed in the end.
fn end_ui(ui: &mut Ui, end: &DrillEnd, words: Words) {
    let verified = &end.verified;
    let hash = verified.head.get(..12).unwrap_or_default();
    ui.strong(words.fill(
        Text::DrillVerified,
        &[&verified.events, &verified.replayed, &hash],
    ));
    let text = words.fill(
        Text::DrillBooks,
        &[&end.suggested, &end.begun, &end.twice, &end.unanswered],
    );
    match end.twice + end.unanswered {
        0 => ui.strong(text),
        _ => ui.colored_label(look::error(ui), text),
    };
}

/// What is to go wrong, and which event showed it.
fn faults_ui(ui: &mut Ui, drill: &Drill, words: Words) {
    ui.horizontal_wrapped(|ui| {
        for (fault, seen) in &drill.faults {
            let name = words.get(fault_name(*fault));
            match seen {
                Some(event) => ui.label(words.fill(Text::FaultSeen, &[&name, event])),
                None => ui.weak(words.fill(Text::FaultAwaited, &[&name])),
            };
        }
    });
}

fn lines_ui(ui: &mut Ui, drill: &Drill, words: Words) {
    let height = ui.text_style_height(&egui::TextStyle::Body);
    egui::ScrollArea::both()
        .id_salt("drill")
        .auto_shrink(false)
        .stick_to_bottom(true)
        .show_rows(ui, height, drill.lines.len(), |ui, rows| {
            for line in &drill.lines[rows] {
                ui.horizontal(|ui| {
                    ui.weak(format!("{:6.1} s", line.at.as_secs_f32()));
                    let speaker = match line.speaker {
                        Speaker::Lab => Text::SpeakerLab,
                        Speaker::Campaign => Text::SpeakerCampaign,
                        Speaker::Program => Text::SpeakerProgram,
                    };
                    let speaker = words.get(speaker);
                    match (line.speaker, line.event) {
                        (Speaker::Lab, _) => {
                            ui.colored_label(look::warning(ui), [speaker, &line.text].join(": "))
                        }
                        (_, Some(event)) => ui.label(format!("{speaker} {event}: {}", line.text)),
                        (_, None) => ui.strong([speaker, &line.text].join(": ")),
                    };
                });
            }
        });
}

fn fault_name(fault: Fault) -> Text {
    match fault {
        Fault::Twice => Text::FaultTwice,
        Fault::Wrong => Text::FaultWrong,
        Fault::Partial => Text::FaultPartial,
        Fault::Timeout => Text::FaultTimeout,
        Fault::Late => Text::FaultLate,
        Fault::Never => Text::FaultNever,
        Fault::Garbage => Text::FaultGarbage,
        Fault::Stranger => Text::FaultStranger,
        Fault::Failed => Text::FaultFailed,
        Fault::Busy => Text::FaultBusy,
        Fault::Away => Text::FaultAway,
        Fault::Dies => Text::FaultDies,
        Fault::Lost => Text::FaultLost,
        Fault::Refused => Text::FaultRefused,
        Fault::Stopped => Text::FaultStopped,
        Fault::EndsSubmitting => Text::FaultEndsSubmitting,
        Fault::EndsWithAnswer => Text::FaultEndsWithAnswer,
    }
}
