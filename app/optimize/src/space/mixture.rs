//! Mixtures: parts that sum to a total, held as whole numbers of a smallest amount, so that the sum is exact.

use super::error::Fault;
use super::input::{decimals, magnitude};
use super::lattice::{Lattice, Sum, Supports, binomial};
use super::random::Random;

/// Amounts that sum to a total.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    pub name: String,
    /// Of the parts and the total.
    pub unit: Option<String>,
    pub total: f64,
    /// Parts are whole multiples of it; without one, of a billionth of the total.
    pub step: Option<f64>,
    /// How many parts are above zero.
    pub at_least: usize,
    pub at_most: usize,
    pub parts: Vec<Part>,
    /// Groups are disjoint or nested.
    pub groups: Vec<Group>,
}

/// One part of a mixture: a column of that name.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub name: String,
    /// Always at least this much; above zero, the part is in every candidate.
    pub low: f64,
    pub high: f64,
    /// At least this much where it is there at all.
    pub least: f64,
}

/// Bounds on the sum of several parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub parts: Vec<usize>,
    pub low: f64,
    pub high: f64,
}

/// So many sets of parts are tried and listed.
const LISTED: f64 = 20_000.0;

impl Mixture {
    /// Checks the settings one by one, then whether they agree.
    pub(crate) fn lattice(&self) -> Result<Lattice, Fault> {
        let count = self.parts.len();
        if !(2..=1000).contains(&count) {
            return Err(Fault::new(
                "mixture",
                format!("{count} parts are no mixture"),
                "list 2 to 1000 parts",
            ));
        }
        if !(self.total.is_finite() && self.total > 0.0) {
            return Err(Fault::new(
                "total",
                format!("parts cannot sum to {}", self.total),
                "write a number above zero, such as 1 or 100",
            ));
        }
        if self.at_least > self.at_most || self.at_most > count {
            let (least, most) = (self.at_least, self.at_most);
            return Err(Fault::new(
                "at_most",
                format!("at least {least} and at most {most} of {count} parts is impossible"),
                format!("write at_least <= at_most <= {count}"),
            ));
        }
        let (units, unit) = self.units()?;
        for part in &self.parts {
            let bounds = [part.low, part.high, part.least];
            if bounds
                .iter()
                .any(|bound| !bound.is_finite() || *bound < 0.0)
            {
                return Err(Fault::new(
                    "bounds",
                    format!("the bounds of `{}` are not finite amounts", part.name),
                    format!("write two numbers from 0 to {}", self.total),
                ));
            }
        }
        let up = |amount: f64| libm::ceil((amount / unit).min(1e12) - 1e-6) as i64;
        let down = |amount: f64| libm::floor((amount / unit).min(1e12) + 1e-6) as i64;
        let mut lattice = Lattice {
            units,
            unit,
            decimals: decimals(unit),
            low: self.parts.iter().map(|part| up(part.low)).collect(),
            high: self
                .parts
                .iter()
                .map(|part| down(part.high).min(units))
                .collect(),
            least: self
                .parts
                .iter()
                .map(|part| up(part.least).max(1))
                .collect(),
            groups: vec![],
            parents: vec![None; count],
            at_least: self.at_least,
            at_most: self.at_most,
            by_support: self.at_least > 1
                || self.at_most < count
                || self.parts.iter().any(|part| up(part.least) > 1),
            supports: Supports::Listed(vec![(0..count).collect()]),
        };
        for group in &self.groups {
            if group.parts.is_empty() || group.parts.iter().any(|&part| part >= count) {
                return Err(Fault::new(
                    "groups",
                    "a group has no parts, or parts that the mixture lacks",
                    "list parts of the mixture",
                ));
            }
            if !(group.low <= group.high && group.low.is_finite() && group.high >= 0.0) {
                return Err(Fault::new(
                    "groups",
                    format!(
                        "the bounds of the group {} are no range",
                        self.names(&group.parts)
                    ),
                    format!("write two numbers from 0 to {}", self.total),
                ));
            }
            let mut members = vec![false; count];
            group.parts.iter().for_each(|&part| members[part] = true);
            lattice.groups.push(Sum {
                members,
                low: up(group.low.max(0.0)),
                high: down(group.high).min(units),
                parent: None,
            });
        }
        self.nest(&mut lattice)?;
        self.agree(&lattice)?;
        if lattice.by_support {
            lattice.supports = self.supports(&lattice)?;
        }
        Ok(lattice)
    }

    /// How many smallest amounts the total is, and how large one is.
    fn units(&self) -> Result<(i64, f64), Fault> {
        let whole = |step: f64| {
            let units = self.total / step;
            ((units - units.round()).abs() <= 1e-9 * units.max(1.0)).then(|| units.round() as i64)
        };
        let Some(step) = self.step else {
            let decimal = format!("1e{}", magnitude(self.total) - 9);
            let decimal = decimal.parse().unwrap_or(self.total / 1e9);
            return Ok(match whole(decimal) {
                Some(units) if units > 0 => (units, decimal),
                _ => (1_000_000_000, self.total / 1e9),
            });
        };
        if !(step > 0.0 && step <= self.total) || self.total / step > 1e10 {
            return Err(Fault::new(
                "step",
                format!("a step of {step} does not fit the total of {}", self.total),
                "write a step above zero and below the total",
            ));
        }
        whole(step).map(|units| (units, step)).ok_or_else(|| {
            let near = self.total / (self.total / step).round().max(1.0);
            Fault::new(
                "step",
                format!("{} is no whole number of steps of {step}", self.total),
                format!("write a step that divides the total, such as {near}"),
            )
        })
    }

    fn names(&self, parts: &[usize]) -> String {
        let names = parts.iter().filter_map(|&part| self.parts.get(part));
        let names: Vec<&str> = names.map(|part| part.name.as_str()).collect();
        if names.len() > 8 {
            format!("{} and {} more", names[..7].join(" + "), names.len() - 7)
        } else {
            names.join(" + ")
        }
    }

    fn members(&self, sum: &Sum) -> String {
        let parts: Vec<usize> = (0..sum.members.len()).filter(|&i| sum.members[i]).collect();
        self.names(&parts)
    }

    /// Puts the small groups first and finds what lies within what.
    fn nest(&self, lattice: &mut Lattice) -> Result<(), Fault> {
        let size = |sum: &Sum| sum.members.iter().filter(|member| **member).count();
        lattice.groups.sort_by_key(size);
        for i in 0..lattice.groups.len() {
            for j in i + 1..lattice.groups.len() {
                let (small, large) = (&lattice.groups[i], &lattice.groups[j]);
                let pairs = || small.members.iter().zip(&large.members);
                let shared = pairs().any(|(a, b)| *a && *b);
                let inside = pairs().all(|(a, b)| !*a || *b);
                if shared && !inside {
                    return Err(Fault::new(
                        "groups",
                        format!(
                            "the groups {} and {} share some of their parts",
                            self.members(small),
                            self.members(large)
                        ),
                        "let groups share no part, or hold one the other wholly",
                    ));
                }
                if inside && lattice.groups[i].parent.is_none() {
                    lattice.groups[i].parent = Some(j);
                }
            }
        }
        for (part, parent) in lattice.parents.iter_mut().enumerate() {
            *parent = lattice.groups.iter().position(|sum| sum.members[part]);
        }
        Ok(())
    }

    /// Whether the bounds leave room when every part may be there; says which do not.
    fn agree(&self, lattice: &Lattice) -> Result<(), Fault> {
        let amount = |units: i64| lattice.amount(units);
        for (i, part) in self.parts.iter().enumerate() {
            if lattice.low[i] > lattice.high[i] {
                let within = match self.step {
                    Some(step) => format!("no multiple of {step} lies from"),
                    None => "nothing lies from".into(),
                };
                return Err(Fault::new(
                    "bounds",
                    format!("{within} {} to {} for `{}`", part.low, part.high, part.name),
                    "widen the bounds",
                ));
            }
        }
        let required = lattice.required();
        if required.len() > self.at_most {
            return Err(Fault::new(
                "at_most",
                format!(
                    "{} have lower bounds above zero, but at most {} parts may be there",
                    self.names(&required),
                    self.at_most
                ),
                "raise at_most or lower the bounds",
            ));
        }
        let bounds = lattice.bounds(None);
        let (lows, highs, conflict) = lattice.intervals(&bounds.low, &bounds.high);
        if let Some(at) = conflict {
            let (what, low, high) = match lattice.groups.get(at) {
                Some(sum) => (
                    format!("the group {}", self.members(sum)),
                    sum.low,
                    sum.high,
                ),
                None => ("the mixture".into(), lattice.units, lattice.units),
            };
            let (least, most) = (lows[at], highs[at]);
            let problem = if least > high {
                format!(
                    "the lower bounds within {what} sum to {}, more than its {}",
                    amount(least),
                    amount(high)
                )
            } else if most < low {
                format!(
                    "the upper bounds within {what} sum to {}, less than its {}",
                    amount(most),
                    amount(low)
                )
            } else {
                format!(
                    "the bounds of {what}, {} to {}, leave no step",
                    amount(low),
                    amount(high)
                )
            };
            return Err(Fault::new(
                if at < lattice.groups.len() {
                    "groups"
                } else {
                    "bounds"
                },
                problem,
                "widen one of these bounds",
            ));
        }
        Ok(())
    }

    fn supports(&self, lattice: &Lattice) -> Result<Supports, Fault> {
        let required = lattice.required();
        let optional = lattice.optional();
        let sizes = lattice.sizes(required.len());
        let total: f64 = sizes
            .clone()
            .map(|size| binomial(optional.len(), size - required.len()))
            .sum();
        let none = || {
            Fault::new(
                "at_most",
                format!(
                    "no {} to {} of the parts can sum to {} within their bounds",
                    self.at_least.max(1),
                    self.at_most,
                    self.total
                ),
                "raise at_most, or widen the parts' bounds",
            )
        };
        if total <= LISTED {
            let mut listed = vec![];
            for size in sizes {
                for chosen in subsets(&optional, size - required.len()) {
                    let mut support = [required.as_slice(), chosen.as_slice()].concat();
                    support.sort_unstable();
                    if lattice.feasible(&support) {
                        listed.push(support);
                    }
                }
            }
            return if listed.is_empty() {
                Err(none())
            } else {
                Ok(Supports::Listed(listed))
            };
        }
        // The most roomy first; then by chance.
        let mut roomy = optional.clone();
        roomy.sort_by_key(|&part| {
            (
                lattice.least[part].max(lattice.low[part]),
                -lattice.high[part],
            )
        });
        for size in sizes {
            let mut support = [&required, &roomy[..size - required.len()]].concat();
            support.sort_unstable();
            if lattice.feasible(&support) {
                return Ok(Supports::Many(support));
            }
        }
        let mut random = Random::new(0, 0);
        let drawn = (0..LISTED as usize).find_map(|_| lattice.draw(&mut random));
        drawn.map(Supports::Many).ok_or_else(none)
    }
}

/// All subsets of a size, in the order of the places.
fn subsets(of: &[usize], size: usize) -> Vec<Vec<usize>> {
    let mut all = vec![];
    let mut at: Vec<usize> = (0..size).collect();
    if size > of.len() {
        return all;
    }
    loop {
        all.push(at.iter().map(|&i| of[i]).collect());
        let Some(last) = (0..size).rev().find(|&i| at[i] < of.len() - size + i) else {
            return all;
        };
        at[last] += 1;
        for i in last + 1..size {
            at[i] = at[i - 1] + 1;
        }
    }
}
