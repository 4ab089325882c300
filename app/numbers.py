"""Numbers as people read them: rounded half up once, then written in their language.

Babel alone rounds halves to even, so 0.9405 would show as 94,0%; official tables say 94,1%.
"""

from babel.numbers import format_decimal, format_percent

from analysis.rounding import round_half_up


def percent(share: float, language: str, digits: int = 1) -> str:
    """Write a share between 0 and 1 as a percentage, e.g. ``94,1%``."""
    rounded = round_half_up(share, digits + 2)
    shown: str = format_percent(rounded, f"#,##0{_fraction(digits)}%", locale=language)
    return shown


def decimal(value: float, language: str, digits: int = 2) -> str:
    """Write a number with a fixed count of decimals, e.g. ``1,42``."""
    rounded = round_half_up(value, digits)
    shown: str = format_decimal(rounded, f"#,##0{_fraction(digits)}", locale=language)
    return shown


def count(number: float, language: str) -> str:
    """Write a number of people or units, e.g. ``1.593``."""
    return decimal(number, language, 0)


def _fraction(digits: int) -> str:
    return "." + "0" * digits if digits else ""
