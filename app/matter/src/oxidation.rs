//! Oxidation states by charge balance over the statistics of the ICSD.
//!
//! [`states`] gives how often each state of an element was found in the Inorganic Crystal Structure Database (counts of
//! the ICSD24 set of SMACT, `datasets/oxidation_states.csv`). [`assign`] picks, among the assignments that balance the
//! charge, the likeliest: the one with the largest sum of amount times logarithm of the state's share.
//!
//! What it rests on, and where it ends:
//! - State 0, states with fewer than five entries, and negative states of metals are not used. So an alloy has no
//!   assignment, as it should. Shares are among the states left.
//! - Each element has one state, but one element of the composition may have two of the same sign (mixed valence: Fe3O4).
//!   These are the nearest states below and above its mean that make up at least 1 % of the element's states; rarer ones
//!   only where nothing else balances. Mixed valence costs 1 per atom of the mixed element, which decides between
//!   Mn(III) and Mn(II, IV), and is not part of the score. States of one element in two functions (N in NH4NO3) come out
//!   as their mean or as neighbours of it.
//! - Metalloids may be anions (GaAs, Mg2Si), so carbides, borides and silicides of metals can get formal states where
//!   they balance (Fe3C): their [score](Assignment::score) is low.
//! - It knows nothing of structure: O is a peroxide or S a disulphide only where the statistics say so.
//!
//! Of 124 compounds with known states in the tests, 120 come out right in every amount; pymatgen 2026.10.24's first guess
//! has the right means for 107 of them.
//!
//! The search is exact: the linear relaxation (fractions of all states allowed) is solved first, and its multiplier
//! bounds a depth-first search. After 4096 nodes the best so far is the answer; more than 16 elements have none. Ties go
//! to what the search meets first, which depends on nothing but the composition.

use crate::element::states::{COUNTS, USABLE};
use crate::{CompositionRef, Element};

/// A state that takes part in the charge balance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// The state, in elementary charges.
    pub charge: f64,
    /// Natural logarithm of its share among the element's states that take part.
    pub log_share: f64,
    /// At least 1 % of them.
    pub common: bool,
}

/// Part of an element in one oxidation state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateAmount {
    /// The element.
    pub element: Element,
    /// Its state, in elementary charges.
    pub state: i8,
    /// How much of it, atoms a formula unit.
    pub amount: f64,
}

/// The oxidation states of a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    states: Vec<StateAmount>,
    score: f64,
}

impl Assignment {
    /// Every element's states, by atomic number, then by state.
    pub fn states(&self) -> &[StateAmount] {
        &self.states
    }

    /// State and amount of one element, by state; two where its valence is mixed.
    pub fn of(&self, element: Element) -> impl Iterator<Item = (i8, f64)> {
        self.states
            .iter()
            .filter(move |s| s.element == element)
            .map(|s| (s.state, s.amount))
    }

    /// The mean state of an element, in elementary charges; `None` where it is not in the composition.
    pub fn mean(&self, element: Element) -> Option<f64> {
        let (charge, amount) = self
            .of(element)
            .fold((0.0, 0.0), |(charge, sum), (state, amount)| {
                (charge + f64::from(state) * amount, sum + amount)
            });
        (amount > 0.0).then(|| charge / amount)
    }

    /// The element with two states, if there is one.
    pub fn mixed_valence(&self) -> Option<Element> {
        self.states
            .windows(2)
            .find(|pair| pair[0].element == pair[1].element)
            .map(|pair| pair[0].element)
    }

    /// Sum over the composition of amount times natural logarithm of the state's share: 0 at best. It grows with the
    /// formula unit; divide by the number of atoms to compare compositions.
    pub fn score(&self) -> f64 {
        self.score
    }
}

/// An element's oxidation states and their number of entries in the ICSD24 statistics, by state, state 0 included.
pub fn states(element: Element) -> &'static [(i8, u32)] {
    COUNTS[element.index()]
}

const MOST_ELEMENTS: usize = 16;
const MOST_STATES: usize = 12;
const MOST_NODES: u32 = 4096;

/// The price of mixed valence, per atom of the mixed element, in units of the score.
const MIXING: f64 = 1.0;

/// How far from a whole state, in elementary charges, a mean may be and still be taken for it.
const WHOLE: f64 = 1e-6;

/// The likeliest oxidation states of a composition of this total charge (elementary charges a formula unit).
///
/// `None` where no assignment balances the charge, where an element has no statistics, or for more than 16 elements. A
/// single neutral element has state 0 by definition.
pub fn assign(composition: CompositionRef<'_>, charge: f64) -> Option<Assignment> {
    if let ([_], true) = (composition.atomic_numbers, charge == 0.0) {
        let (element, amount) = composition.iter().next()?;
        return Some(Assignment {
            states: vec![StateAmount {
                element,
                state: 0,
                amount,
            }],
            score: 0.0,
        });
    }
    if composition.is_empty() || composition.len() > MOST_ELEMENTS || !charge.is_finite() {
        return None;
    }
    let mut search = Search::new(composition, charge)?;
    search.run();
    if search.best.is_none() {
        search.rare_mixing = true;
        search.nodes = 0;
        search.run();
    }
    search.assignment(composition)
}

/// One element in the search: its states with, for each, what choosing it loses against the relaxation's bound.
#[derive(Clone, Copy)]
struct Site {
    amount: f64,
    states: &'static [State],
    loss: [f64; MOST_STATES],
    /// Indices of states by rising loss.
    order: [u8; MOST_STATES],
}

/// A choice of states: for each site one, but for the free site two, with the share of the upper one.
#[derive(Clone, Copy)]
struct Choice {
    states: [u8; MOST_ELEMENTS],
    free: usize,
    upper: u8,
    upper_share: f64,
}

struct Search {
    sites: [Site; MOST_ELEMENTS],
    count: usize,
    charge: f64,
    /// The site that the relaxation mixes.
    pivot: usize,
    nodes: u32,
    /// Whether mixed valence may use states that are not common.
    rare_mixing: bool,
    trial: Choice,
    best: Option<Choice>,
    best_loss: f64,
}

/// An edge of an element's concave envelope of log share over state.
#[derive(Clone, Copy, Default)]
struct Edge {
    slope: f64,
    charge: f64,
    site: usize,
}

impl Search {
    /// The search with the relaxation solved; `None` where the charge is out of reach.
    fn new(composition: CompositionRef<'_>, charge: f64) -> Option<Self> {
        let empty = Site {
            amount: 0.0,
            states: &[],
            loss: [0.0; MOST_STATES],
            order: [0; MOST_STATES],
        };
        let trial = Choice {
            states: [0; MOST_ELEMENTS],
            free: 0,
            upper: 0,
            upper_share: 0.0,
        };
        let mut search = Self {
            sites: [empty; MOST_ELEMENTS],
            count: 0,
            charge,
            pivot: 0,
            nodes: 0,
            rare_mixing: false,
            trial,
            best: None,
            best_loss: f64::INFINITY,
        };
        let (mut least, mut most) = (0.0, 0.0);
        for (site, (element, amount)) in search.sites.iter_mut().zip(composition.iter()) {
            site.amount = amount;
            site.states = USABLE[element.index()];
            least += amount * site.states.first()?.charge;
            most += amount * site.states.last()?.charge;
            search.count += 1;
        }
        let slack = WHOLE * composition.total_atoms();
        if charge < least - slack || charge > most + slack {
            return None;
        }
        let multiplier = search.relax(charge - least);
        for site in &mut search.sites[..search.count] {
            site.price(multiplier);
        }
        Some(search)
    }

    /// Raises all elements from their lowest states along the steepest edges of their envelopes until the charge is
    /// reached, which is the optimum of the linear relaxation. Sets the pivot and gives the multiplier.
    fn relax(&mut self, mut missing: f64) -> f64 {
        let mut edges = [Edge::default(); MOST_ELEMENTS * MOST_STATES];
        let mut count = 0;
        for (index, site) in self.sites[..self.count].iter().enumerate() {
            let mut from = 0;
            while let Some((to, slope)) = site.steepest(from) {
                let charge = site.amount * (site.states[to].charge - site.states[from].charge);
                let mut place = count;
                while place > 0 && edges[place - 1].slope < slope {
                    edges[place] = edges[place - 1];
                    place -= 1;
                }
                edges[place] = Edge {
                    slope,
                    charge,
                    site: index,
                };
                count += 1;
                from = to;
            }
        }
        let mut multiplier = 0.0;
        for edge in &edges[..count] {
            multiplier = -edge.slope;
            self.pivot = edge.site;
            missing -= edge.charge;
            if missing <= 0.0 {
                break;
            }
        }
        multiplier
    }

    /// Looks through the choices, each element in turn taking the state that balances the charge. The pivot comes first:
    /// its run covers every choice without mixed valence, and mostly finds a good one at once.
    fn run(&mut self) {
        self.free(self.pivot);
        for site in 0..self.count {
            if site != self.pivot && MIXING * self.sites[site].amount < self.best_loss {
                self.free(site);
            }
        }
    }

    fn free(&mut self, site: usize) {
        self.trial.free = site;
        self.descend(0, self.charge, 0.0);
    }

    /// Chooses states of the sites from `site` on, with `charge` left to balance and `loss` so far.
    fn descend(&mut self, site: usize, charge: f64, loss: f64) {
        if site == self.count {
            return self.close(charge, loss);
        }
        if site == self.trial.free {
            return self.descend(site + 1, charge, loss);
        }
        let Site {
            amount,
            states,
            loss: losses,
            order,
        } = self.sites[site];
        for &state in &order[..states.len()] {
            let total = loss + losses[usize::from(state)];
            self.nodes += 1;
            if !self.improves(total) || self.nodes > MOST_NODES {
                return;
            }
            self.trial.states[site] = state;
            self.descend(
                site + 1,
                charge - amount * states[usize::from(state)].charge,
                total,
            );
        }
    }

    /// Gives the free site the charge that is left, as one state or as two.
    fn close(&mut self, charge: f64, loss: f64) {
        let site = self.sites[self.trial.free];
        let mean = charge / site.amount;
        if let Some(state) = site
            .states
            .iter()
            .position(|s| (s.charge - mean).abs() <= WHOLE)
        {
            self.keep(loss + site.loss[state], state, state, 0.0);
        }
        let fits = |s: &State| (s.common || self.rare_mixing) && s.charge * mean > 0.0;
        let below = site
            .states
            .iter()
            .rposition(|s| fits(s) && s.charge < mean - WHOLE);
        let above = site
            .states
            .iter()
            .position(|s| fits(s) && s.charge > mean + WHOLE);
        if let (Some(below), Some(above)) = (below, above) {
            let (low, high) = (site.states[below].charge, site.states[above].charge);
            let share = (mean - low) / (high - low);
            let mixed = (1.0 - share) * site.loss[below] + share * site.loss[above];
            self.keep(loss + mixed + MIXING * site.amount, below, above, share);
        }
    }

    fn keep(&mut self, loss: f64, lower: usize, upper: usize, upper_share: f64) {
        if self.improves(loss) {
            self.best_loss = loss;
            self.trial.states[self.trial.free] = lower as u8;
            self.best = Some(Choice {
                upper: upper as u8,
                upper_share,
                ..self.trial
            });
        }
    }

    /// Whether a loss is below the best by more than rounding, so that ties go to what was found first.
    fn improves(&self, loss: f64) -> bool {
        self.best.is_none() || loss < self.best_loss - 1e-9 * (1.0 + self.best_loss)
    }

    fn assignment(&self, composition: CompositionRef<'_>) -> Option<Assignment> {
        let best = self.best?;
        let mut all = Assignment {
            states: Vec::with_capacity(self.count + 1),
            score: 0.0,
        };
        for (index, (element, amount)) in composition.iter().enumerate() {
            let states = self.sites[index].states;
            let mut add = |state: u8, amount: f64| {
                let State {
                    charge, log_share, ..
                } = states[usize::from(state)];
                all.states.push(StateAmount {
                    element,
                    state: charge as i8,
                    amount,
                });
                all.score += amount * log_share;
            };
            if index == best.free && best.upper != best.states[index] {
                add(best.states[index], amount * (1.0 - best.upper_share));
                add(best.upper, amount * best.upper_share);
            } else {
                add(best.states[index], amount);
            }
        }
        Some(all)
    }
}

impl Site {
    /// The state above `from` with the steepest rise of log share, and the slope: the next edge of the envelope.
    fn steepest(&self, from: usize) -> Option<(usize, f64)> {
        let start = self.states[from];
        let mut found = None;
        for (to, state) in self.states.iter().enumerate().skip(from + 1) {
            let slope = (state.log_share - start.log_share) / (state.charge - start.charge);
            if found.is_none_or(|(_, steepest)| slope >= steepest) {
                found = Some((to, slope));
            }
        }
        found
    }

    /// Sets what each state loses against the best at this multiplier of the charge, and their order.
    fn price(&mut self, multiplier: f64) {
        let value = |state: &State| state.log_share + multiplier * state.charge;
        let most = self
            .states
            .iter()
            .map(value)
            .fold(f64::NEG_INFINITY, f64::max);
        for (index, state) in self.states.iter().enumerate() {
            self.loss[index] = self.amount * (most - value(state));
            let mut place = index;
            while place > 0 && self.loss[usize::from(self.order[place - 1])] > self.loss[index] {
                self.order[place] = self.order[place - 1];
                place -= 1;
            }
            self.order[place] = index as u8;
        }
    }
}

// Tables of losses have room for every element's states.
const _: () = {
    let mut z = 0;
    while z < USABLE.len() {
        assert!(USABLE[z].len() <= MOST_STATES);
        z += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_looks_at_a_bounded_number_of_choices() {
        // Many elements of many states, and charges that only mixed valence reaches.
        for text in [
            "VCrMnFeCoNiCuMoWReRuIrOsPtO27.3",
            "VCrMnFeCoNiCuMoWReRuIrOsPtO13.7",
            "LiNaKMgCaSrTiVCrMnFeCoNiCuZnO20",
        ] {
            let parsed = crate::formula::parse(text).expect(text);
            let mut search = Search::new(parsed.composition.as_ref(), 0.0).expect(text);
            search.run();
            // Past the bound every open level of every run counts the one choice at which it ends.
            let ends = (MOST_ELEMENTS * MOST_ELEMENTS) as u32;
            assert!(
                search.nodes <= MOST_NODES + ends,
                "{text}: {}",
                search.nodes
            );
        }
    }
}
