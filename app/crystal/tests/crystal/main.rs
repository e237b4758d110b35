mod cif;
mod formats;
mod neighbour;
mod pymatgen;
mod robustness;
mod structure;
mod symmetry;
