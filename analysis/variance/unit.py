"""The variance a simple random sample of the same size would have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear, gradients
from analysis.sample import Sample

ROUNDING: Final = 1e-13
"""Share of the squares below which their spread is taken for zero."""


def unit_variance(
    estimands: Sequence[Linear],
    support: Sequence[int],
    sample: Sample,
    columns: Sequence[int] | None = None,
) -> NDArray[np.float64]:
    """Return the denominator of the design effect.

    With replacement: ``sum(w) / (n - 1) * sum(w * (z - mean(z)) ** 2)``, where
    ``z`` is a respondent's influence before weighting; for a share that is
    ``p * (1 - p) / (n - 1)``. It is ``deff = "replace"`` of R ``survey``
    [Kish1965, ch. 8; Lumley2010].

    Parameters
    ----------
    estimands : sequence of Linear
        Algebra on the totals of the sample.
    support : sequence of int
        For each estimand, who contributes: a column of ``Totals.n``.
    sample : Sample
        Totals and what they come from.
    columns : sequence of int, optional
        The variables the estimands depend on; without it, all.

    Returns
    -------
    ndarray of float64, shape (n_domains, n_estimands)
        Squared units of the values; NaN with fewer than two contributing
        respondents.
    """
    gradient = gradients(estimands, columns)
    chosen = slice(None) if columns is None else list(columns)
    totals = sample.totals
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = sample.squares(gradient, columns)
        of_domains = totals.of_domains(totals.values[:, chosen])
        sums = np.sum(gradient * of_domains[:, :, None], axis=1)
        n = totals.of_domains(totals.n)[:, support]
        total_weight = totals.of_domains(totals.weight)[:, support]
        spread = squares - sums**2 / total_weight
        # What is left where all are alike is only rounding.
        spread = np.where(spread <= ROUNDING * squares, 0.0, spread)
        return np.where(n > 1, total_weight * spread / (n - 1), np.nan)
