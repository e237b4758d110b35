//! What a request means for a table: which plugins run with which inputs, which numbers must be kept.

use crate::quantity::{Origin, Quantity, find, label};
use crate::structures::StructureDescriptor;
use crate::{Request, ScreeningError, Structures, UnknownQuantity};
use optimize::{Constraint, Direction, Objective, suggest_nearest};
use plugin_host::{Direction as Natural, Need};
use plugin_host::{Plugin, Session};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use table::{Conversion, Numbers, Table, convert_factor};

/// A number of the user's table over all rows, with its standard deviation where the table has that too.
pub struct TableColumn {
    pub mean: Vec<f64>,
    pub std: Option<Vec<f64>>,
}

/// A column of the table as a plugin wants it: in the plugin's unit.
pub struct PluginInput {
    pub name: String,
    pub unit: String,
    pub values: TableColumn,
}

/// One plugin of the run.
pub struct PluginPlan {
    pub session: Session,
    pub inputs: Vec<PluginInput>,
    /// Descriptors that it wants, by name, and their units; computed chunk by chunk.
    pub descriptors: Vec<(String, &'static str)>,
    /// Descriptors of structures that it wants, with name and unit.
    pub structure_descriptors: Vec<(StructureDescriptor, &'static str, &'static str)>,
    /// Whether it is given the structures themselves.
    pub wants_structures: bool,
    /// For each property: whether an objective or a constraint needs it for every candidate.
    pub decides: Vec<bool>,
    /// For each property: whether a candidate must have it for the plugin to count as applying; none: any will do.
    pub counts: Vec<bool>,
}

impl PluginPlan {
    pub fn plugin(&self) -> &Plugin {
        self.session.plugin()
    }
}

/// A constraint with what its properties mean.
pub struct ConstraintPlan {
    pub constraint: Constraint,
    pub quantities: Vec<Quantity>,
}

/// A request, understood.
pub struct Plan {
    /// None: the structures tell the formulas.
    pub formula_column: Option<usize>,
    pub structures: Option<Arc<Structures>>,
    pub plugins: Vec<PluginPlan>,
    pub objectives: Vec<(Direction, Quantity)>,
    pub constraints: Vec<ConstraintPlan>,
    /// Columns of the table that objectives and constraints speak of.
    pub columns: BTreeMap<usize, TableColumn>,
    /// No plugin and no objective was named: rank by the objectives of the plugin that covers most candidates.
    pub by_coverage: bool,
    pub messages: Vec<String>,
}

impl Plan {
    pub fn new(table: &Table, request: &Request) -> Result<Self, ScreeningError> {
        let limit = u32::MAX as usize - 1;
        if table.len() > limit {
            return Err(ScreeningError::TooManyRows {
                rows: table.len(),
                limit,
            });
        }
        let formula_column = match table.formula_column(request.formula_column.as_deref()) {
            Ok(column) => Some(column),
            Err(_) if request.formula_column.is_none() && request.structures.is_some() => None,
            Err(error) => return Err(error.into()),
        };
        for (position, plugin) in request.plugins.iter().enumerate() {
            if request.plugins[..position]
                .iter()
                .any(|p| p.id() == plugin.id())
            {
                return Err(ScreeningError::TwicePlugin(plugin.id().to_owned()));
            }
        }
        let (known, shadowed) = known_quantities(table, formula_column, request);
        let mut objectives = resolve_objectives(&request.objectives, &known, table)?;
        let constraints = resolve_constraints(&request.constraints, &known, table)?;
        let by_coverage = objectives.is_empty() && !request.plugins_are_named;
        let quantities = || {
            let constrained = constraints.iter().flat_map(|c| &c.quantities);
            objectives.iter().map(|(_, q)| q).chain(constrained)
        };
        let asked_for: Vec<bool> = request
            .plugins
            .iter()
            .enumerate()
            .map(|(index, p)| {
                let spoken_of = |q: &Quantity| matches!(q.origin, Origin::Property { plugin, .. } if plugin == index);
                request.plugins_are_named
                    || quantities().any(spoken_of)
                    || request.settings.iter().any(|s| s.plugin == p.id())
            })
            .collect();
        let used: Vec<usize> = (0..request.plugins.len())
            .filter(|&i| asked_for[i] || by_coverage)
            .collect();
        if objectives.is_empty() && !by_coverage {
            objectives = used
                .iter()
                .flat_map(|&i| declared(i, &request.plugins[i]))
                .collect();
            if objectives.is_empty() {
                let names: Vec<&str> = request.plugins.iter().map(Plugin::id).collect();
                return Err(ScreeningError::NoObjective(names.join(", ")));
            }
        }
        let mut plan = Self {
            formula_column,
            structures: request.structures.clone(),
            plugins: Vec::new(),
            objectives,
            constraints,
            columns: BTreeMap::new(),
            by_coverage,
            messages: Vec::new(),
        };
        for setting in &request.settings {
            if !used
                .iter()
                .any(|&i| request.plugins[i].id() == setting.plugin)
            {
                let names: Vec<&str> = used.iter().map(|&i| request.plugins[i].id()).collect();
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
        plan.tell_shadowed(&shadowed, request.plugins_are_named);
        plan.tell_other_compositions(table);
        let mut kept = Vec::new();
        for &index in &used {
            match plan.plugin(table, &request.plugins[index], request) {
                Ok(plugin) => {
                    plan.plugins.push(plugin);
                    kept.push(index);
                }
                // Nobody asked for this one: that it cannot use the table stops no other.
                Err(error) if !asked_for[index] && error.is_misfit() => {
                    let id = request.plugins[index].id();
                    plan.messages
                        .push(format!("plugin {id} is left out: {error}"));
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
    ) -> Result<PluginPlan, ScreeningError> {
        let description = plugin.description();
        let inputs = &description.inputs;
        let unsupported = |what| ScreeningError::Unsupported {
            plugin: plugin.id().to_owned(),
            what,
        };
        if inputs.structure == Need::Required && self.structures.is_none() {
            return Err(ScreeningError::NoStructures {
                plugin: plugin.id().to_owned(),
            });
        }
        if !inputs.potential.is_empty() {
            return Err(unsupported("outputs of an interatomic potential"));
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
                    let values = self.read_column(table, column, Some(&wanted.unit))?;
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
        let decides = vec![false; description.properties.len()];
        let counts = decides.clone();
        Ok(PluginPlan {
            session,
            inputs: columns,
            descriptors,
            structure_descriptors,
            wants_structures: inputs.structure != Need::Unused && self.structures.is_some(),
            decides,
            counts,
        })
    }

    /// The numbers of a column, converted to `unit` where one is asked for, and those of `<column>_std` beside it, which
    /// come in the same unit whatever their own header says.
    fn read_column(
        &mut self,
        table: &Table,
        column: usize,
        unit: Option<&str>,
    ) -> Result<TableColumn, ScreeningError> {
        let info = &table.columns()[column];
        let target = unit.or(info.unit.as_deref());
        if let (None, Some(unit)) = (&info.unit, unit.filter(|unit| !unit.is_empty())) {
            self.messages.push(format!(
                "column {:?} states no unit and is taken as {unit}; write it as {:?}",
                info.header,
                label(&info.name, unit)
            ));
        }
        let mean = self.read_numbers(
            table,
            column,
            info.unit.as_deref(),
            target,
            Conversion::apply,
        )?;
        let std_name = format!("{}_std", info.name);
        let std = match table.columns().iter().position(|c| c.name == std_name) {
            Some(std) => {
                let own = table.columns()[std]
                    .unit
                    .as_deref()
                    .or(info.unit.as_deref());
                Some(self.read_numbers(table, std, own, target, Conversion::apply_std)?)
            }
            None => None,
        };
        Ok(TableColumn { mean, std })
    }

    /// The numbers of a column, converted between two units where both are known.
    fn read_numbers(
        &mut self,
        table: &Table,
        column: usize,
        from: Option<&str>,
        to: Option<&str>,
        convert: fn(&Conversion, f64) -> f64,
    ) -> Result<Vec<f64>, ScreeningError> {
        let info = &table.columns()[column];
        let numbers = table.numbers(column);
        self.tell_bad_cells(&info.name, &numbers);
        let mut values = numbers.values;
        if let (Some(from), Some(to)) = (from, to)
            && from != to
        {
            let conversion = convert_factor(from, to).map_err(|error| ScreeningError::Unit {
                column: info.header.clone(),
                error,
            })?;
            for value in &mut values {
                *value = convert(&conversion, *value);
            }
        }
        Ok(values)
    }

    fn tell_bad_cells(&mut self, name: &str, numbers: &Numbers) {
        let Some(first) = numbers.bad.first() else {
            return;
        };
        let cells = if numbers.bad_count == 1 {
            "1 cell is".to_owned()
        } else {
            format!("{} cells are", numbers.bad_count)
        };
        self.messages.push(format!(
            "column {name:?}: {cells} no number and taken as missing (line {}: {:?}: {})",
            first.line, first.text, first.error
        ));
    }

    /// The formula of a row: the cell of its column, or that of its structure.
    ///
    /// # Errors
    ///
    /// Why the row has none: its file cannot be read, or there is no file either.
    pub fn formula<'a>(&'a self, table: &'a Table, row: usize) -> Result<Cow<'a, str>, String> {
        let structure = match &self.structures {
            Some(structures) => structures.get(row)?,
            None => None,
        };
        match (self.formula_column, structure) {
            (Some(column), _) => Ok(table.text(column, row)),
            (None, Some(structure)) => Ok(Cow::Borrowed(&structure.formula)),
            (None, None) => {
                Err("the row names no structure file, and there is no formula".to_owned())
            }
        }
    }

    /// Says where a formula and the structure beside it have different compositions; the formula counts.
    fn tell_other_compositions(&mut self, table: &Table) {
        let (Some(structures), Some(column)) = (&self.structures, self.formula_column) else {
            return;
        };
        let composition = |text: &str| matter::formula::parse(text).ok().map(|p| p.composition);
        let differs = |&row: &usize| {
            let Ok(Some(structure)) = structures.get(row) else {
                return false;
            };
            let both = composition(&table.text(column, row)).zip(composition(&structure.formula));
            both.is_some_and(|(a, b)| !a.as_ref().approx_eq(b.as_ref()))
        };
        let rows: Vec<usize> = (0..table.len()).into_par_iter().filter(differs).collect();
        let Some(&first) = rows.first() else { return };
        if let Ok(Some(structure)) = structures.get(first) {
            self.messages.push(format!(
                "{} of the structures have another composition than the formula beside them, which counts (line {}: {}, its structure {})",
                rows.len(),
                table.line(first),
                table.text(column, first),
                structure.formula
            ));
        }
    }

    /// Says which of two is meant where a name is both a column and a property.
    fn tell_shadowed(&mut self, shadowed: &[String], plugins_are_named: bool) {
        let meant = if plugins_are_named {
            "what the plugin predicts"
        } else {
            "the table's column"
        };
        let quantities = self.objectives.iter().map(|(_, q)| q);
        let quantities = quantities.chain(self.constraints.iter().flat_map(|c| &c.quantities));
        let messages = quantities.filter(|q| shadowed.contains(&q.name)).map(|q| {
            format!(
                "{:?} is a column of the table and a property of a plugin: {meant} is used",
                q.name
            )
        });
        self.messages = messages.collect();
        self.messages.dedup();
    }

    /// The same plan with plugins that nothing has been counted against yet.
    pub fn restart(&mut self) -> Result<(), ScreeningError> {
        for plugin in &mut self.plugins {
            if plugin.session.switched_off().is_none() {
                plugin.session = Session::new(plugin.plugin(), plugin.session.parameters())?;
            }
        }
        Ok(())
    }

    /// Plugins that do not take part are gone: number the properties' plugins anew.
    fn renumber(&mut self, used: &[usize]) {
        let all = self.objectives.iter_mut().map(|(_, q)| q);
        for quantity in all.chain(self.constraints.iter_mut().flat_map(|c| &mut c.quantities)) {
            if let Origin::Property { plugin, .. } = &mut quantity.origin
                && let Some(position) = used.iter().position(|u| u == plugin)
            {
                *plugin = position;
            }
        }
    }

    fn mark_deciding(&mut self) {
        let quantities = self.objectives.iter().map(|(_, q)| q);
        for quantity in quantities.chain(self.constraints.iter().flat_map(|c| &c.quantities)) {
            if let Origin::Property { plugin, property } = quantity.origin {
                self.plugins[plugin].decides[property] = true;
            }
        }
        for (_, quantity) in &self.objectives {
            if let Origin::Property { plugin, property } = quantity.origin {
                self.plugins[plugin].counts[property] = true;
            }
        }
        for plugin in &mut self.plugins {
            if !plugin.counts.contains(&true) {
                let properties = &plugin.session.plugin().description().properties;
                plugin.counts = properties.iter().map(|p| p.default_objective).collect();
            }
        }
        if self.by_coverage {
            for plugin in &mut self.plugins {
                let properties = &plugin.session.plugin().description().properties;
                plugin.decides = properties.iter().map(|p| p.default_objective).collect();
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
                let values = self.read_column(table, column, None)?;
                self.columns.insert(column, values);
            }
        }
        Ok(())
    }

    /// The declared objectives of plugin number `plugin` of this plan.
    pub fn declared_objectives(&self, plugin: usize) -> Vec<(Direction, Quantity)> {
        declared(plugin, self.plugins[plugin].plugin())
    }
}

/// Everything that can be named: the properties of all plugins, then the numeric columns of the table; and the names that
/// are both. Of those, the property of a plugin that the user named is meant, otherwise the number that stands in the table.
fn known_quantities(
    table: &Table,
    formula_column: Option<usize>,
    request: &Request,
) -> (Vec<Quantity>, Vec<String>) {
    let properties = request.plugins.iter().enumerate().flat_map(|(plugin, p)| {
        let properties = p.description().properties.iter().enumerate();
        properties.map(move |(property, d)| Quantity {
            name: format!("{}.{}", p.id(), d.name),
            unit: d.unit.clone(),
            origin: Origin::Property { plugin, property },
        })
    });
    let columns = table.columns().iter().enumerate();
    let columns = columns.filter(|&(c, _)| Some(c) != formula_column && table.is_numeric(c));
    let columns = columns.map(|(column, info)| Quantity {
        name: info.name.clone(),
        unit: info.unit.clone().unwrap_or_default(),
        origin: Origin::Column { column },
    });
    let (mut properties, mut columns): (Vec<Quantity>, Vec<Quantity>) =
        (properties.collect(), columns.collect());
    let (winners, losers) = match request.plugins_are_named {
        true => (&properties, &mut columns),
        false => (&columns, &mut properties),
    };
    let shadowed: Vec<String> = losers
        .iter()
        .map(|q| &q.name)
        .filter(|n| winners.iter().any(|w| w.name == **n))
        .cloned()
        .collect();
    losers.retain(|q| !shadowed.contains(&q.name));
    properties.append(&mut columns);
    (properties, shadowed)
}

/// The quantity called `name`; a column that is there but holds no numbers is told apart from a name that is not there.
fn resolve(name: &str, known: &[Quantity], table: &Table) -> Result<Quantity, UnknownQuantity> {
    let error = match find(name, known) {
        Ok(quantity) => return Ok(quantity.clone()),
        Err(error) => error,
    };
    let (UnknownQuantity::Unknown { name, .. }, Ok(column)) = (&error, table.find_column(name))
    else {
        return Err(error);
    };
    let why = match table.numbers(column).bad.first() {
        Some(cell) => format!("line {}: {:?}: {}", cell.line, cell.text, cell.error),
        None => "all its cells are missing".to_owned(),
    };
    Err(UnknownQuantity::NotNumeric {
        name: name.clone(),
        why,
    })
}

fn resolve_objectives(
    objectives: &[Objective],
    known: &[Quantity],
    table: &Table,
) -> Result<Vec<(Direction, Quantity)>, ScreeningError> {
    let objective = |o: &Objective| match resolve(&o.property, known, table) {
        Ok(quantity) => Ok((o.direction, quantity)),
        Err(error) => Err(ScreeningError::Objective {
            objective: o.to_string(),
            error,
        }),
    };
    objectives.iter().map(objective).collect()
}

fn resolve_constraints(
    constraints: &[Constraint],
    known: &[Quantity],
    table: &Table,
) -> Result<Vec<ConstraintPlan>, ScreeningError> {
    let plan = |constraint: &Constraint| {
        let quantities = constraint
            .properties()
            .iter()
            .enumerate()
            .map(|(index, name)| {
                resolve(name, known, table).map_err(|error| {
                    let remedy = match error {
                        UnknownQuantity::Unknown {
                            nearest: Some(nearest),
                            ..
                        } => format!("did you mean `{nearest}`?"),
                        other => other.to_string(),
                    };
                    ScreeningError::Constraint(constraint.unknown_property(index, remedy))
                })
            });
        let quantities: Result<_, ScreeningError> = quantities.collect();
        Ok(ConstraintPlan {
            constraint: constraint.clone(),
            quantities: quantities?,
        })
    };
    constraints.iter().map(plan).collect()
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

fn declared(index: usize, plugin: &Plugin) -> Vec<(Direction, Quantity)> {
    let properties = plugin.description().properties.iter().enumerate();
    let objectives = properties
        .filter(|(_, p)| p.default_objective)
        .map(|(property, p)| {
            let direction = if p.direction == Natural::Minimize {
                Direction::Minimize
            } else {
                Direction::Maximize
            };
            let quantity = Quantity {
                name: format!("{}.{}", plugin.id(), p.name),
                unit: p.unit.clone(),
                origin: Origin::Property {
                    plugin: index,
                    property,
                },
            };
            (direction, quantity)
        });
    objectives.collect()
}
