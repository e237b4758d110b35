"""Makes cathode_candidates.csv: discharged cathodes to rank, each composition once, with where it came from.

    python battery_candidates.py DATASETS_FOLDER crabnet-2.0.8-py3-none-any.whl > cathode_candidates.csv

Needs numpy and scipy. First the measured cathodes, then compositions in production or in wide study, then the discharged
ends of cathodes_computed.csv, then compounds of OQMD (CrabNet 2.0.8) that a cathode chemist would look at: Li, Na
or K, a 3d metal or Mo that can still be oxidised, nothing but common, non-toxic elements beside, at most
0.02 eV/atom above the OQMD hull. Some of the latter are hypothetical. Hydrogen, arsenic, selenium, beryllium, cadmium,
thallium, lead, mercury and noble-metal compounds (but Ru) are left out, as are hosts of caesium and rubidium; of the OQMD compounds also
oxysulfides, those that would have to give more than one electron for each redox-active atom, from which aluminium would
have to leave, or which are known not to work (NOT_CATHODES). Voltages are not in the file.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from battery_computed import CHARGE, FIXED, STATES, Hull, load

ORDER = ("K Na Li Ca Mg Zn Al Ba Sr La Y Sc Zr Hf Ta W Nb Mo Ru Rh Ir Re Ce Ti V Cr Mn Fe Co Ni Cu Ga Ge Sn Sb Bi Te B C Si "
         "P S N H O F Cl").split()
EXCLUDED = {"H", "As", "Se", "Te", "Be", "Cd", "Tl", "Pb", "Hg", "Cs", "Rb", "Re", "Ir", "Rh", "Pd"}
HOSTS = {"Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Mo"}
HIGHEST = {e: 3 if e == "Fe" else high for e, (_, high) in STATES.items()}
BESIDE = {"Li", "Na", "K", "Mg", "Ca", "Al", "Zr", "B", "Si", "P", "S", "O", "F"}
NOT_CATHODES = {"LiCrO2"}  # inactive in lithium cells: Komaba et al., Electrochem. Commun. 12, 355 (2010)
NEAR_HULL = 0.02  # eV/atom
KNOWN = [  # name, formula, family
    ("NMC 532", "LiNi0.5Mn0.3Co0.2O2", "layered oxide"), ("NMC 622", "LiNi0.6Mn0.2Co0.2O2", "layered oxide"),
    ("NMC 811", "LiNi0.8Mn0.1Co0.1O2", "layered oxide"), ("sodium cobalt oxide", "NaCoO2", "layered oxide"),
    ("sodium nickel oxide", "NaNiO2", "layered oxide"),
    ("NMC 90-5-5", "LiNi0.9Mn0.05Co0.05O2", "layered oxide"), ("NMA", "LiNi0.883Mn0.056Al0.061O2", "layered oxide"),
    ("NMC 442", "LiNi0.4Mn0.4Co0.2O2", "layered oxide"), ("NM 50-50", "LiNi0.5Mn0.5O2", "layered oxide"),
    ("NM 75-25 cobalt-free", "LiNi0.75Mn0.25O2", "layered oxide"), ("lithium-rich NMC", "Li1.2Ni0.13Mn0.54Co0.13O2", "layered oxide"),
    ("aluminium-doped spinel", "LiMn1.9Al0.1O4", "spinel oxide"), ("LMFP 60-40", "LiMn0.6Fe0.4PO4", "phosphate"),
    ("LMFP 80-20", "LiMn0.8Fe0.2PO4", "phosphate"), ("lithium manganese silicate", "Li2MnSiO4", "silicate"),
    ("lithium manganese borate", "LiMnBO3", "borate"), ("lithium iron fluorophosphate", "Li2FePO4F", "fluorophosphate"),
    ("lithium cobalt fluorophosphate", "Li2CoPO4F", "fluorophosphate"), ("lithium manganese fluorosulfate", "LiMnSO4F", "fluorosulfate"),
    ("NFM111", "NaNi0.333Fe0.333Mn0.333O2", "layered oxide"), ("sodium nickel manganese oxide", "NaNi0.5Mn0.5O2", "layered oxide"),
    ("P2 sodium nickel manganese oxide", "Na0.667Ni0.333Mn0.667O2", "layered oxide"), ("tunnel sodium manganese oxide", "Na0.44MnO2", "tunnel oxide"),
    ("copper iron manganese oxide", "Na0.9Cu0.22Fe0.3Mn0.48O2", "layered oxide"), ("sodium iron silicate", "Na2FeSiO4", "silicate"),
    ("sodium manganese fluorophosphate", "Na2MnPO4F", "fluorophosphate"), ("sodium vanadium fluorophosphate", "NaVPO4F", "fluorophosphate"),
    ("sodium nickel Prussian white", "Na2NiFe(CN)6", "cyanide"), ("potassium iron Prussian white", "K2Fe2(CN)6", "cyanide"),
    ("potassium iron fluorosulfate", "KFeSO4F", "fluorosulfate"), ("potassium vanadium phosphate", "K3V2(PO4)3", "phosphate"),
    ("potassium manganese oxide", "K0.5MnO2", "layered oxide"), ("potassium cobalt oxide", "K0.6CoO2", "layered oxide"),
    ("magnesium manganese spinel", "MgMn2O4", "spinel oxide"), ("magnesium iron silicate", "MgFeSiO4", "silicate"),
    ("calcium cobalt oxide", "CaCo2O4", "layered oxide"), ("calcium manganese oxide", "CaMn2O4", "marokite oxide"),
]


def parse(formula):
    """Element amounts; knows one level of brackets."""
    import re
    out = Counter()
    for group, n, element, m in re.findall(r"\(([^)]*)\)([0-9.]*)|([A-Z][a-z]?)([0-9.]*)", formula):
        if element:
            out[element] += float(m or 1)
        else:
            for e, k in parse(group).items():
                out[e] += k * float(n or 1)
    return out


def key(composition):
    total = sum(composition.values())
    return tuple(sorted((e, round(n / total, 6)) for e, n in composition.items()))


def written(composition):
    return "".join(f"{e}{n:g}" if n != 1 else e for e, n in sorted(composition.items(), key=lambda p: ORDER.index(p[0])))


def family(c):
    oxygen = c.get("O", 0)
    for element, name in (("P", "phosphate"), ("Si", "silicate"), ("B", "borate"), ("S", "sulfate")):
        if element in c and oxygen >= 3 * c[element]:
            return "fluoro" + name if "F" in c else name
    if not oxygen:
        return "fluoride" if "F" in c else "sulfide"
    return "oxyfluoride" if "F" in c else "oxynitride" if "N" in c else "oxide"


def oxidisable(c):
    """Whether charges balance and a redox element below its highest state stands beside a movable ion."""
    rest = charge_of_rest(c)
    redox = {e: n for e, n in c.items() if e in STATES}
    low, high = sum(n * STATES[e][0] for e, n in redox.items()), sum(n * HIGHEST[e] for e, n in redox.items())
    return low <= -rest <= high - 0.5 * sum(redox.values())


def reversible(c, ion):
    """At most one electron for each redox-active atom, and none of the chemistries without a working example."""
    electrons = CHARGE[ion] * c[ion]
    redox = {e: n for e, n in c.items() if e in STATES}
    able = sum(n * HIGHEST[e] for e, n in redox.items()) + charge_of_rest(c)
    oxysulfide = "S" in c and 0 < c.get("O", 0) < 3 * c["S"]
    return min(electrons, able) <= 1.01 * sum(redox.values()) and ion != "Al" and not oxysulfide


def charge_of_rest(c):
    oxygen = c.get("O", 0)
    return sum(n * (6 if oxygen >= 3 * n else -2) if e == "S" else n * FIXED[e] for e, n in c.items() if e not in STATES)


def main(folder, wheel):
    energies = load(wheel, "OQMD_Formation_Enthalpy")
    hull, seen, rows = Hull(energies), set(), []

    def add(composition, name, kind, source, above=None):
        k = key(composition)
        if k in seen:
            return
        seen.add(k)
        if above is None and k in energies:
            above = max(hull.above(k, energies[k]), 0.0)
        rows.append([name, written(composition), kind, source, "" if above is None else f"{above:.3f}"])

    for row in csv.DictReader(open(folder / "cathodes_measured.csv")):
        add(parse(row["discharged"]), row["name"], row["family"], f"measured: {row['author']} {row['year']}")
    for name, formula, kind in KNOWN:
        add(parse(formula), name, kind, "in production or widely studied")
    for row in csv.DictReader(open(folder / "cathodes_computed.csv")):
        c = parse(row["discharged"])
        if not EXCLUDED & set(c) and reversible(c, row["ion"]) and written(c) not in NOT_CATHODES:
            add(c, "", family(c), "OQMD pair", float(row["energy_above_hull_discharged_eV_per_atom"]))
    for k in sorted(energies):
        c = dict(k)
        if len(c) < 3 or not set(c) & {"Li", "Na", "K"} or not set(c) & HOSTS or set(c) - HOSTS - BESIDE:
            continue
        if not set(c) & {"O", "F", "S"} or ("P" in c and c.get("O", 0) < 3 * c["P"]) or k in seen:
            continue
        ions = sum(CHARGE.get(e, 0) * n for e, n in c.items() if e in ("Li", "Na", "K", "Mg", "Ca"))
        metals = sum(n for e, n in c.items() if e in HOSTS)
        if not 0.5 * metals <= ions <= 3 * metals or metals < 0.05 or not oxidisable(c):
            continue
        ion = next(e for e in ("Li", "Na", "K") if e in c)
        if not reversible(c, ion):
            continue
        above = hull.above(k, energies[k])
        if above <= NEAR_HULL:
            smallest = min(c.values())
            for multiple in range(1, 25):
                scaled = {e: n / smallest * multiple for e, n in c.items()}
                if all(abs(n - round(n)) < 0.005 for n in scaled.values()):
                    whole = Counter({e: round(n) for e, n in scaled.items()})
                    if written(whole) not in NOT_CATHODES:
                        add(whole, "", family(c), "OQMD near the hull", max(above, 0.0))
                    break
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["name", "formula", "family", "source", "energy_above_hull [eV/atom]"])
    writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
