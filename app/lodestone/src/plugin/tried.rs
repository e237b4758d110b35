//! On which of the shipped lists a plugin predicts, and for how many of their candidates: what it is good for, before anybody
//! trusts it.

use crate::lists::{LISTS, List};
use job::Job;
use optimize::Objective;
use plugin_host::Plugin;
use screening::{Request, screen};
use serde_json::{Value, json};
use table::{ReadOptions, Table};

/// What became of one list.
pub struct Tried {
    file: &'static str,
    outcome: Result<Covered, String>,
}

struct Covered {
    candidates: usize,
    /// Candidates with a value of any property.
    any: usize,
    /// Candidates with a value, for each property.
    by_property: Vec<usize>,
}

/// Runs the plugin over every shipped list.
pub fn tried(plugin: &Plugin, job: &Job) -> Vec<Tried> {
    let on = |list: &List| Tried {
        file: list.file,
        outcome: covered(plugin, list, job),
    };
    LISTS.iter().map(on).collect()
}

fn covered(plugin: &Plugin, list: &List, job: &Job) -> Result<Covered, String> {
    let table = Table::read_text(list.csv, list.file, &ReadOptions::default(), job);
    let table = table.map_err(|e| e.to_string())?;
    let description = plugin.description();
    let Some(first) = description.properties.first() else {
        return Err("it declares no property".to_owned());
    };
    // A ranking needs an objective; any will do, as only the predictions count here.
    let objective: Objective = format!("max:{}.{}", description.id, first.name)
        .parse()
        .map_err(|e: optimize::ParseError| e.to_string())?;
    let request = Request {
        plugins: vec![plugin.clone()],
        plugins_are_named: true,
        objectives: vec![objective],
        ..Request::default()
    };
    let outcome = screen(&table, &request, job).map_err(|e| e.to_string())?;
    if let Some(why) = outcome.switched_off.first() {
        return Err(why.clone());
    }
    let properties = outcome.properties();
    let mut covered = Covered {
        candidates: outcome.candidates,
        any: 0,
        by_property: vec![0; properties.len()],
    };
    for &row in &outcome.order {
        let mut any = false;
        for (count, property) in covered.by_property.iter_mut().zip(&properties) {
            let known = !outcome.value(property, row).0.is_nan();
            *count += usize::from(known);
            any |= known;
        }
        covered.any += usize::from(any);
    }
    Ok(covered)
}

impl Tried {
    /// `231 of 280 candidates; specific_energy 230, voltage_computed 64`: the properties that fewer candidates have are named.
    pub fn text(&self, plugin: &Plugin) -> String {
        let covered = match &self.outcome {
            Ok(covered) => covered,
            Err(why) => return format!("cannot be tried: {why}"),
        };
        let mut text = format!("{} of {} candidates", covered.any, covered.candidates);
        let fewer = plugin
            .description()
            .properties
            .iter()
            .zip(&covered.by_property);
        let fewer = fewer
            .filter(|&(_, &count)| count < covered.any)
            .map(|(p, count)| format!("{} {count}", p.name));
        let fewer: Vec<String> = fewer.collect();
        if !fewer.is_empty() {
            text.push_str(&format!("; fewer have {}", fewer.join(", ")));
        }
        text
    }

    pub fn file(&self) -> &'static str {
        self.file
    }

    pub fn json(&self, plugin: &Plugin) -> Value {
        let covered = match &self.outcome {
            Ok(covered) => covered,
            Err(why) => return json!({ "list": self.file, "error": why }),
        };
        let names = plugin
            .description()
            .properties
            .iter()
            .map(|p| p.name.clone());
        let counts = covered.by_property.iter().map(|&count| json!(count));
        json!({
            "list": self.file,
            "candidates": covered.candidates,
            "covered": covered.any,
            "properties": names.zip(counts).collect::<serde_json::Map<_, _>>(),
        })
    }
}
