"""The page of targets and changes: verdicts by interval, alone and judged together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import labels
from app.drawings import changes as arrows
from app.drawings import charts
from app.drawings.charts import Both, Dot, Heading
from app.drawings.measures import Key
from app.drawings.svg import Pair
from app.i18n import current_language
from app.numbers import percent
from app.queries import findings
from app.queries.findings import ChangeRow, Compared, Findings, VerdictRow
from app.queries.publications import EstimateRow
from app.services.results import Domain, Results
from app.web import context
from app.web.reading import pages, rules, saying, tables
from app.web.reading.pages import Area
from app.web.reading.rules import Choice


def _(text: str, **values: object) -> str:
    return str(gettext(text, **values))


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One figure against its target."""

    label: str
    url: str | None
    row: VerdictRow
    figure: EstimateRow
    reason: str
    verdict: str
    holm: str
    bh: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class GoalPart:
    """Targets that are judged together."""

    ident: str
    title: str
    head: str
    n_family: int
    said: str
    lines: tuple[GoalLine, ...]
    picture: Both | None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One figure against the round before."""

    label: str
    url: str | None
    row: ChangeRow
    figure: EstimateRow
    change: str
    interval: str
    verdict: str
    holm: str
    bh: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class ChangePart:
    """Changes that are judged together."""

    ident: str
    title: str
    head: str
    n_family: int
    lines: tuple[ChangeLine, ...]
    picture: Pair | None


@dataclass(frozen=True, slots=True)
class TargetsPage:
    """Everything the page says."""

    node: str
    nodes: tuple[Choice, ...]
    goals: tuple[GoalPart, ...]
    changes: tuple[ChangePart, ...]
    against: str
    sources: tuple[str, ...]
    overlapping: bool


def targets_page(area: Area, code: str) -> ResponseReturnValue:
    """Show targets and changes; the address chooses the node of the units.

    A unit viewer sees the unit's own, judged together with all units as they are for everybody.
    """
    found = pages.open_round(area, code)
    with context.database().read() as db:
        stored = findings.findings(db, found.facts.id, area.scope)
        earlier = stored.bases.get("changes", {}).get("earlier")
        before = None if earlier is None else findings.compared_with(db, earlier)
    return render_template(
        "results/targets.html",
        **pages.frame(area, found),
        page=_page(area, found, stored, before, current_language()) if stored.exist else None,
        is_own=area.scope is not None,
    )


def _page(
    area: Area, found: Results, stored: Findings, before: Compared | None, language: str
) -> TargetsPage:
    node = request.args.get("node", found.method.index)
    nodes = rules.choices(found, node, language)
    if not any(choice.is_current for choice in nodes):
        abort(404)
    main = {(f.node.code, f.domain.kind, f.domain.code): f.main for f in _figures(found)}
    namer = _Namer(found, pages.links(area, found), language)
    basis = stored.bases["changes"]
    # A change would tell what an earlier publication keeps to the office.
    may_compare = before is not None and (before.public or not area.public_only)
    rows = stored.changes if may_compare else ()
    return TargetsPage(
        node=node,
        nodes=nodes,
        goals=tuple(_goal_parts(stored.verdicts, main, namer, node)),
        changes=tuple(_change_parts(rows, main, namer, node)),
        against=_against(basis, before, may_compare=may_compare, language=language),
        sources=tuple(dict.fromkeys(row.source for row in stored.verdicts)),
        overlapping=bool(basis.get("overlapping")),
    )


def _figures(found: Results) -> list[Any]:
    nodes = (found.method.index, *found.method.components)
    return [figure for kind in ("", *found.kinds) for figure in found.figures(kind, nodes=nodes)]


@dataclass(frozen=True, slots=True)
class _Namer:
    """Names and addresses of what lines are about."""

    found: Results
    link: tables.Link
    language: str

    def node(self, code: str) -> str:
        """Name of a node."""
        return labels.node_title(self.found.method.node(code), self.language)

    def kind(self, code: str) -> str:
        """Name of a kind of unit."""
        return labels.kind_title(code, self.found.instrument, self.language)

    def line(self, row: VerdictRow | ChangeRow, figure: EstimateRow) -> tuple[str, str | None]:
        """Name and address of a line: the node in the whole, else the unit."""
        if not row.domain_kind:
            return self.node(row.node), None
        domain = Domain(row.domain_kind, row.domain_code, figure.domain_name)
        return labels.domain_title(domain, self.found.instrument, self.language), self.link(domain)


Main = dict[tuple[str, str, str], EstimateRow]


def _kinds(rows: Sequence[VerdictRow | ChangeRow]) -> list[str]:
    """Kinds of units there are rows about, the whole first."""
    kinds = dict.fromkeys(row.domain_kind for row in rows)
    return sorted(kinds, key=lambda kind: (kind != "", list(kinds).index(kind)))


def _goal_parts(rows: Sequence[VerdictRow], main: Main, namer: _Namer, node: str) -> list[GoalPart]:
    parts = []
    for kind in _kinds(rows):
        chosen = [r for r in rows if r.domain_kind == kind and (not kind or r.node == node)]
        lines = [_goal_line(row, main[row.node, kind, row.domain_code], namer) for row in chosen]
        if not kind:
            order = [namer.found.method.index, *namer.found.method.components]
            lines.sort(key=lambda line: order.index(line.row.node))
        else:
            lines.sort(key=lambda line: -(line.figure.value or -1.0))
        if not lines:
            continue
        title = _("Toàn tỉnh") if not kind else f"{namer.node(node)}: {namer.kind(kind)}"
        # In the whole each node is a family of its own; there is nothing to adjust.
        n_family = chosen[0].n_family if kind else 1
        parts.append(
            GoalPart(
                ident=f"goals-{kind or 'all'}",
                title=title,
                head=namer.kind(kind) if kind else _("Chỉ tiêu"),
                n_family=n_family,
                said=_counted(lines, n_family),
                lines=tuple(lines),
                picture=_goal_picture(lines, title, kind, namer.language),
            )
        )
    return parts


def _goal_line(row: VerdictRow, figure: EstimateRow, namer: _Namer) -> GoalLine:
    label, url = namer.line(row, figure)
    return GoalLine(
        label=label,
        url=url,
        row=row,
        figure=figure,
        reason=tables.reason(figure.notes, namer.found, namer.language)
        if figure.suppressed
        else "",
        verdict=saying.verdict(row.verdict),
        holm=saying.verdict(row.verdict_holm),
        bh=saying.verdict(row.verdict_bh),
        is_main=not row.domain_kind and row.node == namer.found.method.index,
    )


def _counted(lines: Sequence[GoalLine], n_family: int) -> str:
    """Say how many reached, missed, or cannot be told, with many judged together if they are."""
    verdicts = [line.row.verdict_holm if n_family > 1 else line.row.verdict for line in lines]
    counts = {code: verdicts.count(code) for code in ("reached", "missed", "undecided", "unknown")}
    said = _(
        "Đạt: %(reached)s. Chưa đạt: %(missed)s. Chưa đủ căn cứ kết luận: %(undecided)s.",
        **{name: counts[name] for name in ("reached", "missed", "undecided")},
    )
    if counts["unknown"]:
        said += " " + _("Không công bố số liệu: %(n)s.", n=counts["unknown"])
    if n_family > 1:
        said += " " + _("Đã xét đồng thời %(n)s nơi theo Holm.", n=n_family)
    return said


def _goal_picture(lines: Sequence[GoalLine], title: str, kind: str, language: str) -> Both | None:
    dots = [
        Dot(
            label=line.label,
            value=line.figure.value,
            low=line.figure.low,
            high=line.figure.high,
            target=line.row.target,
            shown="" if line.figure.value is None else percent(line.figure.value, language),
            reason=labels.short_reason(line.figure.notes[0]) if line.figure.suppressed else "",
            is_main=line.is_main,
        )
        for line in lines
        # Units that are kept back stand in the table, with the reason.
        if line.figure.value is not None or not kind
    ]
    if not any(dot.value is not None for dot in dots):
        return None
    said = "; ".join(
        _("%(name)s: mục tiêu %(target)s, kết quả %(shown)s, %(verdict)s", name=line.label,
          target=percent(line.row.target, language), shown=dot.shown or dot.reason,
          verdict=line.verdict.lower())
        for line, dot in zip([one for one in lines if one.figure.value is not None or not kind],
                             dots, strict=True)
    )  # fmt: skip
    legend = [
        Key("estimate", _("Kết quả")),
        Key("interval", _("Khoảng tin cậy")),
        Key("target", _("Mục tiêu")),
    ]
    heading = Heading(f"goals-{kind or 'all'}", title, said)
    return charts.dot_chart(heading, dots, legend, is_list=bool(kind))


def _change_parts(
    rows: Sequence[ChangeRow], main: Main, namer: _Namer, node: str
) -> list[ChangePart]:
    parts = []
    for kind in _kinds(rows):
        chosen = [r for r in rows if r.domain_kind == kind and (not kind or r.node == node)]
        lines = [_change_line(row, main[row.node, kind, row.domain_code], namer) for row in chosen]
        if kind:
            lines.sort(key=lambda line: -line.row.value)
        if not lines:
            continue
        title = _("Toàn tỉnh") if not kind else f"{namer.node(node)}: {namer.kind(kind)}"
        parts.append(
            ChangePart(
                ident=f"changes-{kind or 'all'}",
                title=title,
                head=namer.kind(kind) if kind else _("Chỉ tiêu"),
                n_family=chosen[0].n_family if kind else 1,
                lines=tuple(lines),
                picture=_change_picture(lines, title, kind, namer.found.level),
            )
        )
    return parts


def _change_line(row: ChangeRow, figure: EstimateRow, namer: _Namer) -> ChangeLine:
    label, url = namer.line(row, figure)
    level = namer.found.level
    return ChangeLine(
        label=label,
        url=url,
        row=row,
        figure=figure,
        change=saying.signed(row.value, namer.language),
        interval=saying.between(row.low, row.high, namer.language),
        verdict=saying.direction(row, level, row.p_value),
        holm=saying.direction(row, level, row.p_holm),
        bh=saying.direction(row, level, row.p_bh),
        is_main=not row.domain_kind and row.node == namer.found.method.index,
    )


def _change_picture(
    lines: Sequence[ChangeLine], title: str, kind: str, level: float
) -> Pair | None:
    rows = [
        arrows.Change(
            label=line.label,
            before=line.figure.value - line.row.value,
            after=line.figure.value,
            shown=line.change,
            is_sure=line.row.p_value is not None and line.row.p_value <= 1 - level,
            is_main=line.is_main,
        )
        for line in lines
        if line.figure.value is not None
    ]
    legend = [
        Key("earlier", _("Kỳ trước")),
        Key("changed", _("Có thay đổi")),
        Key("unsure", _("Chưa đủ căn cứ")),
    ]
    said = "; ".join(f"{line.label}: {line.change}, {line.verdict.lower()}" for line in lines)
    return arrows.change_chart(Heading(f"changes-{kind or 'all'}", title, said), rows, legend)


def _against(basis: Any, before: Compared | None, *, may_compare: bool, language: str) -> str:
    """Say what changes are counted from, or why there are none."""
    if basis["status"] == "first" or before is None:
        return _("Chương trình chưa có đợt điều tra mẫu nào trước đợt này để so sánh.")
    name = before.round_name if language == "vi" else before.round_name_en
    broken = {
        "method-changed": _(
            "Cách tính đã thay đổi so với đợt “%(name)s”: hai kỳ không so sánh được, nên không in "
            "chênh lệch.",
            name=name,
        ),
        "questionnaire-changed": _(
            "Phiếu hỏi đã thay đổi so với đợt “%(name)s”: hai kỳ không so sánh được, nên không in "
            "chênh lệch.",
            name=name,
        ),
        "population-changed": _(
            "Đối tượng khảo sát khác với đợt “%(name)s”: hai kỳ không so sánh được, nên không in "
            "chênh lệch.",
            name=name,
        ),
    }
    if basis["status"] in broken:
        return broken[basis["status"]]
    if not may_compare:
        return _("Kết quả kỳ trước chưa được công bố cho mọi người nên không in chênh lệch.")
    return _(
        "So với đợt “%(name)s” (lần công bố %(number)s), tính theo cùng một cách.",
        name=name,
        number=before.number,
    )
