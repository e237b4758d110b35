//! What the universal potential says of the candidates' structures, as columns `potential.energy_above_hull` and the like: computed
//! once a structure, before the chunks, and kept in the user's cache.

mod cache;
mod outputs;

pub(crate) use outputs::{OUTPUTS, Output};

use crate::structures::Candidate;
use crate::{Request, ScreeningError, Structures};
use cache::Cache;
use job::Job;
use outputs::Values;
use plugin_host::{PropertyColumn, Spread};
use potential::phases::Phases;
use potential::{Model, Potential, PotentialError, Precision};
use rayon::prelude::*;
use std::collections::HashMap;

/// The first part of the columns' names.
pub(crate) const NAME: &str = "potential";

/// Whose the numbers of a column of this name are, where it is the potential's, in this program or in a table that it wrote.
pub fn citation(column: &str) -> Option<&'static str> {
    let rest = column.strip_prefix(NAME)?.strip_prefix('.')?;
    let name = rest.strip_suffix("_std").unwrap_or(rest);
    Output::named(name).map(|_| Model::CITATION)
}

/// What is wanted of the potential in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Structures are taken as they are.
    as_given: bool,
    /// What inserted ions give too, for which many structures more are relaxed.
    insertion: bool,
}

impl Asked {
    /// What a request asks of the potential; none where it does not: it takes seconds a structure, so that nobody's objectives,
    /// constraints or settings are answered who did not speak of it.
    ///
    /// # Errors
    ///
    /// A setting of the potential that is none.
    pub fn of(request: &Request) -> Result<Option<Self>, ScreeningError> {
        let objectives = request.objectives.iter().map(|o| o.property.as_str());
        let constraints = request.constraints.iter().flat_map(|c| c.properties());
        let spoken_of: Vec<&str> = objectives
            .chain(constraints.map(String::as_str))
            .map(str::trim)
            .collect();
        let named: Vec<&str> = spoken_of
            .iter()
            .filter_map(|name| name.strip_prefix(NAME)?.strip_prefix('.'))
            .collect();
        let (mut as_given, mut compute) = (false, !named.is_empty());
        for setting in request.settings.iter().filter(|s| s.plugin == NAME) {
            let yes = match setting.value.as_str() {
                "yes" | "true" => true,
                "no" | "false" => false,
                _ => return Err(wrong(setting)),
            };
            match setting.parameter.as_str() {
                "compute" => compute |= yes,
                "relax" => as_given = !yes,
                _ => return Err(wrong(setting)),
            }
        }
        // Plugins that only stand by ask nothing.
        let takes_part = |plugin: &&plugin_host::Plugin| {
            let own = |name: &&str| {
                let (first, rest) = name.split_once('.').unwrap_or((plugin.id(), name));
                let properties = &plugin.description().properties;
                first == plugin.id() && properties.iter().any(|p| rest.starts_with(&p.name))
            };
            request.plugins_are_named
                || request.settings.iter().any(|s| s.plugin == plugin.id())
                || spoken_of.iter().any(own)
        };
        let of_plugins = request.plugins.iter().filter(takes_part).flat_map(wanted);
        let all = of_plugins.chain(named);
        let of_insertion = |name: &str| {
            // With its unit, or without.
            let bare = name.split(" [").next().unwrap_or(name);
            Output::named(bare).is_some_and(|at| OUTPUTS[at].insertion)
        };
        let insertion = all.filter(|name| of_insertion(name)).count() > 0;
        Ok(compute.then_some(Self {
            as_given,
            insertion,
        }))
    }

    /// The outputs that are computed, by their places in [`OUTPUTS`].
    pub fn outputs(self) -> impl Iterator<Item = usize> {
        (0..OUTPUTS.len()).filter(move |&at| self.insertion || !OUTPUTS[at].insertion)
    }
}

/// The outputs that a plugin wants, without the prefix of their columns.
fn wanted(plugin: &plugin_host::Plugin) -> impl Iterator<Item = &str> {
    let names = plugin.description().inputs.potential.iter();
    names.filter_map(|name| name.strip_prefix(outputs::PREFIX))
}

/// The columns that plugins may ask for.
pub(crate) fn column_names() -> String {
    let names = OUTPUTS
        .iter()
        .map(|output| format!("{}{}", outputs::PREFIX, output.name));
    names.collect::<Vec<_>>().join(", ")
}

fn wrong(setting: &crate::Setting) -> ScreeningError {
    ScreeningError::PotentialSetting(format!(
        "{}.{}={}",
        setting.plugin, setting.parameter, setting.value
    ))
}

/// What the potential said of the rows of a table.
#[derive(Default)]
pub(crate) struct Assessed {
    said: Vec<Said>,
    /// For each row, which of them.
    of_row: Vec<Option<u32>>,
}

/// What it said of one structure.
type Said = (Values, Vec<String>);

impl Assessed {
    /// Asks for all structures of the rows, on all threads, the cache first.
    ///
    /// # Errors
    ///
    /// Cancelled. A structure that the potential refuses has no values and a note.
    pub fn new(
        asked: Asked,
        structures: &Structures,
        rows: usize,
        job: &Job,
    ) -> Result<Self, ScreeningError> {
        let mut candidates: Vec<&Candidate> = Vec::new();
        let mut known: HashMap<*const Candidate, u32> = HashMap::new();
        let mut of_row = vec![None; rows];
        for (row, which) in of_row.iter_mut().enumerate() {
            if let Ok(Some(candidate)) = structures.get(row) {
                let next = candidates.len() as u32;
                *which = Some(*known.entry(candidate).or_insert_with(|| {
                    candidates.push(candidate);
                    next
                }));
            }
        }
        if candidates.is_empty() {
            return Ok(Self {
                said: Vec::new(),
                of_row,
            });
        }
        let potential = Potential::new(Model::default(), Precision::Single);
        let potential = potential.map_err(ScreeningError::Potential)?;
        let phases = Phases::bundled(Model::default());
        let phases = phases.as_ref().copied();
        let cache = Cache::open(asked);
        let part = job.part();
        job.stage(
            "asking the potential of each structure",
            Some(candidates.len() as u64),
        );
        let said = candidates.par_iter().with_max_len(1).map(|candidate| {
            let said = match candidate.structure() {
                Ok(structure) => {
                    let (ask, cache) = ((&potential, phases), &cache);
                    outputs::of_structure(ask, asked, &structure, cache, &part)
                }
                Err(error) => Err(PotentialError::from(error)),
            };
            let said = match said {
                Ok(said) => said,
                Err(PotentialError::Cancelled) => return Err(ScreeningError::Cancelled),
                Err(error) => (Values::none(), vec![error.to_string()]),
            };
            job.check()?;
            job.advance(1);
            Ok(said)
        });
        Ok(Self {
            said: said.collect::<Result<_, ScreeningError>>()?,
            of_row,
        })
    }

    /// Output number `output` of these rows: NaN without a structure.
    pub fn column(&self, output: usize, rows: impl Iterator<Item = usize>) -> PropertyColumn {
        let values = rows.map(|row| match self.at(row) {
            Some((values, _)) => (values.mean[output], values.std[output]),
            None => (f64::NAN, f64::NAN),
        });
        let (mean, std): (Vec<f64>, Vec<f64>) = values.unzip();
        PropertyColumn {
            mean,
            std: Spread::Each(std),
        }
    }

    /// What is to be said about a row.
    pub fn notes(&self, row: usize) -> &[String] {
        self.at(row).map_or(&[], |(_, notes)| notes)
    }

    fn at(&self, row: usize) -> Option<&Said> {
        self.said.get((*self.of_row.get(row)?)? as usize)
    }
}
