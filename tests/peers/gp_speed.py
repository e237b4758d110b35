#!/usr/bin/env python3
"""Fitting a Gaussian process and the posterior of a large pool: ours beside BoTorch and plain f32 products in torch; see
README.md here.

    python3 tests/peers/gp_speed.py FOLDER [--observations 200] [--dimensions 10] [--pool 1000000] [--sample 100000]

BoTorch does a sample of the pool in chunks, because all of it at once asks for terabytes; its time is multiplied.
"""

import argparse
import os
import subprocess
from pathlib import Path

import peer

PEERS = ["botorch==0.18.1", "torch", "numpy"]

DATA = """
import sys, numpy as np
n, d, pool = map(int, sys.argv[2:])
rng = np.random.default_rng(1)
x, z = rng.random((n, d)), rng.random((pool, d))
y = np.sin(5 * x[:, 0]) + 0.5 * np.cos(3 * x[:, 1]) + 0.3 * x[:, 2:5].sum(1) + 0.05 * rng.standard_normal(n)
with open(sys.argv[1], "wb") as file:
    for part in (x, y, z):
        file.write(part.astype("<f8").tobytes())
"""

BOTORCH = """
import sys, time, warnings, math, numpy as np, torch
warnings.filterwarnings("ignore")
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Normalize
from gpytorch.constraints import GreaterThan
from gpytorch.kernels import MaternKernel
from gpytorch.mlls import ExactMarginalLogLikelihood
from gpytorch.priors import LogNormalPrior
n, d, pool, sample, threads = map(int, sys.argv[2:])
torch.set_num_threads(threads)
raw = np.fromfile(sys.argv[1], "<f8")
x, y, z = raw[:n * d].reshape(n, d), raw[n * d:n * d + n], raw[n * d + n:].reshape(pool, d)
x, y, z = (torch.tensor(part) for part in (x, y, z))
bounds = torch.stack([x.min(0).values, x.max(0).values])
prior = LogNormalPrior(loc=math.sqrt(2) + math.log(d) / 2, scale=math.sqrt(3))
kernel = MaternKernel(nu=2.5, ard_num_dims=d, lengthscale_prior=prior,
    lengthscale_constraint=GreaterThan(0.025, transform=None, initial_value=prior.mode))
gp = SingleTaskGP(x, y[:, None], covar_module=kernel, input_transform=Normalize(d=d, bounds=bounds))
start = time.perf_counter()
fit_gpytorch_mll(ExactMarginalLogLikelihood(gp.likelihood, gp))
fit = time.perf_counter() - start
gp.eval()
with torch.no_grad():
    gp.posterior(z[:1000]).variance
    start = time.perf_counter()
    for part in z[:sample].split(2048):
        posterior = gp.posterior(part)
        posterior.mean, posterior.variance
    botorch = (time.perf_counter() - start) * pool / sample
# The same posterior as plain products: the kernel of tiles from their squared distances, times the inverse factor.
with torch.no_grad():
    scale = gp.covar_module.lengthscale.reshape(-1)
    noise = gp.likelihood.noise.item()
    near = lambda part: ((part - bounds[0]) / (bounds[1] - bounds[0]) / scale)
    def matern(a, b):
        r = (a.square().sum(1)[:, None] + b.square().sum(1)[None] - 2 * a @ b.T).clamp_min(0).mul(5).sqrt()
        return (1 + r + r.square() / 3) * torch.exp(-r)
    xs = near(x)
    factor = torch.linalg.cholesky(matern(xs, xs) + noise * torch.eye(n, dtype=torch.float64))
    inverse = torch.linalg.solve_triangular(factor, torch.eye(n, dtype=torch.float64), upper=False)
    centred = (y - y.mean()) / y.std()
    mean = gp.mean_module.constant.item()
    weights = (inverse.T @ (inverse @ (centred - mean))).float()
    xs, inverse, zs = xs.float(), inverse.T.contiguous().float(), z.float()
    low, width, scale = bounds[0].float(), (bounds[1] - bounds[0]).float(), scale.float()
    start = time.perf_counter()
    means, stds = [], []
    for part in zs.split(4096):
        k = matern((part - low) / width / scale, xs)
        means.append(k @ weights + mean)
        stds.append((1 - (k @ inverse).square().sum(1)).clamp_min(1e-6).sqrt())
    plain = time.perf_counter() - start
    means = torch.cat(means) * y.std() + y.mean()
    stds = torch.cat(stds) * y.std()
print(f"fit {fit:.4f} botorch {botorch:.4f} plain {plain:.4f} mean {means.mean():.6f} std {stds.mean():.6f}")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--observations", type=int, default=200)
    parser.add_argument("--dimensions", type=int, default=10)
    parser.add_argument("--pool", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    python = peer.environment(options.folder, "botorch", PEERS)
    sizes = [options.observations, options.dimensions, options.pool]
    data = options.folder / "gp-{}-{}-{}.bin".format(*sizes)
    sizes = [str(size) for size in sizes]
    if not data.exists():
        subprocess.run([python, "-c", DATA, data, *sizes], check=True)

    def run(*command):
        variables = dict(os.environ, RAYON_NUM_THREADS=str(options.threads))
        said = subprocess.run(
            [str(part) for part in command], check=True, capture_output=True, text=True, env=variables
        )
        return peer.numbers(said.stdout.strip().splitlines()[-1])

    ours = run(peer.example(repository, "gp_speed"), data, *sizes)
    theirs = run(python, "-c", BOTORCH, data, *sizes, options.sample, options.threads)
    print(f"{options.threads} threads; n = {sizes[0]}, d = {sizes[1]}, pool of {sizes[2]}")
    print(f"fit: BoTorch {theirs['fit']:.2f} s, ours {ours['fit']:.3f} s, ratio {theirs['fit'] / ours['fit']:.1f}")
    print(f"posterior: BoTorch {theirs['botorch']:.1f} s, plain f32 products in torch {theirs['plain']:.2f} s,"
          f" ours {ours['predict']:.2f} s")
    print(f"ratios: BoTorch over ours {theirs['botorch'] / ours['predict']:.1f},"
          f" ours over plain products {ours['predict'] / theirs['plain']:.2f}")
    print(f"mean of the means: {ours['mean']} and {theirs['mean']};"
          f" of the standard deviations: {ours['std']} and {theirs['std']}")


if __name__ == "__main__":
    main()
