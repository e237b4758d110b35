//! The loop with a lab: a table that knows the answers, a program, or a node on the network.

use super::overview::convergence_ui;
use crate::texts::campaign::Text;
use crate::texts::{self, Words};
use egui::{Button, ComboBox, DragValue, Grid, Id, TextEdit, Ui};
use workbench::{CampaignView, Command, LabOrigin, LabSettings, ProjectSource, State, TaskKind};

/// The kinds of labs by the word before the colon.
const KINDS: [(&str, Text); 3] = [
    ("table", Text::LabTable),
    ("command", Text::LabCommand),
    ("rest", Text::LabRest),
];

/// Draws the page.
pub fn lab_ui(
    ui: &mut Ui,
    state: &State,
    view: &CampaignView,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let id = Id::unique("lab settings");
    let settings = ui.data_mut(|data| data.get_temp::<LabSettings>(id));
    let mut settings = settings.unwrap_or_else(|| LabSettings {
        lab: ["table:", &table_in_view(state).unwrap_or_default()].concat(),
        ..LabSettings::default()
    });
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            address_ui(ui, state, &mut settings, words);
            limits_ui(ui, &mut settings, words);
            let (_, address) = parts(&settings.lab);
            let ready = !address.trim().is_empty() && !state.is_busy(TaskKind::Campaign);
            let run = ui.add_enabled(ready, Button::new(words.get(Text::RunLab)));
            if run.on_hover_text(words.get(Text::RunLabHelp)).clicked() {
                let settings = Box::new(settings.clone());
                commands.push(Command::RunCampaign { settings });
            }
            ui.label(words.fill(
                Text::LabSoFar,
                &[&view.measured, &view.state.rounds.len(), &view.state.last],
            ));
            convergence_ui(ui, view, words, commands);
        });
    ui.data_mut(|data| data.insert_temp(id, settings));
}

/// The file of the candidates that are open, where they are of one.
fn table_in_view(state: &State) -> Option<String> {
    match &state.project.source {
        Some(ProjectSource::File(path)) => Some(path.display().to_string()),
        _ => None,
    }
}

/// The kind of a lab and its address.
fn parts(lab: &str) -> (&str, &str) {
    lab.split_once(':').unwrap_or(("table", lab))
}

fn address_ui(ui: &mut Ui, state: &State, settings: &mut LabSettings, words: Words) {
    let (kind, address) = parts(&settings.lab);
    let (mut kind, mut address) = (kind.to_owned(), address.to_owned());
    let known = KINDS.iter().find(|(word, _)| *word == kind);
    let (_, text) = known.unwrap_or(&KINDS[0]);
    ui.horizontal_wrapped(|ui| {
        let list = ComboBox::from_id_salt("lab kind").selected_text(words.get(*text));
        let list = list.show_ui(ui, |ui| {
            for (word, text) in KINDS {
                ui.selectable_value(&mut kind, word.to_owned(), words.get(text));
            }
        });
        list.response.accessible_name(words.get(Text::LabKind));
        let hint = match kind.as_str() {
            "command" => Text::LabCommandHint,
            "rest" => Text::LabRestHint,
            _ => Text::LabTableHint,
        };
        let edit = TextEdit::singleline(&mut address)
            .desired_width(300.0)
            .hint_text(words.get(hint));
        ui.add(edit).accessible_name(words.get(Text::LabAddress));
        if kind == "table"
            && let Some(path) = table_in_view(state)
            && ui.button(words.get(Text::LabThisTable)).clicked()
        {
            address = path;
        }
    });
    settings.lab = [&kind, ":", &address].concat();
    if kind != "table" {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(words.get(Text::LabOriginName));
        for origin in LabOrigin::ALL {
            let text = match origin {
                LabOrigin::Unstated => words.get(Text::LabUnstated),
                LabOrigin::Measured => words.get(texts::Text::OriginMeasured),
                LabOrigin::Computed => words.get(texts::Text::OriginComputed),
            };
            ui.radio_value(&mut settings.origin, origin, text);
        }
        ui.label(words.get(Text::LabTolerance));
        let drag = DragValue::new(&mut settings.tolerance)
            .range(0.0..=1.0)
            .speed(0.001);
        ui.add(drag).accessible_name(words.get(Text::LabTolerance));
    });
}

/// What ends the loop, and how long it waits.
fn limits_ui(ui: &mut Ui, settings: &mut LabSettings, words: Words) {
    Grid::new("lab limits").num_columns(2).show(ui, |ui| {
        let name = |ui: &mut Ui, text: Text| {
            ui.label(words.get(text));
        };
        name(ui, Text::LabRounds);
        ui.horizontal(|ui| {
            let mut limited = settings.rounds.is_some();
            let mut rounds = settings.rounds.unwrap_or(10);
            ui.checkbox(&mut limited, words.get(Text::LabAtMost));
            ui.add_enabled(limited, DragValue::new(&mut rounds).range(1..=100_000))
                .accessible_name(words.get(Text::LabRounds));
            settings.rounds = limited.then_some(rounds);
        });
        ui.end_row();
        name(ui, Text::CampaignBatch);
        ui.horizontal(|ui| {
            let mut own = settings.count.is_some();
            let mut count = settings.count.unwrap_or(1);
            ui.checkbox(&mut own, words.get(Text::LabOtherBatch));
            ui.add_enabled(own, DragValue::new(&mut count).range(1..=1000))
                .accessible_name(words.get(Text::CampaignBatch));
            settings.count = own.then_some(count);
        });
        ui.end_row();
        name(ui, Text::LabUntil);
        let edit = TextEdit::singleline(&mut settings.until)
            .desired_width(300.0)
            .hint_text(words.get(Text::LabUntilHint));
        ui.add(edit).accessible_name(words.get(Text::LabUntil));
        ui.end_row();
        for (text, seconds) in [
            (Text::LabAnswer, &mut settings.answer),
            (Text::LabPoll, &mut settings.poll),
            (Text::LabAway, &mut settings.away),
        ] {
            name(ui, text);
            let drag = DragValue::new(seconds).range(0.0..=1e7).speed(1.0);
            ui.add(drag.suffix(words.get(Text::SecondsSign)))
                .accessible_name(words.get(text));
            ui.end_row();
        }
    });
}
