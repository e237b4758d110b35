//! Hulls and candidates out of structure types, by the names of their widgets.

use crate::Window;
use crate::panels::pixels_like;
use egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use workbench::{Command, GenerateSettings, Language, Panel};

fn show(window: &mut Window, system: &str) {
    let system = system.to_owned();
    window.apply(Command::SetHullSystem { system });
}

#[test]
fn a_binary_hull_is_typed_drawn_and_walked_by_keyboard() {
    let mut window = Window::light();
    window.click("Convex hull of a chemical system");
    window.settle();
    window.type_into("Chemical system", "Fe-N");
    window.click("Show");
    window.settle();
    let plot = window.state().hull.plot().cloned().unwrap();
    let stable = plot.stable().count();
    let node = window.harness.get_by_label_contains("Convex hull of Fe-N");
    let label = node.accesskit_node().label().unwrap_or_default();
    let told = format!(
        "{} phases, {stable} of them stable, 0 candidates",
        plot.phases
    );
    assert!(label.contains(&told), "{label}");
    let area = node.rect();
    let picture = window.picture("hull_fe_n");
    // Stable phases in orange, the lines between them dark.
    assert!(pixels_like(&picture, [213, 94, 0], area) > 60);
    window
        .harness
        .get_by_label_contains(&format!("relative to {} bundled phases", plot.phases));
    let trust = format!("± {:.2} eV/atom", workbench::FORMATION_ENERGY.deviation);
    window.harness.get_by_label_contains(&trust);
    // The first by arrow is at the left end: iron.
    window
        .harness
        .get_by_label_contains("Convex hull of Fe-N")
        .focus();
    window.harness.run_steps(2);
    window.harness.key_press(Key::Home);
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Fe  bundled phase ");
    window.harness.key_press(Key::ArrowRight);
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Fe  bundled phase ");
}

#[test]
fn a_ternary_hull_is_a_triangle_and_candidates_are_selected_in_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("oxides.csv");
    let text = "formula,potential.formation_energy [eV/atom]\nLiFeO2,-1.7\nLi5FeO4,-1.8\nNaCl,-2\n";
    std::fs::write(&path, text).unwrap();
    let mut window = Window::with_table(path);
    show(&mut window, "Li-Fe-O");
    window
        .harness
        .get_by_label_contains("2 candidates in view lie in this system");
    window.row("LiFeO2").click();
    window.settle();
    assert_eq!(*window.state().project.selection, [0]);
    let picture = window.picture("hull_li_fe_o");
    let node = window
        .harness
        .get_by_label_contains("Convex hull of Li-Fe-O");
    let area = node.rect();
    assert!(pixels_like(&picture, [213, 94, 0], area) > 100);
    // A row of the plot's table selects the candidate, and the table of candidates shows it.
    let plot = window.state().hull.plot().cloned().unwrap();
    let all = format!("All {} points as a table", plot.points.len());
    window.harness.get_by_label(&all).scroll_to_me();
    window.harness.run_steps(3);
    window.click(&all);
    window.harness.run_steps(12);
    window
        .harness
        .get_by_label_contains("candidate, row 2")
        .scroll_to_me();
    window.harness.run_steps(4);
    // The phase of the same formula stands in another line.
    let formula = plot.candidates()[1].formula.clone();
    {
        let own = window.harness.get_by_label_contains("candidate, row 2");
        let own = own.rect();
        let named = window.harness.query_all_by_label(&formula);
        let mut named = named.filter(|node| (node.rect().center().y - own.center().y).abs() < 4.0);
        let line = named.find(|node| node.rect().right() <= own.left());
        line.unwrap().click_accesskit();
    }
    window.settle();
    assert_eq!(*window.state().project.selection, [1]);
    // In Japanese, too.
    let language = Language::Japanese;
    window.apply(Command::SetLanguage { language });
    window.harness.get_by_label_contains("Li-Fe-Oの凸包");
}

#[test]
fn what_has_no_plot_offers_its_parts() {
    let mut window = Window::light();
    show(&mut window, "Li-Fe-P-O");
    window.harness.get_by_label_contains("4 components");
    let part = window.harness.get_by_label_contains("Li-Fe-O (");
    part.click();
    window.harness.run_steps(2);
    window.settle();
    assert_eq!(window.state().project.hull.system, "Li-Fe-O");
    assert!(window.state().hull.plot().is_some());
}

#[test]
fn candidates_are_made_listed_with_their_parents_and_screened() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::light();
    let panel = Panel::Generate;
    window.apply(Command::ShowPanel { panel });
    window.settle();
    window.type_into("Search structure types", "L1_0");
    let tick = window.harness.get_by_label_contains("L1_0  CuAu  P4/mmm");
    tick.click();
    window.harness.run_steps(2);
    window.type_into("May occur", "Fe Ni Mn");
    window.click("Make candidates");
    window.settle();
    let view = window.state().generated.view.clone().unwrap();
    assert!(!view.lines.is_empty());
    let formula = view.lines[0].formula.clone();
    let parent = format!("Show the parent L1_0 (CuAu) of {formula}");
    window.harness.get_by_label(&parent);
    window.harness.get_by_label("Why the others are none");
    window.picture("generate");
    // The parent is drawn, and told.
    window.harness.get_by_label(&parent).click_accesskit();
    window.harness.run_steps(2);
    window.settle();
    let shown = window.state().generated.parent.clone().unwrap();
    assert_eq!(shown.formula, "CuAu");
    let path = Some(folder.path().join("made"));
    window.apply(Command::ScreenGenerated { path });
    assert_eq!(window.state().rows.len(), view.lines.len());
    window.row(&formula).click();
    window.settle();
    let from = window
        .harness
        .query_all_by_label_contains("From L1_0 (CuAu) by ");
    assert!(from.count() > 0);
    let panel = Panel::Structure;
    window.apply(Command::ShowPanel { panel });
    window.apply(Command::ShowParent { prototype: None });
    window.harness.run_steps(3);
    let shown = window
        .harness
        .query_all_by_label_contains("Parent: L1_0 (CuAu), P4/mmm");
    assert!(shown.count() > 0);
    window.picture("parent");
}

#[test]
fn nothing_is_made_of_nothing() {
    let mut window = Window::light();
    let settings = Box::new(GenerateSettings::default());
    window.apply(Command::Generate { settings });
    window
        .harness
        .get_by_label_contains("choose a structure type");
}
