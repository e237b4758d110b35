//! From what a person writes to a system: its elements, whether they can be drawn, and which parts of it are covered.

use super::HullState;
use super::plot::HullPlot;
use crate::results::Results;
use job::{Cancelled, Job};
use matter::{CompositionRef, Element, formula};
use potential::Model;
use potential::hull::HullError;
use potential::phases::{Phases, PhasesError};
use std::collections::HashMap;

/// Two or three elements of a larger system.
#[derive(Clone, Debug, PartialEq)]
pub struct Covered {
    /// As [`read_system`] reads it.
    pub system: String,
    /// Bundled phases of these elements alone, the pure ones included.
    pub phases: usize,
    /// How many of them are compounds.
    pub compounds: usize,
}

/// Parts of a system that are listed.
const LISTED: usize = 30;

/// What is wrong with a system as it is written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SystemError {
    #[error("{0:?} is no element; write a system as Fe-N or Li-Fe-O, or a formula")]
    Unknown(String),
    #[error("no element is named; write a system as Fe-N or Li-Fe-O, or a formula")]
    Empty,
}

/// The elements of `Li-Fe-O`, `Li Fe O` or `LiFeO2`, each once, in the order written.
///
/// # Errors
///
/// A word that is neither an element nor a formula; nothing at all.
pub fn read_system(text: &str) -> Result<Vec<Element>, SystemError> {
    let mut all: Vec<Element> = Vec::new();
    let apart = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | ',' | '、' | ';' | '/');
    for word in text.split(apart).filter(|word| !word.is_empty()) {
        let unknown = || SystemError::Unknown(word.to_owned());
        // Case decides between Co and CO; a word that is neither may still be a name, or written small.
        let own: Vec<Element> = match (Element::from_symbol(word), formula::parse(word)) {
            (Some(element), _) => vec![element],
            (None, Ok(parsed)) => elements_of(parsed.composition.as_ref()),
            (None, Err(_)) => vec![Element::from_word(word).ok_or_else(unknown)?],
        };
        let new: Vec<Element> = own.into_iter().filter(|e| !all.contains(e)).collect();
        all.extend(new);
    }
    match all.is_empty() {
        true => Err(SystemError::Empty),
        false => Ok(all),
    }
}

/// The elements of a composition, the most electropositive first.
pub(crate) fn elements_of(composition: CompositionRef<'_>) -> Vec<Element> {
    let mut all: Vec<Element> = composition.iter().map(|(element, _)| element).collect();
    let key = |e: &Element| e.data().en_pauling.unwrap_or(f64::INFINITY);
    all.sort_by(|a, b| key(a).total_cmp(&key(b)));
    all
}

/// Elements as [`read_system`] reads them.
pub fn in_text(elements: &[Element]) -> String {
    let symbols: Vec<&str> = elements.iter().map(|e| e.symbol()).collect();
    symbols.join("-")
}

/// Looks a system up; `None`: cancelled.
pub(crate) fn look(
    text: &str,
    candidates: Option<(&Results, &[u32])>,
    job: &Job,
) -> Option<HullState> {
    job.stage("reading the bundled phases", None);
    let elements = match read_system(text) {
        Ok(elements) => elements,
        Err(error) => return Some(HullState::Refused(error.to_string(), Vec::new())),
    };
    let phases = match Phases::bundled(Model::default()) {
        Ok(phases) => phases,
        Err(error) => return Some(HullState::Refused(error.to_string(), Vec::new())),
    };
    if let Err(why) = drawable(phases, &elements) {
        let parts = covered(phases, &elements, job).ok()?;
        return Some(HullState::Refused(why, parts));
    }
    match HullPlot::new(phases, &elements, candidates, job) {
        Ok(plot) => Some(HullState::Plot(plot.into())),
        Err(PlotError::Cancelled) => None,
        Err(PlotError::Phases(error)) => {
            let parts = covered(phases, &elements, job).ok()?;
            Some(HullState::Refused(error.to_string(), parts))
        }
    }
}

/// Why there is no plot.
pub(super) enum PlotError {
    Cancelled,
    Phases(PhasesError),
}

impl From<Cancelled> for PlotError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<PhasesError> for PlotError {
    fn from(error: PhasesError) -> Self {
        Self::Phases(error)
    }
}

impl From<HullError> for PlotError {
    fn from(error: HullError) -> Self {
        Self::Phases(error.into())
    }
}

/// Whether a system can be drawn, or why not.
fn drawable(phases: &Phases, elements: &[Element]) -> Result<(), String> {
    let lacking = elements
        .iter()
        .filter(|e| phases.hull().reference(**e).is_none());
    let lacking: Vec<&str> = lacking.map(|e| e.symbol()).collect();
    if !lacking.is_empty() {
        return Err(format!(
            "not covered: no phase of {} alone is bundled, so there is nothing to count energies from",
            lacking.join(", ")
        ));
    }
    match elements.len() {
        2 | 3 => Ok(()),
        1 => Err(format!(
            "{} alone has no hull; add one or two elements, as in {}-O",
            elements[0].name(),
            elements[0].symbol()
        )),
        count => Err(format!(
            "{count} components have no picture on a plane; choose two or three of them"
        )),
    }
}

/// The pairs and triples of a system that can be drawn and hold compounds of all their elements; those with most compounds first.
fn covered(phases: &Phases, elements: &[Element], job: &Job) -> Result<Vec<Covered>, Cancelled> {
    let known = |e: &&Element| phases.hull().reference(**e).is_some();
    let own: Vec<Element> = elements.iter().filter(known).copied().collect();
    // Phases by the elements that they hold, as places in the system: no part looks through all phases.
    let mut counts: HashMap<Vec<usize>, usize> = HashMap::new();
    for phase in phases.hull().phases() {
        let parts = phase.composition.as_ref();
        let places = parts
            .iter()
            .map(|(element, _)| own.iter().position(|e| *e == element));
        if let Some(mut places) = places.collect::<Option<Vec<usize>>>() {
            places.sort_unstable();
            *counts.entry(places).or_default() += 1;
        }
    }
    let count = |places: &[usize]| counts.get(places).copied().unwrap_or(0);
    let covered = |part: &[usize]| {
        let pairs = |first: usize| (first + 1..part.len()).map(move |second| [first, second]);
        let pairs = (0..part.len()).flat_map(pairs);
        let of_pairs: usize = pairs.map(|[a, b]| count(&[part[a], part[b]])).sum();
        let compounds = match part.len() {
            2 => of_pairs,
            _ => of_pairs + count(part),
        };
        let elements: Vec<Element> = part.iter().map(|&at| own[at]).collect();
        (compounds > 0).then(|| Covered {
            system: in_text(&elements),
            phases: compounds + part.iter().map(|&at| count(&[at])).sum::<usize>(),
            compounds,
        })
    };
    let mut found: Vec<(usize, Covered)> = Vec::new();
    let mut add = |part: &[usize]| {
        let smaller = part.len() < elements.len();
        let covered = smaller.then(|| covered(part)).flatten();
        found.extend(covered.map(|covered| (part.len(), covered)));
    };
    for first in 0..own.len() {
        job.check()?;
        for second in first + 1..own.len() {
            add(&[first, second]);
            (second + 1..own.len()).for_each(|third| add(&[first, second, third]));
        }
    }
    found.sort_by(|(a, x), (b, y)| b.cmp(a).then(y.compounds.cmp(&x.compounds)));
    found.truncate(LISTED);
    Ok(found.into_iter().map(|(_, covered)| covered).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_read_however_it_is_written() {
        for text in [
            "Li-Fe-O",
            "Li Fe, O",
            "LiFeO2",
            "lithium-iron-O",
            "Li–Fe–O",
            "li-fe-o",
        ] {
            assert_eq!(in_text(&read_system(text).unwrap()), "Li-Fe-O", "{text}");
        }
        assert_eq!(read_system(" - ").unwrap_err(), SystemError::Empty);
        let error = read_system("Fe-Qq").unwrap_err().to_string();
        assert!(error.contains("\"Qq\" is no element"), "{error}");
    }
}
