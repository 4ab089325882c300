"""The yardstick: DuckDB adds up w and w·y per PSU and domain, and hands the sums over."""

import sys

import duckdb

from bench.statistics.told import tell


def main(path: str, domain: str, columns: str) -> None:
    sums = ", ".join(f"sum(weight * {column})" for column in columns.split(","))
    query = f"SELECT psu, {domain}, sum(weight), {sums} FROM '{path}' GROUP BY psu, {domain}"
    found = duckdb.sql(query).fetchnumpy()
    tell(cells=len(found["psu"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
