//! Structures and symmetry beside pymatgen and spglib, whose answers `fixtures/make.py` wrote down.

use crystal::format;
use crystal::symmetry::{self, DEFAULT_TOLERANCE};
use crystal::{Lattice, Structure};
use nalgebra::Vector3;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Where a structure differs from the reference; none where it agrees.
fn differences(structure: &Structure, expected: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let lattice = &structure.lattice;
    let parameters: Vec<f64> = lattice
        .lengths()
        .into_iter()
        .chain(lattice.angles())
        .collect();
    let wanted = numbers(&expected["parameters"]);
    if parameters
        .iter()
        .zip(&wanted)
        .any(|(a, b)| (a - b).abs() > 1e-6)
    {
        found.push(format!("cell {parameters:?}, {wanted:?}"));
    }
    let density = expected["density"].as_f64().unwrap();
    // Atomic weights of the two programs differ in the fourth digit.
    if (structure.density() / density - 1.0).abs() > 1e-3 {
        found.push(format!("density {} and {density}", structure.density()));
    }
    let sites = expected["sites"].as_array().unwrap();
    if sites.len() != structure.sites.len() {
        found.push(format!(
            "{} sites and {}",
            structure.sites.len(),
            sites.len()
        ));
        return found;
    }
    let missing = sites
        .iter()
        .filter(|site| !has_site(structure, site))
        .count();
    if missing > 0 {
        found.push(format!("{missing} of {} sites not found", sites.len()));
    }
    found
}

fn has_site(structure: &Structure, site: &Value) -> bool {
    let place = Vector3::from_vec(numbers(&site[0]));
    let near = |lattice: &Lattice, x: Vector3<f64>| {
        let apart = (x - place).map(|d| d - d.round());
        lattice.cartesian_from_fractional(apart).norm() < 2e-3
    };
    let wanted = site[1].as_object().unwrap();
    structure
        .sites
        .iter()
        .filter(|s| near(&structure.lattice, s.position))
        .any(|s| {
            let mut parts: BTreeMap<&str, f64> = BTreeMap::new();
            for species in &s.species {
                *parts.entry(species.element.symbol()).or_default() += species.occupancy;
            }
            // pymatgen tells deuterium from hydrogen.
            let symbol =
                |name: &'static str, given: &str| name == given || (name == "H" && given == "D");
            parts.len() == wanted.len()
                && wanted.iter().all(|(element, occupancy)| {
                    parts.iter().any(|(name, x)| {
                        symbol(
                            matter::Element::from_symbol(name).unwrap().symbol(),
                            element,
                        ) && (x - occupancy.as_f64().unwrap()).abs() < 1e-4
                    })
                })
        })
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

/// Where the symmetry differs from spglib's.
fn symmetry_differences(structure: &Structure, expected: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let symmetry = match symmetry::analyse(structure, DEFAULT_TOLERANCE) {
        Ok(symmetry) => symmetry,
        Err(error) => return vec![error.to_string()],
    };
    let mut compare = |name: &str, got: String, want: String| {
        if got != want {
            found.push(format!("{name} {got}, spglib {want}"));
        }
    };
    compare(
        "number",
        symmetry.number.to_string(),
        expected["number"].to_string(),
    );
    compare(
        "Hall number",
        symmetry.hall_number.to_string(),
        expected["hall_number"].to_string(),
    );
    compare(
        "point group",
        symmetry.point_group.clone(),
        expected["pointgroup"].as_str().unwrap().to_string(),
    );
    let international = expected["international"].as_str().unwrap().replace('_', "");
    compare("symbol", symmetry.hermann_mauguin.clone(), international);
    compare(
        "standard cell",
        symmetry.standard_cell.sites.len().to_string(),
        expected["standard_sites"].to_string(),
    );
    compare(
        "primitive cell",
        symmetry.primitive_cell.sites.len().to_string(),
        expected["primitive_sites"].to_string(),
    );
    // The order of sites differs, and so may the choice among equivalent origins: how many sites have each letter does
    // not, but for positions that an origin shift exchanges.
    let count = |letters: &mut dyn Iterator<Item = String>| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        letters.for_each(|letter| *counts.entry(letter).or_default() += 1);
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable();
        format!("{counts:?}")
    };
    let ours = count(&mut symmetry.wyckoff.iter().map(char::to_string));
    let theirs = expected["wyckoffs"].as_array().unwrap();
    let theirs = count(&mut theirs.iter().map(|w| w.as_str().unwrap().to_string()));
    compare("sites a Wyckoff letter", ours, theirs);
    found
}

/// The folder of the fixtures.
pub fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Compares every file of a list of references, which lies in `folder` with paths from there. Gives how many were equal.
fn compare(folder: &Path, list: &str) -> usize {
    let text = std::fs::read_to_string(folder.join(list)).unwrap();
    let all: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let mut failures = String::new();
    let mut compared = 0;
    // pymatgen takes the rhombohedral axes that LiNbO3.cif names in a remark for P 1.
    let fit = |name: &str, e: &Value| e["error"].is_null() && !name.ends_with("LiNbO3.cif");
    for (name, expected) in all.iter().filter(|(name, e)| fit(name, e)) {
        compared += 1;
        let structures = format::read_file(&folder.join(name)).unwrap();
        let mut found = differences(&structures[0], expected);
        if found.is_empty() {
            found = symmetry_differences(&structures[0], expected);
        }
        if !found.is_empty() {
            failures.push_str(&format!("{name}: {found:?}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
    compared
}

#[test]
fn files_hold_the_same_sites_and_symmetry_as_pymatgen_and_spglib_find() {
    assert_eq!(compare(&fixtures(), "expected.json"), 20);
}

#[test]
fn the_shipped_structures_are_those_that_pymatgen_reads_and_have_no_defects() {
    let checked = compare(&fixtures(), "shipped.json");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/structures");
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    for row in index.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let structure = format::read_file(&folder.join(cells[1])).unwrap().remove(0);
        assert!(structure.notes.is_empty(), "{row}: {:?}", structure.notes);
        let stated = matter::formula::parse(cells[0]).unwrap().composition;
        assert!(
            structure.composition().as_ref().approx_eq(stated.as_ref()),
            "{row}"
        );
    }
    // pymatgen misreads the remark in LiNbO3.cif.
    assert_eq!(checked + 1, index.lines().count() - 1);
}
