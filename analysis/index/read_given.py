"""Reading values that a method gives instead of computing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from analysis.index.tree import GivenValues

if TYPE_CHECKING:
    from analysis.index.read import Reader

UNITS: Final = ("share", "score", "points")


def read_given(reader: Reader) -> GivenValues:
    """Read what was found elsewhere; what is wrong is collected in the reader.

    Without any value it is awaited: the node is absent everywhere.
    """
    of_domains = _of_domains(reader, "values")
    errors = _of_domains(reader, "standard_errors")
    value = reader.number("value", 0.0) if "value" in reader.table else None
    ends = reader.numbers("ends")
    if len(ends) != 2 or ends[0] >= ends[1]:
        reader.fault("method.empty-range", "ends", list(ends))
        ends = (0.0, 1.0)
    error = reader.number("standard_error", 0.0)
    if error < 0:
        reader.fault("method.negative-error", "standard_error", error)
    for kind, of_kind in errors.items():
        for code, one in of_kind.items():
            if one < 0:
                reader.fault("method.negative-error", f"standard_errors.{kind}.{code}", one)
    _check_inside(reader, value, of_domains, (ends[0], ends[1]))
    return GivenValues(value, of_domains, error, errors, (ends[0], ends[1]), _unit(reader))


def _check_inside(
    reader: Reader,
    value: float | None,
    of_domains: Mapping[str, Mapping[str, float]],
    ends: tuple[float, float],
) -> None:
    """Note every value that cannot be: points above the most there are."""
    found = {"value": value} if value is not None else {}
    for kind, of_kind in of_domains.items():
        found |= {f"values.{kind}.{code}": one for code, one in of_kind.items()}
    for place, one in found.items():
        if not ends[0] <= one <= ends[1]:
            reader.fault("method.outside-ends", place, one)


def _of_domains(reader: Reader, key: str) -> dict[str, dict[str, float]]:
    written = reader.table.get(key, {})
    if not isinstance(written, dict):
        reader.fault("method.not-a-table", key, written)
        return {}
    return {kind: _numbers(reader, f"{key}.{kind}", table) for kind, table in written.items()}


def _numbers(reader: Reader, place: str, table: Any) -> dict[str, float]:
    from analysis.index.read import is_number

    if not isinstance(table, dict):
        reader.fault("method.not-a-table", place, table)
        return {}
    for code, one in table.items():
        if not is_number(one):
            reader.fault("method.not-a-number", f"{place}.{code}", one)
    return {code: float(one) for code, one in table.items() if is_number(one)}


def _unit(reader: Reader) -> str:
    written = reader.table.get("unit", "points")
    if written not in UNITS:
        reader.fault("method.not-an-option", "unit", written)
        return "points"
    return str(written)
