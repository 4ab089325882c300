"""The sheets of a workbook of published figures."""

from flask_babel import gettext

from app import labels
from app.numbers import percent
from app.queries.publications import EstimateRow
from app.result_files import words
from app.services import reading_order
from app.services.exports.book import Cell, Column, Kind, Number, Sheet
from app.services.results import Count, Domain, Figure, Quantity, Results


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def whole(results: Results, name: str, language: str) -> Sheet:
    """Arrange the figures of the whole population, the index and its components first."""
    n_first = 1 + len(results.method.components)
    if results.is_sample:
        columns = _estimate_columns(results, language)
        figures = results.figures(nodes=reading_order.of_nodes(results))
        rows = [_estimate_cells(figure, results, language) for figure in figures]
    else:
        columns = _tally_columns()
        rows = [_tally_cells(count, results, language) for count in _counts(results)]
    return Sheet(
        name, opening(results, language), words.warning(results), columns, rows,
        can_filter=True, n_bold=n_first,
    )  # fmt: skip


def of_kind(results: Results, kind: str, name: str, language: str) -> Sheet:
    """Arrange the figures of the domains of one kind: by node, then as they are read."""
    rows: list[tuple[Cell, ...]] = []
    for node in reading_order.of_nodes(results):
        for figure in reading_order.of_figures(results.figures(kind, nodes=(node,)), results):
            cells = _estimate_cells(figure, results, language)
            rows.append((*_domain_cells(figure.domain, results, language), *cells))
    for count in _counts(results, kind):
        cells = _tally_cells(count, results, language)
        rows.append((*_domain_cells(count.domain, results, language), *cells))
    columns = _estimate_columns(results, language) if results.is_sample else _tally_columns()
    return Sheet(
        name, opening(results, language), words.warning(results),
        (*_domain_columns(labels.kind_title(kind, results.instrument, language)), *columns),
        rows, can_filter=True, n_fixed=2,
    )  # fmt: skip


def opening(results: Results, language: str) -> tuple[str, str]:
    """Say what a sheet is about: the round, then where its figures come from."""
    title = labels.round_name(results.facts.round, language)
    return title, words.provenance_line(results, language)


def _counts(results: Results, kind: str = "") -> list[Count]:
    """Tallies of a kind of group: nodes, then items, each in all groups."""
    by_subject: dict[tuple[bool, str], list[Count]] = {}
    for of_nodes in (True, False):
        for count in results.counts(kind, of_nodes=of_nodes):
            by_subject.setdefault((of_nodes, count.row.subject), []).append(count)
    nodes = [(True, node) for node in reading_order.of_nodes(results)]
    items = [key for key in by_subject if not key[0]]
    return [
        count
        for key in (*nodes, *items)
        for count in reading_order.of_counts(by_subject.get(key, []), results)
    ]


def _domain_columns(title: str) -> tuple[Column, ...]:
    return (text_column(_("Mã"), 9), text_column(title, 28))


def _domain_cells(domain: Domain, results: Results, language: str) -> tuple[Cell, ...]:
    return domain.code, labels.domain_title(domain, results.instrument, language)


def _estimate_columns(results: Results, language: str) -> tuple[Column, ...]:
    main = _("Hài lòng, hoặc giá trị")
    ends = (_("Cận dưới"), _("Cận trên"))
    level = percent(results.facts.level, language, 0)
    return (
        text_column(_("Chỉ tiêu"), 44),
        Column(_("Giá trị"), 8.5, group=main),
        *(Column(f"{end} ({level})", 8.5, group=main) for end in ends),
        Column(_("Sai số chuẩn"), 8.5, group=main),
        Column(_("Giá trị"), 8.5, group=_("Bình thường")),
        *(Column(f"{end} ({level})", 8.5, group=_("Bình thường")) for end in ends),
        Column(_("Giá trị"), 8.5, group=_("Không hài lòng")),
        *(Column(f"{end} ({level})", 8.5, group=_("Không hài lòng")) for end in ends),
        Column(_("Số người trả lời"), 9),
        Column(_("Cỡ mẫu hiệu dụng"), 9),
        Column(_("Bậc tự do"), 7),
        Column(_("Hệ số thiết kế"), 7),
        Column(_("Mục tiêu"), 8),
        text_column(_("Ghi chú"), 70),
    )


def _estimate_cells(figure: Figure, results: Results, language: str) -> tuple[Cell, ...]:
    row = figure.main
    is_share = figure.quantity is Quantity.SHARE
    kind = Kind.SHARE if is_share else Kind.DECIMAL
    return (
        labels.node_title(figure.node, language),
        *_values(row, kind),
        number_cell(row.standard_error, Kind.FINE_SHARE if is_share else Kind.DECIMAL),
        *_values(figure.neutral, Kind.SHARE),
        *_values(figure.dissatisfied, Kind.SHARE),
        count_cell(row.n) if row.n is not None else _("ẩn"),
        count_cell(row.effective_n),
        count_cell(row.df),
        number_cell(row.design_effect, Kind.DECIMAL),
        number_cell(row.target, kind),
        words.notes(row, results, language),
    )


def _values(row: EstimateRow | None, kind: Kind) -> tuple[Cell, ...]:
    """Value and ends of the interval; nothing where there is no such figure."""
    if row is None:
        return None, None, None
    return number_cell(row.value, kind), number_cell(row.low, kind), number_cell(row.high, kind)


def _tally_columns() -> tuple[Column, ...]:
    return (
        text_column(_("Chỉ tiêu hoặc câu hỏi"), 50),
        Column(_("Tỷ lệ hài lòng"), 10),
        Column(_("Hài lòng"), 10, group=_("Số lượt đánh giá")),
        Column(_("Bình thường"), 10, group=_("Số lượt đánh giá")),
        Column(_("Không hài lòng"), 10, group=_("Số lượt đánh giá")),
        Column(_("Tổng cộng"), 10, group=_("Số lượt đánh giá")),
        Column(_("Số người trả lời"), 10),
        text_column(_("Ghi chú"), 70),
    )


def _tally_cells(count: Count, results: Results, language: str) -> tuple[Cell, ...]:
    row = count.row
    return (
        labels.count_title(count, results, language),
        number_cell(row.value, Kind.SHARE if count.quantity is Quantity.SHARE else Kind.DECIMAL),
        count_cell(row.satisfied),
        count_cell(row.neutral),
        count_cell(row.dissatisfied),
        count_cell(row.n_ratings),
        count_cell(row.n) if row.n is not None else _("ẩn"),
        words.notes(row, results, language),
    )


def text_column(title: str, width: float) -> Column:
    """Make a column of texts."""
    return Column(title, width, wraps=True, is_text=True)


def number_cell(value: float | None, kind: Kind) -> Cell:
    """Make a cell of a number that may not be known."""
    return None if value is None else Number(value, kind)


def count_cell(value: float | None) -> Cell:
    """Make a cell of a number of people."""
    return number_cell(value, Kind.COUNT)
