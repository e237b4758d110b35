//! What the plugin says of itself: units, methods, sources, uncertainties and the figures of the fits.

use crate::carried::{GAP, SEGREGATION, STABILITY, Scores};
use crate::fitted::{
    BAND_EDGE_RMSE, CATION_A_LOSS, CATION_A_SHARE_LOSS, CATION_B_LOSS, CATION_B_SHARE_LOSS,
    EDGE_BIAS, FLAT_BANDS, HOST_LOSS, HOST_SHARE_LOSS, N_TYPE_RMSE, P_TYPE_RMSE,
    PEROVSKITE_INTERCEPT, PEROVSKITE_SHARE, PEROVSKITE_SLOPE, PEROVSKITES,
};
use plugin_sdk::{Description, Need, Parameter, Property};

const RUBAN: &str = "A. V. Ruban, H. L. Skriver and J. K. Norskov, Phys. Rev. B 59, 15990 (1999), \
    doi:10.1103/PhysRevB.59.15990, as tabulated in autocat 2022.8.5 (raban1999.json, MIT); datasets/saa_segregation.csv";
const RAO: &str = "K. K. Rao et al., Top. Catal. 63, 728 (2020), doi:10.1007/s11244-020-01267-2, figure 3 as scored in autocat \
    2022.8.5 (rao2020.json, MIT); datasets/saa_stability_class.csv";
const BARTEL: &str =
    "C. J. Bartel et al., Sci. Adv. 5, eaav0693 (2019), doi:10.1126/sciadv.aav0693";
const SHANNON: &str = "R. D. Shannon, Acta Crystallogr. A 32, 751 (1976), doi:10.1107/S0567739476001551, by mendeleev 1.3.0 (MIT); \
    datasets/ionic_radii_shannon.csv";

/// The description; its properties are in the order of [`crate::property`].
pub fn describe() -> Description {
    Description::new("catalyst", "0.1.0")
        .summary("Single-atom alloys and ABX3 perovskites as catalysts: does the wanted phase hold, where are its bands, what does it cost")
        .domain(
            "Two kinds of candidates. A single-atom alloy is written as two metals, the host and at most 25 % of a dopant: \
             Cu0.99Pt0.01, Pt1Cu99. An ABX3 perovskite is written as two cations and three anions (O, N, S, Se, F, Cl, Br, I; \
             mixed anions too; no shared cation sites): SrTiO3, LaTiO2N. The default objectives, perovskite_likelihood and \
             material_cost, rank perovskites with one anion of O, F, Cl, Br, I; to rank alloys, name the objectives \
             min:catalyst.segregation_energy (negative: the dopant stays at the surface) and min:catalyst.material_cost, because \
             no one scale serves both kinds. Band edges are given for any compound that has a gap, \
             by the column band_gap or else by the model.",
        )
        .licence("Apache-2.0 OR MIT")
        .author("The Lodestone authors")
        .citation("Ruban 1999, Rao 2020, Castelli 2012, Bartel 2019, Shannon 1976, Butler and Ginley 1978: see the sources of the properties")
        .composition(Need::Required)
        .column("band_gap", "eV", "band gap of the semiconductor, for the band edges", Need::Optional)
        .column("ph_zero_charge", "", "pH at which the surface bears no charge, for the band edges; 0 where missing", Need::Optional)
        .parameter(Parameter::number("ph", "", 0.0..=14.0, 0.0, "pH for the band edges, which shift by -0.0592 V per unit"))
        .parameter(Parameter::choice(
            "iron_facet",
            &["110", "100"],
            "110",
            "surface of iron as a host; every other host has its most closely packed one",
        ))
        .property(segregation_energy())
        .property(
            Property::new("segregation_energy_computed", "eV", "energy to bring a dopant from the bulk to the surface, from the table")
                .minimize()
                .computed()
                .method("density functional theory (LMTO-Green's function, coherent potential approximation, dilute limit, unrelaxed) for fcc(111), bcc(110), hcp(0001); 24 hosts and 24 dopants of groups 4 to 11; self-pairs, which are surface energies, left out; negative: the dopant stays in the surface")
                .source(RUBAN)
                .uncertainty("unknown: no set of measured segregation energies to compare with; no adsorbates, which can invert the order")
                .range(-5.0, 5.0),
        )
        .property(
            Property::new("stability_class", "", "is the lone dopant in the surface its most stable arrangement? 1: yes")
                .maximize()
                .computed()
                .method("ordinal, no energy: 1 most stable; 0.9, 0.8, 0.5 less stable than subsurface, dimer or adatom by up to 0.1, 0.2, 0.5 eV; 0 by more")
                .source(RAO)
                .uncertainty("unknown: an ordinal read from a figure of density functional theory results")
                .range(0.0, 1.0),
        )
        .property(
            Property::new("decomposition_energy_computed", "eV/atom", "energy of the cubic perovskite over its competing phases, from the table")
                .minimize()
                .computed()
                .method("density functional theory (GPAW, RPBE) for the five-atom cubic cell, relative to the most stable mixture of competing phases (elements, binaries, ternaries), negative: stable; of the two ways to put the cations on A and B the lower; the table's energy per five-atom cell divided by five; 52 cations, anions O3, O2N, ON2, N3, O2S, O2F, OFN")
                .source("I. E. Castelli et al., Energy Environ. Sci. 5, 5814 (2012), doi:10.1039/c1ee02717d, and 5, 9034 (2012), doi:10.1039/c2ee22341d, by matbench_perovskites; datasets/perovskites.csv")
                .uncertainty("unknown: cubic cells only, so that compounds which tilt (most perovskites) look too unstable; of 169 compounds with known structure, 53 % of the perovskites and 21 % of the others lie under 0.2 eV per cell")
                .range(-2.0, 2.0),
        )
        .property(
            Property::new("goldschmidt_factor", "", "Goldschmidt's tolerance factor of ABX3; about 0.8 to 1.05 in perovskites")
                .exact()
                .method("t = (rA + rX) / (sqrt(2) (rB + rX)); charges and sites as in Bartel et al. 2019; radii for the tabulated coordination nearest to 12 (A), 6 (B, X), high spin for four to seven d electrons; X: mean over the anions")
                .source(&format!("V. M. Goldschmidt, Naturwissenschaften 14, 477 (1926), doi:10.1007/BF01507527; {SHANNON}"))
                .uncertainty("none: arithmetic on tabulated radii, whose choice the method states")
                .range(0.0, 5.0),
        )
        .property(
            Property::new("octahedral_factor", "", "rB/rX of ABX3; above about 0.41 an octahedron of X holds B")
                .exact()
                .method("mu = rB / rX, radii as for goldschmidt_factor")
                .source(SHANNON)
                .uncertainty("none: arithmetic on tabulated radii")
                .range(0.0, 5.0),
        )
        .property(
            Property::new("bartel_factor", "", "Bartel's tolerance factor tau of ABX3; below 4.18 a perovskite is expected")
                .minimize()
                .exact()
                .method("tau = rX/rB - nA (nA - (rA/rB) / ln(rA/rB)), nA the charge of A; for one anion of O, F, Cl, Br, I, for which it was found; 92 % of 576 compounds classified right (Bartel et al. 2019)")
                .source(&format!("{BARTEL}; {SHANNON}"))
                .uncertainty("none: arithmetic on tabulated radii and charges")
                .range(-1000.0, 1e6),
        )
        .property(perovskite_likelihood())
        .property(band_edge("conduction_band_edge", "conduction", "-"))
        .property(band_edge("valence_band_edge", "valence", "+"))
        .property(supply::noble_metal_fraction_property())
        .property(supply::cost_property().default_objective())
        .property(supply::supply_risk_property())
        .property(band_gap())
        .property(decomposition_energy())
}

fn scores(s: &Scores, unit: &str) -> String {
    format!(
        "five folds of {} compositions: mean absolute error {:.2} {unit}, root mean square {:.2}, R2 {:.2}; {:.0} % within the interval of \
         95 %",
        s.rows,
        s.mae,
        s.rmse,
        s.r2,
        100.0 * s.coverage_95
    )
}

fn band_gap() -> Property {
    Property::new("band_gap", "eV", "band gap by the model; 0: a metal")
        .predicted()
        .method(&format!(
            "the model predicted_band_gap that the plugin carries, mean over metals and semiconductors; {}",
            scores(&GAP, "eV")
        ))
        .source(
            "datasets/training/band_gap.csv: Y. Zhuo et al., J. Phys. Chem. Lett. 9, 1668 (2018), doi:10.1021/acs.jpclett.8b00124, and \
             metals of matbench_expt_gap",
        )
        .uncertainty("standard deviation of the model's distribution, calibrated on held-out compositions")
        .range(0.0, 20.0)
}

fn decomposition_energy() -> Property {
    Property::new("decomposition_energy", "eV/atom", "energy of the cubic perovskite over its competing phases, by the model")
        .minimize()
        .predicted()
        .method(&format!(
            "the model predicted_perovskite_stability that the plugin carries, per five-atom cell, divided by five; for cations beyond the \
             table too, less surely; {}",
            scores(&STABILITY, "eV per cell")
        ))
        .source("as decomposition_energy_computed")
        .uncertainty("standard deviation of the model, calibrated on held-out compositions; unknown for compounds of the table, as the table's own error")
        .range(-2.0, 2.0)
}

/// Mean absolute error of the model of segregation energies for hosts that it has not seen, eV, and the share of the energies in the
/// interval of 95 %, by `lodestone model evaluate --group-by host` with the table, inputs, kind and seed of `datasets/models/make`.
const UNSEEN_HOST: (f64, &str) = (0.23, "87 %");

fn segregation_energy() -> Property {
    Property::new("segregation_energy", "eV", "energy to bring a dopant from the bulk of its host to the surface; negative: it stays there")
        .minimize()
        .predicted()
        .method(&format!(
            "the tabulated value where there is one; else, for hosts and dopants of groups 3 to 12, the model predicted_segregation_energy \
             that the plugin carries, a Gaussian process over group, metallic radius and boiling point of host and dopant, of the \
             {pairs:.0} pairs of the table; with a fifth of the dopants left out at a time: mean absolute error {mae:.2} eV, root mean \
             square {rmse:.2}, R2 {r2:.2}; with a fifth of the hosts left out {host:.2} eV; always predicting the mean \
             errs by 0.51 eV",
            host = UNSEEN_HOST.0,
            pairs = SEGREGATION.rows,
            mae = SEGREGATION.mae,
            rmse = SEGREGATION.rmse,
            r2 = SEGREGATION.r2,
        ))
        .source(&format!("{RUBAN}; radii and boiling points: datasets/elements.csv"))
        .uncertainty(&format!(
            "standard deviation of the model, wider for hosts and dopants unlike those of the table; {:.0} % of the energies of dopants left \
             out lay within the interval of 95 %, {} of those of hosts left out; it does not hold the table's own error against experiment, which is unknown, as is the \
             deviation of tabulated values",
            100.0 * SEGREGATION.coverage_95,
            UNSEEN_HOST.1
        ))
        .range(-5.0, 5.0)
}

fn perovskite_likelihood() -> Property {
    Property::new("perovskite_likelihood", "", "probability that an experiment finds the ABX3 compound to be a perovskite")
        .maximize()
        .default_objective()
        .predicted()
        .method(&format!(
            "p = 1/(1 + exp(-({PEROVSKITE_INTERCEPT:.2} {PEROVSKITE_SLOPE:+.2} min(tau, 10)))), tau: bartel_factor, fitted to \
             {PEROVSKITES:.0} experiments ({:.0} % perovskites); mean log loss with each cation on A left out {CATION_A_LOSS:.2} \
             ({:.2} of that of the plain share of perovskites), with each cation on B left out {CATION_B_LOSS:.2} ({:.2}). Not for \
             alloys: a like curve over segregation_energy for Rao's class of 0.8 or more has, with each host left out, a loss of \
             {HOST_LOSS:.2} ({:.2}), and a fit is offered up to 0.7 only",
            100.0 * PEROVSKITE_SHARE,
            CATION_A_LOSS / CATION_A_SHARE_LOSS,
            CATION_B_LOSS / CATION_B_SHARE_LOSS,
            HOST_LOSS / HOST_SHARE_LOSS,
        ))
        .source(&format!("{BARTEL}, table S1; for alloys: {RUBAN}; {RAO}"))
        .uncertainty(
            "unknown; a probability is itself a statement of uncertainty, and the method gives its loss for cations not in the fit. \
             The share of perovskites among the experiments is higher than among all ABX3 compositions that one can write down",
        )
        .range(0.0, 1.0)
}

fn band_edge(name: &str, band: &str, sign: &str) -> Property {
    Property::new(name, "V", &format!("{band} band edge against the standard hydrogen electrode"))
        .predicted()
        .method(&format!(
            "Butler and Ginley: E = chi - 4.5 eV {sign} Eg/2 - 0.0592 V (pH - pHz); chi: geometric mean of the atoms' Mulliken \
             electronegativities; Eg: column band_gap, and where \
             that has none the model's gap of a semiconductor, if that is likelier than a metal; pHz: column ph_zero_charge, 0 where missing, so that without it the value \
             of zero charge is taken as that of pH 0, as is customary"
        ))
        .source(
            "M. A. Butler and D. S. Ginley, J. Electrochem. Soc. 125, 228 (1978), doi:10.1149/1.2131419; ionisation energies and \
             electron affinities: datasets/elements.csv; measured: datasets/flat_band_potentials.csv",
        )
        .uncertainty(&format!(
            "{BAND_EDGE_RMSE:.2} V: root mean square of measured band edges (mostly flat-band potentials) minus estimates at that pH, \
             {FLAT_BANDS:.0} semiconductors (mean {EDGE_BIAS:+.2} V, not corrected), in quadrature with half of the gap's deviation \
             where the column has one; it is {N_TYPE_RMSE:.2} V for the conduction band of n-type and {P_TYPE_RMSE:.2} V for the \
             valence band of p-type ones, mostly copper oxides, whose valence band lies far above the estimate"
        ))
        .range(-10.0, 15.0)
}
