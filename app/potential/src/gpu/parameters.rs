//! The parameters as kernels read them: one list, places in groups of four numbers.

use crate::basis::BASIS;
use crate::weights::{AngleLayer, AtomLayer, BRANCHES, Both, FEATURES, Gated, Second, Weights};

/// Everything, and where it stands.
pub(crate) struct Parameters {
    /// f32 as their bits.
    pub words: Vec<u32>,
    pub radial_frequencies: u32,
    pub short_frequencies: u32,
    pub angle_frequencies: u32,
    pub bond_embedding: u32,
    pub bond_weights: u32,
    pub short_weights: u32,
    pub angle_embedding: u32,
    pub atom_layers: Vec<AtomPlaces>,
    pub bond_layers: Vec<AnglePlaces>,
    pub angle_layers: Vec<AnglePlaces>,
    pub readout: u32,
    /// The first features of atoms, by atomic number less one.
    pub embedding: Vec<[f32; FEATURES]>,
    /// The energy of each element, eV.
    pub reference: Vec<f64>,
}

/// A matrix and its transpose.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    pub forth: u32,
    pub back: u32,
}

/// Where a layer of messages along bonds stands.
pub(crate) struct AtomPlaces {
    pub gated: u32,
    pub centre: Places,
    pub neighbour: Places,
    pub bond: Places,
    pub radial: u32,
    pub bias: u32,
    pub out: Places,
}

/// Where a layer of messages along angles stands; its own matrix of angles is part of `gated`.
pub(crate) struct AnglePlaces {
    pub gated: u32,
    pub first: Places,
    pub second: Places,
    pub centre: Places,
    pub bias: u32,
    pub out: Option<Places>,
}

#[derive(Default)]
struct Writer(Vec<u32>);

impl Writer {
    fn here(&self) -> u32 {
        (self.0.len() / 4) as u32
    }

    /// Numbers, filled up to a group.
    fn put(&mut self, numbers: &[f32]) -> u32 {
        let place = self.here();
        self.0.extend(numbers.iter().map(|x| x.to_bits()));
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        place
    }

    fn wide(&mut self, numbers: &[f64]) -> u32 {
        let narrow: Vec<f32> = numbers.iter().map(|x| *x as f32).collect();
        self.put(&narrow)
    }

    fn both<const IN: usize, const OUT: usize>(&mut self, matrix: &Both<f32, IN, OUT>) -> Places {
        Places {
            forth: self.put(matrix.forth.as_flattened()),
            back: self.put(matrix.back.as_flattened()),
        }
    }

    /// As `gated.wgsl` reads it.
    fn gated(&mut self, layer: &Gated<f32>) -> u32 {
        let place = self.here();
        match &layer.second {
            Some(Second { core, gate, bias }) => {
                for matrix in [&core.forth, &gate.forth, &core.back, &gate.back] {
                    self.put(matrix.as_flattened());
                }
                self.put(bias);
            }
            None => {
                self.put(&[0.0; 4 * FEATURES * FEATURES + BRANCHES]);
            }
        }
        self.put(&layer.scale);
        self.put(&layer.shift);
        place
    }

    fn atom_layer(&mut self, layer: &AtomLayer<f32>) -> AtomPlaces {
        AtomPlaces {
            gated: self.gated(&layer.gated),
            centre: self.both(&layer.centre),
            neighbour: self.both(&layer.neighbour),
            bond: self.both(&layer.bond),
            radial: self.put(layer.radial.as_flattened()),
            bias: self.put(&layer.bias),
            out: self.both(&layer.out),
        }
    }

    fn angle_layer(&mut self, layer: &AngleLayer<f32>) -> AnglePlaces {
        let gated = self.gated(&layer.gated);
        self.both(&layer.angle);
        AnglePlaces {
            gated,
            first: self.both(&layer.first),
            second: self.both(&layer.second),
            centre: self.both(&layer.centre),
            bias: self.put(&layer.bias),
            out: layer.out.as_ref().map(|out| self.both(out)),
        }
    }

    /// As `readout.wgsl` reads it.
    fn readout(&mut self, weights: &Weights<f32>) -> u32 {
        let (scale, shift) = &weights.readout_norm;
        let place = self.put(scale);
        self.put(shift);
        for (matrix, bias) in &weights.readout {
            self.both(matrix);
            self.put(bias);
        }
        self.put(&weights.last.0);
        self.put(&weights.moment.0);
        self.put(&[weights.last.1, weights.moment.1]);
        place
    }
}

impl Parameters {
    pub(crate) fn new(weights: &Weights<f32>) -> Self {
        let mut writer = Writer::default();
        let mut basis = |matrix: &[[f32; FEATURES]; BASIS]| writer.put(matrix.as_flattened());
        let bond_embedding = basis(&weights.bond_embedding);
        let bond_weights = basis(&weights.bond_weights);
        let short_weights = basis(&weights.short_weights);
        let angle_embedding = basis(&weights.angle_embedding);
        Self {
            bond_embedding,
            bond_weights,
            short_weights,
            angle_embedding,
            radial_frequencies: writer.wide(&weights.radial_frequencies),
            short_frequencies: writer.wide(&weights.short_frequencies),
            angle_frequencies: writer.wide(&weights.angle_frequencies),
            atom_layers: weights
                .atom_layers
                .iter()
                .map(|layer| writer.atom_layer(layer))
                .collect(),
            bond_layers: weights
                .bond_layers
                .iter()
                .map(|layer| writer.angle_layer(layer))
                .collect(),
            angle_layers: weights
                .angle_layers
                .iter()
                .map(|layer| writer.angle_layer(layer))
                .collect(),
            readout: writer.readout(weights),
            embedding: weights.embedding.clone(),
            reference: weights.reference.clone(),
            words: writer.0,
        }
    }
}
