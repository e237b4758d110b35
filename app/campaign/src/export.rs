//! For others to read: the observations as a table, and the whole campaign as an RO-Crate.
//!
//! RO-Crate Metadata Specification 1.1, <https://w3id.org/ro/crate/1.1>.

use crate::create::label;
use crate::event::{Candidates, Event, Origin};
use crate::history::sentence;
use crate::observe::word;
use crate::state::{Experiment, State};
use crate::{Campaign, CampaignError, Record, Source, sha256_hex};
use job::Job;
use serde_json::{Value, json};
use std::path::Path;
use table::{OutputFormat, OutputTable, Values, write_atomically};

/// The observations in the order in which they were acknowledged, as CSV: event, time, suggestion, replicate, source, status,
/// every outcome with its standard deviation, the inputs as suggested and, where it differs, as made, note.
///
/// # Errors
/// None but what writing to memory has.
pub fn observations_csv(campaign: &Campaign) -> Result<Vec<u8>, CampaignError> {
    let (state, pool) = (campaign.state(), campaign.pool());
    let all: Vec<&Experiment> = state.experiments.iter().collect();
    let order: Vec<u32> = (0..all.len() as u32).collect();
    let mut out = OutputTable::new(&order);
    let text = |f: &dyn Fn(&Experiment) -> String| {
        Values::Text(all.iter().map(|e| f(e)).collect::<Vec<_>>().into())
    };
    out.push(
        "event",
        text(&|e| {
            e.told
                .first()
                .map_or_else(String::new, |(event, _)| event.to_string())
        }),
    );
    out.push("acknowledged", text(&|e| e.at.clone()));
    out.push(
        "suggestion",
        text(&|e| e.suggestion.clone().unwrap_or_default()),
    );
    out.push(
        "replicate",
        Values::U32(all.iter().map(|e| e.replicate).collect()),
    );
    out.push("source", text(&|e| source(&e.source)));
    out.push("status", text(&|e| word(e.status).to_owned()));
    for (place, outcome) in state
        .created
        .outcomes
        .iter()
        .enumerate()
        .filter(|(_, o)| !o.known)
    {
        out.push(
            label(outcome),
            Values::F64(all.iter().map(|e| e.values[place].0).collect()),
        );
        let std = screening::label(&format!("{}_std", outcome.name), &outcome.unit);
        out.push(
            std,
            Values::F64(all.iter().map(|e| e.values[place].1).collect()),
        );
    }
    for (place, input) in pool.inputs.iter().enumerate() {
        let name = screening::label(&input.name, &input.unit);
        out.push(name, text(&|e| pool.cells(&e.candidate)[place].clone()));
    }
    if all.iter().any(|e| e.made.is_some()) {
        for (place, input) in pool.inputs.iter().enumerate() {
            let name = screening::label(&format!("made {}", input.name), &input.unit);
            out.push(
                name,
                text(&|e| {
                    e.made
                        .as_ref()
                        .map_or_else(String::new, |made| made[place].clone())
                }),
            );
        }
    }
    out.push("note", text(&|e| e.note.clone().unwrap_or_default()));
    let mut bytes = Vec::new();
    out.write(&mut bytes, OutputFormat::Csv, &Job::new())?;
    Ok(bytes)
}

/// Where an observation comes from, in a word or two.
pub(crate) fn source(source: &Source) -> String {
    match source {
        Source::Pool => "pool".to_owned(),
        Source::File { name, .. } => name.clone(),
        Source::Lab { lab, origin, .. } => match origin {
            Origin::Unstated => format!("lab {lab}"),
            origin => format!("lab {lab} ({origin})"),
        },
    }
}

/// Writes an RO-Crate into the new folder `folder`: the campaign's file, its candidates, observations, suggestions and
/// history, and `ro-crate-metadata.json` about them. The SHA-256 of that file is given back.
///
/// # Errors
/// The folder exists, or cannot be written to. A folder that was begun is named so that it is seen to be unfinished.
pub fn write_crate(campaign: &Campaign, folder: &Path) -> Result<String, CampaignError> {
    let failed = |error| CampaignError::file("write", folder, error);
    if std::fs::symlink_metadata(folder).is_ok() {
        return Err(CampaignError::Exists {
            path: folder.into(),
        });
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let unfinished = tempfile::Builder::new()
        .prefix(".ro-crate-")
        .tempdir_in(parent)
        .map_err(failed)?;
    let mut files: Vec<(String, Vec<u8>, Value)> = vec![
        (
            "observations.csv".to_owned(),
            observations_csv(campaign)?,
            json!({"name": "Observations in the order in which they were acknowledged", "encodingFormat": "text/csv"}),
        ),
        (
            "suggestions.csv".to_owned(),
            suggestions_csv(campaign)?,
            json!({"name": "Suggestions with what was expected, and why", "encodingFormat": "text/csv"}),
        ),
        (
            "events.jsonl".to_owned(),
            events_lines(campaign.records()),
            json!({"name": "All events with their hashes, one a line", "encodingFormat": "application/jsonl"}),
        ),
    ];
    if let Candidates::Pool(source) = &campaign.state().created.candidates
        && source.beside.is_none()
    {
        let name = Path::new(&source.file)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let format = match source.format.as_str() {
            "parquet" => "application/vnd.apache.parquet",
            "tsv" => "text/tab-separated-values",
            _ => "text/csv",
        };
        files.push((
            format!("candidates/{name}"),
            campaign.content(&source.sha256)?,
            json!({"name": "Candidates as they were when the campaign began", "encodingFormat": format}),
        ));
    }
    if let Candidates::Space(source) = &campaign.state().created.candidates {
        files.push((
            "candidates/space.toml".to_owned(),
            campaign.content(&source.sha256)?,
            json!({"name": "The design space that candidates are drawn from", "encodingFormat": "application/toml"}),
        ));
    }
    let lode = campaign
        .path()
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    files.push((
        lode.clone(),
        campaign.file_bytes()?,
        json!({"name": "The campaign itself", "encodingFormat": "application/vnd.sqlite3"}),
    ));
    let metadata = metadata(campaign.state(), &lode, &files);
    let metadata = serde_json::to_vec_pretty(&metadata).unwrap_or_default();
    for (name, bytes, _) in &files {
        let path = unfinished.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        write_file(&path, bytes)?;
    }
    write_file(&unfinished.path().join("ro-crate-metadata.json"), &metadata)?;
    let whole = unfinished.keep();
    std::fs::rename(&whole, folder).map_err(failed)?;
    Ok(sha256_hex(&metadata))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CampaignError> {
    let io = |error| table::TableError::io("write", path.display(), error);
    Ok(write_atomically(path, |writer| {
        writer.write_all(bytes).map_err(io)
    })?)
}

fn suggestions_csv(campaign: &Campaign) -> Result<Vec<u8>, CampaignError> {
    let state = campaign.state();
    let all: Vec<&crate::Suggestion> = state.suggestions.iter().collect();
    let mut bytes = Vec::new();
    crate::write_worksheet(
        &mut bytes,
        state,
        campaign.pool(),
        &all,
        OutputFormat::Csv,
        &Job::new(),
    )?;
    Ok(bytes)
}

/// Every event as a line of JSON: number, time, hashes, and the body as it was hashed.
fn events_lines(records: &[Record]) -> Vec<u8> {
    let mut lines = String::new();
    for record in records {
        let head = json!({
            "number": record.number,
            "at": record.at,
            "writer": record.writer,
            "hash": record.hash_hex(),
            "in_words": sentence(&record.event),
            "body": record.body,
        });
        lines.push_str(&head.to_string());
        lines.push('\n');
    }
    lines.into_bytes()
}

fn metadata(state: &State, lode: &str, files: &[(String, Vec<u8>, Value)]) -> Value {
    let wanted = sentence(&Event::Created(Box::new(state.created.clone())));
    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        }),
        json!({
            "@id": "./",
            "@type": "Dataset",
            "name": format!("Campaign {lode}"),
            "description": wanted,
            "datePublished": &state.began[..10.min(state.began.len())],
            "license": "Not stated by the campaign; that of its candidates holds for what is derived from them",
            "identifier": state.id,
            "hasPart": files.iter().map(|(name, ..)| json!({"@id": uri(name)})).collect::<Vec<_>>(),
            "mentions": {"@id": "#lodestone"},
        }),
        json!({
            "@id": "#lodestone",
            "@type": "SoftwareApplication",
            "name": "Lodestone",
            "version": state.created.program,
        }),
        json!({
            "@id": "#suggesting",
            "@type": "CreateAction",
            "name": "Suggesting experiments, and taking in their results",
            "instrument": {"@id": "#lodestone"},
            "startTime": state.began,
            "result": [{"@id": "suggestions.csv"}, {"@id": "observations.csv"}],
        }),
    ];
    for (name, bytes, about) in files {
        let mut entity = json!({
            "@id": uri(name),
            "@type": "File",
            "contentSize": bytes.len().to_string(),
            "sha256": sha256_hex(bytes),
        });
        if let (Value::Object(entity), Value::Object(about)) = (&mut entity, about) {
            entity.extend(about.clone());
        }
        graph.push(entity);
    }
    // The crate's own context does not know hashes.
    let hashes = json!({"sha256": "https://schema.org/sha256"});
    json!({"@context": ["https://w3id.org/ro/crate/1.1/context", hashes], "@graph": graph})
}

/// A relative path as a URI writes it (RFC 3986): what is not unreserved, by its bytes.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
