//! The one place where commands change the state.

use crate::command::{Command, SelectMode};
use crate::error::WorkbenchError;
use crate::kind::FileKind;
use crate::project::{Project, ProjectSource};
use crate::state::{Import, LogLevel, Panel, Recovery, TaskKind};
use crate::store::{self, Left, PROJECT_ENDING};
use crate::work::Workbench;
use std::path::PathBuf;
use std::time::Instant;

/// Projects and tables that the start page remembers.
const RECENT: usize = 12;

impl Workbench {
    /// Does a command. What goes wrong is told in the log, beside what caused it where that has a place of its own.
    pub fn apply(&mut self, command: Command) {
        let command = command.meant();
        let name = command.name();
        let merge_key = command.merge_key();
        let before = self.state.project.clone();
        if let Err(error) = self.execute(command) {
            self.log(LogLevel::Error, error.to_string());
        }
        let after = &self.state.project;
        if *after != before {
            let layout_alone = Project {
                layout: None,
                ..after.clone()
            } == Project {
                layout: None,
                ..before.clone()
            };
            // Panels that are moved about are kept with the next change that matters.
            if !self.replacing(&name) && !layout_alone {
                self.mark_changed();
                if !matches!(name.as_str(), "undo" | "redo") {
                    self.history.record(before.clone(), name, merge_key);
                }
            }
            self.follow(&before);
        }
        self.state.undo = self.history.undo_name();
        self.state.redo = self.history.redo_name();
    }

    /// Ends a step of undo: what follows is a step of its own, also where it changes the same. A window calls it while nothing is
    /// held or typed, so that one drag is one step and the next drag another.
    pub fn end_step(&mut self) {
        self.history.end_merging();
    }

    /// Commands that go from one project to another, and are no step to undo.
    fn replacing(&self, name: &str) -> bool {
        matches!(
            name,
            "open_challenge"
                | "open_crystals"
                | "open"
                | "import_table"
                | "close_project"
                | "recover"
        )
    }

    pub(crate) fn mark_changed(&mut self) {
        self.state.unsaved = true;
        self.changed.get_or_insert_with(Instant::now);
    }

    /// Starts the work that a change of the project asks for.
    fn follow(&mut self, before: &Project) {
        let after = self.state.project.clone();
        if after.plugin_files != before.plugin_files {
            self.load_plugins();
        }
        if after.campaign != before.campaign {
            self.look_at_campaign();
        }
        if after.models != before.models {
            self.load_models();
        }
        if after.source != before.source {
            self.read_table();
        } else if !after.same_question(before) {
            self.count_feasible(after.same_predictions(before));
            self.screen();
        } else if !after.same_view(before) {
            self.sort();
        } else if after.axes != before.axes {
            self.plot();
        } else if after.parallel.axes != before.parallel.axes {
            self.lay_parallel();
        }
        if after.hull.system != before.hull.system {
            self.lay_hull();
        }
        if after.selection != before.selection {
            if after.selection.first() != before.selection.first() {
                self.leave_trajectory();
                self.leave_parent();
            }
            self.count_elements();
            self.show_structure();
        }
    }

    fn execute(&mut self, command: Command) -> Result<(), WorkbenchError> {
        let project = &mut self.state.project;
        match command {
            Command::OpenChallenge { challenge } => {
                self.replace(Project::of_challenge(challenge), None);
                self.state.tour = !self.state.preferences.tour_seen;
                self.bring_to_front(Panel::Pareto);
            }
            Command::OpenCrystals { only } => {
                let project = Project {
                    source: Some(ProjectSource::Crystals(only)),
                    ..Project::default()
                };
                self.replace(project, None);
                self.bring_to_front(Panel::Structure);
            }
            Command::Open { path } => self.open(path.ok_or(WorkbenchError::NoPath("open"))?)?,
            Command::PreviewFormulaColumn { column } => {
                if let Some(import) = &mut self.state.import {
                    import.formula_column = column;
                    import.preview = None;
                    self.preview();
                }
            }
            Command::CancelImport => self.state.import = None,
            Command::ImportTable {
                path,
                formula_column,
            } => self.import(path, formula_column),
            Command::CloseProject => {
                self.stop(TaskKind::Drill);
                self.state.campaigns.drill = None;
                self.state.browsing = false;
                self.replace(Project::default(), None);
            }
            Command::Save => {
                let path = self.state.project_path.clone();
                self.save(path.ok_or(WorkbenchError::NoFile)?)?;
            }
            Command::SaveAs { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("save"))?;
                let path = self.with_ending(path, PROJECT_ENDING)?;
                self.save(path)?;
            }
            Command::Recover => {
                if let Some(left) = self.left.pop() {
                    let recovery = left.recovery.clone();
                    self.replace(recovery.project, recovery.path);
                    self.mark_changed();
                    // Its own file goes only when the work is safe in the one of this session.
                    if self.write_recovery() {
                        left.remove();
                    }
                    self.offer_left();
                }
            }
            Command::DiscardRecovery => {
                if let Some(left) = self.left.pop() {
                    left.remove();
                }
                self.offer_left();
            }
            Command::ForgetRecent { path } => {
                self.state.preferences.recent.retain(|p| *p != path);
                self.write_preferences();
            }

            Command::AddObjective { objective } => project.objectives.push(objective),
            Command::SetObjective { index, objective } => {
                if let Some(place) = project.objectives.get_mut(index) {
                    *place = objective;
                }
            }
            Command::RemoveObjective { index } => remove(&mut project.objectives, index),
            Command::AddConstraint { text } => project.constraints.push(text),
            Command::SetConstraint { index, text } => {
                if let Some(place) = project.constraints.get_mut(index) {
                    *place = text;
                }
            }
            Command::RemoveConstraint { index } => remove(&mut project.constraints, index),
            Command::SetElement { symbol, rule } => {
                match rule {
                    Some(rule) => project.elements.insert(symbol, rule),
                    None => project.elements.remove(&symbol),
                };
            }
            Command::ClearElements => project.elements.clear(),
            Command::EnablePlugin { plugin, on } => {
                if on {
                    project.plugins_off.remove(&plugin);
                } else {
                    project.plugins_off.insert(plugin);
                }
            }
            Command::SetParameter {
                plugin,
                parameter,
                value,
            } => {
                let settings = &mut project.settings;
                settings.retain(|(p, q, _)| (p, q) != (&plugin, &parameter));
                settings.extend(value.map(|value| (plugin, parameter, value)));
            }
            Command::AddPlugin { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("add a plugin"))?;
                if !project.plugin_files.contains(&path) {
                    project.plugin_files.push(path);
                }
                self.close_offer();
            }
            Command::RemovePlugin { path } => project.plugin_files.retain(|p| *p != path),
            Command::InstallPlugin { what, new_owner } => self.install_plugin(what, new_owner)?,
            Command::UpdatePlugin { name } => self.update_plugin(name)?,
            Command::UninstallPlugin { name } => self.uninstall_plugin(name)?,
            Command::DismissPlugin => self.close_offer(),
            Command::BrowseRegistry { place } => self.browse_registry(place)?,
            Command::ForgetRegistry { place } => self.forget_registry(&place),
            Command::TrustKey { key, label } => self.trust_key(key, label)?,
            Command::RevokeKey { key } => self.revoke_key(key)?,

            Command::SortBy { sort } => project.sort = sort,
            Command::SetSearch { text } => project.search = text,
            Command::AddFilter { filter } => project.filters.push(filter),
            Command::SetFilter { index, filter } => {
                if let Some(place) = project.filters.get_mut(index) {
                    *place = filter;
                }
            }
            Command::RemoveFilter { index } => remove(&mut project.filters, index),
            Command::ClearFilters => {
                project.filters.clear();
                project.search.clear();
            }
            Command::ShowColumn { column, shown } => {
                if shown {
                    project.hidden_columns.remove(&column);
                } else {
                    project.hidden_columns.insert(column);
                }
            }
            Command::ColourColumn { column } => project.coloured_column = column,
            Command::SetAxes { x, y } => {
                project.axes.x = x.or_else(|| project.axes.x.take());
                project.axes.y = y.or_else(|| project.axes.y.take());
            }
            Command::SetAxisScales { x_log, y_log } => {
                project.axes.x_log = x_log.or(project.axes.x_log);
                project.axes.y_log = y_log.or(project.axes.y_log);
            }
            Command::SetParallelAxes { axes } => project.parallel.axes = axes,
            Command::BrushAxis { column, range } => {
                let brushes = &mut project.parallel.brushes;
                match range {
                    Some([a, b]) => brushes.insert(column, [a.min(b), a.max(b)]),
                    None => brushes.remove(&column),
                };
                self.select_brushed();
            }
            Command::ClearBrushes => {
                project.parallel.brushes.clear();
                self.select_brushed();
            }
            Command::SetStructureStyle { style } => project.structure_style = *style,
            Command::ColourElements { by } => project.element_colours = by,
            Command::Select { rows, mode } => self.select(&rows, mode),
            Command::SelectAll => {
                let rows = self.state.rows.clone();
                self.select(&rows, SelectMode::Replace);
            }
            Command::SelectFront => {
                let rows = match &self.state.results {
                    Some(results) => {
                        let order = results.order().into_iter();
                        let front = order.take_while(|&row| results.front(row) == Some(1));
                        front.collect::<Vec<_>>()
                    }
                    None => return Err(WorkbenchError::NothingOpen),
                };
                self.select(&rows, SelectMode::Replace);
            }
            Command::ClearSelection => self.select(&[], SelectMode::Replace),
            Command::SetLayout { layout } => project.layout = Some(layout),

            Command::ExportTable { path, selected } => {
                let path = path.ok_or(WorkbenchError::NoPath("export"))?;
                let (results, rows) = self.rows_to_take(selected)?;
                self.export(path, rows, results);
            }
            Command::CopyRows { selected } => {
                let (results, rows) = self.rows_to_take(selected)?;
                self.copy(results, rows);
            }
            Command::ExportPlot { path, range } => {
                let path = path.ok_or(WorkbenchError::NoPath("export the plot"))?;
                let points = self.state.points.clone();
                let points = points.ok_or(WorkbenchError::NothingOpen)?;
                self.export_plot(path, points, range);
            }

            Command::ExportParallel { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("export the plot"))?;
                let parallel = self.state.parallel.clone();
                self.export_parallel(path, parallel.ok_or(WorkbenchError::NothingOpen)?);
            }

            command @ (Command::UseModel { .. }
            | Command::AddModel { .. }
            | Command::EvaluateModel { .. }
            | Command::TrainModel { .. }
            | Command::ExportParity { .. }) => self.execute_model_command(command)?,

            command @ (Command::SetRelaxation { .. }
            | Command::RelaxSelected
            | Command::StopRelaxation
            | Command::OpenTrajectory { .. }
            | Command::SaveRelaxed { .. }
            | Command::SaveTrajectory { .. }
            | Command::ExportRelaxationPlot { .. }
            | Command::ShowTrajectory { .. }
            | Command::PlayTrajectory { .. }
            | Command::ShowFrame { .. }
            | Command::SetPlayback { .. }
            | Command::ShowMoments { .. }) => self.execute_relaxation_command(command)?,
            command @ (Command::SetHullSystem { .. }
            | Command::SetHullLimit { .. }
            | Command::HullOfSelected
            | Command::HullOfElements
            | Command::ExportHull { .. }) => self.execute_hull_command(command)?,

            command @ (Command::ListPrototypes
            | Command::Generate { .. }
            | Command::ScreenGenerated { .. }
            | Command::ShowParent { .. }
            | Command::ShowCandidate) => self.execute_generate_command(command)?,

            Command::ExplainSelected => self.explain_selected()?,

            Command::Undo => self.travel(true),
            Command::Redo => self.travel(false),
            Command::Cancel { task } => {
                for task in self.state.tasks.iter().filter(|t| t.id == task) {
                    task.job.cancel();
                }
            }
            Command::CancelAll => self.state.tasks.iter().for_each(|t| t.job.cancel()),
            Command::ClearLog => self.state.log.clear(),
            Command::ShowPanel {
                panel: panel @ (Panel::Hull | Panel::Generate | Panel::Campaign),
            } => self.show_without_candidates(panel),
            Command::ShowPanel { panel } => self.bring_to_front(panel),
            Command::SetLanguage { language } => {
                self.state.preferences.language = language;
                self.write_preferences();
            }
            Command::SetTheme { theme } => {
                self.state.preferences.theme = theme;
                self.write_preferences();
            }
            Command::SetFontSize { points } => {
                if points.is_finite() {
                    self.state.preferences.font_size = points.clamp(8.0, 32.0);
                    self.write_preferences();
                }
            }
            Command::EndTour => {
                self.state.tour = false;
                self.state.preferences.tour_seen = true;
                self.write_preferences();
            }
            about_a_campaign => self.execute_campaign_command(about_a_campaign)?,
        }
        Ok(())
    }

    pub(crate) fn bring_to_front(&mut self, panel: Panel) {
        self.state.wanted_panel = (self.state.wanted_panel.0 + 1, Some(panel));
    }

    /// Goes over to another project.
    fn replace(&mut self, project: Project, path: Option<PathBuf>) {
        let same_source = self.state.project.source == project.source;
        let had_campaign = self.state.project.campaign.is_some();
        let mut project = project;
        if self.state.project.source.is_none() && path.is_none() {
            // Plugins that were brought before there were candidates are meant for the candidates that come.
            let files = std::mem::take(&mut self.state.project.plugin_files);
            let new = files.into_iter();
            let new = new.filter(|file| !project.plugin_files.contains(file));
            let new: Vec<PathBuf> = new.collect();
            project.plugin_files.extend(new);
            self.state.unsaved = false;
        }
        let before = std::mem::replace(&mut self.state.project, project);
        let path_before = std::mem::replace(&mut self.state.project_path, path);
        if std::mem::take(&mut self.state.unsaved) {
            // What is left without having been saved can be taken up again, also after the program ended.
            self.leave(Recovery {
                project: before,
                path: path_before,
            });
        }
        self.changed = None;
        self.history.clear();
        self.state.tour = false;
        // Candidates that are still being written would take the place of what is opened now, and a campaign that is still being
        // begun would join it.
        self.stop(TaskKind::WriteGenerated);
        if !had_campaign {
            self.stop(TaskKind::Campaign);
        }
        if same_source {
            self.read_table();
        }
    }

    /// Offers unsaved work that the user goes away from.
    fn leave(&mut self, recovery: Recovery) {
        let file = match self.setup.folders.write_left(&recovery) {
            Ok(file) => {
                self.setup.folders.remove_recovery();
                file
            }
            Err(error) => {
                let text = format!("unsaved work is not kept: {error}");
                self.log(LogLevel::Warning, text);
                None
            }
        };
        self.left.push(Left { recovery, file });
        self.offer_left();
    }

    /// The newest of the unsaved works that were left is the one that is offered.
    pub(crate) fn offer_left(&mut self) {
        self.state.recovery = self.left.last().map(|left| left.recovery.clone());
    }

    fn open(&mut self, path: PathBuf) -> Result<(), WorkbenchError> {
        match FileKind::of(&path) {
            FileKind::Project => {
                let project = store::read_project(&path)?;
                self.replace(project, Some(path.clone()));
                self.remember(path);
            }
            FileKind::Plugin => self.offer_plugin(path),
            FileKind::Table => {
                self.state.import = Some(Import {
                    path,
                    formula_column: None,
                    preview: None,
                });
                self.preview();
            }
            FileKind::Structures => {
                self.import(path, None);
                self.bring_to_front(Panel::Structure);
            }
            FileKind::Campaign => self.state.project.campaign = Some(path),
            FileKind::Unknown => return Err(WorkbenchError::UnknownFile { path }),
        }
        Ok(())
    }

    fn import(&mut self, path: PathBuf, formula_column: Option<String>) {
        self.state.import = None;
        let project = Project {
            source: Some(ProjectSource::File(path.clone())),
            formula_column,
            ..Project::default()
        };
        self.replace(project, None);
        self.remember(path);
    }

    /// The path with an ending. Where it has to be added, nobody was asked about a file that has the whole name.
    pub(crate) fn with_ending(
        &self,
        path: PathBuf,
        ending: &str,
    ) -> Result<PathBuf, WorkbenchError> {
        let has = path.extension();
        if has.is_some_and(|has| has.eq_ignore_ascii_case(ending)) {
            return Ok(path);
        }
        // What looks like an ending may be part of a formula: LiNi0.8Co0.2O2.
        let mut whole = path.into_os_string();
        whole.push(".");
        whole.push(ending);
        let whole = PathBuf::from(whole);
        if whole.exists() && self.state.project_path.as_ref() != Some(&whole) {
            return Err(WorkbenchError::Exists { path: whole });
        }
        Ok(whole)
    }

    fn save(&mut self, path: PathBuf) -> Result<(), WorkbenchError> {
        store::write_project(&path, &self.state.project)?;
        self.log(
            LogLevel::Note,
            format!("project saved as {}", path.display()),
        );
        self.state.project_path = Some(path.clone());
        self.state.unsaved = false;
        self.changed = None;
        self.setup.folders.remove_recovery();
        self.history.end_merging();
        self.remember(path);
        Ok(())
    }

    pub(crate) fn remember(&mut self, path: PathBuf) {
        let recent = &mut self.state.preferences.recent;
        recent.retain(|p| *p != path);
        recent.insert(0, path);
        recent.truncate(RECENT);
        self.write_preferences();
    }

    pub(crate) fn write_preferences(&mut self) {
        let written = self
            .setup
            .folders
            .write_preferences(&self.state.preferences);
        if let Err(error) = written {
            self.log(
                LogLevel::Warning,
                format!("preferences are not kept: {error}"),
            );
        }
    }

    /// Undo and redo.
    fn travel(&mut self, back: bool) {
        let layout = self.state.project.layout.clone();
        let project = &mut self.state.project;
        let moved = match back {
            true => self.history.undo(project),
            false => self.history.redo(project),
        };
        if moved {
            self.state.project.layout = layout;
        }
    }
}

/// Takes an entry out of a list, where there is one.
fn remove<T>(list: &mut Vec<T>, index: usize) {
    if index < list.len() {
        list.remove(index);
    }
}
