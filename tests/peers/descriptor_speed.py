#!/usr/bin/env python3
"""Magpie's descriptors of many formulas: ours beside matminer, which does a sample; see README.md here.

    python3 tests/peers/descriptor_speed.py FOLDER [--rows 1000000] [--sample 500]
"""

import argparse
import subprocess
from pathlib import Path

import peer
from rank_speed import make_formulas

PEERS = ["matminer==0.10.1", "pymatgen==2025.10.7", "pandas==2.3.3", "setuptools<81"]

MATMINER = """
import sys, time, warnings
warnings.filterwarnings("ignore")
from matminer.featurizers.composition import ElementProperty
from pymatgen.core import Composition
formulas = [line.split(",")[0] for line in open(sys.argv[1])][1:int(sys.argv[2]) + 1]
magpie = ElementProperty.from_preset("magpie")
magpie.featurize(Composition(formulas[0]))
start = time.perf_counter()
rows = [magpie.featurize(Composition(formula)) for formula in formulas]
print(f"formulas {len(rows)} seconds {time.perf_counter() - start:.4f}")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=500)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    python = peer.environment(options.folder, "matminer", PEERS)
    formulas = options.folder / f"descriptor-formulas-{options.rows}.csv"
    if not formulas.exists():
        make_formulas(formulas, options.rows, 1)

    def run(*command):
        said = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
        return peer.numbers(said.stdout.strip().splitlines()[-1])

    theirs = run(python, "-c", MATMINER, formulas, options.sample)
    ours = run(peer.example(repository, "descriptors"), formulas)
    whole = theirs["seconds"] / theirs["formulas"] * options.rows
    print(f"matminer, one process: {theirs['seconds']:.2f} s for {theirs['formulas']:.0f},"
          f" so {whole:.0f} s for {options.rows}")
    print(f"ours, all cores: {ours['seconds']:.2f} s for {options.rows}; ratio {whole / ours['seconds']:.0f}")


if __name__ == "__main__":
    main()
