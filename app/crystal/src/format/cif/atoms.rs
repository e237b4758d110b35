//! The sites that a data block lists, before symmetry is applied.

use super::super::FormatError;
use super::super::text::{number, shortened};
use super::block::Block;
use super::lexer::Value;
use crate::{MAX_SITES, Species};
use matter::{Element, formula};
use nalgebra::Vector3;
use std::collections::HashMap;

/// A listed site.
pub(super) struct Atom<'a> {
    pub label: &'a str,
    pub species: Species,
    pub position: Vector3<f64>,
    /// Where its coordinates stand, for errors that show only later.
    pub place: Value<'a>,
}

/// The listed sites, and what was set aside.
pub(super) struct Atoms<'a> {
    pub list: Vec<Atom<'a>>,
    pub notes: Vec<String>,
}

/// Symbols of sites that hold no atom.
const DUMMIES: [&str; 6] = ["X", "Du", "Dum", "Q", "Va", "Vac"];
/// Names of water and hydroxide whose hydrogen is not listed apart.
const WATER: [&str; 7] = ["Wat", "wat", "Ow", "OW", "OH", "O-H", "Oh"];
/// Coordinates within this part of a third or sixth mean it: 0.3333 and 0.33333 are written for 1/3.
const THIRD_TOLERANCE: f64 = 1e-4;

/// The listed sites of a block; none where it has no fractional coordinates.
pub(super) fn read<'a>(block: &Block<'a>) -> Result<Option<Atoms<'a>>, FormatError> {
    let axes = [
        "_atom_site_fract_x",
        "_atom_site_fract_y",
        "_atom_site_fract_z",
    ];
    let [Some(x), Some(y), Some(z)] = axes.map(|tag| block.column(tag)) else {
        if block.column("_atom_site_cartn_x").is_some() {
            return Err(block.error(
                "only Cartesian coordinates",
                "give fractional ones: _atom_site_fract_x, _atom_site_fract_y, _atom_site_fract_z",
            ));
        }
        return Ok(None);
    };
    if let Some(excess) = x.get(MAX_SITES) {
        return Err(excess.error(format!("more than {MAX_SITES} sites"), "use a smaller cell"));
    }
    let labels = block.column("_atom_site_label");
    let symbols = block.column("_atom_site_type_symbol");
    let occupancies = block.column("_atom_site_occupancy");
    let flags = block.column("_atom_site_calc_flag");
    let naming = Naming::of(block);
    let mut atoms = Atoms {
        list: Vec::new(),
        notes: Vec::new(),
    };
    let known = |column: &Option<Vec<Value<'a>>>, row: usize| column.as_ref()?.get(row)?.known();
    for (row, place) in x.iter().enumerate() {
        let (Some(y), Some(z)) = (y.get(row), z.get(row)) else {
            return Err(place.error("x without y and z", "put all three in one loop"));
        };
        let symbol = known(&symbols, row);
        let label = known(&labels, row).or(symbol).unwrap_or("");
        let (Some(fx), Some(fy), Some(fz)) = (place.number()?, y.number()?, z.number()?) else {
            atoms.notes.push(format!(
                "site {}: no coordinates, ignored",
                shortened(label)
            ));
            continue;
        };
        let far = [fx, fy, fz].iter().any(|f| f.abs() > 1e4);
        if far {
            return Err(place.error(
                "coordinates above 10000",
                "give fractions of the cell edges",
            ));
        }
        let named = match naming.read(symbol.unwrap_or(label)) {
            // Where the type says nothing, the label may.
            Named::Nothing => naming.read(label),
            named => named,
        };
        let element = match named {
            Named::Element(element) => element,
            Named::Water => {
                atoms.notes.push(format!(
                    "site {}: taken as O; the hydrogen of water or hydroxide is not listed apart, so formula and density lack it",
                    shortened(label)
                ));
                Element::O
            }
            Named::Dummy => {
                atoms
                    .notes
                    .push(format!("site {}: holds no atom, ignored", shortened(label)));
                continue;
            }
            Named::Nothing => {
                let named_by = symbols
                    .as_ref()
                    .or(labels.as_ref())
                    .and_then(|c| c.get(row));
                let what = format!("`{}` names no element", shortened(symbol.unwrap_or(label)));
                let remedy = "write its symbol in _atom_site_type_symbol, such as Fe or Fe3+";
                return Err(named_by.unwrap_or(place).error(what, remedy));
            }
        };
        if known(&flags, row).is_some_and(|flag| flag.eq_ignore_ascii_case("dum")) {
            atoms
                .notes
                .push(format!("site {}: a dummy, ignored", shortened(label)));
            continue;
        }
        let occupancy = match occupancies.as_ref().and_then(|column| column.get(row)) {
            Some(value) => {
                let occupancy = value.number()?.unwrap_or(1.0);
                if occupancy < 0.0 {
                    return Err(value.error("a negative occupancy", "write a number from 0 to 1"));
                }
                occupancy
            }
            None => 1.0,
        };
        if occupancy == 0.0 {
            atoms
                .notes
                .push(format!("site {}: occupancy 0, ignored", shortened(label)));
            continue;
        }
        atoms.list.push(Atom {
            label,
            species: Species {
                element,
                occupancy,
                oxidation_state: symbol.and_then(|s| naming.oxidation_state(s)),
            },
            position: Vector3::new(fx, fy, fz).map(exact),
            place: *place,
        });
    }
    if atoms.list.is_empty() {
        return Err(block.error(
            "no site has an atom and coordinates",
            "list the atoms of the cell",
        ));
    }
    Ok(Some(atoms))
}

/// 0.3333 and 0.1667 as the third or sixth that they stand for; otherwise special positions are missed.
fn exact(x: f64) -> f64 {
    let part = x - x.floor();
    let sixths = [1.0, 2.0, 4.0, 5.0].map(|n| n / 6.0);
    match sixths
        .iter()
        .find(|s| (part / **s - 1.0).abs() < THIRD_TOLERANCE)
    {
        Some(sixth) => x.floor() + sixth,
        None => x,
    }
}

enum Named {
    Element(Element),
    /// Oxygen of water or hydroxide.
    Water,
    Dummy,
    Nothing,
}

/// What the block tells of the names of its atoms.
struct Naming {
    /// Elements of the formula, which decide whether CA1 is calcium or a carbon; empty where it is not stated.
    in_formula: Vec<Element>,
    /// Oxidation states by type symbol.
    states: HashMap<String, f64>,
}

impl Naming {
    fn of(block: &Block) -> Self {
        let sum = block
            .text("_chemical_formula_sum")
            .and_then(|text| formula::parse(text).ok());
        let in_formula = sum.map_or_else(Vec::new, |parsed| {
            parsed
                .composition
                .as_ref()
                .iter()
                .map(|(element, _)| element)
                .collect()
        });
        let mut states = HashMap::new();
        let symbols = block.column("_atom_type_symbol");
        let numbers = block.column("_atom_type_oxidation_number");
        for (symbol, state) in symbols.iter().flatten().zip(numbers.iter().flatten()) {
            if let (Some(symbol), Ok(Some(state))) = (symbol.known(), state.number()) {
                states.insert(symbol.to_string(), state);
            }
        }
        Self { in_formula, states }
    }

    fn fits(&self, element: Element) -> bool {
        self.in_formula.is_empty() || self.in_formula.contains(&element)
    }

    /// What a type symbol or label means: `Fe3+`, `FE1`, `O1A`, `Wat`, `X1`.
    fn read(&self, name: &str) -> Named {
        let end = name.find(|c: char| !c.is_ascii_alphabetic() && c != '-');
        let word = name[..end.unwrap_or(name.len())].trim_end_matches('-');
        let mut letters = word.chars();
        let (Some(first), second) = (letters.next(), letters.next()) else {
            return Named::Nothing;
        };
        let one = Element::from_symbol(&first.to_ascii_uppercase().to_string());
        let two = second.and_then(|second| {
            Element::from_symbol(&format!(
                "{}{}",
                first.to_ascii_uppercase(),
                second.to_ascii_lowercase()
            ))
        });
        // A symbol of exactly its letters first; then what the formula has; then what there is.
        let whole = if second.is_some() { two } else { one };
        let exact = whole.filter(|e| self.fits(*e) && e.symbol() == word);
        let in_formula = || [two, one].into_iter().flatten().find(|e| self.fits(*e));
        if let Some(element) = exact {
            return Named::Element(element);
        }
        if WATER.contains(&word) {
            return Named::Water;
        }
        // Va1 is a vacancy, but in a vanadium compound a site of vanadium.
        let vanadium = word == "Va" && self.in_formula.contains(&Element::V);
        if DUMMIES.contains(&word) && !vanadium {
            return Named::Dummy;
        }
        match in_formula().or(two).or(one) {
            Some(element) => Named::Element(element),
            None => Named::Nothing,
        }
    }

    /// The oxidation state of a type symbol: by the list of types, else by its own charge, `Fe3+`, `O2-`, `Cl-`.
    fn oxidation_state(&self, symbol: &str) -> Option<f64> {
        if let Some(state) = self.states.get(symbol) {
            return Some(*state);
        }
        let charge = symbol.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let (sign, digits) = match (charge.strip_suffix('+'), charge.strip_suffix('-')) {
            (Some(digits), _) => (1.0, digits),
            (_, Some(digits)) => (-1.0, digits),
            _ => match (charge.strip_prefix('+'), charge.strip_prefix('-')) {
                (Some(digits), _) => (1.0, digits),
                (_, Some(digits)) => (-1.0, digits),
                _ => return None,
            },
        };
        let magnitude = if digits.is_empty() {
            1.0
        } else {
            number(digits)?
        };
        (0.0..=10.0)
            .contains(&magnitude)
            .then_some(sign * magnitude)
    }
}
