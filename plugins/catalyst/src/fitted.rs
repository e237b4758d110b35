//! Written by `cargo run --release -p catalyst --example fit`.

/// Pairs in the fit.
pub const PAIRS: f64 = 552.000000;
/// Mean absolute error, eV, each dopant left out.
pub const DOPANT_ERROR: f64 = 0.150519;
/// The same of predicting the mean.
pub const DOPANT_MEAN_ERROR: f64 = 0.516783;
/// Mean absolute error, eV, each group of dopants left out.
pub const GROUP_ERROR: f64 = 0.152450;
/// The same of predicting the mean.
pub const GROUP_MEAN_ERROR: f64 = 0.532954;
/// Mean absolute error, eV, groups 4 and 11, the outermost, left out.
pub const EDGE_ERROR: f64 = 0.212462;
/// The same of predicting the mean.
pub const EDGE_MEAN_ERROR: f64 = 0.715135;
/// Root mean square error, eV.
pub const EDGE_RMSE: f64 = 0.261962;
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
/// Hosts by atomic number, with the weights of [`crate::alloy::dopant_features`], eV.
#[rustfmt::skip]
pub static HOSTS: [(u8, [f64; 5]); 24] = [
    (22, [0.294223, -0.924995, -0.112490, -0.017835, 0.179132]),
    (23, [1.999668, -1.482930, 0.022803, -0.067966, 0.087547]),
    (24, [5.144475, -4.487388, -0.133972, -0.032503, 0.073140]),
    (25, [4.620328, -3.704445, -0.028270, -0.038322, -0.014116]),
    (26, [4.244811, -3.702230, -0.079362, -0.048592, 0.163492]),
    (27, [3.280095, -2.797267, -0.040177, -0.038792, 0.149470]),
    (28, [3.692444, -3.108511, -0.033767, -0.024089, 0.157199]),
    (29, [2.455765, -2.102997, -0.016128, -0.016044, 0.150939]),
    (40, [-0.848815, -0.009668, -0.090085, -0.005322, 0.165570]),
    (41, [1.046957, -0.927623, 0.043351, -0.053082, 0.186108]),
    (42, [3.546293, -3.514892, -0.209388, -0.007414, 0.158277]),
    (43, [2.081219, -1.923321, 0.045392, -0.054152, 0.119756]),
    (44, [2.567265, -2.543152, -0.124726, -0.049665, 0.189230]),
    (45, [2.182423, -2.073514, -0.079076, -0.026238, 0.209571]),
    (46, [0.936799, -1.027129, -0.061206, -0.022549, 0.280752]),
    (47, [1.157478, -0.992452, -0.029627, -0.006165, 0.178166]),
    (72, [-0.256020, -0.584215, -0.121203, -0.001128, 0.161894]),
    (73, [1.075087, -1.096706, 0.019464, -0.054167, 0.178650]),
    (74, [4.472749, -3.890176, -0.214575, 0.016667, 0.025076]),
    (75, [2.906689, -2.544241, 0.009596, -0.050069, 0.075620]),
    (76, [4.264732, -3.730674, -0.193587, -0.044308, 0.142740]),
    (77, [3.917768, -3.229008, -0.127970, -0.010630, 0.143988]),
    (78, [2.614601, -2.135647, -0.094297, -0.003081, 0.212405]),
    (79, [1.430663, -1.142104, -0.027220, 0.000266, 0.153736]),
];
