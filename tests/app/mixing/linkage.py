"""Somebody who owns the database, its server and every dump, and wants to know whose answer it is.

They look at everything a row has beside its content: system columns, place in the table, ids,
dates, keys, sizes; in the running database and in dumps of several moments, restored. Of codes and
answers that can have left together by all of that, they link the first to the first, the second to
the second, in every order they can think of. The truth is a number planted in the answers, which
they are not allowed to look at.
"""

import os
import random
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psycopg
from scipy.stats import chi2

from app.postgres import _programs

CODES = """
    SELECT i.id::text AS name, i.id AS id, i.xmin::text::bigint AS xmin,
        row_number() OVER () AS place, (i.ctid::text::point)[0] * 1000 + (i.ctid::text::point)[1]
            AS ctid, extract(epoch FROM i.expires_at) AS expires, i.stratum AS stratum, i.psu AS psu
    FROM invitation i
"""
SPOOLED = """
    SELECT s.invitation_id::text AS name, s.id::text AS spool_id, s.xmin::text::bigint AS
        spool_xmin, (s.ctid::text::point)[0] * 1000 + (s.ctid::text::point)[1] AS spool_ctid,
        row_number() OVER () AS spool_place, extract(epoch FROM s.due_at) AS due,
        s.received_on AS received, s.key_id AS key, length(s.sealed) AS size,
        encode(s.sealed, 'hex') AS bytes
    FROM spooled s WHERE s.invitation_id IS NOT NULL
"""
RESPONSES = """
    SELECT r.id::text AS name, r.id::text AS id, r.xmin::text::bigint AS xmin,
        (r.ctid::text::point)[0] * 1000 + (r.ctid::text::point)[1] AS ctid,
        row_number() OVER () AS place, r.submission_key::text AS key, r.answered_on AS day,
        r.psu AS psu, r.domains::text AS domains, r.answers ->> 'number' AS truth
    FROM response r
"""
TEXTS = """
    SELECT t.id::text AS name, t.id::text AS id, t.xmin::text::bigint AS xmin,
        (t.ctid::text::point)[0] * 1000 + (t.ctid::text::point)[1] AS ctid,
        row_number() OVER () AS place, t.month AS month, t.centre_id AS centre,
        (regexp_match(t.text, '\\d+'))[1] AS truth
    FROM free_text t
"""
_TABLES = {"code": (CODES, SPOOLED), "response": (RESPONSES,), "text": (TEXTS,)}
# Rows that left in one transaction say so; the attacker begins with that.
_TOGETHER = "xmin"


@dataclass
class Evidence:
    """What was seen of every row: kind → row → what was seen when and where → value."""

    seen: dict[str, dict[str, dict[str, object]]] = field(
        default_factory=lambda: {kind: defaultdict(dict) for kind in _TABLES}
    )
    truth: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    first: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    last: dict[str, int] = field(default_factory=dict)
    looks: int = 0

    def look(self, conninfo: str, where: str) -> None:
        """Look at a database, running or restored."""
        self.looks += 1
        with psycopg.connect(conninfo, row_factory=psycopg.rows.dict_row) as connection:
            for kind, queries in _TABLES.items():
                for query in queries:
                    for row in connection.execute(query):
                        self._note(kind, row, f"{self.looks}.{where}")

    def _note(self, kind: str, row: dict[str, object], when: str) -> None:
        name = str(row.pop("name"))
        truth = row.pop("truth", None)
        if truth is not None:
            self.truth[kind][name] = str(truth)
        self.first[kind].setdefault(name, self.looks)
        if "spool_id" in row:
            self.last[name] = self.looks
        for column, value in row.items():
            if value is not None:
                self.seen[kind][name][f"{column} {when}"] = value


@dataclass(frozen=True)
class Attack:
    """How one kind of row was linked to another.

    Attributes
    ----------
    n : int
        Pairs to be found.
    best : int
        Right links by the best of all orders.
    by : str
        Which order that was.
    chance : float
        Right links to be expected from guessing within what left together.
    least_p : float
        Smallest p-value of all orders, times how many there are.
    """

    n: int
    best: int
    by: str
    chance: float
    least_p: float
    n_orders: int
    smallest: int


def attack(
    evidence: Evidence,
    truth: Mapping[str, str],
    one: str,
    other: str,
    seed: int = 1,
    *,
    alike: str = _TOGETHER,
) -> Attack:
    """Link rows of one kind to rows of another.

    Parameters
    ----------
    truth : mapping of str to str
        Name of a row of the one kind to the planted number.
    alike : str
        What was seen last in the running database of rows that belong together: the transaction in
        which they left, or whatever both kinds of rows say of the sample, e.g. its PSU.
    """
    chance = random.Random(seed)
    found = evidence.truth[other]
    right = {number: name for name, number in found.items()}
    mine = _groups(evidence, one, truth, alike)
    theirs = _groups(evidence, other, found, alike)
    # A pair can be found only where both of it are said to have left together.
    pairs = [(name, right[number]) for name, number in truth.items() if number in right]
    lefts = _ranks(evidence, one, mine, [name for name, _ in pairs], chance)
    rights = _ranks(evidence, other, theirs, [name for _, name in pairs], chance)
    group = {name: key for key, names in mine.items() for name in names}
    their_group = {name: key for key, names in theirs.items() for name in names}
    together = np.array([group[a] == their_group[b] for a, b in pairs])
    best, by, least_p = 0, "", 1.0
    for left, (place, share) in lefts.items():
        for column, (their_place, their_share) in rights.items():
            hits = int((together & (place == their_place)).sum())
            least_p = min(least_p, _p_value(share[together], their_share[together]))
            if hits > best:
                best, by = hits, f"{left} ~ {column}"
    tried = len(lefts) * len(rights)
    shared = [key for key in mine if key in theirs]
    expected = sum(min(len(mine[key]), len(theirs[key])) / len(theirs[key]) for key in shared)
    smallest = min((len(theirs[key]) for key in shared), default=0)
    return Attack(len(truth), best, by, expected, min(1.0, least_p * tried), tried, smallest)


def dump(conninfo: str, folder: Path) -> Path:
    """Take a dump, as a backup does."""
    path = folder / f"{len(list(folder.glob('*.sql')))}.sql"
    with path.open("wb") as file:
        subprocess.run([_programs() / "pg_dump", conninfo], stdout=file, check=True)
    return path


def restore(path: Path, conninfo: str) -> None:
    """Restore a dump into an empty database."""
    command = [_programs() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", path, conninfo]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env={**os.environ})


def _groups(
    evidence: Evidence, kind: str, names: Mapping[str, str], alike: str
) -> dict[object, list[str]]:
    """Say which rows can have left together: in one transaction, as the running database says."""
    groups: dict[object, list[str]] = defaultdict(list)
    for name in names:
        seen = evidence.seen[kind][name]
        when = max(
            (column for column in seen if column.startswith(f"{alike} ") and "live" in column),
            key=lambda column: int(column.split()[1].partition(".")[0]),
        )
        groups[seen[when]].append(name)
    return groups


def _columns(evidence: Evidence, kind: str, names: Mapping[str, str]) -> list[str]:
    """List what tells rows apart; what was seen of a row first and last stands for all between."""
    values: dict[str, set[object]] = defaultdict(set)
    for name in names:
        for column, value in evidence.seen[kind][name].items():
            values[column].add(value)
    telling = [column for column, found in values.items() if len(found) > 1]
    by_name: dict[str, list[str]] = defaultdict(list)
    for column in telling:
        name, when = column.split()
        by_name[f"{name} {when.split('.')[1]}"].append(column)
    kept: list[str] = []
    for each in by_name.values():
        kept += sorted({min(each, key=_moment), max(each, key=_moment)})
    # Spooled rows are seen for a while only: the value when they were seen first.
    return kept + [f"first {name}" for name in sorted({each.split()[0] for each in telling})]


def _moment(column: str) -> int:
    return int(column.split()[1].partition(".")[0])


_Ranks = tuple[np.ndarray, np.ndarray]


def _ranks(
    evidence: Evidence,
    kind: str,
    groups: Mapping[object, Sequence[str]],
    names: Sequence[str],
    chance: random.Random,
) -> dict[str, _Ranks]:
    """Place rows within their group, and in which quarter of it, in every order there is."""
    known = {name for members in groups.values() for name in members}
    found = {}
    for column in _columns(evidence, kind, dict.fromkeys(known, "")):
        place, quarter = {}, {}
        for members in groups.values():
            for number, name in enumerate(_ordered(evidence, kind, members, column, chance)):
                place[name] = number
                quarter[name] = 4 * number // len(members)
        found[column] = (
            np.array([place[name] for name in names]), np.array([quarter[name] for name in names])
        )  # fmt: skip
    return found


def _ordered(
    evidence: Evidence, kind: str, names: Sequence[str], column: str, chance: random.Random
) -> list[str]:
    """Order rows by what was seen; those of which nothing was seen, and ties, by chance."""
    mixed = list(names)
    chance.shuffle(mixed)

    def value(name: str) -> tuple[bool, str | float]:
        seen = evidence.seen[kind][name]
        if column.startswith("first "):
            wanted = column.removeprefix("first ")
            own = sorted((each for each in seen if each.split()[0] == wanted), key=_moment)
            found = seen[own[0]] if own else None
        else:
            found = seen.get(column)
        if isinstance(found, int | float):
            return (True, f"{found:030.6f}")
        return (found is not None, str(found))

    return sorted(mixed, key=value)


def _p_value(here: np.ndarray, there: np.ndarray) -> float:
    """Test whether ranks on both sides have anything to do with each other, by chi-squared."""
    table = np.bincount(4 * here + there, minlength=16).reshape(4, 4)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        return 1.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    return float(chi2.sf(((table - expected) ** 2 / expected).sum(), freedom))
