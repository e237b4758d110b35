#!/usr/bin/env python3
"""Times `lodestone rank` beside pymatgen and polars on one file of cathode formulas; see README.md here.

    python3 tests/peers/rank_speed.py FOLDER [--lodestone target/release/lodestone] [--rows 1000000]

FOLDER receives the formulas, a Python environment with the two peers, and the outputs. Needs Python 3.10 or later.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

PEERS = ["pymatgen==2025.10.7", "polars==1.35.2"]
FARADAY_MAH = 26801.4814  # mAh per mole of electrons: 96485.33212 C/mol / 3.6 (CODATA 2018, exact)

# Host families: anion part and how many transition-metal atoms stand with it; the metals share these.
FAMILIES = [("O2", 1.0), ("O2", 1.0), ("PO4", 1.0), ("O4", 2.0), ("PO4F", 1.0), ("SO4F", 1.0), ("P2O7", 1.0), ("SiO4", 1.0)]
METALS = ["Ni", "Mn", "Co", "Fe", "V", "Cr", "Ti", "Cu", "Al", "Mg", "Zr", "Nb"]


def make_formulas(path, rows, seed):
    """Li-metal-oxide, -phosphate, -fluoride formulas with mixed metals to three decimals, nearly all different."""
    draw = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        file.write("formula,batch,synthesis_temperature\n")
        for row in range(rows):
            anions, sites = draw.choice(FAMILIES)
            metals = draw.sample(METALS, draw.choice([1, 2, 3, 3]))
            shares = [draw.randint(50, 950) for _ in metals]
            total = sum(shares)
            amounts = [round(sites * share / total, 3) for share in shares]
            lithium = round(draw.uniform(0.5, 1.2), 3)
            text = f"Li{lithium:g}" + "".join(f"{m}{a:g}" for m, a in zip(metals, amounts) if a > 0) + anions
            file.write(f"{text},B{row % 977:03d},{draw.randint(300, 1100)}\n")


def environment(folder):
    """A Python with the peers, made once."""
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    marker = folder / "venv" / "peers.txt"
    wanted = "\n".join(PEERS)
    if not marker.exists() or marker.read_text() != wanted:
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        marker.write_text(wanted)
    return python


def measure(command, threads):
    """Runs a command; wall and processor seconds, and the most memory it held, MiB."""
    variables = dict(os.environ, POLARS_MAX_THREADS=str(threads), OMP_NUM_THREADS="1")
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], env=variables, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024, "output": output}


def peer_pymatgen(path, rows):
    """Parsing and theoretical capacity of the first rows, mAh/g per lithium; prints its own seconds, without imports."""
    import csv

    from pymatgen.core import Composition

    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        formulas = [row["formula"] for _, row in zip(range(rows), reader)]
    wall, cpu = time.perf_counter(), time.process_time()
    total = 0.0
    for formula in formulas:
        composition = Composition(formula)
        total += FARADAY_MAH * composition["Li"] / composition.weight
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps(dict(seconds, rows=len(formulas), mean_capacity=total / len(formulas))))


def peer_polars(source, reference, output):
    """Reads a file, sorts it, writes it; with a reference file, adds that file's further columns before it writes.

    The further columns are read outside the time that is printed: what is compared is reading the candidates, sorting
    them, and writing as many bytes as lodestone does.
    """
    import polars

    further = []
    if reference != "-":
        wide = polars.read_csv(reference, infer_schema_length=None)
        further = [wide[name] for name in wide.columns if name not in ("formula", "batch", "synthesis_temperature")]
        del wide
    wall, cpu = time.perf_counter(), time.process_time()
    frame = polars.read_csv(source)
    key = "synthesis_temperature"
    if further:
        frame = frame.with_columns(column.head(frame.height) for column in further)
        key = further[-2].name if len(further) > 1 else key
    frame.sort(key, descending=True, nulls_last=True).write_csv(output)
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(seconds, mib=held, width=frame.width, bytes=os.path.getsize(output))))


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--peer":
        name, *arguments = sys.argv[2:]
        if name == "pymatgen":
            return peer_pymatgen(arguments[0], int(arguments[1]))
        return peer_polars(*arguments)

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="for formulas, environment and outputs")
    parser.add_argument("--lodestone", type=Path, help="the built binary; without it only the peers are timed")
    parser.add_argument("--plugin", default="battery")
    parser.add_argument("--objective", action="append", help="two for the figures in the README")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=20_000, help="rows that pymatgen parses; the rest is extrapolated")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    objectives = options.objective or ["max:battery.specific_energy", "min:battery.material_cost"]

    options.folder.mkdir(parents=True, exist_ok=True)
    formulas = options.folder / f"formulas-{options.rows}-{options.seed}.csv"
    if not formulas.exists():
        make_formulas(formulas, options.rows, options.seed)
    python = environment(options.folder)
    table = []

    reference = "-"
    if options.lodestone:
        ranked = options.folder / "lodestone.csv"
        command = [options.lodestone, "rank", formulas, "-p", options.plugin, "-o", ranked, "--threads", options.threads]
        for objective in objectives:
            command += ["-O", objective]
        run = measure(command, options.threads)
        table.append(("lodestone rank", run["wall"], run["cpu"], run["mib"], f"{os.path.getsize(ranked) / 1e6:.0f} MB written"))
        reference = ranked

    peer = [python, Path(__file__).resolve(), "--peer"]
    run = measure([*peer, "pymatgen", formulas, min(options.sample, options.rows)], options.threads)
    inner = json.loads(run["output"])
    scale = options.rows / inner["rows"]
    remark = f"one thread; {inner['rows']} rows measured" + (f", times {scale:g}" if scale > 1 else "")
    table.append(("pymatgen, parse and capacity", inner["wall"] * scale, inner["cpu"] * scale, run["mib"], remark))

    copied = options.folder / "polars.csv"
    run = measure([*peer, "polars", formulas, reference, copied], options.threads)
    inner = json.loads(run["output"])
    remark = f"{inner['width']} columns, {inner['bytes'] / 1e6:.0f} MB written"
    table.append(("polars, read, sort and write", inner["wall"], inner["cpu"], inner["mib"], remark))

    print(f"{options.rows} rows, {options.threads} threads")
    print(f"{'':30} {'wall, s':>9} {'CPU, s':>9} {'peak, MiB':>10}  {'wall/lodestone':>14}  remark")
    base = table[0][1] if options.lodestone else None
    for name, wall, cpu, mib, remark in table:
        ratio = f"{wall / base:14.2f}" if base else f"{'':14}"
        print(f"{name:30} {wall:9.2f} {cpu:9.2f} {mib:10.0f}  {ratio}  {remark}")


if __name__ == "__main__":
    main()
