"""The first sheet of a workbook: how satisfied, how sure, and how far from the target."""

from flask_babel import gettext

from app import labels
from app.numbers import percent
from app.result_files import words
from app.result_files.sheets import count_cell, number_cell, opening, text_column
from app.services.exports.book import Cell, Column, Kind, Sheet
from app.services.results import Figure, Quantity, Results, Standing


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def overview(results: Results, language: str) -> Sheet:
    """Arrange the index and its components, one line each, with a sentence."""
    method = results.method
    nodes = (method.index, *method.components)
    if results.is_sample:
        rows = [_of_figure(figure, results, language) for figure in results.figures(nodes=nodes)]
        columns = _columns(results, language)
    else:
        rows = [
            (
                labels.count_title(count, results, language),
                number_cell(count.row.value, _kind(count.quantity)),
                count_cell(count.row.n),
                words.notes(count.row, results, language),
            )
            for count in results.counts()
            if count.row.subject in nodes
        ]
        columns = (
            text_column(_("Chỉ tiêu"), 48),
            Column(_("Tỷ lệ hài lòng"), 12),
            Column(_("Số người trả lời"), 12),
            text_column(_("Ghi chú"), 60),
        )
    return Sheet(
        _("Tổng quan"), opening(results, language), words.warning(results), columns, rows, n_bold=1
    )


def _columns(results: Results, language: str) -> tuple[Column, ...]:
    level = percent(results.facts.level, language, 0)
    interval = _("Khoảng tin cậy %(level)s", level=level)
    return (
        text_column(_("Chỉ tiêu"), 46),
        Column(_("Hài lòng, hoặc giá trị"), 12),
        Column(_("Cận dưới"), 9, group=interval),
        Column(_("Cận trên"), 9, group=interval),
        Column(_("Số người trả lời"), 11),
        Column(_("Mục tiêu"), 9),
        text_column(_("So với mục tiêu"), 26),
        text_column(_("Đọc là"), 62),
    )


def _of_figure(figure: Figure, results: Results, language: str) -> tuple[Cell, ...]:
    row, kind = figure.main, _kind(figure.quantity)
    return (
        labels.node_title(figure.node, language),
        number_cell(row.value, kind),
        number_cell(row.low, kind),
        number_cell(row.high, kind),
        count_cell(row.n) if row.n is not None else _("ẩn"),
        number_cell(row.target, kind),
        standing(figure.standing),
        _sentence(figure, results, language),
    )


def standing(found: Standing | None) -> str:
    """Say where a figure stands against its target."""
    if found is None:
        return ""
    return {
        Standing.REACHED: _("đạt"),
        Standing.MISSED: _("chưa đạt"),
        Standing.UNDECIDED: _("chưa đủ căn cứ kết luận"),
    }[found]


def _sentence(figure: Figure, results: Results, language: str) -> str:
    row = figure.main
    if row.value is None or row.low is None or row.high is None:
        return words.notes(row, results, language)
    if figure.quantity is not Quantity.SHARE:
        return ""
    return _(
        "Ước lượng %(value)s; con số của toàn bộ đối tượng nằm trong khoảng %(low)s–%(high)s với "
        "độ tin cậy %(level)s.",
        value=percent(row.value, language),
        low=percent(row.low, language),
        high=percent(row.high, language),
        level=percent(results.facts.level, language, 0),
    )


def _kind(quantity: Quantity) -> Kind:
    return Kind.SHARE if quantity is Quantity.SHARE else Kind.DECIMAL
