#!/usr/bin/env python3
"""The closed loop on measured data: a table of measurements stands in for the lab, beside what a random search would find.

usage: closed_loop.py LODESTONE TABLE OUTCOME [--seeds 20] [--budget 45] [--maximize] [--folder DIR] [--botorch PYTHON]

Each seed is a campaign of its own: 5 space-filling candidates, then one after the other. A prediction lies in the journal,
chained by its hash, before the lab is asked, so coverage is of sealed predictions. Every campaign is verified: each suggestion is
made once more and compared. Campaigns that lie in DIR already are taken up. The random search is exact: it draws without
replacement. BoTorch beside it on the same sets: bo_quality.py. Needs Python 3.10, nothing else.
"""
import argparse, csv, json, os, random, statistics, subprocess, sys, tempfile
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("lodestone", type=Path)
parser.add_argument("table", type=Path)
parser.add_argument("outcome")
parser.add_argument("--seeds", type=int, default=20)
parser.add_argument("--budget", type=int, default=45)
parser.add_argument("--maximize", action="store_true")
parser.add_argument("--folder", type=Path)
parser.add_argument("--botorch", type=Path)
options = parser.parse_args()
lodestone, table = options.lodestone.resolve(), options.table.resolve()
folder = options.folder or Path(tempfile.mkdtemp())
folder.mkdir(exist_ok=True)

header, *rows = list(csv.reader(open(table, encoding="utf-8")))
names = [name.split(" [")[0] for name in header]
outcome = names.index(options.outcome)
known = {}
for row in rows:
    known.setdefault(tuple(row[:outcome] + row[outcome + 1 :]), []).append(float(row[outcome]))
sign = -1 if options.maximize else 1
means = {candidate: sign * statistics.mean(values) for candidate, values in known.items()}
top = set(sorted(means, key=means.get)[: max(1, round(len(means) / 100))])
pool = folder / "pool.csv"
with open(pool, "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(header[:outcome] + header[outcome + 1 :])
    writer.writerows(known)


def call(*words):
    done = subprocess.run([lodestone, "campaign", *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"lodestone campaign {' '.join(map(str, words))}:\n{done.stderr}")
    return done.stdout


def run(seed):
    """How many of the best 1 % were found after each experiment, the sealed predictions with what was measured, and the rows."""
    path = folder / f"{seed}.lode"
    if not path.exists():
        goal = f"{'max' if options.maximize else 'min'}:{options.outcome}"
        call("new", path, "--pool", pool, "-O", goal, "--budget", options.budget, "--seed", seed)
    call("run", path, "--lab", f"table:{table}", "--origin", "measured")
    call("verify", path)
    candidates = list(known)
    rows, found, sealed, expected = [], [], [], {}
    for event in json.loads(call("history", path, "--json")):
        event = event["event"]
        if event["kind"] == "suggested":
            for pick in event["picks"]:
                mean, std = pick["mean"][0], pick["std"][0]
                expected[pick["id"]] = (mean, std)
        if event["kind"] == "observed":
            for entry in event["entries"]:
                rows.append(entry["candidate"]["row"])
                candidate = candidates[rows[-1]]
                found.append((found[-1] if found else 0) + (candidate in top))
                mean, std = expected[entry["suggestion"]]
                if mean is not None and std is not None:
                    sealed.append((float(entry["values"][0]["value"]) - float(mean)) / float(std))
    return found, sealed, rows


def first(found):
    return next((at + 1 for at, count in enumerate(found) if count), None)


runs = [run(seed) for seed in range(1, options.seeds + 1)]
n, m, k = len(known), len(top), options.budget
print(f"{table.name}: {n} candidates, {m} of them the best 1 %; {options.seeds} seeds of {k} experiments")
share = statistics.mean(found[-1] / m for found, _, _ in runs)
firsts = [first(found) or k for found, _, _ in runs]
missed = sum(not found[-1] for found, _, _ in runs)
print(f"  {share:.3f} of the best 1 % found on average (a random search: {k / n:.3f}); {missed} campaigns found none")
z = [abs(value) for _, sealed, _ in runs for value in sealed]
if z:
    inside = [sum(value <= limit for value in z) / len(z) for limit in (1.0, 1.96)]
    print(f"  sealed predictions: {len(z)}, {inside[0]:.2f} within one deviation (0.68), {inside[1]:.2f} within 1.96 (0.95)")
# Drawing without replacement, the first of m among n comes after (n + 1)/(m + 1) draws on average.
expected = (n + 1) / (m + 1)


def told(firsts):
    draw = random.Random(0)
    factors = sorted(expected / statistics.mean(draw.choices(firsts, k=len(firsts))) for _ in range(2000))
    mean = statistics.mean(firsts)
    return (
        f"the first of them after {mean:.1f} experiments on average (a random search: {expected:.1f}), "
        f"{expected / mean:.1f} times as fast (95 % of bootstraps: {factors[50]:.1f} to {factors[1949]:.1f})"
    )


print(f"  {told(firsts)}")


def beside(python):
    """BoTorch from the first five candidates of each campaign: how many of the best it had found after each experiment."""
    from bo_quality import BOTORCH, QUIET, scaled

    points = [[float(x) for x in candidate] + [means[candidate]] for candidate in known]
    width = len(points[0]) - 1
    scratch, result = folder / "botorch.csv", folder / "botorch.txt"
    scratch.write_text("".join(",".join(map(repr, row)) + "\n" for row in scaled(points, width)))
    result.touch()
    have = {line.split()[0] for line in result.read_text().splitlines()}
    orders = [
        f"{scratch} {width} -1 {k - 5} {result} {seed} " + " ".join(map(str, rows[:5])) + "\n"
        for seed, (_, _, rows) in enumerate(runs, 1)
        if str(seed) not in have
    ]
    if orders:
        subprocess.run([python, "-c", BOTORCH], input="".join(orders), check=True, text=True, env={**os.environ, **QUIET})
    candidates, theirs = list(known), {}
    for line in result.read_text().splitlines():
        seed, *rows = map(int, line.split())
        hits = [candidates[row] in top for row in rows]
        theirs[seed] = [sum(hits[: at + 1]) for at in range(len(hits))]
    return theirs


if options.botorch:
    theirs = beside(options.botorch)
    mean = statistics.mean(found[-1] / m for found in theirs.values())
    ours = statistics.mean(runs[seed - 1][0][-1] / m for seed in theirs)
    print(f"  BoTorch's qLogEI from the same 5, {len(theirs)} seeds: {mean:.3f} of the best 1 % (ours, same seeds: {ours:.3f});")
    print(f"    {told([first(found) or k for found in theirs.values()])}")
print(f"  every campaign verified; files in {folder}")
