"""Parts of a report that rest on what was frozen beside the figures: ranks, verdicts, drivers."""

from collections.abc import Sequence

from flask_babel import gettext

from app import labels
from app.numbers import count, percent
from app.queries.findings import DriverRow, RankRow, VerdictRow
from app.reports import words
from app.reports.body import unit_kind
from app.reports.sources import Source
from app.services.reports.blocks import Align, Block, Column, Heading, Table, said
from app.services.results import Domain

# From here on a probability is called nearly sure.
_SURE = 0.95
# So many criteria are named; the list is for an official, not for a model.
_MOST = 10


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def ranking(source: Source, language: str) -> list[Block]:
    """Say what can be said of ranks and of the targets of units, and what cannot."""
    blocks: list[Block] = [Heading(1, _("V. THỨ HẠNG VÀ MỤC TIÊU CỦA ĐƠN VỊ"))]
    kind = unit_kind(source.results)
    index = source.results.method.index
    ranks = [row for row in source.findings.ranks if (row.node, row.domain_kind) == (index, kind)]
    if ranks:
        blocks += _ranks(source, ranks, language)
    else:
        blocks.append(said(_("Lần công bố này không có thứ hạng của đơn vị.")))
    verdicts = [row for row in source.findings.verdicts if row.domain_kind == kind and kind]
    if verdicts:
        blocks += _verdicts(source, verdicts, language)
    else:
        blocks.append(said(_("Không có mục tiêu nào đặt riêng cho đơn vị.")))
    return blocks


def of_unit(source: Source, code: str, language: str) -> str:
    """Say of one unit which ranks it may have, and where it stands against its own targets."""
    kind, index = unit_kind(source.results), source.results.method.index
    ranks = [
        _(
            "Có thể đứng từ hạng %(low)s đến hạng %(high)s trong %(n)s đơn vị được so với nhau; "
            "xác suất thuộc %(top)s đơn vị cao nhất: %(share)s.",
            low=count(row.low, language),
            high=count(row.high, language),
            n=count(row.n_ranked, language),
            top=count(row.top, language),
            share=_probability(row.p_top, language),
        )
        for row in source.findings.ranks
        if (row.node, row.domain_kind, row.domain_code) == (index, kind, code)
    ]
    own = [
        _(
            "%(node)s %(target)s: %(verdict)s",
            node=labels.node_title(source.results.method.node(row.node), language),
            target=percent(row.target, language),
            verdict=_verdict(row.verdict_holm),
        )
        for row in source.findings.verdicts
        if (row.domain_kind, row.domain_code) == (kind, code)
    ]
    goals = [_("Mục tiêu của đơn vị: %(list)s.", list="; ".join(own))] if own else []
    return " ".join([*ranks, *goals])


def drivers(source: Source, language: str) -> list[Block]:
    """Say which criteria go with satisfaction as a whole, with the limits of saying so."""
    blocks: list[Block] = [Heading(1, _("VI. TIÊU CHÍ GẮN VỚI SỰ HÀI LÒNG CHUNG"))]
    rows = [row for row in source.findings.drivers if row.importance is not None]
    if not rows:
        text = _("Lần công bố này không có phân tích các tiêu chí gắn với sự hài lòng chung.")
        return [*blocks, said(text)]
    act = [row for row in rows if row.quadrant == "act"]
    sure = [row for row in act if row.is_clear]
    if sure:
        blocks.append(
            said(
                _(
                    "Cần ưu tiên cải thiện (gắn chặt với sự hài lòng chung, tỷ lệ hài lòng thấp "
                    "hơn mức trung bình của các tiêu chí, với toàn bộ khoảng tin cậy): %(list)s.",
                    list=words.listed([f"“{_item(source, row, language)}”" for row in sure]),
                )
            )
        )
    else:
        blocks.append(
            said(_("Chưa đủ căn cứ để nói chắc chắn tiêu chí nào cần ưu tiên cải thiện trước."))
        )
    blocks.append(_driver_table(source, rows, language))
    blocks.append(
        said(
            _(
                "Tầm quan trọng là chênh lệch trung bình về xác suất hài lòng chung giữa người hài "
                "lòng và người không hài lòng với tiêu chí. Đây là quan hệ đi cùng nhau trong câu "
                "trả lời, không chứng minh cải thiện tiêu chí sẽ làm tăng sự hài lòng chung."
            ),
            kind="note",
        )
    )
    return blocks


def _ranks(source: Source, rows: Sequence[RankRow], language: str) -> list[Block]:
    n, top = rows[0].n_ranked, rows[0].top
    sure = [row for row in rows if row.p_top >= _SURE]
    widest = max(row.high - row.low + 1 for row in rows)
    if sure:
        first = _(
            "Gần như chắc chắn (xác suất từ %(sure)s) nằm trong %(top)s đơn vị cao nhất: %(list)s.",
            sure=percent(_SURE, language, 0),
            top=count(top, language),
            list=words.listed([_unit(source, row.domain_code, language) for row in sure]),
        )
    else:
        first = _(
            "Không đơn vị nào gần như chắc chắn (xác suất từ %(sure)s) nằm trong %(top)s đơn vị "
            "cao nhất.",
            sure=percent(_SURE, language, 0),
            top=count(top, language),
        )
    return [
        said(
            _(
                "Chỉ %(n)s đơn vị có kết quả công bố được so với nhau. Thứ hạng của một đơn vị là "
                "một khoảng, rộng nhất tới %(widest)s hạng; không in một hạng duy nhất vì mẫu "
                "không cho phép nói chắc như vậy.",
                n=count(n, language),
                widest=count(widest, language),
            ),
            first,
        ),
        _rank_table(source, rows, language),
    ]


def _rank_table(source: Source, rows: Sequence[RankRow], language: str) -> Table:
    """Tabulate intervals of ranks, never a rank alone."""
    top = rows[0].top
    level = percent(source.results.level, language, 0)
    columns = (
        Column(_("Đơn vị"), 2.6, Align.LEFT),
        Column(_("Hài lòng"), 1.1),
        Column(_("Khoảng hạng của riêng đơn vị"), 1.6, Align.CENTER),
        Column(_("Khoảng hạng đúng cùng lúc cho mọi đơn vị"), 1.9, Align.CENTER),
        Column(_("Xác suất thuộc %(top)s đơn vị cao nhất", top=top), 1.6),
    )
    ordered = sorted(rows, key=lambda row: (row.low, row.high, row.domain_code))
    return Table(
        _("Khoảng thứ hạng của đơn vị, mức tin cậy %(level)s", level=level),
        columns,
        tuple(
            (
                _unit(source, row.domain_code, language),
                _value(source, row.domain_code, language),
                _range(row.low, row.high),
                _range(row.joint_low, row.joint_high),
                _probability(row.p_top, language),
            )
            for row in ordered
        ),
    )


def _verdicts(source: Source, rows: Sequence[VerdictRow], language: str) -> list[Block]:
    counted = {
        verdict: sum(row.verdict_holm == verdict for row in rows)
        for verdict in ("reached", "missed", "undecided", "unknown")
    }
    columns = (
        Column(_("Đơn vị"), 2.4, Align.LEFT),
        Column(_("Chỉ tiêu"), 2.6, Align.LEFT),
        Column(_("Mục tiêu"), 1.0),
        Column(_("Xét riêng"), 1.3, Align.CENTER),
        Column(_("Xét cùng các đơn vị khác"), 1.6, Align.CENTER),
    )
    return [
        said(
            _(
                "Mục tiêu của đơn vị, xét cùng lúc để không kết luận nhầm do ngẫu nhiên (Holm): "
                "%(reached)s đạt, %(missed)s chưa đạt, %(undecided)s chưa đủ căn cứ, %(unknown)s "
                "không công bố.",
                **{verdict: count(n, language) for verdict, n in counted.items()},
            )
        ),
        Table(
            _("Mục tiêu của đơn vị"),
            columns,
            tuple(
                (
                    _unit(source, row.domain_code, language),
                    labels.node_title(source.results.method.node(row.node), language),
                    percent(row.target, language),
                    _verdict(row.verdict),
                    _verdict(row.verdict_holm),
                )
                for row in rows
            ),
        ),
    ]


def _driver_table(source: Source, rows: Sequence[DriverRow], language: str) -> Table:
    level = percent(source.results.level, language, 0)
    ordered = sorted(rows, key=lambda row: -(row.importance or 0.0))[:_MOST]
    columns = (
        Column(_("Tiêu chí"), 3.1, Align.LEFT),
        Column(_("Tầm quan trọng"), 1.25),
        Column(_("Khoảng tin cậy %(level)s", level=level), 1.5),
        Column(_("Tỷ lệ hài lòng"), 1.25),
        Column(_("Nhóm"), 2.0, Align.CENTER),
    )
    return Table(
        _("Các tiêu chí có tầm quan trọng lớn nhất"),
        columns,
        tuple(
            (
                _item(source, row, language),
                percent(row.importance or 0.0, language),
                "–"
                if row.importance_low is None or row.importance_high is None
                else f"{percent(row.importance_low, language).removesuffix('%')}–"
                f"{percent(row.importance_high, language)}",
                "–" if row.performance is None else percent(row.performance, language),
                _quadrant(row),
            )
            for row in ordered
        ),
    )


def _quadrant(row: DriverRow) -> str:
    named = {
        "act": _("ưu tiên cải thiện"),
        "keep": _("giữ vững"),
        "watch": _("theo dõi"),
        "enough": _("đủ tốt"),
    }.get(row.quadrant or "", "–")
    return named if row.is_clear or named == "–" else _("%(name)s (chưa chắc)", name=named)


def _verdict(code: str) -> str:
    return {
        "reached": _("đạt"),
        "missed": _("chưa đạt"),
        "undecided": _("chưa rõ"),
        "unknown": _("không công bố"),
    }[code]


def _unit(source: Source, code: str, language: str) -> str:
    results = source.results
    kind = unit_kind(results)
    name = next((one.name for one in results.domains(kind) if one.code == code), code)
    return labels.domain_title(Domain(kind, code, name), results.instrument, language)


def _value(source: Source, code: str, language: str) -> str:
    results = source.results
    figure = results.figure(results.method.index, unit_kind(results), code)
    return "–" if figure is None else words.shown(figure, language)


def _item(source: Source, row: DriverRow, language: str) -> str:
    return labels.wording(source.results.instrument, language).label(row.item)


def _probability(share: float, language: str) -> str:
    """Write a probability from simulations: never as certain or impossible."""
    if share < 0.005:
        return _("dưới %(high)s", high=percent(0.01, language, 0))
    if share > 0.995:
        return _("trên %(low)s", low=percent(0.99, language, 0))
    return percent(share, language, 0)


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"
