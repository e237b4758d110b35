//! Opening a campaign, or beginning one over the candidates that are open.

use crate::look;
use crate::texts::campaign::Text;
use crate::texts::{self, Words};
use egui::{Button, CollapsingHeader, ComboBox, DragValue, Grid, Id, TextEdit, Ui};
use std::path::PathBuf;
use workbench::{
    CampaignSettings, ColumnKind, Command, ObjectiveChoice, ProjectSource, State, TaskKind, Wanted,
};

/// What is filled in, and for which candidates.
#[derive(Clone, Default)]
struct Form {
    source: Option<ProjectSource>,
    settings: CampaignSettings,
    ignored: String,
    budget: String,
    leads: String,
    space: String,
    /// The campaign's file.
    path: String,
}

/// Draws what there is without a campaign.
pub fn begin_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            if state.is_busy(TaskKind::Campaign) {
                ui.spinner();
                return;
            }
            ui.label(words.get(Text::CampaignWhat));
            if ui.button(words.get(Text::OpenCampaign)).clicked() {
                commands.push(Command::OpenCampaign { path: None });
            }
            if let Some(path) = &state.project.campaign {
                ui.horizontal_wrapped(|ui| {
                    ui.weak(path.display().to_string());
                    if ui.button(words.get(Text::ReadCampaign)).clicked() {
                        commands.push(Command::ReadCampaign);
                    }
                    if ui.button(words.get(Text::CloseCampaign)).clicked() {
                        commands.push(Command::CloseCampaign);
                    }
                });
            }
            ui.separator();
            ui.strong(words.get(Text::NewCampaign));
            form_ui(ui, state, words, commands);
        });
}

fn form_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let id = Id::unique("new campaign");
    let mut form = ui.data_mut(|data| data.get_temp::<Form>(id).unwrap_or_default());
    if form.source != state.project.source {
        form = Form {
            source: state.project.source.clone(),
            settings: state.campaign_defaults(),
            path: default_path(state),
            ..Form::default()
        };
    }
    objectives_ui(ui, state, &mut form.settings, words);
    // What is asked of the open candidates says nothing of a space.
    form.settings.constraints = match form.settings.space {
        Some(_) => Vec::new(),
        None => state.campaign_constraints(),
    };
    if !form.settings.constraints.is_empty() {
        ui.label(words.get(Text::CampaignConstraints));
        for constraint in &form.settings.constraints {
            ui.weak(constraint);
        }
    }
    rounds_ui(ui, &mut form.settings, words);
    if state.table.is_none() {
        space_ui(ui, state, &mut form, words);
    }
    file_ui(ui, state, &mut form, words, commands);
    CollapsingHeader::new(words.get(Text::CampaignMore)).show(ui, |ui| {
        settings_ui(ui, state, &mut form, words);
        if state.table.is_some() {
            space_ui(ui, state, &mut form, words);
        }
    });
    ui.data_mut(|data| data.insert_temp(id, form));
}

/// The design space that stands in for candidates; without any it must be named.
fn space_ui(ui: &mut Ui, state: &State, form: &mut Form, words: Words) {
    ui.horizontal_wrapped(|ui| {
        ui.label(words.get(Text::CampaignSpace));
        let hint = match state.table {
            Some(_) => Text::CampaignSpaceNone,
            None => Text::CampaignSpaceHint,
        };
        let edit = TextEdit::singleline(&mut form.space)
            .desired_width(200.0)
            .hint_text(words.get(hint));
        ui.add(edit)
            .accessible_name(words.get(Text::CampaignSpace))
            .on_hover_text(words.get(Text::CampaignSpaceHelp));
    });
    let typed = form.space.trim();
    form.settings.space = (!typed.is_empty()).then(|| typed.into());
}

/// Where the campaign will lie, and its beginning.
fn file_ui(ui: &mut Ui, state: &State, form: &mut Form, words: Words, commands: &mut Vec<Command>) {
    let (budget, leads) = (form.budget.trim(), form.leads.trim());
    form.settings.budget = budget.parse().ok();
    form.settings.leads = leads.parse().ok().filter(|leads| *leads > 0);
    let wrong = !budget.is_empty() && form.settings.budget.is_none()
        || !leads.is_empty() && form.settings.leads.is_none();
    if wrong {
        ui.colored_label(look::error(ui), words.get(texts::Text::NotANumber));
    }
    let mut aims = form.settings.objectives.iter();
    let there = state.table.is_some() || form.settings.space.is_some();
    let ready = there && !wrong && aims.any(|o| !o.property.trim().is_empty());
    ui.horizontal_wrapped(|ui| {
        let edit = TextEdit::singleline(&mut form.path)
            .desired_width(240.0)
            .hint_text(words.get(Text::CampaignFileHint));
        ui.add(edit).accessible_name(words.get(Text::CampaignFile));
        let mut begin = |path: Option<PathBuf>| {
            let settings = Box::new(form.settings.clone());
            commands.push(Command::NewCampaign { settings, path });
        };
        let button = ui.add_enabled(ready, Button::new(words.get(Text::BeginCampaign)));
        if button.clicked() {
            // Without a file, the window asks for one.
            let typed = form.path.trim();
            begin((!typed.is_empty()).then(|| typed.into()));
        }
        let button = ui.add_enabled(ready, Button::new(words.get(Text::BeginElsewhere)));
        if button.clicked() {
            begin(None);
        }
    });
}

/// A new file beside the table, where the candidates are of one.
fn default_path(state: &State) -> String {
    let Some(ProjectSource::File(table)) = &state.project.source else {
        return String::new();
    };
    let stem = table.file_stem().unwrap_or_default().to_string_lossy();
    let names = (1..100).map(|number| match number {
        1 => format!("{stem}.lode"),
        number => format!("{stem}-{number}.lode"),
    });
    let mut paths = names.map(|name| table.with_file_name(name));
    let free = paths.find(|path| !path.exists());
    free.map_or_else(String::new, |path| path.display().to_string())
}

/// What is measured and wanted: columns by their names, or something that is yet to be measured.
fn objectives_ui(ui: &mut Ui, state: &State, settings: &mut CampaignSettings, words: Words) {
    let mut removed = None;
    let before = settings.objectives.clone();
    for (index, objective) in settings.objectives.iter_mut().enumerate() {
        ui.push_id(("aim", index), |ui| {
            ui.horizontal(|ui| {
                wanted_ui(ui, &mut objective.wanted, index, words);
                let edit = TextEdit::singleline(&mut objective.property)
                    .desired_width(200.0)
                    .hint_text(words.get(Text::AimHint));
                ui.add(edit)
                    .accessible_name(words.fill(Text::AimName, &[&(index + 1)]));
                let name = words.fill(Text::AimColumns, &[&(index + 1)]);
                let menu = ui.menu_button(words.get(texts::Text::Columns), |ui| {
                    for column in own_numbers(state) {
                        if ui.button(&column).clicked() {
                            objective.property = column;
                        }
                    }
                });
                menu.response.accessible_name(name);
                let remove = ui.small_button(words.get(texts::Text::RemoveSign));
                let name = words.fill(texts::Text::RemoveObjective, &[&objective.property]);
                if remove.accessible_name(name).clicked() {
                    removed = Some(index);
                }
            });
        });
    }
    if let Some(index) = removed {
        settings.objectives.remove(index);
    }
    if ui.button(words.get(Text::AddAim)).clicked() {
        settings.objectives.push(ObjectiveChoice {
            property: String::new(),
            wanted: Wanted::Maximize,
        });
    }
    if settings.objectives != before {
        settings.blind = state.knows_all(&settings.objectives);
    }
}

fn wanted_ui(ui: &mut Ui, wanted: &mut Wanted, index: usize, words: Words) {
    let text = match wanted {
        Wanted::Maximize => texts::Text::Maximize,
        Wanted::Minimize => texts::Text::Minimize,
        Wanted::Target(_) => texts::Text::Target,
    };
    let list = ComboBox::from_id_salt("wanted").selected_text(words.get(text));
    let list = list.show_ui(ui, |ui| {
        let target = match wanted {
            Wanted::Target(value) => *value,
            _ => 0.0,
        };
        ui.selectable_value(wanted, Wanted::Maximize, words.get(texts::Text::Maximize));
        ui.selectable_value(wanted, Wanted::Minimize, words.get(texts::Text::Minimize));
        ui.selectable_value(
            wanted,
            Wanted::Target(target),
            words.get(texts::Text::Target),
        );
    });
    list.response
        .accessible_name(words.fill(Text::AimWanted, &[&(index + 1)]));
    if let Wanted::Target(value) = wanted {
        ui.add(DragValue::new(value).speed(0.01))
            .accessible_name(words.get(texts::Text::TargetValue));
    }
}

/// The table's own columns of numbers.
fn own_numbers(state: &State) -> Vec<String> {
    let columns = state.results.iter().flat_map(|results| results.columns());
    let own = columns.filter(|c| matches!(c.kind, ColumnKind::Input(_)) && c.is_number);
    own.map(|column| column.name.clone()).collect()
}

/// How many are tried.
fn rounds_ui(ui: &mut Ui, settings: &mut CampaignSettings, words: Words) {
    Grid::new("campaign rounds").num_columns(2).show(ui, |ui| {
        for (text, count, most) in [
            (Text::CampaignBatch, &mut settings.batch, 1000),
            (Text::CampaignInitial, &mut settings.initial, 10_000),
        ] {
            ui.label(words.get(text));
            ui.add(DragValue::new(count).range(1..=most))
                .accessible_name(words.get(text));
            ui.end_row();
        }
    });
    ui.checkbox(&mut settings.blind, words.get(Text::CampaignBlind))
        .on_hover_text(words.get(Text::CampaignBlindHelp));
}

/// How candidates are paid for, described and chosen.
fn settings_ui(ui: &mut Ui, state: &State, form: &mut Form, words: Words) {
    let settings = &mut form.settings;
    Grid::new("campaign settings")
        .num_columns(2)
        .show(ui, |ui| {
            let name = |ui: &mut Ui, text: Text| {
                ui.label(words.get(text));
            };
            name(ui, Text::CampaignBudget);
            let edit = TextEdit::singleline(&mut form.budget)
                .desired_width(120.0)
                .hint_text(words.get(Text::CampaignUnlimited));
            ui.add(edit)
                .accessible_name(words.get(Text::CampaignBudget));
            ui.end_row();
            name(ui, Text::CampaignLeads);
            let edit = TextEdit::singleline(&mut form.leads)
                .desired_width(120.0)
                .hint_text(words.get(Text::CampaignLeadsUsual));
            ui.add(edit)
                .accessible_name(words.get(Text::CampaignLeads))
                .on_hover_text(words.get(Text::CampaignLeadsHelp));
            ui.end_row();
            name(ui, Text::CampaignCost);
            cost_ui(ui, state, settings, words);
            ui.end_row();
            name(ui, Text::CampaignIgnored);
            let edit = TextEdit::singleline(&mut form.ignored).desired_width(200.0);
            let edit = ui
                .add(edit)
                .accessible_name(words.get(Text::CampaignIgnored));
            if edit.changed() {
                let parts = form.ignored.split(',').map(str::trim);
                settings.ignored = parts.filter(|p| !p.is_empty()).map(str::to_owned).collect();
            }
            ui.end_row();
            name(ui, Text::CampaignMethod);
            let list = ComboBox::from_id_salt("method").selected_text(&settings.acquisition);
            let list = list.show_ui(ui, |ui| {
                for method in CampaignSettings::METHODS {
                    ui.selectable_value(&mut settings.acquisition, method.to_owned(), method);
                }
            });
            list.response
                .accessible_name(words.get(Text::CampaignMethod));
            ui.end_row();
            name(ui, Text::CampaignSeed);
            ui.add(DragValue::new(&mut settings.seed))
                .accessible_name(words.get(Text::CampaignSeed));
            ui.end_row();
        });
}

fn cost_ui(ui: &mut Ui, state: &State, settings: &mut CampaignSettings, words: Words) {
    let none = words.get(Text::CampaignByCount);
    let list = ComboBox::from_id_salt("cost");
    let list = list.selected_text(settings.cost.as_deref().unwrap_or(none));
    let list = list.show_ui(ui, |ui| {
        ui.selectable_value(&mut settings.cost, None, none);
        for column in own_numbers(state) {
            ui.selectable_value(&mut settings.cost, Some(column.clone()), column);
        }
    });
    list.response.accessible_name(words.get(Text::CampaignCost));
}
