//! `lodestone campaign run`: the loop with a lab.

use super::{failed, print, print_json, writing};
use crate::args::{CampaignRunArgs, OriginArg};
use crate::show::value_with_error;
use crate::{Failure, progress, show};
use anyhow::anyhow;
use campaign::lab::{
    Halt, Lab, LabChoice, LabError, Origin, Patience, Ran, Renamed, RunOptions, TableLabOptions,
    Until, elsewhere, run as run_loop,
};
use campaign::progress::{best, measured_and_known};
use campaign::{Campaign, CampaignError};
use compute::Device;
use serde_json::json;
use std::time::Duration;

pub fn run(args: &CampaignRunArgs) -> Result<(), Failure> {
    let (job, shown) = progress::start();
    let fail = |error: CampaignError| failed(&job, error);
    let refused = |error: LabError| Failure::Usage(error.into());
    let options = options(args)?;
    let choice: LabChoice = args.lab.parse().map_err(refused)?;
    let table = TableLabOptions {
        tolerance: args.tolerance,
        origin: match args.origin {
            None => Origin::Unstated,
            Some(OriginArg::Measured) => Origin::Measured,
            Some(OriginArg::Computed) => Origin::Computed,
        },
    };
    let lab = choice
        .open(table, &job)
        .map_err(|error| Failure::Failed(error.into()))?;
    let Some(lab) = lab else {
        return Err(Failure::Usage(anyhow!(
            "a person cannot be waited for; write a worksheet with `lodestone campaign suggest` and take in its results with `lodestone campaign observe`"
        )));
    };
    let mut open = Campaign::open(&args.file.campaign, writing(&args.file)?, &job).map_err(fail)?;
    let mut lab = Renamed::new(lab, args.formerly.clone());
    for (name, ids) in elsewhere(open.state(), &lab) {
        show::tell(format!(
            "{} open experiments ({}) are at lab {name}, which is not asked; if it is this one under another name, add --formerly '{name}'",
            ids.len(),
            ids.join(", ")
        ));
    }
    let device = Device::open(args.device).map_err(|error| fail(error.into()))?;
    let first = open.state().last + 1;
    let quiet = args.json;
    let ran = run_loop(
        &mut open,
        &mut lab,
        &options,
        &device,
        &job,
        &mut |open, round| {
            if !quiet {
                show::tell(format!("round {round}: {}", standing(open)));
            }
        },
    );
    drop(shown);
    match ran {
        Ok(ran) if args.json => print_json(&as_json(&open, first, &ran)),
        Ok(ran) => print(&in_words(&open, lab.name(), lab.origin(), &ran)),
        Err(Halt::Stopped(why)) => Err(Failure::Failed(anyhow!(
            "the run stopped: {why}; nothing is lost, and the same command goes on from there"
        ))),
        Err(Halt::Cancelled) => Err(Failure::Failed(anyhow!(
            "cancelled; what the lab is at is taken up by the next run"
        ))),
        Err(Halt::Campaign(error)) => Err(fail(error)),
    }
}

fn options(args: &CampaignRunArgs) -> Result<RunOptions, Failure> {
    let seconds = |name: &str, value: f64| {
        Duration::try_from_secs_f64(value).map_err(|_| {
            Failure::Usage(anyhow!(
                "--{name} {value}: write a number of seconds from 0 on"
            ))
        })
    };
    let until = args.until.iter().map(|text| text.parse());
    let until: Result<Vec<Until>, CampaignError> = until.collect();
    Ok(RunOptions {
        until: until.map_err(|error| Failure::Usage(error.into()))?,
        max_rounds: args.max_rounds,
        count: args.count,
        patience: Patience {
            answer: seconds("timeout", args.timeout)?,
            poll: seconds("poll", args.poll)?,
            away: seconds("away", args.away)?,
            strikes: args.strikes,
            ..Patience::default()
        },
    })
}

/// The best so far, in a line.
fn standing(open: &Campaign) -> String {
    let state = open.state();
    let measured = measured_and_known(open);
    let best = best(state, &measured);
    let mut line = format!("{} candidates measured", measured.len());
    if let ([at], false) = (best.as_slice(), measured.is_empty()) {
        let one = &measured[*at];
        for (outcome, (value, std)) in state.created.outcomes.iter().zip(&one.values) {
            if outcome.aim.is_some() && !value.is_nan() {
                let told = value_with_error(*value, *std);
                line.push_str(&format!(", best {} {told} {}", outcome.name, outcome.unit));
            }
        }
    } else if best.len() > 1 {
        line.push_str(&format!(", {} of them on the front", best.len()));
    }
    line.trim_end().to_owned()
}

fn in_words(open: &Campaign, lab: &str, origin: Origin, ran: &Ran) -> String {
    let sum = &ran.summary;
    let mut text = format!(
        "{} rounds at {lab} ({origin}): {}\n",
        ran.rounds, ran.ending
    );
    text.push_str(&format!(
        "{} experiments submitted, {} taken up from before: {} measured, {} failed, {} given up\n",
        sum.submitted, sum.resumed, sum.measured, sum.failed, sum.given_up
    ));
    if sum.troubles > 0 {
        text.push_str(&format!(
            "{} troubles with the lab; `lodestone campaign history` tells them\n",
            sum.troubles
        ));
    }
    text.push_str(&format!("{}\n", standing(open)));
    text
}

fn as_json(open: &Campaign, first: u64, ran: &Ran) -> serde_json::Value {
    let sum = &ran.summary;
    json!({
        "campaign": open.state().id,
        "rounds": ran.rounds,
        "ending": ran.ending.to_string(),
        "first_event": first,
        "last_event": open.state().last,
        "submitted": sum.submitted,
        "resumed": sum.resumed,
        "measured": sum.measured,
        "failed": sum.failed,
        "given_up": sum.given_up,
        "troubles": sum.troubles,
    })
}
