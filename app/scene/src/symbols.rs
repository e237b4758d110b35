//! Elements in stored styles: by their symbols.

use matter::Element;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

fn element<E: Error>(symbol: &str) -> Result<Element, E> {
    Element::from_symbol(symbol)
        .ok_or_else(|| E::custom(format!("no element has the symbol {symbol:?}")))
}

/// Elements as a list of symbols.
pub(crate) mod list {
    use super::*;

    pub fn serialize<S: Serializer>(elements: &[Element], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(elements.iter().map(|e| e.symbol()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Element>, D::Error> {
        let symbols = Vec::<String>::deserialize(from)?;
        symbols.iter().map(|s| element(s)).collect()
    }
}

/// The same, or nothing.
pub(crate) mod list_or_none {
    use super::*;

    pub fn serialize<S: Serializer>(
        elements: &Option<Vec<Element>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let symbols = elements
            .as_ref()
            .map(|list| list.iter().map(|e| e.symbol()).collect::<Vec<_>>());
        symbols.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Vec<Element>>, D::Error> {
        let symbols = Option::<Vec<String>>::deserialize(from)?;
        symbols
            .map(|list| list.iter().map(|s| element(s)).collect())
            .transpose()
    }
}

/// Lengths of pairs of elements as a list: `["O", "Ti", 2.2]`.
pub(crate) mod pairs {
    use super::*;
    use std::collections::BTreeMap;

    type Pairs = BTreeMap<(Element, Element), f64>;

    pub fn serialize<S: Serializer>(pairs: &Pairs, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(
            pairs
                .iter()
                .map(|((a, b), length)| (a.symbol(), b.symbol(), length)),
        )
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Pairs, D::Error> {
        let rows = Vec::<(String, String, f64)>::deserialize(from)?;
        let pair = |(a, b, length): &(String, String, f64)| {
            let (a, b) = (element(a)?, element(b)?);
            Ok(((a.min(b), a.max(b)), *length))
        };
        rows.iter().map(pair).collect()
    }
}
