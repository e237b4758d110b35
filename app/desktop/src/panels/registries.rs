//! Registries that the user has used and what they have, and the keys that the user trusts.

use crate::look;
use crate::texts::{Text, Words};
use egui::{Button, Id, TextEdit, Ui};
use workbench::shelf::{Available, Listing, TrustedKey};
use workbench::{Command, State, Subject, TaskKind};

/// Draws what can be installed, by registry.
pub fn registries_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let busy = state.is_busy(TaskKind::Shelf);
    let places = state.registries();
    for place in &places {
        ui.horizontal_wrapped(|ui| {
            ui.label(place);
            let look = Button::new(words.get(Text::LookIn)).small();
            let look = ui.add_enabled(!busy, look);
            let name = words.fill(Text::LookInNamed, &[place]);
            if look.accessible_name(name).clicked() {
                let place = place.clone();
                commands.push(Command::BrowseRegistry { place });
            }
            if state.preferences.registries.contains(place) {
                let forget = ui.small_button(words.get(Text::RemoveSign));
                let name = words.fill(Text::Forget, &[place]);
                if forget.accessible_name(name).clicked() {
                    let place = place.clone();
                    commands.push(Command::ForgetRegistry { place });
                }
            }
        });
        problem_ui(ui, state, &Subject::Registry(place.clone()));
        if let Some(listing) = state.shelf.listings.get(place) {
            ui.indent(place, |ui| {
                listing_ui(ui, state, place, listing, words, commands);
            });
        }
    }
    let id = Id::unique("registry to look in");
    let mut place = ui.data_mut(|data| data.get_temp::<String>(id).unwrap_or_default());
    let edit = TextEdit::singleline(&mut place).hint_text(words.get(Text::RegistryHint));
    let edit = ui.add(edit).accessible_name(words.get(Text::RegistryPlace));
    let entered = edit.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let ready = !busy && !place.trim().is_empty();
    let look = ui.add_enabled(ready, Button::new(words.get(Text::LookInRegistry)));
    if ready && (look.clicked() || entered) {
        let place = place.clone();
        commands.push(Command::BrowseRegistry { place });
    }
    let typed = place.trim().to_owned();
    if !places.contains(&typed) {
        problem_ui(ui, state, &Subject::Registry(typed));
    }
    ui.data_mut(|data| data.insert_temp(id, place));
}

fn listing_ui(
    ui: &mut Ui,
    state: &State,
    place: &str,
    listing: &Listing,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.weak(words.fill(Text::IndexOf, &[&listing.date, &listing.signer]));
    if listing.plugins.is_empty() {
        ui.weak(words.get(Text::RegistryEmpty));
    }
    for available in &listing.plugins {
        available_ui(ui, state, place, available, words, commands);
    }
}

fn available_ui(
    ui: &mut Ui,
    state: &State,
    place: &str,
    available: &Available,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let entry = &available.entry;
    let name = [&entry.name, " ", &entry.version].concat();
    let what = [place, "/", &entry.name].concat();
    let problem = state.problem(&Subject::Install(what.clone()));
    ui.horizontal_wrapped(|ui| {
        ui.strong(&name);
        match (&available.misfit, &available.installed) {
            (Some(why), _) => {
                ui.colored_label(look::warning(ui), why);
            }
            (None, Some(version)) if *version == entry.version => {
                ui.weak(words.get(Text::IsInstalled));
            }
            (None, installed) => {
                let (text, spoken) = match installed {
                    Some(_) => (Text::Update, Text::UpdateNamed),
                    None => (Text::Install, Text::InstallNamed),
                };
                if let Some(version) = installed {
                    ui.weak(words.fill(Text::OtherInstalled, &[version]));
                }
                let owner = problem.is_some_and(|problem| problem.about_owner);
                let (text, new_owner) = match owner {
                    true => (Text::NewOwner, true),
                    false => (text, false),
                };
                let busy = state.is_busy(TaskKind::Shelf);
                let button = ui.add_enabled(!busy, Button::new(words.get(text)).small());
                let spoken = match owner {
                    true => words.get(Text::NewOwner).to_owned(),
                    false => words.fill(spoken, &[&name]),
                };
                if button.accessible_name(spoken).clicked() {
                    let what = what.clone();
                    commands.push(Command::InstallPlugin { what, new_owner });
                }
            }
        }
    });
    ui.label(&entry.summary);
    ui.weak(words.fill(
        Text::EntryFacts,
        &[
            &entry.properties.len(),
            &entry.licence,
            &entry.authors.join(", "),
        ],
    ));
    if let Some(problem) = problem {
        ui.colored_label(look::error(ui), &problem.text);
    }
}

/// Draws the keys that are trusted, and a place to add one.
pub fn keys_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let busy = state.is_busy(TaskKind::Shelf);
    if state.shelf.keys.is_empty() {
        ui.weak(words.get(Text::NoKeys));
    }
    for key in &state.shelf.keys {
        key_ui(ui, key, busy, words, commands);
    }
    let id = Id::unique("key to trust");
    let (mut key, mut label) =
        ui.data_mut(|data| data.get_temp::<(String, String)>(id).unwrap_or_default());
    let edit = TextEdit::singleline(&mut key).hint_text(words.get(Text::KeyHint));
    ui.add(edit).accessible_name(words.get(Text::KeyText));
    ui.horizontal(|ui| {
        let edit = TextEdit::singleline(&mut label)
            .hint_text(words.get(Text::KeyLabel))
            .desired_width(140.0);
        ui.add(edit).accessible_name(words.get(Text::KeyLabel));
        let ready = !busy && !key.trim().is_empty();
        let trust = ui.add_enabled(ready, Button::new(words.get(Text::TrustKey)));
        if trust.on_hover_text(words.get(Text::TrustHelp)).clicked() {
            let (key, label) = (key.clone(), label.clone());
            commands.push(Command::TrustKey { key, label });
        }
    });
    ui.data_mut(|data| data.insert_temp(id, (key, label)));
    problem_ui(ui, state, &Subject::Keys);
}

fn key_ui(ui: &mut Ui, key: &TrustedKey, busy: bool, words: Words, commands: &mut Vec<Command>) {
    let asked = Id::unique("revoke").with(key.id());
    ui.horizontal_wrapped(|ui| {
        let name = key.describe();
        ui.label(&name).on_hover_text(&key.key);
        if let Some(date) = &key.revoked {
            let text = words.fill(Text::KeyRevoked, &[date]);
            ui.colored_label(look::warning(ui), text);
            return;
        }
        ui.weak(words.fill(Text::KeySince, &[&key.since]));
        // Trust that was taken back is not given again by a click, so it takes two.
        let sure = ui.data(|data| data.get_temp::<bool>(asked).unwrap_or_default());
        let (text, spoken) = match sure {
            true => (Text::RevokeSure, Text::RevokeSureNamed),
            false => (Text::Revoke, Text::RevokeNamed),
        };
        let button = ui.add_enabled(!busy, Button::new(words.get(text)).small());
        let button = button.accessible_name(words.fill(spoken, &[&name]));
        if button.on_hover_text(words.get(Text::RevokeHelp)).clicked() {
            ui.data_mut(|data| data.insert_temp(asked, !sure));
            if sure {
                let key = key.key.clone();
                commands.push(Command::RevokeKey { key });
            }
        }
    });
}

/// The error beside something, where there is one.
pub fn problem_ui(ui: &mut Ui, state: &State, subject: &Subject) {
    if let Some(problem) = state.problem(subject) {
        ui.colored_label(look::error(ui), &problem.text);
    }
}
