//! Running a compiler or another program that a build needs: its words are kept, its time shown, and it can be stopped.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use job::Job;

use crate::error::AuthoringError;

/// Between two looks at whether the program has ended or is to be stopped.
const TICK: Duration = Duration::from_millis(30);

/// Of a program's words, bytes kept from their beginning: the first error is the one to mend.
const KEPT: usize = 256 << 10;

/// What a program that ended said.
pub(crate) struct Said {
    pub success: bool,
    /// How it ended, for people.
    pub status: String,
    pub out: Vec<u8>,
    pub err: String,
}

/// Runs a program to its end. `remedy` says what to do where it cannot be started.
pub(crate) fn run(command: &mut Command, remedy: &str, job: &Job) -> Result<Said, AuthoringError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let spawned = command.spawn();
    let mut child = spawned.map_err(|why| AuthoringError::NoTool {
        program: program.clone(),
        remedy: remedy.to_owned(),
        why,
    })?;
    let out = child.stdout.take().map(|pipe| listen(pipe, usize::MAX));
    let err = child.stderr.take().map(|pipe| listen(pipe, KEPT));
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => {}
            Err(e) => {
                stop(&mut child);
                return Err(AuthoringError::Tool {
                    program,
                    status: format!("no status ({e})"),
                });
            }
        }
        if let Err(cancelled) = job.check() {
            stop(&mut child);
            return Err(cancelled.into());
        }
        std::thread::sleep(TICK);
    };
    let (out, err) = (heard(out), heard(err));
    Ok(Said {
        success: status.success(),
        status: status.to_string(),
        out,
        err: String::from_utf8_lossy(&err).into_owned(),
    })
}

/// Ends a program; that it has ended by itself meanwhile is no fault.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn listen(mut pipe: impl Read + Send + 'static, most: usize) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        let mut piece = [0; 8192];
        // A pipe that breaks has nothing more to say.
        while let Ok(n @ 1..) = pipe.read(&mut piece) {
            let room = most.saturating_sub(kept.len()).min(n);
            kept.extend_from_slice(&piece[..room]);
        }
        kept
    })
}

fn heard(listener: Option<JoinHandle<Vec<u8>>>) -> Vec<u8> {
    listener.and_then(|l| l.join().ok()).unwrap_or_default()
}
