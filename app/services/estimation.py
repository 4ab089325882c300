"""The estimates of a publication, by the arithmetic it was made with."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from analysis.counted.evaluate import estimates_of, evaluate_counts, finish_counts, has_corners
from analysis.counted.judged import judged, needs_company
from analysis.counted.partitions import Counts, Place
from analysis.errors import WrongSourceError
from analysis.finish import Options
from analysis.index.evaluate import NodeEstimate, keys_of
from analysis.index.method import Method
from analysis.quality import QualityRules
from analysis.snapshot import Snapshot, Source
from app.services.columns import domain_kind
from app.services.figure_columns import FigureColumns
from app.services.figures import (
    PARTS,
    Before,
    estimate_figures,
    judged_figures,
    parts_within,
)
from app.services.weighting.rows import Weighing

ROWS: Final = 1
"""Respondents are added up one by one."""
COUNTS: Final = 2
"""Respondents alike in design and groups are counted, and weighted once."""
ENGINE: Final = COUNTS
"""The arithmetic of new publications."""


def figures_of(
    method: Method,
    file: Snapshot,
    level: float,
    rules: QualityRules,
    weighing: Weighing | None = None,
    before: Before | None = None,
    *,
    engine: int = ENGINE,
) -> FigureColumns:
    """Estimate every node in the whole and in every domain, and suppress what the rules say.

    Parameters
    ----------
    file : Snapshot
        Of a sample.
    level, rules, weighing, before
        As for ``estimate_figures``.
    engine : int
        ``ROWS`` or ``COUNTS``; they differ in the last digits. Weights that were calibrated need
        the residuals of every respondent, so their estimates are made of rows in both.

    Raises
    ------
    WrongSourceError
        The snapshot holds open answers.
    """
    if file.layout.source is not Source.SAMPLE:
        raise WrongSourceError(wanted=Source.SAMPLE, found=file.layout.source)
    design = None if weighing is None else weighing.design
    needs_rows = design is not None and (bool(design.calibrations) or design.replicates is not None)
    if engine == ROWS or needs_rows or not method.estimated:
        answers = file.sampled()
        return FigureColumns.from_figures(
            estimate_figures(method, answers, level, rules, weighing, before)
        )
    layout = file.layout
    place = Place(
        layout.stratum,
        layout.psu,
        layout.weight,
        tuple((domain_kind(column), column) for column in layout.domains),
    )
    counts = Counts.of(file.rows, method, place, design)
    options = Options(level, together=True)
    if has_corners(method):
        return _one_by_one(method, file, evaluate_counts(counts, options), rules, before)
    found, keys = finish_counts(counts, options), keys_of(method)
    if before is not None or needs_company(found, keys, counts, rules, _within(counts)):
        return _one_by_one(method, file, estimates_of(method, found), rules, before)
    columns = FigureColumns.none()
    for one in found:
        columns.add(one, judged(one, keys, rules, method.changes), keys)
    return columns


def _one_by_one(
    method: Method,
    file: Snapshot,
    figures: tuple[NodeEstimate, ...],
    rules: QualityRules,
    before: Before | None,
) -> FigureColumns:
    """Judge figures one by one: some must be masked for the sake of others."""
    made = judged_figures(method, file.sampled(), figures, rules, before)
    return FigureColumns.from_figures(made)


def _within(counts: Counts) -> Mapping[str, Mapping[str, str]]:
    """Say which groups are parts of larger ones, as the runs show it."""
    names = {
        kind: np.array([*coded.levels, None], dtype=object)[coded.codes]
        for kind, coded in counts.codes.items()
        if any(kind in pair for pair in PARTS)
    }
    return parts_within(names)
