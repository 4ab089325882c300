"""Differences and verdicts in words, in the language of the request."""

from flask_babel import gettext

from app.numbers import decimal
from app.queries.findings import ChangeRow


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


def signed(value: float, language: str) -> str:
    """Write a difference of shares in percentage points with its sign, e.g. ``+1,2``."""
    shown = decimal(100 * abs(value), language, 1)
    if not shown.strip("0.,"):
        return shown
    return f"+{shown}" if value > 0 else f"−{shown}"


def between(low: float | None, high: float | None, language: str) -> str:
    """Write the interval of a difference; a dash without one."""
    if low is None or high is None:
        return "–"
    return _("từ %(low)s đến %(high)s", low=signed(low, language), high=signed(high, language))


def verdict(code: str) -> str:
    """Say where a figure stands against its target."""
    return {
        "reached": _("Đạt"),
        "missed": _("Chưa đạt"),
        "undecided": _("Chưa đủ căn cứ kết luận"),
        "unknown": _("Không công bố số liệu"),
    }[code]


def direction(row: ChangeRow, level: float, p_value: float | None) -> str:
    """Say whether a change can be told from none, by a p value alone or adjusted."""
    if p_value is None:
        return _("Không tính được sai số")
    if p_value > 1 - level:
        return _("Chưa đủ căn cứ nói có thay đổi")
    return _("Tăng") if row.value > 0 else _("Giảm")


def chance(share: float, language: str) -> str:
    """Write a probability in whole per cent; never certain, because it was simulated."""
    if share < 0.005:
        return _("dưới 1%")
    if share > 0.995:
        return _("trên 99%")
    return f"{decimal(100 * share, language, 0)}%"


def ranks(low: int, high: int) -> str:
    """Write an interval of ranks."""
    return str(low) if low == high else _("%(low)s đến %(high)s", low=low, high=high)
