"""What cannot be estimated is refused by a named error, not by one of a library."""

import numpy as np
import pytest

from analysis.design import Design
from analysis.errors import BadColumnError, BadDomainsError, UnequalLengthsError
from analysis.estimate.domains import Domains
from analysis.estimate.icc import IntraclassCorrelation
from analysis.estimate.means import Means
from analysis.estimate.quantile import Quantiles
from analysis.estimate.spread import Moments, Spread, SpreadKind, spread_estimates
from analysis.variance.joint import infer

N = 12
PSU = np.arange(N) // 3
Y = np.arange(N, dtype=np.float64)
DESIGN = Design.from_columns(np.zeros(N), PSU, np.ones(N))
ESTIMATORS = {
    "spread": lambda values: Spread(values, SpreadKind.VARIANCE),
    "moments": lambda values: Moments.of(values, SpreadKind.COVARIANCE),
    "likeness": lambda values: IntraclassCorrelation(values, [PSU]),
    "quantiles": lambda values: Quantiles(values, [0.5]),
    "means": Means.of,
}


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_number_is_refused_with_its_row(name, value):
    values = Y.copy()
    values[3] = value
    with pytest.raises(BadColumnError) as refused:
        ESTIMATORS[name](values)
    assert refused.value.context == {"reason": "infinite", "row": "3"}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_names_are_no_numbers(name):
    with pytest.raises(BadColumnError):
        ESTIMATORS[name](np.array(["a"] * N))


@pytest.mark.parametrize("name", ["likeness", "quantiles"])
def test_one_column_is_not_several(name):
    with pytest.raises(BadColumnError):
        ESTIMATORS[name](np.column_stack([Y, Y]))


@pytest.mark.parametrize(("kind", "columns"), [("variance", 0), ("correlation", 1)])
def test_too_few_columns_for_a_pair_are_refused(kind, columns):
    with pytest.raises(BadColumnError):
        spread_estimates(np.zeros((N, columns)), SpreadKind(kind), DESIGN)


@pytest.mark.parametrize("name", ["spread", "likeness", "quantiles", "means"])
def test_an_estimator_of_other_respondents_is_refused(name):
    estimators = ESTIMATORS | {"likeness": lambda values: IntraclassCorrelation(values, [PSU[:5]])}
    with pytest.raises(UnequalLengthsError):
        infer(estimators[name](Y[:5]), DESIGN)


@pytest.mark.parametrize(("codes", "n_domains"), [([-1, -1], 0), ([0, 2], 2), ([-2, 0], 1)])
def test_domains_that_are_not_there_are_refused(codes, n_domains):
    with pytest.raises(BadDomainsError):
        Domains(np.array(codes, dtype=np.int32), n_domains)
