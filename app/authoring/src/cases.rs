//! A file of cases: what a plugin is given, and what its author expects of it.

use std::path::Path;

use job::Job;
use matter::{CompositionRef, Compositions, formula};
use plugin_host::{Description, Need, ParameterValue};
use table::{ReadOptions, Source, Table, convert_factor};

use crate::error::AuthoringError;
use crate::expectation::{self, EXACT, Expected, Scale, Tolerance};

/// The cases of one file, a row each.
pub(crate) struct CaseFile {
    /// As messages name it.
    pub name: String,
    pub cases: Vec<Case>,
    pub compositions: Compositions,
    pub inputs: Vec<Input>,
}

/// One row: the settings it is run under and what is expected.
pub(crate) struct Case {
    pub line: u64,
    /// As written; empty where the plugin reads no composition.
    pub formula: String,
    pub settings: Vec<(String, ParameterValue)>,
    pub expectations: Vec<Expectation>,
    /// Words that one of the notes must hold.
    pub note: Option<String>,
}

/// What is expected of one property.
pub(crate) struct Expectation {
    /// Index in the description.
    pub property: usize,
    pub of: Of,
    pub expected: Expected,
    pub tolerance: Tolerance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Mean,
    Std,
}

/// An input column, in the plugin's unit.
pub(crate) struct Input {
    pub name: String,
    pub unit: String,
    pub mean: Vec<f64>,
    pub std: Option<Vec<f64>>,
}

/// What the columns of a file are.
#[derive(Default)]
struct Layout {
    formula: Option<usize>,
    note: Option<usize>,
    /// Column and parameter's name.
    settings: Vec<(usize, String)>,
    /// Column, property, scale.
    expected: Vec<(usize, usize, Scale)>,
    std: Vec<(usize, usize, Scale)>,
    tolerance: Vec<(usize, usize, Result<Scale, String>)>,
    /// Column and the input's unit.
    inputs: Vec<(usize, String)>,
}

/// Columns that are for people.
const REMARKS: [&str; 3] = ["comment", "name", "source"];

/// Reads a file of cases for the plugin that describes itself so.
pub(crate) fn read(
    path: &Path,
    name: &str,
    description: &Description,
    job: &Job,
) -> Result<CaseFile, AuthoringError> {
    let table = Table::read(
        &Source::from_argument(path.as_os_str()),
        &ReadOptions::default(),
        job,
    )?;
    let reader = Reader {
        table: &table,
        name,
        description,
    };
    reader.read()
}

struct Reader<'a> {
    table: &'a Table,
    name: &'a str,
    description: &'a Description,
}

impl Reader<'_> {
    fn wrong(&self, line: Option<u64>, column: Option<usize>, why: String) -> AuthoringError {
        AuthoringError::Cases {
            file: self.name.to_owned(),
            line,
            column: column.map(|c| self.table.columns()[c].header.clone()),
            why,
        }
    }

    fn read(&self) -> Result<CaseFile, AuthoringError> {
        if let Some(row) = self.table.rejected().first() {
            return Err(self.wrong(Some(row.line), None, row.reason.to_string()));
        }
        let layout = self.layout()?;
        let mut compositions = Compositions::new();
        let mut parser = formula::Parser::new();
        let mut cases = Vec::with_capacity(self.table.len());
        for row in 0..self.table.len() {
            let formula = self.formula(row, &layout, &mut parser, &mut compositions)?;
            cases.push(self.case(row, formula, &layout)?);
        }
        let mut inputs = Vec::new();
        for (column, unit) in &layout.inputs {
            inputs.push(self.input(*column, unit)?);
        }
        inputs.extend(self.descriptors(&compositions, &inputs)?);
        Ok(CaseFile {
            name: self.name.to_owned(),
            cases,
            compositions,
            inputs,
        })
    }

    /// What each column is; one that is nothing is a mistake, not a remark.
    fn layout(&self) -> Result<Layout, AuthoringError> {
        let wanted = &self.description.inputs;
        let mut layout = Layout::default();
        let columns = self.table.columns();
        for (column, info) in columns.iter().enumerate() {
            let unit = info.unit.as_deref();
            let name = info.name.as_str();
            if let Some(input) = wanted.columns.iter().find(|c| c.name == name) {
                layout.inputs.push((column, input.unit.clone()));
            } else if wanted.descriptors.iter().any(|d| d == name) {
                let known = descriptor::named(name).map_or("", |d| d.unit);
                layout.inputs.push((column, known.to_owned()));
            } else if wanted.potential.iter().any(|p| p == name) {
                let unit = unit.unwrap_or_default();
                layout.inputs.push((column, unit.to_owned()));
            } else if let Some((kind, of)) = name.split_once(':') {
                self.keyed(&mut layout, column, kind.trim(), of.trim())?;
            } else if name.eq_ignore_ascii_case("formula") {
                layout.formula = Some(column);
            } else if name.eq_ignore_ascii_case("note") {
                layout.note = Some(column);
            } else if !REMARKS.contains(&name) && !self.is_std_of_an_input(name) {
                return Err(self.wrong(None, Some(column), self.unknown_column()));
            }
        }
        if wanted.composition == Need::Required && layout.formula.is_none() {
            let why = "the plugin reads compositions: a column `formula` is missing";
            return Err(self.wrong(None, None, why.into()));
        }
        if wanted.structure == Need::Required {
            let why = "the plugin needs crystal structures, which a file of cases does not hold";
            return Err(self.wrong(None, None, why.into()));
        }
        for input in wanted.columns.iter().filter(|c| c.need == Need::Required) {
            if columns.iter().all(|c| c.name != input.name) {
                let why = format!(
                    "the plugin needs a column {}",
                    label(&input.name, &input.unit)
                );
                return Err(self.wrong(None, None, why));
            }
        }
        if layout.expected.is_empty() && layout.std.is_empty() && layout.note.is_none() {
            let why = "it expects nothing: a column such as expect:PROPERTY [unit] is missing";
            return Err(self.wrong(None, None, why.into()));
        }
        Ok(layout)
    }

    /// A column `kind:of`.
    fn keyed(
        &self,
        layout: &mut Layout,
        column: usize,
        kind: &str,
        of: &str,
    ) -> Result<(), AuthoringError> {
        let wrong = |why| self.wrong(None, Some(column), why);
        let unit = self.table.columns()[column].unit.as_deref();
        if kind == "set" {
            let known = &self.description.parameters;
            if known.iter().all(|p| p.name != of) {
                let names = known.iter().map(|p| p.name.as_str());
                return Err(wrong(format!(
                    "the plugin has no parameter {of:?}; {}",
                    it_has(names)
                )));
            }
            layout.settings.push((column, of.to_owned()));
            return Ok(());
        }
        if !["expect", "std", "tolerance"].contains(&kind) {
            return Err(wrong(self.unknown_column()));
        }
        let Some(index) = self.description.property_index(of) else {
            let names = self.description.properties.iter().map(|p| p.name.as_str());
            return Err(wrong(format!(
                "the plugin gives no property {of:?}; {}",
                it_has(names)
            )));
        };
        let scale = Scale::between(unit, &self.description.properties[index].unit);
        match kind {
            "expect" => layout.expected.push((column, index, scale.map_err(wrong)?)),
            "std" => layout.std.push((column, index, scale.map_err(wrong)?)),
            _ => layout.tolerance.push((column, index, scale)),
        }
        Ok(())
    }

    fn is_std_of_an_input(&self, name: &str) -> bool {
        let of = name.strip_suffix("_std");
        of.is_some_and(|of| self.description.inputs.columns.iter().any(|c| c.name == of))
    }

    fn unknown_column(&self) -> String {
        let wanted = &self.description.inputs;
        let inputs = wanted.columns.iter().map(|c| label(&c.name, &c.unit));
        let given = wanted.descriptors.iter().chain(&wanted.potential);
        let inputs: Vec<String> = inputs.chain(given.cloned()).collect();
        let inputs = match inputs.is_empty() {
            true => String::new(),
            false => format!("{}, ", inputs.join(", ")),
        };
        format!(
            "this is nothing that a case has: formula, {inputs}set:PARAMETER, expect:PROPERTY [unit], \
             std:PROPERTY [unit], tolerance:PROPERTY [unit], note, {}",
            REMARKS.join(", ")
        )
    }

    /// Adds the row's composition and gives its formula.
    fn formula(
        &self,
        row: usize,
        layout: &Layout,
        parser: &mut formula::Parser,
        compositions: &mut Compositions,
    ) -> Result<String, AuthoringError> {
        let empty = CompositionRef {
            atomic_numbers: &[],
            amounts: &[],
        };
        let Some(column) = layout.formula else {
            compositions.push(empty);
            return Ok(String::new());
        };
        let text = self.table.text(column, row);
        if text.trim().is_empty() && self.description.inputs.composition != Need::Required {
            compositions.push(empty);
            return Ok(String::new());
        }
        match parser.parse_into(&text, compositions) {
            Ok(_) => Ok(text.trim().to_owned()),
            Err(e) => Err(self.wrong(
                Some(self.table.line(row)),
                Some(column),
                format!("{text:?}: {e}"),
            )),
        }
    }

    fn case(&self, row: usize, formula: String, layout: &Layout) -> Result<Case, AuthoringError> {
        let line = self.table.line(row);
        let comma = self.table.has_decimal_comma();
        let wrong = |column: usize| move |why: String| self.wrong(Some(line), Some(column), why);
        let cell = |column: usize| self.table.text(column, row);
        let mut settings = Vec::new();
        for (column, parameter) in &layout.settings {
            let text = cell(*column);
            if !text.trim().is_empty() {
                let value = self.description.parse_parameter(parameter, &text);
                let value = value.map_err(|e| wrong(*column)(e.to_string()))?;
                settings.push((parameter.clone(), value));
            }
        }
        let mut tolerances = Vec::new();
        for (column, property, scale) in &layout.tolerance {
            let tolerance =
                expectation::tolerance(&cell(*column), scale, comma).map_err(wrong(*column))?;
            tolerances.extend(tolerance.map(|t| (*property, t)));
        }
        let mut expectations = Vec::new();
        for (of, columns) in [(Of::Mean, &layout.expected), (Of::Std, &layout.std)] {
            for &(column, property, scale) in columns {
                let text = cell(column);
                let expected = match of {
                    Of::Mean => expectation::value(&text, scale, comma),
                    Of::Std => expectation::std(&text, scale, comma),
                };
                let Some(expected) = expected.map_err(wrong(column))? else {
                    continue;
                };
                let own = tolerances.iter().find(|(p, _)| *p == property);
                expectations.push(Expectation {
                    property,
                    of,
                    expected,
                    tolerance: own.map_or(EXACT, |(_, t)| *t),
                });
            }
        }
        let note = layout.note.map(|column| cell(column).trim().to_owned());
        let note = note.filter(|words| !words.is_empty());
        if expectations.is_empty() && note.is_none() {
            return Err(self.wrong(Some(line), None, "this case expects nothing".into()));
        }
        Ok(Case {
            line,
            formula,
            settings,
            expectations,
            note,
        })
    }

    /// An input column and, where there is a column `NAME_std`, its standard deviations.
    fn input(&self, column: usize, unit: &str) -> Result<Input, AuthoringError> {
        let info = &self.table.columns()[column];
        let own = info.unit.as_deref();
        let std = format!("{}_std", info.name);
        let std = self.table.columns().iter().position(|c| c.name == std);
        let std = match std {
            Some(std) => {
                let own = self.table.columns()[std].unit.as_deref().or(own);
                Some(self.numbers(std, own, unit, |c, x| c.apply_std(x))?)
            }
            None => None,
        };
        Ok(Input {
            name: info.name.clone(),
            unit: unit.to_owned(),
            mean: self.numbers(column, own, unit, |c, x| c.apply(x))?,
            std,
        })
    }

    /// The descriptors that the plugin asks for and the file does not give, computed as for a ranking.
    fn descriptors(
        &self,
        compositions: &Compositions,
        given: &[Input],
    ) -> Result<Vec<Input>, AuthoringError> {
        let wanted = self.description.inputs.descriptors.iter();
        let wanted: Vec<&String> = wanted
            .filter(|name| given.iter().all(|i| i.name != **name))
            .collect();
        let mut units = Vec::new();
        for name in &wanted {
            let Some(known) = descriptor::named(name) else {
                let why =
                    format!("the plugin asks for the descriptor {name:?}, which is not known");
                return Err(self.wrong(None, None, why));
            };
            units.push(known.unit);
        }
        let columns = descriptor::compute(&wanted, compositions);
        let inputs = wanted.iter().zip(units).zip(columns);
        Ok(inputs
            .map(|((name, unit), mean)| Input {
                name: (*name).clone(),
                unit: unit.to_owned(),
                mean,
                std: None,
            })
            .collect())
    }

    fn numbers(
        &self,
        column: usize,
        own: Option<&str>,
        unit: &str,
        convert: fn(&table::Conversion, f64) -> f64,
    ) -> Result<Vec<f64>, AuthoringError> {
        let numbers = self.table.numbers(column);
        if let Some(bad) = numbers.bad.first() {
            let why = format!("{:?}: {}", bad.text, bad.error);
            return Err(self.wrong(Some(bad.line), Some(column), why));
        }
        let mut values = numbers.values;
        match own {
            Some(own) if own != unit => {
                let conversion = convert_factor(own, unit)
                    .map_err(|e| self.wrong(None, Some(column), e.to_string()))?;
                for value in &mut values {
                    *value = convert(&conversion, *value);
                }
            }
            None if !unit.is_empty() => {
                let why = format!("it must state its unit, as in [{unit}]");
                return Err(self.wrong(None, Some(column), why));
            }
            _ => {}
        }
        Ok(values)
    }
}

/// `name [unit]`, or the name alone for a pure number.
pub(crate) fn label(name: &str, unit: &str) -> String {
    match unit {
        "" => name.to_owned(),
        unit => format!("{name} [{unit}]"),
    }
}

fn it_has<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.is_empty() {
        true => "it has none".to_owned(),
        false => format!("it has: {}", names.join(", ")),
    }
}
