#!/usr/bin/env python3
"""One batch of suggestions from a pool: ours beside BoTorch's sequential qLogNEHVI; see README.md here.

    python3 tests/peers/bo_speed.py FOLDER [--observed 50] [--pool 10000] [--batch 8] [--sample 2048]

BoTorch weighs a sample of the pool at each pick, in chunks, and the time of that is multiplied; its fit is not.
"""

import argparse
import os
import subprocess
from pathlib import Path

import peer

PEERS = ["botorch==0.18.1", "torch", "numpy"]

DATA = """
import sys, numpy as np
file, rows, d = sys.argv[1], int(sys.argv[2]), 10
rng = np.random.default_rng(1)
x = rng.random((rows, d))
y = np.stack([np.sin(5 * x[:, 0]) + 0.5 * np.cos(3 * x[:, 1]) + 0.3 * x[:, 2:5].sum(1),
              np.cos(4 * x[:, 0]) + 0.7 * x[:, 3] - x[:, 1] ** 2], 1) + 0.05 * rng.standard_normal((rows, 2))
np.savetxt(file, np.hstack([x, y]), delimiter=",", fmt="%.9g")
"""

BOTORCH = """
import sys, time, warnings, numpy as np, torch
warnings.filterwarnings("ignore")
torch.set_num_threads(int(sys.argv[5]))
torch.set_default_dtype(torch.float64)
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.sampling import SobolQMCNormalSampler
from gpytorch.mlls import SumMarginalLogLikelihood
observed, batch, sample = map(int, sys.argv[2:5])
data = torch.tensor(np.loadtxt(sys.argv[1], delimiter=",", max_rows=observed + sample))
x, y = data[:observed, :10], data[:observed, 10:]
pool = data[observed:, :10]
start = time.perf_counter()
model = ModelListGP(*(SingleTaskGP(x, y[:, j:j + 1], outcome_transform=Standardize(m=1)) for j in range(2)))
fit_gpytorch_mll(SumMarginalLogLikelihood(model.likelihood, model))
fit = time.perf_counter() - start
reference = y.min(0).values - 0.1 * (y.max(0).values - y.min(0).values)
sampler = SobolQMCNormalSampler(torch.Size([128]))
start = time.perf_counter()
score = qLogNoisyExpectedHypervolumeImprovement(model, reference.tolist(), x, sampler=sampler, prune_baseline=True)
picks = []
for _ in range(batch):
    with torch.no_grad():
        value = torch.cat([score(part[:, None, :]) for part in pool.split(2048)])
    value[picks] = -torch.inf
    picks.append(int(value.argmax()))
    score.set_X_pending(pool[picks])
print(f"fit {fit:.4f} weighing {time.perf_counter() - start:.4f}")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--observed", type=int, default=50)
    parser.add_argument("--pool", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--sample", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--python", type=Path, help="a Python that has the peers already")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    ours = peer.example(repository, "bo", "optimize")
    python = options.python or peer.environment(options.folder, "botorch", PEERS)
    table = options.folder / f"speed-{options.observed}-{options.pool}.csv"
    if not table.exists():
        subprocess.run([python, "-c", DATA, table, str(options.observed + options.pool)], check=True)

    def run(*command):
        said = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
        return said.stdout.strip().splitlines()[-1]

    mine = float(run(ours, "speed", table, 10, "max,max", options.observed, options.batch).split()[0])
    print(f"ours: {mine:.3f} s, fit and reasons included", flush=True)
    sample = min(options.sample, options.pool)
    said = peer.numbers(run(python, "-c", BOTORCH, table, options.observed, options.batch, sample, options.threads))
    whole = said["fit"] + said["weighing"] * options.pool / sample
    print(f"BoTorch: {said['weighing']:.2f} s for {sample} candidates after a fit of {said['fit']:.2f} s,"
          f" so {whole:.1f} s for {options.pool}; ratio {whole / mine:.0f}")


if __name__ == "__main__":
    main()
