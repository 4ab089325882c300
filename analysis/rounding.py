"""Rounding for people: half up, on what is shown, never inside a calculation."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: float, digits: int) -> Decimal:
    """Round a finite number as official tables do.

    Parameters
    ----------
    value : float
        The number as it is known; its shortest decimal form is rounded, so
        that 0.125 and 2.675 go up although their binary forms may lie below.
    digits : int
        Digits after the point.

    Returns
    -------
    Decimal
        With exactly that many digits; halves go away from zero.
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def percent(share: float, digits: int) -> Decimal:
    """Show a finite share as a percentage, rounded half up once, at the end.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    digits : int
        Digits after the point of the percentage.
    """
    exact = Decimal(repr(float(share))).scaleb(2)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
