"""Stratified PSUs with influences, for hypothesis; and their variance, spelled out."""

import numpy as np
from hypothesis import strategies as st

values = st.floats(-100, 100, allow_nan=False, allow_infinity=False).map(lambda x: round(x, 3))


@st.composite
def stratified(draw, least=2, most=6, max_strata=6):
    """Draw the stratum of each PSU, shuffled, and two influences of each."""
    sizes = draw(st.lists(st.integers(least, most), min_size=1, max_size=max_strata))
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    order = draw(st.permutations(range(len(stratum))))
    z = draw(st.lists(st.tuples(values, values), min_size=len(stratum), max_size=len(stratum)))
    return stratum[np.array(order)], np.array(z)


def between_psus(stratum, z, fraction=None):
    """Covariance of totals: sum of (1 - f) m / (m - 1) times squares, stratum by stratum."""
    total = np.zeros((z.shape[1], z.shape[1]))
    for h in np.unique(stratum):
        here = z[stratum == h]
        apart = here - here.mean(0)
        share = 0.0 if fraction is None else fraction[h]
        total += (1 - share) * len(here) / (len(here) - 1) * apart.T @ apart
    return total


def replicate_covariance(made, z, centre="estimate"):
    """Covariance of totals of z under the replicates."""
    replicated = made.factor.T @ z
    middle = z.sum(0) if centre == "estimate" else replicated.mean(0)
    apart = replicated - middle
    return made.scale * (apart * made.rscales[:, None]).T @ apart


def assert_same(ours, theirs):
    """Compare covariances to 1e-9 of the largest."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * max(np.abs(theirs).max(), 1))
