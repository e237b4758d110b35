//! The system's file dialogs, for commands that came without a file's name. They run beside the window, which goes on.

use crate::texts::{Text, Words};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use workbench::Command;

/// Dialogs that are open, and what they gave.
pub struct Dialogs {
    sender: Sender<Option<Command>>,
    receiver: Receiver<Option<Command>>,
    open: bool,
}

impl Default for Dialogs {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            receiver,
            open: false,
        }
    }
}

/// What a dialog asks for.
struct Question {
    save: bool,
    /// Name and endings of the kinds of files.
    kinds: Vec<(Text, Vec<&'static str>)>,
    /// The name that is offered.
    name: &'static str,
    answer: fn(Command, PathBuf) -> Command,
}

/// The question that a command leaves open, where it does.
fn question(command: &Command) -> Option<Question> {
    let tables = vec!["csv", "tsv", "parquet", "json"];
    Some(match command {
        Command::Open { path: None } => Question {
            save: false,
            kinds: vec![(
                Text::KindAll,
                vec!["csv", "tsv", "txt", "xlsx", "parquet", "lodestone", "wasm"],
            )],
            name: "",
            answer: |_, path| Command::Open { path: Some(path) },
        },
        Command::SaveAs { path: None } => Question {
            save: true,
            kinds: vec![(Text::KindProject, vec!["lodestone"])],
            name: "project.lodestone",
            answer: |_, path| Command::SaveAs { path: Some(path) },
        },
        Command::AddPlugin { path: None } => Question {
            save: false,
            kinds: vec![(Text::KindPlugin, vec!["wasm"])],
            name: "",
            answer: |_, path| Command::AddPlugin { path: Some(path) },
        },
        Command::ExportTable { path: None, .. } => Question {
            save: true,
            kinds: vec![(Text::KindTable, tables)],
            name: "candidates.csv",
            answer: |command, path| match command {
                Command::ExportTable { selected, .. } => Command::ExportTable {
                    path: Some(path),
                    selected,
                },
                other => other,
            },
        },
        Command::ExportPlot { path: None, .. } => Question {
            save: true,
            kinds: vec![(Text::KindPicture, vec!["svg", "png"])],
            name: "plot.svg",
            answer: |command, path| match command {
                Command::ExportPlot { range, .. } => Command::ExportPlot {
                    path: Some(path),
                    range,
                },
                other => other,
            },
        },
        _ => return None,
    })
}

impl Dialogs {
    /// Asks for what a command lacks, and gives the command back where it lacks nothing.
    pub fn ask(&mut self, command: Command, words: Words, ctx: &egui::Context) -> Option<Command> {
        let Some(question) = question(&command) else {
            return Some(command);
        };
        if self.open {
            return None;
        }
        self.open = true;
        let mut dialog = rfd::AsyncFileDialog::new();
        for (name, endings) in &question.kinds {
            dialog = dialog.add_filter(words.get(*name), endings);
        }
        if question.save {
            dialog = dialog.set_file_name(question.name);
        }
        // The dialog belongs to this thread, waiting for its answer does not.
        type Answer = std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>>;
        let answer: Answer = match question.save {
            true => Box::pin(dialog.save_file()),
            false => Box::pin(dialog.pick_file()),
        };
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        std::thread::spawn(move || {
            let file = pollster::block_on(answer);
            let command = file.map(|file| (question.answer)(command, file.path().to_path_buf()));
            // The window may be gone by now.
            let _ = sender.send(command);
            ctx.request_repaint();
        });
        None
    }

    /// The commands whose files were chosen.
    pub fn answered(&mut self) -> Vec<Command> {
        let answers: Vec<Option<Command>> = self.receiver.try_iter().collect();
        self.open &= answers.is_empty();
        answers.into_iter().flatten().collect()
    }
}
