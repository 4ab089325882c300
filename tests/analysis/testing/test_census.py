"""Where there is no sampling, there is nothing to be tested."""

import numpy as np

from analysis.coding import encode
from analysis.design import Design, StageColumns
from analysis.testing import Statistic, chi_square


def test_a_census_has_nothing_to_be_tested():
    chance = np.random.default_rng(1)
    n = 60
    design = Design.from_stages([StageColumns(np.arange(n), size=np.full(n, float(n)))])
    rows, columns = chance.integers(0, 3, n), chance.integers(0, 2, n)
    for statistic in Statistic:
        found = chi_square(encode(rows), encode(columns), design, statistic=statistic)
        assert np.isnan(found.p_value)
        assert found.df_numerator == 2
