//! The lab of a drill: it fails as the plan says, and keeps books of what it really began.

use super::plan::Fault;
use super::{Speaker, Watch};
use ::campaign::lab::{Lab, LabError, Order, Origin, Reported, Standing, Stray, Trouble, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Questions that an absent lab leaves unanswered before it is back.
const AWAY: u32 = 2;

/// What outlives a connection to the lab: its memory and its books.
#[derive(Default)]
pub(super) struct Premises {
    /// How often each experiment was begun, by its key.
    pub begun: BTreeMap<String, u32>,
    /// The jobs that were begun.
    started: BTreeSet<String>,
    cancelled: BTreeSet<String>,
    /// What a fault did already, so that it happens once.
    once: BTreeSet<String>,
    /// Questions that it will leave unanswered.
    absent: u32,
    is_gone: bool,
    reserved: u32,
}

impl Premises {
    /// Somebody looks after it.
    pub fn repair(&mut self) {
        self.is_gone = false;
        self.absent = 0;
    }
}

/// A connection to the lab.
pub(super) struct FailingLab {
    premises: Arc<Mutex<Premises>>,
    watch: Arc<Watch>,
    strays: Vec<Stray>,
}

const NAME: &str = "drill";

impl FailingLab {
    pub fn new(premises: Arc<Mutex<Premises>>, watch: Arc<Watch>) -> Self {
        Self {
            premises,
            watch,
            strays: Vec::new(),
        }
    }

    fn premises(&self) -> MutexGuard<'_, Premises> {
        self.premises.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, text: String) {
        self.watch.tell(Speaker::Lab, None, text);
    }

    /// Whether something is to happen now, for the first and only time.
    fn first(&self, what: &str, key: &str) -> bool {
        self.premises().once.insert(format!("{what} {key}"))
    }

    /// Nobody answers while the lab is away.
    fn reach(&self) -> Result<(), LabError> {
        let mut premises = self.premises();
        if premises.absent > 0 || premises.is_gone {
            premises.absent = premises.absent.saturating_sub(1);
            return Err(LabError::Away {
                lab: NAME.to_owned(),
                why: "no connection".to_owned(),
            });
        }
        Ok(())
    }

    fn stray(&mut self, job: Option<&str>, what: Trouble, detail: &str) {
        self.strays.push(Stray {
            job: job.map(str::to_owned),
            what,
            detail: detail.to_owned(),
        });
    }

    fn answer(&mut self, order: &Order, job: &str) -> Standing {
        let (id, key) = (suggestion(order).to_owned(), order.key.clone());
        match Fault::of(&id) {
            Some(Fault::Twice) => {
                self.say(format!("answers {id}, and once more"));
                self.stray(Some(job), Trouble::Twice, "the same answer came again");
                Standing::Done(report(order))
            }
            Some(Fault::Wrong) => {
                self.say(format!("answers {id} with a yield in parsec"));
                let mut wrong = report(order);
                for (_, value) in &mut wrong.values {
                    value.unit = Some("parsec".to_owned());
                }
                Standing::Done(wrong)
            }
            Some(Fault::Partial) => {
                self.say(format!("answers {id} without its cost"));
                let mut part = report(order);
                part.values.truncate(1);
                Standing::Done(part)
            }
            Some(Fault::Late) if !self.premises().cancelled.contains(job) => {
                if self.first("slow", &key) {
                    self.say(format!("takes its time over {id}"));
                }
                Standing::Running
            }
            Some(Fault::Late) => {
                self.say(format!("answers {id} after it was given up"));
                Standing::Done(report(order))
            }
            Some(Fault::Never) => {
                if self.first("silent", &key) {
                    self.say(format!("will never answer {id}"));
                }
                Standing::Running
            }
            Some(Fault::Garbage) => {
                self.say(format!("says something without sense, then answers {id}"));
                let line = "Traceback (most recent call last):";
                self.stray(None, Trouble::Garbage, line);
                Standing::Done(report(order))
            }
            Some(Fault::Stranger) => {
                self.say(format!("answers somebody else's question, then {id}"));
                let detail = "an answer to somebody/else, which was not asked";
                self.stray(None, Trouble::Unknown, detail);
                Standing::Done(report(order))
            }
            Some(Fault::Failed) => {
                self.say(format!("tries {id}, which melts"));
                Standing::Failed("it melted".to_owned())
            }
            Some(Fault::Lost) => {
                self.say(format!("does not know what became of {id}"));
                Standing::Lost("the lab has no record of how it ended".to_owned())
            }
            _ => {
                self.say(format!("answers {id}"));
                Standing::Done(report(order))
            }
        }
    }
}

/// The name of the suggestion that an order is for.
fn suggestion(order: &Order) -> &str {
    order.key.rsplit('/').next().unwrap_or_default()
}

/// Invented numbers: the yield is best at 850 °C and a while, the cost grows with both.
fn report(order: &Order) -> Reported {
    let input = |at: usize| {
        let cell = order.inputs.get(at);
        cell.and_then(::campaign::lab::Cell::number)
            .unwrap_or_default()
    };
    let (temperature, time) = (input(0), input(1));
    let off = (temperature - 850.0) / 250.0;
    let invented = [
        90.0 * (-off * off).exp() * (1.0 - (-time / 20.0).exp()),
        2.0 + temperature / 400.0 + time / 30.0,
    ];
    let values = order.outcomes.iter().zip(invented);
    Reported {
        values: values
            .map(|(wanted, value)| {
                let (std, unit) = (f64::NAN, None);
                (wanted.name.clone(), Value { value, std, unit })
            })
            .collect(),
        made: Vec::new(),
        note: Some("invented for a fire drill".to_owned()),
    }
}

impl Lab for FailingLab {
    fn name(&self) -> &str {
        NAME
    }

    fn origin(&self) -> Origin {
        Origin::Computed
    }

    fn reserve(&mut self, order: &Order) -> Result<String, LabError> {
        self.reach()?;
        if Fault::of(suggestion(order)) == Some(Fault::Refused) {
            self.say(format!("will not make {}", suggestion(order)));
            return Err(LabError::Refused {
                lab: NAME.to_owned(),
                why: "the furnace does not go that far".to_owned(),
            });
        }
        let mut premises = self.premises();
        premises.reserved += 1;
        Ok(format!("{}#{}", order.key, premises.reserved))
    }

    fn start(&mut self, order: &Order, job: &str) -> Result<(), LabError> {
        self.reach()?;
        let busy = Fault::of(suggestion(order)) == Some(Fault::Busy);
        if busy && self.first("busy", &order.key) {
            self.say(format!("has no furnace free for {}", suggestion(order)));
            return Ok(());
        }
        let mut premises = self.premises();
        if premises.started.insert(job.to_owned()) {
            *premises.begun.entry(order.key.clone()).or_insert(0) += 1;
        }
        Ok(())
    }

    fn poll(&mut self, order: &Order, job: &str) -> Result<Standing, LabError> {
        self.reach()?;
        let (id, key) = (suggestion(order).to_owned(), order.key.clone());
        match Fault::of(&id) {
            Some(Fault::Away) if self.first("away", &key) => {
                self.say("does not respond".to_owned());
                self.premises().absent = AWAY;
            }
            Some(Fault::Dies) if self.first("dies", &key) => {
                self.say(format!("dies while it makes {id}"));
                self.premises().absent = AWAY;
                let detail = "it ended, was started again, and remembers its jobs";
                self.stray(None, Trouble::Restarted, detail);
            }
            Some(Fault::Stopped) if self.first("gone", &key) => {
                self.say("burns down, as far as anybody can tell".to_owned());
                self.premises().is_gone = true;
            }
            _ => {}
        }
        self.reach()?;
        if !self.premises().started.contains(job) {
            return Ok(match Fault::of(&id) {
                Some(Fault::Busy) => Standing::Busy("no furnace is free".to_owned()),
                _ => Standing::Reserved,
            });
        }
        Ok(self.answer(order, job))
    }

    fn cancel(&mut self, job: &str) -> Result<(), LabError> {
        self.premises().cancelled.insert(job.to_owned());
        Ok(())
    }

    fn strays(&mut self) -> Vec<Stray> {
        if self.premises().absent > 0 || self.premises().is_gone {
            return Vec::new();
        }
        std::mem::take(&mut self.strays)
    }
}
