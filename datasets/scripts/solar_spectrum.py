"""Makes solar_spectrum_am15g.csv: the sun's spectrum that solar cells are rated under.

    pip download --no-deps pvlib==0.16.1
    python3 datasets/scripts/solar_spectrum.py pvlib-0.16.1-py3-none-any.whl

Needs Python alone.
"""

import csv
import hashlib
import io
import sys
import zipfile
from pathlib import Path

WHEEL_SHA256 = "4e61b5228a13f782413d7cf8cc48eb6e62e7bf55d155958fa9fd72420b63603d"


def main(wheel):
    found = hashlib.sha256(Path(wheel).read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(f"{wheel}: SHA-256 is {found}, not {WHEEL_SHA256}: it is not pvlib 0.16.1's wheel")
    with zipfile.ZipFile(wheel) as archive, archive.open("pvlib/data/ASTMG173.csv") as file:
        text = io.TextIOWrapper(file, "utf-8")
        next(text)  # the title
        rows = [(row["wavelength"], row["global"]) for row in csv.DictReader(text)]
    path = Path(__file__).resolve().parent.parent / "solar_spectrum_am15g.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("wavelength [nm]", "irradiance [W/m2/nm]"))
        out.writerows(rows)
    print(f"{path}: {len(rows)} rows")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: solar_spectrum.py WHEEL")
    main(sys.argv[1])
