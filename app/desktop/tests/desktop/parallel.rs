//! The panel of parallel axes.

use crate::Window;
use crate::panels::pixels_like;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use workbench::{Challenge, Command, Panel};

fn parallel(challenge: Challenge) -> Window {
    let mut window = Window::with(challenge);
    let panel = Panel::Parallel;
    window.apply(Command::ShowPanel { panel });
    window
}

#[test]
fn lines_and_front_are_drawn_and_told_to_screen_readers() {
    let mut window = parallel(Challenge::CobaltFreeCathode);
    let plot = window.harness.get_by_label_contains("Parallel axes of");
    let label = plot.accesskit_node().label().unwrap_or_default();
    let area = plot.rect();
    assert!(
        label.contains("255 candidates: battery.specific_energy, "),
        "{label}"
    );
    let picture = window.picture("parallel");
    // Pale lines of all candidates, the front's on top of them, on light ground.
    let lines = pixels_like(&picture, [166, 203, 227], area);
    let front = pixels_like(&picture, [213, 94, 0], area);
    assert!(lines > 2000 && front > 200, "{lines} {front}");
}

#[test]
fn a_drag_along_an_axis_selects_and_one_undo_takes_it_back() {
    let mut window = parallel(Challenge::CobaltFreeCathode);
    let area = window
        .harness
        .get_by_label_contains("Parallel axes of")
        .rect();
    // The first axis stands somewhat right of the border; its upper third is dragged over.
    let text = 11.2 * 1.35;
    let x = area.min.x + 4.5 * text;
    let at = |share: f32| egui::pos2(x, area.min.y + share * area.height());
    window.harness.drag_at(at(0.3));
    window.harness.run_steps(1);
    for share in [0.35, 0.4, 0.45, 0.5] {
        window.harness.hover_at(at(share));
        window.harness.run_steps(1);
    }
    window.harness.drop_at(at(0.5));
    window.harness.run_steps(2);
    window.settle();
    let project = window.state().project.clone();
    let [low, high] = project.parallel.brushes["battery.specific_energy"];
    assert!(low < high);
    let results = window.state().results.clone().unwrap();
    let column = results.column("battery.specific_energy").unwrap();
    assert!(!project.selection.is_empty());
    for &row in project.selection.iter() {
        let value = results.value(column, row).mean;
        assert!((low..=high).contains(&value), "{value}");
    }
    window.picture("parallel_brushed");
    window.apply(Command::Undo);
    let project = &window.state().project;
    assert!(project.selection.is_empty() && project.parallel.brushes.is_empty());
}

#[test]
fn an_axis_is_turned_over_moved_and_removed_in_its_menu() {
    let mut window = parallel(Challenge::CobaltFreeCathode);
    let names = |window: &Window| -> Vec<(String, bool)> {
        let parallel = window.state().parallel.clone().unwrap();
        let axes = parallel.axes.iter();
        axes.map(|axis| (axis.column.name.clone(), axis.flipped))
            .collect()
    };
    let before = names(&window);
    window.click("Axis battery.specific_energy");
    window.click("Values fall upwards");
    window.settle();
    assert_eq!(names(&window)[0], (before[0].0.clone(), true));
    window.click("Move to the right");
    window.settle();
    assert_eq!(names(&window)[1].0, before[0].0);
    window.click("Remove");
    window.settle();
    assert_eq!(names(&window).len(), before.len() - 1);
    window.click("Axes of the objectives");
    window.settle();
    assert_eq!(names(&window), before);
}
