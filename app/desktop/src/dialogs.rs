//! The system's file dialogs, for commands that came without a file's name. They run beside the window, which goes on.

use crate::texts::{Text, Words};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use viewer::{PictureFormat, PictureJob};
use workbench::Command;

/// Dialogs that are open, and what they gave.
pub struct Dialogs {
    sender: Sender<Option<Answer>>,
    receiver: Receiver<Option<Answer>>,
    open: bool,
}

/// What is done once a file was chosen.
pub enum Answer {
    Command(Command),
    /// A picture of a structure, and its file.
    Picture(Box<PictureJob>, PathBuf),
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
                vec![
                    "csv",
                    "tsv",
                    "txt",
                    "xlsx",
                    "parquet",
                    "cif",
                    "vasp",
                    "poscar",
                    "xyz",
                    "extxyz",
                    "lodestone",
                    "lode",
                    "wasm",
                ],
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
        Command::AddModel { path: None } => Question {
            save: false,
            kinds: vec![(Text::KindModel, vec!["model"])],
            name: "",
            answer: |_, path| Command::AddModel { path: Some(path) },
        },
        Command::TrainModel { path: None, .. } => Question {
            save: true,
            kinds: vec![(Text::KindModel, vec!["model"])],
            name: "trained.model",
            answer: |command, path| match command {
                Command::TrainModel { settings, .. } => Command::TrainModel {
                    settings,
                    path: Some(path),
                },
                other => other,
            },
        },
        Command::ExportParity { path: None } => Question {
            save: true,
            kinds: vec![(Text::KindPicture, vec!["svg", "png"])],
            name: "parity.svg",
            answer: |_, path| Command::ExportParity { path: Some(path) },
        },
        Command::AddPlugin { path: None } => Question {
            save: false,
            kinds: vec![(Text::KindPlugin, vec!["wasm"])],
            name: "",
            // It is looked at first, as one that is dropped on the window.
            answer: |_, path| Command::Open { path: Some(path) },
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
        // A new folder is named like a file.
        Command::ScreenGenerated { path: None } => Question {
            save: true,
            kinds: Vec::new(),
            name: "candidates",
            answer: |_, path| Command::ScreenGenerated { path: Some(path) },
        },
        Command::ExportHull { path: None } => Question {
            save: true,
            kinds: vec![
                (Text::KindPicture, vec!["svg", "png"]),
                (Text::KindTable, vec!["csv"]),
            ],
            name: "hull.svg",
            answer: |_, path| Command::ExportHull { path: Some(path) },
        },
        Command::ExportParallel { path: None } => Question {
            save: true,
            kinds: vec![(Text::KindPicture, vec!["svg", "png"])],
            name: "parallel.svg",
            answer: |_, path| Command::ExportParallel { path: Some(path) },
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
        other => return of_campaign(other).or_else(|| of_relaxation(other)),
    })
}

/// What a command about a campaign leaves open.
fn of_campaign(command: &Command) -> Option<Question> {
    let campaign = || vec![(Text::KindCampaign, vec!["lode"])];
    let table = |endings: &[&'static str]| vec![(Text::KindTable, endings.to_vec())];
    Some(match command {
        Command::NewCampaign { path: None, .. } => Question {
            save: true,
            kinds: campaign(),
            name: "campaign.lode",
            answer: |command, path| match command {
                Command::NewCampaign { settings, .. } => Command::NewCampaign {
                    settings,
                    path: Some(path),
                },
                other => other,
            },
        },
        Command::OpenCampaign { path: None } => Question {
            save: false,
            kinds: campaign(),
            name: "",
            answer: |_, path| Command::OpenCampaign { path: Some(path) },
        },
        Command::WriteWorksheet { path: None } => Question {
            save: true,
            kinds: table(&["csv", "tsv", "parquet"]),
            name: "batch.csv",
            answer: |_, path| Command::WriteWorksheet { path: Some(path) },
        },
        Command::ImportResults { path: None } => Question {
            save: false,
            kinds: table(&["csv", "tsv", "txt", "parquet"]),
            name: "",
            answer: |_, path| Command::ImportResults { path: Some(path) },
        },
        Command::ReportCampaign { path: None } => Question {
            save: true,
            kinds: vec![(Text::KindReport, vec!["html", "md"])],
            name: "report.html",
            answer: |_, path| Command::ReportCampaign { path: Some(path) },
        },
        Command::ExportObservations { path: None } => Question {
            save: true,
            kinds: table(&["csv"]),
            name: "observations.csv",
            answer: |_, path| Command::ExportObservations { path: Some(path) },
        },
        Command::ExportCampaignPlot { path: None, .. } => Question {
            save: true,
            kinds: vec![(Text::KindPicture, vec!["svg", "png"])],
            name: "campaign.svg",
            answer: |command, path| match command {
                Command::ExportCampaignPlot { plot, .. } => Command::ExportCampaignPlot {
                    plot,
                    path: Some(path),
                },
                other => other,
            },
        },
        _ => return None,
    })
}

/// What a command about a relaxation or a trajectory leaves open.
fn of_relaxation(command: &Command) -> Option<Question> {
    type Answered = fn(Command, PathBuf) -> Command;
    let of = |kind, endings: &[&'static str], name: &'static str, answer: Answered| Question {
        save: !name.is_empty(),
        kinds: vec![(kind, endings.to_vec())],
        name,
        answer,
    };
    Some(match command {
        Command::OpenTrajectory { path: None } => {
            of(Text::KindTrajectory, &["extxyz", "xyz"], "", |_, path| {
                Command::OpenTrajectory { path: Some(path) }
            })
        }
        Command::SaveRelaxed { path: None } => of(
            Text::KindStructure,
            &["cif", "vasp", "extxyz"],
            "relaxed.cif",
            |_, path| Command::SaveRelaxed { path: Some(path) },
        ),
        Command::SaveTrajectory { path: None } => of(
            Text::KindTrajectory,
            &["extxyz"],
            "trajectory.extxyz",
            |_, path| Command::SaveTrajectory { path: Some(path) },
        ),
        Command::ExportRelaxationPlot { path: None } => of(
            Text::KindPicture,
            &["svg", "png"],
            "relaxation.svg",
            |_, path| Command::ExportRelaxationPlot { path: Some(path) },
        ),
        _ => return None,
    })
}

impl Dialogs {
    /// Asks for what a command lacks, and gives the command back where it lacks nothing.
    pub fn ask(&mut self, command: Command, words: Words, ctx: &egui::Context) -> Option<Command> {
        let Some(question) = question(&command) else {
            return Some(command);
        };
        let answer = question.answer;
        self.show(&question, words, ctx, move |path| {
            Answer::Command(answer(command, path))
        });
        None
    }

    /// Asks where a picture of a structure is to be written.
    pub fn ask_for_picture(&mut self, job: PictureJob, words: Words, ctx: &egui::Context) {
        let (ending, name) = match job.request.format {
            PictureFormat::Svg => ("svg", "structure.svg"),
            PictureFormat::Png => ("png", "structure.png"),
        };
        let question = Question {
            save: true,
            kinds: vec![(Text::KindPicture, vec![ending])],
            name,
            answer: |command, _| command,
        };
        self.show(&question, words, ctx, move |path| {
            Answer::Picture(Box::new(job), path)
        });
    }

    fn show(
        &mut self,
        question: &Question,
        words: Words,
        ctx: &egui::Context,
        answer: impl FnOnce(PathBuf) -> Answer + Send + 'static,
    ) {
        if self.open {
            return;
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
        type Chosen = std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>>;
        let chosen: Chosen = match question.save {
            true => Box::pin(dialog.save_file()),
            false => Box::pin(dialog.pick_file()),
        };
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        std::thread::spawn(move || {
            let file = pollster::block_on(chosen);
            let answer = file.map(|file| answer(file.path().to_path_buf()));
            // The window may be gone by now.
            let _ = sender.send(answer);
            ctx.request_repaint();
        });
    }

    /// What is to be done with the files that were chosen.
    pub fn answered(&mut self) -> Vec<Answer> {
        let answers: Vec<Option<Answer>> = self.receiver.try_iter().collect();
        self.open &= answers.is_empty();
        answers.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_chosen_goes_into_the_command_that_lacked_one() {
        for command in Command::palette() {
            let lacks = serde_json::to_string(&command).is_ok_and(|t| t.contains("\"path\":null"));
            let Some(question) = question(&command) else {
                assert!(!lacks, "nobody asks for the file of {command:?}");
                continue;
            };
            let answered = (question.answer)(command.clone(), PathBuf::from("/a/chosen.svg"));
            // A plugin is looked at before it takes part.
            let does = match command {
                Command::AddPlugin { .. } => "open".to_owned(),
                ref other => other.name(),
            };
            assert_eq!(answered.name(), does);
            let written = serde_json::to_string(&answered).unwrap_or_default();
            assert!(written.contains("\"path\":\"/a/chosen.svg\""), "{written}");
        }
    }
}
