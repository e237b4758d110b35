#!/usr/bin/env python3
"""Writes the catalyst tables of datasets/ from the unpacked packages (see SOURCES.md for where they come from).

usage: catalyst.py AUTOCAT_DATA_FOLDER MATBENCH_CASTELLI.csv SHANNON.csv OUTPUT_FOLDER

AUTOCAT_DATA_FOLDER     autocat/data/segregation_energies of autocat 2022.8.5
MATBENCH_CASTELLI.csv   formula,target of CrabNet 2.0.8's copy of matbench_perovskites
SHANNON.csv             table ionicradii of mendeleev 1.3.0
"""
import csv, json, re, sys
from collections import defaultdict
from pathlib import Path

autocat, castelli, shannon, out = map(Path, sys.argv[1:])

FACETS = {"fcc": "111", "bcc": "110", "hcp": "0001"}
STRUCTURE = dict.fromkeys("Ni Cu Rh Pd Ag Ir Pt Au".split(), "fcc")
STRUCTURE |= dict.fromkeys("V Cr Fe Nb Mo Ta W".split(), "bcc")
STRUCTURE |= dict.fromkeys("Ti Co Zr Tc Ru Hf Re Os".split(), "hcp")
ANIONS = ["O", "N", "S", "F"]
SYMBOLS = """H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr
Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb
Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og""".split()
ROMAN = {r: n for n, r in enumerate("I II III IV V VI VII VIII IX X XI XII XIII XIV".split(), 1)}


def write(name, header, rows):
    with open(out / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


rows = []
for host, energies in json.load(open(autocat / "raban1999.json")).items():
    metal, _, facet = host.partition("_")
    facet = facet or FACETS.get(STRUCTURE.get(metal), "")
    for dopant, energy in energies.items():
        if dopant != metal:  # the 25 self-pairs are surface energies
            rows.append((metal, facet, dopant, energy))
write("saa_segregation.csv", ("host", "facet", "dopant", "segregation_energy_eV"), rows)

rows = []
for host, classes in json.load(open(autocat / "rao2020.json")).items():
    rows += [(host, dopant, score) for dopant, score in classes.items() if dopant != host]
write("saa_stability_class.csv", ("host", "dopant", "stability_class"), rows)

energies = defaultdict(list)
for row in csv.DictReader(open(castelli)):
    counts = defaultdict(int)
    for symbol, number in re.findall(r"([A-Z][a-z]?)(\d*)", row["formula"]):
        counts[symbol] += int(number or 1)
    anions = sorted((ANIONS.index(e), e) for e in counts if e in ANIONS)
    cations = sorted(SYMBOLS.index(e) for e in counts if e not in ANIONS)
    order = [SYMBOLS[z] for z in cations] + [e for _, e in anions]
    formula = "".join(e + (str(counts[e]) if counts[e] > 1 else "") for e in order)
    energies[formula].append(float(row["target"]))
rows = []
for formula, values in energies.items():
    low, *rest = sorted(values)
    rows.append((formula, low, rest[0] if rest else ""))
write("perovskites.csv", ("formula", "stability [eV/cell]", "swapped_sites [eV/cell]"), sorted(rows))

rows = []
for row in csv.DictReader(open(shannon)):
    label = row["coordination"]
    roman = re.match(r"[IVX]+", label).group()
    geometry = {"SQ": "square", "PY": "pyramidal"}.get(label[len(roman):], "")
    rows.append((int(row["atomic_number"]), int(row["charge"]), ROMAN[roman], geometry, row["spin"],
                 f"{float(row['ionic_radius']) / 100:.4g}", row["origin"].strip(", "),
                 {"1.0": 1, "0.0": 0}.get(row["most_reliable"], "")))
# Shannon gives none for Sn2+; Bartel et al., Sci. Adv. 5, eaav0693 (2019), table S1, use this one.
rows.append((50, 2, 6, "", "", "1.15", "Bartel 2019, not in Shannon 1976", ""))
rows.sort(key=lambda r: (r[0], r[1], r[2], r[3], r[4]))
write("ionic_radii_shannon.csv",
      ("element", "charge", "coordination", "geometry", "spin", "ionic_radius_A", "origin", "most_reliable"),
      [(SYMBOLS[r[0] - 1], *r[1:]) for r in rows])
