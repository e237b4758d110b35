//! Candidates made from structure types: the question, what came of it, its files, and a candidate's parent.

mod files;
mod parent;
mod settings;
mod view;

pub use parent::{ParentOf, ShownParent};
pub use settings::GenerateSettings;
pub use view::{GeneratedLine, GeneratedView, PrototypeLine};

use crate::command::Command;
use crate::error::WorkbenchError;
use crate::results::Results;
use crate::state::{LogLevel, Panel, TaskKind};
use crate::work::{Done, Workbench};
use prototype::{Known, Prototype, PrototypeError, generate};
use std::path::PathBuf;
use std::sync::Arc;

/// What there is to see of the making of candidates.
#[derive(Clone, Debug, Default)]
pub struct GeneratedState {
    /// The structure types that come with the program; `None` until they were asked for.
    pub prototypes: Option<Arc<Vec<PrototypeLine>>>,
    /// What was made last.
    pub view: Option<Arc<GeneratedView>>,
    /// Why nothing was made, or nothing written.
    pub error: Option<String>,
    /// A folder that does not exist yet, for its files; `None` where the user has no place for data.
    pub folder: Option<PathBuf>,
    /// The parent that is shown instead of the candidate.
    pub parent: Option<ShownParent>,
}

/// Candidates and the prototypes that they are of, or why there are none; `None`: cancelled.
pub(crate) type Made = Option<Result<Arc<GeneratedView>, String>>;

impl Workbench {
    /// Does the commands about candidates that are made.
    pub(crate) fn execute_generate_command(
        &mut self,
        command: Command,
    ) -> Result<(), WorkbenchError> {
        match command {
            Command::ListPrototypes => self.start(TaskKind::Prototypes, |job| {
                job.stage("reading the structure types", None);
                let all = Prototype::shipped().iter();
                Done::Prototypes(Arc::new(all.map(PrototypeLine::of).collect()))
            }),
            Command::Generate { settings } => {
                self.state.generated.error = None;
                let made = self.generate(&settings);
                if let Err(error) = &made {
                    self.state.generated.error = Some(error.to_string());
                }
                self.show_without_candidates(Panel::Generate);
                made?;
            }
            Command::ScreenGenerated { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("write the candidates"))?;
                let view = self.state.generated.view.clone();
                let view = view.filter(|view| !view.lines.is_empty());
                let view = view.ok_or(WorkbenchError::NothingGenerated)?;
                self.state.generated.error = None;
                let data = self.data_folder();
                self.start(TaskKind::WriteGenerated, move |job| {
                    let written = files::write(&path, &view, job);
                    Done::Written(written, data.and_then(|data| files::next_folder(&data)))
                });
            }
            Command::ShowParent { prototype } => {
                let results = self.state.results.clone();
                let row = self.state.project.selection.first().copied();
                let of_selected = results.zip(row).and_then(|(results, row)| {
                    let parent = parent::parent_of(&results, row)?;
                    Some(parent.prototype)
                });
                let name = prototype.or(of_selected);
                let name = name.ok_or(WorkbenchError::NoParent)?;
                self.show_parent(name);
            }
            Command::ShowCandidate => self.leave_parent(),
            _ => {}
        }
        Ok(())
    }

    fn generate(&mut self, settings: &GenerateSettings) -> Result<(), WorkbenchError> {
        let request = settings.request()?;
        let own = match settings.selected {
            true => Some(self.selected_parent()?),
            false => None,
        };
        let (all, names) = (settings.all, settings.prototypes.clone());
        let data = self.data_folder();
        if !all && names.is_empty() && own.is_none() {
            return Err(WorkbenchError::NoPrototype);
        }
        self.start(TaskKind::Generate, move |job| {
            job.stage("reading the structure types", None);
            let shipped = Prototype::shipped().iter();
            let several = |p: &&Prototype| p.structure.composition().as_ref().len() > 1;
            let wanted = |p: &&Prototype| match all {
                true => several(p),
                false => names.contains(&p.name),
            };
            let mut parents: Vec<Prototype> = shipped.filter(wanted).cloned().collect();
            parents.extend(own);
            let found = match generate(&parents, &request, job, |_| {}) {
                Ok(found) => found,
                Err(PrototypeError::Cancelled) => return Done::Generated(None, None),
                Err(error) => return Done::Generated(Some(Err(error.to_string())), None),
            };
            job.stage("comparing with what is known", None);
            let known = Known::with_prototypes(&parents);
            let view = GeneratedView::new(found, parents, &known, &request.tolerance);
            if job.check().is_err() {
                return Done::Generated(None, None);
            }
            let folder = data.and_then(|data| files::next_folder(&data));
            Done::Generated(Some(Ok(Arc::new(view))), folder)
        });
        Ok(())
    }

    /// The structure of the first of the selected candidates as a prototype.
    fn selected_parent(&self) -> Result<Prototype, WorkbenchError> {
        if self.state.awaits_structure() {
            return Err(WorkbenchError::StructureComes);
        }
        let selected = self.state.structure.as_ref();
        let selected = selected.ok_or(WorkbenchError::NothingSelected)?;
        let structure = match &selected.structure {
            None => return Err(WorkbenchError::NoStructure),
            Some(Err(why)) => {
                return Err(WorkbenchError::Prototype { why: why.clone() });
            }
            Some(Ok(structure)) => structure,
        };
        let row = selected.row + 1;
        let name = format!("{}_row{row}", structure.formula());
        let table = self.state.table.as_ref();
        let source = table.map_or_else(String::new, |table| table.source_name().to_owned());
        let source = format!("{source}, row {row}");
        let made = Prototype::new(&name, structure, &source);
        made.map_err(|error| WorkbenchError::Prototype {
            why: error.to_string(),
        })
    }

    /// Takes over what was made.
    pub(crate) fn take_generated(&mut self, made: Made, folder: Option<PathBuf>) {
        match made {
            None => self.log(LogLevel::Note, "making candidates was cancelled"),
            Some(Err(why)) => {
                self.log(LogLevel::Error, why.clone());
                self.state.generated.error = Some(why);
            }
            Some(Ok(view)) => {
                let text = format!(
                    "{} candidates of {} combinations of elements, {} of them known",
                    view.lines.len(),
                    view.combinations,
                    view.known
                );
                self.log(LogLevel::Note, text);
                self.state.generated.view = Some(view);
                self.state.generated.folder = folder;
            }
        }
    }

    /// Takes over files that were written: they are the candidates from now on.
    pub(crate) fn take_written(
        &mut self,
        written: Result<PathBuf, WorkbenchError>,
        next: Option<PathBuf>,
    ) {
        match written {
            Ok(path) => {
                self.state.generated.folder = next;
                self.apply(Command::ImportTable {
                    path,
                    formula_column: None,
                });
                self.bring_to_front(Panel::Candidates);
            }
            Err(error) if error.is_cancelled() => {}
            Err(error) => {
                self.log(LogLevel::Error, error.to_string());
                self.state.generated.error = Some(error.to_string());
            }
        }
    }

    /// Finds a parent's structure: among those of the last candidates, of the program, of the table's own folder.
    fn show_parent(&mut self, name: String) {
        let view = self.state.generated.view.clone();
        let source = self.state.project.source.clone();
        self.start(TaskKind::Parent, move |_| {
            Done::Parent(parent::find(&name, view.as_deref(), source.as_ref()))
        });
        self.bring_to_front(Panel::Structure);
    }

    /// The candidate itself is shown again.
    pub(crate) fn leave_parent(&mut self) {
        self.stop(TaskKind::Parent);
        self.state.generated.parent = None;
    }

    pub(crate) fn take_parent(&mut self, found: Result<ShownParent, String>) {
        match found {
            Ok(mut parent) => {
                parent.series = self.next_series();
                self.leave_trajectory();
                self.state.browsing = true;
                self.state.generated.parent = Some(parent);
            }
            Err(why) => self.log(LogLevel::Error, why),
        }
    }

    /// The user's own folder of data.
    fn data_folder(&self) -> Option<PathBuf> {
        let home = self.setup.shelf.home().ok()?;
        Some(home.folder().to_path_buf())
    }
}

impl Results {
    /// What a row was made of, where its table tells, as tables of made candidates do.
    pub fn parent_of(&self, row: u32) -> Option<ParentOf> {
        parent::parent_of(self, row)
    }
}
