//! Magpie's descriptors on a device.

use std::ops::Range;

use ::compute::{Attempt, ComputeError, Device, Gpu, RowKernel, Trial};
use matter::{CompositionRef, Compositions, Element};
use shaders::Kernel;
use shaders::descriptor::{MAGPIE as KERNEL, MAGPIE_PROPERTIES};

use crate::magpie::{COUNT, ELEMENTS, EQUALLY_ABUNDANT, Magpie, PROPERTIES};

const _: () = assert!(PROPERTIES.len() == MAGPIE_PROPERTIES);

/// What the descriptors are measured by.
pub const MAGPIE: Trial = Trial {
    kernel: &KERNEL,
    title: "composition descriptors",
    row: "a composition of four elements",
    operations: 22.0 * 4.0 * 10.0,
    most: 131_072,
    prepare,
};

fn prepare(rows: usize) -> Attempt {
    let mut compositions = Compositions::new();
    for row in 0..rows {
        let parts = [3, 26, 15, 8]
            .into_iter()
            .filter_map(|z| Some((Element::new(z)?, f64::from(z % 5) + 1.0 + (row % 7) as f64)));
        // Amounts are positive, so none is refused.
        if let Ok(composition) = matter::Composition::from_amounts(parts) {
            compositions.push(composition.as_ref());
        }
    }
    Box::new(move |gpu| {
        let mut magpie = Magpie::new();
        match gpu {
            Some(gpu) => magpie.compute_on_gpu(gpu, &compositions, &job::Job::new())?,
            None => magpie.compute(&compositions),
        }
        std::hint::black_box(magpie);
        Ok(())
    })
}

impl Magpie {
    /// [`Magpie::compute`] on a device; an adapter gives values to the accuracy of f32.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn compute_on(
        &mut self,
        compositions: &Compositions,
        device: &Device,
        job: &job::Job,
    ) -> Result<(), ComputeError> {
        job.check()?;
        let mut by_processor = None;
        device.run(
            &MAGPIE,
            MAGPIE.operations * compositions.len() as f64,
            job,
            |gpu| self.compute_on_gpu(gpu, compositions, job),
            || {
                let mut magpie = Magpie::new();
                magpie.compute(compositions);
                by_processor = Some(magpie);
                Ok::<_, ComputeError>(())
            },
        )?;
        if let Some(magpie) = by_processor {
            *self = magpie;
        }
        Ok(())
    }

    fn compute_on_gpu(
        &mut self,
        gpu: &Gpu,
        compositions: &Compositions,
        job: &job::Job,
    ) -> Result<(), ComputeError> {
        let (mut table, mut gaps) = (Vec::new(), Vec::new());
        for element in &ELEMENTS {
            let mut lacking = 0_u32;
            for (property, value) in element.iter().enumerate() {
                lacking |= u32::from(value.is_nan()) << property;
                table.push((if value.is_nan() { 0.0 } else { *value as f32 }).to_bits());
            }
            gaps.push(lacking);
        }
        let mut work = OnGpu {
            compositions,
            table,
            gaps,
            values: std::mem::take(self.values_mut()),
        };
        work.values.clear();
        work.values.resize(compositions.len() * COUNT, f64::NAN);
        gpu.run(&mut work, job)?;
        *self.values_mut() = work.values;
        self.find_gaps(compositions);
        Ok(())
    }
}

struct OnGpu<'a> {
    compositions: &'a Compositions,
    table: Vec<u32>,
    gaps: Vec<u32>,
    values: Vec<f64>,
}

/// For each part the atomic number, plus 256 if it is among the most abundant, and the atomic fraction; the bounds are
/// weighed in f64.
fn pack(composition: CompositionRef, words: &mut Vec<u32>) {
    let parts = || composition.iter().filter(|(_, amount)| *amount > 0.0);
    let total: f64 = parts().map(|(_, amount)| amount).sum();
    let largest = parts().map(|(_, amount)| amount).fold(0.0, f64::max);
    for (element, amount) in parts() {
        let abundant = amount >= largest * (1.0 - EQUALLY_ABUNDANT);
        words.push(u32::from(element.atomic_number()) + 256 * u32::from(abundant));
        words.push(((amount / total) as f32).to_bits());
    }
}

impl RowKernel for OnGpu<'_> {
    fn kernel(&self) -> &'static Kernel {
        &KERNEL
    }

    fn rows(&self) -> usize {
        self.compositions.len()
    }

    fn workgroups(&self, rows: usize) -> usize {
        (rows * MAGPIE_PROPERTIES).div_ceil(KERNEL.workgroup as usize)
    }

    fn constants(&self) -> Vec<&[u32]> {
        vec![&self.table, &self.gaps]
    }

    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]) {
        let [offsets, parts] = inputs else { return };
        offsets.push(0);
        for row in rows {
            pack(self.compositions.get(row), parts);
            offsets.push(parts.len() as u32 / 2);
        }
    }

    fn output_words(&self) -> Vec<usize> {
        vec![COUNT]
    }

    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]) {
        let values = &mut self.values[rows.start * COUNT..rows.end * COUNT];
        for (value, bits) in values.iter_mut().zip(outputs[0]) {
            *value = f64::from(f32::from_bits(*bits));
        }
    }
}
