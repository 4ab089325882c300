"""Reading the tables of a method file into nodes, collecting faults."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from analysis.errors import MethodFault
from analysis.index.read_given import read_given
from analysis.index.tree import Node, Operation, WhenAbsent

LANGUAGES: Final = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Reads:
    """What an operation reads and which keys it takes besides.

    Attributes
    ----------
    source : str
        ``"items"`` for leaves, ``"of"`` for inner nodes, ``""`` for what is given.
    least, most : int
        How many items or nodes.
    required, optional : frozenset of str
        Further keys.
    """

    source: str
    least: int = 1
    most: int = 10_000
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


_ABSENT = frozenset({"when_absent"})
_TOP = frozenset({"top"})

OPERATIONS: Final[Mapping[Operation, Reads]] = {
    Operation.POOLED_TOP_BOX: Reads("items", optional=_TOP),
    Operation.MEAN_TOP_BOX: Reads("items", optional=_ABSENT | _TOP),
    Operation.ALL_ITEMS_TOP_BOX: Reads("items", optional=_TOP),
    Operation.TOP_BOX: Reads("items", most=1, optional=_TOP),
    Operation.OPTION_SHARE: Reads("items", most=1, required=frozenset({"options"})),
    Operation.MEAN_SCORE: Reads("items"),
    Operation.SCALED_MEAN: Reads("items"),
    Operation.SUM: Reads("of", optional=_ABSENT),
    Operation.MEAN: Reads("of", optional=_ABSENT),
    Operation.WEIGHTED_MEAN: Reads("of", optional=_ABSENT | {"weights"}),
    Operation.LINEAR_POINTS: Reads("of", most=1, required=frozenset({"points"})),
    Operation.PIECEWISE_POINTS: Reads("of", most=1, required=frozenset({"knots"})),
    Operation.MIN_MAX: Reads(
        "of",
        most=1,
        required=frozenset({"minimum", "maximum"}),
        optional=frozenset({"to", "reversed"}),
    ),
    Operation.DEDUCT: Reads("of", most=2, optional=frozenset({"amount"})),
    Operation.CHANGE: Reads("of", least=2, most=2, optional=frozenset({"relative"})),
    Operation.CAP: Reads("of", most=1, required=frozenset({"limit"})),
    Operation.FLOOR: Reads("of", most=1, required=frozenset({"limit"})),
    Operation.GIVEN: Reads(
        "",
        required=frozenset({"ends"}),
        optional=frozenset({"value", "values", "standard_error", "standard_errors", "unit"}),
    ),
}

_COMMON = frozenset({"title", "operation", "bands"})


@dataclass(slots=True)
class Reader:
    """One table of the file, read key by key; what is wrong is collected."""

    table: Mapping[str, Any]
    place: str
    faults: list[MethodFault] = field(default_factory=list)

    def fault(self, code: str, key: str, value: object = "") -> None:
        """Note a fault at a key of this table."""
        place = ".".join(part for part in (self.place, key) if part)
        self.faults.append(MethodFault(code, place, str(value)))

    def only(self, known: Collection[str]) -> None:
        """Note every key that is not known."""
        for key in self.table:
            if key not in known:
                self.fault("method.unknown-key", key, key)

    def text(self, key: str) -> str:
        """Read a text that may not be empty."""
        value = self.table.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.fault("method.missing" if key not in self.table else "method.not-a-text", key)
        return ""

    def texts(self, key: str, *, least: int = 1, most: int = 10_000) -> tuple[str, ...]:
        """Read a list of different texts."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.fault("method.not-a-list-of-texts", key, value)
            return ()
        if not least <= len(value) <= most:
            self.fault("method.wrong-count", key, len(value))
        for entry in dict.fromkeys(entry for entry in value if value.count(entry) > 1):
            self.fault("method.duplicate", key, entry)
        return tuple(value)

    def tables(self, key: str) -> dict[str, Mapping[str, Any]]:
        """Read a table of tables."""
        value = self.table.get(key)
        if not isinstance(value, dict) or not value:
            self.fault("method.missing", key)
            return {}
        for name, entry in value.items():
            if not isinstance(entry, dict):
                self.fault("method.not-a-table", f"{key}.{name}", entry)
        return {name: entry for name, entry in value.items() if isinstance(entry, dict)}

    def number(self, key: str, default: float) -> float:
        """Read a finite number."""
        value = self.table.get(key, default)
        if is_number(value):
            return float(value)
        self.fault("method.not-a-number", key, value)
        return default

    def numbers(self, key: str) -> tuple[float, ...]:
        """Read a list of finite numbers; a single number counts as a list of one."""
        value = self.table.get(key, [])
        entries = value if isinstance(value, list) else [value]
        if all(is_number(entry) for entry in entries):
            return tuple(float(entry) for entry in entries)
        self.fault("method.not-a-list-of-numbers", key, value)
        return ()


def is_number(value: object) -> bool:
    """Say whether a TOML value is a finite number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def read_node(code: str, table: Mapping[str, Any]) -> tuple[Node | None, list[MethodFault]]:
    """Read one node; None if it cannot be told what it does."""
    reader = Reader(table, f"nodes.{code}")
    written = reader.text("operation")
    title = _title(reader)
    if not written:
        return None, reader.faults
    try:
        operation = Operation(written)
    except ValueError:
        reader.fault("method.unknown-operation", "operation", written)
        return None, reader.faults
    reads = OPERATIONS[operation]
    reader.only((_COMMON | {reads.source} | reads.required | reads.optional) - {""})
    for key in sorted(reads.required - table.keys()):
        reader.fault("method.missing", key)
    source: tuple[str, ...] = ()
    if reads.source:
        source = reader.texts(reads.source, least=reads.least, most=reads.most)
    node = Node(
        code=code,
        title=title,
        operation=operation,
        items=source if reads.source == "items" else (),
        of=source if reads.source == "of" else (),
        weights=_weights(reader, len(source)) if reads.source == "of" else (),
        options=reader.texts("options") if "options" in reads.required else (),
        top=_top(reader),
        when_absent=_when_absent(reader, operation),
        points=reader.number("points", 1.0),
        knots=_knots(reader),
        minimum=min(reader.numbers("minimum"), default=0.0),
        maximum=max(reader.numbers("maximum"), default=1.0),
        to=_to(reader),
        is_reversed=_true_or_false(reader, "reversed"),
        amount=_amount(reader, operation, len(source)),
        limit=reader.number("limit", 0.0),
        is_relative=_true_or_false(reader, "relative"),
        given=read_given(reader) if operation is Operation.GIVEN else None,
        bands=_bands(reader),
    )
    if operation is Operation.MIN_MAX and node.minimum >= node.maximum:
        reader.fault("method.empty-range", "maximum", node.maximum)
    return node, reader.faults


def _title(reader: Reader) -> dict[str, str]:
    written = reader.table.get("title")
    if not isinstance(written, dict):
        reader.fault("method.missing", "title")
        return {}
    inner = Reader(written, f"{reader.place}.title")
    title = {language: inner.text(language) for language in LANGUAGES}
    inner.only(LANGUAGES)
    reader.faults += inner.faults
    return title


def _weights(reader: Reader, count: int) -> tuple[float, ...]:
    if "weights" not in reader.table:
        return (1.0,) * count
    weights = reader.numbers("weights")
    if len(weights) != count:
        reader.fault("method.wrong-count", "weights", len(weights))
    elif weights and (min(weights) < 0 or sum(weights) <= 0):
        reader.fault("method.bad-weights", "weights", list(weights))
    return weights


def _when_absent(reader: Reader, operation: Operation) -> WhenAbsent:
    """Read the rule for absent branches; what cannot be rescaled fails."""
    if "when_absent" not in OPERATIONS[operation].optional:
        return WhenAbsent.FAIL
    # A mean of what is there is still a mean; a sum of what is there is too small.
    usual = WhenAbsent.FAIL if operation is Operation.SUM else WhenAbsent.RESCALE
    written = reader.table.get("when_absent", usual.value)
    try:
        return WhenAbsent(written)
    except ValueError:
        reader.fault("method.not-an-option", "when_absent", written)
        return WhenAbsent.RESCALE


def _knots(reader: Reader) -> tuple[tuple[float, float], ...]:
    written = reader.table.get("knots")
    if written is None:
        return ()
    pairs = written if isinstance(written, list) else []
    knots = tuple(
        (float(pair[0]), float(pair[1]))
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and all(is_number(end) for end in pair)
    )
    if len(knots) != len(pairs) or len(knots) < 2:
        reader.fault("method.not-knots", "knots", written)
    elif any(left[0] >= right[0] for left, right in pairwise(knots)):
        reader.fault("method.knots-not-ascending", "knots", written)
    return knots


def _to(reader: Reader) -> tuple[float, float]:
    if "to" not in reader.table:
        return (0.0, 1.0)
    ends = reader.numbers("to")
    if len(ends) == 2 and ends[0] < ends[1]:
        return ends[0], ends[1]
    reader.fault("method.empty-range", "to", list(ends))
    return (0.0, 1.0)


def _true_or_false(reader: Reader, key: str) -> bool:
    written = reader.table.get(key, False)
    if not isinstance(written, bool):
        reader.fault("method.not-true-or-false", key, written)
    return bool(written)


def _top(reader: Reader) -> int:
    """Read how many of the best codes count; 0 for those the scale names."""
    if "top" not in reader.table:
        return 0
    written = reader.table["top"]
    if isinstance(written, int) and not isinstance(written, bool) and written >= 1:
        return written
    reader.fault("method.bad-top", "top", written)
    return 0


def _amount(reader: Reader, operation: Operation, count: int) -> float:
    if operation is Operation.DEDUCT and ("amount" in reader.table) == (count == 2):
        reader.fault("method.amount-or-second-node", "amount")
    return reader.number("amount", 0.0)


def _bands(reader: Reader) -> tuple[tuple[str, float], ...]:
    written = reader.table.get("bands", {})
    if not isinstance(written, dict):
        reader.fault("method.not-a-table", "bands", written)
        return ()
    inner = Reader(written, f"{reader.place}.bands")
    bands = [(name, inner.number(name, 0.0)) for name in written]
    reader.faults += inner.faults
    lows = [low for _, low in bands]
    for name, low in bands:
        if lows.count(low) > 1:
            reader.fault("method.duplicate", f"bands.{name}", low)
    return tuple(sorted(bands, key=lambda band: -band[1]))
