"""The sheets of a workbook of published figures."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask_babel import gettext

from app import labels
from app.definitions import definitions
from app.i18n import TIMEZONE
from app.queries.publications import EstimateRow, TallyRow
from app.result_files import words
from app.services.exports.book import Cell, Column, Kind, Number, Sheet
from app.services.results import Quantity, Results, quantity


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def figures(results: Results, name: str, language: str, *, of_parts: bool) -> Sheet:
    """Arrange the rows of the whole population, or those of all its parts."""
    if results.is_sample:
        estimates = [row for row in results.estimates if bool(row.domain_kind) == of_parts]
        columns = _estimate_columns()
        rows = [_estimate_cells(row, results, language) for row in estimates]
        named: Sequence[EstimateRow | TallyRow] = estimates
    else:
        tallies = [row for row in results.tallies if bool(row.domain_kind) == of_parts]
        columns = _tally_columns()
        rows = [_tally_cells(row, results, language) for row in tallies]
        named = tallies
    if of_parts:
        columns = (*_domain_columns(), *columns)
        pairs = zip(named, rows, strict=True)
        rows = [(*_domain_cells(row, results, language), *cells) for row, cells in pairs]
    return Sheet(
        name, opening(results, language), words.warning(results), columns, rows,
        can_filter=True, n_fixed=3 if of_parts else 1,
    )  # fmt: skip


def opening(results: Results, language: str) -> tuple[str, str]:
    """Say what a sheet is about: the round, then where its figures come from."""
    title = labels.round_name(results.facts.round, language)
    return title, words.provenance_line(results, language)


def _domain_columns() -> tuple[Column, ...]:
    return (Column(_("Cách chia"), 24), Column(_("Mã"), 14), Column(_("Đơn vị hoặc nhóm"), 30))


def _domain_cells(row: EstimateRow | TallyRow, results: Results, language: str) -> tuple[Cell, ...]:
    kind = labels.kind_title(row.domain_kind, results.instrument, language)
    return kind, row.domain_code, words.domain(row, results, language)


def _estimate_columns() -> tuple[Column, ...]:
    return (
        Column(_("Chỉ tiêu"), 44),
        Column(_("Đo"), 15),
        Column(_("Giá trị"), 10),
        Column(_("Cận dưới"), 10),
        Column(_("Cận trên"), 10),
        Column(_("Sai số chuẩn"), 10),
        Column(_("Số người trả lời"), 10),
        Column(_("Cỡ mẫu hiệu dụng"), 11),
        Column(_("Bậc tự do"), 8),
        Column(_("Hệ số thiết kế"), 9),
        Column(_("Mục tiêu"), 10),
        Column(_("Ghi chú"), 60, wraps=True),
    )


def _estimate_cells(row: EstimateRow, results: Results, language: str) -> tuple[Cell, ...]:
    return (
        words.title(row, results, language),
        words.measure(row.measure),
        *_values(row, quantity(results.method, row.node)),
        _count(row.n) if row.n is not None else _("ẩn"),
        _count(row.effective_n),
        _count(row.df),
        _number(row.design_effect, Kind.DECIMAL),
        _number(row.target, Kind.SHARE),
        words.notes(row, results, language),
    )


def _values(row: EstimateRow, counted_in: Quantity) -> tuple[Cell, ...]:
    is_share = counted_in is Quantity.SHARE
    kind = Kind.SHARE if is_share else Kind.DECIMAL
    fine = Kind.FINE_SHARE if is_share else Kind.DECIMAL
    return (
        _number(row.value, kind),
        _number(row.low, kind),
        _number(row.high, kind),
        _number(row.standard_error, fine),
    )


def _tally_columns() -> tuple[Column, ...]:
    return (
        Column(_("Chỉ tiêu hoặc câu hỏi"), 44),
        Column(_("Tỷ lệ hài lòng"), 10),
        Column(_("Hài lòng"), 10),
        Column(_("Bình thường"), 10),
        Column(_("Không hài lòng"), 10),
        Column(_("Số lượt đánh giá"), 10),
        Column(_("Số người trả lời"), 10),
        Column(_("Ghi chú"), 60, wraps=True),
    )


def _tally_cells(row: TallyRow, results: Results, language: str) -> tuple[Cell, ...]:
    return (
        words.title(row, results, language),
        _number(row.value, _kind_of(row, results)),
        _count(row.satisfied),
        _count(row.neutral),
        _count(row.dissatisfied),
        _count(row.n_ratings),
        _count(row.n) if row.n is not None else _("ẩn"),
        words.notes(row, results, language),
    )


def _kind_of(row: TallyRow, results: Results) -> Kind:
    if row.is_node and quantity(results.method, row.subject) is not Quantity.SHARE:
        return Kind.DECIMAL
    return Kind.SHARE


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
    columns = (Column(_("Thuật ngữ, chỉ tiêu"), 48, wraps=True), Column(_("Giải thích"), 100, True))
    return Sheet(_("Định nghĩa"), opening(results, language), words.warning(results), columns, rows)


def provenance(results: Results, language: str) -> Sheet:
    """Name everything that the figures rest on."""
    facts, round_ = results.facts, results.facts.round
    rows: list[tuple[Cell, ...]] = [
        (_("Tỉnh"), labels.province(round_, language)),
        (_("Cuộc khảo sát"), labels.campaign_name(round_, language)),
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
        (_("Quy tắc tính"), f"{results.method.code}, {results.method.version}"),
        (_("Mã băm của quy tắc"), facts.method_hash),
        (_("Mã băm của phiếu hỏi"), facts.instrument_hash),
        (_("Mã băm của bản chụp câu trả lời"), facts.snapshot_hash),
        (_("Phiên bản chương trình"), facts.code_version),
        (_("Mức tin cậy"), Number(facts.level, Kind.SHARE)),
        (
            _("Quy tắc chất lượng"),
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
    columns = (Column(_("Mục"), 34, wraps=True), Column(_("Nội dung"), 100, wraps=True))
    return Sheet(_("Nguồn gốc"), opening(results, language), words.warning(results), columns, rows)


def _number(value: float | None, kind: Kind) -> Cell:
    return None if value is None else Number(value, kind)


def _count(value: float | None) -> Cell:
    return _number(value, Kind.COUNT)
