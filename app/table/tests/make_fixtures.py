"""Writes the fixtures of this crate's tests with encoders that are not ours: Python's codecs, pyarrow and polars.

    pip install pyarrow polars
    python make_fixtures.py
"""

import datetime
from pathlib import Path

import polars
import pyarrow
import pyarrow.parquet

FIXTURES = Path(__file__).parent / "fixtures"

ROWS = [
    ("formula", "name", "voltage [V]"),
    ("LiCoO2", "コバルト酸リチウム", "3.9"),
    ("LiFePO4", "リン酸鉄リチウム, 材料", "3.45"),
    ("Na3V2(PO4)3", "ナトリウム \"NASICON\"\n二行目", "3.4"),
]
WESTERN = [("formula", "a (Å)", "note"), ("LiCoO2", "2,816", "25 °C, Université"), ("NaCl", "5,640", "µm²")]


def csv(rows, delimiter=",", end="\n"):
    def cell(text):
        special = any(c in text for c in (delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if special else text

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


def main():
    FIXTURES.mkdir(exist_ok=True)
    text = csv(ROWS)
    for name, encoding in [
        ("utf8", "utf-8"),
        ("utf8_bom", "utf-8-sig"),
        ("utf16le_bom", "utf-16"),
        ("utf16le", "utf-16-le"),
        ("utf16be", "utf-16-be"),
        ("shift_jis", "shift_jis"),
    ]:
        (FIXTURES / f"{name}.csv").write_bytes(text.encode(encoding))
    (FIXTURES / "utf16be_bom.csv").write_bytes(b"\xfe\xff" + text.encode("utf-16-be"))
    (FIXTURES / "utf8_crlf.csv").write_bytes(csv(ROWS, end="\r\n").encode("utf-8"))
    (FIXTURES / "windows1252_semicolon.csv").write_bytes(csv(WESTERN, ";", "\r\n").encode("cp1252"))

    table = pyarrow.table(
        {
            "formula": ["LiCoO2", "LiFePO4", None],
            "voltage [V]": pyarrow.array([3.9, None, float("nan")]),
            "single": pyarrow.array([0.1, 1e10, None], pyarrow.float32()),
            "id": pyarrow.array([7, 2**60, None], pyarrow.int64()),
            "count": pyarrow.array([1, 2, 3], pyarrow.int32()),
            "stable": pyarrow.array([True, False, None]),
        }
    )
    pyarrow.parquet.write_table(table, FIXTURES / "pyarrow.parquet")
    narrow = pyarrow.table(
        {
            "formula": pyarrow.array(["LiCoO2", "NaCl", "LiCoO2"]).dictionary_encode(),
            "tiny": pyarrow.array([-7, None, 127], pyarrow.int8()),
            "small": pyarrow.array([0, 65535, None], pyarrow.uint16()),
            "day": pyarrow.array([datetime.date(2024, 2, 29), None, datetime.date(1969, 12, 31)]),
            "time": pyarrow.array(
                [datetime.datetime(2024, 2, 29, 12, 30, 1, 500000), None, datetime.datetime(1969, 12, 31, 23, 59, 59)],
                pyarrow.timestamp("us"),
            ),
            "sites": pyarrow.array([[1, 2], [], None], pyarrow.list_(pyarrow.int64())),
            "cell": pyarrow.array([{"a": 1.0}, {"a": 2.0}, None]),
        }
    )
    pyarrow.parquet.write_table(narrow, FIXTURES / "pyarrow_narrow.parquet")
    polars.DataFrame({"formula": ["LiCoO2", "NaCl"], "x": [1.5, None]}).write_parquet(FIXTURES / "polars.parquet")


if __name__ == "__main__":
    main()
