//! The fire drill: a campaign of invented numbers at a lab that fails in every way, to be watched event by event. It ends with the
//! file verified and every experiment that was made counted.
//!
//! The journal, the desk and the loop are those of every campaign; only the lab is made up, and the program "ends" by leaving
//! everything in memory behind and opening the file anew.

mod lab;
mod plan;

pub use plan::Fault;

use ::campaign::lab::{Cell, Desk, Halt, Ledger, Patience};
use ::campaign::{
    Access, Asked, Campaign, CampaignError, Candidate, Event, LabEvent, SourceFile, State, Status,
    Verified, Wanted, create, sentence,
};
use compute::Device;
use job::Job;
use lab::{FailingLab, Premises};
use optimize::suggest::Acquisition;
use optimize::{Direction, Objective};
use plan::{Ends, ROUND, ROUNDS};
use screening::Request;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whoever says a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The made-up lab: what it does.
    Lab,
    /// The campaign: an event that it keeps.
    Campaign,
    /// This program: that it ends, begins again, or gives up for now.
    Program,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct DrillLine {
    /// Since the beginning.
    pub at: Duration,
    pub speaker: Speaker,
    /// The number of the event that it is, if it is one.
    pub event: Option<u64>,
    pub text: String,
}

/// How a drill ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillEnd {
    pub verified: Verified,
    /// Suggestions, and experiments that the lab really began.
    pub suggested: usize,
    pub begun: usize,
    /// Experiments that were begun more than once, by the lab's own books.
    pub twice: usize,
    /// Suggestions of which nobody can say any more what became of them: answered, failed, or given up with a reason.
    pub unanswered: usize,
}

/// A drill, going on or over.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Drill {
    pub lines: Vec<DrillLine>,
    /// What is to go wrong, and the event that shows it, once it did.
    pub faults: Vec<(Fault, Option<u64>)>,
    /// `None` while it goes on.
    pub end: Option<Result<DrillEnd, String>>,
}

/// Takes every new state of a drill.
pub(super) type Show = Box<dyn Fn(Drill) + Send>;

/// What is watched: lines so far, and how fast they may come.
struct Watch {
    drill: Mutex<Drill>,
    show: Mutex<Show>,
    since: Instant,
    pace: Duration,
    job: Job,
}

impl Watch {
    fn tell(&self, speaker: Speaker, event: Option<u64>, text: String) {
        let now = {
            let mut drill = self.drill.lock().unwrap_or_else(PoisonError::into_inner);
            drill.lines.push(DrillLine {
                at: self.since.elapsed(),
                speaker,
                event,
                text,
            });
            drill.clone()
        };
        self.show.lock().unwrap_or_else(PoisonError::into_inner)(now);
        let end = Instant::now() + self.pace;
        while !self.job.is_cancelled() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    /// Marks the faults that an event shows.
    fn mark(&self, number: u64, event: &Event) {
        let mut drill = self.drill.lock().unwrap_or_else(PoisonError::into_inner);
        for (fault, seen) in &mut drill.faults {
            if seen.is_none() && fault.shows(event) {
                *seen = Some(number);
            }
        }
    }

    fn mark_program(&self, of: Fault, number: u64) {
        let mut drill = self.drill.lock().unwrap_or_else(PoisonError::into_inner);
        for (fault, seen) in &mut drill.faults {
            if *fault == of && seen.is_none() {
                *seen = Some(number);
            }
        }
    }
}

/// The campaign as the desk sees it, watched; it ends the program where the plan says so.
struct Watched<'a> {
    campaign: &'a mut Campaign,
    watch: &'a Watch,
    /// Where this run of the program ends, if it does.
    ends: &'a mut Option<Ends>,
}

impl Ledger for Watched<'_> {
    fn state(&self) -> &State {
        self.campaign.state()
    }

    fn keep(&mut self, event: &Event) -> Result<(), CampaignError> {
        let ends_here = matches!(
            (&self.ends, event),
            (
                Some(Ends::BeforeNames),
                Event::Lab(LabEvent::Submitted { .. })
            ) | (Some(Ends::BeforeResult), Event::Observed(_))
        );
        if ends_here {
            *self.ends = None;
            return Err(CampaignError::Cancelled);
        }
        let number = self.campaign.append(event)?.number;
        self.watch.mark(number, event);
        self.watch
            .tell(Speaker::Campaign, Some(number), sentence(event));
        Ok(())
    }

    fn cells(&self, candidate: &Candidate) -> Vec<Cell> {
        Ledger::cells(&*self.campaign, candidate)
    }
}

/// Runs a drill; `pace` are the milliseconds between two lines.
pub(super) fn drill(pace: u32, show: Show, job: &Job) -> Drill {
    let watch = Arc::new(Watch {
        drill: Mutex::new(Drill {
            faults: Fault::ALL.map(|fault| (fault, None)).into(),
            ..Drill::default()
        }),
        show: Mutex::new(show),
        since: Instant::now(),
        pace: Duration::from_millis(u64::from(pace)),
        job: job.clone(),
    });
    let end = match run(&watch, job) {
        Ok(end) => Ok(end),
        Err(_) if job.is_cancelled() => Err("cancelled".to_owned()),
        Err(why) => Err(why),
    };
    let mut drill = watch
        .drill
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    drill.end = Some(end);
    drill
}

fn run(watch: &Arc<Watch>, job: &Job) -> Result<DrillEnd, String> {
    let words = |error: CampaignError| error.to_string();
    let folder =
        tempfile::tempdir().map_err(|error| format!("no folder for the drill: {error}"))?;
    let path = begin(folder.path(), job).map_err(words)?;
    let told = "a campaign of invented numbers begins; nothing in it is measured";
    watch.tell(Speaker::Program, None, told.to_owned());
    let premises = Arc::new(Mutex::new(Premises::default()));
    let patience = Patience {
        answer: Duration::from_millis(400) + 4 * watch.pace,
        poll: Duration::from_millis(20),
        away: Duration::from_millis(1000) + 3 * watch.pace,
        backoff: Duration::from_millis(20),
        longest: Duration::from_millis(200),
        strikes: 5,
    };
    let mut ends = None;
    // A run of the program after the other, until every round is done.
    let mut done = 0;
    while done < ROUNDS {
        job.check().map_err(|_| "cancelled".to_owned())?;
        let mut campaign = open(&path, job).map_err(words)?;
        let mut lab = FailingLab::new(premises.clone(), watch.clone());
        let halt = rounds(
            &mut campaign,
            &mut lab,
            watch,
            &patience,
            &mut ends,
            &mut done,
            job,
        );
        let last = campaign.state().last;
        drop(campaign);
        match halt {
            Ok(()) => {}
            Err(Halt::Stopped(_)) => {
                let told = "the loop stopped and says why; somebody looks after the lab, and the loop is run again";
                watch.tell(Speaker::Program, None, told.to_owned());
                premises
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .repair();
            }
            Err(Halt::Cancelled) => return Err("cancelled".to_owned()),
            Err(Halt::Campaign(CampaignError::Cancelled)) if !job.is_cancelled() => {
                watch.mark_program(plan::fault_of_round(done), last);
                let told =
                    "this program is killed, and started again: it knows what its file knows";
                watch.tell(Speaker::Program, None, told.to_owned());
            }
            Err(Halt::Campaign(error)) => return Err(error.to_string()),
        }
    }
    finish(&path, &premises, watch, job)
}

/// Goes through the rounds that are left.
fn rounds(
    campaign: &mut Campaign,
    lab: &mut FailingLab,
    watch: &Watch,
    patience: &Patience,
    ends: &mut Option<Ends>,
    done: &mut usize,
    job: &Job,
) -> Result<(), Halt> {
    let mut watched = Watched {
        campaign,
        watch,
        ends,
    };
    let mut desk = Desk::open(&mut watched, lab, patience.clone(), job)?;
    while *done < ROUNDS {
        // A round that an earlier run began has its suggestions already.
        if watched.campaign.state().rounds.len() == *done {
            *watched.ends = plan::ends_of_round(*done);
            let asked = Asked {
                count: ROUND,
                acquisition: Acquisition::Auto,
            };
            let record = watched.campaign.suggest(&asked, &Device::cpu(), job)?;
            let (number, told) = (record.number, sentence(&record.event));
            watch.tell(Speaker::Campaign, Some(number), told);
        }
        let open = watched.campaign.state().open();
        let nobodys = open.filter(|s| s.submitted.is_none());
        let ids: Vec<String> = nobodys.map(|s| s.pick.id.clone()).collect();
        desk.submit(&mut watched, &ids, job)?;
        desk.wait(&mut watched, job)?;
        *done += 1;
    }
    Ok(())
}

/// Candidates that a furnace might be set to; the lab invents yield and cost of each.
fn begin(folder: &Path, job: &Job) -> Result<PathBuf, CampaignError> {
    let mut table = "temperature [°C],time [min]\n".to_owned();
    for temperature in (400..=1200).step_by(50) {
        for time in (10..=60).step_by(10) {
            table.push_str(&format!("{temperature},{time}\n"));
        }
    }
    let objective = |property: &str, direction| Objective {
        property: property.to_owned(),
        direction,
    };
    let wanted = Wanted {
        file: SourceFile {
            name: "drill.csv".to_owned(),
            format: "csv",
            bytes: table.into_bytes(),
        },
        objectives: vec![
            objective("yield [%]", Direction::Maximize),
            objective("cost [USD/kg]", Direction::Minimize),
        ],
        constraints: Vec::new(),
        request: Request::default(),
        inputs: Vec::new(),
        ignored: Vec::new(),
        used: Vec::new(),
        priors: Vec::new(),
        blind: false,
        batch: ROUND,
        initial: 8,
        leads: None,
        budget: None,
        cost: None,
        seed: 1,
        acquisition: Acquisition::Auto,
        reference: None,
    };
    let path = folder.join("drill.lode");
    create(&path, &wanted, job)?;
    Ok(path)
}

fn open(path: &Path, job: &Job) -> Result<Campaign, CampaignError> {
    Campaign::open(path, Access::Write(Duration::from_secs(5)), job)
}

/// Verifies the file and looks into the lab's books.
fn finish(
    path: &Path,
    premises: &Mutex<Premises>,
    watch: &Watch,
    job: &Job,
) -> Result<DrillEnd, String> {
    let words = |error: CampaignError| error.to_string();
    let told = "the chain is verified, and every suggestion is made again from what was known";
    watch.tell(Speaker::Program, None, told.to_owned());
    let campaign = Campaign::open(path, Access::Read, job).map_err(words)?;
    let verified = campaign.verify(job).map_err(words)?;
    let state = campaign.state();
    let answered = |s: &&::campaign::Suggestion| {
        let experiments = s.experiments.iter().map(|&at| &state.experiments[at]);
        let mut said = experiments.filter(|e| e.status != Status::Pending);
        said.next().is_some()
    };
    let premises = premises.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(DrillEnd {
        verified,
        suggested: state.suggestions.len(),
        begun: premises.begun.len(),
        twice: premises.begun.values().filter(|count| **count > 1).count(),
        unanswered: state.suggestions.len() - state.suggestions.iter().filter(answered).count(),
    })
}
