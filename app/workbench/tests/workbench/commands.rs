//! Commands as values, undo, and work whose answer nobody waits for any more.

use crate::{apply, errors, settle, workbench_in};
use std::collections::HashSet;
use std::sync::Arc;
use workbench::{
    Challenge, Command, ElementRule, ObjectiveChoice, SelectMode, Sort, TaskKind, Wanted,
};

const CATHODE: Command = Command::OpenChallenge {
    challenge: Challenge::CobaltFreeCathode,
};

#[test]
fn every_command_of_the_palette_can_be_written_and_read_back() {
    let mut written = HashSet::new();
    for command in Command::palette() {
        let text = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command);
        assert!(!command.name().is_empty());
        assert!(written.insert(text), "twice: {command:?}");
    }
}

#[test]
fn undo_goes_back_through_every_change_and_redo_forth_again() {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, CATHODE);
    let changes = [
        Command::AddObjective {
            objective: ObjectiveChoice {
                property: "battery.supply_risk".into(),
                wanted: Wanted::Minimize,
            },
        },
        Command::AddConstraint {
            text: "battery.average_voltage > 3".into(),
        },
        Command::SetElement {
            symbol: "Ni".into(),
            rule: Some(ElementRule::Exclude),
        },
        Command::SortBy {
            sort: Some(Sort {
                column: "formula".into(),
                descending: false,
            }),
        },
        Command::Select {
            rows: Arc::new(vec![5, 3, 5]),
            mode: SelectMode::Replace,
        },
        Command::RemoveObjective { index: 0 },
    ];
    let mut projects = vec![workbench.state().project.clone()];
    for change in changes {
        apply(&mut workbench, change);
        projects.push(workbench.state().project.clone());
    }
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
    let rows = workbench.state().rows.clone();
    for before in projects.iter().rev().skip(1) {
        workbench.apply(Command::Undo);
        assert_eq!(workbench.state().project, *before);
    }
    settle(&mut workbench);
    assert_eq!(workbench.state().rows.len(), 255);
    for after in &projects[1..] {
        workbench.apply(Command::Redo);
        assert_eq!(workbench.state().project, *after);
    }
    settle(&mut workbench);
    assert_eq!(workbench.state().rows, rows);
}

#[test]
fn typing_a_word_is_one_step_of_undo() {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, CATHODE);
    for text in ["N", "Na", "Na-", "Na-M", "Na-Mn"] {
        workbench.apply(Command::SetSearch { text: text.into() });
    }
    workbench.apply(Command::Undo);
    assert_eq!(workbench.state().project.search, "");
    assert_eq!(workbench.state().undo, None);
}

#[test]
fn the_answer_to_an_old_question_is_dropped() {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, CATHODE);
    // Asked one after the other, without waiting: the last one counts.
    for symbol in ["Fe", "Mn", "Ni", "Na"] {
        workbench.apply(Command::SetElement {
            symbol: symbol.into(),
            rule: Some(ElementRule::Exclude),
        });
    }
    settle(&mut workbench);
    let state = workbench.state();
    let results = state.results.as_ref().unwrap();
    for symbol in ["Co", "Fe", "Mn", "Ni", "Na"] {
        let element = workbench::Element::from_symbol(symbol).unwrap();
        assert!(
            !state.rows.iter().any(|&row| results.has(row, element)),
            "{symbol}"
        );
    }
    assert!(!state.rows.is_empty());
}

#[test]
fn a_question_that_was_cancelled_is_told_beside_the_answer_to_another() {
    // So many candidates that no machine is done before the next command.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.csv");
    let formulas =
        (1..=60_000).map(|n| format!("Li{}FeP{}O{}\n", n % 40 + 1, n % 7 + 1, n % 97 + 1));
    std::fs::write(&path, format!("formula\n{}", formulas.collect::<String>())).unwrap();
    let mut workbench = workbench_in(None);
    let formula_column = None;
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column,
        },
    );
    let rows = workbench.state().rows.clone();
    let shown = |w: &workbench::Workbench| w.state().rows == rows;
    workbench.apply(Command::AddConstraint {
        text: "battery.average_voltage > 3".into(),
    });
    assert!(workbench.state().is_busy(TaskKind::Screen));
    workbench.apply(Command::CancelAll);
    settle(&mut workbench);
    let told = workbench.state().question_error.clone();
    let told = told.expect("a question without an answer");
    assert!(told.starts_with("cancelled"), "{told}");
    assert!(shown(&workbench));
    assert!(errors(&workbench).is_empty());
    // The next question is answered, and nothing of the cancelled one is left.
    apply(&mut workbench, Command::RemoveConstraint { index: 0 });
    assert!(shown(&workbench));
    assert_eq!(workbench.state().question_error, None);
}

#[test]
fn a_step_that_was_undone_and_done_again_takes_nothing_more_in() {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, CATHODE);
    let search = |text: &str| Command::SetSearch { text: text.into() };
    workbench.apply(search("N"));
    workbench.apply(search("Na"));
    workbench.apply(Command::Undo);
    workbench.apply(Command::Redo);
    workbench.apply(search("Na-Mn"));
    workbench.apply(Command::Undo);
    assert_eq!(workbench.state().project.search, "Na");
    // Nor does one before a step that was undone.
    workbench.apply(search("Li"));
    workbench.apply(Command::ShowColumn {
        column: "family".into(),
        shown: false,
    });
    workbench.apply(Command::Undo);
    workbench.apply(search("Li-Fe"));
    workbench.apply(Command::Undo);
    assert_eq!(workbench.state().project.search, "Li");
}

#[test]
fn commands_that_speak_of_nothing_there_change_nothing() {
    let mut workbench = workbench_in(None);
    for command in [
        Command::RemoveObjective { index: 7 },
        Command::RemoveFilter { index: 7 },
        Command::SelectAll,
        Command::Select {
            rows: Arc::new(vec![1, 2, u32::MAX]),
            mode: SelectMode::Toggle,
        },
        Command::Undo,
        Command::Redo,
        Command::SetFontSize { points: f32::NAN },
    ] {
        apply(&mut workbench, command);
    }
    assert_eq!(workbench.state().project, workbench::Project::default());
    apply(&mut workbench, Command::CopyRows { selected: false });
    assert_eq!(errors(&workbench).len(), 1);
}
