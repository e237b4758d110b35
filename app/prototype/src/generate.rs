//! Prototypes times elements: all combinations that suit, the likeliest first, each crystal once.

use crate::candidate::{Candidate, Rejected, Rejection, substitution_text};
use crate::chemistry::{Parent, Suited};
use crate::matching::Comparable;
use crate::{Prototype, PrototypeError, Request, scale};
use job::Job;
use matter::Element;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// Candidates, and what became of everything else.
#[derive(Clone, Debug, Default)]
pub struct Generated {
    /// The likeliest first; equals by prototype, then by elements.
    pub candidates: Vec<Candidate>,
    /// Combinations of elements that were asked about.
    pub combinations: u64,
    /// How many of them are no candidates, by reason; with the candidates they add up to all.
    pub rejected: BTreeMap<Rejection, u64>,
    /// Prototypes that were left out, with the reason.
    pub left_out: Vec<(String, String)>,
}

/// Elements that suit a prototype.
struct Found {
    parent: usize,
    children: Vec<Element>,
    suited: Suited,
}

/// What the search through one prototype's combinations found.
#[derive(Default)]
struct Harvest {
    found: Vec<Found>,
    rejected: BTreeMap<Rejection, u64>,
    told: Vec<Rejected>,
    combinations: u64,
}

/// Puts elements into prototypes. `tell` is given every combination that was asked about and is no candidate, once the search
/// is over; those below the least probability are counted without being built, and not told.
///
/// The result depends on nothing but the arguments, not on the number of threads.
///
/// # Errors
///
/// Numbers in the request that make no sense, or the user's wish to stop. Prototypes that cannot be used are left out, with
/// the reason.
pub fn generate(
    prototypes: &[Prototype],
    request: &Request,
    job: &Job,
    mut tell: impl FnMut(Rejected),
) -> Result<Generated, PrototypeError> {
    request.check()?;
    let mut result = Generated::default();
    let mut parents = Vec::new();
    for prototype in prototypes {
        let sites = prototype.structure.sites.len();
        if sites > request.sites {
            let why = format!("{sites} sites, {} allowed", request.sites);
            result.left_out.push((prototype.name.clone(), why));
            continue;
        }
        match Parent::new(prototype) {
            Ok(parent) => parents.push(parent),
            Err(error) => result
                .left_out
                .push((prototype.name.clone(), error.to_string())),
        }
    }
    job.stage("substituting", Some(parents.len() as u64));
    let harvests: Vec<Harvest> = parents
        .par_iter()
        .enumerate()
        .with_max_len(1)
        .map(|(index, parent)| {
            let harvest = search(index, parent, request, job)?;
            job.advance(1);
            Ok(harvest)
        })
        .collect::<Result<_, PrototypeError>>()?;
    let mut found = Vec::new();
    for harvest in harvests {
        result.combinations += harvest.combinations;
        for (why, count) in harvest.rejected {
            *result.rejected.entry(why).or_default() += count;
        }
        harvest.told.into_iter().for_each(&mut tell);
        found.extend(harvest.found);
    }
    found.sort_by(|a, b| {
        let likelier = b.suited.probability.total_cmp(&a.suited.probability);
        likelier
            .then(a.parent.cmp(&b.parent))
            .then_with(|| a.children.cmp(&b.children))
    });
    pick(&parents, &found, request, job, &mut result, tell)?;
    Ok(result)
}

/// Takes the likeliest, leaving out what repeats one.
fn pick(
    parents: &[Parent<'_>],
    found: &[Found],
    request: &Request,
    job: &Job,
    result: &mut Generated,
    mut tell: impl FnMut(Rejected),
) -> Result<(), PrototypeError> {
    job.stage("comparing", Some(found.len() as u64));
    let mut known: HashMap<String, Vec<(Comparable, String)>> = HashMap::new();
    for one in found {
        job.check()?;
        job.advance(1);
        let parent = &parents[one.parent];
        let mut reject = |why, detail: String| {
            *result.rejected.entry(why).or_default() += 1;
            tell(rejected(parent, &one.children, why, detail));
        };
        if result.candidates.len() >= request.most {
            reject(Rejection::Most, String::new());
            continue;
        }
        let fail = |error| PrototypeError::Crystal(parent.prototype.name.clone(), error);
        let structure = scale::structure(parent, &one.children, &one.suited).map_err(fail)?;
        let comparable = Comparable::of_primitive(&structure).map_err(fail)?;
        let formula = structure.formula();
        let alike = known.entry(formula.clone()).or_default();
        let twin = alike
            .iter()
            .find(|(other, _)| other.compare(&comparable, &request.tolerance).is_some());
        if let Some((_, name)) = twin {
            reject(Rejection::Duplicate, name.clone());
            continue;
        }
        alike.push((
            comparable,
            format!("{formula} in {}", parent.prototype.name),
        ));
        result.candidates.push(candidate(parent, one, structure));
    }
    Ok(())
}

fn candidate(parent: &Parent<'_>, found: &Found, mut structure: crystal::Structure) -> Candidate {
    let prototype = parent.prototype;
    let substitution = substitution(parent, &found.children);
    let charges = found.children.iter().copied();
    let charges: Vec<(Element, f64)> = charges.zip(found.suited.charges.iter().copied()).collect();
    let mut notes = Vec::new();
    if substitution.is_empty() {
        notes.push("the prototype itself".to_owned());
    }
    if let Some(element) = found.suited.mixed_valence {
        notes.push(format!("{element} has two valences on one sublattice"));
    }
    structure.title = match substitution.is_empty() {
        true => format!("prototype {} ({})", prototype.name, prototype.formula),
        false => format!(
            "from prototype {} ({}) by {}",
            prototype.name,
            prototype.formula,
            substitution_text(&substitution)
        ),
    };
    Candidate {
        structure,
        prototype: prototype.name.clone(),
        parent: prototype.formula.clone(),
        substitution,
        probability: found.suited.probability,
        measure: parent.measure,
        charges,
        space_group: prototype.space_group,
        symbol: prototype.symbol.clone(),
        notes,
    }
}

fn substitution(parent: &Parent<'_>, children: &[Element]) -> Vec<(Element, Element)> {
    let pairs = parent.sublattices.iter().zip(children);
    pairs
        .filter(|(from, to)| from.element != **to)
        .map(|(from, to)| (from.element, *to))
        .collect()
}

fn rejected(parent: &Parent<'_>, children: &[Element], why: Rejection, detail: String) -> Rejected {
    Rejected {
        formula: parent.composition(children).as_ref().reduced_formula(),
        prototype: parent.prototype.name.clone(),
        substitution: substitution_text(&substitution(parent, children)),
        why,
        detail,
    }
}

/// A sublattice's elements with the bounds of their probabilities, likeliest first.
type Choices = Vec<(Element, f64)>;

/// Goes through a prototype's combinations depth first and leaves a branch as soon as it is too unlikely.
fn search(
    index: usize,
    parent: &Parent<'_>,
    request: &Request,
    job: &Job,
) -> Result<Harvest, PrototypeError> {
    let choices: Vec<Choices> = parent
        .sublattices
        .iter()
        .enumerate()
        .map(|(place, sublattice)| {
            let allowed = request.allowed(sublattice.element, parent.is_anion(place));
            let mut list: Choices = allowed
                .into_iter()
                .map(|element| (element, parent.bound(place, element)))
                .collect();
            list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            list
        })
        .collect();
    let mut search = Search {
        index,
        parent,
        request,
        job,
        choices: &choices,
        best: choices
            .iter()
            .map(|list| list.first().map_or(0.0, |c| c.1))
            .collect(),
        harvest: Harvest::default(),
    };
    search.harvest.combinations = search.below(0);
    search.descend(&mut Vec::new(), 1.0)?;
    Ok(search.harvest)
}

struct Search<'a> {
    index: usize,
    parent: &'a Parent<'a>,
    request: &'a Request,
    job: &'a Job,
    choices: &'a [Choices],
    /// The largest bound of each sublattice.
    best: Vec<f64>,
    harvest: Harvest,
}

impl Search<'_> {
    /// Combinations of the sublattices from `depth` on.
    fn below(&self, depth: usize) -> u64 {
        let lengths = self.choices[depth..].iter().map(|list| list.len() as u64);
        lengths.fold(1, u64::saturating_mul)
    }

    fn reject(&mut self, why: Rejection, count: u64) {
        *self.harvest.rejected.entry(why).or_default() += count;
    }

    /// Completes `children`, whose bounds have the product `bound`.
    fn descend(&mut self, children: &mut Vec<Element>, bound: f64) -> Result<(), PrototypeError> {
        let depth = children.len();
        if depth == self.choices.len() {
            self.judge(children);
            return Ok(());
        }
        let rest: f64 = self.best[depth + 1..].iter().product();
        let choices = self.choices;
        for (tried, (element, own)) in choices[depth].iter().enumerate() {
            self.job.check()?;
            if bound * own * rest < self.request.probability {
                // All that follow are less likely still.
                let left = (choices[depth].len() - tried) as u64;
                self.reject(
                    Rejection::Unlikely,
                    left.saturating_mul(self.below(depth + 1)),
                );
                break;
            }
            if children.contains(element) {
                self.reject(Rejection::Repeated, self.below(depth + 1));
                continue;
            }
            children.push(*element);
            self.descend(children, bound * own)?;
            children.pop();
        }
        Ok(())
    }

    fn judge(&mut self, children: &[Element]) {
        match self.parent.judge(children, self.request) {
            Ok(suited) => self.harvest.found.push(Found {
                parent: self.index,
                children: children.to_vec(),
                suited,
            }),
            Err((why, detail)) => {
                self.reject(why, 1);
                let told = rejected(self.parent, children, why, detail);
                self.harvest.told.push(told);
            }
        }
    }
}
