//! `lodestone campaign suggest`.

use super::{failed, writing};
use crate::args::SuggestArgs;
use crate::{Failure, progress, show};
use anyhow::anyhow;
use campaign::{Access, Asked, Campaign, CampaignError, Suggestion, write_worksheet};
use compute::Device;
use job::Job;
use std::io::IsTerminal;
use table::{Destination, OutputFormat, Source, TableError};

pub fn run(args: &SuggestArgs) -> Result<(), Failure> {
    let (job, shown) = progress::start();
    let fail = |error: CampaignError| failed(&job, error);
    let destination = match &args.output {
        None => None,
        Some(path) => {
            // Before anything is suggested: a suggestion is kept, and its worksheet should be too.
            let format = OutputFormat::of_path(path).map_err(|e| Failure::Usage(e.into()))?;
            let input = Source::Path(args.file.campaign.clone());
            let file = Destination::file(path, &input).map_err(|e| Failure::Failed(e.into()))?;
            Some((file, format))
        }
    };
    let access = if args.again {
        Access::Read
    } else {
        writing(&args.file)?
    };
    let mut open = Campaign::open(&args.file.campaign, access, &job).map_err(fail)?;
    let event = if args.again {
        None
    } else {
        let created = &open.state().created;
        let asked = Asked {
            count: args.count.unwrap_or(created.batch),
            acquisition: created
                .acquisition
                .parse()
                .map_err(|e: optimize::suggest::SuggestError| fail(e.into()))?,
        };
        let device = Device::open(args.device).map_err(|e| fail(e.into()))?;
        Some(open.suggest(&asked, &device, &job).map_err(fail)?.number)
    };
    drop(shown);
    let chosen = |s: &&Suggestion| match event {
        Some(event) => s.event == event,
        None => s.is_open(open.state()),
    };
    let suggestions: Vec<&Suggestion> = open.state().suggestions.iter().filter(chosen).collect();
    if suggestions.is_empty() {
        return Err(Failure::Failed(anyhow!(
            "no suggestion is open; without --again, new ones are made"
        )));
    }
    write(args, &open, &suggestions, destination).map_err(|error| {
        let kept = event.map_or_else(String::new, |event| {
            format!("; the suggestions are kept as event {event}: `suggest --again` writes them once more")
        });
        Failure::Failed(anyhow!("{error}{kept}"))
    })?;
    tell(args, &open, &suggestions, event);
    Ok(())
}

fn write(
    args: &SuggestArgs,
    open: &Campaign,
    suggestions: &[&Suggestion],
    destination: Option<(Destination, OutputFormat)>,
) -> Result<(), CampaignError> {
    let (destination, format) = match destination {
        Some(there) => there,
        None if args.json => (Destination::Stdout, OutputFormat::Json),
        None => (Destination::Stdout, OutputFormat::Csv),
    };
    let mut failed = None;
    let written = destination.write(|writer| {
        match write_worksheet(
            writer,
            open.state(),
            open.pool(),
            suggestions,
            format,
            &Job::new(),
        ) {
            Ok(()) => Ok(()),
            Err(CampaignError::Table(error)) => Err(error),
            Err(other) => {
                failed = Some(other);
                Err(TableError::Cancelled(job::Cancelled))
            }
        }
    });
    match (failed, written) {
        (Some(error), _) => Err(error),
        (None, written) => Ok(written?),
    }
}

fn tell(args: &SuggestArgs, open: &Campaign, suggestions: &[&Suggestion], event: Option<u64>) {
    let Some(event) = event else {
        return;
    };
    let method = &suggestions[0].method;
    let names: Vec<&str> = suggestions.iter().map(|s| s.pick.id.as_str()).collect();
    let round = suggestions[0].round;
    show::tell(format!(
        "event {event}, round {round}: {} by {method}",
        names.join(", ")
    ));
    if let Some(campaign::Event::Suggested(suggested)) = open.records().last().map(|r| &r.event) {
        for note in &suggested.notes {
            show::tell(note);
        }
    }
    if args.output.is_some() || !std::io::stdout().is_terminal() {
        for suggestion in suggestions.iter().take(10) {
            show::tell(format!("  {}: {}", suggestion.pick.id, suggestion.pick.why));
        }
    }
}
