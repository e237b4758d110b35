//! Written by `cargo run --release -p catalyst --example fit`.

/// Logits of a perovskite over τ, at zero.
pub const PEROVSKITE_INTERCEPT: f64 = 11.535374;
/// Logits per unit.
pub const PEROVSKITE_SLOPE: f64 = -2.728435;
/// Experiments in the fit.
pub const PEROVSKITES: f64 = 575.000000;
/// Share of yes.
pub const PEROVSKITE_SHARE: f64 = 0.542609;
/// Mean log loss of a perovskite, each cation on A left out.
pub const CATION_A_LOSS: f64 = 0.370714;
/// The same of the plain share.
pub const CATION_A_SHARE_LOSS: f64 = 0.696839;
/// Mean log loss of a perovskite, each cation on B left out.
pub const CATION_B_LOSS: f64 = 0.355526;
/// The same of the plain share.
pub const CATION_B_SHARE_LOSS: f64 = 0.697818;
/// Mean log loss of a single-atom surface, each host left out.
pub const HOST_LOSS: f64 = 0.519345;
/// The same of the plain share.
pub const HOST_SHARE_LOSS: f64 = 0.686418;
/// Flat-band potentials compared.
pub const FLAT_BANDS: f64 = 20.000000;
/// Mean of measured minus estimated edge, V.
pub const EDGE_BIAS: f64 = -0.534269;
/// Root mean square of measured minus estimated edge, V.
pub const BAND_EDGE_RMSE: f64 = 1.039897;
/// Root mean square of measured minus estimated conduction band edge, n-type semiconductors, V.
pub const N_TYPE_RMSE: f64 = 0.521970;
/// Root mean square of measured minus estimated valence band edge, p-type semiconductors, V.
pub const P_TYPE_RMSE: f64 = 1.607386;
