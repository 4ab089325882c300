"""Numbers and names of reports, in the language of the request or the report."""

from collections.abc import Sequence

from flask_babel import gettext

from app import labels, numbers
from app.queries.publications import EstimateRow
from app.services.results import Figure, Quantity, Results


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def amount(value: float, quantity: Quantity, language: str) -> str:
    """Write the value of a node in what it is counted in."""
    if quantity is Quantity.SHARE:
        return numbers.percent(value, language)
    return numbers.decimal(value, language)


def shown(figure: Figure, language: str) -> str:
    """Write a figure's value; a dash when it is not published."""
    value = figure.main.value
    return "–" if value is None else amount(value, figure.quantity, language)


def ends(row: EstimateRow, quantity: Quantity, language: str) -> str:
    """Write an interval, e.g. ``92,3–95,6%``; empty without one."""
    if row.low is None or row.high is None:
        return ""
    low, high = (amount(end, quantity, language) for end in (row.low, row.high))
    return f"{low.removesuffix('%')}–{high}"


def people(n: int | None, language: str) -> str:
    """Write a number of respondents; one that is hidden is said to be."""
    return _("ẩn") if n is None else numbers.count(n, language)


def change(difference: float, quantity: Quantity, language: str) -> str:
    """Write a difference with its sign, shares in percentage points."""
    size = abs(difference)
    if quantity is Quantity.SHARE:
        written = _("%(n)s điểm %%", n=numbers.decimal(size * 100, language, 1))
    else:
        written = numbers.decimal(size, language)
    return ("+" if difference > 0 else "−" if difference < 0 else "") + written


def listed(names: Sequence[str]) -> str:
    """Join names as people say them: A, B và C."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s và %(last)s", first=", ".join(names[:-1]), last=names[-1])


def node(figure: Figure, language: str) -> str:
    """Name of a figure's node."""
    return labels.node_title(figure.node, language)


def place(figure: Figure, results: Results, language: str) -> str:
    """Name of a figure's domain."""
    return labels.domain_title(figure.domain, results.instrument, language)


def why(row: EstimateRow, results: Results, language: str) -> str:
    """Say why a row is not published."""
    first = next(iter(row.notes), None)
    return labels.note(first, results.method, language) if first else ""
