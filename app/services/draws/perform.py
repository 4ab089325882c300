"""The draw itself: a seed that came about before witnesses, once, and a signed list."""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import Draw
from app.services import audit, signing
from app.services.cases.making import CaseRow, make_cases
from app.services.draws import seeds
from app.services.draws.announce import find
from app.services.draws.counts import drawn_strata
from app.services.draws.statement import hash_of, statement_of
from app.services.sampling.frames import frozen_frame
from surveys.sampling.chance import Chance, normal_seed
from surveys.sampling.listing import list_bytes
from surveys.sampling.plan import plan_hash, read_plan
from surveys.sampling.select import select
from surveys.sampling.selection import Selection, used_arc

FOLDER = "draws"
FEWEST_WITNESSES = 2


@dataclass(frozen=True, slots=True)
class Seed:
    """How the seed came about.

    Attributes
    ----------
    text : str
        What was thrown or read out, as typed.
    source, place : str
        Where it came from, and where that was seen.
    witnesses : sequence of dict
        ``name``, ``position``, ``organisation`` of everyone who saw it.
    """

    text: str
    source: str
    place: str
    witnesses: Sequence[dict[str, str]]


def draw(
    db: Session,
    draw_id: int,
    seed: Seed,
    *,
    var_dir: Path,
    secret_key: str,
    code_version: str,
    actor: str,
    now: datetime,
) -> Draw:
    """Draw the sample of an announced draw, sign it, and make its cases; this happens once.

    Raises
    ------
    ConflictError
        ``draw.not-announced``, ``draw.round-closed``, ``draw.seed-unreadable``,
        ``draw.seed-short``, ``draw.seed-untold``, ``draw.witnesses-few``, or the frame's file is
        not what was announced (``frame.file-missing``, ``frame.file-changed``).
    PlanRefusedError
        The plan does not fit the frame.
    """
    found = find(db, draw_id, lock=True)
    if found.state != "announced":
        raise ConflictError("draw.not-announced")
    if found.round.state not in ("draft", "open"):
        raise ConflictError("draw.round-closed", round=found.round.code)
    seed = _checked(seed)
    selection = selection_of(found, seed.text, var_dir)
    content = list_bytes(selection)
    # The row is written once, whole: from then on the database refuses to change it.
    with db.no_autoflush:
        found.list_hash = hash_of(content)
        found.list_name = f"{found.list_hash}.csv"
        _keep(var_dir / FOLDER / found.list_name, content)
        found.seed_text, found.seed_source, found.place = seed.text, seed.source, seed.place
        found.witnesses = [dict(witness) for witness in seed.witnesses]
        found.n_main, found.n_reserve = selection.n_main, selection.n - selection.n_main
        found.summary = {"strata": drawn_strata(selection), "used_arc": used_arc(selection)}
        found.code_version = code_version
        found.drawn_by, found.drawn_at = actor, now
        found.state = "drawn"
        statement = statement_of(found)
        found.signature, found.public_key = signing.sign(statement, secret_key)
    db.flush()
    audit.record(
        db, actor, "draw.draw", f"{found.round.code}/{found.number}",
        statement=hash_of(statement), list_hash=found.list_hash, seed=seed.text,
        n_main=found.n_main, n_reserve=found.n_reserve,
    )  # fmt: skip
    make_cases(db, found.id, case_rows(selection), actor=actor, now=now)
    return found


def selection_of(found: Draw, seed: str, var_dir: Path) -> Selection:
    """Select what a seed leads to from the frame and the plan of a draw.

    Raises
    ------
    ConflictError
        The frame's file, or the plan, is not what was announced.
    """
    frame = frozen_frame(var_dir, found.frame.file_name or "", found.frame_hash)
    plan = read_plan(found.plan_text)
    if plan_hash(plan) != found.plan_hash:
        raise ConflictError("draw.plan-changed")
    return select(plan, frame, Chance.from_seed(found.frame_hash, found.plan_hash, seed))


def case_rows(selection: Selection) -> Iterator[CaseRow]:
    """Make the cases of a selection, numbered as its list numbers them."""
    n_stages = len(selection.stages)
    keys, groups, strata = selection.keys(), selection.groups(), selection.strata(0)
    codes = [selection.codes(stage) for stage in range(n_stages)]
    within = [selection.strata(stage) for stage in range(n_stages)]
    paths = [selection.paths(stage) for stage in range(n_stages - 1)]
    communes, villages = _places(selection)
    for at in range(selection.n):
        stages: tuple[dict[str, Any], ...] = tuple(
            {
                "unit": stage.name,
                "code": codes[number][at],
                "stratum": within[number][at],
                "probability": float(stage.probability[at]),
            }
            for number, stage in enumerate(selection.stages)
        )
        position = int(selection.position[at])
        yield CaseRow(
            number=at + 1,
            frame_key=keys[at],
            position=position or None,
            stratum=strata[at],
            psu=paths[0][at] if paths else keys[at],
            ssu=paths[1][at] if len(paths) > 1 else None,
            stages=stages,
            inclusion_probability=float(selection.probability[at]),
            base_weight=float(selection.weight[at]),
            reserve=int(selection.reserve[at]),
            group=groups[at],
            commune=communes[at] or None,
            village=villages[at] or None,
        )


def _places(selection: Selection) -> tuple[list[str], list[str]]:
    """Where each case is visited: at home if the frame knows it, else where the centre is."""
    frame, none = selection.frame, [""] * selection.n

    def of(name: str) -> list[str]:
        column = frame.categories.get(name)
        if column is None:
            return none
        return [column.labels[code] for code in column.codes[selection.row].tolist()]

    if frame.kind == "area":
        return of("commune"), of("village")
    return [
        home or centre for home, centre in zip(of("home_commune"), of("commune"), strict=True)
    ], none


def _checked(seed: Seed) -> Seed:
    """Return a seed as it is kept and printed, or refuse it."""
    if not seeds.is_typable(seed.text):
        raise ConflictError("draw.seed-unreadable")
    if seeds.n_thrown(seed.text) < seeds.SHORTEST:
        raise ConflictError("draw.seed-short", least=seeds.SHORTEST)
    source, place = seeds.printable(seed.source), seeds.printable(seed.place)
    if not source or not place:
        raise ConflictError("draw.seed-untold")
    if seeds.n_persons(seed.witnesses) < FEWEST_WITNESSES:
        raise ConflictError("draw.witnesses-few", least=FEWEST_WITNESSES)
    return Seed(normal_seed(seed.text), source, place, seed.witnesses)


def _keep(path: Path, content: bytes) -> None:
    """Write a file that is named by its content; whoever reads it finds it whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        # The database must not remember a list that a power cut made empty.
        os.fsync(file.fileno())
    part.replace(path)


def witnesses_of(text: str) -> list[dict[str, str]]:
    """Read one witness a line: name; position; organisation.

    Raises
    ------
    ConflictError
        ``draw.witness-incomplete``: a line has not three parts; ``line`` says which.
    """
    found = []
    lines = csv.reader(io.StringIO(text), delimiter=";", quoting=csv.QUOTE_NONE)
    for number, line in enumerate(lines, start=1):
        parts = [seeds.printable(part) for part in line]
        if not any(parts):
            continue
        if len(parts) != 3 or not all(parts):
            raise ConflictError("draw.witness-incomplete", line=number)
        found.append(dict(zip(("name", "position", "organisation"), parts, strict=True)))
    return found
