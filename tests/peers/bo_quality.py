#!/usr/bin/env python3
"""Bayesian optimisation over tables of known answers: ours beside BoTorch's qLogEI, paired seeds; see README.md here.

    python3 tests/peers/bo_quality.py FOLDER --data DATA [--seeds 20] [--botorch-seeds 20] [--sets hplc,suzuki]

DATA holds the tables as Olympus, Benchmarking and Summit publish them: olymp/dataset_NAME/data.csv,
bocode/Crossed_barrel_dataset.csv, summit/reizman_suzuki_case_1.csv. Replicates are averaged; every campaign starts with the
same 5 random rows on both sides and tries 40 more. Told is the share of the best 1 % of rows that were tried; for two
objectives the hypervolume, as a share of that of the whole table. What is done stays in FOLDER: a second run goes on.
"""

import argparse
import csv
import os
import subprocess
from pathlib import Path

import peer

PEERS = ["botorch==0.18.1", "torch", "numpy"]

# One thread that sleeps when it has nothing to do: OpenMP's default spins, which on a busy machine costs ten times the work.
QUIET = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}

# Each line of standard input is a campaign: table, inputs, signs, rounds, file of results, seed, first rows.
BOTORCH = """
import sys, time, warnings, numpy as np, torch
warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
from botorch.acquisition import qLogExpectedImprovement
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.sampling import SobolQMCNormalSampler
from gpytorch.mlls import ExactMarginalLogLikelihood, SumMarginalLogLikelihood
# A fifth of a fit went into this function, which torch has in Python; the answer is the same.
broadcast = torch.broadcast_shapes
torch.broadcast_shapes = lambda *shapes: torch.Size(shapes[0]) if all(s == shapes[0] for s in shapes) else broadcast(*shapes)
for line in sys.stdin:
    file, d, signs, rounds, result, seed, *tried = line.split()
    d, rounds, seed, tried = int(d), int(rounds), int(seed), list(map(int, tried))
    signs = [float(sign) for sign in signs.split(",")]
    data = torch.tensor(np.loadtxt(file, delimiter=","))
    x, y = data[:, :d], data[:, d:] * torch.tensor(signs)
    start = time.process_time()
    torch.manual_seed(seed)
    # The reference point of ours: the worst of the first rows less a tenth of their range.
    first = y[tried]
    reference = first.min(0).values - 0.1 * (first.max(0).values - first.min(0).values)
    for _ in range(rounds):
        models = [SingleTaskGP(x[tried], y[tried, j:j + 1], outcome_transform=Standardize(m=1)) for j in range(len(signs))]
        if len(models) == 1:
            model = models[0]
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
            score = qLogExpectedImprovement(model, best_f=y[tried].max())
        else:
            model = ModelListGP(*models)
            fit_gpytorch_mll(SumMarginalLogLikelihood(model.likelihood, model))
            score = qLogNoisyExpectedHypervolumeImprovement(
                model, reference.tolist(), x[tried], sampler=SobolQMCNormalSampler(torch.Size([128])), prune_baseline=True)
        with torch.no_grad():
            value = torch.cat([score(part[:, None, :]) for part in x.split(512)])
        value[tried] = -torch.inf
        tried.append(int(value.argmax()))
    with open(result, "a") as told:
        print(seed, *tried, file=told)
    print(file, seed, f"{time.process_time() - start:.1f} CPU s", flush=True)
"""

STATISTICS = """
import sys, json, numpy as np
file, d, signs = sys.argv[1], int(sys.argv[2]), np.array([float(s) for s in sys.argv[3].split(",")])
y = np.loadtxt(file, delimiter=",")[:, d:] * signs

def campaigns(name):
    return {int(row[0]): [int(i) for i in row[1:]] for row in (line.split() for line in open(name)) if len(row) > 1}

def volume(points, reference):
    area, height = 0.0, reference[1]
    for p in sorted(points.tolist(), reverse=True):
        if p[0] > reference[0] and p[1] > height:
            area += (p[0] - reference[0]) * (p[1] - height)
            height = p[1]
    return area

def share(rows):
    if y.shape[1] == 1:
        top = set(np.argsort(-y[:, 0], kind="stable")[:int(np.ceil(0.01 * len(y)))].tolist())
        return len(top & set(rows)) / len(top)
    reference = y.min(0)
    return volume(y[rows], reference) / volume(y, reference)

found = {name: {seed: share(rows) for seed, rows in campaigns(path).items()} for name, path in
         (part.split("=", 1) for part in sys.argv[4:])}
for name, shares in found.items():
    values = np.array(list(shares.values()))
    if len(values):
        print(f"  {name:10} {values.mean():.3f} (standard error {values.std() / len(values) ** 0.5:.3f}, {len(values)} seeds)")
ours, theirs = found["ours"], found.get("botorch", {})
both = sorted(set(ours) & set(theirs))
if both:
    difference = np.array([ours[s] - theirs[s] for s in both])
    draws = np.random.default_rng(0).choice(difference, (10_000, len(both))).mean(1)
    print(f"  ours - botorch, {len(both)} pairs: {difference.mean():+.3f}, 95 % above {np.quantile(draws, 0.05):+.3f}")
"""


def averaged(rows, inputs):
    """Replicates of the same inputs become one row, their outcomes averaged."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[:inputs]), []).append(row[inputs:])
    return [[*key, *(sum(column) / len(values) for column in zip(*values))] for key, values in groups.items()]


def scaled(rows, inputs):
    """Inputs within 0 and 1."""
    lows = [min(row[k] for row in rows) for k in range(inputs)]
    widths = [max(row[k] for row in rows) - lows[k] or 1.0 for k in range(inputs)]
    return [[*((row[k] - lows[k]) / widths[k] for k in range(inputs)), *row[inputs:]] for row in rows]


def tables(data):
    """Name, rows, number of inputs, directions."""
    olympus = lambda name: [[float(x) for x in line] for line in csv.reader(open(data / f"olymp/dataset_{name}/data.csv"))]
    for name, direction in (("hplc", "max"), ("photo_pce10", "min"), ("suzuki", "max")):
        rows = olympus(name)
        inputs = len(rows[0]) - 1
        yield name, scaled(averaged(rows, inputs), inputs), inputs, direction
    barrels = list(csv.reader(open(data / "bocode/Crossed_barrel_dataset.csv")))[1:]
    barrels = [[float(x) for x in row] for row in barrels]
    yield "crossed_barrel", scaled(averaged(barrels, 4), 4), 4, "max"
    # A catalyst is a column a level, scaled by the square root of a half.
    reactions = list(csv.reader(open(data / "summit/reizman_suzuki_case_1.csv")))[2:]
    levels = sorted({row[1] for row in reactions})
    level = lambda row: [0.5**0.5 if row[1] == name else 0.0 for name in levels]
    numbers = [[*(float(x) for x in row[2:5]), *level(row), float(row[6])] for row in reactions]
    first = scaled([row[:3] for row in numbers], 3)
    numbers = [[*start, *row[3:]] for start, row in zip(first, numbers)]
    yield "reizman_1", averaged(numbers, 3 + len(levels)), 3 + len(levels), "max"
    # Two objectives: the same blends with either polymer; and degradation against the share of the dear component.
    one, other = averaged(olympus("photo_pce10"), 4), dict((tuple(row[:4]), row[4]) for row in averaged(olympus("photo_wf3"), 4))
    both = [[*row, other[tuple(row[:4])]] for row in one if tuple(row[:4]) in other]
    yield "photo_pce10+wf3", scaled(both, 4), 4, "min,min"
    dear = [[*row[:4], row[4], row[0] + row[3]] for row in one]
    yield "photo_pce10+cost", scaled(dear, 4), 4, "min,min"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--botorch-seeds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--sets", default="")
    parser.add_argument("--acquisition", default="auto")
    parser.add_argument("--kernel", default="matern-5/2")
    parser.add_argument("--side", choices=("both", "ours", "botorch"), default="both", help="what is run; what lies there is used")
    parser.add_argument("--python", type=Path, help="a Python that has the peers already")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    ours = options.side != "botorch" and peer.example(repository, "bo", "optimize")
    python = options.python or peer.environment(options.folder, "botorch", PEERS)
    wanted = set(filter(None, options.sets.split(",")))
    sets = [found for found in tables(options.data) if not wanted or found[0] in wanted]
    path = lambda name, side: options.folder / f"{name}-{side}.txt"
    signs = lambda directions: ",".join("1" if part == "max" else "-1" for part in directions.split(","))
    starts, campaigns = {}, []
    for name, rows, inputs, directions in sets:
        table = options.folder / f"{name}.csv"
        table.write_text("".join(",".join(map(repr, row)) + "\n" for row in rows))
        starts[name] = subprocess.run(
            [python, "-c", "import sys, numpy as np\nfor s in range(int(sys.argv[2])): print(s,"
             " *np.random.default_rng(s).choice(int(sys.argv[1]), 5, replace=False))", str(len(rows)), str(options.seeds)],
            check=True, capture_output=True, text=True).stdout.splitlines()
        if options.side != "botorch":
            for side, acquisition in (("ours", options.acquisition), ("random", "random")):
                command = [ours, "replay", table, str(inputs), directions, str(options.rounds), acquisition, options.kernel]
                done = subprocess.run(command, input="\n".join(starts[name]), check=True, capture_output=True, text=True)
                path(name, side).write_text(done.stdout)
        path(name, "botorch").touch()
        have = {line.split()[0] for line in path(name, "botorch").read_text().splitlines()}
        for start in starts[name][: options.botorch_seeds]:
            if start.split()[0] not in have:
                words = [table, inputs, signs(directions), options.rounds, path(name, "botorch"), start]
                campaigns.append((int(start.split()[0]), len(campaigns), " ".join(map(str, words))))
    if options.side != "ours":
        # Seed after seed over all tables, in one process: whenever it is stopped, all tables have about the same seeds.
        orders = "".join(line + "\n" for _, _, line in sorted(campaigns))
        subprocess.run([python, "-c", BOTORCH], input=orders, check=True, text=True, env={**os.environ, **QUIET})
    for name, rows, inputs, directions in sets if options.side != "botorch" else ():
        sides = [f"{side}={path(name, side)}" for side in ("ours", "random", "botorch")]
        print(f"{name}: {len(rows)} rows, {inputs} inputs, {directions}", flush=True)
        said = subprocess.run([python, "-c", STATISTICS, str(options.folder / f"{name}.csv"), str(inputs), signs(directions), *sides],
                              check=True, capture_output=True, text=True, env={**os.environ, **QUIET})
        print(said.stdout, end="", flush=True)


if __name__ == "__main__":
    main()
