"""How many stuffed units screening finds, and how many honest ones it flags: measured.

    python -m bench.redteam            1,000 units, the table of docs/screening.md
    python -m bench.redteam --quick    200 units, one size

5 % of the units add 50 % of forms that nobody filled in, all of them satisfied: that lifts a unit
by about 0.4 of 5 points. They do it in three ways:

crude     every form five times "very satisfied" to everything, entered within two days
copied    good forms copied with two answers changed, entered within two weeks
careful   every answer of its own, 4 or 5 at random, on days like those of genuine forms

Honest units differ among themselves: in how satisfied people are, how many of them answer every
question alike, how many of those served answer, and how unevenly days are busy.
"""

import math
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.index.method import Method, load_method
from analysis.screening.dossiers import screen_response
from analysis.screening.finding import Finding, Indicator
from analysis.screening.findings import Looked, scale_items, screen
from app.services.instruments import item_scales
from surveys.instrument.load import load

SPEED = Path(__file__).parent / "instruments" / "speed_22"
WAYS = ("crude", "copied", "careful")
SIZES = (50, 100, 200, 400)
SEED = 20_261_121
N_DAYS = 66
START = 739_900
N_INTERVIEWS = 50
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated.

    Attributes
    ----------
    n_units : int
    size : int
        Honest answers of a middling unit.
    stuffed : float
        Share of units that stuff.
    added : float
        Forms added, as a share of the honest ones.
    way : str
        One of `WAYS`.
    """

    n_units: int = 1000
    size: int = 100
    stuffed: float = 0.05
    added: float = 0.5
    way: str = "crude"


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """Forms of a simulated province, shape (n,) and (n, n_items), and the truth about them."""

    unit: NDArray[np.int64]
    day: NDArray[np.int64]
    answers: NDArray[np.int64]
    is_fake: NDArray[np.bool_]
    dossiers: NDArray[np.int64]
    stuffs: NDArray[np.bool_]
    # What 50 independent interviews find: share satisfied as a whole, and mean level.
    interviewed: NDArray[np.float64]


def make(world: World, n_items: int, rng: np.random.Generator) -> Made:
    """Simulate honest forms of all units, then what some of them add."""
    n_units = world.n_units
    n = np.maximum(rng.poisson(world.size * rng.gamma(8.0, 1 / 8.0, n_units)), 20)
    level, lines = rng.normal(3.75, 0.22, n_units), rng.beta(4.0, 36.0, n_units)
    unit = np.repeat(np.arange(n_units), n)
    answers = _honest(unit, level, lines, n_items, rng)
    day = _days(unit, n_units, rng)
    stuffs = np.zeros(n_units, dtype=np.bool_)
    stuffs[rng.permutation(n_units)[: round(world.stuffed * n_units)]] = True
    more = np.repeat(np.arange(n_units), np.where(stuffs, np.round(world.added * n), 0).astype(int))
    fakes, days = _fakes(world.way, more, (unit, answers, day), rng)
    share = np.clip(rng.normal(0.35, 0.05, n_units), 0.1, 0.6)
    many = np.repeat(np.arange(n_units), N_INTERVIEWS)
    return Made(
        unit=np.concatenate([unit, more]),
        day=START + np.concatenate([day, days]),
        answers=np.vstack([answers, fakes]),
        is_fake=np.concatenate([np.zeros(len(unit), bool), np.ones(len(more), bool)]),
        dossiers=np.round(n / share).astype(np.int64),
        stuffs=stuffs,
        interviewed=_honest(many, level, lines, n_items, rng).astype(float),
    )


def _honest(unit, level, lines, n_items, rng):
    """Levels 1 to 5: a unit's, a person's, an item's and a moment's part, rounded."""
    n = len(unit)
    person = level[unit] + rng.normal(0.0, 0.75, n)
    item = rng.normal(0.0, 0.15, n_items)
    answers = np.rint(person[:, None] + item + rng.normal(0.0, 0.6, (n, n_items)))
    is_line = rng.random(n) < lines[unit]
    answers[is_line] = np.rint(person[is_line] + 0.3)[:, None]
    return np.clip(answers, 1, 5).astype(np.int64)


def _days(unit, n_units, rng):
    """Days by how busy they are, everywhere and in a unit; families come together."""
    week = np.array([1.2, 1.0, 1.0, 1.0, 1.1, 0.3, 0.02])[np.arange(N_DAYS) % 7]
    busy = week * rng.gamma(12.0, 1 / 12.0, (n_units, N_DAYS))
    ends = np.cumsum(busy / busy.sum(axis=1, keepdims=True), axis=1)
    day = (rng.random(len(unit))[:, None] > ends[unit]).sum(axis=1)
    together = (rng.random(len(unit)) < 0.2) & (np.diff(unit, prepend=-1) == 0)
    return np.where(together, np.roll(day, 1), day)


def _fakes(way, more, honest, rng):
    unit, answers, day = honest
    n_items = answers.shape[1]
    if way == "crude":
        begin = rng.integers(0, N_DAYS - 2, more.max(initial=0) + 1)
        return np.full((len(more), n_items), 5), begin[more] + rng.integers(0, 2, len(more))
    if way == "copied":
        good = {u: np.flatnonzero((unit == u) & (answers.mean(axis=1) >= 4)) for u in set(more)}
        seeds = {u: rng.permutation(rows)[:5] for u, rows in good.items()}
        copies = answers[[rng.choice(seeds[u]) for u in more]].copy()
        for row in copies:
            row[rng.integers(0, n_items, 2)] = rng.integers(4, 6, 2)
        begin = rng.integers(0, N_DAYS - 14, more.max(initial=0) + 1)
        return np.maximum(copies, 4), begin[more] + rng.integers(0, 14, len(more))
    fakes = 4 + (rng.random((len(more), n_items)) < 0.85)
    days = np.array([day[rng.choice(np.flatnonzero(unit == u))] for u in more])
    return fakes, days


def look(method: Method, made: Made) -> tuple[Finding, ...]:
    """Screen a simulated province."""
    items = scale_items(method)
    columns = {item: made.answers[:, k] for k, item in enumerate(items)}
    n_units = len(made.stuffs)
    looked = Looked(made.unit, n_units, columns, np.ones(len(made.unit)), day=made.day)
    found = screen(method, looked)
    n = np.bincount(made.unit, minlength=n_units)
    rate = np.full(n_units, np.nan)
    for each in found:
        rate[each.unit] = each.rate
    return (*found, *screen_response(n, made.dossiers, rate))


@dataclass(frozen=True, slots=True)
class Caught:
    """Of the stuffed units the share flagged, and of the honest ones; units and counts."""

    recall: float
    false_alarms: float


def caught(found: tuple[Finding, ...], stuffs: NDArray[np.bool_]) -> dict[str, Caught]:
    """Count flags by indicator, by any of them, and by two or more."""
    flags = {i: np.zeros(len(stuffs), dtype=bool) for i in Indicator}
    for each in found:
        flags[each.indicator][each.unit] = each.is_flagged
    told = {i.value: flag for i, flag in flags.items() if any(f.indicator is i for f in found)}
    number = sum(flag.astype(int) for flag in told.values())
    told |= {"any": number >= 1, "two or more": number >= 2}
    return {
        name: Caught(_share(flag[stuffs]), _share(flag[~stuffs])) for name, flag in told.items()
    }


def _share(flag: NDArray[np.bool_]) -> float:
    return float(flag.mean()) if len(flag) else math.nan


def by_interviews(made: Made) -> tuple[float, float]:
    """Share of stuffed units that 50 independent interviews tell from their own figures.

    Returns
    -------
    tuple of float
        By the share of satisfied people and by the mean level; two-sided at 5 %, each unit alone.
    """
    n_units = len(made.stuffs)
    n = np.bincount(made.unit, minlength=n_units)
    person = made.answers.mean(axis=1)
    many = np.repeat(np.arange(n_units), N_INTERVIEWS)
    theirs = made.interviewed.mean(axis=1)
    outcome = []
    for own, other in (((person >= 3.5) * 1.0, (theirs >= 3.5) * 1.0), (person, theirs)):
        mean, mean_o = np.bincount(made.unit, own) / n, np.bincount(many, other) / N_INTERVIEWS
        spread = np.bincount(made.unit, own**2) / n - mean**2
        spread_o = np.bincount(many, other**2) / N_INTERVIEWS - mean_o**2
        error = np.sqrt(spread / n + spread_o / N_INTERVIEWS)
        outcome.append(float((np.abs(mean - mean_o) > Z * error)[made.stuffs].mean()))
    return outcome[0], outcome[1]


@dataclass(frozen=True, slots=True)
class Moved:
    """Mean rate of the stuffed units: as handed in, without suspects, without surplus, in truth."""

    rate: float
    without: float
    without_surplus: float
    truth: float
    points: float


def moved(made: Made, found: tuple[Finding, ...], indicator: str) -> Moved:
    """Compare rates of flagged stuffed units with those of their genuine forms."""
    picked = [f for f in found if f.indicator == indicator and f.is_flagged and made.stuffs[f.unit]]
    if not picked:
        return Moved(math.nan, math.nan, math.nan, math.nan, math.nan)
    units = {f.unit for f in picked}
    satisfied = (made.answers >= 4).mean(axis=1)
    mean = made.answers.mean(axis=1)
    truth, points = [], []
    for unit in units:
        rows = made.unit == unit
        truth.append(satisfied[rows & ~made.is_fake].mean())
        points.append(mean[rows].mean() - mean[rows & ~made.is_fake].mean())
    return Moved(
        *(float(np.mean([getattr(f, name) for f in picked]))
          for name in ("rate", "rate_without", "rate_without_surplus")),
        float(np.mean(truth)), float(np.mean(points)),
    )  # fmt: skip


def method_22() -> Method:
    """Read the method of the speed questionnaire: 22 criteria, 5 components, an index."""
    text = (SPEED / "method.toml").read_text(encoding="utf-8")
    return load_method(text, item_scales(load(SPEED)))


def main() -> None:
    """Print the tables."""
    quick = "--quick" in sys.argv
    method = method_22()
    n_items = len(scale_items(method))
    base = World(n_units=200 if quick else 1000)
    print(f"{base.n_units} units, {base.stuffed:.0%} of them add {base.added:.0%}; seed {SEED}\n")
    started = time.perf_counter()
    for way in WAYS:
        print(f"### {way}\n")
        rows: list[tuple[str, list[str]]] = []
        sizes = SIZES[1:2] if quick else SIZES
        for size in sizes:
            made = make(replace(base, size=size, way=way), n_items, np.random.default_rng(SEED))
            found = look(method, made)
            for k, (name, one) in enumerate(caught(found, made.stuffs).items()):
                if size == sizes[0]:
                    rows.append((name, []))
                rows[k][1].append(f"{one.recall:.0%} / {one.false_alarms:.1%}")
            share, mean = by_interviews(made)
            if size == sizes[0]:
                rows += [("50 interviews, share", []), ("50 interviews, mean", [])]
            rows[-2][1].append(f"{share:.0%}")
            rows[-1][1].append(f"{mean:.0%}")
            for indicator in Indicator:
                m = moved(made, found, indicator.value)
                if not math.isnan(m.rate):
                    print(
                        f"    n = {size}, {indicator}: rate {m.rate:.1%}, without {m.without:.1%}, "
                        f"without surplus {m.without_surplus:.1%}, truth {m.truth:.1%}, "
                        f"lifted {m.points:.2f} points"
                    )
        print("\n| | " + " | ".join(f"n = {size}" for size in sizes) + " |")
        print("|---|" + "---|" * len(sizes))
        for name, cells in rows:
            print(f"| {name} | " + " | ".join(cells) + " |")
        print(flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
