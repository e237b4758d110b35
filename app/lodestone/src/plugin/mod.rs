//! `lodestone plugin`: one file for each group of verbs.

mod author;
mod check;
mod info;
mod install;
mod keys;
mod list;
mod publish;
mod tried;

use crate::Failure;
use crate::args::PluginCommand;
use crate::plugins::locate;
use anyhow::Context;
use std::io::Write;
use table::{Destination, TableError};

pub fn run(command: &PluginCommand) -> Result<(), Failure> {
    match command {
        PluginCommand::List {
            available: Some(source),
            json,
        } => list::available(source, *json),
        PluginCommand::List { json, .. } => list::list(*json),
        PluginCommand::Info { plugin, json } => {
            info::info(&locate(plugin).map_err(Failure::Usage)?, *json)
        }
        PluginCommand::Check { plugin, json } => {
            check::check(&locate(plugin).map_err(Failure::Usage)?, *json)
        }
        PluginCommand::Keygen(args) => keys::keygen(args),
        PluginCommand::Sign(args) => keys::sign(args),
        PluginCommand::Trust(args) => keys::trust(args),
        PluginCommand::Install(args) => install::install(args),
        PluginCommand::Remove(args) => install::remove(args),
        PluginCommand::Update(args) => install::update(args),
        PluginCommand::Publish(args) => publish::publish(args),
        PluginCommand::New(args) => author::new(args),
        PluginCommand::Doctor(args) => author::doctor(args),
        PluginCommand::Build { folder } => author::build(folder),
        PluginCommand::Test { folder, json } => author::test(folder, *json),
        PluginCommand::Watch { folder } => author::watch(folder),
    }
}

fn pretty(value: &serde_json::Value) -> Result<String, anyhow::Error> {
    Ok(serde_json::to_string_pretty(value).context("cannot write JSON")? + "\n")
}

fn print(text: String) -> Result<(), Failure> {
    let write = |w: &mut dyn Write| {
        w.write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", "standard output", error))
    };
    Destination::Stdout
        .write(write)
        .map_err(|e| Failure::Failed(e.into()))
}

/// A text of a plugin's author within a line: a long run of blanks would fill the line and begin another.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text wrapped at 110 columns, `indent` blanks before every line but the first, which begins with `head`.
pub fn paragraph(head: &str, text: &str, indent: usize) -> String {
    const WIDTH: usize = 110;
    let mut out = head.to_owned();
    let mut column = head.chars().count();
    let mut first = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !first && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if !first {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        first = false;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_wrapped_under_its_indent() {
        let text = paragraph("  name  ", &"word ".repeat(40), 8);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|l| l.chars().count() <= 110), "{text}");
        assert!(lines[1].starts_with("        word"), "{text}");
    }
}
