"""How the answers were weighted: step by step, as it is kept with the set of weights."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from app import weight_words
from app.numbers import count, decimal, percent
from app.queries.weights import SetShown
from app.reports.sources import Source
from app.services.reports.blocks import Align, Block, Column, Table, said


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def blocks(source: Source, language: str) -> Iterator[Block]:
    """Say which weights the figures rest on, and what each step did to them."""
    made = source.weight_set
    if made is None:
        yield said(
            _("Mỗi phiếu được tính theo trọng số gốc: nghịch đảo của xác suất được chọn vào mẫu. "
              "Lần công bố này không dùng bộ trọng số điều chỉnh theo không trả lời hoặc theo tổng "
              "đã biết.")
        )  # fmt: skip
        return
    summary = made.summary
    final = summary["final"]
    yield said(
        _(
            "Bộ trọng số số %(number)s: %(n)s phiếu trả lời đại diện cho %(total)s hồ sơ hoặc "
            "người. Trọng số lớn nhất bằng %(largest)s lần, nhỏ nhất bằng %(smallest)s lần trọng "
            "số trung bình. Vì trọng số không đều, %(n)s phiếu cho độ chính xác của khoảng "
            "%(effective)s phiếu chọn đều (hệ số Kish %(kish)s).",
            number=count(made.number, language),
            n=count(final["n"], language),
            total=count(summary["total"], language),
            largest=_number(summary["largest_by_mean"], language),
            smallest=_number(summary["smallest_by_mean"], language),
            effective=_number(final["effective_n"], language, 0),
            kish=_number(final["design_effect"], language),
        )
    )
    rates = summary.get("rates")
    if rates and rates["cases"] is not None and rates["weighted"] is not None:
        yield said(
            _(
                "Trong số người được chọn thuộc diện điều tra, %(cases)s trả lời (%(weighted)s "
                "tính theo trọng số).",
                cases=percent(rates["cases"], language),
                weighted=percent(rates["weighted"], language),
            )
        )
    yield from _steps(made, language)


def _steps(made: SetShown, language: str) -> Iterator[Block]:
    """Tabulate what each step did, with its notes below."""
    yield Table(
        _("Các bước tính trọng số"),
        (
            Column(_("Bước"), 0.7, Align.CENTER),
            Column(_("Việc làm"), 3.6, Align.LEFT),
            Column(_("Nhỏ nhất"), 1.0),
            Column(_("Lớn nhất"), 1.0),
            Column(_("Hệ số Kish trước"), 1.1),
            Column(_("Hệ số Kish sau"), 1.1),
        ),
        tuple(_row(step, language) for step in made.steps),
    )
    for step in made.steps:
        for note in step.get("notes", ()):
            text = weight_words.note(note["code"], note["detail"])
            yield said(
                _("Bước %(number)s: %(note)s", number=step["number"], note=text), kind="note"
            )


def _row(step: Mapping[str, Any], language: str) -> tuple[str, ...]:
    before, after = step["before"], step["after"]
    return (
        str(step["number"]),
        str(weight_words.STEPS[step["step"]]),
        _number(after["smallest"], language),
        _number(after["largest"], language),
        _number(before["design_effect"], language),
        _number(after["design_effect"], language),
    )


def _number(value: float | None, language: str, digits: int = 2) -> str:
    return "–" if value is None else decimal(value, language, digits)
