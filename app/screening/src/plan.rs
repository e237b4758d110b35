//! What a request means for a table: which plugins and models run with which inputs, which numbers must be kept.

use crate::assessed::{self, Asked, Assessed, Output};
use crate::carried::carried_models;
use crate::columns::TableColumn;
use crate::formulas::Formulas;
use crate::model::{Model, ModelInputs, ModelPlan};
use crate::names::{known_quantities, resolve_constraints, resolve_objectives};
use crate::predictor::{Means, PluginInput, PluginPlan, Predictor, PredictorPlan};
use crate::quantity::{Origin, Quantity};
use crate::structures::StructureDescriptor;
use crate::{Request, ScreeningError};
use compute::Device;
use job::Job;
use optimize::{Constraint, Direction, suggest_nearest};
use plugin_host::{Need, Plugin, Session};
use std::collections::BTreeMap;
use table::Table;

/// A constraint with what its properties mean.
pub struct ConstraintPlan {
    pub constraint: Constraint,
    pub quantities: Vec<Quantity>,
}

/// A request, understood.
pub struct Plan {
    pub formulas: Formulas,
    pub predictors: Vec<PredictorPlan>,
    pub objectives: Vec<(Direction, Quantity)>,
    pub constraints: Vec<ConstraintPlan>,
    /// Columns of the table that objectives and constraints speak of.
    pub columns: BTreeMap<usize, TableColumn>,
    /// No plugin and no objective was named: rank by the objectives of the plugin that covers most candidates.
    pub by_coverage: bool,
    /// What the potential said of the structures, where it was asked.
    pub assessed: Assessed,
    pub messages: Vec<String>,
}

impl Plan {
    pub fn new(table: &Table, request: &Request, device: &Device) -> Result<Self, ScreeningError> {
        let limit = u32::MAX as usize - 1;
        if table.len() > limit {
            return Err(ScreeningError::TooManyRows {
                rows: table.len(),
                limit,
            });
        }
        let named = request.formula_column.as_deref();
        let formulas = Formulas::find(table, named, request.structures.clone())?;
        let all = Predictor::all(request)?;
        for (position, predictor) in all.iter().enumerate() {
            if all[..position].iter().any(|p| p.name() == predictor.name()) {
                return Err(ScreeningError::SameName(predictor.name().to_owned()));
            }
        }
        let (known, shadowed) = known_quantities(table, formulas.column, &all, request);
        let mut objectives = resolve_objectives(&request.objectives, &known, table)?;
        let constraints = resolve_constraints(&request.constraints, &known, table)?;
        let some_are_named = request.plugins_are_named || !request.models.is_empty();
        let by_coverage = objectives.is_empty() && !some_are_named;
        let quantities = || {
            let constrained = constraints.iter().flat_map(|c| &c.quantities);
            objectives.iter().map(|(_, q)| q).chain(constrained)
        };
        let asked_for = |(index, predictor): (usize, &Predictor)| {
            let spoken_of = |q: &Quantity| matches!(q.origin, Origin::Property { predictor, .. } if predictor == index);
            let set = || {
                request
                    .settings
                    .iter()
                    .any(|s| s.plugin == predictor.name())
            };
            match predictor {
                Predictor::Plugin(_) => {
                    request.plugins_are_named || quantities().any(spoken_of) || set()
                }
                Predictor::Model(_) | Predictor::Potential(_) => true,
            }
        };
        let asked_for: Vec<bool> = all.iter().enumerate().map(asked_for).collect();
        let used: Vec<usize> = (0..all.len())
            .filter(|&i| asked_for[i] || by_coverage)
            .collect();
        if objectives.is_empty() && !by_coverage {
            objectives = used.iter().flat_map(|&i| all[i].declared(i)).collect();
            if objectives.is_empty() {
                let names: Vec<&str> = used.iter().map(|&i| all[i].name()).collect();
                let example = used.iter().find_map(|&i| all[i].quantities(i).next());
                return Err(ScreeningError::NoObjective {
                    names: names.join(", "),
                    example: example.map_or_else(|| "PROPERTY".to_owned(), |(_, q)| q.name),
                });
            }
        }
        let mut plan = Self {
            formulas,
            predictors: Vec::new(),
            objectives,
            constraints,
            columns: BTreeMap::new(),
            by_coverage,
            assessed: Assessed::default(),
            messages: Vec::new(),
        };
        let plugins = || {
            let used = used.iter().map(|&i| &all[i]);
            used.filter(|p| matches!(p, Predictor::Plugin(_)))
        };
        for setting in &request.settings {
            let known = plugins().any(|p| p.name() == setting.plugin);
            if !known && setting.plugin != assessed::NAME {
                let names: Vec<&str> = plugins().map(Predictor::name).collect();
                let hint = match suggest_nearest(&setting.plugin, names.iter().copied()) {
                    Some(nearest) => format!("did you mean {nearest:?}?"),
                    None => format!("there are: {}", names.join(", ")),
                };
                return Err(ScreeningError::SettingPlugin {
                    setting: format!("{}.{}={}", setting.plugin, setting.parameter, setting.value),
                    plugin: setting.plugin.clone(),
                    hint,
                });
            }
        }
        plan.tell_shadowed(&shadowed, some_are_named);
        plan.messages.extend(plan.formulas.messages(table));
        let mut kept = Vec::new();
        for &index in &used {
            let means = match &all[index] {
                Predictor::Plugin(plugin) => plan
                    .plugin(table, plugin, request, device)
                    .map(|p| Means::Plugin(Box::new(p))),
                Predictor::Model(model) => plan
                    .model(table, model, device)
                    .map(|m| Means::Model(Box::new(m))),
                Predictor::Potential(asked) => match plan.formulas.structures {
                    Some(_) => Ok(Means::Potential(*asked)),
                    None => Err(ScreeningError::PotentialStructures),
                },
            };
            match means {
                Ok(means) => {
                    let predictor = all[index].clone();
                    plan.predictors.push(PredictorPlan::new(predictor, means));
                    kept.push(index);
                }
                // Nobody asked for this one: that it cannot use the table stops no other.
                Err(error) if !asked_for[index] && error.is_misfit() => {
                    let title = all[index].title();
                    plan.messages.push(format!("{title} is left out: {error}"));
                }
                Err(error) => return Err(error),
            }
        }
        plan.renumber(&kept);
        plan.mark_deciding();
        plan.read_columns(table)?;
        Ok(plan)
    }

    /// The session of a plugin and its inputs from the table.
    fn plugin(
        &mut self,
        table: &Table,
        plugin: &Plugin,
        request: &Request,
        device: &Device,
    ) -> Result<PluginPlan, ScreeningError> {
        let description = plugin.description();
        let inputs = &description.inputs;
        if inputs.structure == Need::Required && self.formulas.structures.is_none() {
            return Err(ScreeningError::NoStructures {
                plugin: plugin.id().to_owned(),
            });
        }
        let output = |name: &String| match Output::of_column(name) {
            Some(at) => Ok((name.clone(), at)),
            None => Err(ScreeningError::UnknownOutput {
                plugin: plugin.id().to_owned(),
                name: name.clone(),
                known: assessed::column_names(),
            }),
        };
        let potential = inputs.potential.iter().map(output);
        let potential: Vec<(String, usize)> = potential.collect::<Result<_, _>>()?;
        if !potential.is_empty()
            && self.formulas.structures.is_some()
            && Asked::of(request)?.is_none()
        {
            self.messages.push(format!(
                "plugin {} could use what the potential says of the structures ({}): --set potential.compute=yes asks it, seconds a structure",
                plugin.id(),
                inputs.potential.join(", ")
            ));
        }
        let mut parameters = Vec::new();
        for setting in request.settings.iter().filter(|s| s.plugin == plugin.id()) {
            let value = description.parse_parameter(&setting.parameter, &setting.value)?;
            parameters.push((setting.parameter.clone(), value));
        }
        let session = Session::new(plugin, &parameters)?;
        let mut columns = Vec::new();
        for wanted in &inputs.columns {
            match table.columns().iter().position(|c| c.name == wanted.name) {
                Some(column) => {
                    let values =
                        TableColumn::read(table, column, Some(&wanted.unit), &mut self.messages)?;
                    columns.push(PluginInput {
                        name: wanted.name.clone(),
                        unit: wanted.unit.clone(),
                        values,
                    });
                }
                None if wanted.need == Need::Required => {
                    return Err(ScreeningError::MissingColumn {
                        plugin: plugin.id().to_owned(),
                        column: wanted.name.clone(),
                        unit: wanted.unit.clone(),
                        summary: wanted.summary.clone(),
                    });
                }
                None => {}
            }
        }
        let carried = carried_models(plugin).map_err(|error| ScreeningError::Carried {
            plugin: plugin.id().to_owned(),
            error,
        })?;
        let models = carried.iter().map(|carried| {
            let plan = self.model(table, carried.model(), device)?;
            Ok(plan.asked_where(carried.needs().clone()))
        });
        let models = models.collect::<Result<_, ScreeningError>>()?;
        let (mut descriptors, mut structure_descriptors) = (Vec::new(), Vec::new());
        for name in &inputs.descriptors {
            if let Some(known) = StructureDescriptor::named(name) {
                structure_descriptors.push(known);
                continue;
            }
            let Some(known) = descriptor::named(name) else {
                return Err(unknown_descriptor(plugin.id(), name));
            };
            descriptors.push((name.clone(), known.unit));
        }
        Ok(PluginPlan {
            session,
            inputs: columns,
            descriptors,
            structure_descriptors,
            potential,
            wants_structures: inputs.structure != Need::Unused
                && self.formulas.structures.is_some(),
            models,
        })
    }

    /// A model and its inputs from the table.
    fn model(
        &mut self,
        table: &Table,
        model: &Model,
        device: &Device,
    ) -> Result<ModelPlan, ScreeningError> {
        let wanted = model.model().inputs();
        let inputs = ModelInputs::of_model(model.name(), wanted, table, &mut self.messages)?;
        if inputs.need_structures() && self.formulas.structures.is_none() {
            return Err(ScreeningError::ModelStructures {
                model: model.name().to_owned(),
            });
        }
        Ok(ModelPlan::new(model.clone(), inputs, table.len(), device))
    }

    /// Asks the potential of the structures, where a predictor of the run is it.
    pub fn assess(&mut self, rows: usize, job: &Job) -> Result<(), ScreeningError> {
        let asked = self.predictors.iter().find_map(|p| match p.means {
            Means::Potential(asked) => Some(asked),
            Means::Plugin(_) | Means::Model(_) => None,
        });
        if let (Some(asked), Some(structures)) = (asked, &self.formulas.structures) {
            self.assessed = Assessed::new(asked, structures, rows, job)?;
        }
        Ok(())
    }

    /// Says which of two is meant where a name is both a column and a property.
    fn tell_shadowed(&mut self, shadowed: &[String], some_are_named: bool) {
        let meant = if some_are_named {
            "what the plugin or model predicts"
        } else {
            "the table's column"
        };
        let quantities = self.objectives.iter().map(|(_, q)| q);
        let quantities = quantities.chain(self.constraints.iter().flat_map(|c| &c.quantities));
        let messages = quantities.filter(|q| shadowed.contains(&q.name)).map(|q| {
            format!(
                "{:?} is a column of the table and a predicted property: {meant} is used",
                q.name
            )
        });
        self.messages = messages.collect();
        self.messages.dedup();
    }

    /// The same plan with plugins that nothing has been counted against yet.
    pub fn restart(&mut self) -> Result<(), ScreeningError> {
        for predictor in &mut self.predictors {
            if let Means::Plugin(plan) = &mut predictor.means
                && plan.session.switched_off().is_none()
            {
                plan.session = Session::new(plan.session.plugin(), plan.session.parameters())?;
            }
        }
        Ok(())
    }

    /// Predictors that do not take part are gone: number those of the properties anew.
    fn renumber(&mut self, used: &[usize]) {
        let all = self.objectives.iter_mut().map(|(_, q)| q);
        for quantity in all.chain(self.constraints.iter_mut().flat_map(|c| &mut c.quantities)) {
            if let Origin::Property { predictor, .. } = &mut quantity.origin
                && let Some(position) = used.iter().position(|u| u == predictor)
            {
                *predictor = position;
            }
        }
    }

    fn mark_deciding(&mut self) {
        let quantities = self.objectives.iter().map(|(_, q)| q);
        for quantity in quantities.chain(self.constraints.iter().flat_map(|c| &c.quantities)) {
            if let Origin::Property {
                predictor,
                property,
            } = quantity.origin
            {
                self.predictors[predictor].decides[property] = true;
            }
        }
        for (_, quantity) in &self.objectives {
            if let Origin::Property {
                predictor,
                property,
            } = quantity.origin
            {
                self.predictors[predictor].counts[property] = true;
            }
        }
        for predictor in &mut self.predictors {
            if !predictor.counts.contains(&true) {
                predictor.counts = predictor.declared();
            }
            if self.by_coverage {
                predictor.decides = predictor.declared();
            }
        }
    }

    fn read_columns(&mut self, table: &Table) -> Result<(), ScreeningError> {
        let quantities = self.objectives.iter().map(|(_, q)| q);
        let quantities = quantities.chain(self.constraints.iter().flat_map(|c| &c.quantities));
        let columns: Vec<usize> = quantities
            .filter_map(|q| match q.origin {
                Origin::Column { column } => Some(column),
                Origin::Property { .. } => None,
            })
            .collect();
        for column in columns {
            if !self.columns.contains_key(&column) {
                let values = TableColumn::read(table, column, None, &mut self.messages)?;
                self.columns.insert(column, values);
            }
        }
        Ok(())
    }

    /// Whether a quantity is declared to have no negative values.
    pub fn is_non_negative(&self, quantity: &Quantity) -> bool {
        match quantity.origin {
            Origin::Property {
                predictor,
                property,
            } => {
                let given = self.predictors[predictor].predictor.properties();
                given.get(property).is_some_and(|p| p.non_negative)
            }
            Origin::Column { .. } => false,
        }
    }

    /// The declared objectives of predictor number `predictor` of this plan.
    pub fn declared_objectives(&self, predictor: usize) -> Vec<(Direction, Quantity)> {
        self.predictors[predictor].predictor.declared(predictor)
    }
}

fn unknown_descriptor(plugin: &str, name: &str) -> ScreeningError {
    let of_structures = StructureDescriptor::ALL.map(|(_, name, _)| name.to_owned());
    let known: Vec<String> = descriptor::all_names().chain(of_structures).collect();
    let hint = match suggest_nearest(name, known.iter().map(String::as_str)) {
        Some(nearest) => format!("did it mean {nearest:?}?"),
        None => "it may have been made for a later one".to_owned(),
    };
    ScreeningError::UnknownDescriptor {
        plugin: plugin.to_owned(),
        name: name.to_owned(),
        hint,
    }
}
