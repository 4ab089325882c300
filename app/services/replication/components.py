"""What the answers are, and the tree of components over them; needs numpy and polars.

Part of the replication bundle: nothing of the program that published is used.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from app.services.replication.intervals import Calibration, Linear, Values

HERE = Path(__file__).resolve().parent
LEVELS = ("satisfied", "neutral", "dissatisfied")
Row = Mapping[str, str]


def table(name: str) -> list[dict[str, str]]:
    """Read a small table."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Data:
    """Rows, design and codes."""

    def __init__(self) -> None:
        self.rows = pl.read_csv(HERE / "rows.csv", infer_schema_length=0)
        self.n = len(self.rows)
        self.weight = self.rows["weight"].cast(pl.Float64).to_numpy()
        strata = self.rows["stratum"].fill_null("").to_list()
        units = list(zip(strata, self.rows["psu"].fill_null("").to_list(), strict=True))
        self.units = sorted(set(units))
        place = {unit: number for number, unit in enumerate(self.units)}
        self.psu = np.array([place[unit] for unit in units])
        numbers = {name: k for k, name in enumerate(sorted(set(strata)))}
        self.stratum = np.array([numbers[stratum] for stratum, _ in self.units])
        self.codes: dict[str, list[dict[str, str]]] = {}
        for row in table("items.csv"):
            self.codes.setdefault(row["item"], []).append(row)
        self.calibrations = list(calibrations(self.n))
        self.given = given_values()
        self.uncertain = sorted({node for node, *_ in self.given
                                 if any(float(row["error"]) > 0 for key, row in self.given.items()
                                        if key[0] == node)})  # fmt: skip
        self._answers: dict[str, list[set[str]]] = {}
        self._has: dict[tuple[str, frozenset[str]], Values] = {}
        self._sums: dict[tuple[str, ...], Values] = {}

    def answers(self, item: str) -> list[set[str]]:
        """Codes that every row gave to an item; none for no answer."""
        if item not in self._answers:
            given = self.rows[item].fill_null("").to_list()
            whole = {row["code"] for row in self.codes[item]}
            self._answers[item] = [{text} if text in whole else set(text.split()) for text in given]
        return self._answers[item]

    def has(self, item: str, codes: Iterable[str]) -> Values:
        """1 where any of the codes was given."""
        wanted = frozenset(codes)
        if (item, wanted) not in self._has:
            given = (not wanted.isdisjoint(one) for one in self.answers(item))
            self._has[item, wanted] = np.fromiter(given, dtype=np.float64, count=self.n)
        return self._has[item, wanted]

    def counted(self, items: Sequence[str], what: str) -> Values:
        """Add up over items how often something is the case."""
        key = (what, *items)
        if key not in self._sums:
            found = np.zeros(self.n)
            for item in items:
                found += self.has(item, (r["code"] for r in self.codes[item] if r[what] == "1"))
            self._sums[key] = found
        return self._sums[key]

    def scored(self, items: Sequence[str], column: str) -> Values:
        """Add up a number that each rated code stands for."""
        found = np.zeros(self.n)
        for item in items:
            for row in self.codes[item]:
                if row["rated"] == "1":
                    found += float(row[column]) * self.has(item, {row["code"]})
        return found

    def best(self, items: Sequence[str], top: int) -> Values:
        """Satisfied answers over items: those the scale names, or the best so many codes."""
        if not top:
            return self.counted(items, "satisfied")
        found = np.zeros(self.n)
        for item in items:
            scale = [row for row in self.codes[item] if row["rated"] == "1"]
            first = scale[0]["satisfied"] == "1" and scale[-1]["satisfied"] != "1"
            kept = scale[:top] if first else scale[-top:]
            found = found + self.has(item, {row["code"] for row in kept})
        return found


def calibrations(n: int) -> Iterator[Calibration]:
    """Read the steps that adjusted weights to known totals, in their order."""
    if not (HERE / "auxiliary.csv").exists():
        return
    frame = pl.read_csv(HERE / "auxiliary.csv", infer_schema_length=0).cast(pl.Float64)
    if len(frame) != n:
        raise ValueError("auxiliary.csv and rows.csv differ in length")
    numbers = sorted({int(name.split(".")[0]) for name in frame.columns})
    for number in numbers:
        chosen = [name for name in frame.columns if name.startswith(f"{number}.x")]
        yield Calibration(
            frame.select(chosen).to_numpy(),
            frame[f"{number}.regression"].to_numpy(),
            frame[f"{number}.after"].to_numpy(),
        )


def given_values() -> dict[tuple[str, str, str], Row]:
    """Read what was not asked of anybody: node, kind and code of the domain → the line."""
    if not (HERE / "given.csv").exists():
        return {}
    return {(r["node"], r["domain_kind"], r["domain_code"]): r for r in table("given.csv")}


def ratio(top: Values, bottom: Values, weight: Values) -> Linear | None:
    """Weighted total over weighted total; None when nobody counts."""
    below = float(weight @ bottom)
    if below == 0:
        return None
    value = float(weight @ top) / below
    return Linear(value, weight * (top - value * bottom) / below)


def mean(parts: Sequence[Linear | None], weights: Sequence[float], fails: bool) -> Linear | None:
    """Average; what is absent gives up its weight, or spoils the mean."""
    kept = [(p, w) for p, w in zip(parts, weights, strict=True) if w > 0]
    there = [(p, w) for p, w in kept if p is not None]
    if not there or (fails and len(there) < len(kept)):
        return None
    whole = sum(w for _, w in there)
    return Linear(
        sum(p.value * w for p, w in there) / whole,
        np.sum([p.influence * (w / whole) for p, w in there], axis=0),
        min(p.low for p, _ in there),
        max(p.high for p, _ in there),
        all(p.is_share for p, _ in there),
    )


def stretched(parts: Sequence[Linear | None], ends: Sequence[tuple[float, float]]) -> Linear | None:
    """Add up what is there, each from its lowest value, and stretch it to what was reachable."""
    there = [(part, low, high) for part, (low, high) in zip(parts, ends, strict=True) if part]
    if not there:
        return None
    stretch = sum(high - low for low, high in ends) / sum(high - low for _, low, high in there)
    least = sum(low for low, _ in ends)
    return Linear(
        least + stretch * sum(part.value - low for part, low, _ in there),
        np.sum([part.influence * stretch for part, _, _ in there], axis=0),
        least, sum(high for _, high in ends), False,
    )  # fmt: skip


def has_corner(node: Row, nodes: Mapping[str, Row]) -> bool:
    """Whether a node or one below it is a cap, a floor or points by steps."""
    if node["operation"] in ("cap", "floor", "piecewise_points"):
        return True
    return any(has_corner(nodes[code], nodes) for code in node["of"].split())


def measures_of(node: Row, nodes: Mapping[str, Row]) -> tuple[str, ...]:
    """Name what is told of a node: satisfied, neutral, dissatisfied, or one value."""
    operation = node["operation"]
    if operation in ("pooled_top_box", "top_box", "mean_top_box"):
        return ("satisfied",) if int(node["top"]) else LEVELS
    if operation == "all_items_top_box":
        return ("satisfied",)
    if operation in ("mean", "weighted_mean"):
        below = [measures_of(nodes[code], nodes) for code in node["of"].split()]
        common = tuple(level for level in LEVELS if all(level in found for found in below))
        if common:
            return common
    return ("value",)


class Tree:
    """Nodes worked out in one domain."""

    def __init__(
        self, data: Data, nodes: Mapping[str, Row], inside: Values, place: tuple[str, str]
    ) -> None:
        self.data, self.nodes, self.place = data, nodes, place
        self.weight = data.weight * inside

    def items(self, code: str) -> list[str]:
        """Items below a node."""
        node = self.nodes[code]
        below = [item for child in node["of"].split() for item in self.items(child)]
        return list(dict.fromkeys([*node["items"].split(), *below]))

    def linear(self, code: str, measure: str) -> Linear | None:
        """Work a node out; None where nobody answered."""
        node = self.nodes[code]
        if node["operation"] == "given":
            return self._given(code)
        if not node["of"]:
            found = self._leaf(node, measure)
            # Behind the rows: what each uncertain given value brings.
            more = np.zeros(len(self.data.uncertain))
            return found and replace(found, influence=np.concatenate([found.influence, more]))
        parts = []
        for child in node["of"].split():
            read = measure if measure in LEVELS else measures_of(self.nodes[child], self.nodes)[0]
            parts.append(self.linear(child, read))
        if node["operation"] in ("mean", "weighted_mean"):
            weights = [float(weight) for weight in node["weights"].split()]
            return mean(parts, weights, node["when_absent"] == "fail")
        if node["operation"] == "sum" and node["when_absent"] == "rescale":
            return stretched(parts, [self._ends(child) for child in node["of"].split()])
        there = [part for part in parts if part is not None]
        return self._inner(node, there) if len(there) == len(parts) else None

    def _given(self, code: str) -> Linear | None:
        """Look up what was found elsewhere; its error stands behind the rows, one place a node."""
        data = self.data
        row = data.given.get((code, *self.place)) or data.given.get((code, "*", ""))
        if row is None:
            return None
        influence = np.zeros(data.n + len(data.uncertain))
        if code in data.uncertain:
            influence[data.n + data.uncertain.index(code)] = float(row["error"])
        is_share = row["is_share"] == "1"
        low, high = float(row["low"]), float(row["high"])
        return Linear(float(row["value"]), influence, low, high, is_share)

    def _ends(self, code: str) -> tuple[float, float]:
        """Return the ends of a node, whether anybody answered here or not: those of everybody."""
        node = self.nodes[code]
        if node["operation"] == "given":
            row = next(row for key, row in self.data.given.items() if key[0] == code)
            return float(row["low"]), float(row["high"])
        everywhere = Tree(self.data, self.nodes, np.ones(self.data.n), ("", ""))
        found = everywhere.linear(code, measures_of(node, self.nodes)[0])
        if found is None:
            raise NotImplementedError(f"sum over {code}, which nobody answered")
        return found.low, found.high

    def _leaf(self, node: Row, measure: str) -> Linear | None:
        data, items, top = self.data, node["items"].split(), int(node["top"])
        rated = data.counted(items, "rated")
        match node["operation"]:
            case "pooled_top_box" | "top_box":
                return ratio(self._level(items, measure, top), rated, self.weight)
            case "mean_top_box":
                parts = [
                    ratio(self._level([i], measure, top), data.counted([i], "rated"), self.weight)
                    for i in items
                ]
                return mean(parts, [1.0] * len(parts), node["when_absent"] == "fail")
            case "all_items_top_box":
                every = (rated > 0) & (data.best(items, top) == rated)
                return ratio(every.astype(float), (rated > 0).astype(float), self.weight)
            case "option_share":
                chosen = np.sum([data.has(i, set(node["options"].split())) for i in items], axis=0)
                return ratio(chosen, rated, self.weight)
            case "mean_score":
                found = ratio(data.scored(items, "score"), rated, self.weight)
                scores = [float(r["score"]) for i in items for r in data.codes[i]
                          if r["rated"] == "1"]  # fmt: skip
                return found and Linear(
                    found.value, found.influence, min(scores), max(scores), False
                )
            case "scaled_mean":
                found = ratio(data.scored(items, "scaled"), rated, self.weight)
                return found and Linear(found.value, found.influence, 0.0, 1.0, False)
        raise NotImplementedError(node["operation"])

    def _level(self, items: Sequence[str], measure: str, top: int) -> Values:
        return (
            self.data.best(items, top)
            if measure == "satisfied"
            else (self.data.counted(items, measure))
        )

    @staticmethod
    def _inner(node: Row, parts: Sequence[Linear]) -> Linear | None:  # noqa: PLR0911 - a case each
        first = parts[0]
        number = {name: float(node[name]) for name in
                  ("points", "minimum", "maximum", "amount", "limit")}  # fmt: skip
        match node["operation"]:
            case "sum":
                return Linear(
                    sum(part.value for part in parts),
                    np.sum([part.influence for part in parts], axis=0),
                    sum(part.low for part in parts), sum(part.high for part in parts), False,
                )  # fmt: skip
            case "deduct" | "change" if len(parts) == 2 and node["is_relative"] != "1":
                other = parts[1]
                return Linear(
                    first.value - other.value, first.influence - other.influence,
                    first.low - other.high, first.high - other.low, False,
                )  # fmt: skip
            case "change":
                before, value = parts[1], (first.value - parts[1].value) / parts[1].value
                return Linear(
                    value,
                    first.influence / before.value
                    - first.value * before.influence / before.value**2,
                    -np.inf, np.inf, False,
                )  # fmt: skip
            case "deduct":
                return straight(first, 1.0, -number["amount"])
            case "linear_points":
                return straight(first, number["points"], 0.0)
            case "min_max":
                low, high = (float(end) for end in node["to"].split())
                slope = (high - low) / (number["maximum"] - number["minimum"])
                if node["is_reversed"] == "1":
                    return straight(first, -slope, high + slope * number["minimum"])
                return straight(first, slope, low - slope * number["minimum"])
            case "piecewise_points":
                return piecewise(node, first)
            case "cap" | "floor":
                is_cap = node["operation"] == "cap"
                choose: Callable[[float, float], float] = min if is_cap else max
                value = choose(first.value, number["limit"])
                moves = float(value == first.value)
                return Linear(
                    value, first.influence * moves, choose(first.low, number["limit"]),
                    choose(first.high, number["limit"]), False,
                )  # fmt: skip
        raise NotImplementedError(node["operation"])


def straight(part: Linear, slope: float, start: float) -> Linear:
    """Return ``start + slope * part``."""
    ends = sorted((start + slope * part.low, start + slope * part.high))
    return Linear(start + slope * part.value, slope * part.influence, ends[0], ends[1], False)


def piecewise(node: Row, part: Linear) -> Linear:
    """Interpolate between knots; at a corner the steeper side counts."""
    knots = [tuple(float(x) for x in knot.split(":")) for knot in node["knots"].split()]
    x, y = np.array([k[0] for k in knots]), np.array([k[1] for k in knots])
    slopes = np.concatenate([[0.0], np.diff(y) / np.diff(x), [0.0]])
    left = slopes[np.searchsorted(x, part.value, side="left")]
    right = slopes[np.searchsorted(x, part.value, side="right")]
    slope = left if abs(left) > abs(right) else right
    value = float(np.interp(part.value, x, y))
    return Linear(value, part.influence * slope, float(y.min()), float(y.max()), False)
