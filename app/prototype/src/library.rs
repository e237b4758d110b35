//! The prototypes that come with the program, and how they are found by what people call them.

use crate::PrototypeError;
use crate::tables::{CIF, ENTRIES};
use crystal::Structure;
use crystal::format::{Format, read};
use crystal::symmetry::analyse;
use std::sync::LazyLock;

/// How far sites of a prototype may lie from where symmetry wants them, Å: refinements in print are rounded.
const TOLERANCE: f64 = 0.05;

/// A line of `datasets/prototypes/index.csv`; the structures, in primitive cells, are the blocks of one file in its order.
pub(crate) struct Entry {
    pub name: &'static str,
    pub called: &'static str,
    pub label: &'static str,
    pub strukturbericht: &'static str,
    pub mineral: &'static str,
    pub space_group: u8,
    pub symbol: &'static str,
    pub origin: &'static str,
    pub source: &'static str,
}

/// A structure type: a structure whose places others may take.
#[derive(Clone, Debug)]
pub struct Prototype {
    /// What it is called here, without blanks: `L1_0`, `NASICON`, or the name of a file.
    pub name: String,
    /// Formula of the structure, reduced: `CuAu`.
    pub formula: String,
    /// What else it answers to: Strukturbericht symbol, label of AFLOW, mineral, usual names.
    pub called: Vec<String>,
    /// Its primitive cell, in which every site is occupied wholly by one element.
    pub structure: Structure,
    /// Number of the space group, 1 to 230.
    pub space_group: u8,
    /// Its symbol: `P4/mmm`.
    pub symbol: String,
    /// Where it is from, with the kind of data: `compiled`, `computed`, `measured`.
    pub source: String,
}

impl Prototype {
    /// A structure as a prototype, in its primitive cell.
    ///
    /// # Errors
    ///
    /// Disordered sites, or a structure whose symmetry cannot be found.
    pub fn new(name: &str, structure: &Structure, source: &str) -> Result<Self, PrototypeError> {
        let mixed = structure.sites.iter().find(|site| site.element().is_none());
        if let Some(site) = mixed {
            return Err(PrototypeError::Disordered {
                name: name.to_owned(),
                site: site.label.clone(),
            });
        }
        let symmetry = analyse(structure, TOLERANCE)
            .map_err(|error| PrototypeError::Crystal(name.to_owned(), error))?;
        let mut primitive = symmetry.primitive_cell;
        primitive.title.clear();
        Ok(Self {
            name: name.to_owned(),
            formula: primitive.formula(),
            called: Vec::new(),
            structure: primitive,
            space_group: symmetry.number,
            symbol: symmetry.hermann_mauguin,
            source: source.to_owned(),
        })
    }

    /// All that come with the program, in the order of their list; read at the first call.
    pub fn shipped() -> &'static [Self] {
        static SHIPPED: LazyLock<Vec<Prototype>> = LazyLock::new(load);
        &SHIPPED
    }

    /// Those of a list that a word means: their name, label, symbol, mineral, usual name or formula, where case, blanks, hyphens
    /// and underscores do not matter. A name goes before all else, so that `B2` is one prototype; a formula may mean several.
    pub fn find<'a>(list: &'a [Self], word: &str) -> Vec<&'a Self> {
        let wanted = plain(word);
        let named = list.iter().filter(|p| plain(&p.name) == wanted);
        let named: Vec<&Self> = named.collect();
        if !named.is_empty() {
            return named;
        }
        let answers = |p: &&Self| {
            let formula = std::iter::once(&p.formula);
            formula.chain(&p.called).any(|name| plain(name) == wanted)
        };
        list.iter().filter(answers).collect()
    }
}

/// A name without what people write in different ways.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase()
}

/// Reads the shipped structures; a file that cannot be read gives none, which the tests of this room rule out.
fn load() -> Vec<Prototype> {
    let structures = read(CIF, Format::Cif).unwrap_or_default();
    let prototype = |(entry, mut structure): (&Entry, Structure)| {
        structure.title.clear();
        structure.notes.clear();
        let names = [entry.label, entry.strukturbericht, entry.mineral];
        let names = names.into_iter().chain(entry.called.split(", "));
        Prototype {
            name: entry.name.to_owned(),
            formula: structure.formula(),
            called: names
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            structure,
            space_group: entry.space_group,
            symbol: entry.symbol.to_owned(),
            source: format!("{} ({})", entry.source, entry.origin),
        }
    };
    ENTRIES.iter().zip(structures).map(prototype).collect()
}
