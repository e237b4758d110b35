//! Turning a verified component into machine code, here or in a child process that can be killed.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::LoadError;
use crate::instance;
use crate::limits::Limits;

/// Where components are compiled.
#[derive(Clone, Debug, Default)]
pub enum Compiler {
    /// In this process: cannot be stopped; for tests, and for components one trusts.
    #[default]
    InProcess,
    /// In a child process, `program args...`, which calls [`compile_worker`]; it is killed at the limits.
    Child {
        program: PathBuf,
        args: Vec<OsString>,
    },
}

/// First bytes of both directions, so that a wrong program on the other side is noticed.
const MAGIC: &[u8; 8] = b"LodeC\0\0\x01";
const DONE: u8 = 0;
const FAILED: u8 = 1;

/// Machine code of `bytes` for the engine of these limits, in wasmtime's serialized form.
pub(crate) fn compile(
    bytes: &[u8],
    canonical_nans: bool,
    compiler: &Compiler,
    limits: &Limits,
) -> Result<Vec<u8>, LoadError> {
    match compiler {
        Compiler::InProcess => here(bytes, canonical_nans, limits).map_err(LoadError::Compile),
        Compiler::Child { program, args } => {
            let mut command = Command::new(program);
            command.args(args);
            in_child(command, bytes, canonical_nans, limits)
        }
    }
}

fn here(bytes: &[u8], canonical_nans: bool, limits: &Limits) -> Result<Vec<u8>, String> {
    let text = |e: wasmtime::Error| crate::text::clean(&format!("{e:#}"), 500);
    instance::compiler(limits, canonical_nans)
        .and_then(|engine| engine.precompile_component(bytes))
        .map_err(text)
}

/// The child's side of [`Compiler::Child`]: reads one request from `input`, compiles, writes the answer to `output`.
/// The binary calls it in a hidden subcommand with its standard input and output.
pub fn compile_worker(mut input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    let mut head = [0; 17];
    input.read_exact(&mut head)?;
    if head[..8] != *MAGIC {
        return Err(std::io::Error::other("not a request to compile a plugin"));
    }
    let mut stack = [0; 8];
    stack.copy_from_slice(&head[9..]);
    let limits = Limits {
        stack_bytes: usize::try_from(u64::from_le_bytes(stack)).unwrap_or(usize::MAX),
        ..Limits::default()
    };
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let (status, answer) = match here(&bytes, head[8] == 1, &limits) {
        Ok(code) => (DONE, code),
        Err(why) => (FAILED, why.into_bytes()),
    };
    output.write_all(MAGIC)?;
    output.write_all(&[status])?;
    output.write_all(&(answer.len() as u64).to_le_bytes())?;
    output.write_all(&answer)?;
    output.flush()
}

/// What [`compile_worker`] reads.
fn request(bytes: &[u8], canonical_nans: bool, limits: &Limits) -> Vec<u8> {
    let mut request = Vec::with_capacity(bytes.len() + 17);
    request.extend_from_slice(MAGIC);
    request.push(u8::from(canonical_nans));
    request.extend_from_slice(&(limits.stack_bytes as u64).to_le_bytes());
    request.extend_from_slice(bytes);
    request
}

fn in_child(
    mut command: Command,
    bytes: &[u8],
    canonical_nans: bool,
    limits: &Limits,
) -> Result<Vec<u8>, LoadError> {
    let broken =
        |what: &str, e: &dyn std::fmt::Display| LoadError::Compiler(format!("{what}: {e}"));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| broken("it does not start", &e))?;
    let (Some(mut to), Some(mut from)) = (child.stdin.take(), child.stdout.take()) else {
        kill(&mut child);
        return Err(LoadError::Compiler("it has no pipes".to_owned()));
    };
    let request = request(bytes, canonical_nans, limits);
    std::thread::scope(|scope| {
        // A child that dies early closes the pipe; what it said, or not, is judged below.
        scope.spawn(move || {
            let _ = to.write_all(&request);
        });
        let reader = scope.spawn(move || {
            let mut answer = Vec::new();
            from.read_to_end(&mut answer).map(|_| answer)
        });
        let waited = wait(&mut child, limits);
        if waited.is_err() {
            kill(&mut child);
        }
        let answer = reader.join();
        let status = waited?;
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(e)) => return Err(broken("its answer cannot be read", &e)),
            Err(_) => return Err(LoadError::Compiler("its answer cannot be read".to_owned())),
        };
        match parse_answer(answer) {
            Some(result) => result.map_err(LoadError::Compile),
            None => Err(LoadError::Compiler(format!(
                "it ended with {status} and without an answer"
            ))),
        }
    })
}

/// The code or the compiler's message; `None` where the answer is not whole.
fn parse_answer(mut answer: Vec<u8>) -> Option<Result<Vec<u8>, String>> {
    let head = answer.get(..17)?;
    let length = u64::from_le_bytes(head[9..].try_into().ok()?);
    if head[..8] != *MAGIC || length != (answer.len() - 17) as u64 {
        return None;
    }
    match answer[8] {
        DONE => {
            answer.drain(..17);
            Some(Ok(answer))
        }
        FAILED => {
            let text = String::from_utf8_lossy(&answer[17..]);
            Some(Err(crate::text::clean(&text, 500)))
        }
        _ => None,
    }
}

/// Waits for the child to end by itself, or says which limit it broke.
fn wait(child: &mut Child, limits: &Limits) -> Result<std::process::ExitStatus, LoadError> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) => {}
            Err(e) => return Err(LoadError::Compiler(e.to_string())),
        }
        let elapsed = started.elapsed();
        let used = processor_time(child.id()).unwrap_or(elapsed);
        if used > limits.compile_time || elapsed > PATIENCE * limits.compile_time {
            return Err(LoadError::CompileTime(limits.compile_time));
        }
        if resident_bytes(child.id()).is_some_and(|bytes| bytes > limits.compile_bytes) {
            return Err(LoadError::CompileMemory(limits.compile_bytes));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// On a busy machine a child may wait this many times as long as it works.
const PATIENCE: u32 = 10;

/// Processor time of a process, where the system tells it (Linux, which counts in hundredths of a second for programs).
fn processor_time(pid: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name in brackets may hold anything; user and system time are the 12th and 13th field behind it
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut hundredths = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (hundredths()? + hundredths()?)))
}

/// Resident memory of a process, where the system tells it (Linux; pages of 4 KiB or more).
fn resident_bytes(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

fn kill(child: &mut Child) {
    // Either may fail only because the child is gone already.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_child_that_runs_the_worker_answers_with_the_code_compiled_here() {
        let limits = Limits::default();
        let wasm =
            wat::parse_str("(component (core module (func (export \"f\") unreachable)))").unwrap();
        let mut answer = Vec::new();
        compile_worker(&request(&wasm, false, &limits)[..], &mut answer).unwrap();
        // a child that reads its request and answers what the worker did
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("answer");
        std::fs::write(&file, answer).unwrap();
        let child = |script: &str| Compiler::Child {
            program: "/bin/sh".into(),
            args: vec!["-c".into(), script.into(), "sh".into(), file.clone().into()],
        };
        let compile = |script| compile(&wasm, false, &child(script), &limits);
        let code = here(&wasm, false, &limits).unwrap();
        assert_eq!(compile("cat > /dev/null; cat \"$1\""), Ok(code));
        assert!(matches!(
            compile("cat > /dev/null; head -c 100 \"$1\""),
            Err(LoadError::Compiler(_))
        ));
    }

    #[test]
    fn what_does_not_compile_is_answered_with_the_reason() {
        let mut answer = Vec::new();
        let request = request(b"no component", false, &Limits::default());
        compile_worker(&request[..], &mut answer).unwrap();
        let answer = parse_answer(answer).unwrap();
        assert!(answer.is_err_and(|why| !why.is_empty()));
    }
}
