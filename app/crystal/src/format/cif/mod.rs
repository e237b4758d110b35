//! The Crystallographic Information File: S. R. Hall, F. H. Allen, I. D. Brown, Acta Crystallogr. A 47, 655 (1991).
//!
//! `lexer` turns text into tags and values, `block` these into data blocks, `operations` finds the symmetry, `atoms`
//! reads the listed sites, and `expand` makes all sites of the cell from them.

mod atoms;
mod block;
mod expand;
mod lexer;
mod operations;
mod write;

pub(super) use write::write;

use super::FormatError;
use super::text::{self, line_error};
use crate::neighbour::neighbours;
use crate::{Lattice, MAX_SITES, Site, Structure};
use block::Block;
use matter::{CompositionRef, formula};

/// Images of a site closer than this are one, Å; the larger distances serve where the first does not make the formula
/// that the file states, because special positions are rounded to three digits or two.
const SAME_SITE: [f64; 3] = [0.01, 0.05, 0.2];
/// No two atoms are closer, Å: the bond of H2 has 0.74 Å.
const SHORTEST_BOND: f64 = 0.6;
/// More notes than anybody reads.
const MAX_NOTES: usize = 50;

/// The structures of all data blocks that hold one.
pub(super) fn read(content: &str) -> Result<Vec<Structure>, FormatError> {
    let mut structures: Vec<Structure> = Vec::new();
    let mut left = MAX_SITES;
    for block in block::blocks(content)? {
        if let Some(structure) = structure_of(&block, left)? {
            left -= structure.sites.len();
            structures.push(structure);
        }
    }
    if structures.is_empty() {
        return Err(line_error(
            1,
            "no data block has a structure",
            "a structure needs _cell_length_a and so on, and a loop with _atom_site_fract_x, _y and _z",
        ));
    }
    Ok(structures)
}

/// The structure of a block; none where the block lists no atoms, as those of authors and reflections.
fn structure_of(block: &Block, max_sites: usize) -> Result<Option<Structure>, FormatError> {
    let Some(atoms) = atoms::read(block)? else {
        return Ok(None);
    };
    let lattice = lattice_of(block)?;
    let formula_sum = block
        .text("_chemical_formula_sum")
        .and_then(|text| formula::parse(text).ok())
        .map(|parsed| parsed.composition);
    let candidates = operations::of(block, &lattice)?;
    let fits = |sites: &[Site]| {
        let cell = Structure::new(lattice.clone(), sites.to_vec());
        let formula = formula_sum.as_ref();
        formula.is_none_or(|sum| agree(cell.composition().as_ref(), sum.as_ref()))
            && overlap(&cell).is_none()
    };
    // Of several settings, and of special positions rounded more or less, the first whose sites make the formula and do
    // not overlap; without one, the first. A fault is not mended by a larger tolerance.
    let mut first = None;
    let mut found = None;
    'search: for tolerance in SAME_SITE {
        for operations in &candidates.settings {
            match expand::sites(&atoms, operations, &lattice, tolerance, max_sites) {
                Ok(expanded) if fits(&expanded.sites) => {
                    found = Some((tolerance, expanded));
                    break 'search;
                }
                other => {
                    first.get_or_insert(other);
                }
            }
        }
        if matches!(first, Some(Err(_))) {
            break;
        }
    }
    let (tolerance, expanded) = match (found, first) {
        (Some(found), _) => found,
        (None, Some(first)) => (SAME_SITE[0], first?),
        (None, None) => return Ok(None),
    };
    let mut notes = atoms.notes;
    notes.extend(candidates.note);
    if block.column("_atom_site_moment_label").is_some() {
        notes.push("the magnetic moments of the file are not read".to_string());
    }
    notes.extend(expanded.notes);
    if tolerance > SAME_SITE[0] {
        notes.push(format!(
            "sites closer than {tolerance} Å are taken as one: the coordinates of the file are rounded"
        ));
    }
    let mut structure = Structure::new(lattice, expanded.sites);
    if let Some(sum) = &formula_sum
        && !agree(structure.composition().as_ref(), sum.as_ref())
    {
        notes.push(format!(
            "the formula of the file is {}, but its sites make {}",
            sum.as_ref().reduced_formula(),
            structure.formula()
        ));
    }
    if let Some((a, b, distance)) = overlap(&structure) {
        let [a, b] = [a, b].map(|site| &structure.sites[site].label);
        notes.push(format!(
            "sites {a} and {b} lie {distance:.2} Å apart, which no atoms do"
        ));
    }
    structure.title = title_of(block);
    let more = notes.len().saturating_sub(MAX_NOTES);
    if more > 0 {
        notes.truncate(MAX_NOTES);
        notes.push(format!("and {more} notes more"));
    }
    structure.notes = notes;
    Ok(Some(structure))
}

/// Two sites that are closer than atoms can be, and occupied together; split positions that exclude each other may be.
fn overlap(structure: &Structure) -> Option<(usize, usize, f64)> {
    let sites = &structure.sites;
    let near = neighbours(structure, SHORTEST_BOND).ok()?;
    let full = |a: usize, b: usize| sites[a].occupancy() + sites[b].occupancy() > 1.05;
    (0..sites.len()).find_map(|site| {
        let found = near.of(site).find(|n| full(site, n.index))?;
        Some((site, found.index, found.distance))
    })
}

/// Whether two compositions are the same but for rounded amounts: `O6.9` for 6.91.
fn agree(a: CompositionRef, b: CompositionRef) -> bool {
    let near = |element| (a.atomic_fraction(element) - b.atomic_fraction(element)).abs() < 0.005;
    a.atomic_numbers == b.atomic_numbers && a.iter().all(|(element, _)| near(element))
}

fn lattice_of(block: &Block) -> Result<Lattice, FormatError> {
    const TAGS: [&str; 6] = [
        "_cell_length_a",
        "_cell_length_b",
        "_cell_length_c",
        "_cell_angle_alpha",
        "_cell_angle_beta",
        "_cell_angle_gamma",
    ];
    let mut parameters = [0.0; 6];
    let mut line = block.line;
    for (parameter, tag) in parameters.iter_mut().zip(TAGS) {
        let remedy = "a structure needs three lengths in Å and three angles in degrees";
        let value = block
            .item(tag)
            .ok_or_else(|| block.error(format!("{tag} is missing"), remedy))?;
        *parameter = value
            .number()?
            .ok_or_else(|| value.error(format!("{tag} is not known"), remedy))?;
        line = value.line;
    }
    let [a, b, c, alpha, beta, gamma] = parameters;
    Lattice::from_parameters(a, b, c, alpha, beta, gamma)
        .map_err(|error| line_error(line, error.to_string(), "check the cell of the file"))
}

/// The name of the compound, else that of the block.
fn title_of(block: &Block) -> String {
    let named = [
        "_chemical_name_common",
        "_chemical_name_mineral",
        "_chemical_name_systematic",
    ];
    let found = named.iter().find_map(|tag| block.text(tag));
    text::one_line(found.unwrap_or(block.name))
}
