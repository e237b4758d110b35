//! A lab that is a program: a simulation, a robot's script, anything that reads and writes lines.
//!
//! # The protocol (version 1)
//!
//! One JSON object a line, UTF-8, at most 1 MiB. Lines to the program, on its standard input:
//!
//! ```json
//! {"request":"measure","id":"8c1f02aa93de/s12","inputs":{"temperature":{"value":350,"unit":"K"},"solvent":{"value":"DMF"}},"outcomes":{"yield":{"unit":"%"}}}
//! {"request":"ask","id":"8c1f02aa93de/s11"}
//! {"request":"cancel","id":"8c1f02aa93de/s10"}
//! ```
//!
//! `measure` begins an experiment, under an id that is the same for ever. The same id may come twice: the experiment is made
//! once. `ask` is sent after the program or Lodestone was started again: what became of this id? `cancel` asks not to make it.
//!
//! Lines from the program, on its standard output, at any time and in any order:
//!
//! ```json
//! {"id":"8c1f02aa93de/s12","status":"measured","values":{"yield":{"value":71.2,"std":0.8,"unit":"%"}},"made":{"temperature":351.5},"note":"clear solution"}
//! {"id":"8c1f02aa93de/s12","status":"running"}
//! {"id":"8c1f02aa93de/s12","status":"failed","note":"precipitated"}
//! {"id":"8c1f02aa93de/s12","status":"abandoned","note":"no vials left"}
//! {"id":"8c1f02aa93de/s12","status":"unknown"}
//! ```
//!
//! - `measured`: `values` by outcome, each a number or an object with `value` and perhaps `std` (standard deviation) and `unit`
//!   (without it, the unit that was asked for); `null` or absent where it was not measured. `made`: inputs that became
//!   different from what was ordered, in the ordered units. `note`: a remark.
//! - `failed`: it was tried and did not work, from which the campaign learns. `abandoned`: it was not tried.
//! - `unknown`, to `ask`: this id was never begun; it is then begun. A program that does things which must not be done twice
//!   keeps a list of the ids it began, and answers `running`, `measured`, `failed`, or `abandoned` for those.
//!
//! A program that does not answer `ask` within ten seconds leaves the experiment lost: it is not begun again. One that ends is
//! started again, and asked. When its input ends, it is to end. What it writes to its standard error is shown.

use super::answer::{Reported, kind, shortened};
use super::program::{Line, Program, words};
use super::{Lab, LabError, Order, Origin, Standing, Stray, Trouble};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A program that ends so often without a word is as one that cannot be reached.
const DEATHS: u32 = 3;
/// So long a program may take to say what became of an id.
const ASKING: Duration = Duration::from_secs(10);

/// A program that makes and measures; the module says how it is spoken to.
#[derive(Debug)]
pub struct CommandLab {
    name: String,
    words: Vec<String>,
    program: Option<Program>,
    jobs: HashMap<String, Job>,
    strays: Vec<Stray>,
    asking: Duration,
    /// How often it ended since it last said anything.
    deaths: u32,
}

/// What is known of one id.
#[derive(Clone, Debug, PartialEq)]
struct Job {
    known: Known,
    /// The answer that was handed out, to tell a repetition from a contradiction.
    answered: Option<Standing>,
}

#[derive(Clone, Debug, PartialEq)]
enum Known {
    /// Told to begin in the life of the running program.
    Begun,
    /// To be asked for: an earlier life of the program may know it.
    Unasked,
    Asked(Instant),
    /// The program says that it never began it.
    Never,
    Answered(Standing),
}

impl CommandLab {
    /// A lab of this command line; words are split at spaces, except within double quotes. Nothing is started yet.
    ///
    /// # Errors
    /// It names no program.
    pub fn new(line: &str) -> Result<Self, LabError> {
        let words = words(line).map_err(LabError::Setup)?;
        if words.is_empty() {
            return Err(LabError::Setup(
                "`command:` names no program; write command:PROGRAM ARGUMENTS".to_owned(),
            ));
        }
        Ok(Self {
            name: format!("command:{line}"),
            words,
            program: None,
            jobs: HashMap::new(),
            strays: Vec::new(),
            asking: ASKING,
            deaths: 0,
        })
    }

    /// As [`CommandLab::new`], with another wait for the answer to `ask`.
    ///
    /// # Errors
    /// As [`CommandLab::new`].
    pub fn with_asking(line: &str, asking: Duration) -> Result<Self, LabError> {
        Ok(Self {
            asking,
            ..Self::new(line)?
        })
    }

    fn away(&self, why: String) -> LabError {
        LabError::Away {
            lab: self.name.clone(),
            why,
        }
    }

    /// The running program, started where it is not.
    fn program(&mut self) -> Result<&mut Program, LabError> {
        if self.program.is_none() {
            let program = Program::start(&self.words).map_err(|why| self.away(why))?;
            self.program = Some(program);
        }
        self.program
            .as_mut()
            .ok_or_else(|| LabError::Setup("the program is gone".to_owned()))
    }

    fn send(&mut self, line: &Json) -> Result<(), LabError> {
        let line = line.to_string();
        match self.program()?.send(&line) {
            Ok(()) => Ok(()),
            Err(why) => {
                self.read();
                self.ended();
                Err(self.away(why))
            }
        }
    }

    /// What the program said since it was last listened to.
    fn read(&mut self) {
        while let Some(program) = &mut self.program {
            match program.receive() {
                Line::None => return,
                Line::End => return self.ended(),
                Line::Text(text) if text.trim().is_empty() => {}
                Line::Text(text) => self.hear(&text),
                Line::Unreadable(text) => {
                    let detail = format!("an unreadable line: {}", shortened(&text, 120));
                    self.stray(None, Trouble::Garbage, detail);
                }
            }
        }
    }

    fn ended(&mut self) {
        let Some(mut program) = self.program.take() else {
            return;
        };
        let fate = program.fate();
        self.deaths += 1;
        let open = |job: &&mut Job| matches!(job.known, Known::Begun | Known::Asked(_));
        let mut waiting = 0;
        for job in self.jobs.values_mut().filter(open) {
            job.known = Known::Unasked;
            waiting += 1;
        }
        let detail =
            format!("{fate} with {waiting} experiments open; it is started again and asked");
        self.stray(None, Trouble::Restarted, detail);
    }

    fn stray(&mut self, job: Option<String>, what: Trouble, detail: String) {
        self.strays.push(Stray { job, what, detail });
    }

    /// Takes one line from the program.
    fn hear(&mut self, text: &str) {
        self.deaths = 0;
        let garbage = |why: String| format!("{why}: {}", shortened(text, 200));
        let answer: Map<String, Json> = match serde_json::from_str(text) {
            Ok(Json::Object(answer)) => answer,
            Ok(other) => {
                let detail = garbage(format!("a line that is {}, no object", kind(&other)));
                return self.stray(None, Trouble::Garbage, detail);
            }
            Err(error) => {
                let detail = garbage(format!("a line that is no JSON ({error})"));
                return self.stray(None, Trouble::Garbage, detail);
            }
        };
        let Some(Json::String(id)) = answer.get("id") else {
            return self.stray(
                None,
                Trouble::Garbage,
                garbage("a line without an id".to_owned()),
            );
        };
        let id = id.clone();
        let Some(job) = self.jobs.get(&id) else {
            let detail = garbage(format!(
                "an answer to `{}`, which was not asked",
                shortened(&id, 80)
            ));
            return self.stray(None, Trouble::Unknown, detail);
        };
        let note = || {
            let note = answer
                .get("note")
                .and_then(Json::as_str)
                .unwrap_or("no reason given");
            shortened(note, 500)
        };
        let known = match answer.get("status").and_then(Json::as_str) {
            Some("running") => Known::Begun,
            Some("unknown") if matches!(job.known, Known::Asked(_) | Known::Unasked) => {
                Known::Never
            }
            Some("unknown") => {
                let detail = garbage("`unknown` to what was begun".to_owned());
                return self.stray(Some(id), Trouble::Wrong, detail);
            }
            Some("failed") => Known::Answered(Standing::Failed(note())),
            Some("abandoned") => Known::Answered(Standing::Abandoned(note())),
            Some("measured") | None if answer.contains_key("values") => {
                match Reported::from_json(&answer) {
                    Ok(reported) => Known::Answered(Standing::Done(reported)),
                    Err(why) => return self.stray(Some(id), Trouble::Wrong, garbage(why)),
                }
            }
            Some("measured") => {
                let detail = garbage("`measured` without `values`".to_owned());
                return self.stray(Some(id), Trouble::Wrong, detail);
            }
            other => {
                let said = other.map_or("no status".to_owned(), |it| {
                    format!("the status `{}`", shortened(it, 40))
                });
                return self.stray(Some(id), Trouble::Wrong, garbage(said));
            }
        };
        let before = job.answered.clone().or(match &job.known {
            Known::Answered(standing) => Some(standing.clone()),
            _ => None,
        });
        if let Some(before) = before {
            let again = matches!(&known, Known::Answered(standing) if same(standing, &before));
            let detail = match again {
                true => "the same answer again".to_owned(),
                false => garbage("another answer than before".to_owned()),
            };
            return self.stray(Some(id), Trouble::Twice, detail);
        }
        if let Some(job) = self.jobs.get_mut(&id) {
            job.known = known;
        }
    }
}

/// Whether two answers say the same; a value that is not known is the same as another.
fn same(a: &Standing, b: &Standing) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

fn measure(order: &Order) -> Json {
    let mut inputs = Map::new();
    for cell in &order.inputs {
        let value = match cell.number() {
            Some(number) => json!(number),
            None => json!(cell.text),
        };
        let mut input = json!({ "value": value });
        if !cell.unit.is_empty() {
            input["unit"] = json!(cell.unit);
        }
        inputs.insert(cell.name.clone(), input);
    }
    let mut outcomes = Map::new();
    for wanted in &order.outcomes {
        outcomes.insert(wanted.name.clone(), json!({ "unit": wanted.unit }));
    }
    json!({ "request": "measure", "id": order.key, "inputs": inputs, "outcomes": outcomes })
}

impl Lab for CommandLab {
    fn name(&self) -> &str {
        &self.name
    }

    fn origin(&self) -> Origin {
        Origin::Unstated
    }

    fn reserve(&mut self, order: &Order) -> Result<String, LabError> {
        Ok(order.key.clone())
    }

    fn start(&mut self, order: &Order, job: &str) -> Result<(), LabError> {
        // Known to the program from now on, whether or not the line is sent whole: after an error it is asked.
        let known = self.jobs.entry(job.to_owned()).or_insert(Job {
            known: Known::Begun,
            answered: None,
        });
        known.known = Known::Begun;
        let sent = self.send(&measure(order));
        if sent.is_err()
            && let Some(job) = self.jobs.get_mut(job)
        {
            job.known = Known::Unasked;
        }
        sent
    }

    fn poll(&mut self, _: &Order, job: &str) -> Result<Standing, LabError> {
        self.jobs.entry(job.to_owned()).or_insert(Job {
            known: Known::Unasked,
            answered: None,
        });
        self.program()?;
        self.read();
        if matches!(self.jobs.get(job), Some(it) if it.known == Known::Unasked) {
            self.send(&json!({ "request": "ask", "id": job }))?;
            if let Some(job) = self.jobs.get_mut(job) {
                job.known = Known::Asked(Instant::now());
            }
        }
        if self.deaths >= DEATHS {
            let why = format!("it ended {} times without a word", self.deaths);
            return Err(self.away(why));
        }
        let Some(known) = self.jobs.get_mut(job) else {
            return Ok(Standing::Running);
        };
        match &known.known {
            Known::Answered(standing) => {
                known.answered = Some(standing.clone());
                Ok(standing.clone())
            }
            Known::Never => Ok(Standing::Reserved),
            Known::Asked(since) if since.elapsed() > self.asking => Ok(Standing::Lost(format!(
                "the program did not say within {} s what became of it",
                self.asking.as_secs_f64()
            ))),
            Known::Asked(_) | Known::Unasked | Known::Begun => Ok(Standing::Running),
        }
    }

    fn cancel(&mut self, job: &str) -> Result<(), LabError> {
        if self.program.is_some() {
            self.send(&json!({ "request": "cancel", "id": job }))?;
        }
        Ok(())
    }

    fn strays(&mut self) -> Vec<Stray> {
        self.read();
        std::mem::take(&mut self.strays)
    }
}
