//! What the window shows, as a line of JSON in a file, for scripts that drive the real program and have to know what came
//! of it. Written where the program is told to, whenever something in it changes.

use serde::Serialize;
use std::path::PathBuf;
use workbench::{RunEnd, State};

/// The figures of the state that a person sees.
#[derive(Serialize)]
struct Shown<'a> {
    title: Option<String>,
    busy: bool,
    /// Rows of the table of candidates.
    rows: usize,
    feasible: usize,
    /// Candidates on the first front.
    front: usize,
    /// Points of the plot, and those on its own front.
    points: usize,
    plot_front: usize,
    /// Lines over the parallel axes.
    parallel: usize,
    /// Atoms of the cell of the structure shown.
    atoms: usize,
    selected: usize,
    /// Steps of the relaxation, structures of the trajectory, which of them is shown, arrows wanted, and how it ended.
    steps: usize,
    frames: usize,
    frame: usize,
    arrows: bool,
    ending: &'a str,
    /// Events of the campaign, candidates that it may choose, suggestions and observations.
    events: u64,
    candidates_of_campaign: usize,
    suggestions: usize,
    observations: usize,
    /// Whether it could not be read, or its last work came to nothing.
    campaign_error: Option<&'a str>,
    /// Faults of the fire drill that were seen, and whether it ended well.
    faults: usize,
    drilled: bool,
    /// Bundled phases of the hull's plot, the stable ones of them, and its elements.
    hull_phases: usize,
    hull_stable: usize,
    hull_elements: usize,
    /// Candidates that were made, and whether a parent is shown.
    generated: usize,
    parent: bool,
    unsaved: bool,
    error: Option<&'a str>,
    messages: usize,
    /// How many windows there were, one after the other, and what draws the present one.
    windows: usize,
    adapter: Option<&'a str>,
}

/// The file, and what it holds.
pub struct Dump {
    path: PathBuf,
    written: String,
}

impl Dump {
    /// A dump to a file.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            written: String::new(),
        }
    }

    /// Writes the state down where it is not as the file has it.
    pub fn write(&mut self, state: &State, windows: usize, adapter: Option<&str>) {
        let counts = state.results.as_ref().map(|results| results.counts());
        let counts = counts.unwrap_or_default();
        let points = state.points.as_ref();
        let campaign = state.campaigns.view.as_ref();
        let drill = state.campaigns.drill.as_ref();
        let relaxation = &state.relaxation;
        let hull = state.hull.plot();
        let shown = Shown {
            title: state.title(),
            busy: !state.tasks.is_empty(),
            rows: state.rows.len(),
            feasible: counts.feasible,
            front: counts.front,
            points: points.map_or(0, |points| points.rows.len()),
            plot_front: points.map_or(0, |points| points.front.len()),
            parallel: state.parallel.as_ref().map_or(0, |p| p.rows.len()),
            atoms: atoms(state),
            selected: state.project.selection.len(),
            steps: relaxation.trajectory.as_ref().map_or(0, |trajectory| {
                trajectory.figures.last().map_or(0, |last| last.step)
            }),
            frames: relaxation.trajectory.as_ref().map_or(0, |t| t.len()),
            frame: relaxation.playback.frame,
            arrows: state.project.structure_style.moments.shown,
            ending: ending(relaxation.end.as_ref()),
            events: campaign.map_or(0, |view| view.state.last),
            candidates_of_campaign: campaign.map_or(0, |view| view.candidates),
            suggestions: campaign.map_or(0, |view| view.suggestions.len()),
            observations: campaign.map_or(0, |view| view.observations()),
            campaign_error: state.campaigns.error.as_deref(),
            faults: drill.map_or(0, |drill| {
                let seen = drill.faults.iter().filter(|(_, event)| event.is_some());
                seen.count()
            }),
            drilled: drill.is_some_and(|drill| matches!(drill.end, Some(Ok(_)))),
            hull_phases: hull.map_or(0, |plot| plot.phases),
            hull_stable: hull.map_or(0, |plot| plot.stable().count()),
            hull_elements: hull.map_or(0, |plot| plot.elements.len()),
            generated: state.generated.view.as_ref().map_or(0, |v| v.lines.len()),
            parent: state.generated.parent.is_some(),
            unsaved: state.unsaved,
            error: state
                .question_error
                .as_deref()
                .or(state.table_error.as_deref()),
            messages: state.log.len(),
            windows,
            adapter,
        };
        let Ok(text) = serde_json::to_string(&shown) else {
            return;
        };
        if text != self.written {
            // A script that waits for this file in vain says so itself.
            let _ = std::fs::write(&self.path, &text);
            self.written = text;
        }
    }
}

fn ending(end: Option<&RunEnd>) -> &'static str {
    match end {
        None => "",
        Some(RunEnd::Stopped) => "stopped",
        Some(RunEnd::Refused(_)) => "refused",
        Some(RunEnd::Ended { ending, .. }) => ending.name(),
    }
}

fn atoms(state: &State) -> usize {
    let structure = state.structure.as_ref().and_then(|s| s.structure.as_ref());
    match structure {
        Some(Ok(structure)) => structure.sites.len(),
        _ => 0,
    }
}
