//! What workers do with a campaign's file. Each opens it, does one thing, and looks at it once more.

use super::results::worksheet;
use super::settings::{LabSettings, TypedResult};
use super::view::CampaignView;
use crate::error::WorkbenchError;
use ::campaign::lab::{Halt, Ran, run};
use ::campaign::report::{Form, report};
use ::campaign::{
    Acceleration, Access, Asked, Campaign, Dependents, Results, Source, Suggestion, Verdict,
    acceleration, dependents, observations_csv, sha256_hex, write_worksheet,
};
use compute::{Choice, Device};
use job::Job;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use table::{OutputFormat, ReadOptions, Table, write_atomically};

/// How long another process may have the file before it is told.
const WAIT: Duration = Duration::from_secs(5);

/// At most so often a run shows how far it is.
const SHOW: Duration = Duration::from_millis(150);

/// Rows of results that are told one by one.
const TOLD: usize = 20;

/// One thing to do with a campaign.
pub(crate) enum Work {
    Look,
    Suggest {
        count: Option<u32>,
    },
    Worksheet {
        path: PathBuf,
    },
    Import {
        path: PathBuf,
    },
    Enter {
        results: Vec<TypedResult>,
    },
    Run {
        settings: Box<LabSettings>,
    },
    Retract {
        event: u64,
        entry: Option<u32>,
        reason: String,
    },
    Verify,
    Report {
        path: PathBuf,
    },
    Observations {
        path: PathBuf,
    },
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Did {
    /// The campaign afterwards; `None` where it cannot be opened.
    pub view: Option<CampaignView>,
    pub told: Vec<String>,
    pub error: Option<String>,
}

impl Work {
    /// Does it; `show` is called with the campaign as it grows.
    pub fn run(self, path: PathBuf, show: &dyn Fn(CampaignView), job: &Job) -> Did {
        let access = match self {
            Self::Look | Self::Verify => Access::Read,
            _ => Access::Write(WAIT),
        };
        job.stage("opening the campaign", None);
        let mut campaign = match Campaign::open(&path, access, job) {
            Ok(campaign) => campaign,
            Err(error) => {
                let error = WorkbenchError::from(error);
                return Did {
                    error: (!error.is_cancelled()).then(|| error.to_string()),
                    ..Did::default()
                };
            }
        };
        let (told, error) = match self.execute(&mut campaign, show, job) {
            Ok(told) => (told, None),
            Err(error) if error.is_cancelled() => (vec!["cancelled".to_owned()], None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        Did {
            view: Some(CampaignView::of(&campaign)),
            told,
            error,
        }
    }

    fn execute(
        self,
        campaign: &mut Campaign,
        show: &dyn Fn(CampaignView),
        job: &Job,
    ) -> Result<Vec<String>, WorkbenchError> {
        match self {
            Self::Look => Ok(Vec::new()),
            Self::Suggest { count } => suggest(campaign, count, job),
            Self::Worksheet { path } => write_open(campaign, &path, job),
            Self::Import { path } => {
                let source = table::Source::Path(path.clone());
                let table = Table::read(&source, &ReadOptions::default(), job)?;
                let bytes = std::fs::read(&path).map_err(|error| WorkbenchError::File {
                    action: "read",
                    path: path.clone(),
                    error,
                })?;
                let source = Source::File {
                    name: path.display().to_string(),
                    sha256: sha256_hex(&bytes),
                };
                observe(campaign, &table, source)
            }
            Self::Enter { results } => {
                let bytes = worksheet(campaign.state(), &results, job)?;
                let name = "results typed in";
                let table = Table::read_text(bytes.as_slice(), name, &ReadOptions::default(), job)?;
                let source = Source::File {
                    name: name.to_owned(),
                    sha256: sha256_hex(&bytes),
                };
                observe(campaign, &table, source)
            }
            Self::Run { settings } => run_lab(campaign, &settings, show, job),
            Self::Retract {
                event,
                entry,
                reason,
            } => {
                let found = dependents(campaign.records(), event, entry);
                let number = campaign.retract(event, entry, &reason)?;
                Ok(retracted(number, event, entry, &found))
            }
            Self::Verify => {
                let verified = campaign.verify(job)?;
                Ok(vec![format!(
                    "verified: {} events, chain and file as they were written, {} rounds of suggestions came out again; the last hash is {}",
                    verified.events, verified.replayed, verified.head
                )])
            }
            Self::Report { path } => {
                let form = Form::of_path(&path)?;
                let text = report(campaign, form).into_bytes();
                write_file(&path, &text)?;
                campaign.exported("report", &path, sha256_hex(&text))?;
                Ok(vec![format!("written: {}", path.display())])
            }
            Self::Observations { path } => {
                let bytes = observations_csv(campaign)?;
                write_file(&path, &bytes)?;
                campaign.exported("csv", &path, sha256_hex(&bytes))?;
                Ok(vec![format!("written: {}", path.display())])
            }
        }
    }
}

/// How many times faster than random search a campaign was, or why that cannot be told; `None`: cancelled.
pub(super) fn faster(path: &Path, job: &Job) -> Option<Result<Acceleration, String>> {
    job.stage("comparing with random search", None);
    let campaign = Campaign::open(path, Access::Read, job);
    match campaign.and_then(|campaign| acceleration(&campaign, None, job)) {
        Ok(found) => Some(found),
        Err(error) => {
            let error = WorkbenchError::from(error);
            (!error.is_cancelled()).then(|| Err(error.to_string()))
        }
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WorkbenchError> {
    write_atomically(path, |writer| {
        let written = writer.write_all(bytes);
        written.map_err(|error| table::TableError::io("write", path.display(), error))
    })?;
    Ok(())
}

fn suggest(
    campaign: &mut Campaign,
    count: Option<u32>,
    job: &Job,
) -> Result<Vec<String>, WorkbenchError> {
    let created = &campaign.state().created;
    let asked = Asked {
        count: count.unwrap_or(created.batch),
        acquisition: created.acquisition.parse().map_err(
            |error: optimize::suggest::SuggestError| ::campaign::CampaignError::from(error),
        )?,
    };
    job.stage("suggesting", None);
    let device = Device::open(Choice::Auto).map_err(::campaign::CampaignError::from)?;
    let event = campaign.suggest(&asked, &device, job)?;
    let (number, notes) = match &event.event {
        ::campaign::Event::Suggested(suggested) => (event.number, suggested.notes.clone()),
        _ => (event.number, Vec::new()),
    };
    let made = campaign.state().suggestions.iter();
    let made = made.filter(|s| s.event == number).count();
    let mut told = vec![format!("{made} suggested (event {number})")];
    told.extend(notes);
    Ok(told)
}

/// The worksheet of what is open.
fn write_open(campaign: &Campaign, path: &Path, job: &Job) -> Result<Vec<String>, WorkbenchError> {
    let format = OutputFormat::of_path(path)?;
    let state = campaign.state();
    let open: Vec<&Suggestion> = state.open().collect();
    if open.is_empty() {
        return Err(WorkbenchError::NothingSuggested);
    }
    let mut failed = None;
    let written = write_atomically(path, |writer| {
        match write_worksheet(writer, state, campaign.pool(), &open, format, job) {
            Ok(()) => Ok(()),
            Err(::campaign::CampaignError::Table(error)) => Err(error),
            Err(error) => {
                let text = std::io::Error::other(error.to_string());
                failed = Some(error);
                Err(table::TableError::io("write", path.display(), text))
            }
        }
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    written?;
    let count = open.len();
    Ok(vec![format!(
        "written: {} ({count} suggestions to fill in)",
        path.display()
    )])
}

fn observe(
    campaign: &mut Campaign,
    table: &Table,
    source: Source,
) -> Result<Vec<String>, WorkbenchError> {
    let (results, event) = campaign.observe(table, source)?;
    let mut told = vec![in_words(&results, event)];
    for row in &results.rows {
        if let Verdict::Changed(_, what) = &row.verdict {
            told.push(format!("changed, line {}: {what}", row.line));
        }
    }
    told.extend(results.messages.iter().cloned());
    let refused = results.refused().count();
    for (row, why) in results.refused().take(TOLD) {
        told.push(format!("refused, line {}: {why}: {}", row.line, row.text));
    }
    if refused > TOLD {
        told.push(format!("... and {} more refused", refused - TOLD));
    }
    if refused > 0 && refused == results.rows.len() {
        return Err(WorkbenchError::Lab(told.join("; ")));
    }
    Ok(told)
}

fn in_words(results: &Results, event: Option<u64>) -> String {
    let kept = match event {
        Some(event) => format!("kept as event {event}"),
        None => "nothing to keep".to_owned(),
    };
    format!(
        "{} new, {} changed, {} known already, {} not filled in, {} refused; {kept}",
        results.new_ones(),
        results.changed(),
        results.known(),
        results.blank(),
        results.refused().count()
    )
}

fn run_lab(
    campaign: &mut Campaign,
    settings: &LabSettings,
    show: &dyn Fn(CampaignView),
    job: &Job,
) -> Result<Vec<String>, WorkbenchError> {
    let options = settings.options()?;
    let choice = settings.choice()?;
    let lab = choice.open(settings.table_options(), job);
    let lab = lab.map_err(|error| WorkbenchError::Lab(error.to_string()))?;
    let Some(mut lab) = lab else {
        return Ok(Vec::new());
    };
    let device = Device::open(Choice::Auto).map_err(::campaign::CampaignError::from)?;
    let mut shown = Instant::now();
    let mut told = |campaign: &Campaign, _: u32| {
        if shown.elapsed() >= SHOW {
            show(CampaignView::of(campaign));
            shown = Instant::now();
        }
    };
    let ran = run(campaign, lab.as_mut(), &options, &device, job, &mut told);
    let (name, origin) = (lab.name().to_owned(), lab.origin());
    match ran {
        Ok(ran) => Ok(ran_in_words(&ran, &name, &origin.to_string())),
        Err(Halt::Stopped(why)) => Err(WorkbenchError::Lab(format!(
            "the run stopped: {why}; nothing is lost, and another run goes on from there"
        ))),
        Err(Halt::Cancelled) => Ok(vec![
            "cancelled; what the lab is at is taken up by the next run".to_owned(),
        ]),
        Err(Halt::Campaign(error)) => Err(error.into()),
    }
}

fn ran_in_words(ran: &Ran, lab: &str, origin: &str) -> Vec<String> {
    let sum = &ran.summary;
    let mut told = vec![
        format!("{} rounds at {lab} ({origin}): {}", ran.rounds, ran.ending),
        format!(
            "{} experiments submitted, {} taken up from before: {} measured, {} failed, {} given up",
            sum.submitted, sum.resumed, sum.measured, sum.failed, sum.given_up
        ),
    ];
    if sum.troubles > 0 {
        told.push(format!(
            "{} troubles with the lab; the history tells them",
            sum.troubles
        ));
    }
    told
}

fn retracted(number: u64, event: u64, entry: Option<u32>, found: &Dependents) -> Vec<String> {
    let entry = entry.map_or_else(String::new, |entry| format!(".{entry}"));
    let mut told = vec![format!(
        "event {event}{entry} is retracted (event {number}); it stays on record, and retracting event {number} brings it back"
    )];
    told.extend(in_words_of(found));
    told
}

/// What was built on something, a line each.
pub fn in_words_of(found: &Dependents) -> Vec<String> {
    let mut lines = Vec::new();
    for (event, method, names) in &found.suggested {
        let names = names.join(", ");
        lines.push(format!("event {event}: suggestions {names} by {method}"));
    }
    for event in &found.observed {
        lines.push(format!(
            "event {event}: observations of its suggestions, which count on"
        ));
    }
    for (event, what, file) in &found.exported {
        lines.push(format!("event {event}: {what} {file}"));
    }
    lines
}
