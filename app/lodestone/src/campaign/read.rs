//! `lodestone campaign status`, `history` and `verify`: what only reads.

use super::{failed, plainly, print, print_json};
use crate::args::{ReadArgs, StatusArgs};
use crate::show::{self, value_with_error};
use crate::{Failure, progress};
use campaign::progress::{Measured, best, measured_and_known};
use campaign::{
    Acceleration, Access, Basis, Budget, Campaign, Candidate, Estimate, Event, Journal, State,
    Status, acceleration, label, sentence, word,
};
use serde_json::{Value, json};
use table::{ReadOptions, Source, Table};

/// Candidates of a front, and open suggestions, that are listed.
const LISTED: usize = 20;

pub fn status(args: &StatusArgs) -> Result<(), Failure> {
    let (job, shown) = progress::start();
    let open = Campaign::open(&args.file.campaign, Access::Read, &job);
    let open = open.map_err(|e| failed(&job, e))?;
    let truth = args.truth.as_ref().map(|file| {
        let source = Source::Path(file.clone());
        Table::read(&source, &ReadOptions::default(), &job)
    });
    let truth = truth.transpose().map_err(|e| failed(&job, e.into()))?;
    let faster = acceleration(&open, truth.as_ref(), &job).map_err(|e| failed(&job, e))?;
    drop(shown);
    if args.file.json {
        return print_json(&as_json(&open, &faster));
    }
    print(&in_words(&open, &faster))
}

/// What an acceleration says to a machine.
fn acceleration_json(faster: &Result<Acceleration, String>) -> Value {
    let number = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
    let estimate = |e: Estimate| json!({"median": number(e.median), "low": number(e.low), "high": number(e.high)});
    match faster {
        Err(why) => json!({"not_told": why}),
        Ok(it) => json!({
            "factor": estimate(it.factor),
            "tried": it.tried,
            "random": estimate(it.random),
            "candidates": it.candidates,
            "chance": it.chance,
            "basis": match it.basis {
                Basis::Counted { .. } => "counted",
                Basis::Believed { .. } => "believed",
            },
            "in_words": it.sentence(),
        }),
    }
}

/// How many experiments have each status.
fn counts(state: &State) -> [(Status, usize); 4] {
    let all = [
        Status::Measured,
        Status::Failed,
        Status::Abandoned,
        Status::Pending,
    ];
    all.map(|status| {
        (
            status,
            state
                .experiments
                .iter()
                .filter(|e| e.status == status)
                .count(),
        )
    })
}

fn in_words(open: &Campaign, faster: &Result<Acceleration, String>) -> String {
    let (state, pool) = (open.state(), open.pool());
    let created = Event::Created(Box::new(state.created.clone()));
    let mut text = format!(
        "campaign {} ({}), {}\n",
        state.id,
        state.began,
        sentence(&created)
    );
    let counted: Vec<String> = counts(state)
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| format!("{count} {}", word(status)))
        .collect();
    text.push_str(&format!(
        "{} events, {} rounds, {} suggestions ({} open); experiments: {}\n",
        state.last,
        state.rounds.len(),
        state.suggestions.len(),
        state.open().count(),
        if counted.is_empty() {
            "none yet".to_owned()
        } else {
            counted.join(", ")
        }
    ));
    if let Some(budget) = state.created.budget {
        let Budget {
            spent,
            promised,
            left,
        } = Budget::of(state, pool);
        text.push_str(&format!(
            "budget {}: {spent} spent, {promised} promised, {left} left\n",
            budget.0
        ));
    }
    let measured = measured_and_known(open);
    let best = best(state, &measured);
    let outcomes = || state.created.told();
    if best.is_empty() {
        text.push_str("nothing that satisfies every bound was measured yet\n");
    } else {
        text.push_str(if best.len() == 1 {
            "best so far:\n"
        } else {
            "front so far:\n"
        });
        let mut rows = vec![vec!["candidate".to_owned()]];
        rows[0].extend(outcomes().map(|(_, o)| label(o)));
        for &at in best.iter().take(LISTED) {
            let one = &measured[at];
            let mut row = vec![name(open, one)];
            row.extend(outcomes().map(|(k, _)| value_with_error(one.values[k].0, one.values[k].1)));
            rows.push(row);
        }
        for cell in rows.iter_mut().flatten() {
            *cell = show::visible(cell).into_owned();
        }
        text.push_str(&show::aligned(&rows, 0));
        if best.len() > LISTED {
            text.push_str(&format!("... and {} more\n", best.len() - LISTED));
        }
    }
    text.push_str(&match faster {
        Ok(faster) => format!("{}\n", faster.sentence()),
        Err(why) => format!("how much faster than random search is not told yet: {why}\n"),
    });
    for suggestion in state.open().take(LISTED) {
        text.push_str(&format!(
            "open: {} ({}): {}\n",
            suggestion.pick.id,
            suggestion.standing(state),
            show::visible(&suggestion.pick.why)
        ));
    }
    text
}

/// A candidate for people: its suggestion and its columns.
fn name(open: &Campaign, one: &Measured) -> String {
    let cells = one
        .made
        .clone()
        .unwrap_or_else(|| open.pool().cells(&one.candidate));
    let mut text: String = cells.join(", ").chars().take(60).collect();
    if let Some(id) = &one.suggestion {
        text = format!("{id}: {text}");
    }
    text
}

fn candidate_json(open: &Campaign, candidate: &Candidate) -> Value {
    let pool = open.pool();
    let cells = pool.cells(candidate);
    let columns = pool
        .inputs
        .iter()
        .zip(cells)
        .map(|(input, cell)| (input.name.clone(), Value::from(cell)));
    let row = match candidate {
        Candidate::Row(row) => Some(row + 1),
        Candidate::Cells(_) => None,
    };
    json!({"row": row, "inputs": columns.collect::<serde_json::Map<_, _>>()})
}

fn as_json(open: &Campaign, faster: &Result<Acceleration, String>) -> Value {
    let (state, pool) = (open.state(), open.pool());
    let number = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
    let measured = measured_and_known(open);
    let listed = best(state, &measured).into_iter().map(|at| {
        let one = &measured[at];
        let values =
            state
                .created
                .outcomes
                .iter()
                .zip(&one.values)
                .map(|(outcome, (value, std))| {
                    (
                        label(outcome),
                        json!({"value": number(*value), "std": number(*std)}),
                    )
                });
        json!({
            "suggestion": one.suggestion,
            "candidate": candidate_json(open, &one.candidate),
            "outcomes": values.collect::<serde_json::Map<_, _>>(),
        })
    });
    let open_ones = state.open().map(|s| {
        json!({
            "suggestion": s.pick.id,
            "standing": s.standing(state),
            "round": s.round,
            "candidate": candidate_json(open, &s.pick.candidate),
            "why": s.pick.why,
        })
    });
    let counted = counts(state)
        .into_iter()
        .map(|(status, count)| (word(status).to_owned(), json!(count)));
    let budget = Budget::of(state, pool);
    json!({
        "campaign": state.id,
        "began": state.began,
        "program": state.created.program,
        "events": state.last,
        "rounds": state.rounds.len(),
        "candidates": pool.kept.len(),
        "objectives": state.created.outcomes.iter().map(label).collect::<Vec<_>>(),
        "experiments": counted.collect::<serde_json::Map<_, _>>(),
        "suggestions": state.suggestions.len(),
        "budget": {"left": number(budget.left), "spent": budget.spent, "promised": budget.promised},
        "best": listed.collect::<Vec<_>>(),
        "acceleration": acceleration_json(faster),
        "open": open_ones.collect::<Vec<_>>(),
    })
}

pub fn history(args: &ReadArgs) -> Result<(), Failure> {
    let journal = Journal::open(&args.campaign, Access::Read).map_err(plainly)?;
    let records = journal.records().map_err(plainly)?;
    let state = State::of(&records).map_err(plainly)?;
    let struck = |number: u64| -> Vec<u32> {
        state
            .struck
            .iter()
            .filter(|(event, _)| *event == number)
            .map(|(_, entry)| *entry)
            .collect()
    };
    if args.json {
        let events = records.iter().map(|record| {
            let body: Value = serde_json::from_str(&record.body).unwrap_or_default();
            json!({
                "number": record.number,
                "at": record.at,
                "hash": record.hash_hex(),
                "in_words": sentence(&record.event),
                "retracted": struck(record.number).contains(&0),
                "retracted_entries": struck(record.number).into_iter().filter(|e| *e > 0).collect::<Vec<_>>(),
                "event": body,
            })
        });
        return print_json(&events.collect());
    }
    let mut text = String::new();
    for record in &records {
        let mark = match struck(record.number).as_slice() {
            [] => String::new(),
            [0, ..] => " [retracted]".to_owned(),
            entries => {
                let entries: Vec<String> = entries.iter().map(u32::to_string).collect();
                format!(" [entries {} retracted]", entries.join(", "))
            }
        };
        text.push_str(&format!(
            "{:>5}  {}  {}  {}{mark}\n",
            record.number,
            record.at,
            &record.hash_hex()[..12],
            show::visible(&sentence(&record.event)),
        ));
    }
    print(&text)
}

pub fn verify(args: &ReadArgs) -> Result<(), Failure> {
    let (job, shown) = progress::start();
    let open = Campaign::open(&args.campaign, Access::Read, &job).map_err(|e| failed(&job, e))?;
    let verified = open.verify(&job).map_err(|e| failed(&job, e))?;
    drop(shown);
    if args.json {
        return print_json(&json!({
            "sound": true,
            "events": verified.events,
            "replayed": verified.replayed,
            "head": verified.head,
        }));
    }
    print(&format!(
        "{} events are as they were written, {} rounds of suggestions come out again bit by bit\nhead {}\n",
        verified.events, verified.replayed, verified.head
    ))
}
