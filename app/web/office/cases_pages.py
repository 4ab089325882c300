"""What the pages of cases show: bars, badges, rates, histories, in words and places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_login import current_user

from app import case_words
from app.i18n import current_language, format_day
from app.numbers import count, percent
from app.queries.cases import Tally
from app.services.accounts import FIELDWORK, OFFICE, SUPERVISOR
from app.services.cases.outcomes import GroupRates
from app.services.cases.rules import HERE
from app.services.frames.contacts import Reader
from surveys.fieldwork.dispositions import ANSWERED, BY_CODE, Category
from surveys.fieldwork.rates import FORMULAS, OutcomeRates, Rate

BAR_WIDTH = 200.0
# Parts of a bar, in their order.
PARTS = ("answered", "refused", "other", "replaced", "open")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar, from 0 to `BAR_WIDTH`."""

    kind: str
    n: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """How far the work in a commune has come.

    ``n`` counts the cases given out: main, and reserves called up.
    """

    commune: str
    name: str
    n: int
    n_ended: int
    n_answered: int
    n_replaced: int
    parts: tuple[Part, ...]
    rate: str


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate of the whole draw, as it is shown."""

    name: str
    meaning: str
    formula: str
    value: str
    weighted: str
    note: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """All rates of one group, in the order of `FORMULAS`."""

    name: str
    n: int
    values: tuple[str, ...]


def may_record() -> bool:
    """Whether the person may work on cases."""
    return bool(current_user.has_role(OFFICE) or current_user.has_role(FIELDWORK))


def may_decide() -> bool:
    """Whether the person may be the second one."""
    return bool(current_user.has_role(OFFICE) or current_user.has_role(SUPERVISOR))


def reader() -> Reader:
    """Say who reads contacts."""
    return Reader(current_user.email, current_user.person.roles)


def moment(at: datetime) -> str:
    """Write a moment as people here do."""
    written = "d MMM y, HH:mm" if current_language() == "en" else "d/M/y, HH:mm"
    return str(format_datetime(at, written))


def day(at: datetime) -> str:
    """Write the day of a moment."""
    return format_day(at.astimezone(HERE).date())


def kind_of(disposition: str) -> str:
    """Part of a bar that a disposition belongs to."""
    found = BY_CODE[disposition]
    if not found.final:
        return "open"
    if found.category in ANSWERED:
        return "answered"
    return "refused" if found.category is Category.REFUSAL else "other"


def commune_rows(
    tallies: Sequence[Tally], names: dict[str, str], rates: Sequence[GroupRates]
) -> tuple[CommuneRow, ...]:
    """Lay out a bar for every commune, all in one scale: the commune with most cases is full."""
    by_commune: dict[str, list[Tally]] = {}
    for tally in tallies:
        by_commune.setdefault(tally.commune, []).append(tally)
    largest = max((sum(each.n for each in found) for found in by_commune.values()), default=1)
    response = {group.group: group.unweighted["RR2"] for group in rates}
    return tuple(
        _commune_row(code, names.get(code, code), found, largest, response.get(code))
        for code, found in sorted(by_commune.items())
    )


def _commune_row(
    code: str, name: str, tallies: Sequence[Tally], largest: int, response: Rate | None
) -> CommuneRow:
    counts = dict.fromkeys(PARTS, 0)
    for tally in tallies:
        counts["replaced" if tally.replaced else kind_of(tally.disposition)] += tally.n
    n = sum(counts.values())
    parts, x = [], 0.0
    for kind in PARTS:
        width = BAR_WIDTH * counts[kind] / largest
        if counts[kind]:
            parts.append(Part(kind, counts[kind], round(x, 2), round(width, 2)))
        x += width
    return CommuneRow(
        commune=code,
        name=name or _("Chưa rõ xã"),
        n=n,
        n_ended=n - counts["open"],
        n_answered=counts["answered"],
        n_replaced=counts["replaced"],
        parts=tuple(parts),
        rate=share(response.value if response is not None else None),
    )


def share(value: float | None) -> str:
    """Write a rate; a dash where there is none."""
    return "–" if value is None else str(percent(value, current_language()))


def rate_lines(whole: GroupRates) -> tuple[RateLine, ...]:
    """Show every rate of the whole draw with its formula."""
    return tuple(
        RateLine(
            name=name,
            meaning=str(case_words.RATES[name]),
            formula=formula.text,
            value=share(whole.unweighted[name].value),
            weighted=share(whole.weighted[name].value),
            note=note(whole.unweighted[name]),
        )
        for name, formula in FORMULAS.items()
    )


def note(rate: Rate) -> str:
    """Say why a rate has no value."""
    return str(case_words.RATE_NOTES[rate.note]) if rate.note else ""


def group_lines(
    groups: Sequence[GroupRates], names: dict[str, str], *, weighted: bool
) -> tuple[GroupLine, ...]:
    """Show the rates of groups side by side."""
    return tuple(
        GroupLine(
            name=names.get(group.group, group.group) or _("Chưa rõ"),
            n=group.n,
            values=tuple(
                share((group.weighted if weighted else group.unweighted)[name].value)
                for name in FORMULAS
            ),
        )
        for group in groups
    )


def eligible_sentence(rates: OutcomeRates) -> str:
    """Say where the share of eligible cases among the unknown comes from."""
    value = share(rates.e)
    sentences = {
        "given": _("e = %(e)s, do cán bộ đặt cho đợt này.", e=value),
        "own": _("e = %(e)s, ước tính từ các đối tượng đã rõ.", e=value),
        "all": _("e = %(e)s, ước tính từ toàn bộ mẫu.", e=value),
    }
    return str(sentences.get(rates.e_source, _("Chưa ước tính được e.")))


def category_lines(rates: OutcomeRates) -> list[tuple[str, str, str]]:
    """List the categories with their letters, meaning and number of cases."""
    counts = rates.counts
    language = current_language()
    return [
        (letters, str(meaning), count(getattr(counts, letters.lower()), language))
        for letters, meaning in case_words.CATEGORIES.items()
    ]


def local(at: datetime) -> datetime:
    """Give a time that was typed in its zone."""
    return at.replace(tzinfo=HERE)
