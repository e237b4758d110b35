//! The way back: derivatives layer by layer, to forces and strain.

use super::forth::{Features, short_features};
use super::parameters::AnglePlaces;
use super::pass::{BASIS, Pass, Product, ROW, Rows, Sums, TAILED, Target, WIDE};
use compute::{ComputeError, Slab};
use shaders::potential as kernels;

/// Derivatives by features, and what the layers leave for lengths.
struct Slopes {
    atoms: Slab,
    short: Slab,
    angles: Slab,
    /// By the length of each directed bond, and of each short one through angles.
    length: Slab,
    short_length: Slab,
    /// The derivative of what the first layer sees of long bonds by their lengths.
    bond_slopes: Slab,
    /// Sums over messages.
    centre: Slab,
    neighbour: Slab,
    of_short: Slab,
    first: Slab,
    second: Slab,
    centre_of_angles: Slab,
}

/// From the derivative by the last features of atoms to the results.
pub(super) fn back(
    pass: &mut Pass,
    features: &Features,
    atoms: Slab,
    results: Slab,
) -> Result<(), ComputeError> {
    let sizes = pass.sizes;
    let (row, wide, tailed) = (4 * ROW as usize, 4 * WIDE as usize, 4 * TAILED as usize);
    let series = &mut pass.series;
    let slopes = Slopes {
        atoms,
        short: series.zeros("the features of bonds", row * sizes.short_bonds)?,
        angles: series.zeros("the features of angles", row * sizes.angles)?,
        length: series.zeros("the list of bonds", sizes.directed)?,
        short_length: series.zeros("the list of bonds", sizes.short_directed)?,
        bond_slopes: series.room(
            "the features of bonds",
            wide * (sizes.bonds - sizes.short_bonds),
        )?,
        centre: series.room("the features of atoms", wide * sizes.atoms)?,
        neighbour: series.room("the features of atoms", wide * sizes.atoms)?,
        of_short: series.room("the features of bonds", wide * sizes.short_bonds)?,
        first: series.room("the features of bonds", tailed * sizes.short_directed)?,
        second: series.room("the features of bonds", tailed * sizes.short_directed)?,
        centre_of_angles: series.room("the features of atoms", tailed * sizes.atoms)?,
    };
    for step in (0..4).rev() {
        if sizes.angles > 0 && step < 2 {
            pass.prepare_angles(
                &pass.places.angle_layers[step],
                features.atoms[step + 1],
                features.short[step + 1],
            );
            let layer = &pass.places.angle_layers[step];
            through_angles(pass, layer, features.angles[step], &slopes);
        }
        if sizes.angles > 0 && step < 3 {
            pass.prepare_angles(
                &pass.places.bond_layers[step],
                features.atoms[step + 1],
                features.short[step],
            );
            let layer = &pass.places.bond_layers[step];
            through_angles(pass, layer, features.angles[step], &slopes);
        }
        through_bonds(pass, features, step, &slopes);
    }
    to_lengths(pass, &slopes)?;
    to_vectors(pass, &slopes, results)
}

/// A layer of messages along angles, of either kind.
fn through_angles(pass: &mut Pass, layer: &AnglePlaces, features: Slab, slopes: &Slopes) {
    let shorts = pass.sizes.short_bonds;
    if let Some(out) = layer.out {
        pass.product(Product {
            rows: shorts,
            x: Rows::From(slopes.short, 0),
            stride: ROW,
            depth: 64,
            matrix: out.back,
            blocks: 1,
            bias: None,
            into: Target::At(pass.data.by_short, 2 * WIDE * shorts as u32, ROW),
        });
    }
    for at in 0..pass.angle_portions.len() {
        let rows = pass.angle_portions[at].rows.clone();
        let atoms = pass.angle_portions[at].atoms.clone();
        let data = &pass.data;
        let (starts, twins, messages) = (data.angle_starts, data.twins, data.messages);
        let slabs = [
            data.weights,
            data.angles,
            data.by_short,
            data.by_atom,
            features,
            data.short_factors,
            slopes.angles,
            messages,
        ];
        pass.tiled(
            &kernels::ANGLE_MESSAGES_BACK,
            &[
                rows.len() as u32,
                rows.start as u32,
                shorts as u32,
                layer.gated,
                u32::from(layer.out.is_some()),
            ],
            &slabs,
            7e4,
        );
        let batch = pass.batch;
        for (list, out) in [(None, slopes.first), (Some(twins), slopes.second)] {
            pass.sums(Sums {
                starts,
                list,
                rows: messages,
                out,
                width: TAILED,
                segments: batch.shorts_at(atoms.start)..batch.shorts_at(atoms.end),
                there: &rows,
                adds: false,
            });
        }
    }
    let everything = 0..pass.sizes.short_directed;
    pass.sums(Sums {
        starts: pass.data.short_starts,
        list: None,
        rows: slopes.first,
        out: slopes.centre_of_angles,
        width: TAILED,
        segments: 0..pass.sizes.atoms,
        there: &everything,
        adds: false,
    });
    if layer.out.is_some() {
        let slabs = [slopes.first, slopes.second, slopes.short_length];
        pass.plain(&kernels::SHORT_LENGTHS, everything.len(), &slabs);
    }
    let ends = pass.data.short_ends;
    for (rows, x, matrix, out) in [
        (
            shorts,
            Rows::Both(slopes.first, ends),
            layer.first.back,
            slopes.short,
        ),
        (
            shorts,
            Rows::Both(slopes.second, ends),
            layer.second.back,
            slopes.short,
        ),
        (
            pass.sizes.atoms,
            Rows::From(slopes.centre_of_angles, 0),
            layer.centre.back,
            slopes.atoms,
        ),
    ] {
        pass.product(Product {
            rows,
            x,
            stride: TAILED,
            depth: 128,
            matrix,
            blocks: 1,
            bias: None,
            into: Target::Added(out),
        });
    }
}

/// A layer of messages along bonds.
fn through_bonds(pass: &mut Pass, features: &Features, step: usize, slopes: &Slopes) {
    let layer = &pass.places.atom_layers[step];
    let (count, shorts) = (pass.sizes.atoms, pass.sizes.short_bonds);
    pass.prepare_bonds(layer, features.atoms[step], features.short[step]);
    pass.product(Product {
        rows: count,
        x: Rows::From(slopes.atoms, 0),
        stride: ROW,
        depth: 64,
        matrix: layer.out.back,
        blocks: 1,
        bias: None,
        into: Target::At(pass.data.by_atom, 2 * WIDE * count as u32, ROW),
    });
    pass.product(Product {
        rows: pass.sizes.bonds - shorts,
        x: Rows::From(pass.data.basis, ROW * shorts as u32 + BASIS),
        stride: ROW,
        depth: 32,
        matrix: layer.radial,
        blocks: 2,
        bias: None,
        into: Target::At(slopes.bond_slopes, 0, WIDE),
    });
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
            slopes.bond_slopes,
            data.messages,
            slopes.length,
        ];
        let messages = data.messages;
        let portions = [
            (data.bond_starts, None, slopes.centre, atoms, false),
            (
                data.bond_starts,
                Some(data.incoming),
                slopes.neighbour,
                0..count,
                at > 0,
            ),
            (
                data.pair_starts,
                Some(data.ends),
                slopes.of_short,
                0..shorts,
                at > 0,
            ),
        ];
        pass.tiled(
            &kernels::BOND_MESSAGES_BACK,
            &[
                rows.len() as u32,
                rows.start as u32,
                count as u32,
                layer.gated,
                shorts as u32,
            ],
            &slabs,
            5e4,
        );
        for (starts, list, out, segments, adds) in portions {
            pass.sums(Sums {
                starts,
                list,
                rows: messages,
                out,
                width: WIDE,
                segments,
                there: &rows,
                adds,
            });
        }
    }
    let mut products = vec![(shorts, slopes.of_short, layer.bond.back, slopes.short)];
    // The first layer is fed with constants of the elements.
    if step > 0 {
        products.push((count, slopes.centre, layer.centre.back, slopes.atoms));
        products.push((count, slopes.neighbour, layer.neighbour.back, slopes.atoms));
    }
    for (rows, x, matrix, out) in products {
        pass.product(Product {
            rows,
            x: Rows::From(x, 0),
            stride: WIDE,
            depth: 128,
            matrix,
            blocks: 1,
            bias: None,
            into: Target::Added(out),
        });
    }
}

/// From the derivative by the first features of short bonds to that by lengths.
fn to_lengths(pass: &mut Pass, slopes: &Slopes) -> Result<(), ComputeError> {
    let by_length = short_features(pass, true)?;
    let slabs = [
        pass.data.short_ends,
        by_length,
        slopes.short,
        slopes.short_length,
    ];
    pass.plain(&kernels::SHORT_FEATURES, pass.sizes.short_bonds, &slabs);
    Ok(())
}

/// From derivatives by lengths, and by the first features of angles, to forces and strain.
fn to_vectors(pass: &mut Pass, slopes: &Slopes, results: Slab) -> Result<(), ComputeError> {
    let sizes = pass.sizes;
    let by_angle = pass.series.room("the list of angles", sizes.angles)?;
    for at in 0..pass.angle_portions.len() {
        let rows = pass.angle_portions[at].rows.clone();
        let slabs = [
            pass.data.weights,
            pass.data.geometry,
            slopes.angles,
            by_angle,
        ];
        let places = pass.places;
        pass.tiled(
            &kernels::ANGLES_BACK,
            &[
                rows.len() as u32,
                rows.start as u32,
                places.angle_frequencies,
                places.angle_embedding,
            ],
            &slabs,
            8e3,
        );
    }
    let of_short = pass
        .series
        .room("the list of bonds", 4 * sizes.short_directed)?;
    let of_bonds = pass.series.room("the list of bonds", 4 * sizes.directed)?;
    let data = &pass.data;
    let short = [
        data.angle_starts,
        data.twins,
        data.geometry,
        by_angle,
        slopes.short_length,
        of_short,
    ];
    let bonds = [
        data.starts,
        data.bonds,
        data.vectors,
        slopes.length,
        of_short,
        of_bonds,
    ];
    let atoms = [data.starts, data.bonds, data.vectors, of_bonds, results];
    pass.plain(&kernels::SHORT_VECTORS, sizes.short_directed, &short);
    pass.plain(&kernels::BOND_VECTORS, sizes.directed, &bonds);
    pass.plain(&kernels::FORCES, sizes.atoms, &atoms);
    Ok(())
}
