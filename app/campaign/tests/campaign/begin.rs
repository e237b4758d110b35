//! How a campaign begins, what it says of its beginning, and that it is found again as it was.

use campaign::{
    Access, Asked, Begun, Campaign, CampaignError, Event, SourceFile, Suggested, Wanted, create,
    propose,
};
use compute::Device;
use job::Job;
use optimize::Objective;
use optimize::suggest::Acquisition;
use screening::Request;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Forty candidates on a line, without results.
fn wanted(objectives: &[&str]) -> Wanted {
    let rows = (0..40).map(|row| format!("c{row},{}\n", row * 7 % 40));
    Wanted {
        file: SourceFile {
            name: "pool.csv".to_owned(),
            format: "csv",
            bytes: ("name,x\n".to_owned() + &rows.collect::<String>()).into_bytes(),
        },
        objectives: objectives
            .iter()
            .map(|o| o.parse().unwrap())
            .collect::<Vec<Objective>>(),
        constraints: Vec::new(),
        request: Request::default(),
        inputs: Vec::new(),
        ignored: Vec::new(),
        used: Vec::new(),
        priors: Vec::new(),
        blind: false,
        batch: 3,
        initial: 3,
        leads: None,
        budget: None,
        cost: None,
        seed: 1,
        acquisition: Acquisition::Auto,
        reference: None,
    }
}

fn space(objectives: &[&str]) -> Wanted {
    let toml = "[[input]]\nname = \"x\"\nrange = [0, 1]\n";
    Wanted {
        file: SourceFile {
            name: "space.toml".to_owned(),
            format: "toml",
            bytes: toml.as_bytes().to_vec(),
        },
        ..wanted(objectives)
    }
}

fn begun(folder: &Path, wanted: &Wanted) -> (Begun, PathBuf) {
    let count = std::fs::read_dir(folder).unwrap().count();
    let path = folder.join(format!("{count}.lode"));
    (create(&path, wanted, &Job::new()).unwrap(), path)
}

#[test]
fn leads_that_play_no_part_are_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let told = |wanted: Wanted| -> Vec<String> {
        let messages = begun(folder.path(), &wanted).0.messages;
        let of_leads = messages.into_iter().filter(|m| m.contains("leads"));
        of_leads.collect()
    };
    let leads = Some(7);
    for made in [wanted, space] {
        let two = made(&["max:yield [%]", "min:waste [g]"]);
        let one = || made(&["max:yield [%]"]);
        assert_eq!(
            told(Wanted { leads, ..two }),
            [
                "7 leads are wanted, but play no part: they count for a single objective, and with 2 suggestions improve upon the front"
            ]
        );
        assert_eq!(told(Wanted { leads, ..one() }), [""; 0]);
        assert_eq!(told(one()), [""; 0]);
        let acquisition = Acquisition::Thompson;
        let told = told(Wanted {
            leads,
            acquisition,
            ..one()
        });
        assert!(
            told[0].contains("thompson chooses by something else"),
            "{told:?}"
        );
    }
}

/// A campaign whose first round is not what this program suggests, by a version.
fn chosen_otherwise(folder: &Path, program: Option<&str>) -> CampaignError {
    let (_, path) = begun(folder, &wanted(&["max:yield [%]"]));
    let access = Access::Write(Duration::ZERO);
    let job = Job::new();
    let mut open = Campaign::open(&path, access, &job).unwrap();
    let asked = Asked {
        count: 3,
        acquisition: Acquisition::Auto,
    };
    let suggested = propose(open.state(), open.pool(), &asked, &Device::cpu(), &job).unwrap();
    let mut picks = suggested.picks.clone();
    assert_ne!(picks[0].candidate, picks[1].candidate);
    picks[0].candidate = picks[1].candidate.clone();
    let other = Suggested {
        program: program.map(str::to_owned),
        picks,
        ..suggested
    };
    open.append(&Event::Suggested(Box::new(other))).unwrap();
    open.verify(&job).unwrap_err()
}

#[test]
fn another_version_is_named_as_the_cause_where_suggestions_differ() {
    let folder = tempfile::tempdir().unwrap();
    let own = env!("CARGO_PKG_VERSION");
    let old = chosen_otherwise(folder.path(), Some("0.0.7")).to_string();
    assert!(old.contains("event 2 suggested something else"), "{old}");
    let named = format!("version 0.0.7 of Lodestone chose it, this is version {own}");
    assert!(old.contains(&named), "{old}");
    let unsaid = chosen_otherwise(folder.path(), None).to_string();
    assert!(
        unsaid.contains("an earlier version of Lodestone"),
        "{unsaid}"
    );
    assert!(
        unsaid.contains(&format!("version {own} began the campaign")),
        "{unsaid}"
    );
    // This version has no excuse.
    let same = chosen_otherwise(folder.path(), Some(own)).to_string();
    assert!(
        same.contains("event 2 suggested") && !same.contains("version"),
        "{same}"
    );
}

#[test]
fn what_an_earlier_version_suggested_alike_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = begun(folder.path(), &wanted(&["max:yield [%]"]));
    let job = Job::new();
    let mut open = Campaign::open(&path, Access::Write(Duration::ZERO), &job).unwrap();
    let asked = Asked {
        count: 3,
        acquisition: Acquisition::Auto,
    };
    open.suggest(&asked, &Device::cpu(), &job).unwrap();
    let suggested = propose(open.state(), open.pool(), &asked, &Device::cpu(), &job).unwrap();
    assert_eq!(
        suggested.program.as_deref(),
        Some(env!("CARGO_PKG_VERSION"))
    );
    // As it was written before versions were noted.
    let unsaid = Suggested {
        program: None,
        ..suggested
    };
    open.append(&Event::Suggested(Box::new(unsaid))).unwrap();
    assert!(!open.records()[2].body.contains("program"));
    assert_eq!(open.verify(&job).unwrap().replayed, 2);
}
