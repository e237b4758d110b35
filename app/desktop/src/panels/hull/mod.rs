//! Convex hulls: which phases of two or three elements are stable, and how far above them candidates lie.

mod canvas;
mod list;

use crate::look;
use crate::numbers;
use crate::texts::hull::Text;
use crate::texts::{self, Words};
use egui::{Button, DragValue, Id, Key, TextEdit, Ui};
use std::sync::Arc;
use workbench::chart::HullTexts;
use workbench::{
    Command, Covered, FORMATION_ENERGY, HullChoice, HullPlot, HullState, ObjectiveChoice, State,
    TaskKind, Wanted,
};

/// The column that candidates are ranked by for the potential to be asked about them.
const ABOVE_HULL: &str = "potential.energy_above_hull";

/// Draws the panel.
pub fn hull_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    system_ui(ui, state, words, &mut commands);
    match &state.hull {
        HullState::None if state.is_busy(TaskKind::Hull) => {
            ui.spinner();
        }
        HullState::None => {
            ui.weak(words.get(Text::HullWhat));
        }
        HullState::Refused(why, parts) => refused_ui(ui, why, parts, words, &mut commands),
        HullState::Plot(plot) => plot_ui(ui, state, plot, words, &mut commands),
    }
    commands
}

/// The system, typed or taken from elsewhere.
fn system_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        let id = Id::unique("hull system");
        let known = &state.project.hull.system;
        // What is typed, and what the project had when typing began.
        let typed: Option<(String, String)> = ui.data(|data| data.get_temp(id));
        let typed = typed.filter(|(_, before)| before == known);
        let mut text = typed.map_or_else(|| known.clone(), |(text, _)| text);
        ui.label(words.get(Text::HullSystem));
        let edit = TextEdit::singleline(&mut text)
            .desired_width(130.0)
            .hint_text(words.get(Text::HullSystemHint));
        let edit = ui.add(edit).accessible_name(words.get(Text::HullSystem));
        let enter = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let show = ui.button(words.get(Text::HullShow)).clicked();
        if enter || show {
            let system = text.clone();
            commands.push(Command::SetHullSystem { system });
        }
        ui.data_mut(|data| data.insert_temp(id, (text, known.clone())));
        let selected = !state.project.selection.is_empty();
        let of_selected = Button::new(words.get(Text::HullOfSelected));
        if ui.add_enabled(selected, of_selected).clicked() {
            commands.push(Command::HullOfSelected);
        }
        let elements = !state.project.elements.is_empty();
        let of_elements = Button::new(words.get(Text::HullOfElements));
        if ui.add_enabled(elements, of_elements).clicked() {
            commands.push(Command::HullOfElements);
        }
        if state.is_busy(TaskKind::Hull) {
            ui.spinner();
        }
    });
}

/// Why there is no plot, and what can be drawn instead.
fn refused_ui(
    ui: &mut Ui,
    why: &str,
    parts: &[Covered],
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.colored_label(look::warning(ui), why);
    if parts.is_empty() {
        return;
    }
    ui.label(words.get(Text::HullParts));
    egui::ScrollArea::vertical().show(ui, |ui| {
        for part in parts {
            let name = words.fill(
                Text::HullPart,
                &[&part.system, &part.phases, &part.compounds],
            );
            if ui.button(name).clicked() {
                commands.push(Command::SetHullSystem {
                    system: part.system.clone(),
                });
            }
        }
    });
}

fn plot_ui(
    ui: &mut Ui,
    state: &State,
    plot: &Arc<HullPlot>,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        ui.label(words.get(Text::HullLimit));
        let mut limit = state.project.hull.limit;
        let [low, high] = HullChoice::LIMITS;
        let drag = DragValue::new(&mut limit)
            .range(low..=high)
            .speed(0.01)
            .max_decimals(3)
            .suffix(" eV/atom");
        let drag = ui.add(drag).accessible_name(words.get(Text::HullLimit));
        if drag.changed() {
            commands.push(Command::SetHullLimit { limit });
        }
        if ui.button(words.get(Text::ExportHull)).clicked() {
            commands.push(Command::ExportHull { path: None });
        }
    });
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            let height = (ui.available_height() - 60.0).clamp(240.0, 900.0);
            canvas::canvas_ui(ui, state, plot, height, words, commands);
            canvas::point_ui(ui, plot, words);
            caption_ui(ui, state, plot, words);
            candidates_ui(ui, state, plot, words, commands);
            list::list_ui(ui, state, plot, words, commands);
        });
}

/// The words of the plot in the language that is chosen.
fn texts(plot: &HullPlot, words: Words) -> HullTexts {
    let second = plot.elements.get(1).map_or("", |e| e.symbol());
    HullTexts {
        fraction: words.fill(Text::HullFraction, &[&second]),
        formation: words.get(Text::HullFormation).to_owned(),
        above: words.get(Text::HullAbove).to_owned(),
        // It stands below the plot, where it can be read out.
        caption: Vec::new(),
    }
}

/// What the energies are relative to, and how far to trust them.
fn caption_ui(ui: &mut Ui, state: &State, plot: &HullPlot, words: Words) {
    ui.weak(words.get(Text::LegendHull));
    let stable = plot.stable().count();
    ui.weak(words.fill(
        Text::HullCaption,
        &[&plot.system(), &plot.phases, &stable, &plot.model],
    ));
    if !plot.bare_pairs.is_empty() {
        let text = words.fill(Text::HullBare, &[&plot.bare_text()]);
        ui.colored_label(look::warning(ui), text);
    }
    let limit = state.project.hull.limit;
    let hidden = plot.hidden(limit);
    if hidden > 0 {
        let limit = numbers::plain(limit, 3);
        ui.weak(words.fill(Text::HullHidden, &[&hidden, &limit]));
    }
    let trust = FORMATION_ENERGY;
    let deviation = numbers::plain(trust.deviation, 2);
    ui.weak(words.fill(Text::HullTrust, &[&deviation, &trust.cases]))
        .on_hover_text(trust.to_string());
}

/// How many candidates lie here, and how to have the potential asked about them.
fn candidates_ui(
    ui: &mut Ui,
    state: &State,
    plot: &HullPlot,
    words: Words,
    commands: &mut Vec<Command>,
) {
    if plot.in_system == 0 {
        return;
    }
    let known = plot.candidates().len();
    ui.label(words.fill(Text::HullCandidates, &[&plot.in_system, &known]));
    let mut objectives = state.project.objectives.iter();
    if known < plot.in_system && !objectives.any(|o| o.property == ABOVE_HULL) {
        let ask = ui.button(words.get(Text::HullAsk));
        if ask.on_hover_text(words.get(Text::HullAskHelp)).clicked() {
            let objective = ObjectiveChoice {
                property: ABOVE_HULL.to_owned(),
                wanted: Wanted::Minimize,
            };
            commands.push(Command::AddObjective { objective });
        }
    }
}

/// What the palette calls the commands about hulls.
pub fn hull_name(command: &Command, words: Words) -> Option<String> {
    let from = |text: Text| Some([words.get(texts::Text::Hull), ": ", words.get(text)].concat());
    match command {
        Command::SetHullSystem { system } => Some(words.fill(Text::HullNamed, &[system])),
        Command::HullOfSelected => from(Text::HullOfSelected),
        Command::HullOfElements => from(Text::HullOfElements),
        Command::ExportHull { .. } => Some(words.get(Text::ExportHull).to_owned()),
        _ => None,
    }
}
