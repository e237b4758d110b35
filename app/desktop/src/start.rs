//! What is seen before anything is open: worked challenges, crystals, recent projects, unsaved work.

use crate::texts::{Text, Words, campaign, generate, hull};
use egui::{CollapsingHeader, Frame, Ui};
use workbench::{Challenge, Command, Crystal, Panel, State};

/// Draws the start page.
pub fn start_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.add_space(18.0);
            let margin = ((ui.available_width() - 1000.0) / 2.0).max(12.0);
            Frame::new()
                .inner_margin(egui::Margin::symmetric(margin.min(127.0) as i8, 0))
                .show(ui, |ui| {
                    page_ui(ui, state, words, &mut commands);
                });
        });
    commands
}

fn page_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    ui.heading(words.get(Text::Welcome));
    ui.label(words.get(Text::WelcomeMore));
    ui.add_space(10.0);
    recovery_ui(ui, state, words, commands);
    ui.strong(words.get(Text::Challenges));
    ui.add_space(4.0);
    for challenge in Challenge::ALL {
        challenge_ui(ui, challenge, words, commands);
    }
    ui.add_space(12.0);
    crystals_ui(ui, words, commands);
    ui.add_space(12.0);
    ui.strong(words.get(Text::YourOwn));
    ui.horizontal(|ui| {
        if ui.button(words.get(Text::OpenFile)).clicked() {
            commands.push(Command::Open { path: None });
        }
        ui.weak(words.get(Text::DropHere));
    });
    ui.add_space(12.0);
    ui.strong(words.get(campaign::Text::Campaigns));
    ui.horizontal(|ui| {
        if ui.button(words.get(campaign::Text::OpenCampaign)).clicked() {
            commands.push(Command::OpenCampaign { path: None });
        }
        if ui
            .button(words.get(campaign::Text::BeginOverSpace))
            .clicked()
        {
            let panel = Panel::Campaign;
            commands.push(Command::ShowPanel { panel });
        }
        if ui.button(words.get(campaign::Text::ShowDrill)).clicked() {
            let pace = Command::DRILL_PACE;
            commands.push(Command::StartDrill { pace });
        }
        ui.label(words.get(campaign::Text::CampaignWhat));
    });
    if !state.preferences.recent.is_empty() {
        ui.add_space(12.0);
        ui.strong(words.get(Text::Recent));
        for path in &state.preferences.recent {
            ui.horizontal(|ui| {
                if ui.link(path.display().to_string()).clicked() {
                    let path = Some(path.clone());
                    commands.push(Command::Open { path });
                }
                let forget = ui.small_button(words.get(Text::RemoveSign));
                let name = words.fill(Text::Forget, &[&path.display()]);
                if forget.accessible_name(name).clicked() {
                    let path = path.clone();
                    commands.push(Command::ForgetRecent { path });
                }
            });
        }
    }
}

fn recovery_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    let Some(recovery) = &state.recovery else {
        return;
    };
    ui.group(|ui| {
        ui.horizontal_wrapped(|ui| {
            ui.strong(words.get(Text::UnsavedFound));
            if let Some(path) = &recovery.path {
                ui.weak(path.display().to_string());
            }
            if ui.button(words.get(Text::Recover)).clicked() {
                commands.push(Command::Recover);
            }
            if ui.button(words.get(Text::Discard)).clicked() {
                commands.push(Command::DiscardRecovery);
            }
        });
    });
    ui.add_space(10.0);
}

fn challenge_ui(ui: &mut Ui, challenge: Challenge, words: Words, commands: &mut Vec<Command>) {
    let (title, what) = challenge_texts(challenge);
    ui.group(|ui| {
        ui.set_width(ui.available_width().min(1000.0));
        ui.horizontal(|ui| {
            if ui.button(words.get(title)).clicked() {
                commands.push(Command::OpenChallenge { challenge });
            }
            ui.label(words.get(what));
        });
    });
}

/// Crystals that the program carries, to look at.
fn crystals_ui(ui: &mut Ui, words: Words, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        for (text, panel) in [
            (words.get(hull::Text::HullSomewhere), Panel::Hull),
            (
                words.get(generate::Text::GenerateSomewhere),
                Panel::Generate,
            ),
        ] {
            if ui.button(text).clicked() {
                commands.push(Command::ShowPanel { panel });
            }
        }
    });
    ui.strong(words.get(Text::Crystals));
    ui.horizontal(|ui| {
        let all = Crystal::all();
        let button = ui.button(words.fill(Text::AllCrystals, &[&all.len()]));
        if button.clicked() {
            commands.push(Command::OpenCrystals { only: None });
        }
        ui.label(words.get(Text::CrystalsWhat));
    });
    CollapsingHeader::new(words.get(Text::OneCrystal)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            for crystal in Crystal::all() {
                let name = [&crystal.title, " (", &crystal.formula, ")"].concat();
                if ui.link(name).clicked() {
                    let only = Some(crystal.file.clone());
                    commands.push(Command::OpenCrystals { only });
                }
            }
        });
    });
}

/// A challenge's name, and what it asks.
pub fn challenge_texts(challenge: Challenge) -> (Text, Text) {
    match challenge {
        Challenge::CobaltFreeCathode => (Text::Cathode, Text::CathodeWhat),
        Challenge::RareEarthFreeMagnet => (Text::Magnet, Text::MagnetWhat),
        Challenge::SingleAtomCatalyst => (Text::Catalyst, Text::CatalystWhat),
        Challenge::LeadFreePhotocatalyst => (Text::Photocatalyst, Text::PhotocatalystWhat),
        Challenge::WideGapSemiconductor => (Text::WideGap, Text::WideGapWhat),
    }
}
