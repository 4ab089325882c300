"""Whether interviews and answers agree, though no answer says which interview it is."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from analysis.snapshot import Layout
from app.services.weighting.names import BASE, FACTOR, NONRESPONDENT, STATUS


@dataclass(frozen=True, slots=True)
class Difference:
    """Where interviews and answers are not as many."""

    stratum: str
    psu: str
    interviews: int
    answers: int


def psus_of(answers: pl.DataFrame, layout: Layout, cases: pl.DataFrame) -> str:
    """Say how the PSUs of the answers relate to those of the draw."""
    named = answers[layout.psu].drop_nulls()
    if named.is_in(cases["design.psu"].unique().to_list()).all():
        return "shared"
    per = answers.select(pl.struct(layout.stratum, layout.psu).n_unique()).item()
    return "own" if per == len(answers) else "other"


def moved(
    answers: pl.DataFrame, stratum: str, column: str, interviews: pl.DataFrame, name: str
) -> int:
    """Count the answers whose stratum and place no interview has."""
    ours = Counter(answers.select(stratum, column).iter_rows())
    theirs = Counter(interviews.select("design.stratum", name).iter_rows())
    return sum((ours - theirs).values())


def by_stratum(
    answers: pl.DataFrame, layout: Layout, interviews: pl.DataFrame
) -> dict[str, tuple[int, int]]:
    """Count interviews and answers of every stratum."""
    told = Counter(interviews["design.stratum"].to_list())
    given = Counter(answers[layout.stratum].to_list())
    return {name: (told[name], given[name]) for name in sorted(set(told) | set(given))}


def differences(
    answers: pl.DataFrame, layout: Layout, interviews: pl.DataFrame, *, by_psu: bool
) -> list[Difference]:
    """List strata, or PSUs where answers name them, with other numbers of interviews."""
    if not by_psu:
        return [
            Difference(name, "", told, given)
            for name, (told, given) in by_stratum(answers, layout, interviews).items()
            if told != given
        ]
    told = Counter(interviews.select("design.stratum", "design.psu").iter_rows())
    given = Counter(answers.select(layout.stratum, layout.psu).iter_rows())
    return [
        Difference(str(place[0]), str(place[1]), told[place], given[place])
        for place in sorted(set(told) | set(given))
        if told[place] != given[place]
    ]


def lost(
    answers: pl.DataFrame, layout: Layout, interviews: pl.DataFrame, known: tuple[str, ...]
) -> pl.DataFrame:
    """Make nonrespondents of interviews whose answers never came.

    Which they were nobody knows: of every stratum with too few answers as many interviews are
    taken as are missing, first those of places with too few answers.
    """
    by = [layout.stratum, *known]
    ours = Counter(answers.select(by).iter_rows())
    missing = {
        name: told - given
        for name, (told, given) in by_stratum(answers, layout, interviews).items()
        if told > given
    }
    chosen = []
    order = interviews.with_row_index("row").sort([*by, BASE, FACTOR, "row"], nulls_last=False)
    later = []
    for place, row in zip(order.select(by).iter_rows(), order["row"].to_list(), strict=True):
        if not missing.get(place[0]):
            continue
        if ours[place]:
            ours[place] -= 1
            later.append((place[0], row))
            continue
        missing[place[0]] -= 1
        chosen.append(row)
    for stratum, row in later:
        if missing[stratum]:
            missing[stratum] -= 1
            chosen.append(row)
    return interviews[sorted(chosen)].with_columns(pl.lit(NONRESPONDENT).alias(STATUS))
