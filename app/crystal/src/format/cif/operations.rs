//! The symmetry operations of a data block: listed, or those of the space group that it names.

use super::super::FormatError;
use super::super::text::{number, shortened};
use super::block::Block;
use super::lexer::Value;
use crate::Lattice;
use moyo::data::{
    HallNumber, HallSymbol, HallSymbolEntry, Setting, hall_symbol_entry, operations_from_number,
};
use nalgebra::{Matrix3, Vector3};

/// More operations than any space group has in a cell that people use: 192, and twice that to be safe.
const MAX_OPERATIONS: usize = 384;
/// Hall numbers in the tables of space groups.
const HALL_NUMBERS: std::ops::RangeInclusive<HallNumber> = 1..=530;

/// A symmetry operation on fractional coordinates: `rotation * x + translation`.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub rotation: Matrix3<f64>,
    pub translation: Vector3<f64>,
}

impl Operation {
    pub fn apply(&self, position: &Vector3<f64>) -> Vector3<f64> {
        self.rotation * position + self.translation
    }
}

/// The operations, or those of several settings, the likeliest first, where the file does not say which it means.
pub(super) struct Candidates {
    pub settings: Vec<Vec<Operation>>,
    /// What the user should know of the choice.
    pub note: Option<String>,
}

/// The operations of a magnetic structure, whose dictionary has tags of its own: those listed times the centrings listed
/// apart, without what they do to moments. None where the block names no magnetic symmetry.
fn magnetic(block: &Block) -> Result<Option<Vec<Operation>>, FormatError> {
    let listed = |tag: &str| -> Result<Vec<Operation>, FormatError> {
        let values = block.column(tag).unwrap_or_default().into_iter();
        let known: Vec<Value> = values.filter(|v| v.known().is_some()).collect();
        if let Some(excess) = known.get(MAX_OPERATIONS) {
            return Err(too_many(excess));
        }
        known.iter().map(parse_magnetic).collect()
    };
    const OPERATIONS: &str = "_space_group_symop_magn_operation_xyz";
    let operations = listed(OPERATIONS)?;
    let modulated = "_space_group_symop_magn_ssg_operation_algebraic";
    if let Some(value) = block.item(modulated).filter(|_| operations.is_empty()) {
        return Err(value.error(
            "a modulated magnetic structure",
            "give a commensurate cell, with its operations in a loop of _space_group_symop_magn_operation.xyz",
        ));
    }
    let names = [
        "_space_group_magn_number_bns",
        "_space_group_magn_name_bns",
        "_space_group_magn_number_og",
        "_space_group_magn_name_og",
    ];
    let name = names.iter().find_map(|tag| block.item(tag));
    let name = name.filter(|v| v.known().is_some());
    if let Some(name) = name.filter(|_| operations.is_empty()) {
        return Err(name.error(
            format!(
                "the operations of the magnetic group `{}` are not listed",
                shortened(name.text)
            ),
            "list them in a loop of _space_group_symop_magn_operation.xyz",
        ));
    }
    if operations.is_empty() {
        return Ok(None);
    }
    let mut all = operations.clone();
    for centring in listed("_space_group_symop_magn_centering_xyz")? {
        if centring.translation.iter().all(|t| t.fract() == 0.0) {
            continue;
        }
        all.extend(operations.iter().map(|operation| Operation {
            rotation: centring.rotation * operation.rotation,
            translation: centring.apply(&operation.translation),
        }));
    }
    match block.item(OPERATIONS) {
        Some(first) if all.len() > 2 * MAX_OPERATIONS => Err(too_many(&first)),
        _ => Ok(Some(all)),
    }
}

/// An operation such as `-x+1/2,y,z,-1`: the last part says whether time is reversed.
fn parse_magnetic(value: &Value) -> Result<Operation, FormatError> {
    let text = match value.text.rsplit_once(',') {
        Some((spatial, reversal)) if matches!(reversal.trim(), "+1" | "-1" | "1") => spatial,
        _ => value.text,
    };
    operation(text).ok_or_else(|| {
        let what = format!(
            "`{}` is no magnetic symmetry operation",
            shortened(value.text)
        );
        value.error(
            what,
            "write three terms and the time reversal, such as `-x+1/2,y,z,-1`",
        )
    })
}

fn too_many(excess: &Value) -> FormatError {
    excess.error(
        format!("more than {MAX_OPERATIONS} symmetry operations"),
        "no space group has as many",
    )
}

/// The operations of a block: those listed, else those of its Hall symbol, Hermann-Mauguin symbol or number.
pub(super) fn of(block: &Block, lattice: &Lattice) -> Result<Candidates, FormatError> {
    if let Some(operations) = magnetic(block)? {
        return Ok(Candidates {
            settings: vec![operations],
            note: None,
        });
    }
    let listed = [
        "_space_group_symop_operation_xyz",
        "_symmetry_equiv_pos_as_xyz",
        "_symmetry_equiv_pos_as_xyz_",
    ];
    for values in listed.iter().filter_map(|tag| block.column(tag)) {
        let known: Vec<Value> = values.into_iter().filter(|v| v.known().is_some()).collect();
        if let Some(excess) = known.get(MAX_OPERATIONS) {
            return Err(too_many(excess));
        }
        if !known.is_empty() {
            let operations: Result<Vec<_>, _> = known.iter().map(parse).collect();
            return Ok(Candidates {
                settings: vec![operations?],
                note: None,
            });
        }
    }
    let find = |tags: &[&str]| {
        tags.iter()
            .find_map(|tag| block.item(tag).filter(|v| v.known().is_some()))
    };
    if let Some(value) = find(&["_space_group_name_hall", "_symmetry_space_group_name_hall"])
        && let Some(operations) = value.known().and_then(of_hall_symbol)
    {
        return Ok(Candidates {
            settings: vec![operations],
            note: None,
        });
    }
    let symbols = [
        "_space_group_name_h-m_alt",
        "_symmetry_space_group_name_h-m",
        "_space_group_name_h-m_full",
        "_symmetry_space_group_name_h-m_full",
    ];
    if let Some(value) = find(&symbols) {
        return of_symbol(&value, lattice);
    }
    if let Some(value) = find(&["_space_group_it_number", "_symmetry_int_tables_number"]) {
        let number = value.known().and_then(|text| text.parse().ok());
        let entries = entries(|e| Some(e.number) == number);
        if entries.is_empty() {
            let what = format!("`{}` is no space group number", shortened(value.text));
            return Err(value.error(what, "write a number from 1 to 230"));
        }
        return settings(&value, entries, None, lattice);
    }
    Ok(Candidates {
        settings: vec![vec![Operation {
            rotation: Matrix3::identity(),
            translation: Vector3::zeros(),
        }]],
        note: Some(
            "no symmetry is stated: the listed sites are taken as all of the cell (P 1)"
                .to_string(),
        ),
    })
}

/// An operation such as `-x+1/2, y, z` or `1/2-X,Y,0.25+Z`.
fn parse(value: &Value) -> Result<Operation, FormatError> {
    operation(value.text).ok_or_else(|| {
        let what = format!("`{}` is no symmetry operation", shortened(value.text));
        value.error(what, "write three terms such as `-x+1/2, y, z`")
    })
}

fn operation(text: &str) -> Option<Operation> {
    let text = text.trim().trim_matches(|c| c == '\'' || c == '"');
    let parts: Vec<&str> = text.split(',').collect();
    let mut operation = Operation {
        rotation: Matrix3::zeros(),
        translation: Vector3::zeros(),
    };
    if parts.len() != 3 {
        return None;
    }
    for (row, part) in parts.iter().enumerate() {
        let compact: String = part.chars().filter(|c| !c.is_whitespace()).collect();
        for term in terms(&compact) {
            let (sign, body) = match term.strip_prefix('-') {
                Some(body) => (-1.0, body),
                None => (1.0, term.strip_prefix('+').unwrap_or(term)),
            };
            let axis = "xyz".find(
                body.to_ascii_lowercase()
                    .trim_start_matches(|c: char| !c.is_ascii_alphabetic()),
            );
            match axis.filter(|_| body.ends_with(|c: char| c.is_ascii_alphabetic())) {
                Some(axis) => {
                    let factor = body[..body.len() - 1].trim_end_matches('*');
                    let factor = if factor.is_empty() {
                        Some(1.0)
                    } else {
                        quotient(factor)
                    };
                    operation.rotation[(row, axis)] += sign * factor?;
                }
                None => operation.translation[row] += sign * quotient(body)?,
            }
        }
    }
    let determinant = operation.rotation.determinant();
    let whole = operation
        .rotation
        .iter()
        .all(|x| x.fract() == 0.0 && x.abs() <= 2.0);
    let sound = whole
        && (determinant.abs() - 1.0).abs() < 1e-9
        && operation.translation.iter().all(|t| t.abs() < 1e3);
    sound.then_some(operation)
}

/// The terms of a sum, each with its sign.
fn terms(sum: &str) -> impl Iterator<Item = &str> {
    let mut rest = sum;
    std::iter::from_fn(move || {
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| matches!(c, '+' | '-'));
        let (term, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        (!term.is_empty()).then_some(term)
    })
}

/// A number or a quotient of two.
fn quotient(text: &str) -> Option<f64> {
    match text.split_once('/') {
        Some((above, below)) => {
            let below = number(below).filter(|b| *b != 0.0)?;
            Some(number(above)? / below)
        }
        None => number(text),
    }
}

/// The operations of a Hall symbol: those of the tables where it is in them, so that no symbol is parsed unseen.
fn of_hall_symbol(symbol: &str) -> Option<Vec<Operation>> {
    let plain = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").replace('_', " ").to_ascii_lowercase()
    };
    let wanted = plain(symbol);
    let entry = entries(|e| plain(e.hall_symbol) == wanted)
        .into_iter()
        .next()?;
    of_entry(&entry)
}

fn entries(wanted: impl Fn(&HallSymbolEntry) -> bool) -> Vec<HallSymbolEntry> {
    HALL_NUMBERS
        .filter_map(hall_symbol_entry)
        .filter(wanted)
        .collect()
}

fn of_entry(entry: &HallSymbolEntry) -> Option<Vec<Operation>> {
    HallSymbol::new(entry.hall_symbol)?;
    let all =
        operations_from_number(entry.number, Setting::HallNumber(entry.hall_number), false).ok()?;
    let plain = |operation: &moyo::base::Operation| Operation {
        rotation: operation.rotation.map(f64::from),
        translation: operation.translation,
    };
    Some(all.iter().map(plain).collect())
}

/// A Hermann-Mauguin symbol, with what programs append for the setting: `:1`, `:2`, `:H`, `:R`, ` S`, ` Z`, ` H`, ` R`.
fn of_symbol(value: &Value, lattice: &Lattice) -> Result<Candidates, FormatError> {
    let text = value.known().unwrap_or("");
    // Remarks such as `{rhombohedral axes}` say what the cell tells better.
    let text = text.split(['{', '[']).next().unwrap_or("").trim_end();
    let (symbol, appended) = match text.rsplit_once(':') {
        Some((symbol, setting)) => (symbol, Some(setting.trim())),
        None => match text.rsplit_once(' ') {
            Some((symbol, setting @ ("S" | "Z" | "H" | "R" | "HR" | "RS"))) => {
                (symbol, Some(setting))
            }
            _ => (text, None),
        },
    };
    let setting = appended.map(|setting| match setting.to_ascii_uppercase().as_str() {
        "S" | "1" => "1".to_string(),
        "Z" | "2" => "2".to_string(),
        "R" | "RS" => "R".to_string(),
        "H" | "HR" => "H".to_string(),
        _ => setting.to_ascii_lowercase(),
    });
    let found = of_plain_symbol(&plain_symbol(symbol), lattice);
    if found.is_empty() {
        return Err(value.error(
            format!("`{}` is no space group symbol of the tables", shortened(text)),
            "list the symmetry operations in a loop of _symmetry_equiv_pos_as_xyz, or write a symbol such as `P 1 21/c 1`",
        ));
    }
    settings(value, found, setting.as_deref(), lattice)
}

/// A symbol without blanks, underlines and case.
fn plain_symbol(text: &str) -> String {
    let letters = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '(' | ')'));
    letters.collect::<String>().to_ascii_lowercase()
}

/// The entries that a symbol means: its full form, the short form of the standard setting, then what people shorten from
/// full forms of others, `P b n m` or `P 21/n`, and cubic symbols without their minus, `F m 3 m`.
fn of_plain_symbol(wanted: &str, lattice: &Lattice) -> Vec<HallSymbolEntry> {
    let forms: [fn(&HallSymbolEntry) -> String; 4] = [
        |e| e.hm_full.to_string(),
        |e| e.hm_short.to_string(),
        |e| match e.number {
            3..=15 => e.hm_full.split(' ').filter(|part| *part != "1").collect(),
            16..=74 => e.hm_full.replace("2_1/", "").replace("2/", ""),
            _ => String::new(),
        },
        |e| match e.number {
            195..=230 => e.hm_short.replace('-', ""),
            _ => String::new(),
        },
    ];
    for form in forms {
        let found = entries(|e| plain_symbol(&form(e)) == wanted);
        let Some(mut first) = found.first() else {
            continue;
        };
        if (3..=15).contains(&first.number) {
            // The unique axis is the one whose angle is not right.
            let right = lattice.angles().map(|angle| (angle - 90.0).abs() < 1e-3);
            let axis = match right {
                [false, true, true] => 'a',
                [true, true, false] => 'c',
                _ => 'b',
            };
            first = found
                .iter()
                .find(|e| e.setting.contains(axis))
                .unwrap_or(first);
        }
        return entries(|e| e.number == first.number && e.hm_full == first.hm_full);
    }
    Vec::new()
}

/// The settings that the entries of one symbol or number leave open: origin choices, hexagonal or rhombohedral axes.
fn settings(
    value: &Value,
    entries: Vec<HallSymbolEntry>,
    setting: Option<&str>,
    lattice: &Lattice,
) -> Result<Candidates, FormatError> {
    let of_setting = |wanted: &str| -> Vec<HallSymbolEntry> {
        let same = |e: &&HallSymbolEntry| {
            e.setting.eq_ignore_ascii_case(wanted) || e.setting.starts_with(wanted)
        };
        entries.iter().filter(same).cloned().collect()
    };
    let rhombohedral = entries.iter().any(|e| e.setting == "R");
    let mut note = None;
    let mut chosen = setting.map(of_setting).unwrap_or_default();
    if rhombohedral {
        // The cell tells which axes are meant, whatever the symbol says: hexagonal ones have γ = 120°.
        let hexagonal = (lattice.angles()[2] - 120.0).abs() < 0.1;
        chosen = of_setting(if hexagonal { "H" } else { "R" });
    } else if chosen.is_empty() {
        let second = of_setting("2");
        let open = !second.is_empty() && entries.iter().any(|e| e.setting.starts_with('1'));
        if open {
            chosen = second;
            chosen.extend(of_setting("1"));
            note = Some(format!(
                "the origin choice of {} is not stated: taken is the one whose sites make the formula, 2 in doubt",
                shortened(value.text.trim())
            ));
        } else {
            chosen = entries.into_iter().take(1).collect();
        }
    }
    let settings: Vec<Vec<Operation>> = chosen.iter().filter_map(of_entry).collect();
    match settings.is_empty() {
        true => Err(value.error(
            format!(
                "the setting of `{}` is not in the tables",
                shortened(value.text)
            ),
            "list the symmetry operations in a loop of _symmetry_equiv_pos_as_xyz",
        )),
        false => Ok(Candidates { settings, note }),
    }
}
