"""The sheets at the end of a workbook: rules, terms, weights, where the figures come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext

from app import labels
from app.definitions import definitions
from app.i18n import TIMEZONE
from app.result_files import words
from app.result_files.sheets import count_cell, opening, text_column
from app.services.exports.book import Cell, Column, Kind, Number, Sheet
from app.services.results import Results
from app.services.weight_lines import WeightLine


@dataclass(frozen=True, slots=True)
class Verification:
    """How the file can be checked.

    Attributes
    ----------
    fingerprint : str
        Of the key that signs it.
    public_key : str
        The key itself, in hexadecimal digits.
    address : str
        Page where everybody can have a file checked.
    """

    fingerprint: str
    public_key: str
    address: str


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def rules(results: Results, language: str) -> Sheet:
    """Say of every node how it is computed and from which questions."""
    method = results.method
    wording = labels.wording(results.instrument, language)
    rows: list[tuple[Cell, ...]] = [
        (
            labels.node_title(node, language),
            labels.rule(node, method, language),
            "; ".join(wording.label(item) for item in node.items),
        )
        for node in method.nodes
    ]
    columns = (
        text_column(_("Chỉ tiêu"), 40),
        text_column(_("Cách tính"), 60),
        text_column(_("Câu hỏi"), 70),
    )
    return _sheet(results, _("Cách tính"), columns, rows, language)


def meanings(results: Results, language: str) -> Sheet:
    """Explain the terms."""
    rows: list[tuple[Cell, ...]] = [
        (definition.term, definition.text) for definition in definitions(results, language)
    ]
    columns = (text_column(_("Thuật ngữ"), 40), text_column(_("Giải thích"), 108))
    return _sheet(results, _("Định nghĩa"), columns, rows, language)


def weights(results: Results, lines: Sequence[WeightLine], language: str) -> Sheet:
    """Tell how weights are spread, as drawn and after every step."""
    rows: list[tuple[Cell, ...]] = [
        (
            words.weight_step(line.name),
            count_cell(line.n),
            Number(line.total, Kind.DECIMAL),
            *(Number(value, Kind.FINE) for value in (line.least, line.median, line.greatest)),
            Number(line.kish_effect, Kind.DECIMAL),
            count_cell(line.effective_n),
        )
        for line in lines
    ]
    columns = (
        text_column(_("Trọng số"), 44),
        Column(_("Số phiếu"), 10),
        Column(_("Tổng trọng số"), 14),
        Column(_("Nhỏ nhất"), 11, group=_("Một phiếu đại diện cho")),
        Column(_("Trung vị"), 11, group=_("Một phiếu đại diện cho")),
        Column(_("Lớn nhất"), 11, group=_("Một phiếu đại diện cho")),
        Column(_("Hệ số thiết kế do trọng số (Kish)"), 14),
        Column(_("Cỡ mẫu hiệu dụng do trọng số"), 14),
    )
    return _sheet(results, _("Trả lời và trọng số"), columns, rows, language)


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
        (_("Công bố"), _published(results, language)),
        (_("Cách tính"), f"{results.method.code}, {results.method.version}"),
        (_("Mã băm của cách tính"), facts.method_hash),
        (_("Mã băm của phiếu hỏi"), facts.instrument_hash),
        (_("Mã băm của bản chụp câu trả lời"), facts.snapshot_hash),
        *([(_("Mã băm của bộ trọng số"), facts.weights_hash)] if facts.weights_hash else []),
        (_("Phiên bản phần mềm"), facts.code_version),
        (_("Độ tin cậy"), Number(facts.level, Kind.SHARE)),
        (
            _("Quy tắc công bố"),
            ", ".join(f"{name} = {value}" for name, value in sorted(facts.quality_rules.items())),
        ),
        (_("Lệnh kiểm tra"), f"flask verify-publication {round_.code} --number {facts.number}"),
    ]
    rows += [
        (
            _("Mục tiêu: %(node)s", node=labels.node_title(results.method.node(t.node), language)),
            t.source,
        )
        for t in results.targets
    ]
    columns = (text_column(_("Mục"), 34), text_column(_("Nội dung"), 100))
    return _sheet(results, _("Nguồn gốc"), columns, rows, language)


def verification(results: Results, how: Verification, language: str) -> Sheet:
    """Say how anybody can tell whether the file is as it was issued."""
    rows: list[tuple[Cell, ...]] = [
        (_("Công bố"), _published(results, language)),
        (
            _("Chữ ký"),
            _(
                "Tệp này mang chữ ký số Ed25519 của nơi công bố, nằm trong thuộc tính tùy chỉnh "
                "của tệp. Sửa một ô bất kỳ thì chữ ký không còn đúng."
            ),
        ),
        (_("Dấu vân tay của khóa"), how.fingerprint),
        (_("Khóa công khai"), how.public_key),
        (
            _("Kiểm tra trên mạng"),
            _("Mở %(address)s rồi chọn tệp này; tệp không được lưu lại.", address=how.address),
        ),
        (_("Kiểm tra bằng lệnh"), "flask verify TEP.xlsx"),
        (
            _("Lưu ý"),
            _(
                "Lưu lại tệp bằng chương trình khác mà không sửa số nào thì vẫn nhận ra được từng "
                "ô đúng như đã công bố, nhưng màu sắc, cỡ chữ, biểu đồ có thể đã khác."
            ),
        ),
    ]
    columns = (text_column(_("Mục"), 34), text_column(_("Nội dung"), 100))
    return _sheet(results, _("Xác thực"), columns, rows, language)


def _published(results: Results, language: str) -> str:
    facts = results.facts
    day = facts.published_at.astimezone(ZoneInfo(TIMEZONE)).date()
    return _("lần %(number)s, ngày %(day)s", number=facts.number, day=labels.day(day, language))


def _sheet(
    results: Results,
    name: str,
    columns: tuple[Column, ...],
    rows: Sequence[Sequence[Cell]],
    language: str,
) -> Sheet:
    return Sheet(name, opening(results, language), words.warning(results), columns, rows)
