//! The network on an adapter: many structures at once, one upload, one download.
//!
//! The same sums as on the processor, in f32; lengths and angles come from f64. Whatever messages there are is computed in
//! portions of atoms, so that no list of all messages is ever there; no sum depends on how the portions are cut.

mod back;
mod batch;
mod forth;
mod parameters;
mod pass;

pub(crate) use batch::{Batch, Sizes};
pub(crate) use parameters::Parameters;

use crate::network::{Derivatives, Evaluation};
use compute::{ComputeError, Gpu};
use job::Job;
use nalgebra::{Matrix3, Vector3};
use pass::{Pass, ROW};
use shaders::potential as kernels;

/// Numbers that come back of an atom.
const RESULTS: usize = 16;

/// Evaluates a batch with derivatives; `key` names the parameters.
pub(crate) fn evaluate(
    gpu: &Gpu,
    key: &str,
    parameters: &Parameters,
    batch: &Batch,
    job: &Job,
) -> Result<Vec<Evaluation>, ComputeError> {
    let rows = pass::portion_rows(gpu);
    evaluate_in_portions(gpu, key, parameters, batch, rows, job)
}

/// [`evaluate`] with portions of at most so many rows, or of one atom.
fn evaluate_in_portions(
    gpu: &Gpu,
    key: &str,
    parameters: &Parameters,
    batch: &Batch,
    rows: usize,
    job: &Job,
) -> Result<Vec<Evaluation>, ComputeError> {
    let mut pass = Pass::new(gpu, key, batch, parameters, rows)?;
    let features = forth::forth(&mut pass)?;
    let atoms = batch.sizes.atoms;
    let results = pass.series.room("the results", RESULTS * atoms)?;
    let slopes = pass
        .series
        .room("the features of atoms", 4 * ROW as usize * atoms)?;
    let slabs = [
        pass.data.weights,
        features.atoms[4],
        features.atoms[3],
        slopes,
        results,
    ];
    pass.tiled(
        &kernels::READOUT,
        &[atoms as u32, parameters.readout],
        &slabs,
        5e4,
    );
    back::back(&mut pass, &features, slopes, results)?;
    let words = pass.series.finish(results, RESULTS * atoms, job)?;
    let numbers: Vec<[f64; RESULTS]> = words
        .as_chunks()
        .0
        .iter()
        .map(|atom: &[u32; RESULTS]| atom.map(|word| f64::from(f32::from_bits(word))))
        .collect();
    let evaluation = |range: &std::ops::Range<usize>| {
        let rows = &numbers[range.clone()];
        let elements = &batch.numbers[range.clone()];
        let reference = |z: &u8| parameters.reference[usize::from(*z) - 1];
        Evaluation {
            site_energies: rows
                .iter()
                .zip(elements)
                .map(|(row, z)| row[0] + reference(z))
                .collect(),
            moments: rows.iter().map(|row| row[1]).collect(),
            derivatives: Some(Derivatives {
                forces: rows
                    .iter()
                    .map(|row| Vector3::new(row[2], row[3], row[4]))
                    .collect(),
                by_strain: rows
                    .iter()
                    .map(|row| Matrix3::from_row_slice(&row[5..14]))
                    .sum(),
            }),
        }
    };
    Ok(batch.atoms_of.iter().map(evaluation).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::{Model, Potential, Precision};
    use compute::{Choice, Device};
    use crystal::{Lattice, Site, Structure};
    use matter::Element;

    /// Rock salt in a cell of 16 atoms, each a bit out of its place.
    fn crystal() -> Structure {
        let lattice = Lattice::from_parameters(8.4, 4.2, 4.2, 90.0, 90.0, 90.0).unwrap();
        let corner = (0..16).map(|n| {
            let (i, j, k) = (n / 4, n / 2 % 2, n % 2);
            let element = if (i + j + k) % 2 == 0 { 12 } else { 8 };
            let shift = |axis: usize| 0.01 * ((7 * n + 3 * axis) % 5) as f64;
            let place = [i as f64 / 4.0, j as f64 / 2.0, k as f64 / 2.0];
            let place = std::array::from_fn(|axis| place[axis] + shift(axis));
            Site::new(Element::new(element).unwrap(), <[f64; 3]>::into(place))
        });
        Structure::new(lattice, corner.collect())
    }

    #[test]
    fn portions_change_no_bit() {
        let device = Device::open_in(Choice::Gpu, None).expect("lavapipe will do");
        let gpu = device.gpu(0).unwrap();
        let model = Model::default();
        let potential = Potential::new(model, Precision::Single).unwrap();
        let parameters = Parameters::new(potential.single().unwrap());
        let structure = crystal();
        let numbers = potential.atomic_numbers(&structure).unwrap();
        let graph = Graph::new(&structure).unwrap();
        assert!(graph.angles() > 1_000, "{}", graph.angles());
        let batch = Batch::new(&[(&graph, &numbers), (&graph, &numbers)]);
        let in_portions = |rows| {
            let (key, job) = (model.name(), Job::new());
            let found = evaluate_in_portions(&gpu, key, &parameters, &batch, rows, &job).unwrap();
            let found = found.into_iter().map(|found| {
                let Derivatives { forces, by_strain } = found.derivatives.unwrap();
                (found.site_energies, found.moments, forces, by_strain)
            });
            found.collect::<Vec<_>>()
        };
        let whole = in_portions(1 << 20);
        assert_eq!(whole[0], whole[1]);
        for rows in [2_000, 700, 1] {
            assert!(whole == in_portions(rows), "{rows}");
        }
    }
}
