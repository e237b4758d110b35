//! From the last features of atoms to their energies, and the first step of the way back.

use super::rows::{for_each, split};
use crate::math::{Real, Work};
use crate::tile::{TILE, dot, normalised, normalised_back, product};
use crate::weights::{FEATURES, Row, Weights};

/// Rows that a thread takes at once.
const CHUNK: usize = 256;

/// The energy of each atom without its element's own, eV; the features are replaced by the derivative by them.
pub(crate) fn energies<T: Real>(weights: &Weights<T>, atoms: &mut [Row<T>]) -> Vec<f64> {
    let mut energies = vec![0.0; atoms.len()];
    let count = atoms.len();
    let ends = || (0..count.div_ceil(CHUNK)).map(|c| count.min((c + 1) * CHUNK));
    let parts = split(&mut energies, ends());
    let rows = split(atoms, ends());
    for_each(
        parts.into_iter().zip(rows).collect(),
        |(energies, atoms)| {
            T::run(Readout {
                weights,
                atoms,
                energies,
            });
        },
    );
    energies
}

struct Readout<'a, T> {
    weights: &'a Weights<T>,
    atoms: &'a mut [Row<T>],
    energies: &'a mut [f64],
}

impl<T: Real> Work for Readout<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let (scale, shift) = &self.weights.readout_norm;
        let (last, bias) = &self.weights.last;
        let layers = &self.weights.readout;
        let zero = [[T::ZERO; FEATURES]; TILE];
        for (atoms, energies) in self
            .atoms
            .chunks_mut(TILE)
            .zip(self.energies.chunks_mut(TILE))
        {
            let rows = atoms.len();
            let (mut x, mut normal, mut inverse) = (zero, zero, [T::ZERO; TILE]);
            for r in 0..rows {
                (normal[r], inverse[r]) = normalised(&atoms[r]);
                for i in 0..FEATURES {
                    x[r][i] = normal[r][i].fma(scale[i], shift[i]);
                }
            }
            let mut inner = [zero; 3];
            for (inner, (weight, bias)) in inner.iter_mut().zip(layers) {
                inner[..rows].fill(*bias);
                product::<T, FEATURES, FEATURES, FEATURES, FEATURES, STRIP>(
                    &x[..rows],
                    0,
                    &weight.forth,
                    &mut inner[..rows],
                    0,
                );
                for r in 0..rows {
                    for i in 0..FEATURES {
                        let z = inner[r][i].held();
                        x[r][i] = z * z.sigmoid();
                    }
                }
            }
            for r in 0..rows {
                energies[r] = (dot(&x[r], last) + *bias).wide();
            }
            let mut slope = [*last; TILE];
            for (inner, (weight, _)) in inner.iter().zip(layers).rev() {
                for r in 0..rows {
                    for i in 0..FEATURES {
                        let z = inner[r][i].held();
                        let gate = z.sigmoid();
                        x[r][i] = slope[r][i] * gate * (T::ONE + z * (T::ONE - gate));
                    }
                }
                slope = zero;
                product::<T, FEATURES, FEATURES, FEATURES, FEATURES, STRIP>(
                    &x[..rows],
                    0,
                    &weight.back,
                    &mut slope[..rows],
                    0,
                );
            }
            for r in 0..rows {
                for i in 0..FEATURES {
                    slope[r][i] = slope[r][i] * scale[i];
                }
                atoms[r] = normalised_back(&slope[r], &normal[r], inverse[r]);
            }
        }
    }
}
