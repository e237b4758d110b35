//! What a batch is on the adapter, and the steps that both ways are made of.

use super::batch::{Batch, Portion, Sizes};
use super::parameters::{AnglePlaces, AtomPlaces, Parameters};
use crate::graph::{ANGLE_REACH, REACH};
use compute::{ComputeError, Gpu, Series, Slab};
use shaders::Kernel;
use shaders::potential::{self as kernels, TILE_ROWS};

/// Groups of four numbers: of 32 functions, of 64 features, of both branches, of both with two numbers behind.
pub(super) const BASIS: u32 = 8;
pub(super) const ROW: u32 = 16;
pub(super) const WIDE: u32 = 32;
pub(super) const TAILED: u32 = 33;
/// No bias.
const NONE: u32 = u32::MAX;
/// Rows of a portion at most: they take 33 MiB.
const MOST_ROWS: usize = 65_536;
/// And at least, however slow the adapter.
const LEAST_ROWS: usize = 4_096;
/// Operations of a row on the way back through an angle.
const ROW_OPERATIONS: f64 = 66e3;
/// The name under which the adapter's speed is kept.
const SERIES: &str = "potential";

/// A batch on its way through the adapter.
pub(super) struct Pass<'a> {
    pub series: Series<'a>,
    pub batch: &'a Batch,
    pub places: &'a Parameters,
    pub sizes: Sizes,
    pub bond_portions: Vec<Portion>,
    pub angle_portions: Vec<Portion>,
    pub data: Data,
}

/// What was uploaded, and what the layers share.
pub(super) struct Data {
    pub weights: Slab,
    pub starts: Slab,
    pub bond_starts: Slab,
    pub short_starts: Slab,
    pub pair_starts: Slab,
    pub bonds: Slab,
    pub vectors: Slab,
    pub incoming: Slab,
    pub ends: Slab,
    pub short_ends: Slab,
    pub angle_starts: Slab,
    pub angles: Slab,
    pub twins: Slab,
    pub geometry: Slab,
    /// The basis of all bonds and its derivative.
    pub basis: Slab,
    /// The weights of messages and their derivatives, along bonds and along angles.
    pub factors: Slab,
    pub short_factors: Slab,
    /// What first linear layers give; sums of messages or their derivatives behind.
    pub by_atom: Slab,
    pub by_bond: Slab,
    pub by_short: Slab,
    /// Messages of a portion.
    pub messages: Slab,
    pub atom_sums: Slab,
    pub short_sums: Slab,
}

/// Rows that a product reads.
#[derive(Clone, Copy)]
pub(super) enum Rows {
    /// All, from a place on.
    From(Slab, u32),
    /// Sums of the two that a list names.
    Both(Slab, Slab),
}

/// Where a product goes.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// Over what is there: place and stride.
    At(Slab, u32, u32),
    /// Added to what is there.
    Added(Slab),
    /// Added to the first, the sum to the second.
    After(Slab, Slab),
}

/// A product of rows with a matrix.
pub(super) struct Product {
    pub rows: usize,
    pub x: Rows,
    /// Groups from row to row of `x`.
    pub stride: u32,
    pub depth: u32,
    pub matrix: u32,
    /// 64s of columns.
    pub blocks: u32,
    pub bias: Option<u32>,
    pub into: Target,
}

/// Sums of rows over segments.
pub(super) struct Sums<'a> {
    pub starts: Slab,
    pub list: Option<Slab>,
    pub rows: Slab,
    pub out: Slab,
    /// Groups of a row.
    pub width: u32,
    pub segments: std::ops::Range<usize>,
    /// The rows that are there.
    pub there: &'a std::ops::Range<usize>,
    pub adds: bool,
}

/// Rows of a portion that take this adapter about 50 ms.
pub(super) fn portion_rows(gpu: &Gpu) -> usize {
    let rows = (gpu.pace(SERIES) / ROW_OPERATIONS) as usize;
    rows.clamp(LEAST_ROWS, MOST_ROWS)
}

fn words<T: bytemuck::NoUninit>(list: &[T]) -> &[u32] {
    bytemuck::cast_slice(list)
}

impl<'a> Pass<'a> {
    /// Uploads a batch and computes what follows from lengths alone; messages are to come in portions of so many rows.
    pub(super) fn new(
        gpu: &'a Gpu,
        key: &str,
        batch: &'a Batch,
        places: &'a Parameters,
        limit: usize,
    ) -> Result<Self, ComputeError> {
        let mut series = gpu.series(SERIES);
        let sizes = batch.sizes;
        let bond_portions = batch.portions(limit, |atom| batch.bonds_at(atom));
        let angle_portions = batch.portions(limit, |atom| batch.angles_at(atom));
        let most = |portions: &[Portion]| portions.iter().map(|p| p.rows.len()).max().unwrap_or(0);
        let messages = (4 * WIDE as usize * most(&bond_portions))
            .max(4 * TAILED as usize * most(&angle_portions));
        let column = |at: usize| -> Vec<u32> { batch.starts.iter().map(|s| s[at]).collect() };
        let pairs: Vec<u32> = (0..=sizes.short_bonds as u32)
            .map(|bond| 2 * bond)
            .collect();
        let (atoms, shorts) = (sizes.atoms, sizes.short_bonds);
        let wide = 4 * WIDE as usize;
        let row = 4 * ROW as usize;
        let data = Data {
            weights: series.constant(key, || places.words.clone())?,
            starts: series.upload("the list of atoms", words(&batch.starts))?,
            bond_starts: series.upload("the list of atoms", &column(0))?,
            short_starts: series.upload("the list of atoms", &column(1))?,
            pair_starts: series.upload("the list of short bonds", &pairs)?,
            bonds: series.upload("the list of bonds", words(&batch.bonds))?,
            vectors: series.upload("the list of bonds", words(&batch.vectors))?,
            incoming: series.upload("the list of bonds", &batch.incoming)?,
            ends: series.upload("the list of short bonds", words(&batch.ends))?,
            short_ends: series.upload("the list of short bonds", words(&batch.short_ends))?,
            angle_starts: series.upload("the list of short bonds", &batch.angles_of)?,
            angles: series.upload("the list of angles", words(&batch.angles))?,
            twins: series.upload("the list of angles", &batch.twins)?,
            geometry: series.upload("the list of angles", words(&batch.geometry))?,
            basis: series.room("the basis of bonds", row * sizes.bonds)?,
            factors: series.room("the weights of bonds", wide * sizes.bonds)?,
            short_factors: series.room("the weights of bonds", wide * shorts)?,
            by_atom: series.room("the features of atoms", (2 * wide + row) * atoms)?,
            by_bond: series.room("the features of bonds", wide * sizes.bonds)?,
            by_short: series.room("the features of bonds", (2 * wide + row) * shorts)?,
            messages: series.room("the messages", messages)?,
            atom_sums: series.room("the features of atoms", row * atoms)?,
            short_sums: series.room("the features of bonds", row * sizes.short_directed)?,
        };
        let mut pass = Self {
            series,
            batch,
            places,
            sizes,
            bond_portions,
            angle_portions,
            data,
        };
        let lengths = pass
            .series
            .upload("the list of bonds", words(&batch.lengths))?;
        let near = pass.series.room("the basis of bonds", row * shorts)?;
        let frequencies = [places.radial_frequencies, places.short_frequencies];
        for (count, reach, frequencies, basis) in [
            (sizes.bonds, REACH, frequencies[0], pass.data.basis),
            (shorts, ANGLE_REACH, frequencies[1], near),
        ] {
            pass.series.run(
                &kernels::RADIAL,
                &[count as u32, (reach as f32).to_bits(), frequencies],
                &[pass.data.weights, lengths, basis],
                (32 * count).div_ceil(kernels::RADIAL.workgroup as usize),
                6e3 * count as f64,
            );
        }
        let data = &pass.data;
        for (rows, basis, matrix, out) in [
            (sizes.bonds, data.basis, places.bond_weights, data.factors),
            (shorts, near, places.short_weights, data.short_factors),
        ] {
            for derivative in [0, 1] {
                pass.basis_product(rows, (basis, BASIS * derivative), matrix, |_| {
                    Target::At(out, ROW * derivative, WIDE)
                });
            }
        }
        Ok(pass)
    }

    /// A product of a bond's basis (from a place on) with an embedding.
    pub(super) fn basis_product(
        &mut self,
        rows: usize,
        (basis, place): (Slab, u32),
        matrix: u32,
        into: impl FnOnce(&Data) -> Target,
    ) {
        let into = into(&self.data);
        self.product(Product {
            rows,
            x: Rows::From(basis, place),
            stride: ROW,
            depth: 32,
            matrix,
            blocks: 1,
            bias: None,
            into,
        });
    }

    pub(super) fn product(&mut self, product: Product) {
        let weights = self.data.weights;
        let (gather, list, x, x_from) = match product.x {
            Rows::From(x, place) => (0, weights, x, place),
            Rows::Both(x, list) => (2, list, x, 0),
        };
        let (adds, before, out, out_from, stride) = match product.into {
            Target::At(out, place, stride) => (0, weights, out, place, stride),
            Target::Added(out) => (1, weights, out, 0, ROW),
            Target::After(before, out) => (2, before, out, 0, ROW),
        };
        let blocks = product.blocks;
        self.series.run(
            &kernels::PRODUCT,
            &[
                product.rows as u32,
                product.depth,
                blocks,
                gather,
                product.stride,
                x_from,
                product.matrix,
                product.bias.unwrap_or(NONE),
                stride,
                out_from,
                adds,
            ],
            &[weights, list, x, before, out],
            product.rows.div_ceil(TILE_ROWS) * blocks as usize,
            product.rows as f64 * f64::from(128 * product.depth * blocks),
        );
    }

    pub(super) fn sums(&mut self, sums: Sums) {
        let count = sums.segments.len();
        let threads = count * sums.width as usize;
        self.series.run(
            &kernels::SEGMENTS,
            &[
                count as u32,
                sums.width,
                sums.segments.start as u32,
                sums.segments.start as u32,
                sums.there.start as u32,
                sums.there.end as u32,
                u32::from(sums.adds),
                u32::from(sums.list.is_some()),
            ],
            &[
                sums.starts,
                sums.list.unwrap_or(self.data.weights),
                sums.rows,
                sums.out,
            ],
            threads.div_ceil(kernels::SEGMENTS.workgroup as usize),
            (sums.there.len() as f64 + count as f64) * 4.0 * f64::from(sums.width),
        );
    }

    /// A kernel of which a workgroup takes a tile of rows.
    pub(super) fn tiled(
        &mut self,
        kernel: &'static Kernel,
        parameters: &[u32],
        slabs: &[Slab],
        operations_a_row: f64,
    ) {
        let rows = parameters[0] as usize;
        self.series.run(
            kernel,
            parameters,
            slabs,
            rows.div_ceil(TILE_ROWS),
            rows as f64 * operations_a_row,
        );
    }

    /// A kernel of which an invocation takes a row.
    pub(super) fn plain(&mut self, kernel: &'static Kernel, rows: usize, slabs: &[Slab]) {
        self.series.run(
            kernel,
            &[rows as u32],
            slabs,
            rows.div_ceil(kernel.workgroup as usize),
            1e3 * rows as f64,
        );
    }

    /// The first linear layer of messages along bonds, once an atom and once a bond.
    pub(super) fn prepare_bonds(&mut self, layer: &AtomPlaces, atoms: Slab, short: Slab) {
        let (count, shorts) = (self.sizes.atoms, self.sizes.short_bonds);
        let (by_atom, by_bond, basis) = (self.data.by_atom, self.data.by_bond, self.data.basis);
        let wide = |rows, x, matrix, bias, into| Product {
            rows,
            x,
            stride: ROW,
            depth: 64,
            matrix,
            blocks: 2,
            bias,
            into,
        };
        let all = Rows::From(atoms, 0);
        let behind = WIDE * count as u32;
        self.product(wide(
            count,
            all,
            layer.centre.forth,
            Some(layer.bias),
            Target::At(by_atom, 0, WIDE),
        ));
        self.product(wide(
            count,
            all,
            layer.neighbour.forth,
            None,
            Target::At(by_atom, behind, WIDE),
        ));
        self.product(wide(
            shorts,
            Rows::From(short, 0),
            layer.bond.forth,
            None,
            Target::At(by_bond, 0, WIDE),
        ));
        self.product(Product {
            depth: 32,
            ..wide(
                self.sizes.bonds - shorts,
                Rows::From(basis, ROW * shorts as u32),
                layer.radial,
                None,
                Target::At(by_bond, WIDE * shorts as u32, WIDE),
            )
        });
    }

    /// The first linear layer of messages along angles, once a bond and once an atom.
    pub(super) fn prepare_angles(&mut self, layer: &AnglePlaces, atoms: Slab, short: Slab) {
        let shorts = self.sizes.short_bonds;
        let (by_atom, by_short) = (self.data.by_atom, self.data.by_short);
        let behind = WIDE * shorts as u32;
        for (rows, x, matrix, bias, into) in [
            (
                self.sizes.atoms,
                atoms,
                layer.centre.forth,
                Some(layer.bias),
                Target::At(by_atom, 0, WIDE),
            ),
            (
                shorts,
                short,
                layer.first.forth,
                None,
                Target::At(by_short, 0, WIDE),
            ),
            (
                shorts,
                short,
                layer.second.forth,
                None,
                Target::At(by_short, behind, WIDE),
            ),
        ] {
            self.product(Product {
                rows,
                x: Rows::From(x, 0),
                stride: ROW,
                depth: 64,
                matrix,
                blocks: 2,
                bias,
                into,
            });
        }
    }
}
