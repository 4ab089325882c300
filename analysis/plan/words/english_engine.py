"""English sentences about what the statistics refuse and what they reserve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "empty-sample": "there is no row.",
    "empty-domain": "nobody with a weight contributes.",
    "bad-weight": (
        "a weight must be a number and not negative, but is {value:n} in {row}. (Linear "
        "calibration without bounds can make negative weights.)"
    ),
    "no-weight": "all weights are zero.",
    "fractions-differ": (
        "stratum {stratum}: {row} says {value:n}, but data row {first} of the same stratum says "
        "{other:n}. It counts the units there were to draw from at this stage, one figure per "
        "stratum: are «strata» missing, or is it another stage's, or a weight?"
    ),
    "fpc-zero": (
        "it is 0 in {n:n} row(s), first in {row}: nobody could have been drawn from so few. Where "
        'the number is not known or does not matter, give "" for the stage.'
    ),
    "bad-fraction": (
        "{row} holds {value:n}, which is no number of units and no share drawn. It counts the "
        "units there were to draw from at this stage."
    ),
    "size-too-small": (
        "the stratum {stratum} is said to hold {size:n} units, but {drawn:n} were drawn from it; "
        "its first row is {row}."
    ),
    "psu-in-two-strata": (
        "«{psu}» of column «{column}» lies in two strata. If names repeat from stratum to stratum, "
        "say nested = true."
    ),
    "lonely-psu": (
        "{strata} strata hold one unit only, so that their variance is not known. Choose what they "
        'contribute in [design]: lonely = "adjust" (cautious), "average", "certainty" or "remove".'
    ),
    "no-pairs": (
        "{strata} strata hold one unit only that might not have been drawn: there is no pair to "
        "tell the "
        "variance from, and `lonely` says nothing of pairs. Merge strata, or say selection = "
        '"pps-brewer".'
    ),
    "unequal-designs": "estimates from different designs cannot be compared.",
    "bad-bounds": "the bounds leave a weight no room: {reason} {lower:n} {upper:n}",
    "bad-domains": (
        "there is no domain, or a row is in one that is not among them: {n_domains} {code}"
    ),
    "bad-column": "column «{column}{item}» holds what it may not: {value} {reason} {row}",
    "bad-probability": "a probability is not above 0 and at most 1: {value:n}.",
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
        "after {iterations} iterations the total «{worst}» is still missed by {distance:%}."
    ),
    "cells-without-total": "respondents are in cells without a total ({margin}): {cells}.",
    "empty-cells": "nobody in the sample can stand for these cells ({margin}): {cells}.",
    "thin-cells": "cells with fewer than {minimum} respondents: {cells}.",
    "missing-category": (
        "{respondents} respondents with a weight belong to no cell {margin}; a column of the step "
        "is empty for them."
    ),
    "missing-design": "column «{column}» is empty in {row}.",
    "propensity-not-estimated": "the propensity to respond cannot be estimated: {reason}.",
    "totals-disagree": (
        "the margins add up to different totals: {sums}. Correct them, or say reconcile = true: "
        "then all are scaled to the first."
    ),
    "trimming-impossible": (
        "the total cannot be kept within the bounds ({cells}): {lower:n} to {upper:n}."
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
    "corner-linearised": (
        "A score by steps, with a cap or a floor: its error is linearised, as this "
        "design has no replicates."
    ),
    "at-bounds": "Weights at a bound: {detail:n}.",
    "branch-absent": "Nobody answered «{detail}» here; its weight goes to the others.",
    "cells-merged": "Cells put together: {detail:n}.",
    "eligible-total-moved": "The weight of those eligible changed by {detail:%}.",
    "negative-variance": "The estimated variance is negative: the sample is too small to tell.",
    "negative-weights": "Negative weights: {detail:n}.",
    "outside-bounds": "Weights still outside the bounds: {detail:n}.",
    "replicate-not-adjusted": "A replicate could not be adjusted: {detail}.",
    "thin-cells": "Cells with few respondents: {detail:n}.",
    "trimmed": "Weights cut off: {detail:n}.",
    "end-beyond-data": (
        "An end of the interval lies beyond the smallest or largest answer: too few people for "
        "this quantile."
    ),
    "rounds-share-psus": (
        "Rounds «{part[0]}» and «{part[1]}» have {part[2]:n} PSU codes in common ({part[3]:n} and "
        '{part[4]:n} PSUs). If these are the same PSUs, say rounds = "overlapping" in [design]: '
        "the error of a change is another one then."
    ),
    "rounds-share-few": (
        "Rounds «{part[0]}» and «{part[1]}» are said to overlap, but have only {part[2]:n} PSUs in "
        "common ({part[3]:n} and {part[4]:n}). Are their codes typed alike in both files?"
    ),
    "psus-changed-strata": (
        "Between the rounds «{part[0]}» and «{part[1]}», {part[2]:n} PSU codes are found in other "
        "strata; they count as other PSUs."
    ),
    "codes-alike": (
        "Column «{part[0]}»: «{part[1]}» and «{part[2]}» differ only by how they were typed "
        "(zeros, spaces, capitals) and count as two categories."
    ),
    "many-domains": (
        "Estimate «{part[0]}»: {part[2]:n} domains by {part[1]}, half of them with at most "
        "{part[3]:n} respondents. The screen shows the first ones, --out writes all. For figures "
        "to be published, take columns with fewer categories."
    ),
    "totals-moved": (
        "Known totals of step {part[0]} ({part[1]}) are no longer met: «{part[2]}» is off by "
        "{part[3]:%}. Fit the weights once more after this step, or leave it out."
    ),
    "nothing-to-test": (
        "No p value: nothing varies from sample to sample (everybody was asked, or all are alike)."
    ),
    "no-freedom-to-test": (
        "No p value: {part[0]} degrees of freedom. There are too few PSUs for so many strata, "
        "categories or terms."
    ),
    "too-many-hypotheses": (
        "No p value: more is tested at once than the PSUs can tell apart; put categories together."
    ),
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
