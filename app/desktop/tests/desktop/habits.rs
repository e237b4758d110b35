//! What people expect of any window: keys, and steps of undo that are as large as what was done.

use crate::Window;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use workbench::{Challenge, Command, ObjectiveChoice, Wanted};

fn formula(window: &Window, place: usize) -> String {
    let state = window.state();
    let results = state.results.as_ref().expect("results");
    results.formula(state.rows[place])
}

#[test]
fn arrows_and_page_keys_walk_the_rows_and_shift_selects_more() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    window.row(&formula(&window, 0)).focus();
    window.harness.run_steps(2);
    let press = |window: &mut Window, modifiers: Modifiers, key: Key| {
        window.harness.key_press_modifiers(modifiers, key);
        window.settle();
    };
    let selected = |window: &Window| -> Vec<usize> {
        let state = window.state();
        let places = (0..state.rows.len()).filter(|&at| state.is_selected(state.rows[at]));
        places.collect()
    };
    press(&mut window, Modifiers::NONE, Key::Space);
    assert_eq!(selected(&window), [0]);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&window), [2]);
    assert!(window.row(&formula(&window, 2)).is_focused());
    press(&mut window, Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(selected(&window), [2, 3]);
    press(&mut window, Modifiers::NONE, Key::End);
    assert_eq!(selected(&window), [254]);
    assert!(window.row(&formula(&window, 254)).is_focused());
    press(&mut window, Modifiers::NONE, Key::PageUp);
    let [place] = selected(&window)[..] else {
        panic!("{:?}", selected(&window));
    };
    assert!((200..254).contains(&place), "{place}");
    press(&mut window, Modifiers::NONE, Key::Home);
    assert_eq!(selected(&window), [0]);
    press(&mut window, Modifiers::COMMAND, Key::A);
    assert_eq!(selected(&window).len(), 255);
}

#[test]
fn the_plot_is_zoomed_and_its_front_walked_by_keyboard() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    window.harness.get_by_label_contains("Plot of").focus();
    window.harness.run_steps(2);
    let points = window.state().points.clone().unwrap();
    let front: Vec<u32> = points
        .front
        .iter()
        .map(|&at| points.rows[at as usize])
        .collect();
    assert!(front.len() > 2);
    for row in [front[0], front[1], front[2]] {
        window.harness.key_press(Key::PageDown);
        window.settle();
        assert_eq!(*window.state().project.selection, [row]);
    }
    window.harness.key_press(Key::PageUp);
    window.settle();
    assert_eq!(*window.state().project.selection, [front[1]]);
    let whole = window.picture("plot_whole");
    window.harness.key_press(Key::Plus);
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    let part = window.picture("plot_part");
    assert!(whole != part);
    window.harness.key_press(Key::Home);
    window.settle();
    assert!(window.picture("plot_whole") == whole);
}

#[test]
fn a_row_is_named_by_its_formula_and_the_values_shown() {
    let mut window = Window::with(Challenge::RareEarthFreeMagnet);
    for column in window.state().results.clone().unwrap().columns() {
        let shown = ["formula", "lodestone.rank", "magnet.energy_product_bound"];
        let column = column.name.clone();
        if !shown.contains(&column.as_str()) {
            let shown = false;
            window.apply(Command::ShowColumn { column, shown });
        }
    }
    let formula = formula(&window, 0);
    let label = window
        .row(&formula)
        .accesskit_node()
        .label()
        .unwrap_or_default();
    let parts: Vec<&str> = label.split(", ").collect();
    assert_eq!(parts[..2], [formula.as_str(), "rank 1"], "{label}");
}

#[test]
fn one_drag_of_a_number_is_one_step_of_undo_and_the_next_drag_another() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    let target = |value| Command::SetObjective {
        index: 0,
        objective: ObjectiveChoice {
            property: "battery.specific_energy".into(),
            wanted: Wanted::Target(value),
        },
    };
    window.apply(target(500.0));
    let wanted = |window: &Window| match window.state().project.objectives[0].wanted {
        Wanted::Target(value) => value,
        other => panic!("{other:?}"),
    };
    let drag = |window: &mut Window| {
        let at = window.harness.get_by_label("Target value").rect().center();
        window.harness.drag_at(at);
        window.harness.run_steps(1);
        for step in 1..=6 {
            window
                .harness
                .hover_at(at + egui::vec2(4.0 * step as f32, 0.0));
            window.harness.run_steps(1);
        }
        window.harness.drop_at(at + egui::vec2(24.0, 0.0));
        window.settle();
    };
    drag(&mut window);
    let first = wanted(&window);
    assert!(first > 500.0, "{first}");
    drag(&mut window);
    assert!(wanted(&window) > first);
    window.apply(Command::Undo);
    assert_eq!(wanted(&window), first);
    window.apply(Command::Undo);
    assert_eq!(wanted(&window), 500.0);
}

#[test]
fn what_is_typed_in_one_go_is_one_step_of_undo() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    let type_in = |window: &mut Window, text: &str| {
        window.harness.get_by_label("Search").click();
        window.harness.run_steps(2);
        for letter in text.chars() {
            window
                .harness
                .get_by_label("Search")
                .type_text(&letter.to_string());
            window.harness.run_steps(1);
        }
        // Elsewhere, so that the text is done with.
        window.harness.get_by_label("Objectives").click();
        window.settle();
    };
    type_in(&mut window, "Na");
    type_in(&mut window, " Mn");
    assert_eq!(window.state().project.search, "Na Mn");
    window.apply(Command::Undo);
    assert_eq!(window.state().project.search, "Na");
    window.apply(Command::Undo);
    assert_eq!(window.state().project.search, "");
}
