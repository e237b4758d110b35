//! The tutorial for plugin authors, `plugin-sdk/README.md`, run as a script.

use crate::Desk;
use crate::authoring::{LODESTONE, author};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The page as a shell script: its `sh` blocks, and its `file=PATH` blocks written to those files, in order.
fn script(page: &str) -> String {
    let program = Path::new(LODESTONE).parent().unwrap().display();
    let mut script = format!("set -eux\nPATH=\"{program}:$PATH\"\n");
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
        let block = block.join("\n");
        if kind == "sh" {
            writeln!(script, "{block}").unwrap();
        } else if let Some((_, path)) = kind.split_once(" file=") {
            writeln!(script, "cat >{path} <<'END OF FILE'\n{block}\nEND OF FILE").unwrap();
        } else {
            panic!("a block that nobody runs: {line}");
        }
    }
    script
}

#[test]
fn every_command_of_the_tutorial_does_what_the_page_says() {
    let page = format!("{}/../../plugin-sdk/README.md", env!("CARGO_MANIFEST_DIR"));
    let script = script(&fs::read_to_string(page).unwrap());
    let (desk, home) = (Desk::new(), Desk::new());
    let ran = author("sh", &home.path("."), &desk.path("."), &["-c", &script]).ok();
    let said = ran.out().split_whitespace().collect::<Vec<_>>().join(" ");
    // Of the last ranking: ammonia borane holds most hydrogen, 19.6 % by weight; of the update: both versions.
    for expected in ["1 1 1.00 NH3BH3 19.6", "hydrogen 0.1.0 -> 0.2.0"] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}
