//! A lab that fails as it is told, speaking the protocol of `lab::CommandLab`: for tests, and to see what a campaign makes of it.
//!
//! usage: fake_lab LEDGER [SUGGESTION=FAULT ...]
//!
//! LEDGER is a file of the ids that were ever begun, a line each, so that a test can see what was made twice. The value of
//! every outcome is the sum of the numeric inputs. FAULTs: late (1.5 s), twice, other (a second, different answer), text, nan,
//! unit, none (of the outcomes), partial, never, garbage, noise (a line of 2 MiB), stranger (another id), made, die (before
//! answering, once), deaf (does not answer `ask`), failed, abandoned.

use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::time::Duration;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(ledger) = arguments.next() else {
        eprintln!("usage: fake_lab LEDGER [SUGGESTION=FAULT ...]");
        std::process::exit(2);
    };
    let faults: HashMap<String, String> = arguments
        .filter_map(|it| {
            it.split_once('=')
                .map(|(id, fault)| (id.into(), fault.into()))
        })
        .collect();
    let earlier = std::fs::read_to_string(&ledger).unwrap_or_default();
    let mut begun: Vec<String> = earlier.lines().map(str::to_owned).collect();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Ok(request) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        let id = request["id"].as_str().unwrap_or_default().to_owned();
        let fault = id.rsplit('/').next().and_then(|it| faults.get(it));
        let fault = fault.map_or("", String::as_str);
        let known = begun.iter().any(|line| line.starts_with(&format!("{id} ")));
        match request["request"].as_str() {
            Some("measure") if !known => {
                let sum: f64 = inputs(&request)
                    .iter()
                    .filter_map(|(_, it)| it["value"].as_f64())
                    .sum();
                let names: Vec<String> = outcomes(&request)
                    .into_iter()
                    .map(|(name, _)| name)
                    .collect();
                let entry = format!("{id} {sum} {}", names.join(","));
                let file = std::fs::OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(&ledger);
                if let Ok(mut file) = file {
                    let _ = writeln!(file, "{entry}");
                    let _ = file.sync_all();
                }
                begun.push(entry);
                if fault == "die" {
                    std::process::exit(3);
                }
                answer(&id, sum, &names, fault);
            }
            Some("ask") if fault == "deaf" => {}
            Some("ask") => match begun
                .iter()
                .find(|line| line.starts_with(&format!("{id} ")))
            {
                Some(entry) => {
                    let mut words = entry.split(' ').skip(1);
                    let sum = words
                        .next()
                        .and_then(|it| it.parse().ok())
                        .unwrap_or(f64::NAN);
                    let names: Vec<String> = words
                        .next()
                        .unwrap_or_default()
                        .split(',')
                        .map(str::to_owned)
                        .collect();
                    answer(&id, sum, &names, "");
                }
                None => say(&json!({ "id": id, "status": "unknown" }).to_string()),
            },
            _ => {}
        }
    }
}

fn pairs(request: &Value, key: &str) -> Vec<(String, Value)> {
    let all = request[key].as_object().cloned().unwrap_or_default();
    all.into_iter().collect()
}

fn inputs(request: &Value) -> Vec<(String, Value)> {
    pairs(request, "inputs")
}

fn outcomes(request: &Value) -> Vec<(String, Value)> {
    pairs(request, "outcomes")
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn answer(id: &str, sum: f64, names: &[String], fault: &str) {
    let with = |value: Value| {
        let values: Map<String, Value> =
            names.iter().map(|it| (it.clone(), value.clone())).collect();
        json!({ "id": id, "status": "measured", "values": values }).to_string()
    };
    let right = with(json!({ "value": sum, "std": 0.5 }));
    match fault {
        "never" | "deaf" => {}
        "late" => {
            std::thread::sleep(Duration::from_millis(1500));
            say(&right);
        }
        "twice" => {
            say(&right);
            say(&right);
        }
        "other" => {
            say(&right);
            say(&with(json!(sum + 1.0)));
        }
        "text" => say(&with(json!("about seven"))),
        "nan" => say(&with(json!(null))),
        "unit" => say(&with(json!({ "value": sum, "unit": "parsec" }))),
        "none" => {
            say(&json!({ "id": id, "status": "measured", "values": { "colour": 3 } }).to_string())
        }
        "partial" => {
            let one = json!({ names[0].clone(): sum });
            say(&json!({ "id": id, "status": "measured", "values": one }).to_string());
        }
        "garbage" => {
            say("Traceback (most recent call last):");
            say("{\"id\": 7}");
            say("[1, 2");
            say(&right);
        }
        "noise" => {
            say(&"x".repeat(2 << 20));
            say(&right);
        }
        "stranger" => {
            say(&json!({ "id": "somebody/else", "status": "measured", "values": {} }).to_string());
            say(&right);
        }
        "made" => {
            let mut answer: Value = serde_json::from_str(&right).unwrap_or_default();
            answer["made"] = json!({ "x": sum + 0.25 });
            say(&answer.to_string());
        }
        "failed" => say(&json!({ "id": id, "status": "failed", "note": "it melted" }).to_string()),
        "abandoned" => {
            say(&json!({ "id": id, "status": "abandoned", "note": "no vials" }).to_string())
        }
        _ => say(&right),
    }
}
