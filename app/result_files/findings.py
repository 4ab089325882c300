"""Sheets of what a publication says beyond its figures: ranks, targets, changes."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from app import labels
from app.queries.findings import ChangeRow, Findings, RankRow, VerdictRow
from app.result_files import words
from app.result_files.sheets import count_cell, number_cell, opening, text_column
from app.services.exports.book import Cell, Column, Kind, Sheet
from app.services.results import Domain, Quantity, Results, quantity


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def sheets(results: Results, found: Findings, language: str) -> list[Sheet]:
    """Arrange what there is of ranks, verdicts and changes."""
    arranged = []
    if found.ranks:
        arranged.append(_ranking(results, found.ranks, language))
    if found.verdicts:
        arranged.append(_targets(results, found.verdicts, language))
    if found.changes:
        arranged.append(_changes(results, found.changes, language))
    return arranged


def _ranking(results: Results, ranks: Sequence[RankRow], language: str) -> Sheet:
    """Tell ranks as intervals only: a bare rank would claim what nobody knows."""
    values = {
        (row.node, row.domain_kind, row.domain_code): row
        for row in results.estimates
        if row.measure in ("satisfied", "value")
    }
    rows = []
    for rank in ranks:
        row = values.get((rank.node, rank.domain_kind, rank.domain_code))
        kind = _kind(results, rank.node)
        rows.append(
            (
                *_place(rank.node, rank.domain_kind, rank.domain_code, results, language),
                *(number_cell(getattr(row, end, None), kind) for end in ("value", "low", "high")),
                count_cell(rank.low),
                count_cell(rank.high),
                count_cell(rank.joint_low),
                count_cell(rank.joint_high),
                count_cell(rank.n_ranked),
                number_cell(rank.p_top, Kind.SHARE),
                ", ".join(rank.groups),
            )
        )
    top = ranks[0].top
    alone, joint = _("Thứ hạng của riêng đơn vị"), _("Thứ hạng đồng thời của mọi đơn vị")
    columns = (
        *_place_columns(),
        Column(_("Giá trị"), 9),
        Column(_("Cận dưới"), 9),
        Column(_("Cận trên"), 9),
        Column(_("Từ hạng"), 8, group=alone),
        Column(_("Đến hạng"), 8, group=alone),
        Column(_("Từ hạng"), 8, group=joint),
        Column(_("Đến hạng"), 8, group=joint),
        Column(_("Số đơn vị được so"), 9),
        Column(_("Xác suất thuộc nhóm %(top)s cao nhất", top=top), 14),
        text_column(_("Nhóm không phân biệt được"), 18),
    )
    said = _("Hạng 1 là cao nhất. Các đơn vị chung một nhóm chưa đủ căn cứ để nói nơi nào hơn.")
    return _sheet(results, _("Xếp hạng"), said, columns, rows, language)


def _targets(results: Results, verdicts: Sequence[VerdictRow], language: str) -> Sheet:
    values = {
        (row.node, row.domain_kind, row.domain_code): row
        for row in results.estimates
        if row.measure in ("satisfied", "value")
    }
    rows = []
    for verdict in verdicts:
        row = values.get((verdict.node, verdict.domain_kind, verdict.domain_code))
        kind = _kind(results, verdict.node)
        rows.append(
            (
                *_place(verdict.node, verdict.domain_kind, verdict.domain_code, results, language),
                number_cell(verdict.target, kind),
                *(number_cell(getattr(row, end, None), kind) for end in ("value", "low", "high")),
                _verdicts()[verdict.verdict],
                _verdicts()[verdict.verdict_holm],
                count_cell(verdict.n_family),
                verdict.source,
            )
        )
    columns = (
        *_place_columns(),
        Column(_("Mục tiêu"), 9),
        Column(_("Giá trị"), 9),
        Column(_("Cận dưới"), 9),
        Column(_("Cận trên"), 9),
        text_column(_("Kết luận"), 24),
        text_column(_("Khi xét cùng các đơn vị khác (Holm)"), 24),
        Column(_("Số mục tiêu xét cùng"), 10),
        text_column(_("Nguồn của mục tiêu"), 36),
    )
    said = _("Chỉ kết luận đạt hay chưa đạt khi cả khoảng tin cậy nằm về một phía của mục tiêu.")
    return _sheet(results, _("Mục tiêu"), said, columns, rows, language)


def _changes(results: Results, changes: Sequence[ChangeRow], language: str) -> Sheet:
    rows = [
        (
            *_place(change.node, change.domain_kind, change.domain_code, results, language),
            *(
                number_cell(value, _kind(results, change.node))
                for value in (change.value, change.low, change.high)
            ),
            _direction(change),
        )
        for change in changes
    ]
    columns = (
        *_place_columns(),
        Column(_("Thay đổi"), 10),
        Column(_("Cận dưới"), 10),
        Column(_("Cận trên"), 10),
        text_column(_("Đọc là"), 34),
    )
    said = _("Thay đổi so với đợt trước cùng cách tính, có khoảng tin cậy riêng.")
    return _sheet(results, _("Thay đổi"), said, columns, rows, language)


def _direction(change: ChangeRow) -> str:
    if change.low is None or change.high is None:
        return ""
    if change.low > 0:
        return _("tăng")
    return _("giảm") if change.high < 0 else _("chưa đủ căn cứ nói tăng hay giảm")


def _verdicts() -> Mapping[str, str]:
    return {
        "reached": _("đạt"),
        "missed": _("chưa đạt"),
        "undecided": _("chưa đủ căn cứ kết luận"),
        "unknown": _("không công bố"),
    }


def _place_columns() -> tuple[Column, ...]:
    return (text_column(_("Chỉ tiêu"), 34), text_column(_("Mã"), 9), text_column(_("Đơn vị"), 26))


def _place(node: str, kind: str, code: str, results: Results, language: str) -> tuple[Cell, ...]:
    named = {each.code: each.name for each in results.domains(kind)} if kind else {}
    domain = Domain(kind, code, named.get(code, code))
    return (
        labels.node_title(results.method.node(node), language),
        code,
        labels.domain_title(domain, results.instrument, language),
    )


def _kind(results: Results, node: str) -> Kind:
    return Kind.SHARE if quantity(results.method, node) is Quantity.SHARE else Kind.DECIMAL


def _sheet(
    results: Results,
    name: str,
    said: str,
    columns: tuple[Column, ...],
    rows: Sequence[Sequence[Cell]],
    language: str,
) -> Sheet:
    return Sheet(
        name, (*opening(results, language), said), words.warning(results), columns, rows,
        can_filter=True, n_fixed=3,
    )  # fmt: skip
