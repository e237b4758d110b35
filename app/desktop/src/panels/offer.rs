//! A plugin's file that was brought: what it is, who vouches for it, and what is to become of it.

use super::standing::standing_ui;
use crate::look;
use crate::texts::{Text, Words};
use egui::{Button, Grid, Modal, Ui};
use workbench::{Command, Offer, Offered, State, Subject, TaskKind};

/// Draws the dialog over the window, where a plugin waits.
pub fn offer_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    let Some(offer) = &state.shelf.offer else {
        return commands;
    };
    let modal = Modal::new(egui::Id::unique("offered plugin")).show(ui.ctx(), |ui| {
        ui.set_width(520.0);
        ui.heading(words.get(Text::OfferTitle));
        ui.weak(offer.path.display().to_string());
        match &offer.looked {
            None => {
                ui.spinner();
            }
            Some(Err(why)) => {
                ui.colored_label(look::error(ui), why);
            }
            Some(Ok(offered)) => offered_ui(ui, offered, words),
        }
        ui.separator();
        buttons_ui(ui, state, offer, words, &mut commands);
    });
    if modal.should_close() {
        commands.push(Command::DismissPlugin);
    }
    commands
}

fn offered_ui(ui: &mut Ui, offered: &Offered, words: Words) {
    let d = &offered.description;
    ui.strong([&d.id, " ", &d.version].concat());
    ui.label(&d.summary);
    standing_ui(ui, &offered.standing, words);
    Grid::new("offered").num_columns(2).show(ui, |ui| {
        for (name, value) in [
            (Text::OfferDomain, d.domain.clone()),
            (Text::OfferLicence, d.licence.clone()),
            (Text::OfferAuthors, d.authors.join(", ")),
        ] {
            ui.weak(words.get(name));
            ui.add(egui::Label::new(value).wrap());
            ui.end_row();
        }
    });
    ui.weak(words.get(Text::PluginSandbox));
    if offered.is_shipped {
        let text = words.fill(Text::OfferShipped, &[&d.id]);
        ui.colored_label(look::error(ui), text);
    } else if let Some(there) = &offered.there {
        ui.label(words.fill(Text::OfferReplaces, &[&d.id, there]));
    }
}

fn buttons_ui(
    ui: &mut Ui,
    state: &State,
    offer: &Offer,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let what = offer.path.display().to_string();
    let problem = state.problem(&Subject::Install(what.clone()));
    if let Some(problem) = problem {
        ui.colored_label(look::error(ui), &problem.text);
    }
    let busy = state.is_busy(TaskKind::Shelf);
    let good = matches!(&offer.looked, Some(Ok(offered)) if !offered.is_shipped);
    let there = matches!(&offer.looked, Some(Ok(offered)) if offered.there.is_some());
    ui.horizontal_wrapped(|ui| {
        // Two plugins of one name cannot take part together.
        let once = Button::new(words.get(Text::UseInProject));
        let once = ui.add_enabled(good && !there && !busy, once);
        if once
            .on_hover_text(words.get(Text::UseInProjectHelp))
            .clicked()
        {
            let path = Some(offer.path.clone());
            commands.push(Command::AddPlugin { path });
        }
        let install = Button::new(words.get(Text::Install));
        let install = ui.add_enabled(good && !busy, install);
        if install
            .on_hover_text(words.get(Text::InstallHelp))
            .clicked()
        {
            let (what, new_owner) = (what.clone(), false);
            commands.push(Command::InstallPlugin { what, new_owner });
        }
        if problem.is_some_and(|problem| problem.about_owner)
            && ui
                .add_enabled(!busy, Button::new(words.get(Text::NewOwner)))
                .clicked()
        {
            let new_owner = true;
            commands.push(Command::InstallPlugin { what, new_owner });
        }
        if ui.button(words.get(Text::Cancel)).clicked() {
            commands.push(Command::DismissPlugin);
        }
        if busy {
            ui.spinner();
        }
    });
}
