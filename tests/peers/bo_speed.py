#!/usr/bin/env python3
"""One batch of suggestions from a pool: ours beside BoTorch's sequential qLogNEHVI; see README.md here.

    python3 tests/peers/bo_speed.py FOLDER [--observed 50] [--pool 10000] [--batch 8] [--picks 1]

Processor time of one thread each. BoTorch weighs the whole pool, in chunks and without gradients, at each of PICKS picks, and
the time of that is multiplied where PICKS is below the batch; its fit is not. Ours is the whole process, reading included.
"""

import argparse
import os
import resource
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
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.fit import fit_gpytorch_mll
from botorch.models import ModelListGP, SingleTaskGP
from botorch.models.transforms import Standardize
from botorch.sampling import SobolQMCNormalSampler
from gpytorch.mlls import SumMarginalLogLikelihood
observed, count = map(int, sys.argv[2:4])
data = torch.tensor(np.loadtxt(sys.argv[1], delimiter=","))
x, y = data[:observed, :10], data[:observed, 10:]
pool = data[observed:, :10]
start = time.process_time()
model = ModelListGP(*(SingleTaskGP(x, y[:, j:j + 1], outcome_transform=Standardize(m=1)) for j in range(2)))
fit_gpytorch_mll(SumMarginalLogLikelihood(model.likelihood, model))
fit = time.process_time() - start
reference = y.min(0).values - 0.1 * (y.max(0).values - y.min(0).values)
sampler = SobolQMCNormalSampler(torch.Size([128]))
start = time.process_time()
score = qLogNoisyExpectedHypervolumeImprovement(model, reference.tolist(), x, sampler=sampler, prune_baseline=True)
picks = []
for _ in range(count):
    with torch.no_grad():
        value = torch.cat([score(part[:, None, :]) for part in pool.split(2048)])
    value[picks] = -torch.inf
    picks.append(int(value.argmax()))
    score.set_X_pending(pool[picks])
print(f"fit {fit:.4f} weighing {time.process_time() - start:.4f}")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--observed", type=int, default=50)
    parser.add_argument("--pool", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--picks", type=int, default=1)
    parser.add_argument("--python", type=Path, help="a Python that has the peers already")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    ours = peer.example(repository, "bo", "optimize")
    python = options.python or peer.environment(options.folder, "botorch", PEERS)
    table = options.folder / f"speed-{options.observed}-{options.pool}.csv"
    if not table.exists():
        subprocess.run([python, "-c", DATA, table, str(options.observed + options.pool)], check=True)

    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0", "RAYON_NUM_THREADS": "1"}

    def run(*command):
        """The last line that it says, and the processor time that it took, in seconds."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, env=quiet)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return said.stdout.strip().splitlines()[-1], taken

    _, mine = run(ours, "speed", table, 10, "max,max", options.observed, options.batch)
    print(f"ours: {mine:.3f} CPU s, reading, fit and reasons included", flush=True)
    said, _ = run(python, "-c", BOTORCH, table, options.observed, options.picks)
    said = peer.numbers(said)
    whole = said["fit"] + said["weighing"] * options.batch / options.picks
    print(f"BoTorch: {said['weighing']:.2f} CPU s for {options.picks} of {options.batch} picks from {options.pool} after a fit of"
          f" {said['fit']:.2f} s, so {whole:.1f} s; ratio {whole / mine:.0f}")


if __name__ == "__main__":
    main()
