"""The page of a ranking: intervals of ranks and who cannot be told apart, never a bare rank."""

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.drawings.charts import Heading
from app.drawings.measures import Key
from app.drawings.ranks import Span, rank_chart
from app.drawings.svg import Pair
from app.i18n import current_language
from app.queries import findings
from app.queries.findings import Findings, RankRow
from app.queries.publications import EstimateRow
from app.services.results import Domain, Quantity, Results, quantity
from app.web import context
from app.web.reading import pages, rules, saying, tables
from app.web.reading.pages import Area
from app.web.reading.rules import Choice

# What a province asks for first.
FIRST = "commune"


@dataclass(frozen=True, slots=True)
class Line:
    """One unit: what can be said of its rank, beside its figure."""

    label: str
    url: str | None
    row: RankRow
    figure: EstimateRow
    alone: str
    together: str
    region: str
    p_top: str
    groups: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """A unit without a rank, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Units that cannot be told apart."""

    number: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankingPage:
    """Everything the page says; `is_own`: of the reader's own units among all."""

    kind_title: str
    node_title: str
    quantity: Quantity
    kinds: tuple[Choice, ...]
    nodes: tuple[Choice, ...]
    kind: str
    node: str
    top: int
    sentences: tuple[str, ...]
    picture: Pair | None
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    hidden: tuple[Hidden, ...]
    basis: Any
    is_own: bool = False


def ranking_page(area: Area, code: str) -> ResponseReturnValue:
    """Show how far the units of a kind can be ranked; the address chooses kind and node.

    A unit viewer sees the place of the unit among all, and how many it cannot be told from.
    """
    found = pages.open_round(area, code)
    with context.database().read() as db:
        stored = findings.findings(db, found.facts.id)
    return render_template(
        "results/ranking.html",
        **pages.frame(area, found),
        page=_page(area, found, stored, current_language()) if _ranked(area, stored) else None,
        has_findings=stored.exist,
    )


def _ranked(area: Area, stored: Findings) -> tuple[str, ...]:
    """Kinds of units that are ranked and that the reader may see something of."""
    kinds = dict.fromkeys(row.domain_kind for row in stored.ranks)
    own = None if area.scope is None else {kind for kind, _code in area.scope}
    return tuple(kind for kind in kinds if own is None or kind in own)


def _page(area: Area, found: Results, stored: Findings, language: str) -> RankingPage:
    ranked = _ranked(area, stored)
    kind = request.args.get("kind", FIRST if FIRST in ranked else ranked[0])
    node = request.args.get("node", found.method.index)
    choices = rules.choices(found, node, language)
    if kind not in ranked or not any(choice.is_current for choice in choices):
        abort(404)
    among = [r for r in stored.ranks if (r.node, r.domain_kind) == (node, kind)]
    is_own = area.scope is not None
    rows = {
        r.domain_code: r
        for r in among
        if area.scope is None or (r.domain_kind, r.domain_code) in area.scope
    }
    figures = {f.domain.code: f for f in found.figures(kind, nodes=(node,))}
    link = pages.links(area, found)
    lines = tuple(
        _line(
            row, figures[code].main, _named(figures[code].domain, found, language), link, language
        )
        for code, row in sorted(
            rows.items(), key=lambda pair: (-(figures[pair[0]].main.value or 0.0), pair[0])
        )
    )
    top = lines[0].row.top if lines else 0
    title = labels.node_title(found.method.node(node), language)
    return RankingPage(
        kind_title=labels.kind_title(kind, found.instrument, language),
        node_title=title,
        quantity=quantity(found.method, node),
        kinds=tuple(
            Choice(each, labels.kind_title(each, found.instrument, language), each == kind)
            for each in ranked
        ),
        nodes=choices,
        kind=kind,
        node=node,
        top=top,
        sentences=tuple(_own_sentences(lines, among) if is_own else _sentences(lines, top))
        if lines
        else (),
        picture=_picture(lines, title, top) if lines else None,
        lines=lines,
        groups=_groups(lines, among),
        hidden=tuple(
            Hidden(
                _named(figure.domain, found, language),
                tables.reason(figure.main.notes, found, language)
                if figure.main.suppressed
                else _("Không có sai số nên không so sánh được."),
            )
            for code, figure in figures.items()
            if code not in rows
        ),
        basis=stored.bases["ranking"],
        is_own=is_own,
    )


def _named(domain: Domain, found: Results, language: str) -> str:
    return labels.domain_title(domain, found.instrument, language)


def _line(row: RankRow, figure: EstimateRow, label: str, link: tables.Link, language: str) -> Line:
    return Line(
        label=label,
        url=link(Domain(row.domain_kind, row.domain_code, figure.domain_name)),
        row=row,
        figure=figure,
        alone=saying.ranks(row.low, row.high),
        together=saying.ranks(row.joint_low, row.joint_high),
        region=saying.ranks(row.region_low, row.region_high),
        p_top=saying.chance(row.p_top, language),
        groups=", ".join(row.groups) or "–",
    )


def _sentences(lines: tuple[Line, ...], top: int) -> list[str]:
    """Say in plain words how far the order is known."""
    n = len(lines)
    said = [_("%(n)s nơi có số liệu được so sánh với nhau.", n=n)]
    if all((one.row.joint_low, one.row.joint_high) == (1, n) for one in lines):
        said.append(
            _(
                "Mẫu chưa đủ lớn để phân biệt bất kỳ hai nơi nào: nơi nào cũng có thể đứng ở bất "
                "kỳ thứ hạng nào."
            )
        )
        return said
    if n > top:
        sure = [one.label for one in lines if one.row.joint_high <= top]
        out = [one for one in lines if one.row.joint_low > top]
        said.append(
            _(
                "Chắc chắn trong %(top)s nơi cao nhất: %(names)s.",
                top=top,
                names="; ".join(sure),
            )
            if sure
            else _("Chưa nơi nào chắc chắn nằm trong %(top)s nơi cao nhất.", top=top)
        )
        if out:
            said.append(
                _("%(n)s nơi chắc chắn không nằm trong %(top)s nơi cao nhất.", n=len(out), top=top)
            )
    return said


def _picture(lines: tuple[Line, ...], title: str, top: int) -> Pair:
    spans = [
        Span(one.label, one.row.low, one.row.high, one.row.joint_low, one.row.joint_high, one.p_top)
        for one in lines
    ]
    said = "; ".join(
        _("%(name)s: hạng %(ranks)s", name=one.label, ranks=one.alone) for one in lines
    )
    legend = [
        Key("span", _("Khoảng thứ hạng của riêng từng nơi")),
        Key("joint", _("Khoảng đúng đồng thời cho mọi nơi")),
    ]
    heading = Heading("ranks", _("Khoảng thứ hạng: %(title)s", title=title), said)
    return rank_chart(heading, spans, lines[0].row.n_ranked, legend, _("Top %(top)s", top=top))


def _own_sentences(lines: tuple[Line, ...], among: list[RankRow]) -> list[str]:
    """Say where the reader's units may stand, and how many each cannot be told from."""
    said = [_("%(n)s nơi có số liệu được so sánh với nhau.", n=len(among))]
    for one in lines:
        alike = sum(not set(one.row.groups).isdisjoint(other.groups) for other in among) - 1
        said.append(
            _(
                "%(name)s: có thể đứng từ hạng %(low)s đến hạng %(high)s; chưa phân biệt được với "
                "%(n)s nơi khác.",
                name=one.label,
                low=one.row.low,
                high=one.row.high,
                n=alike,
            )
        )
    return said


def _groups(lines: tuple[Line, ...], among: list[RankRow]) -> tuple[Group, ...]:
    """Name the members of each group; those whom the reader may not see are counted."""
    numbers = sorted({number for one in lines for number in one.row.groups}, key=int)
    found = []
    for number in numbers:
        names = [one.label for one in lines if number in one.row.groups]
        others = sum(number in row.groups for row in among) - len(names)
        if others:
            names.append(_("%(n)s nơi khác", n=others))
        found.append(Group(number, tuple(names)))
    return tuple(found)
