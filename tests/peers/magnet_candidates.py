"""Rare-earth-free magnet candidates, as README tells: generated, relaxed, ranked.

    python3 tests/peers/magnet_candidates.py LODESTONE FOLDER

Writes pool/, relaxed/ and ranked.csv into the folder, which must not exist, and prints the first ten and where known magnets stand.
Magnetisation is the sum of the sizes of the potential's moments over the cell's volume: an upper bound, at 0 K.
"""
import csv, json, subprocess, sys
from pathlib import Path

program, folder = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
folder.mkdir()
TESLA = 11.654064  # T per µB/Å3
KNOWN = ["FeNi_L1_0.cif", "MnAl_L1_0.cif", "MnBi_B8_1.cif", "Fe8N_Fe16N2.cif"]


def run(*arguments):
    done = subprocess.run([program, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True)
    if done.returncode == 2 or not done.stdout and done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def files(name):
    return sorted(str(path.relative_to(folder)) for path in (folder / name).glob("*.cif"))


run("generate", "-p", "L1_0,B8_1,Fe16N2,Heusler", "-e", "Mn,Fe,Co,Ni,Al,Ga,Si,Ge,Sn,Bi,N", "-n", "200", "--min-probability", "1e-6", "-o", "pool")
relaxed = json.loads(run("relax", *files("pool"), "-o", "relaxed", "--json"))
above = json.loads(run("hull", *files("relaxed"), "--json"))
found = {Path(one["file"]).name: one for one in relaxed if one.get("written")}
for one in above:
    found[Path(one["file"]).name].update(hull=one.get("energy_above_hull"), formation=one.get("formation_energy"))
with open(folder / "relaxed" / "table.csv", "w", newline="") as out, open(folder / "pool" / "candidates.csv") as table:
    writer = csv.writer(out)
    writer.writerow(["formula", "structure", "prototype", "magnetization [T]", "formation_energy [eV/atom]", "energy_above_hull [eV/atom]"])
    for row in csv.DictReader(table):
        one = found.get(row["structure"])
        if one:
            magnetization = TESLA * sum(one["moments"]) / one["volume"]
            writer.writerow([row["formula"], row["structure"], row["prototype"], magnetization, one.get("formation"), one.get("hull")])
run("rank", "relaxed/table.csv", "-p", "magnet", "-O", "max:magnetization", "-O", "min:energy_above_hull", "-O", "min:magnet.material_cost",
    "-w", "magnetization > 0.6 and energy_above_hull < 0.3", "-o", "ranked.csv")
with open(folder / "ranked.csv") as file:
    for row in csv.DictReader(file):
        if int(row["rank"]) <= 10 or row["structure"] in KNOWN:
            print(*(row[name] for name in list(row)[:1] + ["structure", "magnetization [T]", "formation_energy [eV/atom]", "energy_above_hull [eV/atom]"]), row["magnet.material_cost [USD/kg]"])
