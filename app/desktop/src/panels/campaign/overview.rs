//! How far a campaign came: numbers, the best so far, convergence, front, and how right its predictions were.

use super::charts::chart_ui;
use super::{button_ui, value_text};
use crate::numbers;
use crate::texts::campaign::Text;
use crate::texts::{self, Words};
use egui::{Grid, Ui};
use workbench::chart::{front_marks, parity_marks, trace_marks};
use workbench::{Basis, CampaignPlot, CampaignView, Command, State, TaskKind};

/// Rows of the best that are listed.
const BEST: usize = 30;

/// Draws the page.
pub fn overview_ui(
    ui: &mut Ui,
    state: &State,
    view: &CampaignView,
    words: Words,
    commands: &mut Vec<Command>,
) {
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.label(&view.about);
            numbers_ui(ui, view, words);
            actions_ui(ui, state, words, commands);
            convergence_ui(ui, view, words, commands);
            faster_ui(ui, state, words);
            best_ui(ui, view, words);
            front_ui(ui, view, words, commands);
            calibration_ui(ui, view, words, commands);
        });
}

fn numbers_ui(ui: &mut Ui, view: &CampaignView, words: Words) {
    Grid::new("campaign numbers").num_columns(2).show(ui, |ui| {
        let mut row = |text: Text, value: String| {
            ui.label(words.get(text));
            ui.label(value);
            ui.end_row();
        };
        row(Text::CampaignCandidates, numbers::count(view.candidates));
        row(Text::CampaignMeasured, numbers::count(view.measured));
        row(
            Text::CampaignRounds,
            numbers::count(view.state.rounds.len()),
        );
        row(Text::CampaignOpen, numbers::count(view.open().count()));
        if let Some(limit) = view.limit {
            let budget = &view.budget;
            let of = |x: f64| numbers::plain(x, 6);
            row(
                Text::CampaignBudget,
                words.fill(
                    Text::CampaignSpent,
                    &[
                        &of(budget.spent),
                        &of(limit),
                        &of(budget.promised),
                        &of(budget.left),
                    ],
                ),
            );
        }
        let hash = view.head.get(..16).unwrap_or_default();
        row(
            Text::CampaignEvents,
            words.fill(Text::CampaignHead, &[&view.state.last, &hash]),
        );
    });
}

fn actions_ui(ui: &mut Ui, state: &State, words: Words, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        let path = None;
        for (text, command) in [
            (Text::SuggestNext, Command::SuggestNext { count: None }),
            (Text::VerifyCampaign, Command::VerifyCampaign),
            (
                Text::ReportCampaign,
                Command::ReportCampaign { path: path.clone() },
            ),
            (
                Text::ExportObservations,
                Command::ExportObservations { path },
            ),
            (Text::ReadCampaign, Command::ReadCampaign),
            (Text::CloseCampaign, Command::CloseCampaign),
        ] {
            if button_ui(ui, state, words.get(text)) {
                commands.push(command);
            }
        }
    });
}

fn export_ui(
    ui: &mut Ui,
    plot: CampaignPlot,
    name: &str,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let button = ui.small_button(words.get(texts::Text::ExportPlot));
    let name = words.fill(Text::ExportNamed, &[&name]);
    if button.accessible_name(name).clicked() {
        commands.push(Command::ExportCampaignPlot { plot, path: None });
    }
}

/// The best so far over the candidates measured, or the front's volume over the rounds. Also used beside a lab.
pub fn convergence_ui(ui: &mut Ui, view: &CampaignView, words: Words, commands: &mut Vec<Command>) {
    ui.strong(words.get(Text::Convergence));
    let Some(trace) = &view.convergence else {
        ui.weak(words.get(Text::NothingMeasured));
        return;
    };
    let name = words.fill(Text::ConvergenceName, &[&trace.y, &trace.points.len()]);
    chart_ui(ui, 220.0, name, |size, text| trace_marks(trace, size, text));
    let name = words.get(Text::Convergence);
    export_ui(ui, CampaignPlot::Convergence, name, words, commands);
}

/// How many times faster than random search the campaign was, with the interval.
fn faster_ui(ui: &mut Ui, state: &State, words: Words) {
    ui.horizontal(|ui| {
        ui.strong(words.get(Text::FasterTitle));
        if state.is_busy(TaskKind::Compare) {
            ui.spinner();
        }
    });
    let it = match &state.campaigns.faster {
        None => return,
        Some(Err(why)) => {
            ui.weak(words.fill(Text::FasterNot, &[why]));
            return;
        }
        Some(Ok(it)) => it,
    };
    let number = |x: f64| numbers::plain(x, if x < 10.0 { 2 } else { 3 });
    let (factor, random) = (it.factor, it.random);
    ui.label(words.fill(
        Text::Faster,
        &[
            &number(factor.median),
            &number(factor.low),
            &number(factor.high),
        ],
    ));
    let all = numbers::count(it.candidates);
    let after = number(random.median);
    ui.weak(match it.basis {
        Basis::Counted { .. } => words.fill(Text::FasterCounted, &[&it.tried, &all, &after]),
        Basis::Believed { .. } => words.fill(
            Text::FasterWhat,
            &[
                &it.tried,
                &all,
                &after,
                &number(random.low),
                &number(random.high),
            ],
        ),
    });
}

fn best_ui(ui: &mut Ui, view: &CampaignView, words: Words) {
    if view.best.is_empty() {
        return;
    }
    ui.strong(words.get(match view.best.len() {
        1 => Text::BestSoFar,
        _ => Text::FrontSoFar,
    }));
    egui::ScrollArea::horizontal()
        .id_salt("best so far")
        .show(ui, |ui| {
            Grid::new("best so far").striped(true).show(ui, |ui| {
                ui.weak(words.get(Text::Suggestion));
                for (label, _) in &view.outcomes {
                    ui.strong(label);
                }
                for input in &view.inputs {
                    ui.weak(input);
                }
                ui.end_row();
                for best in view.best.iter().take(BEST) {
                    ui.label(
                        best.suggestion
                            .as_deref()
                            .unwrap_or(words.get(texts::Text::MissingSign)),
                    );
                    for &value in &best.values {
                        ui.label(value_text(value));
                    }
                    for cell in &best.cells {
                        ui.label(cell);
                    }
                    ui.end_row();
                }
            });
        });
}

fn front_ui(ui: &mut Ui, view: &CampaignView, words: Words, commands: &mut Vec<Command>) {
    let Some(front) = view.front.as_ref().filter(|front| !front.points.is_empty()) else {
        return;
    };
    ui.strong(words.get(Text::FrontSoFar));
    let [(x, _), (y, _)] = &front.axes;
    let name = words.fill(
        texts::Text::PlotName,
        &[y, x, &front.points.len(), &front.front.len()],
    );
    chart_ui(ui, 300.0, name, |size, text| front_marks(front, size, text));
    let name = words.get(texts::Text::Front);
    export_ui(ui, CampaignPlot::Front, name, words, commands);
}

fn calibration_ui(ui: &mut Ui, view: &CampaignView, words: Words, commands: &mut Vec<Command>) {
    ui.strong(words.get(Text::CalibrationTitle));
    if view.calibration.is_empty() {
        ui.weak(words.get(Text::CalibrationNone));
        return;
    }
    ui.label(words.get(Text::CalibrationWhat));
    for (at, calibration) in view.calibration.iter().enumerate() {
        let all = calibration.parity.observed.len();
        let [half, most] = calibration.within;
        let rmse = numbers::plain(calibration.rmse, 3);
        ui.label(words.fill(
            Text::CalibrationHeld,
            &[&calibration.label, &half, &all, &most, &all, &rmse],
        ));
        let name = words.fill(texts::Text::ParityName, &[&calibration.label, &all]);
        chart_ui(ui, 300.0, name, |size, text| {
            parity_marks(&calibration.parity, size, text)
        });
        let plot = CampaignPlot::Calibration(at);
        export_ui(ui, plot, &calibration.label, words, commands);
    }
}
