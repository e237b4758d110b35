//! Runs a plugin natively, so that its author's unit tests need no WebAssembly.

use crate::bindings::exports::lodestone::plugin::model as wit;
use crate::{Batch, Description, DomainModel, Parameters, Predictions};
use matter::Compositions;

/// The predictions of a trial, looked up by row and name.
#[derive(Clone, Debug)]
pub struct Table {
    description: Description,
    predictions: Predictions,
}

impl Table {
    /// The value of a property; `None` where it is missing.
    ///
    /// # Panics
    ///
    /// If the plugin declares no such property.
    pub fn value(&self, row: usize, property: &str) -> Option<f64> {
        self.predictions.mean(row, self.index(property))
    }

    /// The standard deviation of a value; `None` where it is unknown or the value missing.
    ///
    /// # Panics
    ///
    /// If the plugin declares no such property.
    pub fn std(&self, row: usize, property: &str) -> Option<f64> {
        self.predictions.std(row, self.index(property))
    }

    /// All notes on a candidate, in the order in which they were made.
    pub fn notes(&self, row: usize) -> Vec<&str> {
        self.predictions.notes(row)
    }

    fn index(&self, property: &str) -> usize {
        match self.description.property_index(property) {
            Some(index) => index,
            None => panic!("the plugin declares no property {property:?}"),
        }
    }
}

/// Predicts for `formulas` with the declared defaults, changed by `parameters` (name, value as on the command line).
///
/// # Errors
///
/// A formula that does not parse, a parameter that is not declared or does not fit, or the plugin's own message.
pub fn predict<M: DomainModel>(
    formulas: &[&str],
    parameters: &[(&str, &str)],
) -> Result<Table, String> {
    Trial::new(formulas)?.parameters(parameters).predict::<M>()
}

/// A trial with numeric input columns beside the formulas.
#[derive(Clone, Debug)]
pub struct Trial {
    batch: wit::Batch,
    parameters: Vec<(String, String)>,
}

impl Trial {
    /// # Errors
    ///
    /// The first formula that does not parse.
    pub fn new(formulas: &[&str]) -> Result<Self, String> {
        let mut all = Compositions::new();
        let mut parser = matter::formula::Parser::new();
        for formula in formulas {
            parser
                .parse_into(formula, &mut all)
                .map_err(|e| format!("{formula}: {e}"))?;
        }
        let compositions = wit::Compositions {
            offsets: all.offsets().to_vec(),
            atomic_numbers: all.atomic_numbers().to_vec(),
            amounts: all.amounts().to_vec(),
        };
        Ok(Self {
            batch: wit::Batch {
                compositions,
                structures: None,
                columns: Vec::new(),
            },
            parameters: Vec::new(),
        })
    }

    /// Adds a column, one number a formula, NaN where missing.
    pub fn column(mut self, name: &str, unit: &str, mean: &[f64]) -> Self {
        self.batch.columns.push(wit::InputColumn {
            name: name.into(),
            unit: unit.into(),
            mean: mean.to_vec(),
            std: None,
        });
        self
    }

    /// Adds a column with standard deviations, as a carried model gives, NaN where unknown.
    pub fn column_with_std(mut self, name: &str, unit: &str, mean: &[f64], std: &[f64]) -> Self {
        self.batch.columns.push(wit::InputColumn {
            name: name.into(),
            unit: unit.into(),
            mean: mean.to_vec(),
            std: Some(std.to_vec()),
        });
        self
    }

    /// Sets parameters, as on the command line.
    pub fn parameters(mut self, parameters: &[(&str, &str)]) -> Self {
        self.parameters
            .extend(parameters.iter().map(|(n, v)| ((*n).into(), (*v).into())));
        self
    }

    /// Runs the plugin.
    ///
    /// # Errors
    ///
    /// A parameter that is not declared or does not fit, or the plugin's own message.
    pub fn predict<M: DomainModel>(self) -> Result<Table, String> {
        let description = M::describe();
        let mut values: Vec<_> = description
            .0
            .parameters
            .iter()
            .map(|p| (p.name.clone(), p.default.clone()))
            .collect();
        for (name, text) in &self.parameters {
            let value = values
                .iter_mut()
                .find(|(n, _)| n == name)
                .ok_or_else(|| format!("no parameter {name}"))?;
            value.1 = match &value.1 {
                wit::ParameterValue::Choice(_) => wit::ParameterValue::Choice(text.clone()),
                wit::ParameterValue::Number(_) => wit::ParameterValue::Number(
                    text.parse()
                        .map_err(|_| format!("{name}: {text} is no number"))?,
                ),
                wit::ParameterValue::Flag(_) => wit::ParameterValue::Flag(text == "true"),
            };
        }
        let predictions = M::predict(&Batch::from_wit(self.batch), &Parameters::from_wit(values))?;
        Ok(Table {
            description,
            predictions,
        })
    }
}
