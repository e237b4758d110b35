//! The network of CHGNet (B. Deng et al., Nat. Mach. Intell. 5, 1031 (2023), doi:10.1038/s42256-023-00716-3), forth and back.
//!
//! The way back is the reverse pass written out: derivatives by lengths and angles are closed in each layer by products with
//! what the layer's inputs change by length. Of a small structure the layers are kept for it; of a large one nothing of the size
//! of all messages outlives its layer, and they are computed again.

mod angles;
mod edges;
mod inputs;
mod readout;
mod rows;

use crate::basis::BASIS;
use crate::graph::Graph;
use crate::math::Real;
use crate::scratch::{Lent, STORE, Scratch, Store, Stored};
use crate::tile::dot;
use crate::weights::{FEATURES, Row, Weights};
use angles::{AngleFeatures, AngleSlopes, Angles};
use edges::{EdgeSlopes, Edges};
use inputs::Lengths;
use nalgebra::{Matrix3, Vector3};
pub(crate) use rows::split;
use std::ops::Deref;

/// What the network says of a structure.
pub(crate) struct Evaluation {
    /// The energy of each atom, eV.
    pub site_energies: Vec<f64>,
    /// The size of each atom's magnetic moment, µB.
    pub moments: Vec<f64>,
    /// What the derivatives give, where asked for.
    pub derivatives: Option<Derivatives>,
}

/// Derivatives of the energy.
pub(crate) struct Derivatives {
    /// Minus that by the position of each atom, eV/Å.
    pub forces: Vec<Vector3<f64>>,
    /// That by the strain of the cell, eV.
    pub by_strain: Matrix3<f64>,
}

/// The features before each layer, and the layers.
struct Passed<'a, 's, T> {
    atoms: Vec<Lent<'s, Row<T>>>,
    short: Vec<Lent<'s, Row<T>>>,
    angles: Vec<Lent<'s, Row<T>>>,
    /// Fourier's series of the pairs of short bonds.
    series: Lent<'s, [T; BASIS]>,
    /// The layers, where they are kept.
    edge_layers: Vec<Option<Stored<Edges<'a, T>>>>,
    bond_layers: Vec<Option<Stored<Angles<'a, 's, T>>>>,
    angle_layers: Vec<Option<Stored<Angles<'a, 's, T>>>>,
}

/// What all layers share.
#[derive(Clone, Copy)]
struct Common<'a, T> {
    scratch: &'a Scratch<T>,
    weights: &'a Weights<T>,
    graph: &'a Graph,
    lengths: &'a Lengths<'a, T>,
}

/// Runs the network; `numbers` are the atomic numbers, all from 1 to 94.
pub(crate) fn evaluate<T: Real>(
    scratch: &Scratch<T>,
    weights: &Weights<T>,
    graph: &Graph,
    numbers: &[u8],
    derivatives: bool,
) -> Evaluation {
    let evaluate = || evaluate_within(&STORE, scratch, weights, graph, numbers, derivatives);
    match graph.blocks.len() {
        1 => evaluate(),
        // Among the threads that share the work, so that none is woken and waited for at every step of it.
        _ => rayon::scope(|_| evaluate()),
    }
}

/// The same bytes, however many layers the store takes.
fn evaluate_within<T: Real>(
    store: &'static Store,
    scratch: &Scratch<T>,
    weights: &Weights<T>,
    graph: &Graph,
    numbers: &[u8],
    derivatives: bool,
) -> Evaluation {
    let lengths = Lengths::new(scratch, graph, weights, derivatives);
    let common = Common {
        scratch,
        weights,
        graph,
        lengths: &lengths,
    };
    let passed = forth(common, numbers, derivatives.then_some(store));
    let (moment, bias) = &weights.moment;
    let moments = passed.atoms[3]
        .iter()
        .map(|row| (dot(row, moment) + *bias).wide().abs())
        .collect();
    let mut slope = scratch.rows.copy(&passed.atoms[4]);
    let mut site_energies = readout::energies(weights, &mut slope);
    for (energy, &number) in site_energies.iter_mut().zip(numbers) {
        *energy += weights.reference[usize::from(number) - 1];
    }
    Evaluation {
        site_energies,
        moments,
        derivatives: derivatives.then(|| back(common, &passed, slope)),
    }
}

fn forth<'a, T: Real>(
    common: Common<'a, T>,
    numbers: &[u8],
    store: Option<&'static Store>,
) -> Passed<'a, 'a, T> {
    let Common {
        scratch,
        weights,
        graph,
        lengths,
    } = common;
    let first = numbers
        .iter()
        .map(|&z| weights.embedding[usize::from(z) - 1]);
    let (series, angles) = inputs::angles(scratch, graph, weights);
    let mut passed = Passed {
        atoms: vec![scratch.rows.of(first)],
        short: vec![scratch.rows.copy(&lengths.short)],
        angles: vec![angles],
        series,
        edge_layers: Vec::new(),
        bond_layers: Vec::new(),
        angle_layers: Vec::new(),
    };
    let room = |bytes: usize| store.and_then(|store| store.room(bytes));
    for step in 0..4 {
        let mut atoms = scratch.rows.copy(&passed.atoms[step]);
        let mut layer = edge_layer(common, &passed, step);
        let room_for_it = room(layer.bytes());
        layer.forth(&mut atoms, room_for_it.is_some());
        passed.atoms.push(atoms);
        passed
            .edge_layers
            .push(room_for_it.map(|room| room.for_the(layer)));
        if step < 3 {
            let short = if graph.angles() == 0 {
                scratch.rows.copy(&passed.short[step])
            } else {
                let mut layer = bond_layer(common, &passed, step);
                let room = room(layer.bytes());
                let keep = room.is_some();
                let short = layer.bonds_after(&passed.short[step], passed.angles_at(step), keep);
                passed
                    .bond_layers
                    .push(room.map(|room| room.for_the(layer)));
                short
            };
            passed.short.push(short);
        }
        if step < 2 {
            let mut layer = angle_layer(common, &passed, step);
            let room = room(layer.bytes());
            let angles = layer.angles_after(passed.angles_at(step), room.is_some());
            passed
                .angle_layers
                .push(room.map(|room| room.for_the(layer)));
            passed.angles.push(angles);
        }
    }
    passed
}

impl<T: Copy> Passed<'_, '_, T> {
    fn angles_at(&self, step: usize) -> AngleFeatures<'_, T> {
        AngleFeatures {
            series: &self.series,
            rows: &self.angles[step],
        }
    }
}

fn edge_layer<'a, T: Real>(
    common: Common<'a, T>,
    passed: &Passed<'_, '_, T>,
    step: usize,
) -> Edges<'a, T> {
    Edges::new(
        common.scratch,
        common.graph,
        &common.weights.atom_layers[step],
        &common.lengths.weight,
        &passed.atoms[step],
        &passed.short[step],
        &common.lengths.radial,
    )
}

fn bond_layer<'a, T: Real>(
    common: Common<'a, T>,
    passed: &Passed<'_, '_, T>,
    step: usize,
) -> Angles<'a, 'a, T> {
    Angles::new(
        common.scratch,
        common.graph,
        &common.weights.bond_layers[step],
        &common.lengths.short_weight,
        &passed.atoms[step + 1],
        &passed.short[step],
        passed.angles_at(step),
    )
}

fn angle_layer<'a, T: Real>(
    common: Common<'a, T>,
    passed: &Passed<'_, '_, T>,
    step: usize,
) -> Angles<'a, 'a, T> {
    Angles::new(
        common.scratch,
        common.graph,
        &common.weights.angle_layers[step],
        &common.lengths.short_weight,
        &passed.atoms[step + 1],
        &passed.short[step + 1],
        passed.angles_at(step),
    )
}

/// A layer that was kept, or it once more.
enum Layer<'l, L> {
    Kept(&'l L),
    Again(L),
}

impl<'l, L> Layer<'l, L> {
    fn of(kept: &'l [Option<Stored<L>>], step: usize, again: impl FnOnce() -> L) -> Self {
        match kept.get(step) {
            Some(Some(stored)) => Self::Kept(&stored.what),
            _ => Self::Again(again()),
        }
    }
}

impl<L> Deref for Layer<'_, L> {
    type Target = L;

    fn deref(&self) -> &L {
        match self {
            Self::Kept(layer) => layer,
            Self::Again(layer) => layer,
        }
    }
}

/// The reverse pass; `atoms` is the derivative by the last features of atoms.
fn back<T: Real>(
    common: Common<'_, T>,
    passed: &Passed<'_, '_, T>,
    mut atoms: Lent<Row<T>>,
) -> Derivatives {
    let Common {
        scratch,
        weights,
        graph,
        lengths,
    } = common;
    let zero = [T::ZERO; FEATURES];
    let mut short = scratch.rows.filled(graph.short_bonds(), zero);
    let mut angles = scratch.rows.filled(graph.angles(), zero);
    let mut series = scratch.basis.filled(graph.angles() / 2, [T::ZERO; BASIS]);
    let mut by_length = vec![0.0; graph.directed_bonds()];
    let mut by_short_length = vec![0.0; graph.short_edge.len()];
    for step in (0..4).rev() {
        if graph.angles() > 0 {
            let layers = [
                (step < 2).then(|| {
                    Layer::of(&passed.angle_layers, step, || {
                        angle_layer(common, passed, step)
                    })
                }),
                (step < 3).then(|| {
                    Layer::of(&passed.bond_layers, step, || {
                        bond_layer(common, passed, step)
                    })
                }),
            ];
            for layer in layers.into_iter().flatten() {
                layer.back(
                    passed.angles_at(step),
                    &lengths.short_weight_slope,
                    AngleSlopes {
                        atoms: &mut atoms,
                        short: &mut short,
                        angles: &mut angles,
                        series: &mut series,
                        length: &mut by_short_length,
                    },
                );
            }
        }
        let layer = Layer::of(&passed.edge_layers, step, || {
            edge_layer(common, passed, step)
        });
        layer.back(
            &mut atoms,
            &lengths.weight_slope,
            &lengths.radial_slope,
            step > 0,
            EdgeSlopes {
                length: &mut by_length,
                short: &mut short,
            },
        );
    }
    for (bond, slope) in short.iter().enumerate() {
        by_length[graph.first[bond] as usize] += dot(slope, &lengths.short_slope[bond]).wide();
    }
    let by_angles = inputs::angles_back(graph, weights, &angles, &series);
    let mut by_vector: Vec<Vector3<f64>> = graph
        .vector
        .iter()
        .zip(&by_length)
        .map(|(vector, slope)| vector * (slope / vector.norm()))
        .collect();
    for (number, &edge) in graph.short_edge.iter().enumerate() {
        let vector = graph.vector[edge as usize];
        by_vector[edge as usize] +=
            by_angles[number] + vector * (by_short_length[number] / vector.norm());
    }
    gather(graph, &by_vector)
}

/// Forces and strain derivative from the derivative by the vector of each directed bond.
fn gather(graph: &Graph, by_vector: &[Vector3<f64>]) -> Derivatives {
    let mut by_strain = Matrix3::zeros();
    let forces = (0..graph.atoms())
        .map(|atom| {
            let mut force = Vector3::zeros();
            for edge in graph.bonds_of[atom]..graph.bonds_of[atom + 1] {
                force += by_vector[graph.reverse[edge] as usize] - by_vector[edge];
                by_strain += graph.vector[edge] * by_vector[edge].transpose();
            }
            force
        })
        .collect();
    Derivatives { forces, by_strain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Model, Potential, Precision};
    use crystal::{Lattice, Site, Structure};
    use matter::Element;

    #[test]
    fn layers_kept_and_layers_computed_again_give_the_same_bytes() {
        let lattice = Lattice::from_parameters(4.0, 4.1, 4.2, 88.0, 91.0, 93.0).unwrap();
        let places = [
            (22, [0.01, 0.0, 0.0]),
            (8, [0.48, 0.5, 0.03]),
            (38, [0.5, 0.0, 0.5]),
        ];
        let sites = places.map(|(z, p)| Site::new(Element::new(z).unwrap(), p.into()));
        let graph = Graph::new(&Structure::new(lattice, sites.into())).unwrap();
        assert!(graph.angles() > 0);
        let potential = Potential::new(Model::default(), Precision::Single).unwrap();
        let weights = potential.single().unwrap();
        let scratch = Scratch::default();
        let bits = |store| {
            let found = evaluate_within(store, &scratch, weights, &graph, &[22, 8, 38], true);
            let derivatives = found.derivatives.unwrap();
            let forces = derivatives.forces.iter().flat_map(|f| [f.x, f.y, f.z]);
            let numbers = found.site_energies.iter().chain(&found.moments).copied();
            let strain = derivatives.by_strain.iter().copied();
            let all = numbers.chain(forces).chain(strain);
            all.map(f64::to_bits).collect::<Vec<_>>()
        };
        static ALL: Store = Store::of(usize::MAX);
        static SOME: Store = Store::of(1 << 20);
        static NONE: Store = Store::of(0);
        assert_eq!(bits(&ALL), bits(&NONE));
        assert_eq!(bits(&SOME), bits(&NONE));
        assert_eq!(bits(&ALL), bits(&ALL));
        assert!([&ALL, &SOME, &NONE].iter().all(|store| store.is_empty()));
    }
}
