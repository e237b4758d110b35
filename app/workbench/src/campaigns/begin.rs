//! A new campaign over the candidates that are open or over a design space, with the plugins and models that its objectives and constraints name.

use super::settings::CampaignSettings;
use crate::error::WorkbenchError;
use crate::project::{Project, ProjectSource};
use crate::state::{State, TaskKind};
use crate::work::{Done, Workbench};
use ::campaign::{SourceFile, Wanted, create};
use job::Job;
use optimize::{Constraint, Objective};
use plugin_host::Plugin;
use screening::{Model, Request, Structures};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::{OutputFormat, OutputTable, Table};

impl State {
    /// What a new campaign would be by what is asked of the candidates that are open. Where every candidate has a value of
    /// every objective in the table, nothing would be left to suggest, so the table's values are hidden then.
    pub fn campaign_defaults(&self) -> CampaignSettings {
        let objectives = self.project.objectives.clone();
        CampaignSettings {
            blind: self.knows_all(&objectives),
            objectives,
            constraints: self.campaign_constraints(),
            ..CampaignSettings::default()
        }
    }

    /// The constraints on the candidates that are open, elements included: those of a new campaign.
    pub fn campaign_constraints(&self) -> Vec<String> {
        let project = &self.project;
        let constraints = project.constraints.iter();
        let constraints = constraints.filter(|text| !text.trim().is_empty()).cloned();
        constraints.chain(project.element_constraint()).collect()
    }

    /// Whether the table has a value of every objective for every candidate. Their columns are read through: not for every frame.
    pub fn knows_all(&self, objectives: &[crate::project::ObjectiveChoice]) -> bool {
        let Some(table) = &self.table else {
            return false;
        };
        let known = |name: &str| {
            let column = table.find_column(name);
            column.is_ok_and(|column| {
                table.is_numeric(column) && table.numbers(column).values.iter().all(|v| !v.is_nan())
            })
        };
        !objectives.is_empty() && objectives.iter().all(|o| known(&o.property))
    }
}

impl Workbench {
    pub(super) fn begin_campaign(
        &mut self,
        settings: CampaignSettings,
        path: PathBuf,
    ) -> Result<(), WorkbenchError> {
        if self.state.is_busy(TaskKind::Campaign) {
            return Err(WorkbenchError::CampaignBusy);
        }
        // Of a space the open candidates tell nothing.
        let open = settings.space.is_none();
        let table = self.state.table.clone().filter(|_| open);
        if open && table.is_none() {
            return Err(WorkbenchError::NothingOpen);
        }
        let project = self.state.project.clone();
        let on = |plugin: &Plugin| !project.plugins_off.contains(plugin.id());
        let plugins = self.state.plugins.iter().map(|loaded| &loaded.plugin);
        let beginning = Beginning {
            plugins: plugins.filter(|plugin| on(plugin)).cloned().collect(),
            models: self.models_in_use(),
            structures: self.structures().filter(|_| open),
            title: self.state.title().unwrap_or_default(),
            project,
            table,
            settings,
        };
        self.state.campaigns.error = None;
        self.state.campaigns.told.clear();
        self.start(TaskKind::Campaign, move |job| {
            let begun = beginning.run(&path, job);
            Done::Begun(path, begun)
        });
        Ok(())
    }
}

/// What a worker begins a campaign from.
struct Beginning {
    project: Project,
    /// `None`: a design space is named.
    table: Option<Arc<Table>>,
    structures: Option<Arc<Structures>>,
    plugins: Vec<Plugin>,
    models: Vec<Model>,
    title: String,
    settings: CampaignSettings,
}

impl Beginning {
    fn run(self, path: &Path, job: &Job) -> Result<Vec<String>, WorkbenchError> {
        let settings = &self.settings;
        if let Some(budget) = settings.budget
            && !(budget.is_finite() && budget > 0.0)
        {
            return Err(WorkbenchError::Budget(budget));
        }
        let constraints = settings.constraints.iter().map(|text| {
            Constraint::parse(text)
                .map_err(|error| WorkbenchError::from(::campaign::CampaignError::from(error)))
        });
        let constraints = constraints.collect::<Result<Vec<Constraint>, _>>()?;
        let objectives = settings.objectives.iter();
        let objectives = objectives.filter(|o| !o.property.trim().is_empty());
        let wanted = Wanted {
            file: self.file(job)?,
            objectives: objectives.map(Objective::from).collect(),
            request: self.request(&constraints),
            constraints,
            inputs: Vec::new(),
            ignored: settings.ignored.clone(),
            used: Vec::new(),
            priors: Vec::new(),
            blind: settings.blind,
            batch: settings.batch.max(1),
            initial: settings.initial,
            leads: settings.leads.map(|leads| leads.max(1)),
            budget: settings.budget,
            cost: settings.cost.clone(),
            seed: settings.seed,
            acquisition: settings.acquisition.parse().map_err(
                |error: optimize::suggest::SuggestError| ::campaign::CampaignError::from(error),
            )?,
            reference: None,
        };
        let begun = create(path, &wanted, job)?;
        let mut told = vec![format!(
            "{}: {} candidates may be suggested, {} observations so far",
            path.display(),
            begun.kept,
            begun.observations
        )];
        told.extend(begun.messages);
        Ok(told)
    }

    /// The table as a file: its own where a campaign can keep it, otherwise its cells as CSV.
    fn file(&self, job: &Job) -> Result<SourceFile, WorkbenchError> {
        if let Some(space) = &self.settings.space {
            return Ok(SourceFile::space(space)?);
        }
        let table = self.table.as_ref().ok_or(WorkbenchError::NothingOpen)?;
        if let Some(ProjectSource::File(path)) = &self.project.source
            && path.is_file()
            && table::Source::Path(path.clone()).format().is_ok()
            && !ends_in(path, "xlsx")
        {
            return Ok(SourceFile::read(path)?);
        }
        let order: Vec<u32> = (0..table.len() as u32).collect();
        let mut out = OutputTable::new(&order);
        out.push_input(table);
        let mut bytes = Vec::new();
        out.write(&mut bytes, OutputFormat::Csv, job)?;
        let name = match ends_in(Path::new(&self.title), "csv") {
            true => self.title.clone(),
            false => format!("{}.csv", self.title),
        };
        Ok(SourceFile {
            name,
            format: "csv",
            bytes,
        })
    }

    /// The plugins and models whose properties are named.
    fn request(&self, constraints: &[Constraint]) -> Request {
        let objectives = self.settings.objectives.iter().map(|o| &o.property);
        let constrained = constraints.iter().flat_map(Constraint::properties);
        let names: Vec<&String> = objectives.chain(constrained).collect();
        let is_column = |name: &str| {
            let table = self.table.as_ref();
            table.is_some_and(|table| table.find_column(name).is_ok())
        };
        let has = |id: &str, property: &str| {
            let own = |name: &&String| {
                name.as_str() == property && !is_column(name)
                    || name.strip_prefix(id).is_some_and(|rest| {
                        rest.strip_prefix('.').is_some_and(|rest| rest == property)
                    })
            };
            names.iter().any(own)
        };
        let plugins: Vec<Plugin> = self
            .plugins
            .iter()
            .filter(|plugin| {
                let properties = &plugin.description().properties;
                properties.iter().any(|p| has(plugin.id(), &p.name))
            })
            .cloned()
            .collect();
        let models = self.models.iter().filter(|model| {
            let property = model.property();
            let name = property.split_once('.').map_or("", |(_, name)| name);
            has(model.name(), name)
        });
        let mut settings = self.project.screening_settings();
        settings.retain(|setting| plugins.iter().any(|plugin| plugin.id() == setting.plugin));
        Request {
            plugins_are_named: !plugins.is_empty(),
            plugins,
            models: models.cloned().collect(),
            settings,
            formula_column: self
                .project
                .formula_column
                .clone()
                .filter(|_| self.table.is_some()),
            structures: self.structures.clone(),
            // What a campaign stands on does not hang on an adapter.
            device: compute::Choice::Cpu,
            ..Request::default()
        }
    }
}

fn ends_in(path: &Path, ending: &str) -> bool {
    let has = path.extension();
    has.is_some_and(|has| has.eq_ignore_ascii_case(ending))
}
