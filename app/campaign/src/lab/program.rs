//! A program of the user's beside us: lines to it, lines from it, and its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// A line from a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text(String),
    /// Longer than a line may be, or no UTF-8; its beginning.
    Unreadable(String),
    /// The program ended, or closed its output.
    End,
    /// Nothing yet.
    None,
}

/// Longer lines are cut and called unreadable, bytes.
const LONGEST: u64 = 1 << 20;
/// Lines that wait to be read; a program that writes more waits itself.
const WAITING: usize = 1024;

/// A running program.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Line>,
}

/// Splits a command line into words: at spaces, except within double quotes.
pub(super) fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                begun = true;
            }
            c if c.is_whitespace() && !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
            }
            c => {
                word.push(c);
                begun = true;
            }
        }
    }
    if quoted {
        return Err(format!("`{line}` has a quote that is not closed"));
    }
    if begun {
        words.push(word);
    }
    Ok(words)
}

impl Program {
    /// Starts it with its output to us, and its messages where ours go.
    pub fn start(words: &[String]) -> Result<Self, String> {
        let (program, arguments) = words.split_first().ok_or("no program is named")?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or("its output cannot be read")?;
        let (sender, lines) = sync_channel(WAITING);
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let line = next_line(&mut output);
                let is_end = line == Line::End;
                if sender.send(line).is_err() || is_end {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            input,
            lines,
        })
    }

    /// Writes a line; an error says that the program reads no more.
    pub fn send(&mut self, line: &str) -> Result<(), String> {
        let input = self.input.as_mut().ok_or("its input is closed")?;
        let written = input
            .write_all(format!("{line}\n").as_bytes())
            .and_then(|()| input.flush());
        written.map_err(|error| format!("it reads no more ({error})"))
    }

    /// The next line, without waiting.
    pub fn receive(&mut self) -> Line {
        match self.lines.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Empty) => Line::None,
            Err(TryRecvError::Disconnected) => Line::End,
        }
    }

    /// How it ended, in words.
    pub fn fate(&mut self) -> String {
        // It closed its output; that it ends too is a matter of moments, or it is ended.
        let until = Instant::now() + Duration::from_millis(500);
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return format!("it ended ({status})"),
                Ok(None) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                _ => return "it closed its output".to_owned(),
            }
        }
    }
}

fn next_line(output: &mut BufReader<impl Read>) -> Line {
    let mut bytes = Vec::new();
    let read = output.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
    match read {
        Err(_) | Ok(0) => return Line::End,
        Ok(_) => {}
    }
    let whole = bytes.last() == Some(&b'\n');
    if !whole && bytes.len() as u64 == LONGEST {
        // The rest of the line is dropped.
        loop {
            let mut rest = Vec::new();
            match output.by_ref().take(LONGEST).read_until(b'\n', &mut rest) {
                Ok(n) if n > 0 && rest.last() != Some(&b'\n') => {}
                _ => break,
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let trimmed = text.trim_end_matches(['\n', '\r']);
    if matches!(text, std::borrow::Cow::Owned(_)) || bytes.len() as u64 == LONGEST {
        return Line::Unreadable(trimmed.chars().take(200).collect());
    }
    Line::Text(trimmed.to_owned())
}

impl Drop for Program {
    /// Closes its input, which asks it to end, and ends it if it does not within a second.
    fn drop(&mut self) {
        self.input = None;
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            // Its output is read on, so that it is not held up by it.
            while !matches!(self.lines.try_recv(), Err(_) | Ok(Line::End)) {}
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
