//! The start page and the challenges.

use crate::Window;
use egui_kittest::kittest::Queryable as _;

#[test]
fn one_click_on_a_challenge_shows_ranked_candidates_and_a_front() {
    let mut window = Window::open(workbench::Folders::default());
    window.picture("start");
    window.click("Cobalt-free cathode");
    window.settle();
    let state = window.state();
    let results = state.results.as_ref().expect("a ranking");
    let counts = results.counts();
    // As `lodestone rank` says of the same question.
    assert_eq!((counts.candidates, counts.feasible), (280, 255));
    assert_eq!(state.rows.len(), 255);
    let points = state.points.as_ref().expect("points");
    assert_eq!(points.rows.len() + points.missing, 255);
    window.picture("cathode");
}

#[test]
fn one_crystal_of_the_start_page_is_drawn_and_all_of_them_are_listed() {
    let mut window = Window::open(workbench::Folders::default());
    window.click("One of them");
    window.harness.run_steps(10);
    window.harness.get_by_label("Halite (NaCl)").scroll_to_me();
    window.harness.run_steps(5);
    window.picture("start_crystals");
    window.click("Halite (NaCl)");
    window.settle();
    assert_eq!(window.state().rows.len(), 1);
    window.harness.get_by_label_contains("Structure view:");
    window.apply(workbench::Command::CloseProject);
    let all = workbench::Crystal::all().len();
    window.click(&format!("All {all} crystals"));
    window.settle();
    assert_eq!(window.state().rows.len(), all);
    // The first of them is shown.
    window.harness.get_by_label_contains("Structure view:");
    window.picture("crystals");
}
