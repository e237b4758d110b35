//! Commands as values, undo, and work whose answer nobody waits for any more.

use crate::{apply, errors, settle, workbench_in};
use std::collections::HashSet;
use std::sync::Arc;
use workbench::{Challenge, Command, ElementRule, ObjectiveChoice, SelectMode, Sort, Wanted};

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
fn cancelled_work_leaves_what_was_there() {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, CATHODE);
    let rows = workbench.state().rows.clone();
    workbench.apply(Command::AddConstraint {
        text: "battery.average_voltage > 3".into(),
    });
    workbench.apply(Command::CancelAll);
    settle(&mut workbench);
    // Either it was cancelled, or it was done before anybody could cancel it.
    let state = workbench.state();
    assert!(state.rows == rows || state.rows.len() < rows.len());
    assert!(errors(&workbench).is_empty());
    apply(&mut workbench, Command::RemoveConstraint { index: 0 });
    assert_eq!(workbench.state().rows, rows);
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
