//! The panel of relaxations, by the names of its widgets: run, watched, played, with moments as arrows.

use crate::Window;
use crate::panels::pixels_like;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use workbench::{Command, Panel, RunEnd, StructureStyle};

/// Iron in a cell that is too large, as a person would open it.
fn with_iron(folder: &std::path::Path) -> Window {
    let path = folder.join("iron.vasp");
    let text = "iron\n1.0\n3.0 0 0\n0 3.0 0\n0 0 3.0\nFe\n2\nDirect\n0 0 0\n0.5 0.5 0.47\n";
    std::fs::write(&path, text).unwrap();
    let mut window = Window::light();
    window.apply(Command::Open { path: Some(path) });
    let panel = Panel::Relaxation;
    window.apply(Command::ShowPanel { panel });
    window
}

#[test]
fn a_structure_is_relaxed_watched_played_and_its_moments_are_arrows() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_iron(folder.path());
    window.harness.get_by_label("Candidate: Fe");
    window.click("Relax");
    window.settle();
    let RunEnd::Ended { steps, .. } = window.state().relaxation.end.clone().unwrap() else {
        panic!("{:?}", window.state().relaxation.end);
    };
    assert!(steps > 2);
    let text = format!("Converged after {steps} steps.");
    window.harness.get_by_label(&text);
    window
        .harness
        .get_by_label_contains("Typical errors: 0.029 eV/atom");
    // Both moments, 2.2 µB in bcc iron.
    let arrows = window.harness.get_all_by_label("Moments as arrows").last();
    arrows.unwrap().click();
    window.harness.run_steps(4);
    window.settle();
    assert!(window.state().project.structure_style.moments.shown);
    // Beside the settings and in the view itself.
    window
        .harness
        .get_by_label("The model gives magnitudes of moments; directions are not predicted.");
    window
        .harness
        .get_by_label("Moments: the model gives magnitudes; directions are not predicted.");
    let view = window
        .harness
        .get_by_label_contains("Structure view")
        .rect();
    let picture = window.picture("relaxation");
    // Vermillion of arrows that point along the direction.
    let arrows = pixels_like(&picture, [213, 94, 0], view);
    assert!(arrows > 300, "{arrows}");
    // The trajectory by slider, buttons and plot.
    let last = window.state().relaxation.trajectory.as_ref().unwrap().len() - 1;
    let frame = |window: &Window| window.state().relaxation.playback.frame;
    assert_eq!(frame(&window), last);
    window.click("First");
    assert_eq!(frame(&window), 0);
    let slider = window.harness.get_by_label("Structure shown");
    assert_eq!(slider.accesskit_node().numeric_value(), Some(0.0));
    window.click("Forward");
    assert_eq!(frame(&window), 1);
    window.click("Play");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while window.state().relaxation.playback.playing {
        assert!(std::time::Instant::now() < until);
        window.harness.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(frame(&window), last);
    let plot = window
        .harness
        .get_by_label_contains("Energy over the steps");
    plot.scroll_to_me();
    window.harness.run_steps(5);
    let plot = window
        .harness
        .get_by_label_contains("Energy over the steps");
    let area = plot.rect();
    let picture = window.picture("relaxation_plots");
    assert!(pixels_like(&picture, [0, 114, 178], area) > 40);
    assert!(pixels_like(&picture, [213, 94, 0], area) > 20);
    let left = area.left_center() + egui::vec2(0.35 * area.width(), 0.0);
    window.harness.hover_at(left);
    window.harness.drag_at(left);
    window.harness.drop_at(left);
    window.harness.run_steps(3);
    assert!(frame(&window) < last, "{}", frame(&window));
    // The candidate's own structure again.
    let shown = window.harness.get_by_label("In the structure view");
    shown.scroll_to_me();
    window.harness.run_steps(5);
    window.click("In the structure view");
    assert!(window.state().relaxation.shown.is_none());
}

#[test]
fn settings_are_found_by_their_names_and_the_panel_speaks_japanese() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_iron(folder.path());
    window.click("Settings");
    window.harness.run_steps(20);
    for name in [
        "Weights",
        "Method",
        "Largest force",
        "Largest stress",
        "Steps at most",
    ] {
        assert!(
            window.harness.query_all_by_label(name).next().is_some(),
            "{name}"
        );
    }
    window.click("Relax the cell, too");
    assert!(!window.state().relaxation.settings.cell);
    window.picture("relaxation_settings");
    let language = workbench::Language::Japanese;
    window.apply(Command::SetLanguage { language });
    window.harness.get_by_label("対称性を保つ(0.01 Å 以内)");
    window.picture("relaxation_japanese");
    // Of how structures are drawn nothing changed.
    assert_eq!(
        window.state().project.structure_style,
        StructureStyle::default()
    );
}
