"""The same expressions on a distributed engine give the same answer: Spark, in local mode."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from colloque.scope.engine import compute, duckdb_engine
from tests.scope.worlds import hypothesis_of, lines_of, widen, write

SEEDS = (1, 3, 4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_spark_says_what_duckdb_says(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="uv sync --all-extras --group spark")
    if not shutil.which("java"):
        pytest.skip("Spark wants a Java runtime: scripts/java.sh")
    said = {}
    for seed in SEEDS:
        lines, folder = lines_of(seed), tmp_path / str(seed)
        folder.mkdir()
        loaded = write(folder, lines)
        with duckdb_engine(folder) as engine:
            answer = compute(engine, loaded.head, widen(seed, hypothesis_of(seed, lines), lines))
        said[str(seed)] = answer.document["hash"]
    # In a process of its own: a Java machine beside this one would outlive the test.
    command = [sys.executable, "-W", "ignore", "-m", "tests.scope.spark", str(tmp_path), *map(str, SEEDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
                          env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable})  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert json.loads(done.stdout.splitlines()[-1]) == said
