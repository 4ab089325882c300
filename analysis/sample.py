"""What estimates need to know of a sample, with or without its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.reduce import Totals

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
