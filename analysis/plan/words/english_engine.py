"""English sentences about what the statistics refuse and what they reserve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "empty-sample": "there is no row.",
    "empty-domain": "nobody with a weight contributes.",
    "bad-weight": "the weights in column «{column}» cannot be used: {value} (row {row}).",
    "bad-fraction": (
        "the number of units (or the share drawn) is not the same within a stratum, or is no "
        "possible one (row {row}). It counts the units there were to draw from at this stage, one "
        "figure per stratum: are «strata» missing, or is it another stage's, or a weight?"
    ),
    "size-too-small": (
        "the stratum of row {row} is said to hold {size} units, but {drawn} were drawn from it."
    ),
    "psu-in-two-strata": (
        "«{psu}» of column «{column}» lies in two strata. If names repeat from stratum to stratum, "
        "say nested = true."
    ),
    "lonely-psu": (
        "{strata} strata hold one unit only, so that their variance is not known. Choose what they "
        'contribute in [design]: lonely = "adjust" (cautious), "average", "certainty" or "remove".'
    ),
    "unequal-designs": "estimates from different designs cannot be compared.",
    "bad-bounds": "the bounds leave a weight no room: {reason} {lower} {upper}",
    "bad-column": "column «{column}{item}» holds what it may not: {value} {reason} {row}",
    "bad-probability": "a probability is not above 0 and at most 1: {value}.",
    "bad-replicate-weight": "a replicate weight is not a finite number.",
    "bad-rho": "«rho» must be at least 0 and below 1.",
    "bad-share": "shares must lie between 0 and 1 and, for rounds, add up to 1: {shares}.",
    "bad-total": "a known total is negative or not a number: {margin} {cell} {total}",
    "brr-needs-pairs": (
        "balanced half samples need two PSUs in every stratum; there are strata with {n_psu}."
    ),
    "jk2-needs-pairs": "jk2 needs two PSUs in every stratum.",
    "jk1-needs-one-stratum": "jk1 is for samples without strata; take jkn.",
    "calibration-impossible": "no weights meet the totals: {reason} {totals} {farthest}",
    "calibration-not-converged": (
        "after {iterations} iterations the total «{worst}» is still missed by a share of "
        "{distance}."
    ),
    "cells-without-total": "respondents are in cells without a total ({margin}): {cells}.",
    "empty-cells": "nobody in the sample can stand for these cells ({margin}): {cells}.",
    "thin-cells": "cells with fewer than {minimum} respondents: {cells}.",
    "missing-category": (
        "{respondents} respondents with a weight belong to no cell {margin}; a column of the step "
        "is empty for them."
    ),
    "missing-design": "column «{column}» is empty in row {row}.",
    "propensity-not-estimated": "the propensity to respond cannot be estimated: {reason}.",
    "totals-disagree": (
        "the margins add up to different totals; correct them, or say reconcile = true."
    ),
    "trimming-impossible": (
        "the total cannot be kept within the bounds ({cells}): {lower} to {upper}."
    ),
    "no-clusters": "an intraclass correlation needs «clusters» in [design].",
    "no-replicates": 'interval = "replicates" needs [design.replicates].',
    "not-fixed-size": (
        'PSUs were drawn independently of each other: take pps_variance = "horvitz-thompson".'
    ),
    "not-linear": "{estimator} cannot be linearised here; use replicate weights.",
    "replicate-scales-needed": "the method {method} needs «rscales».",
    "too-few-replicates": "{n_replicates} replicates are too few.",
    "too-many-pairs": "{n_psu} PSUs make too many pairs; take pps-hartley-rao or pps-overton.",
    "too-many-replicates": "{n_psu} PSUs in {n_replicates} replicates do not fit in memory.",
    "joint-wrong-shape": "there is not one joint probability for each two PSUs.",
}

NOTES: Final[Mapping[str, str]] = {
    "empty-domain": "Nobody contributes.",
    "no-degrees-of-freedom": "No degrees of freedom: the width of the interval is not known.",
    "no-variation": "Nothing varies in the sample; the interval is made as for independent people.",
    "fixed-by-design": "Fixed by the design or by known totals: it has no sampling error.",
    "lonely-psu": "Strata with a single unit, treated by «{detail}».",
    "replicates-without-value": (
        "Some replicates have no value here; the error comes from the others."
    ),
    "at-bounds": "Weights at a bound: {detail}.",
    "branch-absent": "Nobody answered «{detail}» here; its weight goes to the others.",
    "cells-merged": "Cells put together: {detail}.",
    "eligible-total-moved": "The weight of those eligible changed by a share of {detail}.",
    "negative-variance": "The estimated variance is negative: the sample is too small to tell.",
    "negative-weights": "Negative weights: {detail}.",
    "outside-bounds": "Weights still outside the bounds: {detail}.",
    "replicate-not-adjusted": "A replicate could not be adjusted: {detail}.",
    "thin-cells": "Cells with few respondents: {detail}.",
    "trimmed": "Weights cut off: {detail}.",
}

WORDS: Final[Mapping[str, str]] = {
    "bounds": "the bounds are too narrow",
    "nobody-has-it": "nobody in the sample has",
    "totals-disagree": "these totals contradict each other:",
    "lower-not-below-upper": "the lower bound must be below the upper.",
    "upper-not-positive": "the upper bound must be positive.",
    "logit-needs-bounds-around-one": (
        'distance = "logit" needs two bounds, one below 1 and one above.'
    ),
    "nobody-responded": "nobody responded",
    "not-converged": "the model has no finite solution",
    "not a number": "it does not hold numbers",
    "no term is left": "no term is left",
    "not a category": "(it does not hold categories)",
    "not among the levels": "it is not among the levels",
    "joint-out-of-range": "it is missing, not above 0, or above 1",
    "joint-not-symmetric": "the pair has two different ones",
    "joint-wrong-diagonal": "the diagonal is not the PSU's own probability",
    "joint-too-large": "it is larger than one of the two probabilities",
    "joint-too-small": "it is smaller than the two probabilities allow",
}
