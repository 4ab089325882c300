"""Reading which units of a method are put in order."""

from __future__ import annotations

from analysis.index.read import Reader
from analysis.index.tree import Ranking

_KEYS = frozenset({"node", "domains", "within", "lowest_first"})


def read_rankings(reader: Reader) -> tuple[Ranking, ...]:
    """Read the rankings of a method; what is wrong is collected in the reader."""
    written = reader.table.get("rankings", [])
    if not isinstance(written, list):
        reader.fault("method.not-a-table", "rankings", written)
        return ()
    found = []
    for number, table in enumerate(written):
        if not isinstance(table, dict):
            reader.fault("method.not-a-table", f"rankings.{number}", table)
            continue
        inner = Reader(table, f"rankings.{number}")
        inner.only(_KEYS)
        is_lowest_first = table.get("lowest_first", False)
        if not isinstance(is_lowest_first, bool):
            inner.fault("method.not-true-or-false", "lowest_first", is_lowest_first)
        found.append(
            Ranking(
                node=inner.text("node"),
                domains=inner.text("domains"),
                within=inner.text("within") if "within" in table else "",
                is_lowest_first=bool(is_lowest_first),
            )
        )
        reader.faults += inner.faults
    return tuple(found)
