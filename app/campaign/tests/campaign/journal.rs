//! The file: what is in it stays, what is not as it was is found, one process writes.

use campaign::{
    Access, CampaignError, Candidates, Created, Event, Journal, LabEvent, Number, Outcome,
    Retracted, SpaceSource,
};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const NOW: Access = Access::Write(Duration::ZERO);

fn created() -> Event {
    Event::Created(Box::new(Created {
        program: "0.1.0".to_owned(),
        candidates: Candidates::Space(SpaceSource {
            file: "space.toml".to_owned(),
            sha256: campaign::sha256_hex(b"x"),
            candidates: 1,
            points: String::new(),
            predicted: Vec::new(),
        }),
        outcomes: vec![Outcome {
            name: "yield".to_owned(),
            unit: "%".to_owned(),
            aim: Some(campaign::Aim::Maximize),
            at_least: None,
            at_most: Some(Number(0.1 + 0.2)),
            known: false,
            prior: None,
        }],
        constraints: Vec::new(),
        batch: 4,
        initial: 5,
        leads: None,
        budget: None,
        cost: None,
        seed: u64::MAX,
        acquisition: "auto".to_owned(),
        reference: None,
    }))
}

fn retraction(text: &str) -> Event {
    Event::Retracted(Retracted {
        event: 1,
        entry: None,
        reason: text.to_owned(),
    })
}

fn campaign_of(folder: &TempDir, events: usize) -> PathBuf {
    let path = folder.path().join("a.lode");
    Journal::create(&path, &[created()], &[b"x".to_vec(), vec![7; 9000]]).unwrap();
    let mut journal = Journal::open(&path, NOW).unwrap();
    for number in 0..events {
        journal
            .append(&retraction(&"r".repeat(100 * number)))
            .unwrap();
    }
    path
}

#[test]
fn events_and_contents_come_back_as_they_were_written() {
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 3);
    let journal = Journal::open(&path, Access::Read).unwrap();
    let records = journal.verify_file().unwrap();
    assert_eq!(records.len(), 4);
    assert_eq!(records[0].event, created());
    assert_eq!(records[3].event, retraction(&"r".repeat(200)));
    assert_eq!(records[0].previous, [0; 32]);
    assert!(
        records
            .windows(2)
            .all(|pair| pair[1].previous == pair[0].hash)
    );
    assert_eq!(journal.content(&campaign::sha256_hex(b"x")).unwrap(), b"x");
    assert!(journal.content(&campaign::sha256_hex(b"y")).is_err());
    drop(journal);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "one file at rest");
}

#[test]
fn a_flipped_bit_is_found_wherever_it_lies() {
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 6);
    let whole = std::fs::read(&path).unwrap();
    let broken = folder.path().join("broken.lode");
    // A prime step, so that with the run of bits every kind of place is met: headers, cells, free space, overflow pages.
    let places = (0..200).chain((200..whole.len()).step_by(29));
    for place in places {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        std::fs::write(&broken, &bytes).unwrap();
        let found = Journal::open(&broken, Access::Read).and_then(|j| j.verify_file());
        assert!(found.is_err(), "byte {place} of {}", whole.len());
    }
}

#[test]
fn a_torn_file_is_damaged_and_not_read_in_part() {
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 6);
    let whole = std::fs::read(&path).unwrap();
    let torn = folder.path().join("torn.lode");
    for length in [
        1,
        99,
        4096,
        5000,
        whole.len() / 2,
        whole.len() - 4096,
        whole.len() - 1,
    ] {
        std::fs::write(&torn, &whole[..length]).unwrap();
        let read = Journal::open(&torn, Access::Read).and_then(|j| j.verify_file());
        let error = read.expect_err("torn").to_string();
        assert!(error.contains("torn.lode"), "{length}: {error}");
        assert_eq!(
            std::fs::read(&torn).unwrap().len(),
            length,
            "it is left as it was"
        );
    }
}

#[test]
fn what_is_no_campaign_says_so() {
    let folder = TempDir::new().unwrap();
    let error = |path: &Path| Journal::open(path, NOW).unwrap_err();
    let missing = folder.path().join("missing.lode");
    assert!(matches!(error(&missing), CampaignError::NotFound { .. }));
    assert!(!missing.exists());
    let text = folder.path().join("text.lode");
    std::fs::write(&text, "formula,voltage\n".repeat(50)).unwrap();
    assert!(matches!(error(&text), CampaignError::NotOne { .. }));
    let empty = folder.path().join("empty.lode");
    std::fs::write(&empty, "").unwrap();
    assert!(matches!(error(&empty), CampaignError::NotOne { .. }));
    assert!(matches!(error(folder.path()), CampaignError::NotOne { .. }));
    let later = campaign_of(&folder, 0);
    let other = rusqlite::Connection::open(&later).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    drop(other);
    let told = error(&later).to_string();
    assert!(
        told.contains("format 99") && told.contains("update the program"),
        "{told}"
    );
    assert!(matches!(
        Journal::create(&text, &[created()], &[]),
        Err(CampaignError::Exists { .. })
    ));
}

#[test]
fn sqlite_itself_refuses_to_change_or_delete() {
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 2);
    let other = rusqlite::Connection::open(&path).unwrap();
    for statement in [
        "UPDATE events SET body = '{}' WHERE number = 2",
        "DELETE FROM events WHERE number = 3",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE number = 1",
        "INSERT INTO events SELECT 9, at, writer, body, previous, hash FROM events WHERE number = 1",
        "UPDATE contents SET bytes = x'00'",
        "DELETE FROM contents",
    ] {
        assert!(other.execute_batch(statement).is_err(), "{statement}");
    }
    drop(other);
    assert_eq!(
        Journal::open(&path, Access::Read)
            .unwrap()
            .verify_file()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_second_writer_is_told_who_is_first_and_readers_read_on() {
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 1);
    let mut first = Journal::open(&path, NOW).unwrap();
    let second = Journal::open(&path, Access::Write(Duration::from_millis(120))).unwrap_err();
    let told = second.to_string();
    assert!(
        told.contains("in use by") && told.contains("0.12 s"),
        "{told}"
    );
    // The system's list of locks names the process; in some containers it is empty, or of other numbers.
    let own = std::process::id().to_string();
    let listed = std::fs::read_to_string("/proc/locks").is_ok_and(|locks| {
        let mut held = locks.lines().map(|line| line.split_whitespace().nth(4));
        held.any(|process| process == Some(&own))
    });
    let by = format!("process {}", if listed { &own } else { "" });
    let by = by.trim_end();
    assert!(told.contains(by), "{told}");
    first.append(&retraction("while others read")).unwrap();
    assert_eq!(
        Journal::open(&path, Access::Read)
            .unwrap()
            .records()
            .unwrap()
            .len(),
        3
    );
    drop(first);
    Journal::open(&path, NOW)
        .unwrap()
        .append(&retraction("second"))
        .unwrap();
}

#[test]
fn a_reader_does_not_write_and_events_of_labs_have_a_form() {
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 0);
    let note = Event::Lab(LabEvent::Noted {
        lab: "table:a.csv".to_owned(),
        job: None,
        suggestion: Some("s1".to_owned()),
        what: "timeout".to_owned(),
        detail: "no answer within 5 s".to_owned(),
    });
    let mut reader = Journal::open(&path, Access::Read).unwrap();
    assert!(matches!(
        reader.append(&note),
        Err(CampaignError::ReadOnly { .. })
    ));
    drop(reader);
    let record = Journal::open(&path, NOW).unwrap().append(&note).unwrap();
    assert!(
        record.body.starts_with(r#"{"kind":"lab","step":"noted","#),
        "{}",
        record.body
    );
    assert_eq!(record.number, 2);
}

#[cfg(unix)]
#[test]
fn a_file_that_was_moved_or_replaced_takes_no_more_events() {
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 1);
    let elsewhere = folder.path().join("b.lode");
    let mut open = Journal::open(&path, NOW).unwrap();
    let before = std::fs::read(&path).unwrap();
    std::fs::rename(&path, &elsewhere).unwrap();
    let moved = open.append(&retraction("lost")).unwrap_err().to_string();
    assert!(moved.contains("moved or replaced"), "{moved}");
    // Another file under the old name is none of its own either.
    std::fs::write(&path, &before).unwrap();
    let replaced = open.append(&retraction("lost")).unwrap_err().to_string();
    assert!(replaced.contains("moved or replaced"), "{replaced}");
    assert_eq!(std::fs::read(&elsewhere).unwrap(), before);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    // Back at its place it goes on.
    std::fs::rename(&elsewhere, &path).unwrap();
    let number = open.append(&retraction("kept")).unwrap().number;
    drop(open);
    let mut again = Journal::open(&path, NOW).unwrap();
    assert_eq!(again.last().unwrap().0, number);
    again.append(&retraction("and on")).unwrap();
    assert_eq!(again.verify_file().unwrap().len() as u64, number + 1);
}

/// SQLite's locks are the process's: whoever closes the file in another thread must not give them up.
#[cfg(target_os = "linux")]
#[test]
fn reading_the_file_leaves_the_locks_of_a_transaction_in_another_thread_alone() {
    use std::os::unix::fs::MetadataExt;
    let folder = TempDir::new().unwrap();
    let path = campaign_of(&folder, 1);
    let inode = format!(":{}", std::fs::metadata(&path).unwrap().ino());
    let held = || {
        let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
        let of_file = |line: &&str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.contains(&"POSIX") && words.iter().any(|word| word.ends_with(&inode))
        };
        locks.lines().filter(of_file).count()
    };
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    // The list is read in pieces while others take and leave locks, so a line may be missed or come twice.
    let before = (0..5).map(|_| held()).min().unwrap_or(0);
    if before == 0 {
        eprintln!("left out: this system does not list locks");
        return;
    }
    let reader = Journal::open(&path, Access::Read).unwrap();
    let bytes = reader.file_bytes().unwrap();
    reader.verify_file().unwrap();
    Journal::open(&path, NOW).unwrap();
    let still = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        held() >= before
    });
    assert!(still, "a lock of the writer is gone");
    assert!(!bytes.is_empty());
    writer.execute_batch("ROLLBACK").unwrap();
}
