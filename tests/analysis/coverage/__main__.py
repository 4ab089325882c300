"""Simulate, and write the tables into the pages."""

from tests.analysis.coverage.tables import write

if __name__ == "__main__":
    write()
