//! The panel of campaigns, by the names of its widgets: begun, suggested, typed in, run with a lab, retracted, drilled.

use crate::Window;
use crate::panels::pixels_like;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::Path;
use workbench::{
    CampaignPage, CampaignSettings, Command, LabSettings, ObjectiveChoice, Panel, Wanted,
};

/// Yields of a hundred settings, the best of which is at 70 °C and 30 min.
fn write_table(path: &Path) {
    let mut text = "temperature [°C],time [min],yield [%]\n".to_owned();
    for temperature in (10..=100).step_by(10) {
        for time in (10..=100).step_by(10) {
            let off = |x: i32, best: i32| f64::from(x - best) / 40.0;
            let (a, b) = (off(temperature, 70), off(time, 30));
            let value = 90.0 * (-a * a - b * b).exp();
            text += &format!("{temperature},{time},{value:.3}\n");
        }
    }
    std::fs::write(path, text).unwrap();
}

fn with_table(folder: &Path) -> Window {
    let path = folder.join("oven.csv");
    write_table(&path);
    let mut window = Window::with_table(path);
    let panel = Panel::Campaign;
    window.apply(Command::ShowPanel { panel });
    window
}

/// A campaign, as the file dialog would answer.
fn with_campaign(folder: &Path) -> Window {
    let mut window = with_table(folder);
    let settings = Box::new(CampaignSettings {
        objectives: vec![ObjectiveChoice {
            property: "yield".into(),
            wanted: Wanted::Maximize,
        }],
        blind: true,
        batch: 2,
        ..CampaignSettings::default()
    });
    let path = Some(folder.join("oven.lode"));
    window.apply(Command::NewCampaign { settings, path });
    window
}

fn show(window: &mut Window, page: CampaignPage) {
    window.apply(Command::ShowCampaignPage { page });
}

#[test]
fn a_campaign_is_begun_suggests_says_why_and_takes_what_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_table(folder.path());
    // The form hides a table that knows every answer.
    window.click("Add something to measure");
    window.harness.run_steps(2);
    window.type_into("What is measured, 1", "yield");
    let blind = "Do not look at the values that the table has (a replay)";
    let blind = window.harness.get_by_label(blind);
    let ticked = blind.accesskit_node().toggled();
    assert_eq!(ticked, Some(egui::accesskit::Toggled::True));
    window.picture("campaign_begin");
    let mut window = with_campaign(folder.path());
    window.click("Suggest what to try next");
    window.settle();
    let page = window.state().campaigns.page;
    assert_eq!(page, CampaignPage::Suggestions);
    window.harness.get_by_label_contains("fills the space");
    show(&mut window, CampaignPage::Results);
    window.type_into("yield [%] of s1", "12.5");
    window.type_into("Standard deviation of yield [%] of s1", "0.5");
    window.type_into("Note on s2", "no oven");
    window.click("Enter these results");
    window.settle();
    let view = window.state().campaigns.view.clone().unwrap();
    assert_eq!(view.suggestions[0].observed, [(12.5, 0.5)]);
    assert_eq!(window.state().campaigns.error, None);
}

#[test]
fn a_lab_runs_the_loop_and_the_overview_shows_it_converge() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_campaign(folder.path());
    show(&mut window, CampaignPage::Lab);
    let address = window.harness.get_by_label("Which");
    let address = address.accesskit_node().value().unwrap_or_default();
    assert!(address.ends_with("oven.csv"), "{address}");
    window.harness.get_by_label("Run the loop").scroll_to_me();
    window.harness.run_steps(3);
    window.click("Run the loop");
    window.settle();
    let view = window.state().campaigns.view.clone().unwrap();
    assert_eq!((view.measured, view.state.rounds.len()), (20, 10));
    window.picture("campaign_lab");
    show(&mut window, CampaignPage::Overview);
    let plot = "Convergence of yield: 20 points";
    window.harness.get_by_label(plot).scroll_to_me();
    window.harness.run_steps(5);
    let area = window.harness.get_by_label(plot).rect();
    let picture = window.picture("campaign_overview");
    // The points and the line of the best so far.
    assert!(pixels_like(&picture, [0, 114, 178], area) > 100);
    let orange = picture.enumerate_pixels().filter(|(x, y, pixel)| {
        let inside = area.contains(egui::pos2(*x as f32, *y as f32));
        inside && pixel[0] > 190 && pixel[0] > pixel[2].saturating_add(60)
    });
    assert!(orange.count() > 100);
    window
        .harness
        .get_by_label_contains(" times as fast so far (95 %: ");
    show(&mut window, CampaignPage::Suggestions);
    window.click("Why s20");
    window.harness.run_steps(2);
    let last = view.suggestions.last().unwrap();
    window.harness.get_by_label(&last.why);
    window
        .harness
        .get_by_label("What moves the expectation here:");
    window.picture("campaign_suggestions");
}

#[test]
fn an_event_is_retracted_with_a_reason_once_one_has_seen_what_was_built_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_campaign(folder.path());
    let settings = Box::new(LabSettings {
        lab: format!("table:{}", folder.path().join("oven.csv").display()),
        rounds: Some(3),
        ..LabSettings::default()
    });
    window.apply(Command::RunCampaign { settings });
    let view = window.state().campaigns.view.clone().unwrap();
    let observed = view
        .history
        .iter()
        .find(|line| line.text.starts_with("observed"));
    let event = observed.unwrap().number;
    show(&mut window, CampaignPage::History);
    let button = format!("Retract event {event}…");
    window.harness.get_by_label(&button).scroll_to_me();
    window.harness.run_steps(3);
    window.click(&button);
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("Built on it, and to be judged anew:");
    window.type_into("Reason for the retraction", "wrong oven");
    window.picture("campaign_history");
    window.click("Retract it");
    window.settle();
    let after = window.state().campaigns.view.clone().unwrap();
    assert_eq!(after.measured, view.measured - 1);
    assert!(after.history[event as usize - 1].struck);
    assert_eq!(window.state().campaigns.error, None);
}

#[test]
fn a_fire_drill_is_watched_without_anything_being_open() {
    let mut window = Window::light();
    window.apply(Command::StartDrill { pace: 0 });
    let drill = window.state().campaigns.drill.clone().unwrap();
    assert!(drill.faults.iter().all(|(_, event)| event.is_some()));
    window.harness.get_by_label_contains("Verified: ");
    window.harness.get_by_label_contains("0 of them twice");
    window
        .harness
        .get_by_label_contains("✔ an answer comes twice");
    window.picture("campaign_drill");
    // In Japanese, too.
    let language = workbench::Language::Japanese;
    window.apply(Command::SetLanguage { language });
    window.harness.get_by_label_contains("二重開始 0 件");
}

#[test]
fn a_campaign_is_begun_over_a_design_space_with_the_leads_that_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let space = folder.path().join("space.toml");
    let toml = "[[input]]\nname = \"x\"\nrange = [0, 10]\nstep = 0.1\n";
    std::fs::write(&space, toml).unwrap();
    let mut window = Window::light();
    window.click("Begin one over a design space");
    window.settle();
    window.click("Add something to measure");
    window.harness.run_steps(2);
    window.type_into("What is measured, 1", "yield [%]");
    window.type_into("Design space", &space.display().to_string());
    let file = folder.path().join("space.lode");
    window.type_into("File of the campaign", &file.display().to_string());
    window.click("Budget, inputs, and how candidates are chosen");
    window.harness.run_steps(20);
    window.type_into("Leads wanted", "7");
    window.picture("campaign_space");
    window
        .harness
        .get_by_label("Begin the campaign")
        .scroll_to_me();
    window.harness.run_steps(5);
    window.click("Begin the campaign");
    window.settle();
    assert_eq!(window.state().campaigns.error, None);
    let view = window.state().campaigns.view.clone().unwrap();
    assert_eq!((view.state.created.leads, view.candidates), (Some(7), 101));
}
