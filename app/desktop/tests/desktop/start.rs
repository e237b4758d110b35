//! The start page and the challenges.

use crate::Window;

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
