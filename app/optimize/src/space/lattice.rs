//! A mixture in whole numbers: what bounds leave, sets of parts that can be there, walks and lists.

use super::input::rounded;
use super::mixture::Part;
use super::random::Random;

/// A mixture in whole numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lattice {
    /// The total.
    pub units: i64,
    pub(super) unit: f64,
    pub(super) decimals: Option<i32>,
    pub(super) low: Vec<i64>,
    pub(super) high: Vec<i64>,
    pub(super) least: Vec<i64>,
    pub(super) groups: Vec<Sum>,
    /// For each part the smallest group that holds it; `None`: the total.
    pub(super) parents: Vec<Option<usize>>,
    pub(super) at_least: usize,
    pub(super) at_most: usize,
    /// Whether it matters which parts are there: how many may be, or how much where they are.
    pub by_support: bool,
    pub(super) supports: Supports,
}

/// Bounds on a sum of parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sum {
    pub members: Vec<bool>,
    pub low: i64,
    pub high: i64,
    pub parent: Option<usize>,
}

/// Which sets of parts can be there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Supports {
    /// All of them.
    Listed(Vec<Vec<usize>>),
    /// Too many to list; at least this one.
    Many(Vec<usize>),
}

/// The bounds of the parts once it is known which of them are there.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub low: Vec<i64>,
    pub high: Vec<i64>,
    /// The parts that can vary.
    pub free: Vec<usize>,
}

pub(super) fn binomial(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

impl Lattice {
    pub fn amount(&self, units: i64) -> f64 {
        let amount = units as f64 * self.unit;
        self.decimals
            .map_or(amount, |decimals| rounded(amount, decimals))
    }

    /// The nearest whole number of smallest amounts.
    pub fn units_of(&self, amount: f64) -> i64 {
        (amount / self.unit).round().clamp(0.0, self.units as f64) as i64
    }

    pub fn len(&self) -> usize {
        self.low.len()
    }

    pub(super) fn required(&self) -> Vec<usize> {
        (0..self.len()).filter(|&i| self.low[i] > 0).collect()
    }

    pub(super) fn optional(&self) -> Vec<usize> {
        let can = |&i: &usize| self.low[i] == 0 && self.high[i] >= self.least[i];
        (0..self.len()).filter(can).collect()
    }

    /// How many parts can be there, given how many must.
    pub(super) fn sizes(&self, required: usize) -> std::ops::RangeInclusive<usize> {
        let most = self.at_most.min(required + self.optional().len());
        self.at_least.max(required).max(1)..=most
    }

    /// The parts' bounds with these parts there and the others not; `None`: with any.
    pub fn bounds(&self, support: Option<&[usize]>) -> Bounds {
        let count = self.len();
        let (mut low, mut high) = (vec![0; count], vec![0; count]);
        match support {
            None => (low, high) = (self.low.clone(), self.high.clone()),
            Some(support) => {
                for &part in support {
                    low[part] = self.low[part].max(self.least[part]);
                    high[part] = self.high[part];
                }
            }
        }
        let free = (0..count).filter(|&i| low[i] < high[i]).collect();
        Bounds { low, high, free }
    }

    /// What the parts within each group, and at last within the mixture, can sum to; and the first where nothing can.
    ///
    /// Groups are nested, so their sums form a tree, and any whole number between a node's bounds can be reached.
    pub(super) fn intervals(
        &self,
        low: &[i64],
        high: &[i64],
    ) -> (Vec<i64>, Vec<i64>, Option<usize>) {
        let nodes = self.groups.len() + 1;
        let (mut lows, mut highs) = (vec![0; nodes], vec![0; nodes]);
        for (part, parent) in self.parents.iter().enumerate() {
            let node = parent.unwrap_or(nodes - 1);
            lows[node] += low[part];
            highs[node] += high[part];
        }
        for node in 0..nodes {
            let (least, most, parent) = match self.groups.get(node) {
                Some(sum) => (sum.low, sum.high, sum.parent),
                None => (self.units, self.units, None),
            };
            let (inner, outer) = (lows[node].max(least), highs[node].min(most));
            if inner > outer {
                return (lows, highs, Some(node));
            }
            (lows[node], highs[node]) = (inner, outer);
            if node + 1 < nodes {
                let above = parent.unwrap_or(nodes - 1);
                lows[above] += inner;
                highs[above] += outer;
            }
        }
        (lows, highs, None)
    }

    pub(super) fn feasible(&self, support: &[usize]) -> bool {
        let bounds = self.bounds(Some(support));
        support.iter().all(|&i| bounds.low[i] <= bounds.high[i])
            && self.intervals(&bounds.low, &bounds.high).2.is_none()
    }

    /// A set of parts that can be there, each equally likely; of the many that cannot be listed, `None` after bad luck.
    pub fn support(&self, random: &mut Random) -> Vec<usize> {
        match &self.supports {
            Supports::Listed(all) => all[random.below(all.len() as u64) as usize].clone(),
            Supports::Many(one) => (0..200)
                .find_map(|_| self.draw(random))
                .unwrap_or_else(|| one.clone()),
        }
    }

    /// One set of parts by chance; `None` where it cannot be.
    pub(super) fn draw(&self, random: &mut Random) -> Option<Vec<usize>> {
        let mut support = self.required();
        let mut optional = self.optional();
        let sizes = self.sizes(support.len());
        let ways = |size: usize| binomial(optional.len(), size - support.len());
        let mut left = random.unit() * sizes.clone().map(ways).sum::<f64>();
        let size = sizes.clone().find(|&size| {
            left -= ways(size);
            left <= 0.0
        });
        let more = size.unwrap_or(*sizes.end()).saturating_sub(support.len());
        for i in 0..more.min(optional.len()) {
            let j = i + random.below((optional.len() - i) as u64) as usize;
            optional.swap(i, j);
            support.push(optional[i]);
        }
        support.sort_unstable();
        self.feasible(&support).then_some(support)
    }

    /// Some amounts within bounds that leave room: the slack is handed out in a random order of the parts.
    pub fn fill(&self, bounds: &Bounds, random: &mut Random) -> Vec<i64> {
        let (lows, highs, _) = self.intervals(&bounds.low, &bounds.high);
        let mut amounts = bounds.low.clone();
        let mut targets = lows;
        let root = self.groups.len();
        targets[root] = self.units;
        // From the whole to the parts: what a node has beyond its children's least is handed to them.
        for node in (0..=root).rev() {
            let above = |parent: Option<usize>| parent.unwrap_or(root) == node;
            let groups: Vec<usize> = (0..node.min(root))
                .filter(|&g| above(self.groups[g].parent))
                .collect();
            let mut parts: Vec<usize> = (0..self.len())
                .filter(|&i| above(self.parents[i]))
                .collect();
            for i in (1..parts.len()).rev() {
                parts.swap(i, random.below(i as u64 + 1) as usize);
            }
            let held: i64 = groups.iter().map(|&g| targets[g]).sum::<i64>()
                + parts.iter().map(|&i| amounts[i]).sum::<i64>();
            let mut slack = targets[node] - held;
            for group in groups {
                let more = slack.min(highs[group] - targets[group]);
                targets[group] += more;
                slack -= more;
            }
            for part in parts {
                let more = slack.min(bounds.high[part] - amounts[part]);
                amounts[part] += more;
                slack -= more;
            }
        }
        amounts
    }

    /// How much can be moved from part `from` to part `to`: the least (negative) and the most.
    pub fn exchange(&self, amounts: &[i64], bounds: &Bounds, to: usize, from: usize) -> (i64, i64) {
        let mut least = (bounds.low[to] - amounts[to]).max(amounts[from] - bounds.high[from]);
        let mut most = (bounds.high[to] - amounts[to]).min(amounts[from] - bounds.low[from]);
        for sum in &self.groups {
            if sum.members[to] == sum.members[from] {
                continue;
            }
            let members = amounts
                .iter()
                .zip(&sum.members)
                .filter(|(_, member)| **member);
            let held: i64 = members.map(|(amount, _)| amount).sum();
            if sum.members[to] {
                least = least.max(sum.low - held);
                most = most.min(sum.high - held);
            } else {
                least = least.max(held - sum.high);
                most = most.min(held - sum.low);
            }
        }
        (least, most)
    }

    /// What is wrong with these amounts, in words.
    pub fn problem(&self, amounts: &[i64], names: &[Part]) -> Option<String> {
        let sum: i64 = amounts.iter().sum();
        if sum != self.units {
            let (sum, total) = (self.amount(sum), self.amount(self.units));
            return Some(format!("the parts sum to {sum}, not to {total}"));
        }
        for (i, &amount) in amounts.iter().enumerate() {
            let low = match amount {
                0 => self.low[i],
                _ if self.by_support => self.low[i].max(self.least[i]),
                _ => self.low[i],
            };
            if amount < low || amount > self.high[i] {
                let (amount, low, high) = (
                    self.amount(amount),
                    self.amount(low),
                    self.amount(self.high[i]),
                );
                let name = &names[i].name;
                return Some(format!("`{name}` is {amount}, not from {low} to {high}"));
            }
        }
        let present = amounts.iter().filter(|amount| **amount > 0).count();
        if present > self.at_most || present < self.at_least {
            let (least, most) = (self.at_least, self.at_most);
            return Some(format!("{present} parts are there, not {least} to {most}"));
        }
        for group in &self.groups {
            let members = amounts
                .iter()
                .zip(&group.members)
                .filter(|(_, member)| **member);
            let held: i64 = members.map(|(amount, _)| amount).sum();
            if held < group.low || held > group.high {
                let (held, low, high) = (
                    self.amount(held),
                    self.amount(group.low),
                    self.amount(group.high),
                );
                return Some(format!("a group holds {held}, not from {low} to {high}"));
            }
        }
        None
    }

    /// Whether every part's amount is bounded by the total alone, above its lower bound.
    pub fn is_simplex(&self) -> bool {
        let lows: i64 = self.low.iter().sum();
        let free = |i: usize| self.high[i] >= self.units - (lows - self.low[i]);
        !self.by_support && self.groups.is_empty() && (0..self.len()).all(free)
    }

    /// Whether some part may be absent and more than one be there.
    pub fn has_faces(&self) -> bool {
        self.is_simplex() && self.low.contains(&0)
    }

    pub fn lows(&self) -> &[i64] {
        &self.low
    }

    /// At most so many mixtures are there: the smaller of two simple counts.
    pub fn at_most_points(&self) -> f64 {
        let widths = self.low.iter().zip(&self.high);
        let boxed: f64 = widths.map(|(low, high)| (high - low + 1) as f64).product();
        let compositions = |size: usize| {
            let inner: f64 = (1..size)
                .map(|i| (self.units - i as i64).max(0) as f64 / i as f64)
                .product();
            binomial(self.len(), size) * inner
        };
        let free: f64 = (1..=self.at_most).map(compositions).sum();
        boxed.min(free)
    }

    /// Every mixture, in lexicographic order; `None` where there are more than `limit`.
    pub fn enumerate(&self, limit: usize) -> Option<Vec<Vec<i64>>> {
        let count = self.len();
        // What the parts from each on can still hold.
        let (mut least, mut most) = (vec![0; count + 1], vec![0; count + 1]);
        for i in (0..count).rev() {
            least[i] = least[i + 1] + self.low[i];
            most[i] = most[i + 1] + self.high[i];
        }
        let mut search = Search {
            lattice: self,
            least,
            most,
            found: vec![],
            limit,
            steps: limit.saturating_mul(64).saturating_add(1_000_000),
        };
        let mut amounts = vec![0; count];
        search
            .go(0, self.units, 0, &mut amounts)
            .then_some(search.found)
    }
}

struct Search<'a> {
    lattice: &'a Lattice,
    least: Vec<i64>,
    most: Vec<i64>,
    found: Vec<Vec<i64>>,
    limit: usize,
    steps: usize,
}

impl Search<'_> {
    /// Fills the parts from `at` on with what is `left`; false once there is too much.
    fn go(&mut self, at: usize, left: i64, present: usize, amounts: &mut Vec<i64>) -> bool {
        let lattice = self.lattice;
        if self.steps == 0 {
            return false;
        }
        self.steps -= 1;
        if at == lattice.len() {
            if present >= lattice.at_least
                && lattice.groups.iter().all(|sum| {
                    let members = amounts
                        .iter()
                        .zip(&sum.members)
                        .filter(|(_, member)| **member);
                    let held: i64 = members.map(|(amount, _)| amount).sum();
                    (sum.low..=sum.high).contains(&held)
                })
            {
                self.found.push(amounts.clone());
            }
            return self.found.len() <= self.limit;
        }
        let low = lattice.low[at].max(left - self.most[at + 1]);
        let high = lattice.high[at].min(left - self.least[at + 1]);
        let mut amount = low;
        while amount <= high {
            if amount > 0 && lattice.by_support {
                if present == lattice.at_most {
                    break;
                }
                amount = amount.max(lattice.least[at]);
                if amount > high {
                    break;
                }
            }
            amounts[at] = amount;
            if !self.go(
                at + 1,
                left - amount,
                present + usize::from(amount > 0),
                amounts,
            ) {
                return false;
            }
            amount += 1;
        }
        amounts[at] = 0;
        true
    }
}
