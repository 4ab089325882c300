"""Numbers as people read them: rounded half-up, at display only.

Babel alone rounds halves to even, so 0.9405 would show as 94,0%; domain practice is 94,1%.
"""

from decimal import ROUND_HALF_UP, localcontext

from babel.numbers import format_decimal, format_percent

# Enough for any figure that is shown; the default of 28 would do as well.
_PRECISION = 40


def percent(share: float, language: str, digits: int = 1) -> str:
    """Write a share between 0 and 1 as a percentage, e.g. ``94,1%``."""
    with localcontext(prec=_PRECISION, rounding=ROUND_HALF_UP):
        shown: str = format_percent(share, f"#,##0{_fraction(digits)}%", locale=language)
    return shown


def decimal(value: float, language: str, digits: int = 2) -> str:
    """Write a number with a fixed count of decimals, e.g. ``1,42``."""
    with localcontext(prec=_PRECISION, rounding=ROUND_HALF_UP):
        shown: str = format_decimal(value, f"#,##0{_fraction(digits)}", locale=language)
    return shown


def count(number: float, language: str) -> str:
    """Write a number of people or units, e.g. ``1.593``."""
    return decimal(number, language, 0)


def _fraction(digits: int) -> str:
    return "." + "0" * digits if digits else ""
