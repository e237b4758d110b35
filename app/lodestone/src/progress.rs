//! Progress of a job on a terminal, and Ctrl-C as the wish to stop it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use job::Job;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long work has to notice that it was cancelled.
const GRACE: Duration = Duration::from_secs(1);

/// Shows a job's progress on standard error, if that is a terminal, until it is dropped.
pub struct Shown {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A new job that Ctrl-C cancels, with its progress shown.
pub fn start() -> (Job, Shown) {
    let job = Job::new();
    let cancel = job.clone();
    // A second handler cannot be set: then Ctrl-C ends the program at once, which loses no finished file.
    let _ = ctrlc::set_handler(move || {
        cancel.cancel();
        std::thread::sleep(GRACE);
        // Work stops at its next check, but a read that waits for its input never comes to one; no output is begun then.
        if cancel.snapshot().stage == "reading" {
            crate::show::tell("lodestone: cancelled; no file was changed");
            std::process::exit(1);
        }
    });
    let shown = show(&job);
    (job, shown)
}

fn show(job: &Job) -> Shown {
    let over = Arc::new(AtomicBool::new(false));
    if !std::io::stderr().is_terminal() {
        return Shown { over, thread: None };
    }
    let (job, stop) = (job.clone(), over.clone());
    let thread = std::thread::spawn(move || {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let counted = ProgressStyle::with_template("{msg}  {wide_bar} {percent}%  {eta} left");
        let uncounted = ProgressStyle::with_template("{spinner} {msg}  {elapsed}");
        let (Ok(counted), Ok(uncounted)) = (counted, uncounted) else {
            return;
        };
        std::thread::park_timeout(Duration::from_millis(300));
        while !stop.load(Relaxed) {
            let now = job.snapshot();
            match now.total {
                Some(total) => {
                    bar.set_style(counted.clone());
                    bar.set_length(total);
                    bar.set_position(now.done.min(total));
                }
                None => bar.set_style(uncounted.clone()),
            }
            bar.set_message(now.stage);
            bar.tick();
            std::thread::park_timeout(Duration::from_millis(100));
        }
        bar.finish_and_clear();
    });
    Shown {
        over,
        thread: Some(thread),
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A progress bar that panicked has nothing to say to the user.
            let _ = thread.join();
        }
    }
}
