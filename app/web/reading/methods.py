"""The page that says how much it matters by which rule the index is made."""

import math
from dataclasses import dataclass

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from analysis.index.alternatives import Alternative, asks_another_thing
from app import labels
from app.drawings.charts import Both
from app.i18n import current_language
from app.numbers import count, decimal
from app.services import alternatives, results
from app.services.alternatives import Comparison, Order, Other
from app.services.results import Quantity, Results
from app.web import context
from app.web.reading import drawings, pages, tables
from app.web.reading.pages import Area
from app.web.reading.tables import EstimateTable

COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Line:
    """One rule against that of the index, in words."""

    title: str
    rule: str
    difference: str
    interval: str
    verdict: str
    order: str


@dataclass(frozen=True, slots=True)
class OtherLine:
    """One figure of another index."""

    title: str
    value: str
    interval: str
    n: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class OtherIndex:
    """Another index made of the same answers."""

    title: str
    ident: str
    lines: tuple[OtherLine, ...]
    awaited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodsPage:
    """Everything the page says."""

    index_title: str
    sentences: tuple[str, ...]
    table: EstimateTable
    chart: Both | None
    lines: tuple[Line, ...]
    has_orders: bool
    others: tuple[OtherIndex, ...]


def methods_page(area: Area, code: str) -> ResponseReturnValue:
    """Show the index of a round by every rule it could be made by."""
    if area.scope is not None:
        abort(404)
    found = pages.open_round(area, code)
    if not found.is_sample:
        # Self-selected answers have counts only, and those are on the page of the round.
        return redirect(url_for(f"{area.name}.round_", code=code, lan=pages.chosen_number()), 303)
    if not found.method.alternatives:
        abort(404)
    with context.database().read() as db:
        settings = context.settings()
        compared = alternatives.compare(db, found, settings.var_dir, settings.code_version)
    page = _page(found, compared, current_language(), with_others=not area.public_only)
    return render_template("results/methods.html", **pages.frame(area, found), page=page)


def _page(found: Results, compared: Comparison, language: str, *, with_others: bool) -> MethodsPage:
    method = found.method
    same = found.figures("", "", (method.index, *method.alternatives))
    caption = _("Cùng câu trả lời, tính theo cách khác")
    table = tables.by_node(found, same, language, ident="rules", caption=caption)
    # One rule far below all others would leave no room to tell these apart.
    alike = [one for one in same if not asks_another_thing(method, one.node.code)]
    drawn = tables.by_node(found, alike, language, ident="drawn", caption=caption)
    orders = {one.node: one for one in alternatives.orders(found, COMMUNE)}
    return MethodsPage(
        index_title=labels.node_title(method.node(method.index), language),
        sentences=tuple(_sentences(found, compared, language)),
        table=table,
        chart=drawings.of_nodes(drawn, language),
        lines=tuple(
            _line(found, one, orders.get(one.node), language) for one in compared.alternatives[1:]
        ),
        has_orders=any(one.n_pairs for one in orders.values()),
        others=tuple(_other(one, language) for one in compared.others) if with_others else (),
    )


def _sentences(found: Results, compared: Comparison, language: str) -> list[str]:
    """Say in plain words how much the choice matters."""
    said = [
        _(
            "Văn bản công khai không nói rõ chỉ số chung được tổng hợp theo cách nào. Trang này "
            "tính lại cùng những câu trả lời ấy theo từng cách có thể."
        )
    ]
    is_share = results.quantity(found.method, found.method.index) is Quantity.SHARE
    if not math.isnan(compared.spread) and is_share:
        far, wide = (_points(one, language) for one in (compared.spread, compared.half_width))
        said.append(
            _(
                "Cách cho kết quả cao nhất và cách cho kết quả thấp nhất chênh nhau %(far)s điểm "
                "phần trăm; sai số chọn mẫu của con số chính thức là ±%(wide)s điểm phần trăm.",
                far=far,
                wide=wide,
            )
        )
        said.append(
            _(
                "Chọn cách tính ảnh hưởng nhiều hơn sai số chọn mẫu: khi so sánh với nơi khác hoặc "
                "năm khác, phải dùng cùng một cách tính."
            )
            if not compared.spread <= compared.half_width
            else _("Chọn cách tính ảnh hưởng ít hơn sai số chọn mẫu.")
        )
    other = [one for one in compared.alternatives if asks_another_thing(found.method, one.node)]
    if other and is_share:
        said.append(
            _(
                "Cách “%(name)s” không nằm trong phép so này: nó đếm những người hài lòng với mọi "
                "điều họ đã đánh giá, nên luôn thấp hơn nhiều.",
                name=labels.node_title(found.method.node(other[0].node), language),
            )
        )
    if compared.parts is not None:
        first, second = (
            labels.node_title(found.method.node(code), language)
            for code in (compared.parts.first, compared.parts.second)
        )
        said.append(
            _(
                "Trọng số của hai phần chưa được công bố. Cứ tăng trọng số của phần “%(second)s” "
                "thêm 0,1 và giảm phần “%(first)s” bấy nhiêu thì chỉ số thay đổi %(change)s điểm "
                "phần trăm.",
                first=first,
                second=second,
                change=_signed(compared.parts.per_tenth, language),
            )
        )
    return said


def _line(found: Results, one: Alternative, order: Order | None, language: str) -> Line:
    node = found.method.node(one.node)
    difference, interval, verdict = _told(one, language)
    return Line(
        title=labels.node_title(node, language),
        rule=labels.rule(node, found.method, language),
        difference=difference,
        interval=interval,
        verdict=verdict,
        order=_(
            "%(turned)s trong %(pairs)s cặp",
            turned=count(order.n_turned, language),
            pairs=count(order.n_pairs, language),
        )
        if order is not None and order.n_pairs
        else "–",
    )


def _told(one: Alternative, language: str) -> tuple[str, str, str]:
    """Write a difference in percentage points, its interval, and what may be said of it."""
    if one.difference is None:
        return "–", "–", _("đơn vị khác, không trừ được")
    low, high = one.difference.interval.low, one.difference.interval.high
    if math.isnan(low) or math.isnan(high):
        return _signed(one.difference.value, language), "–", _("không tính được sai số")
    verdict = _("chưa phân biệt được")
    if low > 0:
        verdict = _("cao hơn")
    elif high < 0:
        verdict = _("thấp hơn")
    ends = _("từ %(low)s đến %(high)s", low=_signed(low, language), high=_signed(high, language))
    return _signed(one.difference.value, language), ends, verdict


def _other(other: Other, language: str) -> OtherIndex:
    method = other.method
    shown = (method.index, *method.components)
    figures = {figure.node: figure for figure in other.figures}
    estimated = {node.code for node in method.estimated}
    lines = []
    for code in shown:
        figure = figures.get(code)
        if figure is None or figure.value is None:
            continue
        is_share = results.quantity(method, code) is Quantity.SHARE
        lines.append(
            OtherLine(
                title=labels.node_title(method.node(code), language),
                value=_amount(figure.value, language, is_share=is_share),
                interval="–"
                if figure.low is None or figure.high is None
                else _(
                    "từ %(low)s đến %(high)s",
                    low=_amount(figure.low, language, is_share=is_share),
                    high=_amount(figure.high, language, is_share=is_share),
                ),
                n=_("ẩn") if figure.n is None else count(figure.n, language),
                is_main=code == method.index,
            )
        )
    return OtherIndex(
        title=labels.node_title(method.node(method.index), language),
        ident=other.name.replace("_", "-"),
        lines=tuple(lines),
        awaited=tuple(
            labels.node_title(method.node(code), language)
            for code in shown
            if code not in estimated
        ),
    )


def _amount(value: float, language: str, *, is_share: bool) -> str:
    return decimal(100 * value, language, 1) + "%" if is_share else decimal(value, language, 2)


def _points(value: float, language: str) -> str:
    return decimal(100 * value, language, 1)


def _signed(value: float, language: str) -> str:
    shown = _points(abs(value), language)
    if shown.strip("0.,") == "":
        return shown
    return f"+{shown}" if value > 0 else f"−{shown}"
