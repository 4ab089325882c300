"""The sheets of a workbook of published figures."""

from zoneinfo import ZoneInfo

from flask_babel import gettext

from app import labels
from app.definitions import definitions
from app.i18n import TIMEZONE
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


def parts(results: Results, name: str, language: str) -> Sheet:
    """Arrange the figures of all domains: by kind, then by node, then as they are read."""
    rows: list[tuple[Cell, ...]] = []
    for kind in results.kinds:
        for node in reading_order.of_nodes(results):
            for figure in reading_order.of_figures(results.figures(kind, nodes=(node,)), results):
                cells = _estimate_cells(figure, results, language)
                rows.append((*_domain_cells(figure.domain, results, language), *cells))
        for count in _counts(results, kind):
            cells = _tally_cells(count, results, language)
            rows.append((*_domain_cells(count.domain, results, language), *cells))
    columns = _estimate_columns(results, language) if results.is_sample else _tally_columns()
    return Sheet(
        name, opening(results, language), words.warning(results), (*_domain_columns(), *columns),
        rows, can_filter=True, n_fixed=3,
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


def _domain_columns() -> tuple[Column, ...]:
    return (
        _text(_("Cách chia"), 21),
        _text(_("Mã"), 9),
        _text(_("Đơn vị hoặc nhóm"), 25),
    )


def _domain_cells(domain: Domain, results: Results, language: str) -> tuple[Cell, ...]:
    return (
        labels.kind_title(domain.kind, results.instrument, language),
        domain.code,
        labels.domain_title(domain, results.instrument, language),
    )


def _estimate_columns(results: Results, language: str) -> tuple[Column, ...]:
    main = _("Hài lòng, hoặc giá trị")
    ends = (_("Cận dưới"), _("Cận trên"))
    level = percent(results.facts.level, language, 0)
    return (
        _text(_("Chỉ tiêu"), 44),
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
        _text(_("Ghi chú"), 40),
    )


def _estimate_cells(figure: Figure, results: Results, language: str) -> tuple[Cell, ...]:
    row = figure.main
    is_share = figure.quantity is Quantity.SHARE
    kind = Kind.SHARE if is_share else Kind.DECIMAL
    return (
        labels.node_title(figure.node, language),
        *_values(row, kind),
        _number(row.standard_error, Kind.FINE_SHARE if is_share else Kind.DECIMAL),
        *_values(figure.neutral, Kind.SHARE),
        *_values(figure.dissatisfied, Kind.SHARE),
        _count(row.n) if row.n is not None else _("ẩn"),
        _count(row.effective_n),
        _count(row.df),
        _number(row.design_effect, Kind.DECIMAL),
        _number(row.target, kind),
        words.notes(row, results, language),
    )


def _values(row: EstimateRow | None, kind: Kind) -> tuple[Cell, ...]:
    """Value and ends of the interval; nothing where there is no such figure."""
    if row is None:
        return None, None, None
    return _number(row.value, kind), _number(row.low, kind), _number(row.high, kind)


def _tally_columns() -> tuple[Column, ...]:
    return (
        _text(_("Chỉ tiêu hoặc câu hỏi"), 50),
        Column(_("Tỷ lệ hài lòng"), 10),
        Column(_("Hài lòng"), 10, group=_("Số lượt đánh giá")),
        Column(_("Bình thường"), 10, group=_("Số lượt đánh giá")),
        Column(_("Không hài lòng"), 10, group=_("Số lượt đánh giá")),
        Column(_("Tổng cộng"), 10, group=_("Số lượt đánh giá")),
        Column(_("Số người trả lời"), 10),
        _text(_("Ghi chú"), 40),
    )


def _tally_cells(count: Count, results: Results, language: str) -> tuple[Cell, ...]:
    row = count.row
    return (
        labels.count_title(count, results, language),
        _number(row.value, Kind.SHARE if count.quantity is Quantity.SHARE else Kind.DECIMAL),
        _count(row.satisfied),
        _count(row.neutral),
        _count(row.dissatisfied),
        _count(row.n_ratings),
        _count(row.n) if row.n is not None else _("ẩn"),
        words.notes(row, results, language),
    )


def meanings(results: Results, language: str) -> Sheet:
    """Explain the terms and how every figure is computed."""
    method = results.method
    rows: list[tuple[Cell, ...]] = [
        (definition.term, definition.text) for definition in definitions(results, language)
    ]
    rows += [
        (labels.node_title(node, language), labels.rule(node, method, language))
        for node in method.nodes
    ]
    columns = (_text(_("Thuật ngữ, chỉ tiêu"), 48), _text(_("Giải thích"), 100))
    return Sheet(_("Định nghĩa"), opening(results, language), words.warning(results), columns, rows)


def provenance(results: Results, language: str) -> Sheet:
    """Name everything that the figures rest on."""
    facts, round_ = results.facts, results.facts.round
    rows: list[tuple[Cell, ...]] = [
        (_("Tỉnh"), labels.province(round_, language)),
        (_("Chương trình khảo sát"), labels.campaign_name(round_, language)),
        (_("Đợt"), f"{labels.round_name(round_, language)} ({round_.code})"),
        (_("Đối tượng"), labels.population(round_, language)),
        (
            _("Thời gian thu thập"),
            f"{labels.day(round_.opens_on, language)} – {labels.day(round_.closes_on, language)}",
        ),
        (_("Cách thu thập"), ", ".join(labels.mode(mode) for mode in round_.modes)),
        (_("Số phiếu"), Number(facts.n_responses, Kind.COUNT)),
        (
            _("Công bố"),
            _(
                "lần %(number)s, ngày %(day)s",
                number=facts.number,
                day=labels.day(facts.published_at.astimezone(ZoneInfo(TIMEZONE)).date(), language),
            ),
        ),
        (_("Cách tính"), f"{results.method.code}, {results.method.version}"),
        (_("Mã băm của cách tính"), facts.method_hash),
        (_("Mã băm của phiếu hỏi"), facts.instrument_hash),
        (_("Mã băm của bản chụp câu trả lời"), facts.snapshot_hash),
        (_("Phiên bản phần mềm"), facts.code_version),
        (_("Độ tin cậy"), Number(facts.level, Kind.SHARE)),
        (
            _("Quy tắc công bố"),
            ", ".join(f"{name} = {value}" for name, value in sorted(facts.quality_rules.items())),
        ),
        (
            _("Lệnh kiểm tra"),
            f"flask verify-publication {round_.code} --number {facts.number}",
        ),
    ]
    rows += [
        (
            _("Mục tiêu: %(node)s", node=labels.node_title(results.method.node(t.node), language)),
            t.source,
        )
        for t in results.targets
    ]
    columns = (_text(_("Mục"), 34), _text(_("Nội dung"), 100))
    return Sheet(_("Nguồn gốc"), opening(results, language), words.warning(results), columns, rows)


def _text(title: str, width: float) -> Column:
    return Column(title, width, wraps=True, is_text=True)


def _number(value: float | None, kind: Kind) -> Cell:
    return None if value is None else Number(value, kind)


def _count(value: float | None) -> Cell:
    return _number(value, Kind.COUNT)
