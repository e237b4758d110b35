//! What the names in objectives and constraints mean.

use crate::plan::ConstraintPlan;
use crate::predictor::Predictor;
use crate::quantity::{Origin, Quantity, find};
use crate::{Request, ScreeningError, UnknownQuantity};
use optimize::{Constraint, Direction, Objective};
use table::Table;

/// Everything that can be named: the properties of all plugins and models, then the numeric columns of the table; and the names that
/// are both. Of those, the property of a plugin or model that the user named is meant, otherwise the number that stands in the table.
pub fn known_quantities(
    table: &Table,
    formula_column: Option<usize>,
    predictors: &[Predictor],
    request: &Request,
) -> (Vec<Quantity>, Vec<String>) {
    let properties = predictors.iter().enumerate();
    let properties = properties.flat_map(|(index, p)| p.quantities(index).map(|(_, q)| q));
    let columns = table.columns().iter().enumerate();
    let columns = columns.filter(|&(c, _)| Some(c) != formula_column && table.is_numeric(c));
    let columns = columns.map(|(column, info)| Quantity {
        name: info.name.clone(),
        unit: info.unit.clone().unwrap_or_default(),
        origin: Origin::Column { column },
    });
    let (mut properties, mut columns): (Vec<Quantity>, Vec<Quantity>) =
        (properties.collect(), columns.collect());
    let named = request.plugins_are_named || !request.models.is_empty();
    let (winners, losers) = match named {
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

pub fn resolve_objectives(
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

pub fn resolve_constraints(
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
