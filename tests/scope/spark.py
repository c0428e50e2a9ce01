"""`python -m tests.scope.spark FOLDER SEED…`: answer on Spark, in local mode, what DuckDB answered; print hashes."""

import json
import sys
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from pyspark.sql import SparkSession

from colloque.scope.engine import Engine, compute
from colloque.scope.load import FILES, reopen, sorts
from tests.scope.worlds import hypothesis_of, lines_of, widen

TYPES = {"int64": "bigint", "bool": "boolean", "string": "string"}


def spark_engine(spark: Any, folder: Path) -> Engine:
    def put(name: str, table: pa.Table) -> None:
        schema = ", ".join(f"`{f.name}` {TYPES[str(f.type)]}" for f in table.schema)
        rows = [tuple(row.values()) for row in table.to_pylist()]
        spark.createDataFrame(rows, schema).createOrReplaceTempView(name)

    def run(expression: Any) -> pa.Table:
        rows = spark.sql(ibis.to_sql(expression, dialect="pyspark")).collect()
        names = expression.schema().names
        return pa.table(
            {name: [row[name] for row in rows] for name in names}, schema=expression.schema().to_pyarrow()
        )

    for name in FILES:
        spark.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    put("sorts", sorts())
    return Engine(put, run)


def main(folder: Path, seeds: list[str]) -> None:
    spark = (
        SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2").config("spark.driver.host", "127.0.0.1").getOrCreate()
    )  # fmt: skip
    spark.sparkContext.setLogLevel("ERROR")
    said = {}
    for seed in seeds:
        lines, loaded = lines_of(int(seed)), reopen(folder / seed)
        supposed = widen(int(seed), hypothesis_of(int(seed), lines), lines)
        said[seed] = compute(spark_engine(spark, folder / seed), loaded.head, supposed).document["hash"]
    spark.stop()
    print(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
