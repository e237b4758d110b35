//! Each panel, by the names of its widgets.

use crate::Window;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::sync::Arc;
use workbench::chart::Role;
use workbench::{Challenge, Command, ElementRule, Language, Panel, SelectMode, Theme, Wanted};

/// Pixels of about a colour in a part of the picture.
pub fn pixels_like(picture: &image::RgbaImage, colour: [u8; 3], area: egui::Rect) -> usize {
    let near = |p: &image::Rgba<u8>| (0..3).all(|c| p[c].abs_diff(colour[c]) < 40);
    let inside = |x: u32, y: u32| area.contains(egui::pos2(x as f32, y as f32));
    let pixels = picture.enumerate_pixels();
    pixels.filter(|(x, y, p)| inside(*x, *y) && near(p)).count()
}

#[test]
fn the_plot_is_not_blank_and_tells_its_points_to_screen_readers() {
    let mut window = Window::with(Challenge::RareEarthFreeMagnet);
    let plot = window.harness.get_by_label_contains("Plot of");
    let label = plot.accesskit_node().label().unwrap_or_default();
    let area = plot.rect();
    let points = window.state().points.clone().unwrap();
    assert!(
        label.contains(&format!("{} points", points.rows.len())),
        "{label}"
    );
    let picture = window.picture("magnet");
    // The colours of points and front on light ground.
    let count = |role| match role {
        Role::Front => pixels_like(&picture, [213, 94, 0], area),
        _ => pixels_like(&picture, [0, 114, 178], area),
    };
    assert!(count(Role::Point) > 100, "points: {}", count(Role::Point));
    assert!(count(Role::Front) > 50, "front: {}", count(Role::Front));
}

#[test]
fn a_click_on_a_row_selects_it_for_the_inspector_and_undo_takes_it_back() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    let first = window.state().rows[0];
    let formula = window.state().results.as_ref().unwrap().formula(first);
    window.row(&formula).click();
    window.harness.run_steps(2);
    window.settle();
    assert_eq!(*window.state().project.selection, vec![first]);
    window.harness.get_by_label("From the table");
    window.picture("inspector");
    window.apply(Command::Undo);
    assert!(window.state().project.selection.is_empty());
}

#[test]
fn a_header_sorts_best_first_then_worst_first_then_as_ranked() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    let ranked = window.state().rows.clone();
    let header = "battery.specific_energy [Wh/kg]";
    let values = |window: &Window| -> Vec<f64> {
        let results = window.state().results.clone().unwrap();
        let column = results.column("battery.specific_energy").unwrap();
        let rows = window.state().rows.iter();
        let values = rows.map(|&row| results.value(column, row).mean);
        values.filter(|v| !v.is_nan()).collect()
    };
    let click = |window: &mut Window| {
        let header = window
            .harness
            .get_all_by_role_and_label(egui::accesskit::Role::Button, header)
            .last();
        header.expect("the header").click();
        window.harness.run_steps(2);
        window.settle();
    };
    click(&mut window);
    assert!(values(&window).is_sorted_by(|a, b| a >= b));
    click(&mut window);
    assert!(values(&window).is_sorted());
    click(&mut window);
    assert_eq!(window.state().rows, ranked);
}

#[test]
fn searching_for_elements_shows_the_candidates_that_hold_all_of_them() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    window.harness.get_by_label("Search").click();
    window.harness.run_steps(1);
    window.harness.get_by_label("Search").type_text("Na-Mn");
    window.harness.run_steps(2);
    window.settle();
    let results = window.state().results.clone().unwrap();
    let symbols = ["Na", "Mn"].map(|s| workbench::Element::from_symbol(s).unwrap());
    let holds = |row: u32| symbols.iter().all(|&e| results.has(row, e));
    let expected = results
        .order()
        .into_iter()
        .filter(|&row| holds(row))
        .count();
    assert!(expected > 0);
    assert_eq!(window.state().rows.len(), expected);
    assert!(window.state().rows.iter().all(|&row| holds(row)));
}

#[test]
fn an_objective_is_changed_by_its_buttons_and_the_ranking_follows() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    let before = window.state().rows.clone();
    let minimize = window.harness.get_all_by_label("minimize").next();
    minimize.expect("the first objective's button").click();
    window.harness.run_steps(2);
    window.settle();
    let objectives = &window.state().project.objectives;
    assert_eq!(objectives[0].wanted, Wanted::Minimize);
    assert_ne!(window.state().rows, before);
    window.picture("objectives");
}

#[test]
fn a_constraint_that_is_wrong_says_so_beside_it_and_the_last_ranking_stays() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    let rows = window.state().rows.clone();
    window.apply(Command::AddConstraint {
        text: "battery.average_voltage >> 3".into(),
    });
    assert!(window.state().question_error.is_some());
    assert_eq!(window.state().rows, rows);
    window.apply(Command::SetConstraint {
        index: 0,
        text: "battery.average_voltage > 3".into(),
    });
    assert_eq!(window.state().question_error, None);
    assert!(window.state().rows.len() < rows.len());
    window.picture("constraint");
}

#[test]
fn a_click_on_an_element_excludes_it() {
    let mut window = Window::with(Challenge::RareEarthFreeMagnet);
    let before = window.state().rows.len();
    window.harness.get_by_label_contains("Pt P").click();
    window.harness.run_steps(2);
    window.settle();
    let rule = window.state().project.elements.get("Pt").copied();
    assert_eq!(rule, Some(ElementRule::Exclude));
    assert!(window.state().rows.len() < before);
}

#[test]
fn every_panel_is_drawn_in_both_languages_and_themes() {
    let mut window = Window::with(Challenge::SingleAtomCatalyst);
    let row = window.state().rows[0];
    window.apply(Command::Select {
        rows: Arc::new(vec![row]),
        mode: SelectMode::Replace,
    });
    for (language, theme, name) in [
        (Language::English, Theme::Dark, "dark"),
        (Language::Japanese, Theme::Light, "japanese"),
    ] {
        window.apply(Command::SetLanguage { language });
        window.apply(Command::SetTheme { theme });
        for panel in Panel::ALL {
            window.apply(Command::ShowPanel { panel });
            window.picture(&format!("{name}_{panel:?}"));
        }
    }
}

#[test]
fn the_palette_finds_a_command_by_a_part_of_its_name() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    window
        .harness
        .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    window.harness.run_steps(3);
    window
        .harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "Commands")
        .type_text("first front");
    window.harness.run_steps(2);
    window.picture("palette");
    window.harness.key_press(egui::Key::Enter);
    window.harness.run_steps(3);
    let front = window.state().results.as_ref().unwrap().counts().front;
    assert_eq!(window.state().project.selection.len(), front);
}

#[test]
fn a_plugin_is_switched_off_by_its_box_and_its_parameters_change_the_ranking() {
    let mut window = Window::with(Challenge::CobaltFreeCathode);
    window.apply(Command::ShowPanel {
        panel: Panel::Plugins,
    });
    window.picture("plugins");
    window.apply(Command::SetParameter {
        plugin: "battery".into(),
        parameter: "ion".into(),
        value: Some("Na".into()),
    });
    let results = window.state().results.clone().unwrap();
    let covered = results.coverage()[0].covered;
    assert!(covered < 279, "with Na as the ion {covered} are covered");
    window.harness.get_by_label_contains("magnet 0").click();
    window.harness.run_steps(2);
    assert!(window.state().project.plugins_off.contains("magnet"));
}

#[test]
fn a_structure_that_was_opened_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("salt.vasp");
    let salt = "rock salt\n1.0\n0 2.82 2.82\n2.82 0 2.82\n2.82 2.82 0\nNa Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";
    std::fs::write(&path, salt).unwrap();
    let mut window = Window::open(workbench::Folders::default());
    window.apply(Command::Open { path: Some(path) });
    window.apply(Command::ShowPanel {
        panel: Panel::Structure,
    });
    window.settle();
    std::thread::sleep(std::time::Duration::from_millis(500));
    window.harness.run_steps(4);
    let picture = window.picture("structure");
    // Chlorine is green in all palettes of the viewer; nothing else in the right half of the window is.
    let green = picture
        .enumerate_pixels()
        .filter(|(x, _, p)| {
            *x > 900
                && p[1] > 110
                && p[1] > p[0].saturating_add(40)
                && p[1] > p[2].saturating_add(40)
        })
        .count();
    assert!(green > 200, "{green} green pixels");
}
