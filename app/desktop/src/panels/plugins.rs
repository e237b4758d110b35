//! The plugins: what each predicts, its parameters, what it may do, and whether it takes part.

use super::registries::{keys_ui, problem_ui, registries_ui};
use super::standing::standing_ui;
use crate::look;
use crate::numbers;
use crate::texts::{Text, Words};
use egui::{Button, CollapsingHeader, ComboBox, DragValue, Ui};
use workbench::{
    Command, Limits, LoadedPlugin, Need, Origin, Parameter, ParameterKind, ParameterValue,
    RefusedPlugin, State, Subject, TaskKind,
};

/// Draws the panel.
pub fn plugins_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            if state.is_busy(TaskKind::LoadPlugins) || state.is_busy(TaskKind::Shelf) {
                ui.spinner();
            }
            for loaded in &state.plugins {
                plugin_ui(ui, state, loaded, words, &mut commands);
            }
            for refused in &state.refused_plugins {
                refused_ui(ui, state, refused, words, &mut commands);
            }
            if ui.button(words.get(Text::AddPlugin)).clicked() {
                commands.push(Command::AddPlugin { path: None });
            }
            ui.weak(words.get(Text::DropPlugin));
            CollapsingHeader::new(words.get(Text::Registries)).show(ui, |ui| {
                registries_ui(ui, state, words, &mut commands);
            });
            CollapsingHeader::new(words.get(Text::TrustedKeys)).show(ui, |ui| {
                keys_ui(ui, state, words, &mut commands);
            });
            CollapsingHeader::new(words.get(Text::WhatPluginsMayDo)).show(ui, |ui| {
                may_do_ui(ui, words);
            });
        });
    commands
}

fn plugin_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &LoadedPlugin,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let plugin = &loaded.plugin;
    let description = plugin.description();
    ui.push_id(plugin.id(), |ui| {
        ui.horizontal_wrapped(|ui| {
            let mut on = !state.project.plugins_off.contains(plugin.id());
            let name = [plugin.id(), " ", &description.version].concat();
            if ui.checkbox(&mut on, name).changed() {
                let plugin = plugin.id().to_owned();
                commands.push(Command::EnablePlugin { plugin, on });
            }
            keeping_ui(ui, state, loaded, words, commands);
        });
        ui.label(&description.summary);
        standing_ui(ui, &loaded.standing, words);
        if let Some(name) = &loaded.installed_as {
            problem_ui(ui, state, &Subject::Plugin(name.clone()));
        }
        if let Some(path) = &loaded.file {
            problem_ui(ui, state, &Subject::Install(path.display().to_string()));
        }
        coverage_ui(ui, state, plugin.id(), words);
        for parameter in &description.parameters {
            parameter_ui(ui, state, plugin.id(), parameter, words, commands);
        }
        CollapsingHeader::new(words.get(Text::AboutPlugin)).show(ui, |ui| {
            about_ui(ui, loaded, words);
        });
        ui.separator();
    });
}

/// What can be done with the plugin as a file: removed, installed, updated.
fn keeping_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &LoadedPlugin,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let id = loaded.plugin.id();
    let busy = state.is_busy(TaskKind::Shelf);
    let mut button = |text: Text, spoken: Text, command: Command| {
        let button = ui.add_enabled(!busy, Button::new(words.get(text)).small());
        if button.accessible_name(words.fill(spoken, &[&id])).clicked() {
            commands.push(command);
        }
    };
    if let Some(path) = &loaded.file {
        let what = path.display().to_string();
        let new_owner = false;
        let install = Command::InstallPlugin { what, new_owner };
        button(Text::Install, Text::InstallNamed, install);
        let path = path.clone();
        let remove = Command::RemovePlugin { path };
        button(Text::Remove, Text::RemoveFromProject, remove);
    }
    if let Some(name) = &loaded.installed_as {
        let records = &state.shelf.records;
        if records.iter().any(|r| r.name == *name && r.from_registry) {
            let update = Command::UpdatePlugin { name: name.clone() };
            button(Text::Update, Text::UpdateNamed, update);
        }
        let remove = Command::UninstallPlugin { name: name.clone() };
        button(Text::Remove, Text::Uninstall, remove);
    }
}

/// A plugin that does not take part, why, and how to be rid of it.
fn refused_ui(
    ui: &mut Ui,
    state: &State,
    refused: &RefusedPlugin,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let RefusedPlugin { name, why, .. } = refused;
    ui.horizontal_wrapped(|ui| {
        let text = words.fill(Text::PluginRefused, &[name, why]);
        ui.colored_label(look::error(ui), text);
        let (spoken, command) = match (&refused.file, &refused.installed_as) {
            (Some(path), _) => {
                let path = path.clone();
                (Text::RemoveFromProject, Command::RemovePlugin { path })
            }
            (None, Some(name)) => {
                let name = name.clone();
                (Text::Uninstall, Command::UninstallPlugin { name })
            }
            (None, None) => return,
        };
        let free = !state.is_busy(TaskKind::Shelf);
        let button = ui.add_enabled(free, Button::new(words.get(Text::Remove)).small());
        if button
            .accessible_name(words.fill(spoken, &[name]))
            .clicked()
        {
            commands.push(command);
        }
    });
    if let Some(name) = &refused.installed_as {
        problem_ui(ui, state, &Subject::Plugin(name.clone()));
    }
}

/// What came of the plugin in the last screening: for how many candidates, how long, what failed.
fn coverage_ui(ui: &mut Ui, state: &State, id: &str, words: Words) {
    let results = state.results.iter();
    let mut coverage = results.flat_map(|results| results.coverage());
    let Some(coverage) = coverage.find(|coverage| coverage.plugin == id) else {
        return;
    };
    let covered = numbers::count(coverage.covered);
    let milliseconds = numbers::plain(coverage.time.unwrap_or_default().as_secs_f64() * 1e3, 2);
    ui.weak(words.fill(Text::AppliesTo, &[&covered, &milliseconds]));
    if let Some(fault) = &coverage.fault {
        let batches = coverage.faulty_batches;
        let lost = numbers::count(coverage.lost);
        let text = words.fill(Text::FailedOn, &[&lost, &batches, fault]);
        ui.colored_label(look::error(ui), text);
    }
}

fn parameter_ui(
    ui: &mut Ui,
    state: &State,
    id: &str,
    parameter: &Parameter,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let settings = &state.project.settings;
    let set = settings
        .iter()
        .find(|(plugin, name, _)| plugin == id && *name == parameter.name);
    let written = set.and_then(|(_, _, value)| parameter.parse(value).ok());
    let value = written.unwrap_or_else(|| parameter.default.clone());
    let mut changed = value.clone();
    ui.horizontal_wrapped(|ui| {
        let label = match parameter.unit.as_str() {
            "" => parameter.name.clone(),
            unit => [&parameter.name, " [", unit, "]"].concat(),
        };
        ui.label(&label).on_hover_text(&parameter.summary);
        let edited = match (&parameter.kind, &mut changed) {
            (ParameterKind::Number { min, max }, ParameterValue::Number(number)) => {
                let speed = ((max - min) / 200.0).max(1e-6);
                ui.add(DragValue::new(number).range(*min..=*max).speed(speed))
            }
            (ParameterKind::Choice { words }, ParameterValue::Choice(choice)) => {
                let combo = ComboBox::from_id_salt(&parameter.name).selected_text(choice.as_str());
                let combo = combo.show_ui(ui, |ui| {
                    for word in words {
                        ui.selectable_value(choice, word.clone(), word);
                    }
                });
                combo.response
            }
            (_, ParameterValue::Flag(flag)) => ui.checkbox(flag, &parameter.name),
            // Parsing gives a value of the parameter's own kind.
            (_, other) => ui.label(other.to_string()),
        };
        edited
            .accessible_name([id, " ", &label].concat())
            .on_hover_text(&parameter.summary);
        if set.is_some() && ui.small_button(words.get(Text::ToDefault)).clicked() {
            commands.push(set_parameter(id, parameter, None));
        }
    });
    if changed != value {
        let is_default = changed == parameter.default;
        let value = (!is_default).then(|| changed.to_string());
        commands.push(set_parameter(id, parameter, value));
    }
}

fn set_parameter(id: &str, parameter: &Parameter, value: Option<String>) -> Command {
    Command::SetParameter {
        plugin: id.to_owned(),
        parameter: parameter.name.clone(),
        value,
    }
}

fn about_ui(ui: &mut Ui, loaded: &LoadedPlugin, words: Words) {
    let plugin = &loaded.plugin;
    let description = plugin.description();
    let mut fact = |text: Text, value: &dyn std::fmt::Display| {
        ui.label(words.fill(text, &[value]));
    };
    fact(Text::PluginDomain, &description.domain);
    fact(Text::PluginLicence, &description.licence);
    fact(Text::PluginAuthors, &description.authors.join(", "));
    fact(Text::PluginCitation, &description.citation);
    fact(Text::PluginPlace, &plugin.origin());
    fact(Text::PluginHash, &plugin.sha256());
    let columns = description.inputs.columns.iter();
    let needs = columns.map(|column| {
        let unit = match column.unit.as_str() {
            "" => String::new(),
            unit => [" [", unit, "]"].concat(),
        };
        let need = words.get(match column.need {
            Need::Required => Text::NeedRequired,
            Need::Optional | Need::Unused => Text::NeedOptional,
        });
        [&column.name, &unit, ": ", &column.summary, " (", need, ")"].concat()
    });
    let needs: Vec<String> = needs.collect();
    if !needs.is_empty() {
        fact(Text::PluginColumns, &needs.join("; "));
    }
    for property in &description.properties {
        let unit = match property.unit.as_str() {
            "" => String::new(),
            unit => [" [", unit, "]"].concat(),
        };
        let origin = words.get(match property.origin {
            Origin::Exact => Text::OriginExact,
            Origin::Measured => Text::OriginMeasured,
            Origin::Computed => Text::OriginComputed,
            Origin::Predicted => Text::OriginPredicted,
        });
        let line = [
            &property.name,
            &unit,
            ": ",
            &property.summary,
            " (",
            origin,
            ")",
        ]
        .concat();
        ui.label(line).on_hover_ui(|ui| {
            ui.label(&property.method);
            ui.weak(&property.source);
            ui.weak(&property.uncertainty);
        });
    }
}

/// The bounds that every plugin runs under.
fn may_do_ui(ui: &mut Ui, words: Words) {
    let limits = Limits::default();
    ui.label(words.get(Text::PluginSandbox));
    let megabytes = |bytes: usize| numbers::count(bytes >> 20);
    ui.label(words.fill(
        Text::PluginLimits,
        &[
            &megabytes(limits.memory_bytes),
            &limits.wall.as_secs(),
            &megabytes(limits.component_bytes),
            &limits.faulty_batches,
        ],
    ));
}
