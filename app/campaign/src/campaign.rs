//! A campaign that is open: its file, what its events amount to, its candidates.

use crate::event::{Created, Event, Exported, Retracted, Source, Suggested};
use crate::observe::{Results, read_results};
use crate::pool::Pool;
use crate::propose::{Asked, propose};
use crate::state::State;
use crate::{Access, CampaignError, Journal, Record};
use compute::Device;
use job::Job;
use std::path::Path;
use table::Table;

/// An open campaign.
#[derive(Debug)]
pub struct Campaign {
    journal: Journal,
    records: Vec<Record>,
    state: State,
    pool: Pool,
}

impl Campaign {
    /// Opens a campaign with its candidates.
    ///
    /// # Errors
    /// The file or its candidates cannot be read, or another process writes to it.
    pub fn open(path: &Path, access: Access, job: &Job) -> Result<Self, CampaignError> {
        let journal = Journal::open(path, access)?;
        let records = journal.records()?;
        let state = State::of(&records)?;
        let pool = Pool::open(&journal, &state.created, job)?;
        let suggested = state.suggestions.iter().map(|s| &s.pick.candidate);
        let tried = state.experiments.iter().map(|e| &e.candidate);
        pool.fetch(suggested.chain(tried))?;
        Ok(Self {
            journal,
            records,
            state,
            pool,
        })
    }

    pub fn path(&self) -> &Path {
        self.journal.path()
    }

    pub fn records(&self) -> &[Record] {
        &self.records
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Adds an event; once this returns, it is acknowledged.
    ///
    /// # Errors
    /// As [`Journal::append`]; the campaign is then as it was.
    pub fn append(&mut self, event: &Event) -> Result<&Record, CampaignError> {
        // Whatever the event speaks of must be at hand before it counts.
        match event {
            Event::Suggested(it) => self.pool.fetch(it.picks.iter().map(|p| &p.candidate))?,
            Event::Observed(it) => self.pool.fetch(it.entries.iter().map(|e| &e.candidate))?,
            _ => {}
        }
        let record = self.journal.append(event)?;
        self.records.push(record);
        self.state = State::of(&self.records)?;
        Ok(&self.records[self.records.len() - 1])
    }

    /// Suggests what to try next, and keeps it. The suggestions are the last of [`State::suggestions`].
    ///
    /// # Errors
    /// As [`propose`] and [`Campaign::append`].
    pub fn suggest(
        &mut self,
        asked: &Asked,
        device: &Device,
        job: &Job,
    ) -> Result<&Record, CampaignError> {
        let suggested = propose(&self.state, &self.pool, asked, device, job)?;
        self.append(&Event::Suggested(Box::new(suggested)))
    }

    /// What a table of results would say to the campaign; nothing is kept.
    ///
    /// # Errors
    /// As [`read_results`].
    pub fn read_results(&self, table: &Table) -> Result<Results, CampaignError> {
        read_results(&self.state, &self.pool, table)
    }

    /// Keeps what is new or changed in a table of results: an event, or none where nothing is.
    ///
    /// # Errors
    /// As [`read_results`] and [`Campaign::append`].
    pub fn observe(
        &mut self,
        table: &Table,
        source: Source,
    ) -> Result<(Results, Option<u64>), CampaignError> {
        let results = self.read_results(table)?;
        let event = results.event(source);
        let number = event.map(|event| self.append(&event).map(|record| record.number));
        Ok((results, number.transpose()?))
    }

    /// Retracts an event or one of its entries (from 1).
    ///
    /// # Errors
    /// There is no such event, it cannot be retracted, or is already.
    pub fn retract(
        &mut self,
        event: u64,
        entry: Option<u32>,
        reason: &str,
    ) -> Result<u64, CampaignError> {
        crate::retract::check(&self.records, &self.state, event, entry)?;
        let retracted = Event::Retracted(Retracted {
            event,
            entry,
            reason: reason.to_owned(),
        });
        Ok(self.append(&retracted)?.number)
    }

    /// Checks everything: the file down to its bytes, and that every suggestion comes out again as it was.
    ///
    /// # Errors
    /// What is not as it was.
    pub fn verify(&self, job: &Job) -> Result<Verified, CampaignError> {
        let records = self.journal.verify_file()?;
        let mut replayed = 0;
        let suggestions = || {
            records
                .iter()
                .filter(|r| matches!(r.event, Event::Suggested(_)))
        };
        job.stage("replaying suggestions", Some(suggestions().count() as u64));
        for record in suggestions() {
            job.check().map_err(|_| CampaignError::Cancelled)?;
            let Event::Suggested(suggested) = &record.event else {
                continue;
            };
            let wrong = |why: String| CampaignError::Replay {
                path: self.path().into(),
                event: record.number,
                why: why + &other_version(&self.state.created, suggested),
            };
            let state = State::until(&records, suggested.saw)?;
            let asked = Asked {
                count: suggested.asked,
                acquisition: suggested.wanted.parse()?,
            };
            let again = propose(&state, &self.pool, &asked, &Device::cpu(), &job.part());
            let again = Suggested {
                program: suggested.program.clone(),
                ..again.map_err(|error| wrong(error.to_string()))?
            };
            let body = crate::journal::body_of(&Event::Suggested(Box::new(again)))?;
            if body != record.body {
                return Err(wrong(first_difference(&record.body, &body)));
            }
            replayed += 1;
            job.advance(1);
        }
        let last = records.last();
        Ok(Verified {
            events: records.len(),
            replayed,
            head: last.map(Record::hash_hex).unwrap_or_default(),
        })
    }

    /// Contents by their SHA-256.
    ///
    /// # Errors
    /// As [`Journal::content`].
    pub fn content(&self, sha256: &str) -> Result<Vec<u8>, CampaignError> {
        self.journal.content(sha256)
    }

    /// The bytes of the file at rest.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn file_bytes(&self) -> Result<Vec<u8>, CampaignError> {
        self.journal.file_bytes()
    }

    /// Notes that a file was written for others to read.
    ///
    /// # Errors
    /// As [`Campaign::append`].
    pub fn exported(
        &mut self,
        what: &str,
        file: &Path,
        sha256: String,
    ) -> Result<u64, CampaignError> {
        let exported = Event::Exported(Exported {
            what: what.to_owned(),
            file: file.display().to_string(),
            sha256,
            saw: self.state.last,
        });
        Ok(self.append(&exported)?.number)
    }
}

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub events: usize,
    /// How many events suggested something, and did again.
    pub replayed: usize,
    /// The hash of the last event, which stands for all before it.
    pub head: String,
}

/// Another version of the program as the likely cause of another choice; nothing where it was this one.
fn other_version(created: &Created, suggested: &Suggested) -> String {
    let own = env!("CARGO_PKG_VERSION");
    let chose = match &suggested.program {
        Some(version) if version == own => return String::new(),
        Some(version) => format!("version {version} of Lodestone chose it"),
        None => format!(
            "an earlier version of Lodestone chose it, which did not note itself (version {} began the campaign)",
            created.program
        ),
    };
    format!(
        "; {chose}, this is version {own}: versions may choose otherwise, so that this alone is no damage; verify with the version that chose"
    )
}

/// Where two texts part, with what stands there.
fn first_difference(was: &str, is: &str) -> String {
    let same = was
        .bytes()
        .zip(is.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let around = |text: &str| {
        let from = text.floor_char_boundary(same.saturating_sub(40));
        let to = text.floor_char_boundary((same + 60).min(text.len()));
        text[from..to].to_owned()
    };
    format!("it was ...{} and is ...{}", around(was), around(is))
}
