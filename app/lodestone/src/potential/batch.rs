//! What became of the structures of a command: told as a table or JSON, refusals and what was cancelled last. One that is refused
//! stops no other and never vanishes.

use super::{print_json, print_table};
use crate::{Failure, show};
use ::potential::Model;
use anyhow::anyhow;
use serde_json::{Value, json};

/// What was found of a structure.
pub struct Told {
    /// Of the table.
    pub rows: Vec<Vec<String>>,
    /// Of the JSON.
    pub value: Value,
    /// What to beware of, a sentence each.
    pub notes: Vec<String>,
}

/// Becomes of a structure: something is told or it is refused; nothing where the command was cancelled before it was its turn.
pub type Outcome = Option<Result<Told, String>>;

/// The first words of a table's header: the weights, and where they are published.
pub fn weights(model: Model) -> String {
    format!("{model} ({})", Model::DOI)
}

/// Prints what became of structures by these names.
pub fn print_all<'a>(
    header: Vec<String>,
    outcomes: impl Iterator<Item = (&'a str, Outcome)>,
    as_json: bool,
) -> Result<(), Failure> {
    let mut rows = vec![header];
    let (mut values, mut refused) = (Vec::new(), Vec::new());
    let (mut all, mut left) = (0, 0);
    for (name, outcome) in outcomes {
        all += 1;
        match outcome {
            Some(Ok(told)) => {
                rows.extend(told.rows);
                values.push(told.value);
                for note in told.notes {
                    show::tell(format!("{name}: {note}"));
                }
            }
            Some(Err(why)) => {
                values.push(refusal(name, &why));
                refused.push(format!("{name}: {why}"));
            }
            None => {
                values.push(refusal(name, "cancelled"));
                left += 1;
            }
        }
    }
    if as_json {
        print_json(&Value::Array(values))?;
    } else if rows.len() > 1 {
        print_table(rows)?;
    }
    refused.iter().for_each(show::tell);
    let count = refused.len();
    match (left, count) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::Failed(anyhow!(
            "{count} of {all} structures were refused"
        ))),
        (_, 0) => Err(Failure::Failed(anyhow!(
            "cancelled: {left} of {all} structures were not done"
        ))),
        _ => Err(Failure::Failed(anyhow!(
            "cancelled: {left} of {all} structures were not done, and {count} were refused"
        ))),
    }
}

fn refusal(name: &str, why: &str) -> Value {
    json!({ "file": name, "error": why })
}
