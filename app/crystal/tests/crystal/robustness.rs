//! No input makes a reader panic, or takes memory and time without bound.

use crate::pymatgen::fixtures;
use crystal::format::{self, Format};
use proptest::prelude::*;

const FORMATS: [Format; 3] = [Format::Cif, Format::Poscar, Format::ExtXyz];

/// All fixtures.
fn seeds() -> &'static [String] {
    static SEEDS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(files);
    &SEEDS
}

fn files() -> Vec<String> {
    let folders = ["cif", "made"].map(|name| fixtures().join(name));
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut all: Vec<String> = files
        .map(|f| String::from_utf8_lossy(&std::fs::read(f.unwrap().path()).unwrap()).into_owned())
        .collect();
    all.sort();
    all
}

/// Words that matter to a reader.
const WORDS: [&str; 24] = [
    "loop_",
    "data_",
    "_cell_length_a 1e-9",
    "_cell_angle_alpha 0.0001",
    "_atom_site_occupancy",
    "?",
    ".",
    "'",
    "\"",
    "\n;",
    "\n",
    "1e308",
    "-0",
    "999999999999",
    "1/0",
    "x,y,z",
    "Lattice=\"",
    "Properties=pos:R:3",
    "Direct",
    "Selective",
    "\u{0}",
    "é",
    "(",
    "Fe3+",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        for format in FORMATS {
            let _ = format::read(&text, format);
        }
    }

    #[test]
    fn broken_files_are_read_or_refused(
        seed in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, any::<prop::sample::Index>()), 1..6),
    ) {
        let seeds = seeds();
        let mut text: Vec<char> = seeds[seed.index(seeds.len())].chars().collect();
        for (place, removed, word) in edits {
            let at = place.index(text.len().max(1)).min(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, WORDS[word.index(WORDS.len())].chars());
        }
        let text: String = text.into_iter().collect();
        for format in FORMATS {
            if let Ok(structures) = format::read(&text, format) {
                // What is read can be used: the numbers are finite, and it can be written.
                for structure in structures {
                    prop_assert!(structure.volume().is_finite() && structure.density().is_finite());
                    let _ = format::write(&structure, format);
                }
            }
        }
    }

    #[test]
    fn any_bytes_of_a_file_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        for format in FORMATS {
            let _ = format::read(&text, format);
        }
    }
}

#[test]
fn what_announces_too_much_is_refused_before_memory_is_taken() {
    let cell = "data_x\n_cell_length_a 100\n_cell_length_b 100\n_cell_length_c 100\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n";
    // 20,000 general positions of a group with 192 operations make 3.8 million sites.
    let mut atoms = String::from(
        "_symmetry_Int_Tables_number 225\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n",
    );
    for i in 0..20_000 {
        atoms.push_str(&format!(
            "Fe 0.{:05} 0.{:05} 0.{:05}\n",
            i * 2 + 1,
            i * 3 % 99991,
            i * 7 % 99989
        ));
    }
    let error = format::read(&format!("{cell}{atoms}"), Format::Cif).unwrap_err();
    assert!(error.what.contains("more than 1000000 sites"), "{error}");
    let operations: String = (0..500).map(|i| format!("x,y,z+{i}/500\n")).collect();
    let error = format::read(
        &format!(
            "{cell}loop_\n_symmetry_equiv_pos_as_xyz\n{operations}{}",
            &atoms[32..]
        ),
        Format::Cif,
    )
    .unwrap_err();
    assert!(
        error.what.contains("more than 384 symmetry operations"),
        "{error}"
    );
    for (text, format) in [
        (
            "x\n1\n4 0 0\n0 4 0\n0 0 4\nFe\n18446744073709551615\nDirect\n",
            Format::Poscar,
        ),
        (
            "4000000000\nLattice=\"4 0 0 0 4 0 0 0 4\"\nFe 0 0 0\n",
            Format::ExtXyz,
        ),
    ] {
        assert!(format::read(text, format).is_err());
    }
}
