mod composition;
mod formula;
mod oxidation;
mod pymatgen;
mod robustness;
