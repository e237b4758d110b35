//! What is wanted, as outcomes: predicted beforehand, in the table, or yet to be measured; and their bounds.

use super::{Wanted, question};
use crate::CampaignError;
use crate::event::{Aim, Outcome};
use crate::number::Number;
use crate::pool::Prediction;
use optimize::Constraint;
use screening::{Origin, Quantity};
use table::Table;

/// Whether a candidate without this prediction cannot be weighed.
pub(crate) fn is_needed(outcomes: &[Outcome], property: &str) -> bool {
    let uses =
        |o: &Outcome| (o.known && o.name == property) || o.prior.as_deref() == Some(property);
    outcomes.iter().any(uses)
}

/// What is wanted, each as an outcome that is predicted, stands in the table, or is yet to be measured.
pub(super) fn outcomes(
    table: &Table,
    wanted: &Wanted,
    predictions: &[Prediction],
    messages: &mut Vec<String>,
) -> Result<Vec<Outcome>, CampaignError> {
    if wanted.objectives.is_empty() {
        return Err(question("there is nothing to aim at: name an objective, as in -O max:yield or -O 'min:cost [USD/kg]'".to_owned()));
    }
    let known: Vec<Quantity> = predictions
        .iter()
        .map(|p| Quantity {
            name: p.name.clone(),
            unit: p.unit.clone(),
            origin: Origin::Column { column: 0 },
        })
        .collect();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for objective in &wanted.objectives {
        let mut outcome = match screening::find(&objective.property, &known) {
            Ok(quantity) => new_outcome(&quantity.name, &quantity.unit, true),
            Err(_) => match table.find_column(&objective.property) {
                Ok(column) => {
                    let info = &table.columns()[column];
                    let unit = info.unit.clone().unwrap_or_default();
                    new_outcome(&info.name, &unit, false)
                }
                Err(_) => {
                    let (name, unit) = split_unit(&objective.property);
                    let mut names = table
                        .columns()
                        .iter()
                        .map(|c| c.name.as_str())
                        .collect::<Vec<_>>();
                    names.extend(predictions.iter().map(|p| p.name.as_str()));
                    let near = optimize::suggest_nearest(name, names);
                    let near =
                        near.map_or_else(String::new, |near| format!(" (or is {near:?} meant?)"));
                    messages.push(format!("objective {objective}: no candidate has a {name:?} yet{near}; it will be asked for in the worksheets"));
                    new_outcome(name, unit, false)
                }
            },
        };
        outcome.aim = Some(Aim::from(objective.direction));
        if outcomes.iter().any(|other| other.name == outcome.name) {
            return Err(question(format!(
                "two objectives are about {:?}; keep one",
                outcome.name
            )));
        }
        outcomes.push(outcome);
    }
    if outcomes.iter().all(|outcome| outcome.known) {
        return Err(question("every objective is predicted beforehand, so there is nothing to measure: `lodestone rank` answers at once".to_owned()));
    }
    Ok(outcomes)
}

fn new_outcome(name: &str, unit: &str, known: bool) -> Outcome {
    Outcome {
        name: name.to_owned(),
        unit: unit.to_owned(),
        aim: None,
        at_least: None,
        at_most: None,
        known,
        prior: None,
    }
}

/// `yield [%]` as name and unit.
fn split_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let inside = text
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['));
    inside.map_or((text, ""), |(name, unit)| (name.trim(), unit.trim()))
}

/// The constraints on candidates; those on outcomes become bounds of theirs.
pub(super) fn sort_constraints(
    wanted: &Wanted,
    outcomes: &mut [Outcome],
) -> Result<Vec<Constraint>, CampaignError> {
    let mut on_candidates = Vec::new();
    for constraint in &wanted.constraints {
        let learned = |name: &String| {
            outcomes
                .iter()
                .position(|o| !o.known && (o.name == *name || label(o) == *name))
        };
        let places: Vec<Option<usize>> = constraint.properties().iter().map(learned).collect();
        if places.iter().all(Option::is_none) {
            on_candidates.push(constraint.clone());
            continue;
        }
        let bounds = constraint
            .bounds()
            .filter(|_| places.iter().all(Option::is_some));
        let Some(bounds) = bounds else {
            return Err(question(format!(
                "constraint {constraint}: of what is measured, only bounds with < <= >= > can be asked for, apart from what is known of the candidates; give -w twice"
            )));
        };
        for (property, low, high) in bounds {
            let Some(outcome) = places[property].map(|place| &mut outcomes[place]) else {
                continue;
            };
            if low.is_finite() {
                outcome.at_least = Some(Number(
                    outcome.at_least.map_or(low, |other| other.0.max(low)),
                ));
            }
            if high.is_finite() {
                outcome.at_most = Some(Number(
                    outcome.at_most.map_or(high, |other| other.0.min(high)),
                ));
            }
        }
    }
    for outcome in outcomes {
        if let (Some(low), Some(high)) = (outcome.at_least, outcome.at_most)
            && low.0 > high.0
        {
            return Err(question(format!(
                "{:?} is to be at least {} and at most {}, which no value is; check the bounds",
                outcome.name, low.0, high.0
            )));
        }
    }
    Ok(on_candidates)
}

/// Name and unit of an outcome as headers show them: `yield [%]`.
pub fn label(outcome: &Outcome) -> String {
    screening::label(&outcome.name, &outcome.unit)
}
