//! How a campaign begins: from a table of candidates and what is wanted to its first events.

mod aims;
mod columns;

pub(crate) use aims::is_needed;
pub use aims::label;

use crate::event::{
    Candidates, Created, Event, InputKind, Outcome, PoolSource, Predicted, SpaceSource,
};
use crate::number::{Number, numbers};
use crate::pool::{Listed, Pool, Prediction, SourceFile, folder_of, predicted_bytes, read_source};
use crate::{CampaignError, Journal, sha256_hex};
use aims::{outcomes, sort_constraints};
use columns::{inputs, observed};
use job::Job;
use optimize::suggest::Acquisition;
use optimize::{Constraint, Direction, Objective};
use screening::{Request, screen};
use std::path::Path;
use table::Table;

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
    /// How many of the best candidates are wanted, from 1; see [`Created::leads`].
    pub leads: Option<u32>,
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
    if file.format == "toml" {
        return create_from_space(path, wanted, job);
    }
    let table = read_source(file, job)?;
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
    let (outcomes, constraints) = aimed(&table, wanted, &mut predictions, &mut messages)?;
    messages.extend(idle_leads(wanted, &outcomes));
    let inputs = inputs(&table, wanted, &outcomes, &mut messages)?;
    let formula = inputs.iter().find(|i| i.kind == InputKind::Formula);
    let formula = formula.map(|i| i.name.clone());
    let rows = table.len();
    let cost = wanted.cost.as_deref();
    let observed = observed(&table, wanted, &outcomes, &mut messages)?;
    let folder = folder_of(path);
    let built = Pool::build(
        table,
        &inputs,
        &constraints,
        &predictions,
        cost,
        None,
        &folder,
    )?;
    let pool = built.pool;
    for (why, count) in &pool.left_out {
        messages.push(format!(
            "{count} of {rows} candidates {why} and will not be suggested"
        ));
    }
    if let Some((name, _)) = &built.beside {
        messages.push(format!(
            "{}: the candidates as numbers and texts, kept beside the campaign; move the two together",
            folder.join(name).display()
        ));
    }
    let inside = !file.bytes.is_empty();
    let contents = predictions.iter().map(predicted_bytes);
    let mut contents: Vec<Vec<u8>> = contents.collect();
    let source = PoolSource {
        file: file.name.clone(),
        format: file.format.to_owned(),
        sha256: file.sha256()?,
        beside: (!inside).then(|| beside(path, &file.name)),
        rows: rows as u64,
        kept: (pool.kept.len() < rows).then_some(pool.kept.len() as u64),
        inputs,
        formula,
        predicted: predicted(wanted, &predictions, &contents),
        points: built.points,
        shelf: built.beside.clone(),
    };
    if inside {
        contents.push(file.bytes.clone());
    }
    let created = created(wanted, Candidates::Pool(source), outcomes, &constraints);
    let observations = observed.entries.len();
    let mut events = vec![Event::Created(Box::new(created.clone()))];
    if observations > 0 {
        events.push(Event::Observed(observed));
    }
    if let Err(error) = Journal::create(path, &events, &contents) {
        if let (Some((name, _)), true) = (&built.beside, built.is_new) {
            // Nothing is left of what did not begin; the error to tell is the one that kept it from beginning.
            let _ = std::fs::remove_file(folder.join(name));
        }
        return Err(error);
    }
    Ok(Begun {
        created,
        kept: pool.kept.len(),
        observations,
        messages,
    })
}

/// What is wanted, as outcomes and as constraints on candidates; of the predictions those are kept that say something to it.
fn aimed(
    table: &Table,
    wanted: &Wanted,
    predictions: &mut Vec<Prediction>,
    messages: &mut Vec<String>,
) -> Result<(Vec<Outcome>, Vec<Constraint>), CampaignError> {
    let mut outcomes = outcomes(table, wanted, predictions, messages)?;
    let constraints = sort_constraints(wanted, &mut outcomes)?;
    for (name, property) in &wanted.priors {
        let predicted = predictions.iter().any(|p| p.name == *property);
        let outcome = outcomes.iter_mut().find(|o| o.name == *name && !o.known);
        let (Some(outcome), true) = (outcome, predicted) else {
            return Err(question(format!(
                "--prior {name}={property}: write the name of a measured objective and of a property that a plugin or model of this campaign predicts{}",
                listed(predictions)
            )));
        };
        outcome.prior = Some(property.clone());
    }
    for prediction in predictions.iter_mut() {
        prediction.needed = is_needed(&outcomes, &prediction.name);
        prediction.input = wanted.used.contains(&prediction.name);
    }
    if let Some(name) = wanted
        .used
        .iter()
        .find(|n| !predictions.iter().any(|p| p.name == **n))
    {
        return Err(question(format!(
            "--use {name}: no plugin or model of this campaign predicts it; write its full name{}",
            listed(predictions)
        )));
    }
    // What neither decides nor describes is not kept.
    let constrained = |p: &Prediction| constraints.iter().any(|c| c.properties().contains(&p.name));
    predictions.retain(|p| p.needed || p.input || constrained(p));
    Ok((outcomes, constraints))
}

/// Says so where leads were asked for and nothing is counted from them.
fn idle_leads(wanted: &Wanted, outcomes: &[Outcome]) -> Option<String> {
    let leads = wanted.leads?;
    let objectives = outcomes.iter().filter(|o| o.aim.is_some()).count();
    let improves = !matches!(
        wanted.acquisition,
        Acquisition::Thompson
            | Acquisition::IntegratedVariance
            | Acquisition::LevelSet { .. }
            | Acquisition::Random
            | Acquisition::Sobol
    );
    let why = match (objectives, improves) {
        (1, true) => return None,
        (0, _) => "without an objective there is nothing to lead in".to_owned(),
        (1, false) => format!(
            "{} chooses by something else than improvement",
            wanted.acquisition
        ),
        (count, _) => format!(
            "they count for a single objective, and with {count} suggestions improve upon the front"
        ),
    };
    Some(format!("{leads} leads are wanted, but play no part: {why}"))
}

/// What is predicted, for an error's end.
fn listed(predictions: &[Prediction]) -> String {
    let names: Vec<&str> = predictions.iter().map(|p| p.name.as_str()).collect();
    match names.is_empty() {
        true => " (name one with --plugin or --model)".to_owned(),
        false => format!(" ({})", names.join(", ")),
    }
}

/// The predictions as the first event tells them; `contents` are theirs.
fn predicted(wanted: &Wanted, predictions: &[Prediction], contents: &[Vec<u8>]) -> Vec<Predicted> {
    let all = predictions.iter().zip(contents);
    all.map(|(p, bytes)| Predicted {
        name: p.name.clone(),
        unit: p.unit.clone(),
        by: predicted_by(wanted, &p.name),
        sha256: sha256_hex(bytes),
        input: p.input,
    })
    .collect()
}

/// Begins a campaign over a design space.
fn create_from_space(path: &Path, wanted: &Wanted, job: &Job) -> Result<Begun, CampaignError> {
    let file = &wanted.file;
    let toml = String::from_utf8(file.bytes.clone());
    let toml =
        toml.map_err(|_| question(format!("{}: a design space is TOML in UTF-8", file.name)))?;
    let listed = Listed::of(&file.name, &toml, wanted.seed, job)?;
    let mut messages: Vec<String> = Vec::new();
    let mut predictions = predict(&listed.table, wanted, job, &mut messages)?;
    let (outcomes, constraints) = aimed(&listed.table, wanted, &mut predictions, &mut messages)?;
    messages.extend(idle_leads(wanted, &outcomes));
    let built = listed.build(&constraints, &predictions, wanted.cost.as_deref())?;
    let pool = built.pool;
    let names = |o: &&Outcome| pool.inputs.iter().any(|input| input.name == o.name);
    if let Some(outcome) = outcomes.iter().find(names) {
        return Err(question(format!(
            "objective {:?} is an input of the space; name what is measured",
            outcome.name
        )));
    }
    for (why, count) in &pool.left_out {
        messages.push(format!(
            "{count} of {} candidates {why} and will not be suggested",
            pool.table_rows
        ));
    }
    let inputs: Vec<&str> = pool
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .collect();
    messages.push(format!("inputs: {}", inputs.join(", ")));
    if !predictions.is_empty() && !pool.is_whole() {
        messages.push(format!(
            "what plugins and models predict is known of the {} candidates that were drawn, so only they are suggested",
            pool.table_rows
        ));
    }
    let mut contents: Vec<Vec<u8>> = predictions.iter().map(predicted_bytes).collect();
    let source = SpaceSource {
        file: file.name.clone(),
        sha256: sha256_hex(&file.bytes),
        candidates: pool.table_rows as u64,
        points: built.points,
        predicted: predicted(wanted, &predictions, &contents),
    };
    contents.push(file.bytes.clone());
    let created = created(wanted, Candidates::Space(source), outcomes, &constraints);
    let first = Event::Created(Box::new(created.clone()));
    Journal::create(path, &[first], &contents)?;
    Ok(Begun {
        created,
        kept: pool.kept.len(),
        observations: 0,
        messages,
    })
}

/// The first event.
fn created(
    wanted: &Wanted,
    candidates: Candidates,
    outcomes: Vec<Outcome>,
    constraints: &[Constraint],
) -> Created {
    Created {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        candidates,
        outcomes,
        constraints: constraints.iter().map(ToString::to_string).collect(),
        batch: wanted.batch,
        initial: wanted.initial,
        leads: wanted.leads,
        budget: wanted.budget.map(Number),
        cost: wanted.cost.clone(),
        seed: wanted.seed,
        acquisition: wanted.acquisition.to_string(),
        reference: wanted.reference.as_deref().map(numbers),
    }
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
