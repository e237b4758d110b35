"""What the scripts of this folder share: a Python environment with the peers, made once in a folder of your choice."""

import subprocess
import sys
from pathlib import Path


def environment(folder, name, packages):
    """The Python of an environment `name` with these packages; made or renewed where they changed."""
    place = Path(folder) / name
    python = place / "bin" / "python"
    marker = place / "peers.txt"
    wanted = "\n".join(packages)
    if not marker.exists() or marker.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        marker.write_text(wanted)
    return python


def example(repository, name, room="surrogate"):
    """An example of a room, as `cargo build --release -p ROOM --examples` leaves it."""
    binary = Path(repository) / "target" / "release" / "examples" / name
    if not binary.exists():
        sys.exit(f"{binary} is missing: run cargo build --release -p {room} --examples")
    return binary


def numbers(line):
    """`a 1 b 2.5` as a dictionary."""
    words = line.split()
    return {key: float(value) for key, value in zip(words[::2], words[1::2])}
