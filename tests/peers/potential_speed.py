#!/usr/bin/env python3
"""Energy, forces and stress of crystals: ours beside CHGNet on PyTorch, in one run; see README.md here.

    python3 tests/peers/potential_speed.py FOLDER [--seconds 3] [--device cpu|gpu] [--python PYTHON-WITH-CHGNET]

With --device gpu ours runs on the best adapter of this machine, theirs on CUDA where torch finds it, else on the processor; the
names of both are told.
"""

import argparse
import json
import os
import subprocess
from pathlib import Path

import peer

PEERS = ["chgnet==0.4.2", "pymatgen==2025.10.7", "nvidia-ml-py3", "nvidia_smi"]

# Structures as both read them: fixtures, supercells, and 200 small crystals displaced at random.
MAKE = """
import json, sys, random, warnings
warnings.filterwarnings("ignore")
from pathlib import Path
from ase import Atoms
import ase.io
from pymatgen.core import Structure
fixtures, crystals, out = map(Path, sys.argv[1:4])
def load(name):
    d = json.loads((fixtures / f"{name}.json").read_text())
    return Atoms(numbers=d["atomic_numbers"], cell=d["lattice"], scaled_positions=d["frac_coords"], pbc=True)
cells = [load("Si_diamond"), load("LiCoO2"), load("LiFePO4"), load("LiFePO4") * (2, 1, 1), load("Nd2Fe14B"),
         load("LiFePO4") * (3, 3, 2), load("LiFePO4") * (6, 6, 5)]
for cell in cells:
    cell.write(out / f"{len(cell):05d}.extxyz")
pool = [load(p.stem) for p in sorted(fixtures.glob("*.json")) if not p.stem.startswith(("QUIRK", "H2O", "Nd2"))]
for path in sorted(crystals.glob("*.cif")):
    try:
        s = Structure.from_file(path)
    except Exception:
        continue
    if s.is_ordered and 2 <= len(s) <= 20 and all(e.Z <= 83 for e in s.elements):
        pool.append(Atoms(numbers=s.atomic_numbers, cell=s.lattice.matrix, scaled_positions=s.frac_coords, pbc=True))
random.seed(1)
batch = []
while len(batch) < 200:
    cell = pool[len(batch) % len(pool)].copy()
    if len(cell) <= 20:
        cell.rattle(0.03, seed=len(batch))
        batch.append(cell)
    else:
        pool.remove(pool[len(batch) % len(pool)])
ase.io.write(out / "batch.extxyz", batch)
"""

THEIRS = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import torch
threads, seconds, *files = sys.argv[1:]
device = "cuda" if threads == "gpu" and torch.cuda.is_available() else "cpu"
if threads != "gpu":
    torch.set_num_threads(int(threads))
print("device", torch.cuda.get_device_name() if device == "cuda" else "the processor", flush=True)
import ase.io
from pymatgen.io.ase import AseAtomsAdaptor
from chgnet.model import CHGNet
model = CHGNet.load(use_device=device, verbose=False)
batch_size = 64 if device == "cuda" else 16
def least(call):
    best, work, begin = 1e9, 1e9, time.perf_counter()
    while time.perf_counter() - begin < float(seconds) or best == 1e9:
        start, cpu = time.perf_counter(), time.process_time()
        call()
        best, work = min(best, time.perf_counter() - start), min(work, time.process_time() - cpu)
    return 1e3 * best, 1e3 * work
for file in files:
    cells = [AseAtomsAdaptor.get_structure(a) for a in ase.io.read(file, ":")]
    if len(cells) == 1:
        cell = cells[0]
        model.predict_structure(cell)
        energy = least(lambda: model.predict_structure(cell, task="em"))
        all = least(lambda: model.predict_structure(cell, task="efsm"))
        print(f"atoms {len(cell)} energy_ms {energy[0]} all_ms {all[0]} energy_cpu_ms {energy[1]} all_cpu_ms {all[1]}", flush=True)
    else:
        all = least(lambda: model.predict_structure(cells, task="efsm", batch_size=batch_size))
        print(f"structures {len(cells)} atoms {sum(map(len, cells))} all_ms {all[0]} all_cpu_ms {all[1]}", flush=True)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", default="3")
    parser.add_argument("--python", type=Path, help="a Python that has chgnet and ase already")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, os.cpu_count()])
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    python = options.python or peer.environment(options.folder, "chgnet", PEERS)
    structures = options.folder / "potential-structures"
    if not (structures / "batch.extxyz").exists():
        structures.mkdir(exist_ok=True)
        fixtures = repository / "app/potential/tests/fixtures"
        subprocess.run([python, "-c", MAKE, fixtures, repository / "datasets/structures", structures], check=True)
    ours_binary = repository / "target/release/examples/evaluate"
    if not ours_binary.exists():
        raise SystemExit(f"{ours_binary} is missing: run cargo build --release -p potential --examples")
    files = sorted(structures.glob("0*.extxyz"))
    # Their memory and patience end before ours.
    shared = [file for file in files if int(file.stem) <= 600]
    batch = structures / "batch.extxyz"

    def run(*command):
        said = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
        names.extend(line.removeprefix("device ") for line in said.stdout.splitlines() if line.startswith("device "))
        return [peer.numbers(line) for line in said.stdout.splitlines() if line.startswith(("atoms", "structures"))]

    results, names = [], []
    for threads in ["gpu"] if options.device == "gpu" else dict.fromkeys(options.threads):
        names.clear()
        theirs = run(python, "-c", THEIRS, threads, options.seconds, *shared, batch)
        ours = run(ours_binary, threads, options.seconds, *files)[:-1]
        ours_batch = run(ours_binary, threads, options.seconds, batch)[-1]
        if threads == "gpu":
            print(f"theirs on {names[0]}, ours on {names[1]}", flush=True)
        for them, us in zip(theirs, [*ours[: len(shared)], ours_batch]):
            ratios = {key: them[key] / us[key] for key in ("energy_ms", "all_ms", "all_cpu_ms") if key in them and us.get(key)}
            results.append({"threads": threads, "devices": names[:2], "theirs": them, "ours": us, "ratios": ratios})
            what = f"{us['structures']:.0f} structures, " if "structures" in us else ""
            print(f"threads {threads}, {what}{us['atoms']:.0f} atoms: energy, forces, stress {them['all_ms']:.1f} ms theirs,"
                  f" {us['all_ms']:.2f} ms ours, ratio {ratios['all_ms']:.1f} (processor time {ratios.get('all_cpu_ms', 0):.1f})"
                  + (f"; energy and moments ratio {ratios['energy_ms']:.1f}" if "energy_ms" in ratios else ""), flush=True)
        for us in ours:
            print(f"threads {threads}, ours, {us['atoms']:.0f} atoms: {us['all_ms'] / us['atoms']:.3f} ms an atom")
    (options.folder / "potential_speed.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
