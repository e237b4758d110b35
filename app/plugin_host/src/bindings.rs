//! The interface in wasmtime's types, one module for each released version, and the way to and from plain types.

pub(crate) mod v0_1 {
    wasmtime::component::bindgen!({
        path: "../../plugin-sdk/wit/v0.1",
        world: "domain-model",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}

pub(crate) use v0_1::exports::lodestone::plugin::model as wire;

use crate::description as plain;

impl From<wire::Description> for plain::Description {
    fn from(d: wire::Description) -> Self {
        Self {
            id: d.id,
            version: d.version,
            summary: d.summary,
            domain: d.domain,
            licence: d.licence,
            authors: d.authors,
            citation: d.citation,
            inputs: plain::WantedInputs {
                composition: d.inputs.composition.into(),
                structure: d.inputs.structure.into(),
                columns: d.inputs.columns.into_iter().map(Into::into).collect(),
                descriptors: d.inputs.descriptors,
                potential: d.inputs.potential,
            },
            parameters: d.parameters.into_iter().map(Into::into).collect(),
            properties: d.properties.into_iter().map(Into::into).collect(),
            extensions: d.extensions,
        }
    }
}

impl From<wire::WantedColumn> for plain::WantedColumn {
    fn from(c: wire::WantedColumn) -> Self {
        Self {
            name: c.name,
            unit: c.unit,
            summary: c.summary,
            need: c.need.into(),
        }
    }
}

impl From<wire::Need> for plain::Need {
    fn from(n: wire::Need) -> Self {
        match n {
            wire::Need::Unused => Self::Unused,
            wire::Need::Optional => Self::Optional,
            wire::Need::Required => Self::Required,
        }
    }
}

impl From<wire::Property> for plain::Property {
    fn from(p: wire::Property) -> Self {
        Self {
            name: p.name,
            unit: p.unit,
            summary: p.summary,
            direction: match p.direction {
                wire::Direction::Maximize => plain::Direction::Maximize,
                wire::Direction::Minimize => plain::Direction::Minimize,
                wire::Direction::None => plain::Direction::None,
            },
            default_objective: p.default_objective,
            origin: match p.origin {
                wire::Origin::Exact => plain::Origin::Exact,
                wire::Origin::Measured => plain::Origin::Measured,
                wire::Origin::Computed => plain::Origin::Computed,
                wire::Origin::Predicted => plain::Origin::Predicted,
            },
            method: p.method,
            source: p.source,
            uncertainty: p.uncertainty,
            valid_min: p.valid_min,
            valid_max: p.valid_max,
        }
    }
}

impl From<wire::Parameter> for plain::Parameter {
    fn from(p: wire::Parameter) -> Self {
        Self {
            name: p.name,
            unit: p.unit,
            summary: p.summary,
            kind: match p.kind {
                wire::ParameterKind::Number((min, max)) => {
                    plain::ParameterKind::Number { min, max }
                }
                wire::ParameterKind::Choice(words) => plain::ParameterKind::Choice { words },
                wire::ParameterKind::Flag => plain::ParameterKind::Flag,
            },
            default: match p.default {
                wire::ParameterValueResult::Number(x) => plain::ParameterValue::Number(x),
                wire::ParameterValueResult::Choice(word) => plain::ParameterValue::Choice(word),
                wire::ParameterValueResult::Flag(yes) => plain::ParameterValue::Flag(yes),
            },
        }
    }
}

/// The value as `predict` takes it.
pub(crate) fn wire_from_parameter(value: &plain::ParameterValue) -> wire::ParameterValueParam<'_> {
    match value {
        plain::ParameterValue::Number(x) => wire::ParameterValueParam::Number(*x),
        plain::ParameterValue::Choice(word) => wire::ParameterValueParam::Choice(word),
        plain::ParameterValue::Flag(yes) => wire::ParameterValueParam::Flag(*yes),
    }
}
