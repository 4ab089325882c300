"""What the integrity panel shows, written out: no page calculates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flask_babel import gettext as _

from app import integrity_words as words
from app.drawings import charts
from app.drawings.charts import Both, Dot, Heading
from app.drawings.days import Day, day_chart
from app.drawings.measures import Key
from app.drawings.svg import Pair
from app.i18n import current_language, format_day
from app.numbers import decimal, percent
from app.queries.coverage import ClosingDay, Coverage
from app.queries.screenings import FindingShown

MOST_IN_CHART: Final = 60


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in words."""

    found: FindingShown
    indicator: str
    channel: str
    seen: str
    check: str
    times: str
    p_value: str
    p_adjusted: str
    rarity: str
    rate: str
    without: str
    without_surplus: str
    decision: str


def finding_row(found: FindingShown) -> FindingRow:
    """Write a finding out."""
    language = current_language()
    last = found.last
    return FindingRow(
        found=found,
        indicator=str(words.INDICATORS[found.indicator]),
        channel=str(words.CHANNELS[found.channel]),
        seen=words.seen(found, decimal(found.expected, language, 1), days_of(found)),
        check=words.check(found.indicator),
        times=decimal(found.statistic, language, 1),
        p_value=probability(found.p_value),
        p_adjusted=probability(found.p_adjusted),
        rarity=words.rarity(found.p_adjusted),
        rate=share(found.rate),
        without=share(found.rate_without),
        without_surplus=share(found.rate_without_surplus),
        decision=str(words.DECISIONS[last.decision]) if last else "",
    )


def days_of(found: FindingShown) -> str:
    """Write the days of a burst."""
    if found.from_day is None or found.to_day is None:
        return ""
    if found.from_day == found.to_day:
        return str(_("ngày %(day)s", day=format_day(found.from_day)))
    return str(
        _("các ngày %(first)s–%(last)s", first=format_day(found.from_day),
          last=format_day(found.to_day))
    )  # fmt: skip


def probability(p: float) -> str:
    """Write a probability; very small ones are only said to be small."""
    language = current_language()
    return "< " + decimal(0.001, language, 3) if p < 0.001 else decimal(p, language, 3)


def share(value: float | None) -> str:
    """Write a rate: a share as per cent, points as they are."""
    if value is None:
        return "–"
    language = current_language()
    return percent(value, language) if 0 <= value <= 1 else decimal(value, language)


def covered(one: Coverage) -> str:
    """Write a coverage."""
    return "–" if one.share is None else percent(one.share, current_language())


def coverage_chart(rows: Sequence[Coverage], typical: float | None) -> Both | None:
    """Draw coverage by centre, the highest first."""
    told = sorted((r for r in rows if r.share is not None), key=lambda r: -(r.share or 0.0))
    if not told:
        return None
    dots = [
        Dot(row.name, min(row.share or 0.0, 1.0), None, None, None, covered(row))
        for row in told[:MOST_IN_CHART]
    ]  # fmt: skip
    title = str(_("Phần hồ sơ đã trả kết quả có câu trả lời"))
    said = "; ".join(f"{dot.label}: {dot.shown}" for dot in dots)
    keys = [Key("estimate", str(_("trung tâm")))]
    if typical is not None:
        keys.append(Key("reference", str(_("toàn đợt: %(share)s", share=share(typical)))))
    return charts.dot_chart(
        Heading("coverage", title, said), dots, keys, is_list=True, reference=typical
    )  # fmt: skip


def rate_chart(row: FindingRow) -> Both | None:
    """Draw the rate as it is and without what stands out; None where it is no share."""
    found = row.found
    values = (
        (str(_("Như đã gửi về")), found.rate, row.rate),
        (str(_("Không tính phần vượt mức chờ đợi")), found.rate_without_surplus,
         row.without_surplus),
        (str(_("Không tính mọi phiếu có dấu hiệu")), found.rate_without, row.without),
    )  # fmt: skip
    known = [each for each in values if each[1] is not None]
    if len(known) < 2 or not all(0 <= (value or 0.0) <= 1 for _label, value, _shown in known):
        return None
    dots = [
        Dot(label, value, None, None, None, shown, is_main=place == 0)
        for place, (label, value, shown) in enumerate(known)
    ]
    said = "; ".join(f"{label}: {shown}" for label, _value, shown in known)
    return charts.dot_chart(Heading("rate", str(_("Tỷ lệ thay đổi thế nào")), said), dots, [])


def burst_chart(found: FindingShown, days: Sequence[ClosingDay]) -> Pair | None:
    """Draw the answers of a centre by day, beside what the other days let expect."""
    if not days or found.from_day is None or found.to_day is None:
        return None
    first, last = days[0].closed_on, days[-1].closed_on
    by_day = {each.closed_on: each for each in days}
    own, others = sum(d.n_answers for d in days), sum(d.n_dossiers for d in days)
    drawn = []
    for place in range((last - first).days + 1):
        day = first + timedelta(days=place)
        here = by_day.get(day, ClosingDay(found.centre_id, day, 0, 0))
        drawn.append(
            Day(
                _short(day),
                here.n_answers,
                own * here.n_dossiers / max(others, 1),
                found.from_day <= day <= found.to_day,
            )
        )
    title = str(_("Số phiếu theo ngày"))
    said = str(
        _("Nhiều hơn các ngày khác: %(days)s, %(n)s phiếu.", days=days_of(found), n=found.n_found)
    )
    keys = [
        Key("satisfied", str(_("số phiếu"))),
        Key("dissatisfied", str(_("những ngày nổi lên"))),
        Key("interval", str(_("số chờ đợi"))),
    ]
    return day_chart(Heading("days", title, said), drawn, keys)


def _short(day: date) -> str:
    return f"{day.day}/{day.month}"
