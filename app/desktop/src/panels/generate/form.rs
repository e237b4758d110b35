//! What is asked for.

use crate::numbers;
use crate::texts::Words;
use crate::texts::generate::Text;
use egui::{Button, CollapsingHeader, DragValue, Grid, Id, Key, TextEdit, Ui};
use workbench::{Command, GenerateSettings, PrototypeLine, State, TaskKind};

/// What is filled in.
#[derive(Clone, Default)]
struct Form {
    settings: GenerateSettings,
    /// Which structure types are listed.
    search: String,
}

/// Draws the question, and asks it.
pub fn form_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let id = Id::unique("generate");
    let mut form = ui.data_mut(|data| data.get_temp::<Form>(id).unwrap_or_default());
    ui.strong(words.get(Text::GenerateParents));
    parents_ui(ui, state, &mut form, words);
    ui.strong(words.get(Text::GenerateElements));
    let asked = elements_ui(ui, &mut form.settings, words);
    limits_ui(ui, &mut form.settings, words);
    let settings = &form.settings;
    let any = settings.all || settings.selected || !settings.prototypes.is_empty();
    let free = any && !state.is_busy(TaskKind::Generate);
    let make = ui.add_enabled(free, Button::new(words.get(Text::GenerateMake)));
    let make = make.on_disabled_hover_text(words.get(Text::GenerateChoose));
    if make.clicked() || asked && free {
        let settings = Box::new(settings.clone());
        commands.push(Command::Generate { settings });
    }
    ui.data_mut(|data| data.insert_temp(id, form));
}

/// The structure types to choose from, and the selected candidate's structure.
fn parents_ui(ui: &mut Ui, state: &State, form: &mut Form, words: Words) {
    let settings = &mut form.settings;
    ui.horizontal_wrapped(|ui| {
        ui.checkbox(&mut settings.all, words.get(Text::GenerateAll));
        let structure = state.structure.as_ref();
        let structure = structure.and_then(|s| s.structure.as_ref()?.as_ref().ok());
        match structure {
            Some(structure) => {
                let name = words.fill(Text::GenerateSelected, &[&structure.formula()]);
                ui.checkbox(&mut settings.selected, name);
            }
            None => settings.selected = false,
        }
    });
    let Some(all) = &state.generated.prototypes else {
        ui.spinner();
        return;
    };
    if settings.all {
        return;
    }
    ui.horizontal(|ui| {
        let edit = TextEdit::singleline(&mut form.search)
            .desired_width(200.0)
            .hint_text(words.get(Text::GenerateSearchHint));
        ui.add(edit)
            .accessible_name(words.get(Text::GenerateSearch));
        let count = settings.prototypes.len();
        ui.weak(words.fill(Text::GenerateChosen, &[&count, &all.len()]));
        let none = ui.add_enabled(
            count > 0,
            Button::new(words.get(Text::GenerateNone)).small(),
        );
        if none.clicked() {
            settings.prototypes.clear();
        }
    });
    let found: Vec<&PrototypeLine> = all.iter().filter(|p| p.answers(&form.search)).collect();
    let height = ui.text_style_height(&egui::TextStyle::Body) + 4.0;
    egui::ScrollArea::vertical()
        .id_salt("prototypes")
        .max_height(150.0)
        .auto_shrink([false, true])
        .show_rows(ui, height, found.len(), |ui, range| {
            for prototype in &found[range] {
                prototype_ui(ui, prototype, &mut settings.prototypes, words);
            }
        });
}

fn prototype_ui(ui: &mut Ui, prototype: &PrototypeLine, chosen: &mut Vec<String>, words: Words) {
    let mut on = chosen.contains(&prototype.name);
    let name = words.fill(
        Text::GenerateType,
        &[
            &prototype.name,
            &prototype.formula,
            &prototype.symbol,
            &prototype.sites,
        ],
    );
    let tick = ui.checkbox(&mut on, name);
    let tick = tick.on_hover_text([&prototype.called, "\n", &prototype.source].concat());
    if tick.changed() {
        match on {
            true => chosen.push(prototype.name.clone()),
            false => chosen.retain(|name| *name != prototype.name),
        }
    }
}

/// Which elements; whether Enter in a field asks for candidates.
fn elements_ui(ui: &mut Ui, settings: &mut GenerateSettings, words: Words) -> bool {
    let mut asked = false;
    Grid::new("generate elements")
        .num_columns(2)
        .show(ui, |ui| {
            for (text, hint, value) in [
                (
                    Text::GenerateAllowed,
                    Text::GenerateAllowedHint,
                    &mut settings.elements,
                ),
                (
                    Text::GenerateExcluded,
                    Text::GenerateExcludedHint,
                    &mut settings.exclude,
                ),
                (
                    Text::GenerateAnions,
                    Text::GenerateAnionsHint,
                    &mut settings.anions,
                ),
                (
                    Text::GenerateRules,
                    Text::GenerateRulesHint,
                    &mut settings.substitute,
                ),
            ] {
                ui.label(words.get(text));
                let edit = TextEdit::singleline(value)
                    .desired_width(260.0)
                    .hint_text(words.get(hint));
                let edit = ui.add(edit).accessible_name(words.get(text));
                asked |= edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                ui.end_row();
            }
        });
    asked
}

fn limits_ui(ui: &mut Ui, settings: &mut GenerateSettings, words: Words) {
    ui.horizontal_wrapped(|ui| {
        ui.label(words.get(Text::GenerateMost));
        ui.add(DragValue::new(&mut settings.most).range(1..=100_000))
            .accessible_name(words.get(Text::GenerateMost));
        ui.label(words.get(Text::GenerateProbability));
        // By powers of ten: a drag over a linear scale would never leave the zeros.
        let mut power = settings.probability.max(1e-30).log10();
        let drag = DragValue::new(&mut power)
            .range(-20.0..=0.0)
            .speed(0.02)
            .custom_formatter(|power, _| numbers::plain(10_f64.powf(power), 2))
            .custom_parser(|text| {
                let number = text.trim().parse::<f64>().ok();
                number.filter(|p| *p > 0.0).map(f64::log10)
            });
        let drag = ui.add(drag);
        let drag = drag.accessible_name(words.get(Text::GenerateProbability));
        if drag
            .on_hover_text(words.get(Text::GenerateProbabilityHelp))
            .changed()
        {
            settings.probability = 10_f64.powf(power);
        }
    });
    CollapsingHeader::new(words.get(Text::GenerateMore)).show(ui, |ui| {
        Grid::new("generate limits").num_columns(2).show(ui, |ui| {
            ui.label(words.get(Text::GenerateSites));
            ui.add(DragValue::new(&mut settings.sites).range(1..=1000))
                .accessible_name(words.get(Text::GenerateSites));
            ui.end_row();
            for (text, value, most) in [
                (Text::GenerateBonds, &mut settings.bond_mismatch, 1.0),
                (Text::GenerateRadii, &mut settings.radius_mismatch, 1.0),
                (Text::GeneratePettifor, &mut settings.pettifor, 103.0),
            ] {
                ui.label(words.get(text));
                let speed = 0.002 * most;
                ui.add(DragValue::new(value).range(0.0..=most).speed(speed))
                    .accessible_name(words.get(text));
                ui.end_row();
            }
        });
    });
}
