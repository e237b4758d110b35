//! Ensembles of binary trees in flat lists: sums of the leaves that rows arrive at.

use std::ops::Range;

use rayon::prelude::*;
use shaders::Kernel;
use shaders::compute::TREES;

use crate::{Attempt, ComputeError, Device, Gpu, RowKernel, Trial};

/// Marks a leaf in [`Trees::feature`].
pub const LEAF: u32 = u32::MAX;

/// Trees in flat lists. A row goes left where its input is at or below the threshold, otherwise, and where it is NaN, right.
#[derive(Clone, Copy, Debug)]
pub struct Trees<'a> {
    /// Number of inputs.
    pub width: usize,
    /// The first node of each tree.
    pub roots: &'a [u32],
    /// For each node its input; [`LEAF`] for a leaf.
    pub feature: &'a [u32],
    pub threshold: &'a [f32],
    /// For each split its left child, behind it and right before the right one; for each leaf its place in the payload.
    pub left: &'a [u32],
    /// `leaves x outputs`.
    pub payload: &'a [f32],
    /// Numbers of a leaf.
    pub outputs: usize,
}

/// Rows that one task of the processor takes through all trees.
const ROWS: usize = 64;

/// What it is measured by.
pub const TRIAL: Trial = Trial {
    kernel: &TREES,
    title: "ensembles of trees",
    row: "a row of 132 numbers through 200 trees of 8 levels",
    operations: 200.0 * 8.0 * 2.0,
    most: 262_144,
    prepare,
};

fn prepare(rows: usize) -> Attempt {
    const TREES: u32 = 200;
    const SPLITS: u32 = 255;
    let (mut roots, mut feature, mut threshold, mut left) = (vec![], vec![], vec![], vec![]);
    for tree in 0..TREES {
        let start = tree * (2 * SPLITS + 1);
        roots.push(start);
        for node in 0..2 * SPLITS + 1 {
            let split = node < SPLITS;
            feature.push(if split { (node * 7 + tree) % 132 } else { LEAF });
            threshold.push((node as f32 * 0.618_034).fract());
            left.push(if split {
                start + 2 * node + 1
            } else {
                node - SPLITS
            });
        }
    }
    let payload: Vec<f32> = (0..=SPLITS).map(|leaf| leaf as f32).collect();
    let inputs: Vec<f32> = (0..rows * 132)
        .map(|i| (i as f32 * 0.414_214).fract())
        .collect();
    Box::new(move |gpu| {
        let trees = Trees {
            width: 132,
            roots: &roots,
            feature: &feature,
            threshold: &threshold,
            left: &left,
            payload: &payload,
            outputs: 1,
        };
        let sums = match gpu {
            Some(gpu) => trees.on_gpu(gpu, &inputs, &job::Job::new())?,
            None => trees.on_cpu(&inputs, &job::Job::new())?,
        };
        std::hint::black_box(sums);
        Ok(())
    })
}

impl Trees<'_> {
    /// For each row of `inputs` (`N x width`) the sum of its leaves' payloads, tree after tree in f32: `N x outputs`.
    ///
    /// # Errors
    ///
    /// Lists that are no trees, inputs that are no whole number of rows, cancelled.
    pub fn forward(
        &self,
        device: &Device,
        inputs: &[f32],
        job: &job::Job,
    ) -> Result<Vec<f32>, ComputeError> {
        self.check()?;
        let rows = crate::whole_rows(inputs.len(), self.width)?;
        // Levels are not kept; twelve is what a forest of some thousand rows has.
        let operations = 2.0 * 12.0 * (rows * self.roots.len()) as f64;
        device.run(
            &TRIAL,
            operations,
            job,
            |gpu| self.on_gpu(gpu, inputs, job),
            || self.on_cpu(inputs, job),
        )
    }

    /// Whether every walk stays within the lists and ends.
    fn check(&self) -> Result<(), ComputeError> {
        let malformed = |reason: String| {
            Err(ComputeError::Malformed {
                what: "an ensemble of trees",
                reason,
            })
        };
        let nodes = self.feature.len();
        if self.threshold.len() != nodes || self.left.len() != nodes {
            return malformed("its lists of nodes differ in length".to_owned());
        }
        if let Some(root) = self.roots.iter().find(|root| **root as usize >= nodes) {
            return malformed(format!("a tree begins at node {root} of {nodes}"));
        }
        let leaves = self.payload.len() / self.outputs.max(1);
        if leaves * self.outputs != self.payload.len() {
            return malformed("its payload is no whole number of leaves".to_owned());
        }
        for (node, (feature, left)) in self.feature.iter().zip(self.left).enumerate() {
            let left = *left as usize;
            if *feature == LEAF {
                if left >= leaves {
                    return malformed(format!("node {node} is leaf {left} of {leaves}"));
                }
            } else if *feature as usize >= self.width {
                return malformed(format!(
                    "node {node} asks for input {feature} of {}",
                    self.width
                ));
            } else if left <= node || left + 1 >= nodes {
                return malformed(format!("node {node} leads to {left} of {nodes}"));
            }
        }
        Ok(())
    }

    fn on_cpu(&self, inputs: &[f32], job: &job::Job) -> Result<Vec<f32>, ComputeError> {
        let rows = crate::whole_rows(inputs.len(), self.width)?;
        let mut out = vec![0.0; rows * self.outputs];
        if out.is_empty() {
            return Ok(out);
        }
        let nodes = self.nodes();
        out.par_chunks_mut(ROWS * self.outputs)
            .zip(inputs.par_chunks(ROWS * self.width))
            .try_for_each(|(out, inputs)| {
                job.check()?;
                // Tree by tree, so that its nodes stay in the cache for all rows.
                for root in self.roots {
                    for (row, out) in inputs
                        .chunks_exact(self.width)
                        .zip(out.chunks_exact_mut(self.outputs))
                    {
                        let mut node = nodes[*root as usize];
                        while node[0] != LEAF {
                            let left = row[node[0] as usize] <= f32::from_bits(node[1]);
                            node = nodes[(node[2] + u32::from(!left)) as usize];
                        }
                        let leaf = node[2] as usize * self.outputs;
                        for (out, value) in out.iter_mut().zip(&self.payload[leaf..]) {
                            *out += value;
                        }
                    }
                }
                job.advance((out.len() / self.outputs) as u64);
                Ok::<_, ComputeError>(())
            })?;
        Ok(out)
    }

    /// Node after node: input, threshold, left child or leaf, 0.
    fn nodes(&self) -> Vec<[u32; 4]> {
        let lists = self.feature.iter().zip(self.threshold).zip(self.left);
        lists
            .map(|((feature, threshold), left)| [*feature, threshold.to_bits(), *left, 0])
            .collect()
    }

    /// [`Trees::forward`] on this adapter.
    ///
    /// # Errors
    ///
    /// Those of [`Trees::forward`], and what the adapter reports.
    pub fn forward_on_gpu(
        &self,
        gpu: &Gpu,
        inputs: &[f32],
        job: &job::Job,
    ) -> Result<Vec<f32>, ComputeError> {
        self.check()?;
        self.on_gpu(gpu, inputs, job)
    }

    fn on_gpu(&self, gpu: &Gpu, inputs: &[f32], job: &job::Job) -> Result<Vec<f32>, ComputeError> {
        let rows = crate::whole_rows(inputs.len(), self.width)?;
        let mut work = OnGpu {
            trees: self,
            nodes: self.nodes(),
            inputs,
            rows,
            out: vec![0.0; rows * self.outputs],
        };
        if self.outputs > 0 {
            gpu.run(&mut work, job)?;
        }
        Ok(work.out)
    }
}

struct OnGpu<'a> {
    trees: &'a Trees<'a>,
    nodes: Vec<[u32; 4]>,
    inputs: &'a [f32],
    rows: usize,
    out: Vec<f32>,
}

impl RowKernel for OnGpu<'_> {
    fn kernel(&self) -> &'static Kernel {
        &TREES
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn parameters(&self) -> Vec<u32> {
        let trees = self.trees;
        [trees.width, trees.roots.len(), trees.outputs]
            .map(|n| n as u32)
            .to_vec()
    }

    fn constants(&self) -> Vec<&[u32]> {
        vec![
            self.trees.roots,
            self.nodes.as_flattened(),
            bytemuck::cast_slice(self.trees.payload),
        ]
    }

    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]) {
        let width = self.trees.width;
        let values = &self.inputs[rows.start * width..rows.end * width];
        inputs[0].extend_from_slice(bytemuck::cast_slice(values));
    }

    fn output_words(&self) -> Vec<usize> {
        vec![self.trees.outputs]
    }

    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]) {
        let wide = self.trees.outputs;
        self.out[rows.start * wide..rows.end * wide]
            .copy_from_slice(bytemuck::cast_slice(outputs[0]));
    }
}
