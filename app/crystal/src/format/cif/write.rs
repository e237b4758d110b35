//! Writes a structure as a CIF without symmetry: all sites of the cell in P 1.

use super::super::text::one_line;
use crate::{Species, Structure};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

/// The structure as one data block; see [`crate::format::write`] for what is kept.
pub(crate) fn write(structure: &Structure) -> String {
    let title = one_line(&structure.title);
    let name: String = structure
        .formula()
        .chars()
        .filter(char::is_ascii_graphic)
        .collect();
    let mut out = format!("data_{name}\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "_chemical_name_common {}",
        quoted(if title.is_empty() { &name } else { &title })
    );
    let _ = writeln!(
        out,
        "_chemical_formula_sum {}",
        quoted(&structure.composition().as_ref().hill_formula())
    );
    let (lengths, angles) = (structure.lattice.lengths(), structure.lattice.angles());
    for (value, tag) in lengths.iter().zip(["a", "b", "c"]) {
        let _ = writeln!(out, "_cell_length_{tag} {value:?}");
    }
    for (value, tag) in angles.iter().zip(["alpha", "beta", "gamma"]) {
        let _ = writeln!(out, "_cell_angle_{tag} {value:?}");
    }
    let _ = writeln!(out, "_cell_volume {:.4}", structure.volume());
    out.push_str("_space_group_name_H-M_alt 'P 1'\n_space_group_IT_number 1\n");
    out.push_str("loop_\n_space_group_symop_operation_xyz\n'x, y, z'\n");
    out.push_str(
        "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n",
    );
    out.push_str("_atom_site_fract_z\n_atom_site_occupancy\n");
    // Lengths and angles make a right-handed cell. With all three vectors turned round a left-handed one is such, and the atoms stay
    // where they are instead of becoming their mirror image.
    let turn = match structure.lattice.is_left_handed() {
        true => -1.0,
        false => 1.0,
    };
    let mut labels = Labels::default();
    for site in &structure.sites {
        for species in &site.species {
            let label = labels.unique(&one_line(&site.label), species);
            // Zero stays without a sign.
            let [x, y, z] = site.position.map(|x| turn * x + 0.0).into();
            let (symbol, occupancy) = (type_symbol(species), species.occupancy);
            let _ = writeln!(
                out,
                "{} {symbol} {x:?} {y:?} {z:?} {occupancy:?}",
                quoted(&label)
            );
        }
    }
    out
}

/// `Fe3+`, `O2-`, or the symbol alone.
fn type_symbol(species: &Species) -> String {
    match species.oxidation_state {
        Some(state) if state < 0.0 => format!("{}{}-", species.element, -state),
        Some(state) => format!("{}{state}+", species.element),
        None => species.element.to_string(),
    }
}

/// Labels already written, and the number that the next equal one gets: a CIF asks that they differ.
#[derive(Default)]
struct Labels {
    taken: HashSet<String>,
    next: HashMap<String, u64>,
}

impl Labels {
    fn unique(&mut self, label: &str, species: &Species) -> String {
        let base = if label.is_empty() {
            species.element.symbol()
        } else {
            label
        };
        let mut free = base.to_string();
        while self.taken.contains(&free) {
            let number = self.next.entry(base.to_string()).or_insert(1);
            *number += 1;
            free = format!("{base}_{number}");
        }
        self.taken.insert(free.clone());
        free
    }
}

/// A one-line text as a CIF value.
fn quoted(text: &str) -> String {
    // A quote within a value is no end unless a blank follows it.
    let ends_early = |quote: char| text.contains(&format!("{quote} "));
    let plain = !text.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && !text.starts_with(['_', '#', '$', '\'', '"', ';', '[', ']'])
        && !matches!(text, "?" | ".")
        && !["data_", "loop_", "save_", "global_", "stop_"]
            .iter()
            .any(|word| text.to_ascii_lowercase().starts_with(word));
    match plain {
        true => text.to_string(),
        false if !ends_early('\'') => format!("'{text}'"),
        false if !ends_early('"') => format!("\"{text}\""),
        false => format!("\n;{text}\n;"),
    }
}
