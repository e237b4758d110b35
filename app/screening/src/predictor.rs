//! What gives properties: plugins, models and the potential, seen alike.

use crate::assessed::{self, Asked, OUTPUTS};
use crate::columns::TableColumn;
use crate::model::ModelPlan;
use crate::quantity::{Origin, Quantity};
use crate::structures::StructureDescriptor;
use crate::{Model, Request, ScreeningError};
use optimize::Direction;
use plugin_host::{Direction as Natural, Plugin, Session};

/// The property of a model that gives exactly zero a probability, as metals have among band gaps.
pub(crate) const ZERO: &str = "probability_of_zero";

/// A plugin, a model or the potential, that may take part.
#[derive(Clone, Debug)]
pub enum Predictor {
    Plugin(Plugin),
    Model(Model),
    Potential(Asked),
}

/// A property that a predictor gives.
pub struct Given<'a> {
    pub name: &'a str,
    pub unit: &'a str,
    /// Ranked by, in this direction, when the user names no objective.
    pub default_objective: Option<Direction>,
    /// Whether its declared range begins at 0.
    pub non_negative: bool,
}

impl Predictor {
    /// Those of a request, in the order in which quantities number them.
    ///
    /// # Errors
    ///
    /// A setting of the potential that is none.
    pub fn all(request: &Request) -> Result<Vec<Self>, ScreeningError> {
        let plugins = request.plugins.iter().cloned().map(Self::Plugin);
        let models = request.models.iter().cloned().map(Self::Model);
        let potential = Asked::of(request)?.map(Self::Potential);
        Ok(plugins.chain(models).chain(potential).collect())
    }

    /// The first part of its properties' names: `battery`.
    pub fn name(&self) -> &str {
        match self {
            Self::Plugin(plugin) => plugin.id(),
            Self::Model(model) => model.name(),
            Self::Potential(_) => assessed::NAME,
        }
    }

    /// What it is, for people: `plugin battery`.
    pub fn title(&self) -> String {
        match self {
            Self::Plugin(plugin) => format!("plugin {}", plugin.id()),
            Self::Model(model) => format!("model {}", model.name()),
            Self::Potential(_) => format!("the potential {}", potential::Model::default()),
        }
    }

    /// Its properties in the order of its columns.
    pub fn properties(&self) -> Vec<Given<'_>> {
        match self {
            Self::Plugin(plugin) => {
                let properties = plugin.description().properties.iter();
                let given = properties.map(|p| Given {
                    name: &p.name,
                    unit: &p.unit,
                    default_objective: p.default_objective.then_some(match p.direction {
                        Natural::Minimize => Direction::Minimize,
                        _ => Direction::Maximize,
                    }),
                    non_negative: p.valid_min == Some(0.0),
                });
                given.collect()
            }
            Self::Model(model) => {
                let own = Given {
                    name: &model.model().about().target,
                    unit: model.unit(),
                    default_objective: None,
                    non_negative: false,
                };
                let zero = model.is_zero_inflated().then_some(Given {
                    name: ZERO,
                    unit: "",
                    default_objective: None,
                    non_negative: false,
                });
                std::iter::once(own).chain(zero).collect()
            }
            Self::Potential(asked) => {
                let given = asked.outputs().map(|at| Given {
                    name: OUTPUTS[at].name,
                    unit: OUTPUTS[at].unit,
                    default_objective: None,
                    non_negative: OUTPUTS[at].non_negative,
                });
                given.collect()
            }
        }
    }

    /// Its properties as predictor number `predictor` of a run.
    pub fn quantities(&self, predictor: usize) -> impl Iterator<Item = (Given<'_>, Quantity)> {
        let properties = self.properties().into_iter().enumerate();
        properties.map(move |(property, given)| {
            let quantity = Quantity {
                name: format!("{}.{}", self.name(), given.name),
                unit: given.unit.to_owned(),
                origin: Origin::Property {
                    predictor,
                    property,
                },
            };
            (given, quantity)
        })
    }

    /// The objectives that it declares.
    pub fn declared(&self, predictor: usize) -> Vec<(Direction, Quantity)> {
        let quantities = self.quantities(predictor);
        let declared =
            quantities.filter_map(|(g, quantity)| Some((g.default_objective?, quantity)));
        declared.collect()
    }
}

/// A column of the table as a plugin wants it: in the plugin's unit.
pub struct PluginInput {
    pub name: String,
    pub unit: String,
    pub values: TableColumn,
}

/// A plugin of the run.
pub struct PluginPlan {
    pub session: Session,
    pub inputs: Vec<PluginInput>,
    /// Descriptors that it wants, by name, and their units; computed chunk by chunk.
    pub descriptors: Vec<(String, &'static str)>,
    /// Descriptors of structures that it wants, with name and unit.
    pub structure_descriptors: Vec<(StructureDescriptor, &'static str, &'static str)>,
    /// Outputs of the potential that it wants: the column's name, and the place in [`OUTPUTS`].
    pub potential: Vec<(String, usize)>,
    /// Whether it is given the structures themselves.
    pub wants_structures: bool,
    /// The models that it carries; it is given what they say, as columns of their names.
    pub models: Vec<ModelPlan>,
}

/// Who predicts, with all that is needed for it.
pub enum Means {
    Plugin(Box<PluginPlan>),
    Model(Box<ModelPlan>),
    /// What the plan's potential says of the structures.
    Potential(Asked),
}

/// One predictor of the run.
pub struct PredictorPlan {
    pub predictor: Predictor,
    pub means: Means,
    /// For each property: whether an objective or a constraint needs it for every candidate.
    pub decides: Vec<bool>,
    /// For each property: whether a candidate must have it for the predictor to count as applying; none: any will do.
    pub counts: Vec<bool>,
}

impl PredictorPlan {
    pub fn new(predictor: Predictor, means: Means) -> Self {
        let none = vec![false; predictor.properties().len()];
        Self {
            predictor,
            means,
            decides: none.clone(),
            counts: none,
        }
    }

    /// The session of a plugin; a model needs none.
    pub fn session(&self) -> Option<&Session> {
        match &self.means {
            Means::Plugin(plan) => Some(&plan.session),
            Means::Model(_) | Means::Potential(_) => None,
        }
    }

    /// For each property, whether it is an objective unless the user names one.
    pub fn declared(&self) -> Vec<bool> {
        let properties = self.predictor.properties();
        properties
            .iter()
            .map(|p| p.default_objective.is_some())
            .collect()
    }
}
