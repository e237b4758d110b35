//! A campaign: beginning one, how far it came, what it suggests and why, results, labs, its history, and the fire drill. One
//! file a page.

mod begin;
mod charts;
mod drill;
mod history;
mod lab;
mod overview;
mod results;
mod suggestions;

use super::tasks::task_ui;
use crate::look;
use crate::texts::campaign::Text;
use crate::texts::{self, Words};
use egui::Ui;
use workbench::{CampaignPage, CampaignView, Command, State, TaskKind};

/// Lines of what the last work did that are shown; all of them stand among the messages.
const TOLD: usize = 8;

/// Draws the panel.
pub fn campaign_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    pages_ui(ui, state, words, &mut commands);
    let of_campaigns = |kind| matches!(kind, TaskKind::Campaign | TaskKind::Drill);
    for task in state.tasks.iter().filter(|task| of_campaigns(task.kind)) {
        task_ui(ui, task, words, &mut commands);
    }
    if let Some(error) = &state.campaigns.error {
        ui.colored_label(look::error(ui), error);
    }
    for line in state.campaigns.told.iter().take(TOLD) {
        ui.label(line);
    }
    ui.separator();
    match (state.campaigns.page, &state.campaigns.view) {
        (CampaignPage::Drill, _) => drill::drill_ui(ui, state, words, &mut commands),
        (_, None) => begin::begin_ui(ui, state, words, &mut commands),
        (page, Some(view)) => page_ui(ui, state, page, view, words, &mut commands),
    }
    commands
}

fn page_ui(
    ui: &mut Ui,
    state: &State,
    page: CampaignPage,
    view: &CampaignView,
    words: Words,
    commands: &mut Vec<Command>,
) {
    match page {
        CampaignPage::Overview => overview::overview_ui(ui, state, view, words, commands),
        CampaignPage::Suggestions => {
            suggestions::suggestions_ui(ui, state, view, words, commands);
        }
        CampaignPage::Results => results::results_ui(ui, state, view, words, commands),
        CampaignPage::Lab => lab::lab_ui(ui, state, view, words, commands),
        CampaignPage::History => history::history_ui(ui, state, view, words, commands),
        CampaignPage::Drill => {}
    }
}

/// What is open, and the pages to choose from.
fn pages_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        if let Some(view) = &state.campaigns.view {
            ui.strong(view.name());
        }
        for page in CampaignPage::ALL {
            let chosen = state.campaigns.page == page;
            let label = ui.selectable_label(chosen, words.get(page_name(page)));
            if label.clicked() {
                commands.push(Command::ShowCampaignPage { page });
            }
        }
    });
}

/// What a page is called.
pub fn page_name(page: CampaignPage) -> Text {
    match page {
        CampaignPage::Overview => Text::PageOverview,
        CampaignPage::Suggestions => Text::PageSuggestions,
        CampaignPage::Results => Text::PageResults,
        CampaignPage::Lab => Text::PageLab,
        CampaignPage::History => Text::PageHistory,
        CampaignPage::Drill => Text::PageDrill,
    }
}

/// What became of a suggestion, in a word.
fn standing_name(standing: &str) -> Text {
    match standing {
        "pending" => Text::StandingPending,
        "partial" => Text::StandingPartial,
        "measured" => Text::StandingMeasured,
        "failed" => Text::StandingFailed,
        "abandoned" => Text::StandingAbandoned,
        _ => Text::StandingOpen,
    }
}

/// A button that works on the campaign, which does one thing at a time.
fn button_ui(ui: &mut Ui, state: &State, text: &str) -> bool {
    let free = !state.is_busy(TaskKind::Campaign);
    ui.add_enabled(free, egui::Button::new(text)).clicked()
}

/// A value with its standard deviation; nothing where it is not known.
fn value_text((mean, std): (f64, f64)) -> String {
    crate::numbers::text(workbench::Value { mean, std })
}

/// What the palette calls the commands about campaigns.
pub fn campaign_name(command: &Command, words: Words) -> Option<String> {
    let of_campaign = |name: &str| Some(words.fill(Text::OfCampaign, &[&name]));
    let text = match command {
        Command::OpenCampaign { .. } => return Some(words.get(Text::OpenCampaign).to_owned()),
        Command::CloseCampaign => return Some(words.get(Text::CloseCampaign).to_owned()),
        Command::StartDrill { .. } => return Some(words.get(Text::StartDrill).to_owned()),
        Command::ExportCampaignPlot { .. } => {
            return of_campaign(words.get(texts::Text::ExportPlot));
        }
        Command::ShowCampaignPage { page } => page_name(*page),
        Command::SuggestNext { .. } => Text::SuggestNext,
        Command::WriteWorksheet { .. } => Text::WriteWorksheet,
        Command::ImportResults { .. } => Text::ImportResults,
        Command::VerifyCampaign => Text::VerifyCampaign,
        Command::ReportCampaign { .. } => Text::ReportCampaign,
        Command::ExportObservations { .. } => Text::ExportObservations,
        Command::ReadCampaign => Text::ReadCampaign,
        _ => return None,
    };
    of_campaign(words.get(text))
}
