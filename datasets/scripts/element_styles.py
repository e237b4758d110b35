"""Make datasets/element_styles.csv: how atoms of each element are drawn, and the radii by which bonds are found.

    python3 -m venv venv
    venv/bin/pip install mendeleev==1.3.0 pymatgen==2026.10.24
    venv/bin/python datasets/scripts/element_styles.py datasets/element_styles.csv

The column `colour_blind` is the colour an element prefers in the colour-blind-safe set, a judgement of this project.
"""

import csv
import importlib.resources
import sys

import yaml
from mendeleev.fetch import fetch_table

# M. Okabe, K. Ito, Color Universal Design (2008): eight colours told apart with every common colour vision deficiency.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = (
    "#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7",
)
# Elements that are often seen together get colours far apart; the others follow by group of the table.
PREFERRED = {
    "H": "#dddddd", "C": "#666666", "N": BLUE, "O": VERMILLION, "F": YELLOW, "P": ORANGE, "S": YELLOW, "Cl": GREEN,
    "Br": ORANGE, "I": PURPLE, "Li": GREEN, "Na": YELLOW, "K": PURPLE, "Mg": ORANGE, "Al": SKY, "Si": SKY,
    "Ti": BLUE, "V": PURPLE, "Cr": GREEN, "Mn": PURPLE, "Fe": ORANGE, "Co": BLUE, "Ni": SKY, "Cu": ORANGE, "Zn": SKY,
    "Pb": BLACK, "B": PURPLE, "Sr": GREEN, "Ba": GREEN, "Ca": SKY, "Cs": SKY, "Sn": BLACK, "Bi": PURPLE,
}
BY_GROUP = [GREEN, GREEN, SKY, BLUE, PURPLE, GREEN, PURPLE, ORANGE, BLUE, SKY, ORANGE, SKY, BLUE, BLACK, PURPLE, YELLOW,
            GREEN, SKY]


def main(path: str) -> None:
    elements = fetch_table("elements")
    with importlib.resources.files("pymatgen.vis").joinpath("ElementColorSchemes.yaml").open() as file:
        schemes = yaml.safe_load(file)

    def hexed(scheme: str, symbol: str) -> str:
        rgb = schemes[scheme].get(symbol)
        return "" if rgb is None else "#" + "".join(f"{round(x):02x}" for x in rgb)

    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["symbol", "covalent_radius_cordero_pm", "jmol", "vesta", "colour_blind"])
        for _, row in elements[elements.atomic_number <= 118].iterrows():
            radius = row.covalent_radius_cordero
            group = row.group_id
            preferred = PREFERRED.get(row.symbol) or (SKY if group != group else BY_GROUP[int(group) - 1])
            out.writerow([row.symbol, "" if radius != radius else f"{radius:g}", hexed("Jmol", row.symbol),
                          hexed("VESTA", row.symbol), preferred])


main(sys.argv[1])
