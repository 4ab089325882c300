"""A whole report about a publication, from the letterhead to the list of units."""

from dataclasses import replace
from datetime import date

from flask_babel import force_locale, gettext

from app import labels
from app.reports import annexes, body, findings, unit_pages
from app.reports.sources import Source
from app.result_files import words as file_words
from app.services.reports.blocks import Annex, Block, Fixed, Report, Signature
from app.services.reports.letterhead import Letterhead

LANGUAGES = ("vi", "en")


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def report(source: Source, letterhead: Letterhead, language: str, day: date) -> Report:
    """Put a report together.

    Parameters
    ----------
    day : date
        Day of the document.
    """
    with force_locale(language):
        return _report(source, letterhead, language, day)


def _report(source: Source, letterhead: Letterhead, language: str, day: date) -> Report:
    results = source.results
    facts = results.facts
    blocks: list[Block] = [
        *body.summary(source, language),
        *body.by_component(source, language),
        *body.compared(source, language),
        *body.by_unit(source, language),
        *findings.ranking(source, language),
        *findings.drivers(source, language),
        body.closing(source, letterhead.authority, letterhead.addressee, language),
        Signature(),
        *unit_pages.pages(source, language),
        *annexes.method(source, language),
        *annexes.units(source, language),
    ]
    return Report(
        language=language,
        letterhead=letterhead,
        fixed=fixed(letterhead, language, day),
        subject=_(
            "Kết quả đo lường sự hài lòng: %(round)s",
            round=labels.round_name(facts.round, language),
        ),
        warning=file_words.warning(results),
        watermark=_("DỮ LIỆU MÔ PHỎNG") if facts.round.simulated else "",
        foot=file_words.provenance_line(results, language),
        about=_about(source),
        created=facts.published_at,
        blocks=tuple(_attached(block, letterhead, day) for block in blocks),
    )


def fixed(letterhead: Letterhead, language: str, day: date) -> Fixed:
    """Give the words that stand in every report."""
    del language
    return Fixed(
        country=_("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        motto=_("Độc lập - Tự do - Hạnh phúc"),
        # The registry gives the number when the report is signed.
        number=_("Số:        /%(symbol)s", symbol=letterhead.symbol),
        place_and_day=_(
            "%(place)s, ngày %(day)s tháng %(month)s năm %(year)s",
            place=letterhead.place, day=f"{day.day:02d}",
            month=_month(day), year=day.year,
        ),
        kind=_("BÁO CÁO"),
        addressed=_("Kính gửi:"),
        recipients=_("Nơi nhận:"),
        table=_("Bảng"),
        picture=_("Hình"),
        sign_here=_("(Ký, ghi rõ họ tên)"),
    )  # fmt: skip


def _attached(block: Block, letterhead: Letterhead, day: date) -> Block:
    """Say below the title of an annex to which document it belongs."""
    if not isinstance(block, Annex):
        return block
    said = _(
        "(Kèm theo Báo cáo số        /%(symbol)s ngày %(day)s tháng %(month)s năm %(year)s của "
        "%(authority)s)",
        symbol=letterhead.symbol, day=f"{day.day:02d}", month=_month(day), year=day.year,
        authority=body.agency_name(letterhead.authority),
    )  # fmt: skip
    return replace(block, said=said)


def _month(day: date) -> str:
    """Write a month as the decree has it: January and February with two figures."""
    return f"{day.month:02d}" if day.month < 3 else str(day.month)


def _about(source: Source) -> str:
    """Name what the report is made from, for the properties of its file."""
    facts = source.results.facts
    return (
        f"{facts.round.code}; publication {facts.number}; snapshot {facts.snapshot_hash}; "
        f"version {facts.code_version}"
    )
