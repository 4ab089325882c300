"""Those who were drawn and gave no answers: gathered, checked against the answers, frozen.

Answers carry no key to a case, and that stays so: a case that ended without answers becomes a row
of its stratum, a surrogate of its PSU, its weight and what the frame knows of it in the terms that
answers carry too. Names, dossier numbers and keys of the frame are left behind.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.snapshot import Layout
from app.models import CaseFile, Draw, Round, SampleCase
from app.queries import domains
from app.services.cases.weighting import cases_for_weights
from app.services.columns import PLACE
from app.services.sampling.frames import frozen_frame
from app.services.weighting import agreement, store
from app.services.weighting.names import (
    BASE,
    FACTOR,
    INELIGIBLE,
    INTERVIEW,
    NONRESPONDENT,
    STATUS,
    UNKNOWN,
)
from surveys.sampling.frame import Frame

# A column of the frame stands for a column of the answers if at most this share differ.
_MAY_DIFFER: Final = 0.01
_MOST_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """Whether a column of the answers is known of the cases without answers.

    Attributes
    ----------
    column : str
        Of the snapshot, e.g. ``"place.field"``.
    of : str
        Column of the frame, or ``"case"`` for where the case was to be visited.
    n_different : int
        Interviews that would have to move for frame and answers to agree.
    is_known : bool
        Whether they agree well enough to use it.
    """

    column: str
    of: str
    n_different: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What was found of the fieldwork.

    Attributes
    ----------
    outcomes : mapping of str to int
        ``interview``, ``nonrespondent``, ``unknown``, ``ineligible``; cases given out.
    weighted : mapping of str to float
        The same by weights after reserves.
    n_reserves : int
        Reserves called up.
    psus : str
        ``shared``: answers name the PSUs of the draw; ``own``: every answer is one;
        ``other``: surrogates that nobody can match.
    differences : tuple of Difference
        The first of them; ``n_differences`` are all.
    n_lost : int
        Interviews without answers: they count as nonrespondents.
    n_surplus : int
        Answers without an interview.
    """

    draw_number: int
    n_answers: int
    outcomes: Mapping[str, int]
    weighted: Mapping[str, float]
    n_reserves: int
    psus: str
    differences: tuple[agreement.Difference, ...]
    n_differences: int
    n_lost: int
    n_surplus: int
    places: tuple[PlaceFound, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Write it as it is kept."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """The cases without answers, and what is known of the sample as a whole.

    Attributes
    ----------
    table : polars.DataFrame
        ``design.stratum``, ``design.psu``, ``weight.base`` (as drawn), ``case.factor`` (of
        reserves), ``case.status``, and the known columns.
    reserves : mapping of str to float
        Stratum → by how much its base weights change because reserves were called up.
    """

    draw_id: int
    table: pl.DataFrame
    known: tuple[str, ...]
    reserves: Mapping[str, float]
    account: Account

    @property
    def about(self) -> dict[str, Any]:
        """What is written and hashed with the table."""
        return {
            "kind": "cases",
            "known": list(self.known),
            "reserves": dict(sorted(self.reserves.items())),
            "psus": self.account.psus,
        }


def draw_of(db: Session, round_id: int) -> Draw | None:
    """Find the draw that the answers of a round come from: the last that was drawn."""
    return db.scalars(
        select(Draw)
        .where(Draw.round_id == round_id, Draw.state == "drawn")
        .order_by(Draw.number.desc())
        .limit(1)
    ).first()


def gather(
    db: Session, round_: Round, answers: pl.DataFrame, layout: Layout, var_dir: Path
) -> Gathered | None:
    """Gather the cases of a round's draw and hold them against its answers.

    Parameters
    ----------
    answers : polars.DataFrame
        Rows of the snapshot.

    Returns
    -------
    Gathered or None
        None for a round whose sample was not drawn here.
    """
    draw = draw_of(db, round_.id)
    if draw is None:
        return None
    cases = _cases(db, draw, round_, var_dir)
    interviews = cases.filter(pl.col(STATUS) == INTERVIEW)
    psus = agreement.psus_of(answers, layout, cases)
    places = _places(answers, layout, interviews, [c for c in cases.columns if "|" in c])
    known = tuple(place.column for place in places if place.is_known)
    names = {f"{place.column}|{place.of}": place.column for place in places if place.is_known}
    kept = cases.rename(names).select(layout.stratum, layout.psu, BASE, FACTOR, STATUS, *known)
    without = kept.filter(pl.col(STATUS) != INTERVIEW)
    lost = agreement.lost(answers, layout, kept.filter(pl.col(STATUS) == INTERVIEW), known)
    table = pl.concat([without, lost]) if len(lost) else without
    table = _with_surrogates(table, layout, psus)
    differences = agreement.differences(answers, layout, interviews, by_psu=psus == "shared")
    by_stratum = agreement.by_stratum(answers, layout, interviews)
    account = Account(
        draw_number=draw.number,
        n_answers=len(answers),
        outcomes=dict(Counter(cases[STATUS].to_list())),
        weighted={
            str(status): float(total)
            for status, total in cases.group_by(STATUS)
            .agg((pl.col(BASE) * pl.col(FACTOR)).sum())
            .sort(STATUS)
            .iter_rows()
        },
        n_reserves=int(cases["reserve"].gt(0).sum()),
        psus=psus,
        differences=tuple(differences[:_MOST_LISTED]),
        n_differences=len(differences),
        n_lost=len(lost),
        n_surplus=sum(max(0, of - told) for told, of in by_stratum.values()),
        places=places,
    )
    return Gathered(draw.id, table, known, _reserves(cases), account)


def take(db: Session, round_: Round, gathered: Gathered, var_dir: Path, now: datetime) -> CaseFile:
    """Freeze what was gathered; the same cases are the same file."""
    kept = store.keep(gathered.table, gathered.about, var_dir)
    found = db.scalar(
        select(CaseFile).where(
            CaseFile.round_id == round_.id, CaseFile.content_hash == kept.content_hash
        )
    )
    if found is not None:
        return found
    row = CaseFile(
        round_id=round_.id,
        draw_id=gathered.draw_id,
        content_hash=kept.content_hash,
        file_name=kept.file_name,
        n_rows=len(kept.table),
        account=gathered.account.to_json(),
        made_at=now,
    )
    db.add(row)
    db.flush()
    return row


def _cases(db: Session, draw: Draw, round_: Round, var_dir: Path) -> pl.DataFrame:
    """Read the cases given out, with what the frame knows of each: columns ``place.x|source``."""
    roles = {case.number: case for case in cases_for_weights(db, draw.id)}
    rows = db.execute(
        select(
            SampleCase.number, SampleCase.frame_key, SampleCase.stratum, SampleCase.psu,
            SampleCase.base_weight, SampleCase.reserve, SampleCase.commune_code,
        )
        .where(SampleCase.draw_id == draw.id, SampleCase.active)
        .order_by(SampleCase.number)
    ).all()  # fmt: skip
    status = []
    for row in rows:
        case = roles[row.number]
        if case.responded:
            status.append(INTERVIEW)
        elif case.eligible is None:
            status.append(UNKNOWN)
        else:
            status.append(NONRESPONDENT if case.eligible else INELIGIBLE)
    table = pl.DataFrame(
        {
            "key": [row.frame_key for row in rows],
            "design.stratum": [row.stratum for row in rows],
            "design.psu": [row.psu for row in rows],
            BASE: [row.base_weight for row in rows],
            FACTOR: [roles[row.number].weight / row.base_weight for row in rows],
            STATUS: status,
            "reserve": [row.reserve for row in rows],
            f"{PLACE}commune|case": [row.commune_code for row in rows],
        },
        schema_overrides={"key": pl.String, f"{PLACE}commune|case": pl.String},
    )
    known = _known_of_frame(frozen_frame(var_dir, draw.frame.file_name or "", draw.frame_hash))
    table = table.join(known, on="key", how="left", maintain_order="left").drop("key")
    kinds = domains.places(db, round_.opens_on, round_.closes_on).commune_kind
    of_communes = [name for name in table.columns if name.startswith(f"{PLACE}commune|")]
    return table.with_columns(
        pl.col(name).replace_strict(kinds, default=None, return_dtype=pl.String)
        .alias(name.replace("commune|", "commune_kind|"))
        for name in of_communes
    )  # fmt: skip


def _known_of_frame(frame: Frame) -> pl.DataFrame:
    """Read what a frame knows of every line: its key, and columns ``place.x|source``."""
    wanted = {"home_commune": "commune", "commune": "commune"} | {
        name: name for name in frame.categories if name not in ("home_commune", "commune")
    }
    columns = {
        f"{PLACE}{kind}|{name}": pl.Series([*frame.categories[name].labels, ""], dtype=pl.String)
        .gather(frame.categories[name].codes)
        .replace("", None)
        for name, kind in wanted.items()
        if name in frame.categories
    }
    return pl.DataFrame({"key": frame.keys} | columns)


def _with_surrogates(table: pl.DataFrame, layout: Layout, psus: str) -> pl.DataFrame:
    """Sort the rows so that their order says nothing, and name their PSUs.

    Where every answer is a PSU, so is every case; where answers have surrogates that nobody can
    match, `rows` puts the cases with an answer of their stratum.
    """
    columns = [name for name in table.columns if name != layout.psu or psus == "shared"]
    table = table.sort(columns, nulls_last=False)
    if psus == "shared":
        return table
    return table.with_columns(
        (pl.lit("case-") + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)).alias(
            layout.psu
        )
    )


def _places(
    answers: pl.DataFrame, layout: Layout, interviews: pl.DataFrame, candidates: list[str]
) -> tuple[PlaceFound, ...]:
    """Find for each place of the answers the column of the frame that means the same."""
    found = []
    for column in layout.domains:
        if not column.startswith(PLACE):
            continue
        tried = [
            (agreement.moved(answers, layout.stratum, column, interviews, name), number, name)
            for number, name in enumerate(candidates)
            if name.partition("|")[0] == column
        ]
        if not tried:
            continue
        n, _number, name = min(tried)
        is_known = n <= _MAY_DIFFER * max(len(answers), 1)
        found.append(PlaceFound(column, name.partition("|")[2], n, is_known))
    return tuple(found)


def _reserves(cases: pl.DataFrame) -> dict[str, float]:
    """Say for every stratum by how much the weights of its answers change for reserves.

    An answer does not say in which group of its stratum a reserve was called up; where groups
    differ, the stratum's weight is kept.
    """
    interviews = cases.filter(pl.col(STATUS) == INTERVIEW)
    rows = interviews.group_by("design.stratum").agg(
        ((pl.col(BASE) * pl.col(FACTOR)).sum() / pl.col(BASE).sum()).alias("factor"),
        pl.col(FACTOR).min().alias("least"),
        pl.col(FACTOR).max().alias("most"),
    )
    return {
        str(row["design.stratum"]): float(
            row["least"] if row["least"] == row["most"] else row["factor"]
        )
        for row in rows.iter_rows(named=True)
        if (row["least"], row["most"]) != (1.0, 1.0)
    }
