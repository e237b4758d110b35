"""Cuts the window's fonts out of Debian's Noto packages.

    apt-get install fonts-noto-core=20201225-1 fonts-noto-cjk=1:20220127+repack1-1
    pip install fonttools==4.68.0
    python3 make_fonts.py

Latin, Greek, superscripts and subscripts come from Noto Sans; arrows and mathematical signs from Noto Sans Math; geometric
signs from Noto Sans Symbols 2; Japanese (JIS X 0208, rows 1 to 47: kana and the 2965 kanji of level 1) from Noto Sans CJK JP.
All are under the SIL Open Font License 1.1 (OFL.txt); the subsets keep the name Noto, which is no reserved font name.
"""

import subprocess
import sys

FOLDER = "/usr/share/fonts"


def jis_rows(first, last):
    """The characters of some rows of JIS X 0208."""
    for row in range(first, last + 1):
        for cell in range(1, 95):
            try:
                yield bytes([0xA0 + row, 0xA0 + cell]).decode("euc_jp")
            except UnicodeDecodeError:
                continue


def ranges(*pairs):
    return ",".join(f"U+{a:04X}-{b:04X}" for a, b in pairs)


JAPANESE = "".join(dict.fromkeys(c for rows in ((1, 8), (16, 47)) for c in jis_rows(*rows)))
FONTS = [
    (
        "NotoSans.ttf",
        "truetype/noto/NotoSans-Regular.ttf",
        0,
        ["--unicodes=" + ranges((0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x36F), (0x370, 0x3FF), (0x1E00, 0x1EFF), (0x2000, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x218F))],
    ),
    (
        "NotoSansMath.ttf",
        "truetype/noto/NotoSansMath-Regular.ttf",
        0,
        ["--unicodes=" + ranges((0x2190, 0x21FF), (0x2200, 0x22FF), (0x27E6, 0x27EB), (0x2032, 0x2037), (0x20D0, 0x20DC), (0x210F, 0x210F), (0x25A0, 0x25FF))],
    ),
    (
        "NotoSansSymbols2.ttf",
        "truetype/noto/NotoSansSymbols2-Regular.ttf",
        0,
        ["--unicodes=" + ranges((0x2300, 0x23FF), (0x25A0, 0x25FF), (0x2605, 0x2606), (0x2610, 0x2612), (0x2713, 0x2718), (0x26A0, 0x26A0), (0x2B06, 0x2B07))],
    ),
    ("NotoSansJP.otf", "opentype/noto/NotoSansCJK-Regular.ttc", 0, ["--text=" + JAPANESE]),
]

for name, source, number, wanted in FONTS:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "fontTools.subset",
            f"{FOLDER}/{source}",
            f"--font-number={number}",
            f"--output-file={name}",
            "--layout-features=kern,mark,mkmk,ccmp,locl",
            "--no-hinting",
            "--desubroutinize",
            "--name-IDs=0,1,2,3,4,5,6,13,14",
            *wanted,
        ],
        check=True,
    )
