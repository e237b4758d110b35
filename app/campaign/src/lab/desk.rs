//! The desk between a campaign and a lab: what is submitted, what is waited for, and what the journal is told of it.

use super::answer::shortened;
use super::ledger::{Halt, Ledger, Summary, wanted};
use super::patience::{Backoff, pause};
use super::{Lab, LabError, Order, Patience, Reported, Standing, Trouble};
use crate::CampaignError;
use crate::event::{Candidate, Entry, Event, LabEvent, Observed, Reading, Source, Status};
use crate::number::Number;
use crate::state::Suggestion;
use job::Job;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// One experiment at the lab.
#[derive(Debug)]
struct Open {
    suggestion: String,
    candidate: Candidate,
    order: Order,
    /// The submission that it belongs to, and its place there.
    key: String,
    /// The lab's name of it.
    job: String,
    /// Not yet told to begin by this process.
    fresh: bool,
    since: Instant,
    /// Not asked before, and how long it was put off the last time.
    hold: Option<(Instant, Duration)>,
    given_up: bool,
}

/// A lab with the experiments that it has of a campaign.
pub struct Desk<'a> {
    lab: &'a mut dyn Lab,
    patience: Patience,
    open: Vec<Open>,
    /// The jobs of each submission, in its order.
    jobs: HashMap<String, Vec<String>>,
    strikes: u32,
    pub summary: Summary,
}

impl<'a> Desk<'a> {
    /// A desk at a lab. Jobs that an earlier run submitted there and that were not answered are taken up; where it was
    /// interrupted before it knew the lab's names of them, nothing was begun yet, and they are submitted anew.
    ///
    /// # Errors
    /// As [`Desk::submit`].
    pub fn open(
        ledger: &mut dyn Ledger,
        lab: &'a mut dyn Lab,
        patience: Patience,
        job: &Job,
    ) -> Result<Self, Halt> {
        let mut desk = Self {
            lab,
            patience,
            open: Vec::new(),
            jobs: HashMap::new(),
            strikes: 0,
            summary: Summary::default(),
        };
        let mut names = desk.lab.formerly().to_vec();
        names.push(desk.lab.name().to_owned());
        let mut members: HashMap<String, Vec<String>> = HashMap::new();
        let mut overdue: Vec<String> = Vec::new();
        for (_, _, event) in &ledger.state().labs {
            match event {
                LabEvent::Submitting {
                    lab,
                    key,
                    suggestions,
                } if names.contains(lab) => {
                    members.insert(key.clone(), suggestions.clone());
                }
                LabEvent::Submitted { key, jobs } if members.contains_key(key) => {
                    desk.jobs.insert(key.clone(), jobs.clone());
                }
                LabEvent::Noted {
                    lab,
                    suggestion: Some(id),
                    what,
                    ..
                } if names.contains(lab) && *what == Trouble::Timeout.to_string() => {
                    overdue.push(id.clone());
                }
                _ => {}
            }
        }
        let mut unnamed: Vec<(String, Vec<String>)> = Vec::new();
        let mut taken = Vec::new();
        for suggestion in &ledger.state().suggestions {
            let Some((lab, key)) = &suggestion.submitted else {
                continue;
            };
            let id = &suggestion.pick.id;
            let open = suggestion.is_open(ledger.state());
            let late = overdue.contains(id) && suggestion.standing(ledger.state()) == "abandoned";
            if !names.contains(lab) || !(open || late) {
                continue;
            }
            let place = members
                .get(key)
                .and_then(|all| all.iter().position(|it| it == id));
            let known = place.and_then(|place| desk.jobs.get(key)?.get(place).cloned());
            match known.filter(|job| !job.is_empty()) {
                Some(job) => taken.push((id.clone(), key.clone(), job, late)),
                None if late => {}
                None => match unnamed.iter_mut().find(|(other, _)| other == key) {
                    Some((_, ids)) => ids.push(id.clone()),
                    None => unnamed.push((key.clone(), vec![id.clone()])),
                },
            }
        }
        for (id, key, name, late) in taken {
            desk.take(ledger, &id, key, name, false, late);
            desk.summary.resumed += usize::from(!late);
        }
        for (key, ids) in unnamed {
            let all = members.get(&key).cloned().unwrap_or_default();
            desk.reserve(ledger, key, all, &ids, job)?;
        }
        Ok(desk)
    }

    fn order(&self, ledger: &dyn Ledger, suggestion: &Suggestion) -> Order {
        let state = ledger.state();
        Order {
            key: format!("{}/{}", state.id, suggestion.pick.id),
            inputs: ledger.cells(&suggestion.pick.candidate),
            outcomes: wanted(&state.created)
                .into_iter()
                .map(|(_, it)| it)
                .collect(),
        }
    }

    fn take(
        &mut self,
        ledger: &dyn Ledger,
        id: &str,
        key: String,
        job: String,
        fresh: bool,
        given_up: bool,
    ) {
        if let Some(suggestion) = ledger.state().suggestion(id) {
            let order = self.order(ledger, suggestion);
            self.open.push(Open {
                suggestion: id.to_owned(),
                candidate: suggestion.pick.candidate.clone(),
                order,
                key,
                job,
                fresh,
                since: Instant::now(),
                hold: None,
                given_up,
            });
        }
    }

    /// How many experiments are waited for.
    pub fn waiting(&self) -> usize {
        self.open.iter().filter(|open| !open.given_up).count()
    }

    /// Submits suggestions that were not submitted before; those that were are left as they are.
    ///
    /// # Errors
    /// The lab is away for too long, or the campaign cannot be written.
    pub fn submit(
        &mut self,
        ledger: &mut dyn Ledger,
        ids: &[String],
        job: &Job,
    ) -> Result<(), Halt> {
        let state = ledger.state();
        let new = |id: &&String| {
            let suggestion = state.suggestion(id);
            suggestion.is_some_and(|it| it.submitted.is_none() && it.is_open(state))
        };
        let ids: Vec<String> = ids.iter().filter(new).cloned().collect();
        let Some(first) = ids.first() else {
            return Ok(());
        };
        let key = format!("{}/{first}+{}", state.id, ids.len() - 1);
        ledger.keep(&Event::Lab(LabEvent::Submitting {
            lab: self.lab.name().to_owned(),
            key: key.clone(),
            suggestions: ids.clone(),
        }))?;
        self.reserve(ledger, key, ids.clone(), &ids, job)
    }

    /// Asks for the lab's names of `ids` among `all` of a submission, and keeps them before anything begins.
    fn reserve(
        &mut self,
        ledger: &mut dyn Ledger,
        key: String,
        all: Vec<String>,
        ids: &[String],
        job: &Job,
    ) -> Result<(), Halt> {
        let known = self.jobs.remove(&key).unwrap_or_default();
        let mut jobs: Vec<String> = (0..all.len())
            .map(|place| known.get(place).cloned().unwrap_or_default())
            .collect();
        let mut refused = Vec::new();
        for (place, id) in all.iter().enumerate().filter(|(_, id)| ids.contains(id)) {
            let Some(suggestion) = ledger.state().suggestion(id) else {
                continue;
            };
            let order = self.order(ledger, suggestion);
            match self.ask(ledger, job, |lab| lab.reserve(&order))? {
                Ok(name) => jobs[place] = name,
                Err(why) => refused.push((id.clone(), why)),
            }
        }
        self.jobs.insert(key.clone(), jobs.clone());
        ledger.keep(&Event::Lab(LabEvent::Submitted {
            key: key.clone(),
            jobs: jobs.clone(),
        }))?;
        for (id, name) in all.iter().zip(jobs).filter(|(id, _)| ids.contains(id)) {
            if !name.is_empty() {
                self.summary.submitted += 1;
                self.take(ledger, id, key.clone(), name, true, false);
            }
        }
        for (id, why) in refused {
            self.take(ledger, &id, key.clone(), String::new(), false, false);
            self.give_up(ledger, self.open.len() - 1, Trouble::Refused, &why)?;
            self.open.pop();
        }
        Ok(())
    }

    /// Asks the lab, again and again while it is away; `Err` within: it refuses.
    fn ask<T>(
        &mut self,
        ledger: &mut dyn Ledger,
        job: &Job,
        mut question: impl FnMut(&mut dyn Lab) -> Result<T, LabError>,
    ) -> Result<Result<T, String>, Halt> {
        let mut backoff = Backoff::new(&self.patience);
        loop {
            let answer = question(self.lab);
            self.strays(ledger)?;
            let why = match answer {
                Ok(answer) => {
                    if backoff.tries() > 0 {
                        let detail = format!("after {} attempts", backoff.tries() + 1);
                        self.note(ledger, None, None, Trouble::Back, &detail)?;
                    }
                    return Ok(Ok(answer));
                }
                Err(LabError::Refused { why, .. }) => return Ok(Err(why)),
                Err(LabError::Setup(why)) => return Err(self.stop(ledger, why)?),
                Err(LabError::Away { why, .. }) => why,
            };
            if backoff.tries() == 0 {
                self.note(ledger, None, None, Trouble::Away, &why)?;
            }
            if backoff.is_over(&self.patience) {
                let seconds = self.patience.away.as_secs_f64();
                let why = format!("the lab did not respond for {seconds} s: {why}");
                return Err(self.stop(ledger, why)?);
            }
            backoff.wait(&self.patience, job)?;
        }
    }

    /// Says in the journal why the loop ends.
    pub fn stop(&mut self, ledger: &mut dyn Ledger, why: String) -> Result<Halt, CampaignError> {
        ledger.keep(&Event::Lab(LabEvent::Stopped {
            lab: self.lab.name().to_owned(),
            why: shortened(&why, 1000),
        }))?;
        Ok(Halt::Stopped(why))
    }

    fn note(
        &mut self,
        ledger: &mut dyn Ledger,
        job: Option<&str>,
        suggestion: Option<&str>,
        what: Trouble,
        detail: &str,
    ) -> Result<(), CampaignError> {
        self.summary.troubles += 1;
        ledger.keep(&Event::Lab(LabEvent::Noted {
            lab: self.lab.name().to_owned(),
            job: job.map(str::to_owned),
            suggestion: suggestion.map(str::to_owned),
            what: what.to_string(),
            detail: shortened(detail, 1000),
        }))
    }

    /// Notes what came without being waited for. A wrong answer ends the wait for its experiment.
    fn strays(&mut self, ledger: &mut dyn Ledger) -> Result<(), Halt> {
        for stray in self.lab.strays() {
            let at = stray
                .job
                .as_ref()
                .and_then(|job| self.open.iter().position(|it| it.job == *job));
            match at {
                Some(at) if stray.what == Trouble::Wrong && !self.open[at].given_up => {
                    self.give_up(ledger, at, stray.what, &stray.detail)?;
                }
                _ => {
                    let suggestion = at.map(|at| self.open[at].suggestion.clone());
                    let (job, id) = (stray.job.as_deref(), suggestion.as_deref());
                    self.note(ledger, job, id, stray.what, &stray.detail)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps what is known of an experiment.
    fn observe(
        &mut self,
        ledger: &mut dyn Ledger,
        at: usize,
        status: Status,
        values: Vec<Reading>,
        made: Option<Vec<String>>,
        note: Option<String>,
    ) -> Result<(), CampaignError> {
        let open = &self.open[at];
        ledger.keep(&Event::Observed(Observed {
            source: Source::Lab {
                lab: self.lab.name().to_owned(),
                job: open.job.clone(),
                origin: self.lab.origin(),
            },
            entries: vec![Entry {
                candidate: open.candidate.clone(),
                suggestion: Some(open.suggestion.clone()),
                replicate: 1,
                made,
                status,
                values,
                note,
            }],
        }))
    }

    /// Waits no longer for an experiment; it counts as not made, until an answer comes nonetheless.
    fn give_up(
        &mut self,
        ledger: &mut dyn Ledger,
        at: usize,
        what: Trouble,
        detail: &str,
    ) -> Result<(), Halt> {
        let (job, suggestion) = (self.open[at].job.clone(), self.open[at].suggestion.clone());
        self.note(ledger, Some(&job), Some(&suggestion), what, detail)?;
        let note = Some(format!("{what}: {}", shortened(detail, 400)));
        self.observe(ledger, at, Status::Abandoned, Vec::new(), None, note)?;
        self.open[at].given_up = true;
        self.summary.given_up += 1;
        self.strikes += 1;
        if self.strikes >= self.patience.strikes {
            let why = format!(
                "{} experiments in a row came to nothing, the last: {detail}",
                self.strikes
            );
            return Err(self.stop(ledger, why)?);
        }
        Ok(())
    }

    /// Asks once for every experiment that is open, and keeps what came. Answers how many are still waited for.
    ///
    /// # Errors
    /// The lab is away for too long, too many experiments in a row came to nothing, or the campaign cannot be written.
    pub fn step(&mut self, ledger: &mut dyn Ledger, job: &Job) -> Result<usize, Halt> {
        let mut at = 0;
        while at < self.open.len() {
            job.check()?;
            if self.visit(ledger, at, job)? {
                self.open.remove(at);
                // What a busy lab did not take may be tried again at once.
                for open in &mut self.open {
                    if let Some((until, _)) = &mut open.hold {
                        *until = Instant::now();
                    }
                }
            } else {
                at += 1;
            }
        }
        self.strays(ledger)?;
        Ok(self.waiting())
    }

    /// Asks for one experiment; true once nothing more is to come of it.
    fn visit(&mut self, ledger: &mut dyn Ledger, at: usize, job: &Job) -> Result<bool, Halt> {
        let open = &self.open[at];
        if open.hold.is_some_and(|(until, _)| until > Instant::now()) {
            return Ok(false);
        }
        let (order, name) = (open.order.clone(), open.job.clone());
        if open.given_up {
            // Whatever is wrong with the lab is told by those that are waited for.
            let late = self.lab.poll(&order, &name);
            return match late {
                Ok(Standing::Done(reported)) => self.done(ledger, at, &reported),
                Ok(Standing::Lost(_) | Standing::Abandoned(_)) => Ok(true),
                _ => Ok(false),
            };
        }
        if open.hold.is_some() {
            return self.again(ledger, at, job);
        }
        if open.fresh {
            self.open[at].since = Instant::now();
            // A start that fails half-way may have begun; so from now on it is asked first.
            self.open[at].fresh = false;
            if let Err(LabError::Refused { why, .. }) = self.lab.start(&order, &name) {
                self.give_up(ledger, at, Trouble::Refused, &why)?;
                return Ok(false);
            }
            self.strays(ledger)?;
            if self.open[at].given_up {
                return Ok(false);
            }
        }
        let standing = match self.ask(ledger, job, |lab| lab.poll(&order, &name))? {
            Ok(standing) => standing,
            Err(why) => {
                self.give_up(ledger, at, Trouble::Refused, &why)?;
                return Ok(false);
            }
        };
        if self.open[at].given_up {
            return Ok(matches!(standing, Standing::Abandoned(_)));
        }
        match standing {
            Standing::Reserved => {
                self.open[at].fresh = true;
                Ok(false)
            }
            Standing::Running if self.open[at].since.elapsed() > self.patience.answer => {
                let detail = format!("no answer within {} s", self.patience.answer.as_secs_f64());
                // Whether the lab heeds it, it need not say.
                let _ = self.lab.cancel(&name);
                self.give_up(ledger, at, Trouble::Timeout, &detail)?;
                Ok(false)
            }
            Standing::Running => Ok(false),
            Standing::Done(reported) => self.done(ledger, at, &reported),
            Standing::Failed(why) => {
                self.observe(ledger, at, Status::Failed, Vec::new(), None, Some(why))?;
                self.strikes = 0;
                self.summary.failed += 1;
                Ok(true)
            }
            Standing::Abandoned(why) => {
                self.give_up(ledger, at, Trouble::Refused, &why)?;
                Ok(true)
            }
            Standing::Lost(why) => {
                self.give_up(ledger, at, Trouble::Lost, &why)?;
                Ok(false)
            }
            Standing::Busy(why) => {
                let before = self.open[at].hold.map(|(_, wait)| wait);
                self.put_off(ledger, at, before, &why)?;
                Ok(false)
            }
        }
    }

    fn put_off(
        &mut self,
        ledger: &mut dyn Ledger,
        at: usize,
        before: Option<Duration>,
        why: &str,
    ) -> Result<(), Halt> {
        if self.open[at].since.elapsed() > self.patience.answer {
            let detail = format!("the lab did not take it: {why}");
            return self.give_up(ledger, at, Trouble::Timeout, &detail);
        }
        if before.is_none() {
            let (job, id) = (self.open[at].job.clone(), self.open[at].suggestion.clone());
            self.note(ledger, Some(&job), Some(&id), Trouble::Busy, why)?;
        }
        let wait = before.map_or(self.patience.backoff, |wait| {
            (wait * 2).min(self.patience.longest)
        });
        self.open[at].hold = Some((Instant::now() + wait, wait));
        Ok(())
    }

    /// Reserves anew what a busy lab did not begin, and begins it.
    fn again(&mut self, ledger: &mut dyn Ledger, at: usize, job: &Job) -> Result<bool, Halt> {
        let (order, key, old) = {
            let open = &self.open[at];
            (open.order.clone(), open.key.clone(), open.job.clone())
        };
        let name = match self.ask(ledger, job, |lab| lab.reserve(&order))? {
            Ok(name) => name,
            Err(why) => {
                self.give_up(ledger, at, Trouble::Refused, &why)?;
                return Ok(false);
            }
        };
        let jobs = self.jobs.entry(key.clone()).or_default();
        for known in jobs.iter_mut().filter(|known| **known == old) {
            known.clone_from(&name);
        }
        let jobs = jobs.clone();
        ledger.keep(&Event::Lab(LabEvent::Submitted { key, jobs }))?;
        let before = self.open[at].hold.take().map(|(_, wait)| wait);
        self.open[at].job.clone_from(&name);
        if self.lab.start(&order, &name).is_ok()
            && let Ok(Standing::Busy(why)) = self.lab.poll(&order, &name)
        {
            self.put_off(ledger, at, before, &why)?;
        }
        Ok(false)
    }

    /// Takes an answer; true once nothing more is to come of the experiment.
    fn done(
        &mut self,
        ledger: &mut dyn Ledger,
        at: usize,
        reported: &Reported,
    ) -> Result<bool, Halt> {
        let late = self.open[at].given_up;
        let (measured, troubles) = match reported.check(&self.open[at].order) {
            Ok(found) => found,
            Err(_) if late => return Ok(true),
            Err(why) => {
                self.give_up(ledger, at, Trouble::Wrong, &why)?;
                return Ok(true);
            }
        };
        let places = wanted(&ledger.state().created);
        let readings = places.iter().zip(&measured.values);
        let readings: Vec<Reading> = readings
            .filter(|(_, (value, _))| !value.is_nan())
            .map(|((place, _), (value, std))| Reading {
                outcome: *place,
                value: Number(*value),
                std: Number(*std),
            })
            .collect();
        let (job, id) = (self.open[at].job.clone(), self.open[at].suggestion.clone());
        if late {
            let detail = "it was given up and counts now";
            self.note(ledger, Some(&job), Some(&id), Trouble::Late, detail)?;
        }
        for (what, detail) in troubles {
            self.note(ledger, Some(&job), Some(&id), what, &detail)?;
        }
        self.observe(
            ledger,
            at,
            Status::Measured,
            readings,
            measured.made,
            measured.note,
        )?;
        self.strikes = 0;
        self.summary.measured += 1;
        Ok(true)
    }

    /// Waits until every experiment is answered or given up.
    ///
    /// # Errors
    /// As [`Desk::step`].
    pub fn wait(&mut self, ledger: &mut dyn Ledger, job: &Job) -> Result<(), Halt> {
        let total = self.waiting() as u64;
        job.stage("waiting for the lab", Some(total));
        let mut known = total;
        loop {
            let left = self.step(ledger, job)? as u64;
            job.advance(known.saturating_sub(left));
            known = left;
            if left == 0 {
                return Ok(());
            }
            pause(self.patience.poll, job)?;
        }
    }
}
