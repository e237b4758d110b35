//! All that happened, event by event, and taking it back: a retraction is an event of its own, and says what was built on what it
//! takes back.

use super::button_ui;
use crate::look;
use crate::texts::campaign::Text;
use crate::texts::{self, Words};
use egui::{Button, ComboBox, Id, RichText, TextEdit, Ui};
use workbench::{CampaignView, Command, HistoryLine, State, TaskKind, in_words_of};

/// Lines of what was built on an event that are listed.
const LISTED: usize = 12;

/// What is to be retracted, once that was asked.
#[derive(Clone, Default)]
struct Asked {
    event: u64,
    entry: Option<u32>,
    reason: String,
}

/// Draws the page.
pub fn history_ui(
    ui: &mut Ui,
    state: &State,
    view: &CampaignView,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        ui.weak(words.get(Text::HistoryUndo));
        if button_ui(ui, state, words.get(Text::VerifyCampaign)) {
            commands.push(Command::VerifyCampaign);
        }
    });
    let id = Id::unique("event to retract").with(&view.path);
    let asked = ui.data_mut(|data| data.get_temp::<Option<Asked>>(id).flatten());
    let asked = asked.and_then(|asked| {
        let line = view.history.iter().find(|line| line.number == asked.event);
        let line = line.filter(|line| line.can_retract)?;
        retract_ui(ui, state, view, line, asked, words, commands)
    });
    let clicked = lines_ui(ui, view, words);
    let asked = match clicked {
        Some(event) => Some(Asked {
            event,
            ..Asked::default()
        }),
        None => asked,
    };
    ui.data_mut(|data| data.insert_temp(id, asked));
}

/// What would be taken back, what was built on it, and why; `None` once that is decided.
fn retract_ui(
    ui: &mut Ui,
    state: &State,
    view: &CampaignView,
    line: &HistoryLine,
    mut asked: Asked,
    words: Words,
    commands: &mut Vec<Command>,
) -> Option<Asked> {
    let mut decided = false;
    ui.group(|ui| {
        let title = match line.is_retraction {
            true => Text::RetractBack,
            false => Text::RetractTitle,
        };
        ui.strong(words.fill(title, &[&line.number, &line.text]));
        if line.entries > 1 {
            entry_ui(ui, line, &mut asked, words);
        }
        let found = in_words_of(&view.dependents(line.number, asked.entry));
        match found.is_empty() {
            true => ui.weak(words.get(Text::RetractNothing)),
            false => ui.label(words.get(Text::RetractBuilt)),
        };
        for built in found.iter().take(LISTED) {
            ui.colored_label(look::warning(ui), built);
        }
        if found.len() > LISTED {
            ui.weak(words.fill(Text::AndMore, &[&(found.len() - LISTED)]));
        }
        let edit = TextEdit::singleline(&mut asked.reason)
            .desired_width(360.0)
            .hint_text(words.get(Text::RetractReasonHint));
        ui.add(edit).accessible_name(words.get(Text::RetractReason));
        ui.horizontal(|ui| {
            let ready = !asked.reason.trim().is_empty() && !state.is_busy(TaskKind::Campaign);
            let retract = ui.add_enabled(ready, Button::new(words.get(Text::RetractDo)));
            if retract.clicked() {
                commands.push(Command::RetractEvent {
                    event: asked.event,
                    entry: asked.entry,
                    reason: asked.reason.clone(),
                });
                decided = true;
            }
            decided |= ui.button(words.get(texts::Text::Cancel)).clicked();
        });
    });
    (!decided).then_some(asked)
}

fn entry_ui(ui: &mut Ui, line: &HistoryLine, asked: &mut Asked, words: Words) {
    let all = words.fill(Text::RetractAll, &[&line.entries]);
    let one = |entry: u32| words.fill(Text::RetractEntry, &[&entry]);
    let list = ComboBox::from_id_salt("entry");
    let list = list.selected_text(asked.entry.map_or_else(|| all.clone(), one));
    let list = list.show_ui(ui, |ui| {
        ui.selectable_value(&mut asked.entry, None, &all);
        for entry in (1..=line.entries).filter(|entry| !line.struck_entries.contains(entry)) {
            ui.selectable_value(&mut asked.entry, Some(entry), one(entry));
        }
    });
    list.response.accessible_name(words.get(Text::RetractWhich));
}

/// The events, the newest first; the one that is asked to be retracted.
fn lines_ui(ui: &mut Ui, view: &CampaignView, words: Words) -> Option<u64> {
    let mut clicked = None;
    let count = view.history.len();
    let height = ui.spacing().interact_size.y;
    egui::ScrollArea::both()
        .id_salt("history")
        .auto_shrink(false)
        .show_rows(ui, height, count, |ui, rows| {
            for place in rows {
                let line = &view.history[count - 1 - place];
                ui.horizontal(|ui| {
                    ui.set_min_height(height);
                    ui.monospace(format!("{:>4}", line.number));
                    if line.can_retract {
                        let button = ui.small_button(words.get(Text::Retract));
                        let name = words.fill(Text::RetractNamed, &[&line.number]);
                        if button.accessible_name(name).clicked() {
                            clicked = Some(line.number);
                        }
                    }
                    ui.weak(&line.at);
                    let text = RichText::new(&line.text);
                    match line.struck {
                        true => ui.label(text.strikethrough()),
                        false => ui.label(text),
                    };
                    ui.weak(&line.hash);
                });
            }
        });
    clicked
}
