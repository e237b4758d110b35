"""Makes cathodes_computed.csv: average insertion voltages from OQMD formation energies.

    python battery_computed.py crabnet-2.0.8-py3-none-any.whl > cathodes_computed.csv

Needs numpy and scipy. All compositions A_x(host) of one ion A and one host with a redox element and an anion form a
series. Steps, in this order:

1. Formation energies outside of -5..+2 eV/atom are dropped as outliers (the most stable fluorides lie near -4.5).
2. A composition is dropped unless its d elements (or Ce) are between the states listed below, everything else keeping its
   usual charge (no Sn, Sb, Bi redox: those react by conversion or alloying).
3. A composition more than 0.1 eV/atom above the convex hull of all OQMD entries of its chemical system is dropped.
   The distance is taken to the hull of all entries, the composition's own included, so it is never negative.
4. Per ion and host the remaining compositions above the lower convex hull of energy against x are dropped: there the
   voltage would rise on discharge, and the two-phase reaction between the neighbours is what happens (Aydinol et al.,
   Phys. Rev. B 56, 1354 (1997)). What remains is a falling staircase; each step is a row.
5. A step is dropped whose volume change lies outside -5..25 %, or that shares a composition with a step outside of
   0..5.5 V, which is a wrong calculation.

V = -(E_discharged - E_charged) / (dx z) with E in eV per host unit and the ion's metal at zero formation energy.
"""

import csv
import io
import re
import sys
import zipfile
from collections import defaultdict
from functools import reduce
from math import gcd

import numpy as np
from scipy.optimize import linprog

CHARGE = {"Li": 1, "Na": 1, "K": 1, "Mg": 2, "Ca": 2, "Zn": 2, "Al": 3}
HULL_LIMIT = 0.1  # eV/atom
ANIONS = {"O", "F", "S", "Se", "N", "Cl"}
VOLTAGE = (0.0, 5.5)  # V; outside, one end is a wrong calculation
VOLUME_CHANGE = (-0.05, 0.25)
PLAUSIBLE_ENERGY = (-5.0, 2.0)  # eV/atom
FIXED = {
    **dict.fromkeys("H Li Na K Rb Cs".split(), 1), **dict.fromkeys("Be Mg Ca Sr Ba Zn Cd".split(), 2),
    **dict.fromkeys("B Al Ga In Sc Y La Pr Nd Sm Gd Tb Dy Ho Er Tm Lu".split(), 3),
    **dict.fromkeys("Si Ge Zr Hf Th C Sn".split(), 4), **dict.fromkeys("P As Sb".split(), 5),
    "Bi": 3, "F": -1, "Cl": -1, "Br": -1, "I": -1, "O": -2, "N": -3,
}
STATES = {  # lowest and highest state counted, per average atom
    "Ti": (2, 4), "V": (2, 5), "Cr": (2, 4), "Mn": (2, 4), "Fe": (2, 4), "Co": (2, 4), "Ni": (2, 4), "Cu": (1, 3),
    "Nb": (2, 5), "Mo": (2, 6), "Ru": (3, 5), "Rh": (3, 4), "Pd": (2, 4), "Ta": (3, 5), "W": (3, 6), "Re": (3, 7),
    "Ir": (3, 5), "Ce": (3, 4),
}


def parse(formula):
    return {e: float(n or 1) for e, n in re.findall(r"([A-Z][a-z]?)([0-9.]*)", formula)}


def key(composition):
    total = sum(composition.values())
    return tuple(sorted((e, round(n / total, 6)) for e, n in composition.items()))


def rows_of(wheel, table):
    """The rows of a CrabNet table, over its three parts."""
    with zipfile.ZipFile(wheel) as archive:
        for part in ("train", "val", "test"):
            name = f"crabnet/data/benchmark_data/{table}/{part}.csv"
            yield from csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8"))


def formulas(wheel):
    return [row["formula"] for row in rows_of(wheel, "OQMD_Formation_Enthalpy")]


def load(wheel, table):
    """Formula to value; the lowest value of a formula counts."""
    values = {}
    for row in rows_of(wheel, table):
        k, v = key(parse(row["formula"])), float(row["target"])
        if k not in values or v < values[k]:
            values[k] = v
    return values


class Hull:
    """Distance above the convex hull of a chemical system, eV/atom."""

    def __init__(self, energies):
        self.entries = defaultdict(list)
        for k, e in energies.items():
            if PLAUSIBLE_ENERGY[0] <= e <= PLAUSIBLE_ENERGY[1]:
                self.entries[frozenset(el for el, _ in k)].append((dict(k), e))
        self.cache = {}

    def system(self, elements):
        if elements not in self.cache:
            names = sorted(elements)
            rows = [({n: 1.0}, 0.0) for n in names]
            rows += [r for s, r in ((s, r) for s, rs in self.entries.items() if s <= elements for r in rs)]
            matrix = np.array([[c.get(n, 0.0) for c, _ in rows] for n in names])
            self.cache[elements] = names, matrix, np.array([e for _, e in rows])
        return self.cache[elements]

    def above(self, k, energy):
        names, matrix, energies = self.system(frozenset(e for e, _ in k))
        fractions = dict(k)
        target = np.array([fractions[n] for n in names])
        solution = linprog(energies, A_eq=matrix, b_eq=target, bounds=(0, None), method="highs")
        return energy - solution.fun


def reduced(composition):
    """The composition per smallest whole host unit, and the number of units."""
    units = reduce(gcd, (int(n) for n in composition.values()))
    return tuple(sorted((e, int(n) // units) for e, n in composition.items())), units


def series(formulas):
    """(ion, host) to {x: formula}, x per unit of the host, of hosts with a redox element and an anion, two x at least."""
    groups = defaultdict(dict)
    for formula in formulas:
        composition = parse(formula)
        if not set(composition) & ANIONS or not set(composition) & set(STATES):
            continue
        groups[None, reduced(composition)[0]][0.0] = formula
        for ion in CHARGE:
            if ion in composition:
                host, units = reduced({e: n for e, n in composition.items() if e != ion})
                groups[ion, host][composition[ion] / units] = formula
    inserted = {k: members for k, members in groups.items() if k[0]}
    whole = {k: groups.get((None, k[1]), {}) | members for k, members in inserted.items()}
    return {k: members for k, members in whole.items() if len(members) > 1}


def lower_hull(points):
    """Of (x, energy): those on the lower convex envelope, in order of x."""
    out = []
    for x, e in sorted(points):
        while len(out) > 1 and (out[-1][1] - out[-2][1]) * (x - out[-2][0]) >= (e - out[-2][1]) * (out[-1][0] - out[-2][0]):
            out.pop()
        out.append((x, e))
    return out


def highest(element, ion):
    """Fe4+ is reached when Na or K leaves an oxide, not with the other ions."""
    return 3 if element == "Fe" and ion not in ("Na", "K") else STATES[element][1]


def redox_range(host, ion):
    """Charge the ions bring (per host unit) at the highest and lowest states of the redox elements, or None."""
    oxygen = host.get("O", 0.0)
    low = high = rest = 0.0
    for element, n in host.items():
        if element in STATES:
            low, high = low + n * STATES[element][0], high + n * highest(element, ion)
        elif element in ("S", "Se", "Te"):
            rest += n * (6 if oxygen >= 3 * n else -2)
        elif element in FIXED:
            rest += n * FIXED[element]
        else:
            return None
    return (-high - rest, -low - rest) if high else None


def main(wheel):
    energies, volumes = load(wheel, "OQMD_Formation_Enthalpy"), load(wheel, "OQMD_Volume_per_atom")
    hull, rows, dropped = Hull(energies), [], defaultdict(int)
    for (ion, host_units), members in sorted(series(formulas(wheel)).items()):
        host, z = dict(host_units), CHARGE[ion]
        limits, atoms = redox_range(host, ion), sum(host.values())
        points = {}
        for x, formula in members.items():
            if limits is None or not limits[0] - 1e-6 <= z * x <= limits[1] + 1e-6:
                dropped["compositions without a plausible redox couple"] += 1
                continue
            k = key(parse(formula))
            above = hull.above(k, energies[k])
            if above > HULL_LIMIT:
                dropped["compositions above the hull"] += 1
                continue
            points[x] = (energies[k] * (atoms + x), volumes[k] * (atoms + x), above, formula)
        kept = lower_hull([(x, p[0]) for x, p in points.items()])
        dropped["compositions above the tie line of their series"] += len(points) - len(kept)
        steps = [(x0, x1, -(e1 - e0) / (x1 - x0) / z) for (x0, e0), (x1, e1) in zip(kept, kept[1:])]
        doubtful = {x for x0, x1, v in steps if not VOLTAGE[0] <= v <= VOLTAGE[1] for x in (x0, x1)}
        for x0, x1, voltage in steps:
            change = points[x1][1] / points[x0][1] - 1
            if x0 in doubtful or x1 in doubtful:
                dropped["steps that share a composition with one outside of 0..5.5 V"] += 1
            elif not VOLUME_CHANGE[0] <= change <= VOLUME_CHANGE[1]:
                dropped["steps with an implausible volume change"] += 1
            else:
                rows.append([ion, "".join(f"{e}{n}" for e, n in host_units), points[x0][3], points[x1][3], f"{x0:g}",
                             f"{x1:g}", f"{voltage:.3f}", f"{change:.4f}", f"{max(points[x0][2], 0):.4f}",
                             f"{max(points[x1][2], 0):.4f}"])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["ion", "host", "charged", "discharged", "x_charged", "x_discharged", "voltage_V", "volume_change",
                     "energy_above_hull_charged_eV_per_atom", "energy_above_hull_discharged_eV_per_atom"])
    writer.writerows(rows)
    for reason, count in dropped.items():
        print(f"dropped: {count} {reason}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
