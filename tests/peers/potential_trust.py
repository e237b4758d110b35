#!/usr/bin/env python3
"""How far to trust what follows from the potential: against measurements, and against the calculations it learned from.

    python3 tests/peers/potential_trust.py formation ENTHALPIES.csv     measured enthalpies of formation (pymatgen's, by MP number)
    python3 tests/peers/potential_trust.py volume WORK                  relaxed against PBE cells (target/phases of datasets/phases/make)
    python3 tests/peers/potential_trust.py voltage                      measured cathodes, built from datasets/structures
    python3 tests/peers/potential_trust.py magnetization [FILES]        datasets/magnets_measured.csv
    python3 tests/peers/potential_trust.py elastic MP_ELASTIC.csv [N]   moduli of PBE, N smallest cubic and other structures

LODESTONE names the program (default: target/release/lodestone). The figures stand in app/potential/src/trust.rs.
"""
import collections, csv, json, math, os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LODESTONE = os.environ.get("LODESTONE", os.path.join(ROOT, "target/release/lodestone"))
csv.field_size_limit(10**9)


def amounts(formula):
    """Amounts of a formula, brackets included."""
    while "(" in formula:
        inner = lambda m: "".join("%s%g" % (e, float(n or 1) * float(m[2] or 1)) for e, n in re.findall(r"([A-Z][a-z]?)([0-9.]*)", m[1]))
        formula = re.sub(r"\(([^()]*)\)([0-9.]*)", inner, formula)
    parts = collections.Counter()
    for e, n in re.findall(r"([A-Z][a-z]?)([0-9.]*)", formula):
        parts[e] += float(n or 1)
    return parts


def told(title, pairs, unit):
    """Prints what the differences (potential, truth) amount to."""
    off = sorted(p - t for _, p, t in pairs)
    n = len(off)
    mean = sum(off) / n
    print("%s: %d cases, bias %+.3f, mean absolute %.3f, median absolute %.3f, root mean square %.3f %s" % (
        title, n, mean, sum(map(abs, off)) / n, sorted(map(abs, off))[n // 2], math.sqrt(sum(x * x for x in off) / n), unit))
    for name, p, t in sorted(pairs, key=lambda x: -abs(x[1] - x[2]))[:8]:
        print("    %-28s %9.3f instead of %9.3f" % (name, p, t))


def lodestone(*arguments):
    ran = subprocess.run([LODESTONE, *arguments], stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout)


def phases():
    with open(os.path.join(ROOT, "datasets/phases/phases.csv")) as f:
        next(f)
        for line in f:
            source, formula, group, energy, cell, sites = line.rstrip("\n").split(",")
            yield source, formula, float(energy), cell, sites


def formation(table):
    lowest, known = {}, {}
    for source, formula, energy, _, _ in phases():
        parts = amounts(formula)
        known[source] = (parts, energy)
        if len(parts) == 1:
            e = next(iter(parts))
            lowest[e] = min(energy, lowest.get(e, 1e9))
    pairs, kinds = [], collections.defaultdict(list)
    with open(table) as f:
        for r in csv.DictReader(f):
            if r["mpid"] not in known:
                continue
            parts, energy = known[r["mpid"]]
            n = sum(parts.values())
            measured = float(r["exp energy"]) / sum(amounts(r["formula"]).values())
            if measured < -6 or not all(e in lowest for e in parts):
                continue
            predicted = energy - sum(lowest[e] * x / n for e, x in parts.items())
            pair = (r["formula"], predicted, measured)
            pairs.append(pair)
            anion = next((e for e in ("F", "O", "Cl", "N", "Br", "S", "I", "Se", "Te", "H") if e in parts), "alloys and others")
            kinds[anion].append(pair)
    told("formation energy", pairs, "eV/atom")
    for kind, some in sorted(kinds.items()):
        if len(some) >= 10:
            told("   with " + kind, some, "eV/atom")
    reactions([p for p in pairs])


def reactions(pairs):
    """Energies of ternaries from the measured binaries: what a distance from a hull of compounds is made of."""
    known = {}
    for name, predicted, measured in pairs:
        parts = amounts(name)
        known.setdefault(tuple(sorted(parts)), []).append((name, parts, predicted, measured))
    found = []
    for system, some in known.items():
        if len(system) != 3:
            continue
        for name, parts, predicted, measured in some:
            n = sum(parts.values())
            # Two binaries that share the anion and make it up exactly, as oxides of two metals do.
            for anion in system:
                metals = [e for e in system if e != anion]
                for a in known.get(tuple(sorted((metals[0], anion))), []):
                    for b in known.get(tuple(sorted((metals[1], anion))), []):
                        x, y = parts[metals[0]] / a[1][metals[0]], parts[metals[1]] / b[1][metals[1]]
                        if abs(x * a[1][anion] + y * b[1][anion] - parts[anion]) < 1e-6:
                            share = [x * sum(a[1].values()) / n, y * sum(b[1].values()) / n]
                            found.append(("%s from %s, %s" % (name, a[0], b[0]), predicted - share[0] * a[2] - share[1] * b[2],
                                          measured - share[0] * a[3] - share[1] * b[3]))
    if found:
        told("reaction of binaries to ternaries", found, "eV/atom")


def volume(work):
    pairs = []
    with open(os.path.join(work, "results.jsonl")) as f:
        for v in map(json.loads, f):
            if v["file"].startswith("mp-") and v["ending"] == "converged":
                pairs.append((v["file"], v["volume_ratio"], 1.0))
    told("volume against PBE", pairs, "of the volume")


# Cathodes whose every ion leaves, from a structure here with other metals put in; scaled to the sizes of their ions.
CATHODES = [
    ("LiFePO4", "LiFePO4.cif", {}, 3.4), ("LiMnPO4", "LiFePO4.cif", {"Fe": "Mn"}, 4.1), ("LiCoPO4", "LiFePO4.cif", {"Fe": "Co"}, 4.8),
    ("LiNiPO4", "LiFePO4.cif", {"Fe": "Ni"}, 5.1), ("NaFePO4", "NaFePO4.cif", {}, 2.8),
    ("LiTiS2", "LiCoO2.cif", {"Co": "Ti", "O": "S"}, 2.1), ("LiMn2O4", "", {}, 4.1),
    ("LiCo2O4", "", {}, 4.0),
    ("LiCoO2 (measured: half)", "LiCoO2.cif", {}, 3.8), ("LiNiO2 (measured: half)", "LiCoO2.cif", {"Co": "Ni"}, 3.8),
    ("NaCrO2 (measured: half)", "LiCoO2.cif", {"Co": "Cr", "Li": "Na"}, 3.0), ("NaFeO2 (measured: 0.4)", "LiCoO2.cif", {"Co": "Fe", "Li": "Na"}, 3.3),
]
SPINEL = ("LiMn2O4", "LiCo2O4")
GROW = {"S": 1.26, "Na": 1.04}


def spinel(metal, a=8.2, u=0.2625):
    """A primitive cell of the lithium spinel, origin at the centre."""
    h, v = a / 2, 0.5 - 3 * u
    oxygen = [(u, u, u), (u, u, v), (u, v, u), (v, u, u)]
    oxygen += [tuple(-x for x in p) for p in oxygen]
    places = [(.125, .125, .125), (.875, .875, .875), (.5, .5, .5), (.5, .5, 0), (.5, 0, .5), (0, .5, .5)] + oxygen
    lines = ["spinel", "1.0", "0 %f %f" % (h, h), "%f 0 %f" % (h, h), "%f %f 0" % (h, h), "Li %s O" % metal, "2 4 8", "direct"]
    return "\n".join(lines + ["%f %f %f" % p for p in places]) + "\n"


def voltage():
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, (name, file, exchange, _) in enumerate(CATHODES):
            at = os.path.join(folder, "%02d" % number)
            if name in SPINEL:
                os.mkdir(at)
                files.append(os.path.join(at, "spinel.vasp"))
                open(files[-1], "w").write(spinel(name[2:4]))
                continue
            subprocess.run([LODESTONE, "relax", "--steps", "0", "--format", "poscar", "-o", at, os.path.join(ROOT, "datasets/structures", file)],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            path = os.path.join(at, os.listdir(at)[0])
            lines = open(path).read().split("\n")
            lines[5] = " ".join(exchange.get(e, e) for e in lines[5].split())
            scale = max([GROW.get(e, 1.0) for e in exchange.values()] + [1.0])
            lines[1] = str(float(lines[1]) * scale)
            open(path, "w").write("\n".join(lines))
            files.append(path)
        for (name, _, _, measured), v in zip(CATHODES, lodestone("voltage", "--json", *files)):
            if "error" in v:
                print("   ", name, v["error"])
                continue
            print("    %-28s %.2f V, measured %.2f; volume %+.1f %%" % (name, v["average_voltage"], measured, v["volume_change"]))
            pairs.append((name, v["average_voltage"], measured))
    told("voltage, all ions", [p for p in pairs if "measured" not in p[0]], "V")
    told("voltage, all cathodes", pairs, "V")


def magnetization(*more):
    """Of datasets/structures and further files, relaxed with their symmetry."""
    measured = {}

    def key(formula):
        parts = amounts(formula)
        n = sum(parts.values())
        return tuple(sorted((e, round(x / n, 3)) for e, x in parts.items()))

    with open(os.path.join(ROOT, "datasets/magnets_measured.csv")) as f:
        for r in csv.DictReader(f):
            if r["saturation_t"]:
                measured[key(r["formula"])] = (r["formula"], float(r["saturation_t"]))
    with open(os.path.join(ROOT, "datasets/structures/index.csv")) as f:
        files = [os.path.join(ROOT, "datasets/structures", r["file"]) for r in csv.DictReader(f) if key(r["formula"]) in measured]
    pairs, rare = [], []
    with tempfile.TemporaryDirectory() as folder:
        for v in lodestone("relax", "--json", "--keep-symmetry", "-o", folder, *files, *more):
            if "error" in v or key(v["formula"]) not in measured:
                continue
            name, truth = measured[key(v["formula"])]
            tesla = 11.6540 * sum(v["moments"]) / v["volume"]
            print("    %-16s %-28s %.2f T, measured at 300 K %.2f" % (name, os.path.basename(v["file"]), tesla, truth))
            light = {"Ce", "Pr", "Nd", "Sm", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb"}
            (rare if light & set(v["elements"]) else pairs).append((name, tesla, truth))
    told("saturation without 4f", pairs, "T")
    if rare:
        told("saturation with 4f", rare, "T")


def elastic(table, count=60):
    rows = []
    with open(table, newline="") as f:
        for r in csv.DictReader(f):
            rows.append(r)
    rows.sort(key=lambda r: (float(r["nsites"]), r["material_id"]))
    rows = rows[::max(1, len(rows) // (2 * int(count)))][:int(count)]
    bulk, shear = [], []
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for r in rows:
            files.append(os.path.join(folder, r["material_id"] + ".vasp"))
            open(files[-1], "w").write(r["poscar"])
        for r, v in zip(rows, lodestone("elastic", "--json", *files)):
            if "error" in v or not v["stable"]:
                print("   ", r["formula"], v.get("error", "not stable"))
                continue
            bulk.append((r["formula"], v["bulk"] / float(r["K_VRH"]), 1.0))
            shear.append((r["formula"], v["shear"] / float(r["G_VRH"]), 1.0))
    for name, some in (("bulk modulus over PBE's", bulk), ("shear modulus over PBE's", shear)):
        told(name, some, "")
        ratios = sorted(p for _, p, _ in some)
        print("    median ratio %.2f, half of them between %.2f and %.2f" % (ratios[len(ratios) // 2], ratios[len(ratios) // 4], ratios[3 * len(ratios) // 4]))


if __name__ == "__main__":
    verbs = {"formation": formation, "volume": volume, "voltage": voltage, "magnetization": magnetization, "elastic": elastic}
    if len(sys.argv) < 2 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    verbs[sys.argv[1]](*sys.argv[2:])
