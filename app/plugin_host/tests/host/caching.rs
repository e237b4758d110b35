//! Compiled code: kept in a folder that may be poisoned or open to others, and made by a process that may hang.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::guest::Guest;
use crate::loading::assert_says;
use crate::{atoms, job};
use plugin_host::{Compiler, Host, HostOptions, Limits, Session, compile_worker};

/// A host that keeps compiled code in `folder`.
fn caching(folder: &Path, compiler: Compiler) -> Host {
    let options = HostOptions {
        cache_dir: Some(folder.to_owned()),
        compiler,
        ..HostOptions::default()
    };
    Host::new(options).expect("a host")
}

/// A compiler that cannot compile: whatever loads with it came from the cache.
fn no_compiler() -> Compiler {
    Compiler::Child {
        program: "/nowhere/compiler".into(),
        args: vec![],
    }
}

fn only_entry(folder: &Path) -> std::path::PathBuf {
    let entries: Vec<_> = std::fs::read_dir(folder)
        .expect("folder")
        .map(|e| e.expect("entry").path())
        .collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries[0].clone()
}

#[test]
fn compiled_code_is_kept_and_a_poisoned_entry_is_thrown_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("cache");
    let wasm = Guest::default().wasm();
    let plugin = caching(&folder, Compiler::InProcess)
        .load(&wasm, "test")
        .expect("good");
    assert_eq!(plugin.messages(), [""; 0]);
    let entry = only_entry(&folder);
    let code = std::fs::read(&entry).expect("the entry");
    caching(&folder, no_compiler())
        .load(&wasm, "test")
        .expect("from the cache");

    let mut flipped = code.clone();
    flipped[code.len() / 2] ^= 1;
    let mut foreign = code.clone();
    foreign[20] ^= 1;
    for (poison, why) in [
        (flipped, "does not match its checksum"),
        (
            code[..code.len() - 1].to_vec(),
            "does not match its checksum",
        ),
        (code[..30].to_vec(), "is cut off"),
        (Vec::new(), "is cut off"),
        (foreign, "belongs to something else"),
        (b"\x7fELF".repeat(1000), "belongs to something else"),
    ] {
        std::fs::write(&entry, poison).expect("poisoned");
        let plugin = caching(&folder, Compiler::InProcess)
            .load(&wasm, "test")
            .expect("made anew");
        assert_eq!(
            plugin.messages(),
            [format!(
                "the compiled code kept for test {why}; it was thrown away and made anew"
            )]
        );
        let session = Session::new(&plugin, &[]).expect("defaults");
        let outcome = session
            .predict(&atoms([3.0]).batch(), &job())
            .expect("outcome");
        assert_eq!(outcome.columns[0].mean, [3.0]);
        assert_eq!(std::fs::read(&entry).expect("the entry"), code);
    }
}

#[cfg(unix)]
#[test]
fn a_cache_folder_is_made_private_and_one_open_to_others_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("cache");
    caching(&folder, Compiler::InProcess);
    let mode = |path: &Path| {
        std::fs::metadata(path)
            .expect("metadata")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&folder), 0o700);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).expect("chmod");
    let host = caching(&folder, Compiler::InProcess);
    assert_says(
        &host.messages()[0],
        "no compiled code is kept: others may write to",
    );
    host.load(&Guest::default().wasm(), "test")
        .expect("it works without");
    assert_eq!(std::fs::read_dir(&folder).expect("folder").count(), 0);
}

#[cfg(unix)]
#[test]
fn a_compiler_process_is_killed_at_its_time_limit_and_a_broken_one_is_named() {
    let with = |program: &str, args: &[&str]| {
        let options = HostOptions {
            limits: Limits {
                compile_time: Duration::from_millis(300),
                ..Limits::default()
            },
            compiler: Compiler::Child {
                program: program.into(),
                args: args.iter().map(Into::into).collect(),
            },
            cache_dir: None,
        };
        let host = Host::new(options).expect("a host");
        host.load(&Guest::default().wasm(), "test")
            .expect_err("refused")
            .to_string()
    };
    let started = Instant::now();
    assert_says(
        &with("/bin/sleep", &["30"]),
        "compiling it was stopped after 300ms",
    );
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_says(
        &with("/bin/sh", &["-c", "while :; do :; done"]),
        "compiling it was stopped after 300ms",
    );
    assert_says(
        &with("/bin/false", &[]),
        "the compiling process failed: it ended with exit status: 1",
    );
    assert_says(&with("/bin/echo", &["hello"]), "without an answer");
    assert_says(
        &with("/nowhere/compiler", &[]),
        "the compiling process failed: it does not start",
    );
}

#[test]
fn a_compiler_process_refuses_a_request_that_is_none() {
    let mut out = Vec::new();
    assert!(compile_worker(&b"hello, this is no request"[..], &mut out).is_err());
    assert!(compile_worker(&b""[..], &mut out).is_err());
    assert!(out.is_empty());
}
