"""What estimates need to know of a sample, with or without its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.linear import Linear
from analysis.reduce import Totals
from analysis.variance.residuals import Explained

Values = NDArray[np.float64]


class Sample(Protocol):
    """A sample with its totals by one partition into domains."""

    @property
    def design(self) -> Design:
        """How the respondents were drawn."""
        ...

    @property
    def totals(self) -> Totals:
        """Totals per domain and final cluster."""
        ...

    @property
    def explained(self) -> Explained | None:
        """What calibrations explain of influences; None without any."""
        ...

    def squares(self, gradient: Values, columns: Sequence[int] | None) -> Values:
        """Total the squared influences of respondents, before weighting.

        Parameters
        ----------
        gradient : ndarray of float64, shape (n_domains, n_columns, k)
            Of k estimands.
        columns : sequence of int, optional
            The totals the gradient is about; without it, all.

        Returns
        -------
        ndarray of float64, shape (n_domains, k)
            ``sum(w * z ** 2)``; NaN where it is not known.
        """
        ...

    def fixed(self, linears: Sequence[Linear], is_flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which figures without variance the design fixes.

        Parameters
        ----------
        linears : sequence of Linear
            Algebra on ``totals``.
        is_flat : ndarray of bool, shape (n_domains, n_estimands)
            Which have no variance; only these are looked at.

        Returns
        -------
        ndarray of bool, shape (n_domains, n_estimands)
            See ``analysis.variance.fixed``; none where rows are not known.
        """
        ...
