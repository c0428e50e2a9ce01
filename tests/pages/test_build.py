"""The pages are built the same twice: whoever has the source can say what a server should deliver."""

import subprocess
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two/deeper")]
    for folder in folders:
        subprocess.run(["node", "build.mjs", f"--out={folder}"], cwd=WEB, check=True, capture_output=True)
    one, two = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert len(one) > 100
    assert one == two
