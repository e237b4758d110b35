//! Drives the built program as a user would: files in, files and messages out, exit status.

mod authoring;
mod bad_input;
mod batches;
mod bundled;
mod campaign;
mod campaign_faults;
mod campaign_kills;
mod campaign_pools;
mod campaign_run;
mod descriptors;
mod determinism;
mod device;
mod generate;
#[allow(
    dead_code,
    reason = "made for the tests of the plugin host, which use more of it"
)]
#[path = "../../app/plugin_host/tests/host/guest.rs"]
mod guest;
mod hostile;
mod input_formats;
mod languages;
mod model_plugins;
mod models;
mod outputs;
mod phases;
mod plugins;
mod potential;
mod ranking;
mod registry;
mod structures;
mod surfaces;
mod trial;
mod tutorial;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// A home and a plugin cache of this test run, empty at its start and shared by its tests, so that the shipped plugins are
/// compiled once.
fn home() -> &'static Path {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e-home");
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).unwrap();
        let mut warm = command(&home);
        warm.args(["plugin", "list"]).assert().success();
        home
    })
}

fn command(home: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_lodestone"));
    command
        .env_remove("LODESTONE_PLUGINS")
        .env_remove("LODESTONE_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CACHE_HOME");
    command.env("HOME", home).env("LODESTONE_CACHE", home);
    command
}

/// Copies the program. Another process writes the copy: a file that this one had open for writing could not be started
/// while a child forked meanwhile by another test still holds it.
fn copy_program(to: &Path) {
    let mut copy = std::process::Command::new("cp");
    copy.arg(env!("CARGO_BIN_EXE_lodestone")).arg(to);
    assert!(copy.status().unwrap().success());
}

/// A file of the repository's `datasets`.
fn dataset(name: &str) -> String {
    format!("{}/../../datasets/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A folder of one test's own, in which its commands run.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// A desk with one file, `in.csv`.
    fn with(text: impl AsRef<[u8]>) -> Self {
        let desk = Self::new();
        desk.put("in.csv", text);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        let bytes = fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        String::from_utf8(bytes).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn command(&self) -> assert_cmd::Command {
        let mut command = command(home());
        command.current_dir(self.folder.path());
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command().args(args))
    }

    /// `lodestone rank in.csv` with further arguments.
    fn rank(&self, args: &[&str]) -> Ran {
        self.run(&[&["rank", "in.csv"], args].concat())
    }
}

/// What a finished command left.
struct Ran {
    status: i32,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn of(command: &mut assert_cmd::Command) -> Self {
        Self::within(command, std::time::Duration::from_secs(120))
    }

    fn within(command: &mut assert_cmd::Command, limit: std::time::Duration) -> Self {
        let output = command.timeout(limit).output().unwrap();
        Self {
            status: output.status.code().unwrap_or(-1),
            out: output.stdout,
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn out(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    #[track_caller]
    fn ok(self) -> Self {
        assert_eq!(self.status, 0, "{}", self.err);
        self
    }

    /// It ended with this status, said all of this on standard error in few words, and gave no result.
    #[track_caller]
    fn fails(&self, status: i32, said: &[&str]) {
        assert_eq!(self.status, status, "{}", self.err);
        for text in said {
            assert!(
                self.err.contains(text),
                "{text:?} is missing in: {}",
                self.err
            );
        }
        assert_eq!(self.out(), "");
        assert!(!self.err.contains("panicked"), "{}", self.err);
        let longest = self.err.lines().map(str::len).max().unwrap_or(0);
        assert!(longest < 1500, "a line of {longest} bytes: {}", self.err);
    }

    #[track_caller]
    fn says(self, said: &[&str]) -> Self {
        for text in said {
            assert!(
                self.err.contains(text),
                "{text:?} is missing in: {}",
                self.err
            );
        }
        self
    }

    #[track_caller]
    fn sheet(&self) -> Sheet {
        assert_eq!(self.status, 0, "{}", self.err);
        Sheet::of(self.out())
    }
}

/// A CSV text, read by the rules of RFC 4180.
#[derive(Clone, Debug, PartialEq)]
struct Sheet {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn of(text: &str) -> Self {
        let mut records = vec![vec![String::new()]];
        let mut quoted = false;
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let record = records.last_mut().unwrap();
            let cell = record.last_mut().unwrap();
            match c {
                '"' if quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => record.push(String::new()),
                '\n' if !quoted => records.push(vec![String::new()]),
                _ => cell.push(c),
            }
        }
        assert!(!quoted, "an open quote");
        assert_eq!(records.pop(), Some(vec![String::new()]), "no last line end");
        let header = records.remove(0);
        for row in &records {
            assert_eq!(row.len(), header.len(), "{row:?}");
        }
        Self {
            header,
            rows: records,
        }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    #[track_caller]
    fn texts(&self, header: &str) -> Vec<&str> {
        let column = self.header.iter().position(|h| h == header);
        let column = column.unwrap_or_else(|| panic!("no {header} in {:?}", self.header));
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }

    /// The column's numbers; NaN for empty cells.
    #[track_caller]
    fn numbers(&self, header: &str) -> Vec<f64> {
        let number = |text: &str| match text {
            "" => f64::NAN,
            text => text.parse().unwrap_or_else(|_| panic!("{header}: {text}")),
        };
        self.texts(header).into_iter().map(number).collect()
    }

    #[track_caller]
    fn formulas(&self) -> Vec<&str> {
        self.texts("formula")
    }
}
