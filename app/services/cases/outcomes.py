"""Outcome rates of a draw: per stratum and commune, by cases and by weight, without substitutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.queries.cases import Tally
from surveys.fieldwork.dispositions import BY_CODE
from surveys.fieldwork.rates import OutcomeRates, rates_by

ALL = ""


class By(StrEnum):
    """What the cases are grouped by."""

    DRAW = "draw"
    STRATUM = "stratum"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class GroupRates:
    """Rates of one group of cases.

    Attributes
    ----------
    group : str
        Stratum or code of the commune; empty for the whole draw.
    unweighted, weighted : OutcomeRates
        By numbers of cases, and by their base weights.
    """

    group: str
    n: int
    unweighted: OutcomeRates
    weighted: OutcomeRates


def rates_of(
    tallies: Sequence[Tally],
    kind: str,
    *,
    by: By = By.DRAW,
    with_substitutes: bool = False,
    e: float | None = None,
) -> tuple[GroupRates, ...]:
    """Compute the rates of a draw.

    Parameters
    ----------
    kind : {'dossier', 'area'}
        Kind of the frame.
    with_substitutes : bool
        Whether reserves that were called up are among the cases. Without them the rates are those
        of the sample as it was drawn, and these are the ones to publish. With them, everybody
        called up in a group shares the weight of its main sample.
    e : float, optional
        Share of the cases of unknown eligibility that is eligible; estimated if not given.
    """
    used = [each for each in tallies if each.is_main or with_substitutes]
    categories = [BY_CODE[each.disposition].category_in(kind) for each in used]
    groups = [_group(each, by) for each in used]
    plain = rates_by(categories, groups, [float(each.n) for each in used], e=e)
    weights = [each.called_weight if with_substitutes else each.weight for each in used]
    weighted = rates_by(categories, groups, weights, e=e)
    return tuple(
        GroupRates(group, round(plain[group].counts.total), plain[group], weighted[group])
        for group in plain
    )


def _group(tally: Tally, by: By) -> str:
    match by:
        case By.STRATUM:
            return tally.stratum
        case By.COMMUNE:
            return tally.commune
        case By.DRAW:
            return ALL
