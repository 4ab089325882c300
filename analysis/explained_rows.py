"""What calibrations explain of the influences of respondents, where every row is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.sums import sum_rows
from analysis.variance.residuals import Residuals

if TYPE_CHECKING:
    from analysis.reduce import Reduced

Values = NDArray[np.float64]


class ExplainedRows:
    """What calibrations explain of the influences of respondents.

    Parameters
    ----------
    sample : Reduced
        Its weights were calibrated.
    """

    def __init__(self, sample: Reduced) -> None:
        self._sample = sample
        self._edges = sample.partition.edges
        self.residuals = Residuals.of(sample.design)
        design = sample.design
        self.cluster_totals = [
            sum_rows(auxiliary, design.cluster, design.clusters.n_clusters)
            for auxiliary in self.residuals.auxiliary_totals
        ]

    def of_domain(
        self, domain: int, columns: Sequence[int] | None
    ) -> tuple[NDArray[np.int64], Values]:
        """Return the respondents of a domain and what they add to totals."""
        chosen = slice(None) if columns is None else list(columns)
        rows = self._sample.partition.order[self._edges[domain] : self._edges[domain + 1]]
        values = self._sample.units.values[rows][:, chosen].astype(np.float64)
        return rows, values * self._sample.design.weight[rows, None]
