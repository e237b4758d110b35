"""{{name}}: hydrogen stored by weight. Put your own model here."""

from lodestone_plugin import ATOMIC_WEIGHT, EXACT, Description, Number, Predictions, Property, export_plugin

DESCRIPTION = Description(
    id="{{name}}",
    version="0.1.0",
    summary="Hydrogen stored by weight",
    domain="compounds with hydrogen; others get no value",
    licence="CC0-1.0",
    authors=["A. Author"],
    citation="none needed: arithmetic",
    parameters=[
        Number(name="released", minimum=0, maximum=1, default=1, summary="share of the hydrogen that comes out again"),
    ],
    properties=[
        Property(
            name="hydrogen_mass_fraction",
            summary="mass of released hydrogen per mass of material",
            direction="maximize",
            default_objective=True,
            origin="exact",
            method="standard atomic weights",
            source="Meija et al., Pure Appl. Chem. 88, 265 (2016)",
            uncertainty="none: arithmetic on the formula",
            valid_min=0,
            valid_max=1,
        ),
    ],
)


def predict(batch, parameters):
    out = Predictions(DESCRIPTION, batch)
    for row, composition in enumerate(batch):
        if "H" not in composition:
            out.missing(row, "hydrogen_mass_fraction", "no hydrogen")
            continue
        mass = sum(ATOMIC_WEIGHT[symbol] * amount for symbol, amount in composition.items())
        hydrogen = ATOMIC_WEIGHT["H"] * composition["H"] * parameters["released"]
        out.set(row, "hydrogen_mass_fraction", hydrogen / mass, EXACT)
        if "O" in composition:
            out.note(row, "holds oxygen: the hydrogen may come out as water")
    return out


Model = export_plugin(DESCRIPTION, predict)
