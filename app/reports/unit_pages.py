"""A page for every unit of which something was published."""

from collections.abc import Sequence

from flask_babel import gettext

from app.numbers import percent
from app.reports import (
    findings,
    pictures,
    sentences,
    sentences_changes,
    sentences_units,
    standing,
    words,
)
from app.reports.body import main_figures, unit_kind
from app.reports.sources import Source
from app.services.reports.blocks import Align, Annex, Block, Column, Heading, Picture, Table, said
from app.services.results import Figure


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def pages(source: Source, language: str) -> list[Block]:
    """Give every unit a page, by code so that no page number reads as a rank.

    Units without a figure share one.
    """
    results = source.results
    kind = unit_kind(results)
    if not kind:
        return []
    blocks: list[Block] = [
        Annex(
            _("PHỤ LỤC I"),
            _("KẾT QUẢ CỦA TỪNG ĐƠN VỊ"),
        )
    ]
    by_code: dict[str, list[Figure]] = {}
    for figure in main_figures(results, kind):
        by_code.setdefault(figure.domain.code, []).append(figure)
    index = results.figures(kind, nodes=(results.method.index,))
    hidden = []
    shown = 0
    for first in sorted(index, key=lambda figure: figure.domain.code):
        figures = by_code[first.domain.code]
        if all(figure.main.value is None for figure in figures):
            hidden.append(first)
            continue
        blocks += _page(source, figures, language, new_page=shown > 0)
        shown += 1
    if hidden:
        blocks += _without_figures(source, hidden, language, new_page=shown > 0)
    return blocks


def unit_count(source: Source) -> int:
    """Count the units the report has pages for."""
    kind = unit_kind(source.results)
    return len(source.results.domains(kind)) if kind else 0


def _page(
    source: Source, figures: Sequence[Figure], language: str, *, new_page: bool
) -> list[Block]:
    results = source.results
    code = figures[0].domain.code
    wholes = [results.figure(figure.node.code) for figure in figures]
    index = next((one for one in figures if one.node.code == results.method.index), figures[0])
    parts = [one for one in figures if one is not index]
    of_parts = [whole for one, whole in zip(figures, wholes, strict=True) if one is not index]
    whole = results.figure(index.node.code)
    name = words.place(index, results, language)
    blocks: list[Block] = [
        Heading(3, name, new_page=new_page),
        said(
            sentences.headline(index, results, language),
            sentences.parts(index, language),
            sentences_units.unit(index, whole, language),
        ),
        said(sentences_units.components_apart(parts, of_parts, language)),
        *(said(text) for text in (findings.of_unit(source, code, language),) if text),
        said(sentences_changes.change(index, source.earlier, language)),
    ]
    picture = pictures.of_unit(figures, wholes, results, language, f"unit-{code}")
    if picture is not None:
        caption = _("%(unit)s: tỷ lệ hài lòng, so với toàn tỉnh", unit=name)
        blocks.append(Picture(picture.wide.svg, caption, picture.wide.heading.description, 150))
    blocks.append(_table(figures, wholes, source, name, language))
    blocks += [said(note, kind="note") for note in sentences.notes(figures, results, language)]
    return blocks


def _table(
    figures: Sequence[Figure],
    wholes: Sequence[Figure | None],
    source: Source,
    name: str,
    language: str,
) -> Table:
    results = source.results
    rows = []
    for figure, whole in zip(figures, wholes, strict=True):
        value = None if whole is None else whole.main.value
        rows.append(
            (
                words.node(figure, language),
                words.shown(figure, language),
                words.ends(figure.main, figure.quantity, language) or "–",
                words.people(figure.main.n, language),
                "–" if whole is None else words.shown(whole, language),
                sentences.side_word(standing.side(figure, value)),
            )
        )
    columns = (
        Column(_("Chỉ tiêu"), 2.7, Align.LEFT),
        Column(_("Đơn vị"), 1.0),
        Column(_("Khoảng tin cậy %(level)s", level=percent(results.level, language, 0)), 1.5),
        Column(_("Số người trả lời"), 1.3),
        Column(_("Toàn tỉnh"), 1.05),
        Column(_("So với mức chung"), 1.75, Align.CENTER),
    )
    main = frozenset(
        at for at, figure in enumerate(figures) if figure.node.code == results.method.index
    )
    return Table(_("Kết quả của %(unit)s", unit=name), columns, tuple(rows), main)


def _without_figures(
    source: Source, hidden: Sequence[Figure], language: str, *, new_page: bool
) -> list[Block]:
    results = source.results
    columns = (
        Column(_("Đơn vị"), 2.0, Align.LEFT),
        Column(_("Số người trả lời"), 1.2),
        Column(_("Lý do không công bố"), 4.0, Align.LEFT),
    )
    rows = tuple(
        (
            words.place(figure, results, language),
            words.people(figure.main.n, language),
            words.why(figure.main, results, language),
        )
        for figure in hidden
    )
    return [
        Heading(3, _("Đơn vị không công bố kết quả"), new_page=new_page),
        Table(_("Đơn vị không công bố kết quả và lý do"), columns, rows),
    ]
