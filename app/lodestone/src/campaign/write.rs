//! `lodestone campaign report`, `export` and `retract`.

use super::{failed, plainly, print, print_json, writing};
use crate::args::{ExportArgs, ReportArgs, RetractArgs};
use crate::{Failure, show};
use anyhow::anyhow;
use campaign::report::Form;
use campaign::{
    Access, Campaign, CampaignError, Dependents, dependents, observations_csv, sha256_hex,
    write_crate,
};
use job::Job;
use std::path::Path;
use table::{Destination, Source, TableError, write_atomically};

/// Opens a campaign to note what is written about it; a file that cannot be written to is read all the same.
fn open_to_note(args: &crate::args::WaitArgs) -> Result<(Campaign, bool), Failure> {
    let job = Job::new();
    match Campaign::open(&args.campaign, writing(args)?, &job) {
        Ok(open) => Ok((open, true)),
        Err(CampaignError::ReadOnly { .. }) => {
            let open = Campaign::open(&args.campaign, Access::Read, &job).map_err(plainly)?;
            Ok((open, false))
        }
        Err(error) => Err(plainly(error)),
    }
}

/// Notes in the campaign what was written, and tells.
fn note(
    open: &mut Campaign,
    writes: bool,
    what: &str,
    file: &Path,
    sha256: String,
) -> Result<(), Failure> {
    if !writes {
        show::tell(format!(
            "{}: the campaign cannot be written to, so this export is not noted in it",
            open.path().display()
        ));
        return Ok(());
    }
    let saw = open.state().last;
    let number = open.exported(what, file, sha256).map_err(plainly)?;
    show::tell(format!(
        "{}: all that is known up to event {saw}; noted as event {number}",
        file.display()
    ));
    Ok(())
}

pub fn export(args: &ExportArgs) -> Result<(), Failure> {
    let (mut open, writes) = open_to_note(&args.file)?;
    if let Some(path) = &args.csv {
        let input = Source::Path(args.file.campaign.clone());
        Destination::file(path, &input).map_err(|e| Failure::Failed(e.into()))?;
        let bytes = observations_csv(&open).map_err(plainly)?;
        write_bytes(path, &bytes)?;
        note(&mut open, writes, "csv", path, sha256_hex(&bytes))?;
    }
    if let Some(folder) = &args.folder {
        let sha256 = write_crate(&open, folder).map_err(plainly)?;
        note(&mut open, writes, "crate", folder, sha256)?;
    }
    Ok(())
}

pub fn report(args: &ReportArgs) -> Result<(), Failure> {
    let form = Form::of_path(&args.output).map_err(plainly)?;
    let input = Source::Path(args.file.campaign.clone());
    Destination::file(&args.output, &input).map_err(|e| Failure::Failed(e.into()))?;
    let (mut open, writes) = open_to_note(&args.file)?;
    let text = campaign::report::report(&open, form).into_bytes();
    write_bytes(&args.output, &text)?;
    note(&mut open, writes, "report", &args.output, sha256_hex(&text))
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let io = |error| TableError::io("write", path.display(), error);
    let written = write_atomically(path, |writer| writer.write_all(bytes).map_err(io));
    written.map_err(|e| Failure::Failed(e.into()))
}

pub fn retract(args: &RetractArgs) -> Result<(), Failure> {
    let (event, entry) = event_and_entry(&args.event).map_err(Failure::Usage)?;
    if args.reason.trim().is_empty() {
        return Err(Failure::Usage(anyhow!(
            "--reason: say why, for whoever reads the campaign later"
        )));
    }
    let job = Job::new();
    let mut open =
        Campaign::open(&args.file.campaign, writing(&args.file)?, &job).map_err(plainly)?;
    let found = dependents(open.records(), event, entry);
    let number = open
        .retract(event, entry, args.reason.trim())
        .map_err(|e| failed(&job, e))?;
    if args.json {
        return print_json(&serde_json::json!({
            "event": number,
            "retracted": args.event,
            "suggested": found.suggested.iter().map(|(event, method, names)| serde_json::json!({
                "event": event, "method": method, "suggestions": names,
            })).collect::<Vec<_>>(),
            "exported": found.exported.iter().map(|(event, what, file)| serde_json::json!({
                "event": event, "what": what, "file": file,
            })).collect::<Vec<_>>(),
            "observed": found.observed,
        }));
    }
    print(&in_words(number, &args.event, &found))
}

fn event_and_entry(text: &str) -> anyhow::Result<(u64, Option<u32>)> {
    let wrong =
        || anyhow!("{text:?} is no event; write its number, as in 7, or 7.2 for its second entry");
    let (event, entry) = match text.split_once('.') {
        None => (text, None),
        Some((event, entry)) => (event, Some(entry.parse().map_err(|_| wrong())?)),
    };
    Ok((event.parse().map_err(|_| wrong())?, entry))
}

fn in_words(number: u64, what: &str, found: &Dependents) -> String {
    let mut text = format!(
        "event {what} is retracted (event {number}); it stays on record, and `retract {number}` brings it back\n"
    );
    if found == &Dependents::default() {
        text.push_str("nothing was built on it\n");
        return text;
    }
    text.push_str("built on it, and to be judged anew:\n");
    for (event, method, names) in &found.suggested {
        let model = match method.as_str() {
            "sobol" | "random" => "",
            _ => " and the model behind them",
        };
        text.push_str(&format!(
            "  event {event}: suggestions {} by {method}{model}\n",
            names.join(", ")
        ));
    }
    for event in &found.observed {
        text.push_str(&format!(
            "  event {event}: observations of its suggestions, which count on\n"
        ));
    }
    for (event, what, file) in &found.exported {
        text.push_str(&format!(
            "  event {event}: {what} {}\n",
            show::visible(file)
        ));
    }
    text.push_str("models are fitted anew by the next suggestion\n");
    text
}
