//! The report: what was wanted, how far it came, how right the predictions were, and why each candidate was chosen. One file
//! without anything from elsewhere, as HTML or Markdown.

mod chart;
mod page;

use crate::create::label;
use crate::event::Event;
use crate::history::sentence;
use crate::progress::{
    Foretold, aims, best, foretold, measured, measured_and_known, objectives, running_best,
};
use crate::propose::short;
use crate::state::{State, Suggestion};
use crate::{Budget, Campaign, CampaignError, acceleration};
use chart::{Chart, Series, Shape};
use job::Job;
use page::{Part, html, markdown};
use std::path::Path;

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Html,
    Markdown,
}

impl Form {
    /// As the file's name ends.
    ///
    /// # Errors
    /// It ends in something else than .html and .md.
    pub fn of_path(path: &Path) -> Result<Self, CampaignError> {
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        match ending.as_str() {
            "html" | "htm" => Ok(Self::Html),
            "md" => Ok(Self::Markdown),
            _ => Err(CampaignError::Question(format!(
                "{}: a report ends in .html or .md",
                path.display()
            ))),
        }
    }
}

/// The report of a campaign. The same campaign gives the same text.
pub fn report(campaign: &Campaign, form: Form) -> String {
    let state = campaign.state();
    let name = campaign
        .path()
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut parts = vec![Part::Title(format!("Campaign {name}"))];
    overview(campaign, &mut parts);
    convergence(state, &mut parts);
    faster(campaign, &mut parts);
    front(campaign, &mut parts);
    results(campaign, &mut parts);
    calibration(state, &mut parts);
    choices(campaign, &mut parts);
    models(campaign, &mut parts);
    history(campaign, &mut parts);
    sources(campaign, &mut parts);
    match form {
        Form::Html => html(&parts),
        Form::Markdown => markdown(&parts),
    }
}

fn with_std((value, std): (f64, f64)) -> String {
    match (value.is_nan(), std.is_nan()) {
        (true, _) => String::new(),
        (false, true) => short(value),
        (false, false) => format!("{} ± {}", short(value), short(std)),
    }
}

fn overview(campaign: &Campaign, parts: &mut Vec<Part>) {
    let state = campaign.state();
    let created = sentence(&Event::Created(Box::new(state.created.clone())));
    let head = campaign
        .records()
        .last()
        .map(crate::Record::hash_hex)
        .unwrap_or_default();
    parts.push(Part::Text(format!(
        "It {created}. {} rounds, {} suggestions, {} experiments up to event {} (hash {head}). What is measured is called measured or \
         observed; what a model or plugin says is called expected or predicted.",
        state.rounds.len(),
        state.suggestions.len(),
        state.experiments.len(),
        state.last
    )));
    if let Some(limit) = state.created.budget {
        let Budget {
            spent,
            promised,
            left,
        } = Budget::of(state, campaign.pool());
        parts.push(Part::Text(format!(
            "Of the budget of {}, {spent} are spent, {promised} promised to open suggestions, {left} left.",
            limit.0
        )));
    }
}

fn convergence(state: &State, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("Convergence".to_owned()));
    let measured = measured(state);
    let objectives = objectives(state);
    if let [(k, _)] = objectives.as_slice() {
        let outcome = label(&state.created.outcomes[*k]);
        let at = |place: usize| (place + 1) as f64;
        let values = measured.iter().enumerate().map(|(place, one)| {
            let (value, std) = one.values[*k];
            (at(place), value, std)
        });
        let running = running_best(state, &measured);
        let running = running
            .iter()
            .enumerate()
            .map(|(place, value)| (at(place), *value, f64::NAN));
        parts.push(Part::Figure {
            svg: Chart {
                title: format!("{outcome} of each candidate measured, and the best so far"),
                x: "candidates measured".to_owned(),
                y: outcome.clone(),
                series: vec![
                    Series {
                        name: "measured".to_owned(),
                        shape: Shape::Dots,
                        points: values.collect(),
                    },
                    Series {
                        name: "best so far".to_owned(),
                        shape: Shape::Steps,
                        points: running.collect(),
                    },
                ],
            }
            .svg(),
            caption: format!("{outcome}: measured values in the order in which they were acknowledged, with their standard deviations where known, and the best that satisfies every bound."),
        });
        return;
    }
    let volumes: Vec<(f64, f64, f64)> = hypervolumes(state);
    if volumes.is_empty() {
        parts.push(Part::Text(
            "No model was asked yet, so there is no hypervolume to show.".to_owned(),
        ));
        return;
    }
    parts.push(Part::Figure {
        svg: Chart {
            title: "Hypervolume of the front of what was measured, by round".to_owned(),
            x: "round".to_owned(),
            y: "hypervolume".to_owned(),
            series: vec![Series {
                name: "of the measured front".to_owned(),
                shape: Shape::Steps,
                points: volumes,
            }],
        }
        .svg(),
        caption: "Volume that the measured front dominates beyond the reference point, at the time of each round's suggestion.".to_owned(),
    });
}

fn faster(campaign: &Campaign, parts: &mut Vec<Part>) {
    // A job of its own: a report is not cancelled.
    let told = match acceleration(campaign, None, &Job::new()) {
        Ok(Ok(told)) => told,
        Ok(Err(why)) => {
            let text = format!("How much faster than random search it was is not told: {why}.");
            return parts.push(Part::Text(text));
        }
        Err(error) => {
            let text =
                format!("How much faster than random search it was cannot be told: {error}.");
            return parts.push(Part::Text(text));
        }
    };
    parts.push(Part::Text(format!("{}.", told.sentence())));
    parts.push(Part::Text(
        "A random search draws from the same candidates, none twice, until it has measured something as good as the best here (of \
         several objectives: a front of at least the same volume). How many candidates are that good is drawn from the surrogate's \
         posterior. The interval tells what the surrogate does not know, not what it is wrong about."
            .to_owned(),
    ));
}

/// Round and hypervolume that its suggestion knew.
fn hypervolumes(state: &State) -> Vec<(f64, f64, f64)> {
    let volumes = state.hypervolumes.iter();
    volumes
        .map(|&(round, volume)| (round as f64, volume, f64::NAN))
        .collect()
}

fn front(campaign: &Campaign, parts: &mut Vec<Part>) {
    let state = campaign.state();
    let measured = measured_and_known(campaign);
    let objectives = aims(state, &measured);
    let [(a, _), (b, _), ..] = objectives.as_slice() else {
        return;
    };
    let best = best(state, &measured);
    let point =
        |one: &crate::progress::Measured| (one.values[*a].0, one.values[*b].0, one.values[*b].1);
    let others = measured
        .iter()
        .enumerate()
        .filter(|(at, _)| !best.contains(at));
    parts.push(Part::Heading("Front".to_owned()));
    let (x, y) = (
        label(&state.created.outcomes[*a]),
        label(&state.created.outcomes[*b]),
    );
    parts.push(Part::Figure {
        svg: Chart {
            title: format!("{y} over {x}, the measured front marked"),
            x: x.clone(),
            y: y.clone(),
            series: vec![
                Series {
                    name: "measured".to_owned(),
                    shape: Shape::Dots,
                    points: others.map(|(_, one)| point(one)).collect(),
                },
                Series {
                    name: "front".to_owned(),
                    shape: Shape::Marked,
                    points: best.iter().map(|&at| point(&measured[at])).collect(),
                },
            ],
        }
        .svg(),
        caption: format!("{y} over {x} of every measured candidate; no other is at least as good in every objective and better in one than those marked."),
    });
}

fn results(campaign: &Campaign, parts: &mut Vec<Part>) {
    let state = campaign.state();
    let measured = measured_and_known(campaign);
    let best = best(state, &measured);
    if best.is_empty() {
        return;
    }
    let outcomes = || state.created.told();
    let mut header = vec!["suggestion".to_owned()];
    header.extend(
        campaign
            .pool()
            .inputs
            .iter()
            .map(|i| screening::label(&i.name, &i.unit)),
    );
    header.extend(outcomes().map(|(_, o)| label(o)));
    let rows = best.iter().map(|&at| {
        let one = &measured[at];
        let mut row = vec![one.suggestion.clone().unwrap_or_else(|| "-".to_owned())];
        row.extend(
            one.made
                .clone()
                .unwrap_or_else(|| campaign.pool().cells(&one.candidate)),
        );
        row.extend(outcomes().map(|(k, _)| with_std(one.values[k])));
        row
    });
    parts.push(Part::Heading(
        if best.len() == 1 {
            "Best so far"
        } else {
            "The front so far"
        }
        .to_owned(),
    ));
    parts.push(Part::Table {
        header,
        rows: rows.collect(),
    });
}

/// Of a normal distribution, between the standard scores -z and z lie these shares.
const INTERVALS: [(f64, &str); 2] = [
    (0.674_489_750_196_081_7, "50 %"),
    (1.644_853_626_951_472_2, "90 %"),
];

fn calibration(state: &State, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("How right the predictions were".to_owned()));
    let all = foretold(state);
    if all.is_empty() {
        parts.push(Part::Text(
            "Nothing that a model chose was measured yet.".to_owned(),
        ));
        return;
    }
    parts.push(Part::Text(
        "Every prediction was sealed in the campaign before its candidate was measured. Candidates that a model chooses are no \
         random sample, so these shares describe this campaign and promise nothing."
            .to_owned(),
    ));
    let mut rows = Vec::new();
    for (k, outcome) in state.created.outcomes.iter().enumerate() {
        let of: Vec<&Foretold> = all.iter().filter(|f| f.outcome == k).collect();
        if of.is_empty() {
            continue;
        }
        let scores: Vec<f64> = of.iter().map(|f| (f.observed - f.mean) / f.std).collect();
        let n = of.len() as f64;
        let mut row = vec![label(outcome), of.len().to_string()];
        for (z, _) in INTERVALS {
            let within = scores.iter().filter(|score| score.abs() <= z).count();
            row.push(format!(
                "{within} of {} ({:.0} %)",
                of.len(),
                100.0 * within as f64 / n
            ));
        }
        let squares = of
            .iter()
            .map(|f| (f.observed - f.mean).powi(2))
            .sum::<f64>();
        row.push(short((squares / n).sqrt()));
        rows.push(row);
        let points = of
            .iter()
            .map(|f| (f.observed, f.mean, f.std))
            .collect::<Vec<_>>();
        let (low, high) = points
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| {
                (l.min(p.0), h.max(p.0))
            });
        parts.push(Part::Figure {
            svg: Chart {
                title: format!("Predicted over observed {}", label(outcome)),
                x: format!("observed {}", label(outcome)),
                y: format!("predicted {}", label(outcome)),
                series: vec![
                    Series {
                        name: "right".to_owned(),
                        shape: Shape::Guide,
                        points: vec![(low, low, f64::NAN), (high, high, f64::NAN)],
                    },
                    Series {
                        name: "predicted, one standard deviation".to_owned(),
                        shape: Shape::Dots,
                        points,
                    },
                ],
            }
            .svg(),
            caption: format!(
                "{}: what was predicted before each measurement over what was then observed.",
                label(outcome)
            ),
        });
    }
    let mut header = vec!["outcome".to_owned(), "predictions".to_owned()];
    header.extend(INTERVALS.map(|(_, share)| format!("observed within the {share} interval")));
    header.push("root mean square error".to_owned());
    parts.push(Part::Table { header, rows });
}

fn choices(campaign: &Campaign, parts: &mut Vec<Part>) {
    let state = campaign.state();
    parts.push(Part::Heading("Every choice and its reason".to_owned()));
    let outcomes = || state.created.measured();
    let mut header = vec![
        "suggestion".to_owned(),
        "round".to_owned(),
        "candidate".to_owned(),
    ];
    for (_, outcome) in outcomes() {
        header.push(format!("expected {}", label(outcome)));
        header.push(format!("observed {}", label(outcome)));
    }
    header.extend(["standing".to_owned(), "why".to_owned()]);
    let rows = state.suggestions.iter().map(|s| choice(campaign, s));
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        parts.push(Part::Text("Nothing was suggested yet.".to_owned()));
    } else {
        parts.push(Part::Table { header, rows });
    }
}

fn choice(campaign: &Campaign, suggestion: &Suggestion) -> Vec<String> {
    let state = campaign.state();
    let pick = &suggestion.pick;
    let cells = campaign.pool().cells(&pick.candidate).join(", ");
    let mut row = vec![pick.id.clone(), suggestion.round.to_string(), cells];
    for (k, _) in state.created.measured() {
        row.push(with_std((pick.mean[k].0, pick.std[k].0)));
        let observed = suggestion
            .experiments
            .iter()
            .map(|&at| state.experiments[at].values[k]);
        let known = observed.filter(|(value, _)| !value.is_nan()).map(with_std);
        row.push(known.collect::<Vec<_>>().join("; "));
    }
    row.push(suggestion.standing(state).to_owned());
    row.push(pick.why.clone());
    row
}

fn models(campaign: &Campaign, parts: &mut Vec<Part>) {
    let suggested = campaign
        .records()
        .iter()
        .rev()
        .find_map(|record| match &record.event {
            Event::Suggested(suggested) if !suggested.models.is_empty() => {
                Some((record.number, suggested))
            }
            _ => None,
        });
    let Some((event, suggested)) = suggested else {
        return;
    };
    parts.push(Part::Heading("What the last model learnt".to_owned()));
    let names = campaign.pool().names();
    let rows = suggested
        .models
        .iter()
        .filter(|model| !model.kernel.is_empty())
        .map(|model| {
            let mut order: Vec<usize> = (0..model.lengthscales.len()).collect();
            order.sort_by(|&a, &b| {
                model.lengthscales[a]
                    .total_cmp(&model.lengthscales[b])
                    .then(a.cmp(&b))
            });
            let scales = order.iter().take(6).filter_map(|&k| {
                Some(format!(
                    "{} {}",
                    names.get(k)?,
                    short(model.lengthscales[k])
                ))
            });
            let share =
                |x: Option<f64>| x.map_or_else(String::new, |x| format!("{:.0} %", 100.0 * x));
            vec![
                model.name.clone(),
                model.kernel.clone(),
                scales.collect::<Vec<_>>().join(", "),
                model.noise_std.map_or_else(String::new, short),
                share(model.loo_coverage_68),
                share(model.loo_coverage_95),
            ]
        });
    let rows: Vec<Vec<String>> = rows.collect();
    parts.push(Part::Text(format!(
        "The model behind event {event}. A lengthscale is in units of an input's range: the shorter, the more the outcome depends on \
         it. Shares are of leave-one-out predictions within the central intervals of 68 % and 95 %."
    )));
    let header = [
        "outcome",
        "kernel",
        "shortest lengthscales",
        "noise",
        "within 68 %",
        "within 95 %",
    ];
    parts.push(Part::Table {
        header: header.map(str::to_owned).to_vec(),
        rows,
    });
}

fn history(campaign: &Campaign, parts: &mut Vec<Part>) {
    parts.push(Part::Heading("History".to_owned()));
    let struck = &campaign.state().struck;
    let rows = campaign.records().iter().map(|record| {
        let mark = if struck.contains(&(record.number, 0)) {
            " (retracted)"
        } else {
            ""
        };
        vec![
            record.number.to_string(),
            record.at.clone(),
            record.hash_hex()[..12].to_owned(),
            format!("{}{mark}", sentence(&record.event)),
        ]
    });
    let header = ["event", "acknowledged (UTC)", "hash", "what happened"];
    parts.push(Part::Table {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    });
}

/// Whose numbers the candidates' columns hold, where that asks to be cited.
fn sources(campaign: &Campaign, parts: &mut Vec<Part>) {
    let created = &campaign.state().created;
    let headers = campaign.pool().headers().iter().map(|column| &column.name);
    let predicted = created.predicted().iter().map(|one| &one.name);
    let outcomes = created.outcomes.iter().map(|one| &one.name);
    let mut names: Vec<&str> = Vec::new();
    let mut whose = None;
    for name in headers.chain(predicted).chain(outcomes) {
        if let Some(citation) = screening::citation(name)
            && !names.contains(&name.as_str())
        {
            names.push(name);
            whose = Some(citation);
        }
    }
    if let Some(citation) = whose {
        parts.push(Part::Heading("Sources".to_owned()));
        parts.push(Part::Text(format!(
            "{}: computed by the universal potential of {citation}.",
            names.join(", ")
        )));
    }
}
