"""How much criteria go with an outcome: average differences from a logistic model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.drivers.outcome import Block
from analysis.errors import AnalysisError
from analysis.models.fit import fit_model
from analysis.models.margins import Averaging, MarginEstimator
from analysis.models.response import ModelKind
from analysis.testing.tested import ValueTest, t_tests
from analysis.variance.joint import infer
from analysis.variance.lonely import LonelyPolicy

Values = NDArray[np.float64]

MIN_PERSONS: Final = 100
"""Fewer complete answers are not modelled."""
MIN_EVENTS_PER_CRITERION: Final = 10
"""Fewer persons on the rarer side of the outcome for each criterion are too few [Peduzzi1996]."""
MIN_EACH_SIDE: Final = 10
"""Fewer persons satisfied, or not, with a criterion cannot show a difference."""
MIN_DF: Final = 8
"""Fewer residual degrees of freedom make the intervals unreliable."""
MANY_TIMES: Final = 5.0
"""Variance inflation above which criteria can hardly be kept apart [Belsley1980]."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model, or why there is none.

    Attributes
    ----------
    component : str
        Empty for all criteria at once.
    outcome : str
    n : int
        Persons with all answers it needs.
    n_events : int
        Of them satisfied by the outcome.
    items : tuple of str
        Criteria in the model.
    left_out : tuple of (str, str)
        Criteria left out and why, e.g. ``("access_1", "few-dissatisfied")``.
    df : float
        Residual degrees of freedom; NaN without a model.
    reason : str
        Why there is no model; empty if there is.
    """

    component: str
    outcome: str
    n: int
    n_events: int
    items: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    df: float
    reason: str


@dataclass(frozen=True, slots=True)
class Importance:
    """What goes with one criterion, all others of its model equal.

    Attributes
    ----------
    item : str
    difference : ValueTest
        Average difference of the probability of the outcome between everybody
        satisfied and nobody satisfied with the criterion.
    inflation : float
        Variance inflation factor: how much the other criteria say of this one.
    """

    item: str
    difference: ValueTest
    inflation: float


def explain(
    block: Block, answers: Mapping[str, Values], design: Design, level: float
) -> tuple[Model, tuple[Importance, ...]]:
    """Fit the model of a block if the answers support it.

    Parameters
    ----------
    block : Block
    answers : mapping of item to ndarray of float64, shape (n,)
        1 satisfied, 0 not, NaN not rated.
    design : Design
    level : float
        Confidence level.

    Returns
    -------
    Model
        With the reason if nothing could be fitted.
    tuple of Importance
        One per criterion in the model.

    Notes
    -----
    Survey-weighted logistic regression [Binder1983]; average differences as
    predicted margins, linearised jointly [GraubardKorn1999].
    """
    kept, left_out = _kept(block, answers)
    complete = _complete(block, answers, kept) & (design.weight > 0)
    n, n_events = int(complete.sum()), int(block.satisfied[complete].sum())
    model = Model(
        block.component, block.outcome.value, n, n_events, kept, left_out, float("nan"),
        _obstacle(n, n_events, len(kept)),
    )  # fmt: skip
    if model.reason:
        return model, ()
    columns = {item: answers[item] for item in kept} | {"": block.satisfied}
    try:
        fit = fit_model(
            ModelKind.LOGISTIC, "", kept, columns, design, where=complete,
            lonely=LonelyPolicy.ADJUST,
        )  # fmt: skip
    except AnalysisError as error:
        return _without(model, error.code), ()
    if fit.df < MIN_DF:
        return _without(model, "few-psus"), ()
    matrices = [
        fit.matrix.with_values({item: value})[:, :] for item in kept for value in (1.0, 0.0)
    ]
    estimator = MarginEstimator(
        fit.estimator, tuple(matrices), Averaging.ESTIMATED, fit.design.weight
    )
    joint = infer(estimator, fit.design, lonely=fit.lonely)
    contrast = np.kron(np.eye(len(kept)), np.array([[1.0, -1.0]]))
    tested = t_tests(joint.contrast(contrast), kept, df=fit.df, level=level)
    inflation = variance_inflation(
        np.column_stack([answers[item][complete] for item in kept]), design.weight[complete]
    )
    found = tuple(Importance(*row) for row in zip(kept, tested, inflation.tolist(), strict=True))
    fitted = Model(model.component, model.outcome, n, n_events, kept, left_out, float(fit.df), "")
    return fitted, found


def variance_inflation(columns: Values, weight: Values) -> Values:
    """Return variance inflation factors of columns [Belsley1980].

    Parameters
    ----------
    columns : ndarray of float64, shape (n, p)
        Each varies.
    weight : ndarray of float64, shape (n,)

    Returns
    -------
    ndarray of float64, shape (p,)
        ``1 / (1 - R²)`` of each column on the others; infinite where it
        follows from them.
    """
    share = weight / weight.sum()
    centred = (columns - share @ columns) * np.sqrt(share)[:, None]
    scaled = centred / np.sqrt(np.sum(centred**2, axis=0))
    correlation = scaled.T @ scaled
    if np.linalg.matrix_rank(correlation, tol=1e-10) < len(correlation):
        return np.full(len(correlation), np.inf)
    return np.asarray(np.diag(np.linalg.inv(correlation)))


def _kept(
    block: Block, answers: Mapping[str, Values]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Leave out criteria that nearly everybody rates alike."""
    kept, left_out = [], []
    for item in block.items:
        known = ~np.isnan(answers[item]) & ~np.isnan(block.satisfied)
        satisfied = int(answers[item][known].sum())
        if int(known.sum()) - satisfied < MIN_EACH_SIDE:
            left_out.append((item, "few-dissatisfied"))
        elif satisfied < MIN_EACH_SIDE:
            left_out.append((item, "few-satisfied"))
        else:
            kept.append(item)
    return tuple(kept), tuple(left_out)


def _complete(
    block: Block, answers: Mapping[str, Values], kept: Sequence[str]
) -> NDArray[np.bool_]:
    known = ~np.isnan(block.satisfied)
    for item in kept:
        known &= ~np.isnan(answers[item])
    return known


def _obstacle(n: int, n_events: int, p: int) -> str:
    """Say why the answers do not support a model; empty if they do."""
    if p == 0:
        return "no-criterion"
    if n < MIN_PERSONS:
        return "few-persons"
    if min(n_events, n - n_events) < MIN_EVENTS_PER_CRITERION * p:
        return "few-events"
    return ""


def _without(model: Model, reason: str) -> Model:
    return Model(
        model.component, model.outcome, model.n, model.n_events, model.items, model.left_out,
        float("nan"), reason,
    )  # fmt: skip
