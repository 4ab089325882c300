"""English sentences about what the statistics refuse and what they reserve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "empty-sample": "there is no row.",
    "empty-domain": "nobody with a weight contributes.",
    "bad-weight": "the weights in column «{column}» cannot be used: {value} (row {row}).",
    "bad-fraction": (
        "the share or size of the population is outside what is possible, or differs within a "
        "stratum (row {row})."
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
}

NOTES: Final[Mapping[str, str]] = {
    "empty-domain": "Nobody contributes.",
    "no-degrees-of-freedom": "No degrees of freedom: the width of the interval is not known.",
    "no-variation": "Nothing varies in the sample; the interval is made as for independent people.",
    "lonely-psu": "Strata with a single unit, treated by «{detail}».",
    "replicates-without-value": "Some replicates have no value: {detail}",
}
