"""A publication as plan and data: everything somebody needs to work it out again alone.

The archive holds the snapshot, the rule and an analysis plan over them; the library ``analysis``
by itself makes the published figures from it, without this program and its database.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.index.tree import ItemScale
from analysis.snapshot import Layout, Source
from app.errors import ConflictError
from app.models import InstrumentVersion, MethodVersion, WeightSet
from app.queries import publications
from app.queries.publications import EstimateRow, PublicationFacts
from app.services import instruments, snapshots
from app.services.columns import domain_kind
from app.services.weighting import sets
from app.services.weighting.chain import Chain
from app.services.weighting.names import START

ANSWERS, METHOD, PLAN, PUBLISHED = "answers.parquet", "method.toml", "plan.toml", "published.csv"
_FIELDS: Final = (
    "node", "measure", "domain_kind", "domain_code", "value", "standard_error", "low", "high",
    "interval_method", "n", "effective_n", "df", "design_effect", "suppressed",
)  # fmt: skip


def files(
    db: Session, facts: PublicationFacts, var_dir: Path, explanation: str
) -> dict[str, bytes]:
    """Gather the files of the archive by their names.

    Parameters
    ----------
    explanation : str
        What the archive is and how to use it, for people.

    Raises
    ------
    ConflictError
        ``publication.not-a-sample``: self-selected answers have no design to analyse by.
    SnapshotDamagedError, WeightsDamagedError
        The snapshot or the weights are missing or changed.
    """
    if facts.round.source != Source.SAMPLE:
        raise ConflictError("publication.not-a-sample", round=facts.round.code)
    snapshot = snapshots.read(facts.snapshot_file, facts.snapshot_hash, var_dir)
    rule = db.scalars(
        select(MethodVersion.text).where(MethodVersion.content_hash == facts.method_hash)
    ).one()
    version = db.scalars(
        select(InstrumentVersion).where(InstrumentVersion.content_hash == facts.instrument_hash)
    ).one()
    scales = instruments.item_scales(instruments.instrument_of(version))
    chain = None
    answers = snapshot.path.read_bytes()
    if facts.weight_set_id is not None:
        chain = sets.chain_of(db, db.get_one(WeightSet, facts.weight_set_id), var_dir)
        answers = _rows(chain)
    return {
        "README.txt": explanation.encode(),
        PLAN: plan(facts, snapshot.layout, scales, chain).encode(),
        METHOD: rule.encode(),
        ANSWERS: answers,
        PUBLISHED: _published(publications.estimates(db, facts.id)),
    }


def plan(
    facts: PublicationFacts,
    layout: Layout,
    scales: Mapping[str, ItemScale],
    chain: Chain | None = None,
) -> str:
    """Write the analysis plan that makes the figures of a publication.

    Parameters
    ----------
    facts : PublicationFacts
        Level, hashes.
    layout : Layout
        Columns of the snapshot.
    scales : mapping of item code to ItemScale
        What the answers mean.
    chain : Chain, optional
        The steps that made the weights; then the plan makes them again from base weights.
    """
    lines = [
        "plan = 1",
        f"title = {_text(f'{facts.round.name}, lần {facts.number}')}",
        "",
        f"# Snapshot {facts.snapshot_hash}",
        f"# Method {facts.method_hash}, instrument {facts.instrument_hash}",
        f"# Published {facts.published_at:%Y-%m-%d} by version {facts.code_version}",
        *([f"# Weights {facts.weights_hash}"] if chain is not None else []),
        *(["# SIMULATED: made by a program, not by people."] if facts.round.simulated else []),
        "",
        "[data]",
        f"file = {_text(ANSWERS)}",
        "",
        "[design]",
        f"strata = {_text(layout.stratum)}",
        f"clusters = {_texts([layout.psu])}",
        f"weight = {_text(layout.weight if chain is None else START)}",
        'lonely = "adjust"',
        *(chain.plan.rstrip().split("\n") if chain is not None else []),
    ]
    for scale, items in _shared(scales).items():
        lines += ["", "[[scales]]", f"items = {_texts(items)}", *_scale(scale)]
    for column in ("", *layout.domains):
        lines += [
            "",
            "[[estimate]]",
            f"name = {_text(domain_kind(column) or 'whole')}",
            'kind = "index"',
            f"method = {_text(METHOD)}",
            f"level = {facts.level!r}",
            *([f"by = {_texts([column])}"] if column else []),
        ]
    return "\n".join(lines) + "\n"


def _rows(chain: Chain) -> bytes:
    """Write answers and the cases without any as Parquet, the same bytes every time."""
    written = io.BytesIO()
    table = chain.rows.frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    pq.write_table(table, written, compression="zstd", version="2.6")
    return written.getvalue()


def _shared(scales: Mapping[str, ItemScale]) -> dict[ItemScale, list[str]]:
    """Put items with one scale together."""
    found: dict[ItemScale, list[str]] = {}
    for item, scale in scales.items():
        found.setdefault(scale, []).append(item)
    return found


def _scale(scale: ItemScale) -> list[str]:
    parts = {
        "codes": scale.codes,
        "satisfied": scale.satisfied,
        "neutral": scale.neutral,
        "dissatisfied": scale.dissatisfied,
        "not_rated": scale.not_rated,
    }
    return [f"{name} = {json.dumps(list(codes))}" for name, codes in parts.items() if codes]


def _text(value: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)


def _texts(values: Iterable[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _published(rows: Iterable[EstimateRow]) -> bytes:
    """Write the published figures, what is kept back left empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_FIELDS)
    for row in rows:
        values = (getattr(row, name) for name in _FIELDS)
        writer.writerow(["" if value is None else value for value in values])
    return file.getvalue().encode()
