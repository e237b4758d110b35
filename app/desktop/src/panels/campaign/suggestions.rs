//! What the campaign suggests, what became of it, and why each was chosen.

use super::{button_ui, standing_name, value_text};
use crate::numbers;
use crate::texts::campaign::Text;
use crate::texts::{self, Words};
use egui::{DragValue, Grid, Id, ProgressBar, RichText, Ui};
use workbench::{CampaignView, Command, State, SuggestionView};

/// Draws the page.
pub fn suggestions_ui(
    ui: &mut Ui,
    state: &State,
    view: &CampaignView,
    words: Words,
    commands: &mut Vec<Command>,
) {
    asking_ui(ui, state, view, words, commands);
    if view.suggestions.is_empty() {
        ui.weak(words.get(Text::NothingSuggested));
        return;
    }
    let id = Id::unique("suggestion shown");
    let chosen = ui.data(|data| data.get_temp::<String>(id));
    let of = |name: &String| view.suggestions.iter().find(|s| s.id == *name);
    let shown = chosen.as_ref().and_then(of).or(view.suggestions.last());
    let shown_id = shown.map(|s| s.id.clone()).unwrap_or_default();
    if let Some(suggestion) = shown {
        ui.group(|ui| why_ui(ui, view, suggestion, words));
    }
    if let Some(clicked) = table_ui(ui, view, &shown_id, words) {
        ui.data_mut(|data| data.insert_temp(id, clicked));
    }
}

fn asking_ui(
    ui: &mut Ui,
    state: &State,
    view: &CampaignView,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let id = Id::unique("how many to suggest");
    let batch = view.state.created.batch;
    let mut count = ui.data(|data| data.get_temp::<u32>(id)).unwrap_or(batch);
    ui.horizontal_wrapped(|ui| {
        ui.add(DragValue::new(&mut count).range(1..=1000))
            .accessible_name(words.get(Text::CampaignBatch));
        if button_ui(ui, state, words.get(Text::SuggestNext)) {
            let count = Some(count);
            commands.push(Command::SuggestNext { count });
        }
        if button_ui(ui, state, words.get(Text::WriteWorksheet)) {
            commands.push(Command::WriteWorksheet { path: None });
        }
        ui.weak(words.fill(Text::OpenCount, &[&view.open().count()]));
    });
    ui.data_mut(|data| data.insert_temp(id, count));
}

/// Why a candidate was chosen.
fn why_ui(ui: &mut Ui, view: &CampaignView, suggestion: &SuggestionView, words: Words) {
    ui.strong(words.fill(
        Text::WhySuggested,
        &[&suggestion.id, &suggestion.round, &suggestion.event],
    ));
    ui.label(&suggestion.why);
    Grid::new("why").num_columns(3).show(ui, |ui| {
        ui.weak(words.get(Text::ColumnOutcome));
        ui.weak(words.get(Text::ColumnExpected));
        ui.weak(words.get(Text::ColumnObserved));
        ui.end_row();
        let rows = suggestion.expected.iter().zip(&suggestion.observed);
        for ((label, measured), (expected, observed)) in view.outcomes.iter().zip(rows) {
            ui.label(label);
            ui.label(known(value_text(*expected), words));
            match measured {
                true => ui.label(known(value_text(*observed), words)),
                false => ui.weak(words.get(Text::KnownBefore)),
            };
            ui.end_row();
        }
    });
    ui.horizontal_wrapped(|ui| {
        let feasible = numbers::plain(100.0 * suggestion.feasible, 3);
        ui.label(words.fill(Text::WhyFeasible, &[&feasible]));
        if suggestion.improvement.is_finite() {
            let improvement = numbers::plain(suggestion.improvement, 3);
            ui.label(words.fill(Text::WhyImprovement, &[&improvement]));
        }
        if let Some((name, distance)) = &suggestion.nearest {
            let distance = numbers::plain(*distance, 3);
            ui.label(words.fill(Text::WhyNearest, &[name, &distance]));
        }
    });
    if suggestion.drivers.is_empty() {
        return;
    }
    ui.weak(words.get(Text::WhyDrivers));
    Grid::new("drivers").num_columns(2).show(ui, |ui| {
        for (name, share) in &suggestion.drivers {
            ui.label(name);
            let bar = ProgressBar::new(*share as f32).desired_width(140.0);
            ui.add(bar.show_percentage());
            ui.end_row();
        }
    });
}

fn known(text: String, words: Words) -> String {
    match text.is_empty() {
        true => words.get(texts::Text::MissingSign).to_owned(),
        false => text,
    }
}

/// All suggestions, the newest first; the one that was clicked.
fn table_ui(ui: &mut Ui, view: &CampaignView, shown: &str, words: Words) -> Option<String> {
    let mut clicked = None;
    let height = ui.text_style_height(&egui::TextStyle::Body) + 6.0;
    let count = view.suggestions.len();
    egui::ScrollArea::both()
        .id_salt("suggestions")
        .auto_shrink(false)
        .show_rows(ui, height, count + 1, |ui, rows| {
            Grid::new("suggestions").striped(true).show(ui, |ui| {
                head_ui(ui, view, words);
                for place in rows.filter(|&row| row < count) {
                    let suggestion = &view.suggestions[count - 1 - place];
                    let is_shown = suggestion.id == shown;
                    if row_ui(ui, view, suggestion, is_shown, words) {
                        clicked = Some(suggestion.id.clone());
                    }
                }
            });
        });
    clicked
}

fn head_ui(ui: &mut Ui, view: &CampaignView, words: Words) {
    for text in [
        Text::Suggestion,
        Text::ColumnRound,
        Text::ColumnStanding,
        Text::ColumnMethod,
    ] {
        ui.weak(words.get(text));
    }
    for (label, _) in &view.outcomes {
        ui.weak(label);
    }
    for input in &view.inputs {
        ui.weak(input);
    }
    ui.end_row();
}

fn row_ui(
    ui: &mut Ui,
    view: &CampaignView,
    suggestion: &SuggestionView,
    is_shown: bool,
    words: Words,
) -> bool {
    let why = ui.selectable_label(is_shown, RichText::new(&suggestion.id).strong());
    let clicked = why
        .accessible_name(words.fill(Text::WhyNamed, &[&suggestion.id]))
        .clicked();
    ui.label(suggestion.round.to_string());
    ui.label(words.get(standing_name(suggestion.standing)));
    ui.label(&suggestion.method);
    for (place, _) in view.outcomes.iter().enumerate() {
        // What was measured counts; what was expected is shown weakly until then.
        let observed = value_text(suggestion.observed[place]);
        match observed.is_empty() {
            false => ui.label(observed),
            true => ui.weak(value_text(suggestion.expected[place])),
        };
    }
    for cell in &suggestion.cells {
        ui.label(cell);
    }
    ui.end_row();
    clicked
}
