// The supply risk of one element. The build script includes this file, so that the risks are constants in the plugins.

/// What is known of an element's supply.
pub struct Indicators {
    /// Herfindahl-Hirschman index of production over countries, 0 to 10 000.
    pub hhi_production: Option<f64>,
    /// Herfindahl-Hirschman index of reserves over countries, 0 to 10 000.
    pub hhi_reserve: Option<f64>,
    /// Share of the largest producing country, %.
    pub top_producer_share_percent: Option<f64>,
    /// Share of the commodity that is recycled, %.
    pub recycling_rate_percent: Option<f64>,
    /// How far other elements can replace it, %.
    pub substitutability_percent: Option<f64>,
    /// Abundance in the Earth's crust, mg/kg.
    pub abundance_crust_mg_kg: Option<f64>,
}

/// Weights of the six terms, in the order of [`Indicators`]; their sum is 1.
pub const WEIGHTS: [f64; 6] = [0.25, 0.15, 0.10, 0.15, 0.20, 0.15];

/// Below this weight of known terms the risk is unknown.
pub const LEAST_KNOWN_WEIGHT: f64 = 0.5;

/// Supply risk from 0 to 1: the weighted mean of the known terms, each 0 (safe) to 1 (risky).
///
/// Concentrations count linearly up to a monopoly. Recycling counts by the classes of the source: under 10 % is 1, up to
/// 30 % is 0.5, above is 0. Abundance counts by its logarithm, from 1000 mg/kg (0) down to 0.001 mg/kg (1).
pub fn element_risk(indicators: &Indicators) -> Option<f64> {
    let terms = [
        indicators.hhi_production.map(|hhi| hhi / 10_000.0),
        indicators.hhi_reserve.map(|hhi| hhi / 10_000.0),
        indicators
            .top_producer_share_percent
            .map(|percent| percent / 100.0),
        indicators
            .recycling_rate_percent
            .map(|percent| match percent {
                p if p < 10.0 => 1.0,
                p if p < 30.0 => 0.5,
                _ => 0.0,
            }),
        indicators
            .substitutability_percent
            .map(|percent| 1.0 - percent / 100.0),
        indicators
            .abundance_crust_mg_kg
            .map(|abundance| ((3.0 - libm::log10(abundance)) / 6.0).clamp(0.0, 1.0)),
    ];
    let known = || {
        WEIGHTS
            .iter()
            .zip(&terms)
            .filter_map(|(weight, term)| term.map(|term| (weight, term)))
    };
    let weight: f64 = known().map(|(weight, _)| weight).sum();
    // The weights are sums of hundredths: compare with a tolerance.
    (weight > LEAST_KNOWN_WEIGHT - 1e-9)
        .then(|| known().map(|(weight, term)| weight * term).sum::<f64>() / weight)
}
