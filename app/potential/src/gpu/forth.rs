//! The way forth: features layer by layer.

use super::pass::{Pass, Product, ROW, Rows, Sums, Target};
use compute::{ComputeError, Slab};
use shaders::potential as kernels;

/// The features before each layer.
pub(super) struct Features {
    pub atoms: Vec<Slab>,
    pub short: Vec<Slab>,
    pub angles: Vec<Slab>,
}

/// Runs all layers.
pub(super) fn forth(pass: &mut Pass) -> Result<Features, ComputeError> {
    let (sizes, places) = (pass.sizes, pass.places);
    let row = 4 * ROW as usize;
    let mut first = Vec::with_capacity(row * sizes.atoms);
    for number in &pass.batch.numbers {
        let features = &places.embedding[usize::from(*number) - 1];
        first.extend(features.iter().map(|x| x.to_bits()));
    }
    let mut features = Features {
        atoms: vec![pass.series.upload("the features of atoms", &first)?],
        short: vec![short_features(pass, false)?],
        angles: vec![
            pass.series
                .room("the features of angles", row * sizes.angles)?,
        ],
    };
    first_angles(pass, features.angles[0]);
    for step in 0..4 {
        let next = pass
            .series
            .room("the features of atoms", row * sizes.atoms)?;
        to_atoms(pass, &features, step, next);
        features.atoms.push(next);
        if step < 3 && sizes.angles > 0 {
            let next = pass
                .series
                .room("the features of bonds", row * sizes.short_bonds)?;
            to_bonds(pass, &features, step, next);
            features.short.push(next);
        } else if step < 3 {
            features.short.push(features.short[step]);
        }
        if step < 2 {
            let next = pass
                .series
                .room("the features of angles", row * sizes.angles)?;
            to_angles(pass, &features, step, next);
            features.angles.push(next);
        }
    }
    Ok(features)
}

/// The first features of short bonds, or their derivatives by length.
pub(super) fn short_features(pass: &mut Pass, derivative: bool) -> Result<Slab, ComputeError> {
    let rows = pass.sizes.short_bonds;
    let out = pass
        .series
        .room("the features of bonds", 4 * ROW as usize * rows)?;
    let basis = (pass.data.basis, super::pass::BASIS * u32::from(derivative));
    pass.basis_product(rows, basis, pass.places.bond_embedding, |_| {
        Target::At(out, 0, ROW)
    });
    Ok(out)
}

fn first_angles(pass: &mut Pass, out: Slab) {
    let places = pass.places;
    for at in 0..pass.angle_portions.len() {
        let rows = pass.angle_portions[at].rows.clone();
        pass.tiled(
            &kernels::ANGLES,
            &[
                rows.len() as u32,
                rows.start as u32,
                places.angle_frequencies,
                places.angle_embedding,
            ],
            &[pass.data.weights, pass.data.geometry, out],
            8e3,
        );
    }
}

fn to_atoms(pass: &mut Pass, features: &Features, step: usize, next: Slab) {
    let layer = &pass.places.atom_layers[step];
    pass.prepare_bonds(layer, features.atoms[step], features.short[step]);
    for at in 0..pass.bond_portions.len() {
        let rows = pass.bond_portions[at].rows.clone();
        let atoms = pass.bond_portions[at].atoms.clone();
        let data = &pass.data;
        let slabs = [
            data.weights,
            data.bonds,
            data.by_atom,
            data.by_bond,
            data.factors,
            data.messages,
        ];
        let (starts, messages, sums) = (data.bond_starts, data.messages, data.atom_sums);
        pass.tiled(
            &kernels::BOND_MESSAGES,
            &[
                rows.len() as u32,
                rows.start as u32,
                pass.sizes.atoms as u32,
                layer.gated,
            ],
            &slabs,
            2e4,
        );
        pass.sums(Sums {
            starts,
            list: None,
            rows: messages,
            out: sums,
            width: ROW,
            segments: atoms,
            there: &rows,
            adds: false,
        });
    }
    pass.product(Product {
        rows: pass.sizes.atoms,
        x: Rows::From(pass.data.atom_sums, 0),
        stride: ROW,
        depth: 64,
        matrix: layer.out.forth,
        blocks: 1,
        bias: None,
        into: Target::After(features.atoms[step], next),
    });
}

/// Messages along angles.
fn angle_messages(
    pass: &mut Pass,
    gated: u32,
    rows: &std::ops::Range<usize>,
    features: Slab,
    to_bonds: bool,
    out: Slab,
) {
    let data = &pass.data;
    let slabs = [
        data.weights,
        data.angles,
        data.by_short,
        data.by_atom,
        features,
        data.short_factors,
        out,
    ];
    pass.tiled(
        &kernels::ANGLE_MESSAGES,
        &[
            rows.len() as u32,
            rows.start as u32,
            pass.sizes.short_bonds as u32,
            gated,
            u32::from(to_bonds),
        ],
        &slabs,
        4e4,
    );
}

fn to_bonds(pass: &mut Pass, features: &Features, step: usize, next: Slab) {
    let layer = &pass.places.bond_layers[step];
    pass.prepare_angles(layer, features.atoms[step + 1], features.short[step]);
    for at in 0..pass.angle_portions.len() {
        let rows = pass.angle_portions[at].rows.clone();
        let atoms = pass.angle_portions[at].atoms.clone();
        let messages = pass.data.messages;
        angle_messages(
            pass,
            layer.gated,
            &rows,
            features.angles[step],
            true,
            messages,
        );
        let batch = pass.batch;
        pass.sums(Sums {
            starts: pass.data.angle_starts,
            list: None,
            rows: messages,
            out: pass.data.short_sums,
            width: ROW,
            segments: batch.shorts_at(atoms.start)..batch.shorts_at(atoms.end),
            there: &rows,
            adds: false,
        });
    }
    if let Some(out) = layer.out {
        pass.product(Product {
            rows: pass.sizes.short_bonds,
            x: Rows::Both(pass.data.short_sums, pass.data.short_ends),
            stride: ROW,
            depth: 64,
            matrix: out.forth,
            blocks: 1,
            bias: None,
            into: Target::After(features.short[step], next),
        });
    }
}

fn to_angles(pass: &mut Pass, features: &Features, step: usize, next: Slab) {
    let layer = &pass.places.angle_layers[step];
    pass.prepare_angles(layer, features.atoms[step + 1], features.short[step + 1]);
    for at in 0..pass.angle_portions.len() {
        let rows = pass.angle_portions[at].rows.clone();
        angle_messages(pass, layer.gated, &rows, features.angles[step], false, next);
    }
}
