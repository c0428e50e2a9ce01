#!/usr/bin/env python3
"""What no linter of ours looks at: marks of a merge, missing last newlines, trailing blanks, files that are too large.

`scripts/house.py FILE…`; without files, all that git knows.
"""

import subprocess
import sys
from pathlib import Path

LARGEST = 600_000  # bytes; pictures of the README and the words of BIP-39 are well below
LOCKS = {"uv.lock", "package-lock.json"}  # as large as what they pin
TEXT = {
    ".py",
    ".ts",
    ".mjs",
    ".md",
    ".css",
    ".html",
    ".json",
    ".toml",
    ".yaml",
    ".yml",
    ".sql",
    ".sh",
    ".po",
    ".txt",
}


def troubles(path: Path) -> list[str]:
    found = []
    data = path.read_bytes()
    if len(data) > LARGEST and path.name not in LOCKS:
        found.append(f"is {len(data):,} bytes: the repository carries no large files")
    if path.suffix not in TEXT:
        return found
    if data and not data.endswith(b"\n"):
        found.append("has no newline at its end")
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.startswith((b"<<<<<<< ", b">>>>>>> ")):
            found.append(f"line {number}: a merge is not finished")
        if line.endswith((b" ", b"\t")) and path.suffix != ".md":
            found.append(f"line {number}: blanks at its end")
    return found


def main(names: list[str]) -> int:
    if not names:
        listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
        names = [name for name in listed.split("\0") if name]
    found = [(name, one) for name in names if Path(name).is_file() for one in troubles(Path(name))]
    for name, one in found:
        print(f"{name} {one}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
