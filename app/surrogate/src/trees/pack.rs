//! Trees as the short lists that a file holds, and back.
//!
//! Nodes stand level by level, so which of them are leaves says everything of the shape. A threshold is a place in the list
//! of all thresholds of its input.

use super::{LEAF, MOST_DEPTH, MOST_INPUTS, MOST_NODES, MOST_STEPS, Trees};

/// The lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Packed {
    /// Number of nodes of each tree.
    pub nodes: Vec<u32>,
    /// For each node its input; the number of inputs for a leaf.
    pub feature: Vec<u16>,
    /// For each split the place of its threshold among those of its input.
    pub code: Vec<u8>,
    /// For each input its number of thresholds; and all of these, ascending in each input.
    pub counts: Vec<u8>,
    pub cuts: Vec<f32>,
}

impl Trees {
    /// The short lists; each input has at most 255 thresholds.
    pub(crate) fn pack(&self) -> Packed {
        let mut cuts: Vec<Vec<f32>> = vec![Vec::new(); self.width];
        for (feature, threshold) in self.splits() {
            cuts[feature as usize].push(threshold);
        }
        for cuts in &mut cuts {
            cuts.sort_by(f32::total_cmp);
            cuts.dedup();
        }
        let code = |(feature, threshold): (u32, f32)| {
            let cuts: &[f32] = &cuts[feature as usize];
            cuts.partition_point(|cut| *cut < threshold) as u8
        };
        Packed {
            nodes: (0..self.roots.len())
                .map(|tree| self.nodes(tree).len() as u32)
                .collect(),
            feature: self
                .feature
                .iter()
                .map(|feature| (*feature).min(self.width as u32) as u16)
                .collect(),
            code: self.splits().map(code).collect(),
            counts: cuts.iter().map(|cuts| cuts.len() as u8).collect(),
            cuts: cuts.concat(),
        }
    }

    fn splits(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        let nodes = self.feature.iter().copied();
        nodes
            .zip(self.threshold.iter().copied())
            .filter(|(feature, _)| *feature != LEAF)
    }

    /// Puts lists from a file together, or says what is wrong with them. Every walk ends at a leaf, because children stand
    /// behind their parents.
    pub(crate) fn unpack(width: usize, packed: &Packed) -> Result<Self, &'static str> {
        if width > MOST_INPUTS || packed.nodes.iter().any(|n| *n as usize > MOST_NODES) {
            return Err("its trees are larger than this program reads");
        }
        if packed.nodes.iter().map(|n| u64::from(*n)).sum::<u64>() != packed.feature.len() as u64 {
            return Err("its trees do not have as many nodes as they say");
        }
        if packed.counts.len() != width
            || packed.counts.iter().map(|n| usize::from(*n)).sum::<usize>() != packed.cuts.len()
        {
            return Err("its inputs do not have as many thresholds as they say");
        }
        if packed.cuts.iter().any(|cut| cut.is_nan()) {
            return Err("a threshold is no number");
        }
        let mut starts = vec![0_usize; width];
        for input in 1..width {
            starts[input] = starts[input - 1] + usize::from(packed.counts[input - 1]);
        }
        let mut trees = Self::new(width);
        let mut codes = packed.code.iter();
        let mut features = packed.feature.iter();
        let mut steps = 0;
        let mut depths: Vec<u16> = Vec::new();
        for count in &packed.nodes {
            depths.clear();
            depths.push(0);
            let start = trees.feature.len() as u32;
            trees.roots.push(start);
            // The place behind the last node that has a parent.
            let mut known = 1;
            for node in 0..*count {
                if node >= known {
                    return Err("a tree has nodes that nothing leads to");
                }
                let feature = usize::from(*features.next().ok_or("a tree is cut off")?);
                if feature > width {
                    return Err("a split asks for an input that there is not");
                }
                if feature == width {
                    trees.feature.push(LEAF);
                    trees.threshold.push(0.0);
                    trees.left.push(trees.leaves);
                    trees.leaves += 1;
                    continue;
                }
                let code = *codes
                    .next()
                    .ok_or("its trees have more splits than thresholds")?;
                if code >= packed.counts[feature] {
                    return Err("a split asks for a threshold that there is not");
                }
                trees.feature.push(feature as u32);
                trees
                    .threshold
                    .push(packed.cuts[starts[feature] + usize::from(code)]);
                trees.left.push(start + known);
                let depth = depths[node as usize] + 1;
                if usize::from(depth) > MOST_DEPTH {
                    return Err("a tree is too deep");
                }
                depths.extend([depth; 2]);
                known += 2;
            }
            steps += usize::from(depths.last().copied().unwrap_or(0));
            if steps > MOST_STEPS {
                return Err("its trees take more steps than this program walks");
            }
            if known != *count {
                return Err("a tree ends before its last leaf");
            }
        }
        if codes.next().is_some() {
            return Err("its trees have fewer splits than thresholds");
        }
        Ok(trees)
    }
}
