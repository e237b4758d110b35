"""Make datasets/magpie_elements.csv from the element tables inside matminer.

    python3 -m venv venv
    venv/bin/pip install matminer==0.10.1
    venv/bin/python datasets/scripts/elements_magpie.py datasets/magpie_elements.csv

One row an element that has any value, in the order of matminer's "magpie" preset; an empty field is a gap of the
source, never filled with an average.
"""

import csv
import math
import sys

from matminer.featurizers.composition import ElementProperty
from matminer.utils.data import MagpieData
from pymatgen.core import Element


def main(path: str) -> None:
    properties = ElementProperty.from_preset("magpie", impute_nan=False).features
    data = MagpieData(impute_nan=False)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["atomic_number", "symbol", *properties])
        for number in range(1, 119):
            element = Element.from_Z(number)
            values = [float(data.get_elemental_property(element, name)) for name in properties]
            known = ["" if math.isnan(value) else repr(value).removesuffix(".0") for value in values]
            if any(known[1:]):
                out.writerow([number, element.symbol, *known])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: elements_magpie.py FILE")
    main(sys.argv[1])
