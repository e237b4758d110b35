"""Tolerance factors of ABX3: does a perovskite form? The host looks up the ions and their radii."""

from math import log, sqrt

from lodestone_plugin import EXACT, Description, Number, Predictions, Property, SYMBOLS, export_plugin

RADII = ["shannon_radius_a_site", "shannon_radius_b_site", "shannon_radius_anion"]
IONS = ["atomic_number_a_site", "oxidation_state_a_site", "atomic_number_b_site", "oxidation_state_b_site"]
SHANNON = "radii: R. D. Shannon, Acta Crystallogr. A 32, 751 (1976), doi:10.1107/S0567739476001551"
SMALLEST_B = sqrt(2) - 1  # a smaller ion rattles in its octahedron of touching anions

DESCRIPTION = Description(
    id="perovskite",
    version="0.1.0",
    summary="Tolerance and octahedral factors of ABX3 perovskites",
    domain="ABX3 with two cations and one anion whose ions have Shannon radii; no shared sites",
    licence="Apache-2.0 OR MIT",
    authors=["Lodestone contributors"],
    citation="C. J. Bartel et al., Sci. Adv. 5, eaav0693 (2019), doi:10.1126/sciadv.aav0693; "
    "V. M. Goldschmidt, Naturwissenschaften 14, 477 (1926), doi:10.1007/BF01507527",
    composition="unused",
    descriptors=RADII + IONS,
    parameters=[
        Number(
            name="largest_tau",
            minimum=0,
            maximum=10,
            default=4.18,
            summary="above this value of tau a note says that no perovskite is expected",
        ),
    ],
    properties=[
        Property(
            name="tau",
            summary="Bartel's tolerance factor; the smaller, the likelier a perovskite; expected below 4.18",
            direction="minimize",
            default_objective=True,
            origin="exact",
            method="tau = rX/rB - nA (nA - (rA/rB) / ln(rA/rB)), nA the charge of A; classes 527 of 570 compounds "
            "of the source right (its table S1 but for 6 without ions)",
            source=f"C. J. Bartel et al., Sci. Adv. 5, eaav0693 (2019), doi:10.1126/sciadv.aav0693; {SHANNON}",
            uncertainty="none: arithmetic on tabulated radii",
        ),
        Property(
            name="tolerance_factor",
            summary="Goldschmidt's t; 1 where all ions touch in the cubic perovskite",
            origin="exact",
            method="t = (rA + rX) / (sqrt(2) (rB + rX)), A twelve-fold, B and X six-fold",
            source=f"V. M. Goldschmidt, Naturwissenschaften 14, 477 (1926), doi:10.1007/BF01507527; {SHANNON}",
            uncertainty="none: arithmetic on tabulated radii",
        ),
        Property(
            name="octahedral_factor",
            summary="rB/rX; an octahedron of touching anions leaves room for 0.414",
            origin="exact",
            method="mu = rB/rX, six-fold",
            source=SHANNON,
            uncertainty="none: arithmetic on tabulated radii",
        ),
    ],
)


def tolerance_factor(a, b, x):
    return (a + x) / (sqrt(2) * (b + x))


def tau(a, b, x, charge_a):
    return x / b - charge_a * (charge_a - (a / b) / log(a / b))


def ion(number, charge):
    return f"{SYMBOLS[int(number)]}{charge:.0f}+"


def predict(batch, parameters):
    out = Predictions(DESCRIPTION, batch)
    rows = zip(*(batch.column(name) for name in RADII + IONS))
    for row, (a, b, x, number_a, charge_a, number_b, charge_b) in enumerate(rows):
        if not all(0 < radius < 10 for radius in (a, b, x)):  # missing is NaN, which is in no range
            out.not_applicable(row, "not ABX3, or no Shannon radius for one of its ions")
            continue
        out.set(row, "tolerance_factor", tolerance_factor(a, b, x), EXACT)
        out.set(row, "octahedral_factor", b / x, EXACT)
        if b / x < SMALLEST_B:
            out.note(row, "B is too small for an octahedron", "octahedral_factor")
        if not (a > b and 0 < charge_a < 10):
            out.missing(row, "tau", "tau needs an A that is larger than B, and its charge")
            continue
        value = tau(a, b, x, charge_a)
        out.set(row, "tau", value, EXACT)
        if value > parameters["largest_tau"]:
            out.note(row, "no perovskite expected", "tau")
        if 1 <= number_a < len(SYMBOLS) and 1 <= number_b < len(SYMBOLS):
            out.note(row, f"A is {ion(number_a, charge_a)}, B is {ion(number_b, charge_b)}")
    return out


Model = export_plugin(DESCRIPTION, predict)
