//! Campaigns by commands: begun over the open table, suggested, answered by hand and by labs, retracted, verified, drilled.

use crate::{apply, errors, workbench_in};
use std::path::{Path, PathBuf};
use workbench::{
    CampaignPlot, CampaignSettings, CampaignView, Challenge, Command, LabSettings, ObjectiveChoice,
    Speaker, TypedResult, Wanted, Workbench,
};

/// A peak at x = 7, y = 3 on a plane of 100 places.
fn answer(x: f64, y: f64) -> f64 {
    50.0 - (x - 7.0).powi(2) - (y - 3.0).powi(2)
}

fn write_table(path: &Path, with_answers: bool) {
    let mut text = "x [mm],y [mm],yield [%]\n".to_owned();
    for x in 0..10 {
        for y in 0..10 {
            let value = answer(f64::from(x), f64::from(y));
            let value = if with_answers {
                value.to_string()
            } else {
                String::new()
            };
            text += &format!("{x},{y},{value}\n");
        }
    }
    std::fs::write(path, text).unwrap();
}

fn settings() -> Box<CampaignSettings> {
    Box::new(CampaignSettings {
        objectives: vec![ObjectiveChoice {
            property: "yield".into(),
            wanted: Wanted::Maximize,
        }],
        blind: true,
        batch: 2,
        ..CampaignSettings::default()
    })
}

/// A campaign over the plane, and where its file is.
fn begun(folder: &Path, settings: Box<CampaignSettings>) -> (Workbench, PathBuf) {
    let mut workbench = workbench_in(Some(folder));
    let path = folder.join("plane.csv");
    write_table(&path, true);
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    let path = Some(folder.join("plane.lode"));
    apply(&mut workbench, Command::NewCampaign { settings, path });
    assert_eq!(workbench.state().campaigns.error, None);
    (workbench, folder.join("plane.lode"))
}

fn view(workbench: &Workbench) -> &CampaignView {
    let view = workbench.state().campaigns.view.as_deref();
    view.expect("an open campaign")
}

fn error(workbench: &Workbench) -> &str {
    workbench.state().campaigns.error.as_deref().unwrap_or("")
}

/// What would be typed for every open suggestion.
fn typed(workbench: &Workbench) -> Vec<TypedResult> {
    let open = view(workbench).open();
    let result = |s: &workbench::SuggestionView| {
        let number = |at: usize| s.cells[at].parse::<f64>().unwrap();
        TypedResult {
            suggestion: s.id.clone(),
            values: vec![[answer(number(0), number(1)).to_string(), "0.5".into()]],
            ..TypedResult::default()
        }
    };
    open.map(result).collect()
}

#[test]
fn a_campaign_is_begun_suggests_and_learns_from_what_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut workbench, path) = begun(folder.path(), settings());
    assert_eq!(workbench.state().project.campaign.as_ref(), Some(&path));
    let campaign = view(&workbench);
    assert_eq!((campaign.candidates, campaign.observations()), (100, 0));
    assert_eq!(campaign.inputs, ["x [mm]", "y [mm]"]);
    assert_eq!(campaign.outcomes, [("yield [%]".to_owned(), true)]);
    for round in 1..=4 {
        apply(&mut workbench, Command::SuggestNext { count: None });
        assert_eq!(error(&workbench), "");
        assert_eq!(view(&workbench).open().count(), 2);
        let results = typed(&workbench);
        apply(&mut workbench, Command::EnterResults { results });
        assert_eq!(view(&workbench).measured, 2 * round);
    }
    let campaign = view(&workbench);
    // The fourth round is a model's, and says why.
    let last = campaign.suggestions.last().unwrap();
    assert_ne!(last.method, "sobol");
    assert!(last.why.contains("expected"), "{}", last.why);
    assert!(last.expected[0].1 > 0.0 && last.nearest.is_some());
    let shares: f64 = last.drivers.iter().map(|(_, share)| share).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{:?}", last.drivers);
    // The best so far never falls, and ends at the best that was measured.
    let trace = campaign.convergence.clone().unwrap();
    assert_eq!((trace.points.len(), trace.unit.as_str()), (8, "%"));
    assert!(trace.steps.is_sorted_by(|a, b| a.1 <= b.1));
    let most = trace.points.iter().map(|p| p.1).fold(f64::MIN, f64::max);
    assert_eq!(trace.steps.last().unwrap().1, most);
    assert_eq!(campaign.best[0].values[0], (most, 0.5));
    // Predictions of the model's rounds against what came.
    let calibration = &campaign.calibration[0];
    let pairs = calibration.parity.observed.iter();
    let pairs = pairs.zip(&calibration.parity.predicted);
    let squares: f64 = pairs.map(|(y, p)| (y - p).powi(2)).sum();
    let n = calibration.parity.observed.len() as f64;
    assert!((calibration.rmse - (squares / n).sqrt()).abs() < 1e-12);
    // A second time the same is not new.
    let again = TypedResult {
        suggestion: "s1".into(),
        values: vec![[trace.points[0].1.to_string(), "0.5".into()]],
        ..TypedResult::default()
    };
    let results = vec![again];
    let events = campaign.state.last;
    apply(&mut workbench, Command::EnterResults { results });
    assert_eq!(view(&workbench).state.last, events);
    assert!(workbench.state().campaigns.told[0].contains("1 known already"));
    apply(&mut workbench, Command::VerifyCampaign);
    assert!(workbench.state().campaigns.told[0].starts_with("verified: "));
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
}

#[test]
fn a_worksheet_goes_out_and_comes_back_and_what_is_refused_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (mut workbench, _) = begun(folder.path(), settings());
    let sheet = Some(folder.path().join("batch.csv"));
    let write = Command::WriteWorksheet {
        path: sheet.clone(),
    };
    apply(&mut workbench, write.clone());
    assert!(error(&workbench).contains("suggest first"));
    apply(&mut workbench, Command::SuggestNext { count: Some(3) });
    apply(&mut workbench, write);
    let text = std::fs::read_to_string(sheet.as_ref().unwrap()).unwrap();
    assert_eq!(text.lines().count(), 4);
    // Filled in as a person would, one of them with words.
    let filled = "suggestion,yield [%],status\ns1,31.5,\ns2,,failed\ns3,about ten,\n";
    let path = folder.path().join("filled.csv");
    std::fs::write(&path, filled).unwrap();
    let path = Some(path);
    apply(
        &mut workbench,
        Command::ImportResults { path: path.clone() },
    );
    let standing: Vec<&str> = view(&workbench)
        .suggestions
        .iter()
        .map(|s| s.standing)
        .collect();
    assert_eq!(standing, ["measured", "failed", "open"]);
    let told = workbench.state().campaigns.told.join("\n");
    assert!(
        told.contains("2 new") && told.contains("refused, line 4"),
        "{told}"
    );
    assert!(told.contains("about ten"), "{told}");
    // A table that says nothing of any suggestion changes nothing.
    std::fs::write(path.as_ref().unwrap(), "a,b\n1,2\n").unwrap();
    let events = view(&workbench).state.last;
    apply(&mut workbench, Command::ImportResults { path });
    assert_ne!(error(&workbench), "");
    assert_eq!(view(&workbench).state.last, events);
}

#[test]
fn a_table_lab_runs_the_loop_and_is_quicker_than_trying_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (mut workbench, _) = begun(folder.path(), settings());
    let settings = Box::new(LabSettings {
        lab: format!("table:{}", folder.path().join("plane.csv").display()),
        rounds: Some(15),
        until: "target:yield >= 50".into(),
        ..LabSettings::default()
    });
    apply(&mut workbench, Command::RunCampaign { settings });
    assert_eq!(error(&workbench), "");
    let campaign = view(&workbench);
    assert_eq!(campaign.best[0].values[0].0, 50.0);
    assert_eq!(campaign.best[0].cells, ["7", "3"]);
    assert!(campaign.measured <= 30 && campaign.measured == campaign.observations());
    let told = &workbench.state().campaigns.told;
    assert!(told[0].contains("the target is reached"), "{told:?}");
    // The best of a hundred: a random search finds it after fifty on average, where it is believed to be the best.
    let faster = workbench.state().campaigns.faster.clone();
    let faster = faster.unwrap().unwrap();
    assert_eq!((faster.tried, faster.candidates), (campaign.measured, 100));
    let factor = faster.factor;
    assert!(1.0 < factor.median && factor.low <= factor.median && factor.median <= factor.high);
    // The plots are those of the campaign.
    for (plot, name) in [
        (CampaignPlot::Convergence, "convergence.svg"),
        (CampaignPlot::Calibration(0), "calibration.svg"),
    ] {
        let path = folder.path().join(name);
        apply(
            &mut workbench,
            Command::ExportCampaignPlot {
                plot,
                path: Some(path.clone()),
            },
        );
        assert!(std::fs::read_to_string(path).unwrap().contains("yield"));
    }
    let report = folder.path().join("report.md");
    apply(
        &mut workbench,
        Command::ReportCampaign {
            path: Some(report.clone()),
        },
    );
    assert!(
        std::fs::read_to_string(report)
            .unwrap()
            .contains("# Campaign")
    );
    // One objective has no front to draw.
    apply(
        &mut workbench,
        Command::ExportCampaignPlot {
            plot: CampaignPlot::Front,
            path: Some(folder.path().join("front.svg")),
        },
    );
    assert!(errors(&workbench)[0].contains("nothing to show"));
}

#[test]
fn a_retraction_says_what_was_built_on_it_and_is_taken_back_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let (mut workbench, _) = begun(folder.path(), settings());
    apply(&mut workbench, Command::SuggestNext { count: None });
    let results = typed(&workbench);
    apply(&mut workbench, Command::EnterResults { results });
    apply(&mut workbench, Command::SuggestNext { count: None });
    assert_eq!(view(&workbench).measured, 2);
    // Events: created, suggested, observed, suggested.
    let found = view(&workbench).dependents(3, Some(1));
    assert_eq!(found.suggested.len(), 1);
    assert_eq!(found.suggested[0].2, ["s3", "s4"]);
    let retract = |event, entry, reason: &str| Command::RetractEvent {
        event,
        entry,
        reason: reason.into(),
    };
    apply(&mut workbench, retract(3, Some(1), " "));
    assert!(errors(&workbench)[0].contains("reason"));
    apply(&mut workbench, retract(3, Some(1), "the scale was off"));
    assert_eq!(view(&workbench).measured, 1);
    let told = workbench.state().campaigns.told.join("\n");
    assert!(told.contains("event 3.1 is retracted (event 5)"), "{told}");
    assert!(told.contains("event 4: suggestions s3, s4"), "{told}");
    let line = &view(&workbench).history[2];
    assert!(line.can_retract && line.struck_entries == [1], "{line:?}");
    // Undo does not reach it; another retraction does.
    apply(&mut workbench, retract(5, None, "it was not"));
    assert_eq!(view(&workbench).measured, 2);
    apply(&mut workbench, retract(1, None, "all of it"));
    assert!(error(&workbench).contains("begins the campaign"));
    apply(&mut workbench, Command::VerifyCampaign);
    assert_eq!(error(&workbench), "");
}

#[test]
fn opening_a_campaign_can_be_undone_and_its_events_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let (mut workbench, path) = begun(folder.path(), settings());
    apply(&mut workbench, Command::SuggestNext { count: None });
    apply(&mut workbench, Command::Undo);
    assert!(workbench.state().project.campaign.is_none());
    assert!(workbench.state().campaigns.view.is_none());
    apply(&mut workbench, Command::SuggestNext { count: None });
    assert!(errors(&workbench)[0].contains("no campaign is open"));
    apply(&mut workbench, Command::Redo);
    assert_eq!(view(&workbench).suggestions.len(), 2);
    // As a file that is opened, also where nothing else is; a saved project brings it back.
    let project = folder.path().join("with.lodestone");
    apply(
        &mut workbench,
        Command::SaveAs {
            path: Some(project.clone()),
        },
    );
    apply(&mut workbench, Command::CloseProject);
    assert!(!workbench.state().is_open());
    apply(
        &mut workbench,
        Command::Open {
            path: Some(path.clone()),
        },
    );
    assert_eq!(view(&workbench).suggestions.len(), 2);
    assert_eq!(workbench.state().title().as_deref(), Some("plane"));
    assert_eq!(workbench.state().preferences.recent[0], path);
    apply(&mut workbench, Command::CloseProject);
    apply(
        &mut workbench,
        Command::Open {
            path: Some(project),
        },
    );
    assert_eq!(view(&workbench).suggestions.len(), 2);
    // A file that is none says so and leaves the rest alone.
    let other = folder.path().join("other.lode");
    std::fs::write(&other, "no campaign").unwrap();
    apply(&mut workbench, Command::OpenCampaign { path: Some(other) });
    assert!(
        error(&workbench).contains("no campaign"),
        "{}",
        error(&workbench)
    );
    assert!(workbench.state().campaigns.view.is_none());
    assert!(workbench.state().table.is_some());
}

#[test]
fn a_table_without_answers_is_asked_for_them_and_one_with_all_is_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    for (with_answers, blind) in [(true, true), (false, false)] {
        let path = folder.path().join(format!("{with_answers}.csv"));
        write_table(&path, with_answers);
        apply(
            &mut workbench,
            Command::ImportTable {
                path,
                formula_column: None,
            },
        );
        let wanted = settings().objectives;
        assert_eq!(workbench.state().knows_all(&wanted), blind);
    }
    // Nothing wanted, and a budget that is none.
    let path = Some(folder.path().join("none.lode"));
    let new = |settings: CampaignSettings| Command::NewCampaign {
        settings: Box::new(settings),
        path: path.clone(),
    };
    apply(&mut workbench, new(CampaignSettings::default()));
    assert!(
        error(&workbench).contains("name an objective"),
        "{}",
        error(&workbench)
    );
    assert!(!error(&workbench).contains(" -O"), "{}", error(&workbench));
    let budget = Some(-1.0);
    apply(
        &mut workbench,
        new(CampaignSettings {
            budget,
            ..*settings()
        }),
    );
    assert!(error(&workbench).contains("above zero"));
    // The budget ends what is suggested.
    let budget = Some(3.0);
    apply(
        &mut workbench,
        new(CampaignSettings {
            budget,
            ..*settings()
        }),
    );
    apply(&mut workbench, Command::SuggestNext { count: Some(9) });
    assert_eq!(view(&workbench).open().count(), 3);
    apply(&mut workbench, Command::SuggestNext { count: None });
    assert!(
        error(&workbench).contains("budget"),
        "{}",
        error(&workbench)
    );
}

#[test]
fn a_challenge_with_predicted_objectives_is_measured_in_what_is_added() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    let challenge = Challenge::CobaltFreeCathode;
    apply(&mut workbench, Command::OpenChallenge { challenge });
    let mut settings = workbench.state().campaign_defaults();
    let path = Some(folder.path().join("cathode.lode"));
    let new = |settings: &CampaignSettings| Command::NewCampaign {
        settings: Box::new(settings.clone()),
        path: path.clone(),
    };
    apply(&mut workbench, new(&settings));
    assert!(
        error(&workbench).contains("nothing to measure"),
        "{}",
        error(&workbench)
    );
    settings.objectives.push(ObjectiveChoice {
        property: "capacity_kept [%]".into(),
        wanted: Wanted::Maximize,
    });
    settings.initial = 2;
    apply(&mut workbench, new(&settings));
    assert_eq!(error(&workbench), "");
    let campaign = view(&workbench);
    let measured: Vec<bool> = campaign.outcomes.iter().map(|o| o.1).collect();
    assert_eq!(measured, [false, false, true]);
    assert_eq!(campaign.outcomes[2].0, "capacity_kept [%]");
    assert!(campaign.candidates > 0);
    apply(&mut workbench, Command::SuggestNext { count: Some(2) });
    let results = view(&workbench).open().map(|s| TypedResult {
        suggestion: s.id.clone(),
        values: vec![["80".into(), String::new()]],
        ..TypedResult::default()
    });
    let results = results.collect();
    apply(&mut workbench, Command::EnterResults { results });
    assert_eq!(view(&workbench).measured, 2);
}

#[test]
fn a_fire_drill_shows_every_fault_and_nothing_is_begun_twice() {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, Command::StartDrill { pace: 0 });
    let drill = workbench.state().campaigns.drill.clone().expect("a drill");
    let end = drill.end.clone().unwrap().unwrap_or_else(|why| {
        let lines = drill.lines.iter().map(|line| line.text.as_str());
        panic!("{why}\n{}", lines.collect::<Vec<_>>().join("\n"))
    });
    let missed: Vec<_> = drill.faults.iter().filter(|(_, e)| e.is_none()).collect();
    let lines = drill.lines.iter().map(|line| line.text.as_str());
    let lines = lines.collect::<Vec<_>>().join("\n");
    assert!(missed.is_empty(), "{missed:?}\n{lines}");
    // One was refused before it was begun; every other one was begun once.
    assert_eq!(
        (end.suggested, end.begun, end.twice),
        (24, 23, 0),
        "{lines}"
    );
    assert_eq!((end.unanswered, end.verified.replayed), (0, 6), "{lines}");
    // Every event but those that begin the file was watched, in order.
    let events: Vec<u64> = drill.lines.iter().filter_map(|l| l.event).collect();
    assert_eq!(events, (2..=end.verified.events as u64).collect::<Vec<_>>());
    let ends = drill.lines.iter().filter(|l| l.speaker == Speaker::Program);
    assert!(ends.count() >= 4);
}

#[test]
fn a_campaign_over_a_design_space_needs_no_candidates_and_is_told_how_many_leads_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    let path = Some(folder.path().join("space.lode"));
    let space = folder.path().join("space.toml");
    let new = |leads: Option<u32>, objectives: &[&str]| {
        let objectives = objectives.iter().map(|name| ObjectiveChoice {
            property: (*name).into(),
            wanted: Wanted::Maximize,
        });
        Command::NewCampaign {
            settings: Box::new(CampaignSettings {
                objectives: objectives.collect(),
                space: Some(space.clone()),
                leads,
                ..CampaignSettings::default()
            }),
            path: path.clone(),
        }
    };
    apply(&mut workbench, new(None, &["yield [%]"]));
    assert!(
        error(&workbench).contains("space.toml"),
        "{}",
        error(&workbench)
    );
    let toml = "[[input]]\nname = \"x\"\nrange = [0, 10]\n\n[[input]]\nname = \"solvent\"\ncategory = [\"water\", \"ethanol\"]\n";
    std::fs::write(&space, toml).unwrap();
    apply(&mut workbench, new(Some(9), &["yield [%]", "purity [%]"]));
    assert_eq!(error(&workbench), "");
    let told = workbench.state().campaigns.told.concat();
    assert!(told.contains("inputs: x, solvent"), "{told}");
    assert!(
        told.contains("9 leads are wanted, but play no part"),
        "{told}"
    );
    apply(&mut workbench, Command::SuggestNext { count: Some(3) });
    assert_eq!(view(&workbench).open().count(), 3);
    apply(&mut workbench, Command::VerifyCampaign);
    assert_eq!(error(&workbench), "");
}

#[test]
fn a_campaign_that_is_still_being_begun_does_not_join_what_is_opened_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    let table = folder.path().join("oven.csv");
    write_table(&table, true);
    apply(
        &mut workbench,
        Command::ImportTable {
            path: table,
            formula_column: None,
        },
    );
    workbench.apply(Command::NewCampaign {
        settings: settings(),
        path: Some(folder.path().join("oven.lode")),
    });
    apply(&mut workbench, Command::OpenCrystals { only: None });
    assert_eq!(workbench.state().project.campaign, None);
    assert!(workbench.state().campaigns.view.is_none());
    assert!(!workbench.state().unsaved);
}
