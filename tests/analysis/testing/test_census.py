"""Tables that cannot be tested: of a census, of numbers."""

import numpy as np
import pytest

from analysis.coding import encode
from analysis.design import Design, StageColumns
from analysis.testing import Statistic, chi_square
from analysis.testing.table import TooManyCellsError


def test_a_census_has_nothing_to_be_tested():
    chance = np.random.default_rng(1)
    n = 60
    design = Design.from_stages([StageColumns(np.arange(n), size=np.full(n, float(n)))])
    rows, columns = chance.integers(0, 3, n), chance.integers(0, 2, n)
    for statistic in Statistic:
        found = chi_square(encode(rows), encode(columns), design, statistic=statistic)
        assert np.isnan(found.p_value)
        assert found.df_numerator == 2


def test_numbers_are_not_crossed_as_if_they_were_categories():
    n = 60
    design = Design.from_columns(np.zeros(n), np.arange(n), np.ones(n))
    with pytest.raises(TooManyCellsError) as caught:
        chi_square(encode(np.arange(n)), encode(np.arange(n)), design)
    assert caught.value.context == {"rows": "60", "columns": "60", "most": "2000"}
