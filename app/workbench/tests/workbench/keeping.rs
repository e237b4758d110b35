//! Projects, preferences and unsaved work on the disk.

use crate::{apply, errors, settle, workbench_in};
use std::sync::Arc;
use workbench::{Challenge, Command, ElementRule, Language, Project, SelectMode, Workbench};

fn change(workbench: &mut Workbench) {
    apply(
        workbench,
        Command::OpenChallenge {
            challenge: Challenge::CobaltFreeCathode,
        },
    );
    apply(
        workbench,
        Command::SetElement {
            symbol: "Ni".into(),
            rule: Some(ElementRule::Exclude),
        },
    );
    apply(
        workbench,
        Command::Select {
            rows: Arc::new(vec![4, 9]),
            mode: SelectMode::Replace,
        },
    );
}

#[test]
fn a_project_comes_back_as_it_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    change(&mut workbench);
    let project = workbench.state().project.clone();
    let path = folder.path().join("mine");
    apply(&mut workbench, Command::SaveAs { path: Some(path) });
    assert!(!workbench.state().unsaved);
    let saved = folder.path().join("mine.lodestone");
    assert_eq!(workbench.state().project_path.as_ref(), Some(&saved));

    let mut again = workbench_in(Some(folder.path()));
    assert_eq!(again.state().preferences.recent, vec![saved.clone()]);
    apply(&mut again, Command::Open { path: Some(saved) });
    assert_eq!(again.state().project, project);
    assert_eq!(again.state().rows, workbench.state().rows);
    assert!(errors(&again).is_empty());
}

#[test]
fn a_name_with_points_is_kept_whole_and_no_other_file_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("LiNi0.8Mn0.1Co0.lodestone");
    std::fs::write(&other, "another's").unwrap();
    let mut workbench = workbench_in(None);
    change(&mut workbench);
    let path = folder.path().join("LiNi0.8Mn0.1Co0.1O2");
    let save = |path: &std::path::Path| Command::SaveAs {
        path: Some(path.to_path_buf()),
    };
    apply(&mut workbench, save(&path));
    let saved = folder.path().join("LiNi0.8Mn0.1Co0.1O2.lodestone");
    assert_eq!(workbench.state().project_path.as_ref(), Some(&saved));
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "another's");
    // Its own file is written again, another's only when it was chosen by its whole name.
    apply(&mut workbench, save(&path));
    assert!(errors(&workbench).is_empty());
    apply(&mut workbench, save(&folder.path().join("LiNi0.8Mn0.1Co0")));
    assert!(errors(&workbench).pop().unwrap().contains("already"));
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "another's");
    apply(&mut workbench, save(&other));
    assert_eq!(workbench.state().project_path, Some(other));
}

#[test]
fn a_project_moves_together_with_the_table_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    std::fs::create_dir(&old).unwrap();
    std::fs::write(old.join("mine.csv"), "formula\nLiFePO4\nNaFeO2\n").unwrap();
    let mut workbench = workbench_in(None);
    apply(
        &mut workbench,
        Command::ImportTable {
            path: old.join("mine.csv"),
            formula_column: None,
        },
    );
    let path = Some(old.join("mine.lodestone"));
    apply(&mut workbench, Command::SaveAs { path });
    std::fs::rename(&old, &new).unwrap();
    let path = Some(new.join("mine.lodestone"));
    apply(&mut workbench, Command::Open { path });
    assert_eq!(workbench.state().table_error, None);
    assert_eq!(workbench.state().rows.len(), 2);
}

#[test]
fn a_selection_reaches_no_further_than_a_table_that_became_shorter() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("mine.csv");
    std::fs::write(&table, "formula\nLiFePO4\nNaFeO2\nLiCoO2\nLiNiO2\n").unwrap();
    let mut workbench = workbench_in(None);
    let formula_column = None;
    apply(
        &mut workbench,
        Command::ImportTable {
            path: table.clone(),
            formula_column,
        },
    );
    let rows = Arc::new(vec![1, 3]);
    let mode = SelectMode::Replace;
    apply(&mut workbench, Command::Select { rows, mode });
    let path = Some(folder.path().join("mine.lodestone"));
    apply(&mut workbench, Command::SaveAs { path: path.clone() });
    std::fs::write(&table, "formula\nLiFePO4\nNaFeO2\n").unwrap();
    workbench.apply(Command::Open { path: path.clone() });
    // A step of undo that was recorded while the table was being read.
    let text = "Li".to_owned();
    workbench.apply(Command::SetSearch { text });
    settle(&mut workbench);
    assert_eq!(*workbench.state().project.selection, [1]);
    let told = |w: &Workbench, text: &str| w.state().log.iter().any(|l| l.text.contains(text));
    assert!(told(&workbench, "1 of the selected rows"));
    apply(&mut workbench, Command::Undo);
    assert_eq!(*workbench.state().project.selection, [1]);
    apply(&mut workbench, Command::CopyRows { selected: true });
    assert!(workbench.state().clipboard.1.contains("NaFeO2"));
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));

    // A file that another hand wrote: out of order, twice, and far outside.
    let project = std::fs::read_to_string(path.as_ref().unwrap()).unwrap();
    let mut project: serde_json::Value = serde_json::from_str(&project).unwrap();
    project["project"]["selection"] = serde_json::json!([1, 0, 1, 4_000_000_000u32]);
    std::fs::write(path.as_ref().unwrap(), project.to_string()).unwrap();
    apply(&mut workbench, Command::Open { path });
    assert_eq!(*workbench.state().project.selection, [0, 1]);
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
}

#[test]
fn work_that_was_not_saved_is_offered_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    change(&mut workbench);
    // The last change is written down within seconds, without anything being asked of the user.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    settle(&mut workbench);
    let project = workbench.state().project.clone();
    // A kill runs no destructor.
    std::mem::forget(workbench);

    let mut again = workbench_in(Some(folder.path()));
    assert_eq!(again.state().project, Project::default());
    let recovery = again.state().recovery.clone().expect("unsaved work");
    assert_eq!(recovery.project, project);
    apply(&mut again, Command::Recover);
    assert_eq!(again.state().project, project);
    assert!(again.state().unsaved && again.state().recovery.is_none());
    assert!(!again.state().rows.is_empty());
}

#[test]
fn unsaved_work_that_another_project_replaces_can_be_taken_up_again() {
    let mut workbench = workbench_in(None);
    change(&mut workbench);
    let project = workbench.state().project.clone();
    apply(&mut workbench, Command::CloseProject);
    assert!(!workbench.state().is_open());
    apply(&mut workbench, Command::Recover);
    assert_eq!(workbench.state().project, project);
}

#[test]
fn work_that_is_offered_stays_until_it_is_taken_or_discarded() {
    let folder = tempfile::tempdir().unwrap();
    let killed = |mut workbench: Workbench| {
        workbench.write_recovery();
        std::mem::forget(workbench);
    };
    let mut first = workbench_in(Some(folder.path()));
    change(&mut first);
    let project = first.state().project.clone();
    killed(first);
    // The offer is left alone, other work is done, and that too is cut off.
    let mut second = workbench_in(Some(folder.path()));
    let challenge = Challenge::RareEarthFreeMagnet;
    apply(&mut second, Command::OpenChallenge { challenge });
    let symbol = "Sm".to_owned();
    let rule = Some(ElementRule::Exclude);
    apply(&mut second, Command::SetElement { symbol, rule });
    let newer = second.state().project.clone();
    killed(second);

    let mut third = workbench_in(Some(folder.path()));
    let offered = |w: &Workbench| w.state().recovery.as_ref().map(|r| r.project.clone());
    assert_eq!(offered(&third), Some(newer.clone()));
    // Saving other work takes no offer away; taking one leaves the other.
    apply(&mut third, Command::OpenChallenge { challenge });
    let path = Some(folder.path().join("saved.lodestone"));
    apply(&mut third, Command::SaveAs { path });
    assert_eq!(offered(&third), Some(newer.clone()));
    apply(&mut third, Command::Recover);
    assert_eq!(third.state().project, newer);
    assert_eq!(offered(&third), Some(project.clone()));
    // What was taken up is unsaved work of this session at once.
    killed(third);
    let mut fourth = workbench_in(Some(folder.path()));
    assert_eq!(offered(&fourth), Some(newer));
    apply(&mut fourth, Command::DiscardRecovery);
    assert_eq!(offered(&fourth), Some(project));
    apply(&mut fourth, Command::DiscardRecovery);
    assert_eq!(offered(&fourth), None);
    killed(fourth);
    assert_eq!(workbench_in(Some(folder.path())).state().recovery, None);
}

#[test]
fn opening_a_challenge_and_leaving_it_as_it_is_leaves_nothing_unsaved() {
    let mut workbench = workbench_in(None);
    let challenge = Challenge::CobaltFreeCathode;
    apply(&mut workbench, Command::OpenChallenge { challenge });
    assert!(!workbench.state().unsaved);
    apply(&mut workbench, Command::CloseProject);
    assert_eq!(workbench.state().recovery, None);
}

#[test]
fn what_is_no_project_is_refused_and_the_open_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(None);
    change(&mut workbench);
    let project = workbench.state().project.clone();
    for (name, text, says) in [
        ("damaged", "{\"format\": 1, \"proj", "damaged"),
        ("newer", "{\"format\": 99}", "newer version"),
        ("other", "[1, 2, 3]", "no project"),
    ] {
        let path = folder.path().join(name).with_extension("lodestone");
        std::fs::write(&path, text).unwrap();
        apply(&mut workbench, Command::Open { path: Some(path) });
        let error = errors(&workbench).pop().unwrap();
        assert!(error.contains(says), "{error}");
        assert_eq!(workbench.state().project, project);
    }
    let path = Some(folder.path().join("picture.jpeg"));
    apply(&mut workbench, Command::Open { path });
    assert!(errors(&workbench).pop().unwrap().contains(".xlsx"));
}

#[test]
fn preferences_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(Some(folder.path()));
    apply(
        &mut workbench,
        Command::SetLanguage {
            language: Language::Japanese,
        },
    );
    apply(&mut workbench, Command::SetFontSize { points: 100.0 });
    let preferences = workbench_in(Some(folder.path()))
        .state()
        .preferences
        .clone();
    assert_eq!(preferences.language, Language::Japanese);
    assert_eq!(preferences.font_size, 32.0);
}
