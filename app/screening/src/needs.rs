//! Of which candidates a plugin asks its models: a model that says nothing of use of most of a million candidates is not to
//! be evaluated for all of them.

use crate::CarriedError;
use matter::{Compositions, Element};
use plugin_host::Plugin;
use surrogate::model::Columns;

/// The start of the extension's key, before the model's name.
const KEY: &str = "needs:";

/// The models that a plugin states needs of.
pub(crate) fn named(plugin: &Plugin) -> impl Iterator<Item = &str> {
    let extensions = plugin.description().extensions.iter();
    extensions.filter_map(|(key, _)| key.strip_prefix(KEY))
}

/// For each group of elements, of which a candidate must hold one, a bit for each. No group: every candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Needs(Vec<u128>);

impl Needs {
    /// What a plugin's description says of a model that it carries: the extension `needs:MODEL`, whose value is groups of
    /// elements, as in `Li Na; Fe Mn`.
    pub fn of(plugin: &Plugin, model: &str) -> Result<Self, CarriedError> {
        let extensions = plugin.description().extensions.iter();
        let mut own = extensions.filter(|(key, _)| key.strip_prefix(KEY) == Some(model));
        own.next().map_or_else(
            || Ok(Self::default()),
            |(_, groups)| Self::read(model, groups),
        )
    }

    fn read(model: &str, groups: &str) -> Result<Self, CarriedError> {
        let group = |group: &str| {
            let mut bits = 0;
            for symbol in group.split_whitespace() {
                let element = Element::from_symbol(symbol).ok_or_else(|| CarriedError::Needs {
                    model: model.to_owned(),
                    symbol: symbol.to_owned(),
                })?;
                bits |= 1_u128 << element.atomic_number();
            }
            Ok(bits)
        };
        let stated = groups.split(';').filter(|group| !group.trim().is_empty());
        stated.map(group).collect::<Result<_, _>>().map(Self)
    }

    /// What `ask` says of the candidates that hold what is needed, in columns of all of them. It is given their compositions
    /// and their rows; `None`: all.
    ///
    /// # Errors
    ///
    /// Those of `ask`.
    pub fn ask<E>(
        &self,
        compositions: &Compositions,
        ask: impl FnOnce(&Compositions, Option<&[usize]>) -> Result<Columns, E>,
    ) -> Result<Columns, E> {
        let Some(rows) = self.rows(compositions) else {
            return ask(compositions, None);
        };
        let said = ask(&select(compositions, &rows), Some(&rows))?;
        Ok(spread(said, &rows, compositions.len()))
    }

    /// The rows that the model is asked of; `None`: all.
    fn rows(&self, compositions: &Compositions) -> Option<Vec<usize>> {
        if self.0.is_empty() {
            return None;
        }
        let asked = |row: &usize| {
            let parts = compositions.get(*row);
            let held = parts.iter().filter(|part| part.1 > 0.0);
            let held = held.fold(0_u128, |bits, part| bits | 1 << part.0.atomic_number());
            self.0.iter().all(|group| held & group != 0)
        };
        let rows: Vec<usize> = (0..compositions.len()).filter(asked).collect();
        (rows.len() < compositions.len()).then_some(rows)
    }
}

/// What was said of some rows as columns of all `count`: missing in the others.
fn spread(said: Columns, rows: &[usize], count: usize) -> Columns {
    let all = |some: Vec<f64>| {
        let mut all = vec![f64::NAN; count];
        for (row, value) in rows.iter().zip(some) {
            all[*row] = value;
        }
        all
    };
    let mut outside = vec![false; count];
    for (row, value) in rows.iter().zip(said.outside) {
        outside[*row] = value;
    }
    let notes = said.notes.into_iter();
    Columns {
        mean: all(said.mean),
        std: all(said.std),
        probability_of_zero: said.probability_of_zero.map(all),
        outside,
        notes: notes.map(|(at, text)| (rows[at], text)).collect(),
    }
}

/// Some rows of a list.
fn select(compositions: &Compositions, rows: &[usize]) -> Compositions {
    let mut selected = Compositions::default();
    for row in rows {
        selected.push(compositions.get(*row));
    }
    selected
}

#[cfg(test)]
mod tests {
    use super::*;
    use matter::formula::Parser;

    fn compositions(formulas: &[&str]) -> Compositions {
        let mut parser = Parser::default();
        let mut all = Compositions::default();
        for formula in formulas {
            parser.parse_into(formula, &mut all).expect("a formula");
        }
        all
    }

    #[test]
    fn one_element_of_each_group_is_needed() {
        let all = compositions(&["LiFePO4", "NaTaO3", "LiTaO3", "TaC"]);
        let needs = Needs::read("m", "Li Na; Ta  W").expect("elements");
        assert_eq!(needs.rows(&all), Some(vec![1, 2]));
        assert_eq!(Needs::default().rows(&all), None);
        let lithium = Needs::read("m", "Li").expect("an element");
        assert_eq!(lithium.rows(&select(&all, &[0, 2])), None);
        assert_eq!(Needs::read("m", "Li;").expect("an element"), lithium);
        assert!(Needs::read("m", "Li Xx").is_err());
    }

    #[test]
    fn what_is_said_of_some_rows_stands_in_their_places() {
        let said = Columns {
            mean: vec![1.0, 2.0],
            std: vec![0.1, 0.2],
            probability_of_zero: None,
            outside: vec![false, true],
            notes: vec![(1, "odd".to_owned())],
        };
        let all = spread(said, &[1, 3], 4);
        assert!(all.mean[0].is_nan() && all.std[2].is_nan());
        assert_eq!((all.mean[1], all.mean[3], all.std[3]), (1.0, 2.0, 0.2));
        assert_eq!(all.outside, [false, false, false, true]);
        assert_eq!(all.notes, [(3, "odd".to_owned())]);
    }
}
