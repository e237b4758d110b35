//! How a campaign begins: from a table of candidates and what is wanted to its first events.

use crate::event::{
    Aim, Candidate, Candidates, Created, Entry, Event, Input, InputKind, Observed, Outcome,
    PoolSource, Predicted, Reading, Source, Status,
};
use crate::number::{Number, numbers};
use crate::pool::{
    MOST_INSIDE, MOST_LEVELS, Pool, Prediction, SourceFile, predicted_bytes, read_table,
};
use crate::{CampaignError, Journal, sha256_hex};
use job::Job;
use optimize::suggest::Acquisition;
use optimize::{Constraint, Direction, Objective};
use screening::{Origin, Quantity, Request, screen};
use std::collections::BTreeSet;
use std::path::Path;
use table::{Conversion, Table, convert_factor};

/// What a user wants of a new campaign.
pub struct Wanted {
    pub file: SourceFile,
    pub objectives: Vec<Objective>,
    pub constraints: Vec<Constraint>,
    /// Plugins, models, their settings, the column of formulas.
    pub request: Request,
    /// Columns that describe a candidate; empty: found by looking at them.
    pub inputs: Vec<String>,
    /// Columns that are no inputs.
    pub ignored: Vec<String>,
    /// Predicted properties that are inputs too.
    pub used: Vec<String>,
    /// Outcomes, and the predicted property that is the prior mean of each.
    pub priors: Vec<(String, String)>,
    /// Do not look at what the table says of the objectives.
    pub blind: bool,
    pub batch: u32,
    pub initial: u32,
    pub budget: Option<f64>,
    pub cost: Option<String>,
    pub seed: u64,
    pub acquisition: Acquisition,
    pub reference: Option<Vec<f64>>,
}

/// What was made of it.
pub struct Begun {
    pub created: Created,
    /// How many candidates may be chosen.
    pub kept: usize,
    /// How many values the table had already.
    pub observations: usize,
    /// What the user should know of how the table was understood.
    pub messages: Vec<String>,
}

/// Begins a campaign in the new file `path`.
///
/// # Errors
/// The table cannot be read, an objective or constraint does not fit it, no candidate is left, the file cannot be made.
pub fn create(path: &Path, wanted: &Wanted, job: &Job) -> Result<Begun, CampaignError> {
    // Before any work: the file must not be there.
    if std::fs::symlink_metadata(path).is_ok() {
        return Err(CampaignError::Exists { path: path.into() });
    }
    let file = &wanted.file;
    let table = read_table(&file.name, file.format, &file.bytes, job)?;
    let mut messages: Vec<String> = table.messages().to_vec();
    if !table.rejected().is_empty() {
        messages.push(format!(
            "{} rows of {} cannot be read and are no candidates (the first, line {}: {})",
            table.rejected().len(),
            file.name,
            table.rejected()[0].line,
            table.rejected()[0].reason
        ));
    }
    let mut predictions = predict(&table, wanted, job, &mut messages)?;
    let mut outcomes = outcomes(&table, wanted, &predictions, &mut messages)?;
    let constraints = sort_constraints(wanted, &mut outcomes)?;
    for (name, property) in &wanted.priors {
        let predicted = predictions.iter().any(|p| p.name == *property);
        let outcome = outcomes.iter_mut().find(|o| o.name == *name && !o.known);
        let (Some(outcome), true) = (outcome, predicted) else {
            return Err(question(format!(
                "--prior {name}={property}: write the name of a measured objective and of a property that a plugin or model of this campaign predicts"
            )));
        };
        outcome.prior = Some(property.clone());
    }
    for prediction in &mut predictions {
        prediction.needed = is_needed(&outcomes, &prediction.name);
        prediction.input = wanted.used.contains(&prediction.name);
    }
    if let Some(name) = wanted
        .used
        .iter()
        .find(|n| !predictions.iter().any(|p| p.name == **n))
    {
        return Err(question(format!(
            "--use {name}: no plugin or model of this campaign predicts it; write its full name, as in battery.average_voltage"
        )));
    }
    // What neither decides nor describes is not kept.
    let constrained = |p: &Prediction| constraints.iter().any(|c| c.properties().contains(&p.name));
    predictions.retain(|p| p.needed || p.input || constrained(p));
    let inputs = inputs(&table, wanted, &outcomes, &mut messages)?;
    let formula = inputs.iter().find(|i| i.kind == InputKind::Formula);
    let formula = formula.map(|i| i.name.clone());
    let rows = table.len();
    let cost = wanted.cost.as_deref();
    let observed = observed(&table, wanted, &outcomes, &mut messages)?;
    let pool = Pool::build(table, &inputs, &constraints, &predictions, cost)?;
    for (why, count) in &pool.left_out {
        messages.push(format!(
            "{count} of {rows} candidates {why} and will not be suggested"
        ));
    }
    let inside = file.bytes.len() <= MOST_INSIDE;
    let contents = predictions.iter().map(predicted_bytes);
    let mut contents: Vec<Vec<u8>> = contents.collect();
    let source = PoolSource {
        file: file.name.clone(),
        format: file.format.to_owned(),
        sha256: sha256_hex(&file.bytes),
        beside: (!inside).then(|| beside(path, &file.name)),
        rows: rows as u64,
        kept: (pool.kept.len() < rows).then_some(pool.kept.len() as u64),
        inputs,
        formula,
        predicted: predictions
            .iter()
            .zip(&contents)
            .map(|(p, bytes)| Predicted {
                name: p.name.clone(),
                unit: p.unit.clone(),
                by: predicted_by(wanted, &p.name),
                sha256: sha256_hex(bytes),
                input: p.input,
            })
            .collect(),
        points: pool.digest(),
    };
    if inside {
        contents.push(file.bytes.clone());
    }
    let created = Created {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        candidates: Candidates::Pool(source),
        outcomes,
        constraints: constraints.iter().map(ToString::to_string).collect(),
        batch: wanted.batch,
        initial: wanted.initial,
        budget: wanted.budget.map(Number),
        cost: wanted.cost.clone(),
        seed: wanted.seed,
        acquisition: wanted.acquisition.to_string(),
        reference: wanted.reference.as_deref().map(numbers),
    };
    let observations = observed.entries.len();
    let mut events = vec![Event::Created(Box::new(created.clone()))];
    if observations > 0 {
        events.push(Event::Observed(observed));
    }
    Journal::create(path, &events, &contents)?;
    Ok(Begun {
        created,
        kept: pool.kept.len(),
        observations,
        messages,
    })
}

/// Whether a candidate without this prediction cannot be weighed.
pub(crate) fn is_needed(outcomes: &[Outcome], property: &str) -> bool {
    let uses =
        |o: &Outcome| (o.known && o.name == property) || o.prior.as_deref() == Some(property);
    outcomes.iter().any(uses)
}

fn question(text: String) -> CampaignError {
    CampaignError::Question(text)
}

/// The path of the table as seen from the campaign's folder, where that is above it; otherwise as it is from anywhere.
fn beside(campaign: &Path, table: &str) -> String {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let folder = match campaign.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => whole(folder),
        _ => whole(Path::new(".")),
    };
    let table = whole(Path::new(table));
    let near = table.strip_prefix(&folder).unwrap_or(&table);
    near.display().to_string()
}

/// Which plugin or model, of which hash, a property is of.
fn predicted_by(wanted: &Wanted, name: &str) -> String {
    let first = name.split('.').next().unwrap_or_default();
    let plugin = wanted.request.plugins.iter().find(|p| p.id() == first);
    let model = wanted.request.models.iter().find(|m| m.name() == first);
    match (plugin, model) {
        (Some(plugin), _) => format!("plugin {} sha256:{}", plugin.id(), plugin.sha256()),
        (None, Some(model)) => format!("model {} sha256:{}", model.name(), model.sha256()),
        (None, None) => String::new(),
    }
}

/// What the named plugins and models say of every row.
fn predict(
    table: &Table,
    wanted: &Wanted,
    job: &Job,
    messages: &mut Vec<String>,
) -> Result<Vec<Prediction>, CampaignError> {
    let plugins = wanted.request.plugins.iter().filter_map(|plugin| {
        let first = plugin.description().properties.first()?;
        Some(format!("{}.{}", plugin.id(), first.name))
    });
    let models = wanted.request.models.iter().map(screening::Model::property);
    let Some(any) = plugins.chain(models).next() else {
        return Ok(Vec::new());
    };
    // A screening ranks by something; which property does not matter here.
    let request = Request {
        objectives: vec![Objective {
            property: any,
            direction: Direction::Maximize,
        }],
        constraints: Vec::new(),
        top: None,
        ..wanted.request.clone()
    };
    let outcome = screen(table, &request, job)?;
    messages.extend(outcome.messages.iter().cloned());
    messages.extend(outcome.switched_off.iter().cloned());
    let properties = outcome.properties();
    let mut predictions = Vec::with_capacity(properties.len());
    for property in &properties {
        let (mut mean, mut std) = (vec![f64::NAN; table.len()], vec![f64::NAN; table.len()]);
        for &row in &outcome.order {
            (mean[row as usize], std[row as usize]) = outcome.value(property, row);
        }
        predictions.push(Prediction {
            name: property.name.clone(),
            unit: property.unit.clone(),
            mean,
            std,
            input: false,
            needed: false,
        });
    }
    Ok(predictions)
}

/// What is wanted, each as an outcome that is predicted, stands in the table, or is yet to be measured.
fn outcomes(
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
pub(crate) fn split_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let inside = text
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['));
    inside.map_or((text, ""), |(name, unit)| (name.trim(), unit.trim()))
}

/// The constraints on candidates; those on outcomes become bounds of theirs.
fn sort_constraints(
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
        if outcome.at_least.is_some() && outcome.at_most.is_some() {
            return Err(question(format!(
                "{:?} is bounded from both sides; give one bound, or make it a target objective",
                outcome.name
            )));
        }
    }
    Ok(on_candidates)
}

/// Name and unit of an outcome as headers show them: `yield [%]`.
pub fn label(outcome: &Outcome) -> String {
    screening::label(&outcome.name, &outcome.unit)
}

/// The columns that describe a candidate.
fn inputs(
    table: &Table,
    wanted: &Wanted,
    outcomes: &[Outcome],
    messages: &mut Vec<String>,
) -> Result<Vec<Input>, CampaignError> {
    let find = |names: &[String]| -> Result<BTreeSet<usize>, CampaignError> {
        Ok(names
            .iter()
            .map(|name| table.find_column(name))
            .collect::<Result<_, _>>()?)
    };
    let (named, ignored) = (find(&wanted.inputs)?, find(&wanted.ignored)?);
    let cost = wanted
        .cost
        .as_deref()
        .map(|name| table.find_column(name))
        .transpose()?;
    let formula = match &wanted.request.formula_column {
        Some(name) => Some(table.formula_column(Some(name))?),
        None => table.formula_column(None).ok(),
    };
    let (mut inputs, mut left) = (Vec::new(), Vec::new());
    for (column, info) in table.columns().iter().enumerate() {
        let is_outcome = outcomes
            .iter()
            .any(|o| info.name == o.name || info.name == format!("{}_std", o.name));
        let asked = named.contains(&column);
        if is_outcome || ignored.contains(&column) || (!named.is_empty() && !asked) {
            continue;
        }
        if cost == Some(column) && !asked {
            continue;
        }
        let kind = if formula == Some(column) {
            Some(InputKind::Formula)
        } else {
            kind_of(table, column, asked)
        };
        match kind {
            Some(kind) => inputs.push(Input {
                name: info.name.clone(),
                unit: info.unit.clone().unwrap_or_default(),
                kind,
            }),
            None => left.push(info.name.as_str()),
        }
    }
    if !left.is_empty() {
        messages.push(format!(
            "columns that only name the candidates, or are the same for all, are no inputs: {} (--input makes one of them an input)",
            left.join(", ")
        ));
    }
    if inputs.is_empty() {
        return Err(question(
            "no column describes the candidates: give columns of numbers, categories or formulas"
                .to_owned(),
        ));
    }
    let listed: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    messages.push(format!("inputs: {}", listed.join(", ")));
    Ok(inputs)
}

/// Headers of columns that count the rows.
const COUNTING: [&str; 9] = [
    "id",
    "index",
    "no",
    "no.",
    "nr",
    "#",
    "number",
    "row",
    "unnamed: 0",
];

/// What a column holds; none where it only names candidates or never varies.
fn kind_of(table: &Table, column: usize, asked: bool) -> Option<InputKind> {
    let info = &table.columns()[column];
    if table.is_numeric(column) {
        let values = table.numbers(column).values;
        let (low, high) = crate::pool::bounds(&values);
        let name = info.name.trim().to_lowercase();
        let counts = (COUNTING.contains(&name.as_str()) || info.header.trim().is_empty())
            && values.iter().all(|value| value.fract() == 0.0);
        return (low < high && (asked || !counts)).then_some(InputKind::Number);
    }
    let mut levels = BTreeSet::new();
    for text in table.texts(column, 0..table.len()) {
        let text = text.trim();
        if !table::is_missing(text) && !levels.contains(text) {
            levels.insert(text.to_owned());
        }
        if levels.len() > MOST_LEVELS {
            return None;
        }
    }
    let repeats = 2 * levels.len() <= table.len();
    (levels.len() > 1 && (asked || repeats)).then_some(InputKind::Category)
}

/// What the table already says of the outcomes.
fn observed(
    table: &Table,
    wanted: &Wanted,
    outcomes: &[Outcome],
    messages: &mut Vec<String>,
) -> Result<Observed, CampaignError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut columns = Vec::new();
    for (place, outcome) in (0..).zip(outcomes).filter(|(_, o)| !o.known) {
        let Some(column) = table.columns().iter().position(|c| c.name == outcome.name) else {
            continue;
        };
        let numbers = table.numbers(column);
        if let Some(bad) = numbers.bad.first() {
            messages.push(format!(
                "column {:?}: {} cells are no number and count as not measured (line {}: {:?}: {})",
                outcome.name, numbers.bad_count, bad.line, bad.text, bad.error
            ));
        }
        columns.push((place, numbers.values, stds(table, outcome)?));
    }
    let known = |row: usize| columns.iter().any(|(_, values, _)| !values[row].is_nan());
    if wanted.blind {
        let count = (0..table.len()).filter(|row| known(*row)).count();
        if count > 0 {
            messages.push(format!(
                "blind: what the table says of the objectives ({count} rows) is not looked at"
            ));
        }
        columns.clear();
    }
    for row in 0..table.len() {
        let values: Vec<Reading> = columns
            .iter()
            .filter(|(_, values, _)| !values[row].is_nan())
            .map(|(place, values, stds)| Reading {
                outcome: *place,
                value: Number(values[row]),
                std: Number(stds.as_ref().map_or(f64::NAN, |stds| stds[row])),
            })
            .collect();
        if !values.is_empty() {
            entries.push(Entry {
                candidate: Candidate::Row(row as u32),
                suggestion: None,
                replicate: 1,
                made: None,
                status: Status::Measured,
                values,
                note: None,
            });
        }
    }
    if entries.len() == table.len() {
        messages.push("every candidate has a value already, so there is nothing left to suggest; for a replay, --blind hides them".to_owned());
    }
    Ok(Observed {
        source: Source::Pool,
        entries,
    })
}

/// The column `<outcome>_std` in the outcome's unit.
fn stds(table: &Table, outcome: &Outcome) -> Result<Option<Vec<f64>>, CampaignError> {
    let name = format!("{}_std", outcome.name);
    let Some(column) = table.columns().iter().position(|c| c.name == name) else {
        return Ok(None);
    };
    let mut values = table.numbers(column).values;
    let conversion = match &table.columns()[column].unit {
        Some(unit) => convert_factor(unit, &outcome.unit)
            .map_err(|error| question(format!("column {name:?}: {error}")))?,
        None => Conversion::IDENTITY,
    };
    for value in &mut values {
        // A negative standard deviation is none.
        *value = if *value < 0.0 {
            f64::NAN
        } else {
            conversion.apply_std(*value)
        };
    }
    Ok(Some(values))
}
