//! Cost, supply risk and mass fractions against values computed by hand from the element table.

use matter::formula::parse;
use plugin_sdk::Property;
use supply::risk::{Indicators, LEAST_KNOWN_WEIGHT, WEIGHTS, element_risk};
use supply::{
    cost_property, cost_usd_per_kg, critical_fraction_property, critical_mass_fraction,
    heavy_rare_earth_fraction_property, heavy_rare_earth_mass_fraction, no_price, no_risk,
    noble_metal_fraction_property, noble_metal_mass_fraction, rare_earth_fraction_property,
    rare_earth_mass_fraction, supply_risk, supply_risk_property,
};

fn of<T>(formula: &str, f: impl Fn(matter::CompositionRef) -> T) -> T {
    f(parse(formula).unwrap().composition.as_ref())
}

fn assert_close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-6 * b.abs().max(1e-3), "{a} is not {b}");
}

#[test]
fn cost_weights_prices_by_mass_fraction() {
    // Li 83.5, Co 32.8, O 0.154 USD/kg; (6.94 * 83.5 + 58.933194 * 32.8 + 31.998 * 0.154) / 97.871194.
    assert_close(of("LiCoO2", cost_usd_per_kg).unwrap(), 25.721_833_4);
    assert_close(of("Li2Co2O4", cost_usd_per_kg).unwrap(), 25.721_833_4);
    assert_close(of("Fe", cost_usd_per_kg).unwrap(), 0.424);
}

#[test]
fn an_element_without_a_price_is_named_and_makes_the_cost_unknown() {
    let lacking = of("CsRbPbI4", cost_usd_per_kg).unwrap_err();
    assert_eq!(no_price(&lacking), "no price for Rb, Cs");
    assert!(of("Fe0.999999Cs0.000001", cost_usd_per_kg).is_err());
}

#[test]
fn risk_of_an_element_is_the_weighted_mean_of_its_terms() {
    // Cobalt: HHI 3100 and 2700, 67 % from one country, recycled above 30 %, substitutable at a price, 25 mg/kg:
    // 0.25 * 0.31 + 0.15 * 0.27 + 0.1 * 0.67 + 0 + 0.2 * 0.5 + 0.15 * (3 - log10 25) / 6.
    assert_close(of("Co", supply_risk).unwrap(), 0.325_051_5);
    // Lithium: 0.25 * 0.29 + 0.15 * 0.42 + 0.1 * 0.62 + 0.15 + 0.2 + 0.15 * (3 - log10 20) / 6.
    assert_close(of("Li", supply_risk).unwrap(), 0.589_974_25);
}

#[test]
fn missing_terms_renormalise_the_weights_down_to_half_of_them() {
    // Oxygen: only HHI (500, 500) and abundance (above 1000 mg/kg) are known: (0.4 * 0.05 + 0) / 0.55.
    assert_close(of("O", supply_risk).unwrap(), 0.02 / 0.55);
    let nothing = Indicators {
        hhi_production: None,
        hhi_reserve: None,
        top_producer_share_percent: None,
        recycling_rate_percent: None,
        substitutability_percent: None,
        abundance_crust_mg_kg: None,
    };
    assert_eq!(element_risk(&nothing), None);
    let half = Indicators {
        hhi_production: Some(10_000.0),
        hhi_reserve: Some(10_000.0),
        top_producer_share_percent: Some(100.0),
        ..nothing
    };
    assert_close(element_risk(&half).unwrap(), 1.0);
    let less = Indicators {
        top_producer_share_percent: None,
        ..half
    };
    assert_eq!(element_risk(&less), None);
}

#[test]
fn terms_lie_between_safe_and_risky() {
    let risk = |hhi, percent, recycling, abundance| {
        element_risk(&Indicators {
            hhi_production: Some(hhi),
            hhi_reserve: Some(hhi),
            top_producer_share_percent: Some(percent),
            recycling_rate_percent: Some(recycling),
            substitutability_percent: Some(100.0 - percent),
            abundance_crust_mg_kg: Some(abundance),
        })
        .unwrap()
    };
    assert_close(risk(10_000.0, 100.0, 5.0, 1e-9), 1.0);
    assert_eq!(risk(0.0, 0.0, 30.0, 1e6), 0.0);
    assert_close(risk(10_000.0, 100.0, 20.0, 1.0) + 0.15, 1.0);
    assert_close(WEIGHTS.iter().sum(), 1.0);
    assert_close(LEAST_KNOWN_WEIGHT, 0.5);
}

#[test]
fn risk_of_a_material_is_weighted_by_mass() {
    // (6.94 * 0.58997425 + 58.933194 * 0.3250515 + 31.998 * 0.0363636) / 97.871194.
    assert_close(of("LiCoO2", supply_risk).unwrap(), 0.249_453_46);
}

#[test]
fn a_little_hydrogen_does_not_hide_the_risk_but_much_does() {
    // Hydrogen's supply is not assessed: 11 % of the mass of water, 4 % of that of aluminium hydroxide.
    assert_eq!(
        no_risk(&of("H2O", supply_risk).unwrap_err()),
        "too little known of the supply of H"
    );
    let without = (26.9815385 * of("Al", supply_risk).unwrap() + 47.997 * 0.02 / 0.55)
        / (26.9815385 + 47.997);
    assert_close(of("Al(OH)3", supply_risk).unwrap(), without);
}

#[test]
fn scarce_and_concentrated_elements_are_riskier_than_iron() {
    let risk = |formula| of(formula, supply_risk).unwrap();
    for formula in ["Co", "Nd", "Dy", "Pt", "Sb", "W", "Be"] {
        assert!(risk(formula) > risk("Fe"), "{formula}");
    }
    assert!(risk("LiFePO4") < risk("LiCoO2"));
}

#[test]
fn mass_fractions_count_the_elements_of_each_list() {
    // Nd2Fe14B: 288.484 + 781.83 + 10.81 = 1081.124; neodymium and boron are critical, iron is not.
    assert_close(of("Nd2Fe14B", rare_earth_mass_fraction), 288.484 / 1081.124);
    assert_close(of("Nd2Fe14B", critical_mass_fraction), 299.294 / 1081.124);
    assert_eq!(of("Nd2Fe14B", heavy_rare_earth_mass_fraction), 0.0);
    assert_close(
        of("Y3Fe5O12", heavy_rare_earth_mass_fraction),
        266.71752 / 737.93052,
    );
    assert_close(of("PtCo", noble_metal_mass_fraction), 195.084 / 254.017194);
    assert_eq!(of("Sc2O3", heavy_rare_earth_mass_fraction), 0.0);
    assert_eq!(of("LiCoO2", noble_metal_mass_fraction), 0.0);
}

#[test]
fn every_property_can_be_looked_up_by_its_name() {
    let names: Vec<String> = [
        cost_property(),
        supply_risk_property(),
        critical_fraction_property(),
        noble_metal_fraction_property(),
        rare_earth_fraction_property(),
        heavy_rare_earth_fraction_property(),
    ]
    .iter()
    .map(|property: &Property| property.name().to_string())
    .collect();
    assert_eq!(
        names,
        [
            "material_cost",
            "supply_risk",
            "critical_mass_fraction",
            "noble_metal_mass_fraction",
            "rare_earth_mass_fraction",
            "heavy_rare_earth_mass_fraction"
        ]
    );
}
