//! Labs that behave, and labs that fail in every way: what the journal says, and that nothing is made twice.

use campaign::lab::{
    Cell, CommandLab, Desk, Halt, Lab, LabChoice, LabError, Ledger, Order, Origin, Patience,
    RestLab, Standing, TableLab, TableLabOptions, Wanted,
};
use campaign::{
    Access, CampaignError, Candidate, Candidates, Created, Event, Journal, LabEvent, Number,
    Outcome, Pick, SpaceSource, State, Status, Suggested,
};
use job::Job;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A campaign of one number `x` and the outcomes `yield` [%] and `cost`, in a real journal.
pub struct Book {
    journal: Journal,
    state: State,
}

impl Book {
    pub fn create(folder: &Path) -> PathBuf {
        let outcome = |name: &str, unit: &str| Outcome {
            name: name.into(),
            unit: unit.into(),
            aim: Some(campaign::Aim::Maximize),
            at_least: None,
            at_most: None,
            known: false,
            prior: None,
        };
        let created = Event::Created(Box::new(Created {
            program: "0.1.0".into(),
            candidates: Candidates::Space(SpaceSource {
                file: "space.toml".into(),
                sha256: campaign::sha256_hex(b"x"),
                candidates: 1,
                points: String::new(),
                predicted: Vec::new(),
            }),
            outcomes: vec![outcome("yield", "%"), outcome("cost", "")],
            constraints: Vec::new(),
            batch: 4,
            initial: 5,
            leads: None,
            budget: None,
            cost: None,
            seed: 1,
            acquisition: "random".into(),
            reference: None,
        }));
        let path = folder.join("a.lode");
        Journal::create(&path, &[created], &[b"x".to_vec()]).unwrap();
        path
    }

    pub fn open(path: &Path) -> Book {
        let journal = Journal::open(path, Access::Write(Duration::from_secs(5))).unwrap();
        let state = State::of(&journal.records().unwrap()).unwrap();
        Book { journal, state }
    }

    /// Suggests this many more candidates, x = 1, 2, ...; their names.
    pub fn suggest(&mut self, count: u64) -> Vec<String> {
        let numbers = self.state.numbered + 1..=self.state.numbered + count;
        let unknown = || Number(f64::NAN);
        let picks: Vec<Pick> = numbers
            .map(|number| Pick {
                id: format!("s{number}"),
                candidate: Candidate::Cells(vec![number.to_string()]),
                mean: vec![unknown(); 2],
                std: vec![unknown(); 2],
                acquisition: unknown(),
                feasible: unknown(),
                improvement: unknown(),
                nearest: None,
                drivers: Vec::new(),
                why: String::new(),
                method: None,
            })
            .collect();
        let ids = picks.iter().map(|pick| pick.id.clone()).collect();
        let suggested = Suggested {
            program: None,
            saw: self.state.last,
            asked: count as u32,
            wanted: "random".into(),
            method: "random".into(),
            seed: 1,
            reference: None,
            picks,
            models: Vec::new(),
            viability: None,
            certificate: None,
            hypervolume: None,
            notes: Vec::new(),
        };
        self.keep(&Event::Suggested(Box::new(suggested))).unwrap();
        ids
    }

    pub fn standing(&self, id: &str) -> &'static str {
        self.state.suggestion(id).unwrap().standing(&self.state)
    }

    /// What was noted, `s3 twice` or `- garbage`.
    pub fn noted(&self) -> Vec<String> {
        let words = self
            .state
            .labs
            .iter()
            .filter_map(|(_, _, event)| match event {
                LabEvent::Noted {
                    suggestion,
                    what,
                    job,
                    ..
                } => {
                    let of = suggestion.clone().or(job
                        .as_ref()
                        .map(|job| job.rsplit('/').next().unwrap_or_default().to_owned()));
                    Some(format!("{} {what}", of.unwrap_or("-".into())))
                }
                _ => None,
            });
        words.collect()
    }

    pub fn has(&self, note: &str) -> bool {
        self.noted().iter().any(|it| it == note)
    }

    pub fn value(&self, id: &str) -> f64 {
        let suggestion = self.state.suggestion(id).unwrap();
        self.state.experiments[suggestion.experiments[0]].values[0].0
    }
}

impl Ledger for Book {
    fn state(&self) -> &State {
        &self.state
    }

    fn keep(&mut self, event: &Event) -> Result<(), CampaignError> {
        self.journal.append(event)?;
        self.state = State::of(&self.journal.records()?)?;
        Ok(())
    }

    fn cells(&self, candidate: &Candidate) -> Vec<Cell> {
        let Candidate::Cells(cells) = candidate else {
            return Vec::new();
        };
        vec![Cell {
            name: "x".into(),
            unit: String::new(),
            text: cells[0].clone(),
        }]
    }
}

pub fn patience() -> Patience {
    Patience {
        answer: Duration::from_millis(700),
        poll: Duration::from_millis(5),
        away: Duration::from_secs(2),
        backoff: Duration::from_millis(20),
        longest: Duration::from_millis(100),
        strikes: 100,
    }
}

pub fn order(x: &str) -> Order {
    Order {
        key: "c/s1".into(),
        inputs: vec![Cell {
            name: "x".into(),
            unit: "mm".into(),
            text: x.into(),
        }],
        outcomes: vec![Wanted {
            name: "yield".into(),
            unit: "%".into(),
        }],
    }
}

/// The fake lab of `examples/`, which is built with the tests.
fn fake_lab() -> String {
    let test = std::env::current_exe().unwrap();
    let example = test.ancestors().nth(2).unwrap().join("examples/fake_lab");
    let example = example.with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        example.exists(),
        "{} is built by `cargo test`",
        example.display()
    );
    format!("\"{}\"", example.display())
}

/// Runs a campaign of `count` suggestions at the fake lab with these faults.
fn drill(
    folder: &Path,
    count: u64,
    faults: &[&str],
    patience: Patience,
) -> (Book, Result<(), Halt>) {
    let path = folder.join("a.lode");
    if !path.exists() {
        Book::create(folder);
    }
    let mut book = Book::open(&path);
    let ids = if count > 0 {
        book.suggest(count)
    } else {
        Vec::new()
    };
    let mut lab = command(folder, faults);
    let job = Job::new();
    let result = Desk::open(&mut book, &mut lab, patience, &job).and_then(|mut desk| {
        desk.submit(&mut book, &ids, &job)?;
        desk.wait(&mut book, &job)
    });
    (book, result)
}

fn command(folder: &Path, faults: &[&str]) -> CommandLab {
    let ledger = folder.join("begun");
    let line = format!(
        "{} \"{}\" {}",
        fake_lab(),
        ledger.display(),
        faults.join(" ")
    );
    CommandLab::with_asking(&line, Duration::from_secs(5)).unwrap()
}

/// How often each id was begun.
fn begun(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("begun")).unwrap_or_default();
    let ids = text
        .lines()
        .map(|line| line.split(' ').next().unwrap().rsplit('/').next().unwrap());
    ids.map(str::to_owned).collect()
}

#[test]
fn a_program_answers_and_every_way_of_failing_is_told() {
    let folder = TempDir::new().unwrap();
    let faults = "s2=twice s3=other s4=text s5=nan s6=unit s7=none s8=partial s9=never s10=garbage s11=noise s12=stranger \
                  s13=made s14=failed s15=abandoned";
    let faults: Vec<&str> = faults.split_whitespace().collect();
    let long = Patience {
        answer: Duration::from_secs(4),
        ..patience()
    };
    let (mut book, result) = drill(folder.path(), 16, &faults, long);
    assert!(result.is_ok(), "{result:?}");
    let standing: Vec<&str> = (1..=16).map(|i| book.standing(&format!("s{i}"))).collect();
    let (m, a) = ("measured", "abandoned");
    let expected = [
        m, m, m, a, a, a, a, "partial", a, m, m, m, m, "failed", a, m,
    ];
    assert_eq!(standing, expected, "{:?}", book.noted());
    for note in [
        "s2 twice",
        "s3 twice",
        "s4 wrong",
        "s5 wrong",
        "s6 wrong",
        "s7 wrong",
        "s8 partial",
        "s9 timeout",
        "s15 refused",
        "- unknown",
    ] {
        assert!(book.has(note), "{note}: {:?}", book.noted());
    }
    let noted = book.noted();
    let garbage = noted.iter().filter(|note| **note == "- garbage");
    assert_eq!(garbage.count(), 4);
    for id in [1, 2, 3, 10, 11, 12, 13, 16] {
        let value = book.value(&format!("s{id}"));
        assert_eq!(value, f64::from(id), "what came first counts");
    }
    let made = |id: &str| {
        let all = &book.state.experiments;
        let one = all.iter().find(|e| e.suggestion.as_deref() == Some(id));
        one.unwrap().made.clone()
    };
    assert_eq!(made("s13"), Some(vec!["13.25".to_owned()]));
    assert_eq!(made("s1"), None);
    let ids = begun(folder.path());
    assert_eq!(ids.len(), 16, "each was begun once: {ids:?}");
    // Of what was given up, only what got no answer in time is asked for again; nothing is submitted again.
    let mut lab = command(folder.path(), &[]);
    let desk = Desk::open(&mut book, &mut lab, patience(), &Job::new()).unwrap();
    assert_eq!(desk.waiting(), 0);
}

#[test]
fn a_program_that_dies_is_started_again_and_asked() {
    let folder = TempDir::new().unwrap();
    let long = Patience {
        answer: Duration::from_secs(20),
        ..patience()
    };
    let (book, result) = drill(folder.path(), 4, &["s2=die"], long);
    assert!(result.is_ok(), "{result:?}");
    assert!((1..=4).all(|i| book.standing(&format!("s{i}")) == "measured"));
    assert!(book.has("- restarted"), "{:?}", book.noted());
    let mut ids = begun(folder.path());
    ids.sort();
    assert_eq!(ids, ["s1", "s2", "s3", "s4"]);
}

#[test]
fn what_a_program_does_not_remember_is_lost_and_not_begun_again() {
    let folder = TempDir::new().unwrap();
    let mut book = Book::open(&Book::create(folder.path()));
    let ids = book.suggest(1);
    let job = Job::new();
    let long = Patience {
        answer: Duration::from_secs(60),
        ..patience()
    };
    {
        let mut lab = command(folder.path(), &["s1=deaf"]);
        let mut desk = Desk::open(&mut book, &mut lab, long.clone(), &job).unwrap();
        desk.submit(&mut book, &ids, &job).unwrap();
        while begun(folder.path()).is_empty() {
            desk.step(&mut book, &job).unwrap();
        }
    }
    let mut lab = command(folder.path(), &["s1=deaf"]);
    let mut desk = Desk::open(&mut book, &mut lab, long, &job).unwrap();
    desk.wait(&mut book, &job).unwrap();
    assert!(book.has("s1 lost"), "{:?}", book.noted());
    assert_eq!(book.standing("s1"), "abandoned");
    assert_eq!(begun(folder.path()).len(), 1);
}

#[test]
fn an_answer_that_comes_late_counts_and_is_called_late() {
    let folder = TempDir::new().unwrap();
    let (mut book, result) = drill(folder.path(), 2, &["s1=late"], patience());
    assert!(result.is_ok(), "{result:?}");
    assert!(book.has("s1 timeout"), "{:?}", book.noted());
    if book.standing("s1") != "measured" {
        // The next run asks once more.
        assert_eq!(book.standing("s1"), "abandoned");
        let mut lab = command(folder.path(), &["s1=late"]);
        let job = Job::new();
        let mut desk = Desk::open(&mut book, &mut lab, patience(), &job).unwrap();
        for _ in 0..4000 {
            desk.step(&mut book, &job).unwrap();
            if book.standing("s1") == "measured" {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert_eq!(book.standing("s1"), "measured");
    assert!(book.has("s1 late"));
    let ids = begun(folder.path());
    assert_eq!(ids.iter().filter(|id| *id == "s1").count(), 1);
}

#[test]
fn too_many_experiments_in_vain_stop_the_loop_with_a_clear_state() {
    let folder = TempDir::new().unwrap();
    let few = Patience {
        strikes: 2,
        ..patience()
    };
    let (book, result) = drill(
        folder.path(),
        4,
        &["s1=text", "s2=text", "s3=never", "s4=never"],
        few,
    );
    let Err(Halt::Stopped(why)) = result else {
        panic!("{result:?}")
    };
    assert!(
        why.contains("2 experiments in a row came to nothing"),
        "{why}"
    );
    let (_, _, last) = book.state.labs.last().unwrap();
    assert!(matches!(last, LabEvent::Stopped { why, .. } if why.contains("in a row")));
}

#[test]
fn a_program_that_cannot_be_started_or_always_ends_is_away() {
    let folder = TempDir::new().unwrap();
    for line in ["/no/such/program", "false"] {
        let path = folder.path().join("a.lode");
        let _ = std::fs::remove_file(&path);
        Book::create(folder.path());
        let mut book = Book::open(&path);
        let ids = book.suggest(1);
        let mut lab = CommandLab::new(line).unwrap();
        let few = Patience {
            away: Duration::from_millis(300),
            answer: Duration::from_secs(60),
            ..patience()
        };
        let mut desk = Desk::open(&mut book, &mut lab, few, &Job::new()).unwrap();
        let result = desk
            .submit(&mut book, &ids, &Job::new())
            .and_then(|()| desk.wait(&mut book, &Job::new()));
        let Err(Halt::Stopped(why)) = result else {
            panic!("{line}: {result:?} {:?}", book.noted())
        };
        assert!(why.contains("did not respond"), "{why}");
        assert_eq!(book.standing("s1"), "open", "it can be taken up again");
    }
}

/// The process is killed after every event in turn: whatever was written, the next run goes on from there, and the lab begins
/// each experiment once.
#[test]
fn a_crash_after_any_event_makes_nothing_twice_and_loses_nothing() {
    for crash in 1..12 {
        let folder = TempDir::new().unwrap();
        let path = Book::create(folder.path());
        let mut left = crash;
        for _ in 0..40 {
            let mut book = Crashing {
                book: Book::open(&path),
                left,
            };
            let job = Job::new();
            let mut lab = command(folder.path(), &["s2=die"]);
            let run = |book: &mut Crashing, lab: &mut CommandLab| -> Result<(), Halt> {
                let ids = if book.book.state.suggestions.is_empty() {
                    book.book.suggest(4)
                } else {
                    book.book
                        .state
                        .suggestions
                        .iter()
                        .map(|it| it.pick.id.clone())
                        .collect()
                };
                let long = Patience {
                    answer: Duration::from_secs(30),
                    ..patience()
                };
                let mut desk = Desk::open(book, lab, long, &job)?;
                desk.submit(book, &ids, &job)?;
                desk.wait(book, &job)
            };
            if run(&mut book, &mut lab).is_ok() {
                break;
            }
            left = 3;
        }
        let book = Book::open(&path);
        for id in ["s1", "s2", "s3", "s4"] {
            let noted = book.noted();
            assert_eq!(book.standing(id), "measured", "{crash}: {noted:?}");
        }
        let mut ids = begun(folder.path());
        ids.sort();
        let mut different = ids.clone();
        different.dedup();
        assert_eq!(ids, different, "{crash}: nothing was begun twice");
        assert_eq!(ids.len(), 4, "{crash}: {ids:?}");
        assert_eq!(book.state.experiments.len(), 4, "{crash}");
        assert!(book.journal.verify_file().is_ok());
    }
}

/// A campaign whose process ends after some events.
struct Crashing {
    book: Book,
    left: usize,
}

impl Ledger for Crashing {
    fn state(&self) -> &State {
        &self.book.state
    }

    fn keep(&mut self, event: &Event) -> Result<(), CampaignError> {
        if self.left == 0 {
            return Err(CampaignError::Cancelled);
        }
        self.left -= 1;
        self.book.keep(event)
    }

    fn cells(&self, candidate: &Candidate) -> Vec<Cell> {
        self.book.cells(candidate)
    }
}

#[test]
fn a_table_answers_exactly_or_within_its_tolerance_and_in_the_units_asked_for() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("known.csv");
    let text = "x [cm],yield,status\n0.1,10,\n0.1,12,\n0.2,20,\n0.3,,failed\n";
    std::fs::write(&path, text).unwrap();
    let options = TableLabOptions {
        origin: Origin::Computed,
        ..TableLabOptions::default()
    };
    let mut lab = TableLab::open(&path, options, &Job::new()).unwrap();
    assert_eq!(
        (lab.name(), lab.origin()),
        ("table:known.csv", Origin::Computed)
    );
    let Standing::Done(answer) = lab.poll(&order("1"), "c/s1").unwrap() else {
        panic!()
    };
    assert_eq!(answer.values[0].1.value, 11.0);
    let note = answer.note.unwrap();
    assert!(
        note.starts_with("computed, line 2, 3") && note.contains("mean of 2"),
        "{note}"
    );
    assert!(matches!(
        lab.poll(&order("3"), "c/s1").unwrap(),
        Standing::Failed(_)
    ));
    let Standing::Abandoned(why) = lab.poll(&order("1.9"), "c/s1").unwrap() else {
        panic!()
    };
    assert!(why.contains("no row"), "{why}");
    let near = TableLabOptions {
        tolerance: 0.1,
        ..options
    };
    let mut lab = TableLab::open(&path, near, &Job::new()).unwrap();
    let Standing::Done(answer) = lab.poll(&order("1.9"), "c/s1").unwrap() else {
        panic!()
    };
    assert_eq!(answer.values[0].1.value, 20.0);
    assert_eq!(answer.made, [("x".to_owned(), "2".to_owned())]);
    let mut unknown = order("1");
    unknown.inputs[0].name = "z".into();
    assert!(matches!(
        lab.reserve(&unknown),
        Err(LabError::Refused { .. })
    ));
    unknown = order("1");
    unknown.inputs[0].unit = "V".into();
    let error = lab.reserve(&unknown).unwrap_err().to_string();
    assert!(error.contains("column `x` is in cm"), "{error}");
}

#[test]
fn what_is_no_lab_is_refused_with_what_would_be_one() {
    for text in ["tabel:x.csv", "table:", "rest", "", "manual:x"] {
        let error = text.parse::<LabChoice>().unwrap_err().to_string();
        assert!(error.contains("write manual, table:FILE"), "{error}");
    }
    assert_eq!("manual".parse::<LabChoice>().unwrap(), LabChoice::Manual);
    for url in [
        "ftp://x/action/a",
        "http://a:b@x/action/a",
        "http://x/action/",
        "http://x/action/a/b",
    ] {
        assert!(RestLab::new(url).is_err(), "{url}");
    }
    assert!(CommandLab::new("\"unclosed").is_err());
    let missing = LabChoice::Table("/no/such.csv".into());
    assert!(
        missing
            .open(TableLabOptions::default(), &Job::new())
            .is_err()
    );
}

#[test]
fn a_table_lab_is_waited_for_no_longer_than_it_takes() {
    let folder = TempDir::new().unwrap();
    let table = folder.path().join("known.csv");
    std::fs::write(&table, "x,yield [%],cost\n1,10,1\n2,20,2\n").unwrap();
    let mut book = Book::open(&Book::create(folder.path()));
    let ids = book.suggest(3);
    let mut lab = TableLab::open(&table, TableLabOptions::default(), &Job::new()).unwrap();
    let job = Job::new();
    let slow = Patience {
        poll: Duration::from_secs(600),
        ..patience()
    };
    let mut desk = Desk::open(&mut book, &mut lab, slow, &job).unwrap();
    desk.submit(&mut book, &ids, &job).unwrap();
    desk.wait(&mut book, &job).unwrap();
    assert_eq!((desk.summary.measured, desk.summary.given_up), (2, 1));
    assert_eq!(book.standing("s3"), "abandoned");
    let observed = &book.state.experiments[0];
    assert_eq!(
        (observed.status, observed.values[0].0),
        (Status::Measured, 10.0)
    );
}
