//! `lodestone campaign observe`.

use super::{failed, print, print_json, writing};
use crate::args::ObserveArgs;
use crate::{Failure, progress, show};
use anyhow::{Context, anyhow};
use campaign::{Access, Campaign, CampaignError, Results, Source, Verdict, sha256_hex, word};
use std::io::Read;
use table::{ReadOptions, Table};

/// Refused rows that are told one by one.
const SHOWN: usize = 20;

pub fn run(args: &ObserveArgs) -> Result<(), Failure> {
    let (job, shown) = progress::start();
    let fail = |error: CampaignError| failed(&job, error);
    let (table, source) = read(args, &job)?;
    let access = if args.dry_run {
        Access::Read
    } else {
        writing(&args.file)?
    };
    let mut open = Campaign::open(&args.file.campaign, access, &job).map_err(fail)?;
    let (results, event) = if args.dry_run {
        (open.read_results(&table).map_err(fail)?, None)
    } else {
        open.observe(&table, source).map_err(fail)?
    };
    drop(shown);
    if args.json {
        print_json(&as_json(&results, event))?;
    } else {
        print(&in_words(&results, event, args.dry_run))?;
    }
    for message in &results.messages {
        show::tell(message);
    }
    for (row, why) in results.refused().take(SHOWN) {
        show::tell(format!("refused, line {}: {why}: {}", row.line, row.text));
    }
    let refused = results.refused().count();
    if refused > SHOWN {
        show::tell(format!("... and {} more refused", refused - SHOWN));
    }
    if refused > 0 && refused == results.rows.len() {
        return Err(Failure::Failed(anyhow!(
            "none of the {refused} rows can be used"
        )));
    }
    Ok(())
}

/// The table, and where it comes from for the record.
fn read(args: &ObserveArgs, job: &job::Job) -> Result<(Table, Source), Failure> {
    let source = table::Source::from_argument(&args.results);
    let name = source.to_string();
    let bytes = match source.path() {
        None => {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut bytes);
            read.context("cannot read standard input")
                .map_err(Failure::Failed)?;
            bytes
        }
        // Opened by the table first, for its errors.
        Some(path) => std::fs::read(path).unwrap_or_default(),
    };
    let options = ReadOptions::default();
    let table = match source.path() {
        None => Table::read_text(bytes.as_slice(), &name, &options, job),
        Some(_) => Table::read(&source, &options, job),
    };
    let table = table.map_err(|e| failed(job, e.into()))?;
    let sha256 = sha256_hex(&bytes);
    Ok((table, Source::File { name, sha256 }))
}

fn in_words(results: &Results, event: Option<u64>, dry: bool) -> String {
    let mut text = format!(
        "{} new, {} changed, {} known already, {} not filled in, {} refused",
        results.new_ones(),
        results.changed(),
        results.known(),
        results.blank(),
        results.refused().count()
    );
    text.push_str(&match (event, dry) {
        (Some(event), _) => format!("; kept as event {event}\n"),
        (None, true) => "; nothing was kept (--dry-run)\n".to_owned(),
        (None, false) => "; nothing to keep\n".to_owned(),
    });
    for row in &results.rows {
        if let Verdict::Changed(_, what) = &row.verdict {
            text.push_str(&format!("changed, line {}: {what}\n", row.line));
        }
    }
    text
}

fn as_json(results: &Results, event: Option<u64>) -> serde_json::Value {
    let rows = results.rows.iter().map(|row| {
        let (verdict, detail, entry) = match &row.verdict {
            Verdict::New(entry) => ("new", None, Some(entry)),
            Verdict::Changed(entry, what) => ("changed", Some(what), Some(entry)),
            Verdict::Known => ("known", None, None),
            Verdict::Blank => ("blank", None, None),
            Verdict::Refused(why) => ("refused", Some(why), None),
        };
        serde_json::json!({
            "line": row.line,
            "verdict": verdict,
            "detail": detail,
            "suggestion": entry.and_then(|e| e.suggestion.as_ref()),
            "replicate": entry.map(|e| e.replicate),
            "status": entry.map(|e| word(e.status)),
        })
    });
    serde_json::json!({
        "event": event,
        "new": results.new_ones(),
        "changed": results.changed(),
        "known": results.known(),
        "blank": results.blank(),
        "refused": results.refused().count(),
        "rows": rows.collect::<Vec<_>>(),
    })
}
