//! What is wanted of the candidates, and what must hold.

use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{ComboBox, DragValue, TextEdit, Ui};
use workbench::{Command, Constraint, ElementRule, ObjectiveChoice, State, TaskKind, Wanted};

/// Draws the panel.
pub fn objectives_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            counts_ui(ui, state, words, &mut commands);
            ui.separator();
            ui.heading(words.get(Text::Wanted));
            let names = known_names(state);
            for (index, objective) in state.project.objectives.iter().enumerate() {
                ui.push_id(("objective", index), |ui| {
                    objective_ui(ui, index, objective, &names, words, &mut commands);
                });
            }
            if state.project.objectives.is_empty() {
                ui.weak(words.get(Text::NoObjectives));
            }
            add_objective_ui(ui, state, &names, words, &mut commands);
            ui.separator();
            ui.heading(words.get(Text::MustHold));
            for (index, text) in state.project.constraints.iter().enumerate() {
                ui.push_id(("constraint", index), |ui| {
                    constraint_ui(ui, state, index, text, words, &mut commands);
                });
            }
            if ui.button(words.get(Text::AddConstraint)).clicked() {
                let text = String::new();
                commands.push(Command::AddConstraint { text });
            }
            elements_ui(ui, state, words, &mut commands);
        });
    commands
}

/// How many candidates are left, now.
fn counts_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    if let Some(error) = &state.question_error {
        ui.colored_label(look::error(ui), error);
    }
    let Some(results) = state.results.as_ref().filter(|r| r.is_ranked()) else {
        if state.is_busy(TaskKind::Screen) {
            ui.spinner();
        }
        return;
    };
    let counts = results.counts();
    ui.horizontal_wrapped(|ui| {
        // What is known of the constraints as they are now, before the ranking has come after.
        let feasible = state.feasible.as_ref().map_or(counts.feasible, |f| f.all);
        let feasible = numbers::count(feasible);
        let all = numbers::count(counts.candidates);
        ui.strong(words.fill(Text::Feasible, &[&feasible, &all]));
        if state.is_busy(TaskKind::Screen) {
            ui.spinner();
        }
    });
    let front = numbers::count(counts.front);
    let on_front = ui.link(words.fill(Text::OnFront, &[&front]));
    if on_front
        .on_hover_text(words.get(Text::SelectFront))
        .clicked()
    {
        commands.push(Command::SelectFront);
    }
    for (count, text) in [
        (counts.violated, Text::Violated),
        (counts.undecided, Text::Undecided),
        (counts.rejected, Text::Rejected),
    ] {
        if count > 0 {
            ui.weak(words.fill(text, &[&numbers::count(count)]));
        }
    }
}

/// Everything that can be ranked by: name and label.
fn known_names(state: &State) -> Vec<(String, String)> {
    let on = |id: &str| !state.project.plugins_off.contains(id);
    let plugins = state.plugins.iter().filter(|p| on(p.plugin.id()));
    let properties = plugins.flat_map(|loaded| {
        let (id, description) = (loaded.plugin.id(), loaded.plugin.description());
        let properties = description.properties.iter();
        properties.map(move |p| {
            let name = format!("{id}.{}", p.name);
            let label = with_unit(&name, &p.unit);
            (name, label)
        })
    });
    let columns = state.results.iter().flat_map(|results| {
        let columns = results.columns().iter();
        let own =
            columns.filter(|c| matches!(c.kind, workbench::ColumnKind::Input(_)) && c.is_number);
        own.map(|c| (c.name.clone(), with_unit(&c.name, &c.unit)))
    });
    let models = state.models.used.iter();
    let models = models.filter_map(|used| used.model.as_ref().ok());
    let modelled = models.flat_map(|model| {
        let property = (model.property(), with_unit(&model.property(), model.unit()));
        let zero = model.zero_property().map(|name| (name.clone(), name));
        std::iter::once(property).chain(zero)
    });
    columns.chain(properties).chain(modelled).collect()
}

fn with_unit(name: &str, unit: &str) -> String {
    match unit {
        "" => name.to_owned(),
        unit => format!("{name} [{unit}]"),
    }
}

fn objective_ui(
    ui: &mut Ui,
    index: usize,
    objective: &ObjectiveChoice,
    names: &[(String, String)],
    words: Words,
    commands: &mut Vec<Command>,
) {
    let mut changed = objective.clone();
    ui.group(|ui| {
        ui.horizontal(|ui| {
            let label = names.iter().find(|(name, _)| *name == objective.property);
            let label = label.map_or(objective.property.as_str(), |(_, label)| label.as_str());
            // A long name is cut, so that the button beside it has its room.
            let room = (ui.available_width() - 36.0).max(80.0);
            let combo = ui.scope(|ui| {
                ui.set_max_width(room);
                ComboBox::from_id_salt("property")
                    .width(room - 52.0)
                    .truncate()
                    .selected_text(label)
                    .show_ui(ui, |ui| {
                        for (name, label) in names {
                            ui.selectable_value(&mut changed.property, name.clone(), label);
                        }
                    })
            });
            let combo = combo.inner;
            let number = (index + 1).to_string();
            combo
                .response
                .accessible_name(words.fill(Text::ObjectiveProperty, &[&number]))
                .on_hover_text(label);
            let remove = ui.small_button(words.get(Text::RemoveSign));
            if remove
                .accessible_name(words.fill(Text::RemoveObjective, &[&objective.property]))
                .clicked()
            {
                commands.push(Command::RemoveObjective { index });
            }
        });
        ui.horizontal_wrapped(|ui| wanted_ui(ui, &mut changed, words));
    });
    if changed != *objective {
        commands.push(Command::SetObjective {
            index,
            objective: changed,
        });
    }
}

fn wanted_ui(ui: &mut Ui, objective: &mut ObjectiveChoice, words: Words) {
    let target = match objective.wanted {
        Wanted::Target(value) => value,
        Wanted::Maximize | Wanted::Minimize => 0.0,
    };
    let is_target = matches!(objective.wanted, Wanted::Target(_));
    ui.selectable_value(
        &mut objective.wanted,
        Wanted::Maximize,
        words.get(Text::Maximize),
    );
    ui.selectable_value(
        &mut objective.wanted,
        Wanted::Minimize,
        words.get(Text::Minimize),
    );
    if ui
        .selectable_label(is_target, words.get(Text::Target))
        .clicked()
    {
        objective.wanted = Wanted::Target(target);
    }
    if is_target {
        let mut value = target;
        let speed = (target.abs() * 0.01).max(0.01);
        let drag = ui.add(DragValue::new(&mut value).speed(speed));
        drag.accessible_name(words.get(Text::TargetValue));
        objective.wanted = Wanted::Target(value);
    }
}

fn add_objective_ui(
    ui: &mut Ui,
    state: &State,
    names: &[(String, String)],
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.menu_button(words.get(Text::AddObjective), |ui| {
        egui::ScrollArea::vertical()
            .max_height(420.0)
            .show(ui, |ui| {
                for (name, label) in names {
                    if ui.button(label).clicked() {
                        commands.push(Command::AddObjective {
                            objective: ObjectiveChoice {
                                property: name.clone(),
                                wanted: natural(state, name),
                            },
                        });
                    }
                }
            });
    });
}

/// What is commonly wanted of a property.
fn natural(state: &State, name: &str) -> Wanted {
    let plugins = state.plugins.iter().map(|loaded| &loaded.plugin);
    let property = plugins
        .filter_map(|plugin| {
            let short = name.strip_prefix(plugin.id())?.strip_prefix('.')?;
            let description = plugin.description();
            Some(&description.properties[description.property_index(short)?])
        })
        .next();
    match property {
        Some(p) if p.direction == workbench::NaturalDirection::Minimize => Wanted::Minimize,
        _ => Wanted::Maximize,
    }
}

fn constraint_ui(
    ui: &mut Ui,
    state: &State,
    index: usize,
    text: &str,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let error = match text.trim() {
        "" => None,
        text => Constraint::parse(text).err(),
    };
    ui.horizontal(|ui| {
        let mut changed = text.to_owned();
        let edit = TextEdit::singleline(&mut changed)
            .hint_text(words.get(Text::ConstraintHint))
            .desired_width((ui.available_width() - 44.0).max(80.0));
        let edit = match &error {
            Some(_) => edit.text_color(look::error(ui)),
            None => edit,
        };
        let number = (index + 1).to_string();
        let edit = ui
            .add(edit)
            .accessible_name(words.fill(Text::ConstraintNumber, &[&number]));
        if edit.changed() {
            let text = changed;
            commands.push(Command::SetConstraint { index, text });
        }
        let remove = ui.small_button(words.get(Text::RemoveSign));
        if remove
            .accessible_name(words.fill(Text::RemoveConstraint, &[&number]))
            .clicked()
        {
            commands.push(Command::RemoveConstraint { index });
        }
    });
    let holds = state.feasible.as_ref();
    let holds = holds.and_then(|f| Some((f.each.get(index).copied()??, f.candidates)));
    if let Some(error) = error {
        ui.colored_label(look::error(ui), error.to_string());
    } else if let Some((count, candidates)) = holds {
        let (count, candidates) = (numbers::count(count), numbers::count(candidates));
        ui.weak(words.fill(Text::HoldsFor, &[&count, &candidates]));
    }
}

/// The rules of the periodic table, told here because they decide as constraints do.
fn elements_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    for (rule, text) in [
        (ElementRule::Require, Text::Required),
        (ElementRule::Allow, Text::AllowedOnly),
        (ElementRule::Exclude, Text::Excluded),
    ] {
        let elements = state.project.elements.iter().filter(|(_, r)| **r == rule);
        let symbols: Vec<&str> = elements.map(|(symbol, _)| symbol.as_str()).collect();
        if symbols.is_empty() {
            continue;
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(words.get(text));
            for symbol in symbols {
                let take_back = ui.small_button(symbol);
                if take_back.on_hover_text(words.get(Text::TakeBack)).clicked() {
                    commands.push(Command::SetElement {
                        symbol: symbol.to_owned(),
                        rule: None,
                    });
                }
            }
        });
    }
}
