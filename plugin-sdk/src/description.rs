//! How a plugin says what it is: builders over the interface's records.

use crate::bindings::exports::lodestone::plugin::model as wit;
use std::ops::RangeInclusive;

/// Whether the plugin uses a kind of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Used where the user has it.
    Optional,
    /// A candidate without it gets no prediction.
    Required,
}

impl From<Need> for wit::Need {
    fn from(need: Need) -> Self {
        match need {
            Need::Optional => Self::Optional,
            Need::Required => Self::Required,
        }
    }
}

/// What a plugin says of itself; see the example of the crate.
#[derive(Clone, Debug)]
pub struct Description(pub(crate) wit::Description);

impl Description {
    /// `id`: lower-case letters, digits and underscores; `version`: semantic.
    pub fn new(id: &str, version: &str) -> Self {
        Self(wit::Description {
            id: id.into(),
            version: version.into(),
            summary: String::new(),
            domain: String::new(),
            licence: String::new(),
            authors: Vec::new(),
            citation: String::new(),
            inputs: wit::WantedInputs {
                composition: wit::Need::Unused,
                structure: wit::Need::Unused,
                columns: Vec::new(),
                descriptors: Vec::new(),
                potential: Vec::new(),
            },
            parameters: Vec::new(),
            properties: Vec::new(),
            extensions: Vec::new(),
        })
    }

    /// One line for people.
    pub fn summary(mut self, text: &str) -> Self {
        self.0.summary = text.into();
        self
    }

    /// Which candidates the plugin applies to, and which not.
    pub fn domain(mut self, text: &str) -> Self {
        self.0.domain = text.into();
        self
    }

    /// SPDX expression: `Apache-2.0 OR MIT`.
    pub fn licence(mut self, spdx: &str) -> Self {
        self.0.licence = spdx.into();
        self
    }

    /// Adds an author.
    pub fn author(mut self, name: &str) -> Self {
        self.0.authors.push(name.into());
        self
    }

    /// How to cite the plugin.
    pub fn citation(mut self, text: &str) -> Self {
        self.0.citation = text.into();
        self
    }

    /// The plugin reads compositions.
    pub fn composition(mut self, need: Need) -> Self {
        self.0.inputs.composition = need.into();
        self
    }

    /// The plugin reads crystal structures.
    pub fn structure(mut self, need: Need) -> Self {
        self.0.inputs.structure = need.into();
        self
    }

    /// The plugin reads a numeric column of the user's table, matched by name and converted to `unit`.
    pub fn column(mut self, name: &str, unit: &str, summary: &str, need: Need) -> Self {
        self.0.inputs.columns.push(wit::WantedColumn {
            name: name.into(),
            unit: unit.into(),
            summary: summary.into(),
            need: need.into(),
        });
        self
    }

    /// The plugin reads a descriptor of the host's, given as a column of its name, NaN where it is not known.
    pub fn descriptor(mut self, name: &str) -> Self {
        self.0.inputs.descriptors.push(name.into());
        self
    }

    /// The plugin reads an output of the host's potential, given as a column of its name: `potential_magnetization`. NaN where
    /// the candidate has no structure, or nobody asked the potential, which takes seconds a structure.
    pub fn potential(mut self, name: &str) -> Self {
        self.0.inputs.potential.push(name.into());
        self
    }

    /// Adds a parameter that a user may set.
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.0.parameters.push(parameter.0);
        self
    }

    /// Adds a property; its index is the number of those added before.
    pub fn property(mut self, property: Property) -> Self {
        self.0.properties.push(property.0);
        self
    }

    /// Adds a remark under a key. The host shows it, and acts upon one key alone: `needs:MODEL` says of which candidates a
    /// carried model is asked, by groups of elements of each of which they must hold one, as in `Li Na K; Fe Mn`. For all
    /// others the model's column is missing. Models of which few candidates need an answer cost next to nothing this way.
    pub fn extension(mut self, key: &str, value: &str) -> Self {
        self.0.extensions.push((key.into(), value.into()));
        self
    }

    /// The index of the property called `name`.
    pub fn property_index(&self, name: &str) -> Option<usize> {
        self.0.properties.iter().position(|p| p.name == name)
    }

    #[doc(hidden)]
    pub fn into_wit(self) -> wit::Description {
        self.0
    }
}

/// A setting of the plugin, constant over a run.
#[derive(Clone, Debug)]
pub struct Parameter(wit::Parameter);

impl Parameter {
    fn new(
        name: &str,
        unit: &str,
        summary: &str,
        kind: wit::ParameterKind,
        default: wit::ParameterValue,
    ) -> Self {
        Self(wit::Parameter {
            name: name.into(),
            unit: unit.into(),
            summary: summary.into(),
            kind,
            default,
        })
    }

    /// A number in a closed range; `unit` is empty for a pure number.
    pub fn number(
        name: &str,
        unit: &str,
        range: RangeInclusive<f64>,
        default: f64,
        summary: &str,
    ) -> Self {
        let kind = wit::ParameterKind::Number((*range.start(), *range.end()));
        Self::new(
            name,
            unit,
            summary,
            kind,
            wit::ParameterValue::Number(default),
        )
    }

    /// One of several words.
    pub fn choice(name: &str, words: &[&str], default: &str, summary: &str) -> Self {
        let kind = wit::ParameterKind::Choice(words.iter().map(|&w| w.into()).collect());
        Self::new(
            name,
            "",
            summary,
            kind,
            wit::ParameterValue::Choice(default.into()),
        )
    }

    /// Yes or no.
    pub fn flag(name: &str, default: bool, summary: &str) -> Self {
        Self::new(
            name,
            "",
            summary,
            wit::ParameterKind::Flag,
            wit::ParameterValue::Flag(default),
        )
    }
}

/// A property that the plugin gives: a column of means and standard deviations.
#[derive(Clone, Debug)]
pub struct Property(wit::Property);

impl Property {
    /// `name`: lower-case letters, digits and underscores; `unit` as the field writes it, empty for a pure number.
    /// Without further calls it is a prediction without a preferred direction.
    pub fn new(name: &str, unit: &str, summary: &str) -> Self {
        Self(wit::Property {
            name: name.into(),
            unit: unit.into(),
            summary: summary.into(),
            direction: wit::Direction::None,
            default_objective: false,
            origin: wit::Origin::Predicted,
            method: String::new(),
            source: String::new(),
            uncertainty: String::new(),
            valid_min: None,
            valid_max: None,
        })
    }

    /// More is better.
    pub fn maximize(mut self) -> Self {
        self.0.direction = wit::Direction::Maximize;
        self
    }

    /// Less is better.
    pub fn minimize(mut self) -> Self {
        self.0.direction = wit::Direction::Minimize;
        self
    }

    /// Ranked by when the user names no objective; needs a direction.
    pub fn default_objective(mut self) -> Self {
        self.0.default_objective = true;
        self
    }

    /// Values are arithmetic on the input alone.
    pub fn exact(mut self) -> Self {
        self.0.origin = wit::Origin::Exact;
        self
    }

    /// Values are looked-up experiments.
    pub fn measured(mut self) -> Self {
        self.0.origin = wit::Origin::Measured;
        self
    }

    /// Values are looked-up simulations.
    pub fn computed(mut self) -> Self {
        self.0.origin = wit::Origin::Computed;
        self
    }

    /// Values are a model's estimates.
    pub fn predicted(mut self) -> Self {
        self.0.origin = wit::Origin::Predicted;
        self
    }

    /// How it is obtained, with the figures of its validation.
    pub fn method(mut self, text: &str) -> Self {
        self.0.method = text.into();
        self
    }

    /// Data sets and papers it rests on.
    pub fn source(mut self, text: &str) -> Self {
        self.0.source = text.into();
        self
    }

    /// What the standard deviation means, or why there is none.
    pub fn uncertainty(mut self, text: &str) -> Self {
        self.0.uncertainty = text.into();
        self
    }

    /// Values outside of `min..=max` are withheld by the host, as missing with a reason.
    pub fn range(mut self, min: f64, max: f64) -> Self {
        self.0.valid_min = Some(min);
        self.0.valid_max = Some(max);
        self
    }

    /// The name, to look up in tests and messages.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}
