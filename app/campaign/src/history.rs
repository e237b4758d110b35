//! Events in words.

use crate::create::label;
use crate::event::{Aim, Candidates, Created, Event, LabEvent, Observed, Origin, Source, Status};

/// What happened, in a line.
pub fn sentence(event: &Event) -> String {
    match event {
        Event::Created(created) => began(created),
        Event::Suggested(suggested) => {
            let names: Vec<&str> = suggested
                .picks
                .iter()
                .map(|pick| pick.id.as_str())
                .collect();
            format!(
                "suggested {} by {}, knowing event {}",
                listed(&names),
                suggested.method,
                suggested.saw
            )
        }
        Event::Observed(observed) => observed_in_words(observed),
        Event::Retracted(retracted) => {
            let entry = retracted
                .entry
                .map_or_else(String::new, |entry| format!(".{entry}"));
            format!(
                "retracted event {}{entry}: {}",
                retracted.event, retracted.reason
            )
        }
        Event::Exported(exported) => format!("wrote {} {}", exported.what, exported.file),
        Event::Lab(lab) => lab_in_words(lab),
    }
}

fn began(created: &Created) -> String {
    let from = match &created.candidates {
        Candidates::Pool(source) => format!(
            "{} candidates of {}",
            source.kept.unwrap_or(source.rows),
            source.file
        ),
        Candidates::Space(source) => format!(
            "{} candidates of the design space {}",
            source.candidates, source.file
        ),
    };
    let wanted: Vec<String> = created
        .outcomes
        .iter()
        .map(|outcome| {
            let aim = match outcome.aim {
                Some(Aim::Maximize) => "max:",
                Some(Aim::Minimize) => "min:",
                Some(Aim::Target(_)) => "target:",
                None => "",
            };
            let value = match outcome.aim {
                Some(Aim::Target(value)) => format!("={}", value.0),
                _ => String::new(),
            };
            let mut text = format!("{aim}{}{value}", label(outcome));
            if let Some(bound) = outcome.at_least {
                text.push_str(&format!(" >= {}", bound.0));
            }
            if let Some(bound) = outcome.at_most {
                text.push_str(&format!(" <= {}", bound.0));
            }
            text
        })
        .collect();
    format!(
        "began with {from}; wanted: {}; seed {}",
        wanted.join(", "),
        created.seed
    )
}

/// The first few names, and how many more.
fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [first, .., last] if names.len() > 6 => format!("{first} to {last} ({})", names.len()),
        _ => names.join(", "),
    }
}

fn observed_in_words(observed: &Observed) -> String {
    let count = |status| {
        observed
            .entries
            .iter()
            .filter(|e| e.status == status)
            .count()
    };
    let words = [
        (Status::Measured, "measured"),
        (Status::Failed, "failed"),
        (Status::Abandoned, "abandoned"),
        (Status::Pending, "pending"),
    ];
    let counts: Vec<String> = words
        .into_iter()
        .filter(|(status, _)| count(*status) > 0)
        .map(|(status, word)| format!("{} {word}", count(status)))
        .collect();
    let names: Vec<&str> = observed
        .entries
        .iter()
        .filter_map(|e| e.suggestion.as_deref())
        .collect();
    let source = match &observed.source {
        Source::Pool => "from the table of candidates".to_owned(),
        Source::File { name, .. } => format!("from {name}"),
        Source::Lab { lab, job, origin } => match origin {
            Origin::Unstated => format!("from lab {lab}, job {job}"),
            origin => format!("from lab {lab}, job {job} ({origin})"),
        },
    };
    let of = match names.is_empty() {
        true => String::new(),
        false => format!(" ({})", listed(&names)),
    };
    format!("observed {}{of} {source}", counts.join(", "))
}

fn lab_in_words(lab: &LabEvent) -> String {
    match lab {
        LabEvent::Submitting {
            lab, suggestions, ..
        } => {
            let names: Vec<&str> = suggestions.iter().map(String::as_str).collect();
            format!("about to submit {} to lab {lab}", listed(&names))
        }
        LabEvent::Submitted { jobs, .. } => {
            let names: Vec<&str> = jobs.iter().map(String::as_str).collect();
            format!("submitted as {}", listed(&names))
        }
        LabEvent::Noted {
            lab,
            suggestion,
            what,
            detail,
            ..
        } => {
            let of = suggestion
                .as_ref()
                .map_or_else(String::new, |id| format!(" about {id}"));
            format!("lab {lab}{of}: {what}: {detail}")
        }
        LabEvent::Stopped { lab, why } => format!("the loop with lab {lab} ended: {why}"),
    }
}
