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
            value.1 = parse(&description.0.parameters, name, text)?;
        }
        let predictions = M::predict(&Batch::from_wit(self.batch), &Parameters::from_wit(values))?;
        Ok(Table {
            description,
            predictions,
        })
    }
}

/// A parameter's value from text, by the rules of the program that runs plugins.
fn parse(
    parameters: &[wit::Parameter],
    name: &str,
    text: &str,
) -> Result<wit::ParameterValue, String> {
    let declared = parameters.iter().find(|p| p.name == name);
    let kind = &declared.ok_or_else(|| format!("no parameter {name}"))?.kind;
    let text = text.trim();
    let refused = |wanted: String| Err(format!("{name} = {text}: must be {wanted}"));
    match kind {
        wit::ParameterKind::Number((min, max)) => match text.parse::<f64>() {
            Ok(x) if x.is_finite() && (*min..=*max).contains(&x) => {
                Ok(wit::ParameterValue::Number(x))
            }
            _ => refused(format!("a number from {min} to {max}")),
        },
        wit::ParameterKind::Choice(words) => match words.iter().any(|word| word == text) {
            true => Ok(wit::ParameterValue::Choice(text.to_owned())),
            false => refused(format!("one of: {}", words.join(", "))),
        },
        wit::ParameterKind::Flag => match text.to_ascii_lowercase().as_str() {
            "yes" | "true" | "on" | "1" => Ok(wit::ParameterValue::Flag(true)),
            "no" | "false" | "off" | "0" => Ok(wit::ParameterValue::Flag(false)),
            _ => refused("yes or no".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Need, Parameter, Property};

    struct Told;

    impl DomainModel for Told {
        fn describe() -> Description {
            Description::new("told", "0.1.0")
                .composition(Need::Required)
                .parameter(Parameter::number("share", "", 0.0..=1.0, 0.5, "a share"))
                .parameter(Parameter::choice(
                    "state",
                    &["cold", "hot"],
                    "cold",
                    "a state",
                ))
                .parameter(Parameter::flag("wet", false, "whether it is wet"))
                .property(Property::new("code", "", "what the parameters are"))
        }

        fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
            let mut out = Predictions::new(&Self::describe(), batch.len());
            let hot = f64::from(u8::from(parameters.choice("state") == "hot"));
            let wet = f64::from(u8::from(parameters.flag("wet")));
            out.set(
                0,
                0,
                parameters.number("share") + 10.0 * hot + 100.0 * wet,
                0.0,
            );
            Ok(out)
        }
    }

    #[test]
    fn parameters_are_read_as_the_program_reads_them() {
        let code = |parameters: &[(&str, &str)]| {
            let table = predict::<Told>(&["Fe"], parameters)?;
            table.value(0, "code").ok_or("no value".to_owned())
        };
        assert_eq!(code(&[]), Ok(0.5));
        assert_eq!(code(&[("share", " 1 "), ("state", "hot")]), Ok(11.0));
        for yes in ["yes", "true", "On", "1"] {
            assert_eq!(code(&[("wet", yes)]), Ok(100.5), "{yes}");
        }
        for no in ["no", "false", "OFF", "0"] {
            assert_eq!(code(&[("wet", no)]), Ok(0.5), "{no}");
        }
        for (name, value, says) in [
            ("share", "1.5", "a number from 0 to 1"),
            ("share", "nan", "a number from 0 to 1"),
            ("share", "much", "a number from 0 to 1"),
            ("state", "warm", "one of: cold, hot"),
            ("wet", "very", "yes or no"),
            ("colour", "red", "no parameter colour"),
        ] {
            let error = code(&[(name, value)]).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
