//! The candidate lists that this program carries, so that a plugin can be tried before anybody trusts it.

/// A list of candidates with its file's name under `datasets`.
pub struct List {
    pub file: &'static str,
    pub csv: &'static [u8],
}

macro_rules! list {
    ($file:literal) => {
        List {
            file: $file,
            csv: include_bytes!(concat!("../../../datasets/", $file)),
        }
    };
}

/// All of them; each has a column `formula`.
pub const LISTS: [List; 5] = [
    list!("cathode_candidates.csv"),
    list!("magnet_candidates.csv"),
    list!("catalyst_candidates.csv"),
    list!("perovskites.csv"),
    list!("band_gaps_measured.csv"),
];
