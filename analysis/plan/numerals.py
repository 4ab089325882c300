"""Numbers as people read them, in the manner of a language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

NOTHING: Final = "—"
MOST_DECIMALS: Final = 6
PERCENT_DECIMALS: Final = 2
LEAST_P: Final = 0.001
LARGEST: Final = 1e15
"""From here on a number is written with its power of ten."""


@dataclass(frozen=True, slots=True)
class Numerals:
    """How a language writes numbers.

    Attributes
    ----------
    decimal : str
        Decimal sign.
    group : str
        What stands between thousands.
    """

    decimal: str
    group: str

    def fixed(self, value: float | None, decimals: int) -> str:
        """Write a number with so many decimals."""
        if value is None or math.isnan(value):
            return NOTHING
        if math.isinf(value):
            return "∞" if value > 0 else "-∞"
        if abs(value) >= LARGEST:
            return f"{value:.3e}".replace(".", self.decimal)
        text = f"{value:,.{decimals}f}"
        if text.startswith("-") and not text.strip("-0.,"):
            text = text[1:]
        swapped = {",": self.group, ".": self.decimal}
        return "".join(swapped.get(sign, sign) for sign in text)

    def whole(self, value: float | None) -> str:
        """Write a number to the next whole one."""
        return self.fixed(value, 0)

    def percent(self, share: float | None, decimals: int = PERCENT_DECIMALS) -> str:
        """Write a share as a percentage."""
        if share is None or not math.isfinite(share):
            return NOTHING
        return self.fixed(100.0 * share, decimals) + "%"

    def p_value(self, value: float | None) -> str:
        """Write a p value to three decimals, very small ones as such."""
        if value is not None and value < LEAST_P:
            return "< " + self.fixed(LEAST_P, 3)
        return self.fixed(value, 3)

    def freedom(self, value: float | None) -> str:
        """Write degrees of freedom: whole ones without decimals."""
        return self.fixed(value, 0 if _is_whole(value) else 1)

    def brief(self, value: float | None) -> str:
        """Write any number on its own: whole ones without decimals, else four digits."""
        if value is None or not math.isfinite(value) or _is_whole(value):
            return self.fixed(value, 0)
        if 0 < abs(value) < 10.0**-MOST_DECIMALS:
            return f"{value:.1e}".replace(".", self.decimal)
        decimals = min(max(3 - _power(value), 0), MOST_DECIMALS)
        text = self.fixed(value, decimals)
        return text.rstrip("0").rstrip(self.decimal) if decimals else text


NUMERALS: Final[Mapping[str, Numerals]] = {"vi": Numerals(",", "."), "en": Numerals(".", ",")}


def decimals_of(errors: Iterable[float | None], values: Iterable[float | None] = ()) -> int:
    """Return how many decimals figures deserve that stand below each other.

    Three digits of the usual standard error, and two of the smallest if that is
    not many more; without errors, four digits of the usual value.

    Parameters
    ----------
    errors, values : iterable of float or None
        Standard errors and values of the figures.

    Returns
    -------
    int
        0 to ``MOST_DECIMALS``.
    """
    values = list(values)
    powers = sorted(_power(one) for one in errors if _is_positive(one))
    if powers:
        usual = 2 - powers[len(powers) // 2]
        wanted = max(usual, min(1 - powers[0], usual + 1))
    elif all(_is_whole(one) for one in values if one is not None and math.isfinite(one)):
        return 0
    else:
        sizes = sorted(_power(one) for one in values if _is_positive(abs(one or 0.0)))
        wanted = 3 - sizes[len(sizes) // 2] if sizes else 0
    return min(max(wanted, 0), MOST_DECIMALS)


def _is_positive(value: float | None) -> bool:
    """Say whether there is anything to read digits of; less is rounding of zero."""
    return value is not None and math.isfinite(value) and value > 1e-9


def _is_whole(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and float(value).is_integer()


def _power(value: float | None) -> int:
    return math.floor(math.log10(abs(value or 1.0)))
