//! Means over a structure's symmetry operations, so that it keeps them.

use super::symmetric_function;
use crate::PotentialError;
use crystal::symmetry::{self, Operation};
use crystal::{CrystalError, Lattice, Structure};
use nalgebra::{Matrix3, Vector3};

/// The operations of a structure, and where each takes every site.
pub(super) struct Symmetriser {
    operations: Vec<(Operation, Vec<usize>)>,
}

impl Symmetriser {
    /// The symmetry within a tolerance, Å.
    pub(super) fn new(structure: &Structure, tolerance: f64) -> Result<Self, PotentialError> {
        let found = symmetry::analyse(structure, tolerance)?;
        let operations = found.operations.into_iter().map(|operation| {
            let images = images(structure, &operation, 2.0 * tolerance);
            let images = images.ok_or_else(|| CrystalError::Symmetry {
                tolerance,
                reason: "an operation maps a site to none".to_owned(),
            })?;
            Ok((operation, images))
        });
        Ok(Self {
            operations: operations.collect::<Result<_, PotentialError>>()?,
        })
    }

    /// Moves sites, and the cell if it may change, to where the symmetry wants them.
    pub(super) fn idealise(
        &self,
        structure: &mut Structure,
        cell: bool,
    ) -> Result<(), PotentialError> {
        let share = 1.0 / self.operations.len() as f64;
        let mut moves = vec![Vector3::zeros(); structure.sites.len()];
        let rows = *structure.lattice.rows();
        let metric = rows * rows.transpose();
        let mut mean = Matrix3::zeros();
        for (operation, images) in &self.operations {
            let rotation = operation.rotation.map(f64::from);
            for (site, &image) in structure.sites.iter().zip(images) {
                let there = rotation * site.position + operation.translation;
                let apart = there - structure.sites[image].position;
                moves[image] += (apart - apart.map(f64::round)) * share;
            }
            mean += rotation.transpose() * metric * rotation * share;
        }
        for (site, by) in structure.sites.iter_mut().zip(moves) {
            site.position += by;
        }
        if cell {
            // The stretch without rotation that gives the cell the mean metric.
            let inverse = structure.lattice.reciprocal().transpose();
            let square = inverse * mean * inverse.transpose();
            let stretch = symmetric_function((square + square.transpose()) * 0.5, f64::sqrt);
            structure.lattice = Lattice::new(rows * stretch)?;
        }
        Ok(())
    }

    /// The part of a vector on every site that has the symmetry.
    pub(super) fn vectors(&self, lattice: &Lattice, all: &[Vector3<f64>]) -> Vec<Vector3<f64>> {
        let share = 1.0 / self.operations.len() as f64;
        let mut mean = vec![Vector3::zeros(); all.len()];
        for (operation, images) in &self.operations {
            let turn = cartesian(lattice, operation);
            for (vector, &image) in all.iter().zip(images) {
                mean[image] += turn * vector * share;
            }
        }
        mean
    }

    /// The part of a tensor of the whole crystal that has the symmetry.
    pub(super) fn tensor(&self, lattice: &Lattice, tensor: &Matrix3<f64>) -> Matrix3<f64> {
        let share = 1.0 / self.operations.len() as f64;
        let turned = self.operations.iter().map(|(operation, _)| {
            let turn = cartesian(lattice, operation);
            turn * tensor * turn.transpose() * share
        });
        turned.sum()
    }
}

/// An operation's rotation of Cartesian vectors.
fn cartesian(lattice: &Lattice, operation: &Operation) -> Matrix3<f64> {
    let rows = lattice.rows();
    rows.transpose() * operation.rotation.map(f64::from) * lattice.reciprocal()
}

/// The site that each is taken to; none where one is taken to no site of its elements within the tolerance, Å.
fn images(structure: &Structure, operation: &Operation, tolerance: f64) -> Option<Vec<usize>> {
    let rotation = operation.rotation.map(f64::from);
    let image = |site: &crystal::Site| {
        let there = rotation * site.position + operation.translation;
        let distance = |other: &crystal::Site| {
            let apart = there - other.position;
            let apart = apart - apart.map(f64::round);
            structure.lattice.cartesian_from_fractional(apart).norm()
        };
        let alike = structure.sites.iter().enumerate();
        let alike = alike.filter(|(_, other)| other.element() == site.element());
        let (nearest, distance) = alike
            .map(|(number, other)| (number, distance(other)))
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        (distance <= tolerance).then_some(nearest)
    };
    structure.sites.iter().map(image).collect()
}
