//! A project's question, put to the plugins.

use crate::error::WorkbenchError;
use crate::project::Project;
use crate::results::{Results, model_facts, property_facts};
use job::Job;
use optimize::{Constraint, Objective};
use plugin_host::Plugin;
use screening::{Model, Request, ScreeningError, Structures};
use std::sync::Arc;
use table::Table;

/// Predicts and ranks the candidates of a table as the project asks.
pub(crate) fn screen(
    generation: u64,
    project: &Project,
    plugins: Vec<Plugin>,
    models: Vec<Model>,
    table: Arc<Table>,
    structures: Option<Arc<Structures>>,
    job: &Job,
) -> Result<Results, WorkbenchError> {
    let elements = project.element_constraint();
    let written = project.constraints.iter().filter(|c| !c.trim().is_empty());
    let constraints = written.chain(&elements).map(|text| {
        Constraint::parse(text).map_err(|e| WorkbenchError::from(ScreeningError::from(e)))
    });
    let constraints = constraints.collect::<Result<Vec<_>, _>>()?;
    let mut facts = property_facts(plugins.iter());
    facts.extend(models.iter().flat_map(model_facts));
    let request = Request {
        plugins,
        plugins_are_named: false,
        models,
        settings: project.screening_settings(),
        objectives: project.objectives.iter().map(Objective::from).collect(),
        constraints,
        formula_column: project.formula_column.clone(),
        structures,
        ..Request::default()
    };
    let formula = project.formula_column.as_deref();
    Results::new(generation, table, formula, &facts, |table| {
        screening::screen(table, &request, job).map_err(WorkbenchError::from)
    })
}
