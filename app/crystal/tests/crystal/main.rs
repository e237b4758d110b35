mod cif;
mod formats;
mod neighbour;
mod pymatgen;
mod robustness;
mod slab;
mod structure;
mod symmetry;
