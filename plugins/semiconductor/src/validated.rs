//! Written by `cargo run --example judge`; do not edit.

use crate::judge::Judged;

/// Compositions that were held out.
pub const HELD_OUT: usize = 4919;
#[rustfmt::skip]
pub const METALS: Judged =
    Judged { share: 0.4979, share_of_likely: 0.9371, brier: 0.0562, skill: 0.7752 };
#[rustfmt::skip]
pub const PHOTOVOLTAICS: Judged =
    Judged { share: 0.1012, share_of_likely: 0.6734, brier: 0.0555, skill: 0.3899 };
#[rustfmt::skip]
pub const EMITTERS: Judged =
    Judged { share: 0.2057, share_of_likely: 0.7722, brier: 0.0680, skill: 0.5838 };
#[rustfmt::skip]
pub const CONDUCTORS: Judged =
    Judged { share: 0.0939, share_of_likely: 0.8111, brier: 0.0320, skill: 0.6239 };
