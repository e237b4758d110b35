#!/usr/bin/env python3
"""scikit-learn's random forest on the same descriptors and folds as ours; see README.md here.

    python3 tests/peers/matbench_forest.py FOLDER TASK.csv [--trees 300] [--ours forest]

TASK.csv holds formula and target in matbench's order, as datasets/matbench_*.csv.
"""

import argparse
import subprocess
import time
from pathlib import Path

import peer

PEERS = ["scikit-learn==1.7.2", "pandas==2.3.3"]

FOREST = """
import sys, time, numpy as np, pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import KFold
table, task, trees = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2]), int(sys.argv[3])
x, y = table.iloc[:, 1:].to_numpy(), task.iloc[:, 1].to_numpy()
x = np.where(np.isfinite(x), x, -1.0)
errors, start = [], time.perf_counter()
for train, test in KFold(5, shuffle=True, random_state=18012019).split(x):
    forest = RandomForestRegressor(n_estimators=trees, n_jobs=-1, random_state=0).fit(x[train], y[train])
    errors.append(np.abs(forest.predict(x[test]) - y[test]).mean())
    print(f"  fold {len(errors) - 1}: MAE {errors[-1]:.4f}")
print(f"scikit-learn's random forest, {trees} trees, Magpie: mean of the folds' MAE {np.mean(errors):.4f},"
      f" {time.perf_counter() - start:.0f} s")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("task", type=Path)
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--ours", default="forest", help="the kind of our model; `none` leaves it out")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    python = peer.environment(options.folder, "forest", PEERS)
    table = options.folder / f"{options.task.stem}-magpie.csv"
    subprocess.run([peer.example(repository, "descriptors"), options.task, table], check=True)
    subprocess.run([python, "-c", FOREST, table, options.task, str(options.trees)], check=True)
    if options.ours != "none":
        start = time.perf_counter()
        ours = peer.example(repository, "matbench")
        subprocess.run([ours, options.task, options.ours, "100", "official"], check=True)
        print(f"ours, all selection within the training folds: {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
