"""Which figures the pictures of reports and overviews show, and what their legends say."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from flask_babel import gettext

from app import labels
from app.drawings import changes, charts, panels, tiles
from app.drawings.changes import Change
from app.drawings.charts import Both, Dot, Heading
from app.drawings.measures import Key
from app.drawings.panels import Panel, Stem
from app.drawings.svg import Pair
from app.drawings.tiles import Tile, Words
from app.numbers import count, percent
from app.queries.series import Place
from app.reports import standing, words
from app.reports.sentences_changes import Earlier
from app.reports.standing import Side
from app.services.results import Figure, Quantity, Results


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def of_components(
    figures: Sequence[Figure], results: Results, language: str, ident: str = "components"
) -> Both | None:
    """Draw index and components with intervals and targets."""
    dots = [_dot(figure, results, language) for figure in figures if _is_share(figure)]
    if not any(dot.value is not None for dot in dots):
        return None
    legend = [Key("estimate", _("Tỷ lệ hài lòng")), Key("interval", _("Khoảng tin cậy"))]
    if any(dot.target is not None for dot in dots):
        legend.append(Key("target", _("Mục tiêu")))
    heading = Heading(ident, _("Tỷ lệ hài lòng và khoảng tin cậy"), _said(dots))
    return charts.dot_chart(heading, dots, legend)


def of_unit(
    figures: Sequence[Figure],
    wholes: Sequence[Figure | None],
    results: Results,
    language: str,
    ident: str,
) -> Both | None:
    """Draw a unit's figures, with those of the whole province as lines."""
    dots = []
    for figure, whole in zip(figures, wholes, strict=True):
        if _is_share(figure):
            value = None if whole is None else whole.main.value
            dots.append(_dot(figure, results, language, target=value))
    if not any(dot.value is not None for dot in dots):
        return None
    legend = [
        Key("estimate", _("Tỷ lệ hài lòng")),
        Key("interval", _("Khoảng tin cậy")),
        Key("target", _("Toàn tỉnh")),
    ]
    heading = Heading(ident, _("Tỷ lệ hài lòng và khoảng tin cậy"), _said(dots))
    return charts.dot_chart(heading, dots, legend)


def of_units(
    figures: Sequence[Figure],
    whole: Figure | None,
    results: Results,
    language: str,
    ident: str = "units",
) -> Both | None:
    """Draw units in the order of their values, with the whole province as one line."""
    ordered = sorted(
        (figure for figure in figures if _is_share(figure)),
        key=lambda figure: (figure.main.value is None, -(figure.main.value or 0.0)),
    )
    dots = [
        Dot(
            label=words.place(figure, results, language),
            value=figure.main.value,
            low=figure.main.low,
            high=figure.main.high,
            target=None,
            shown="" if figure.main.value is None else words.shown(figure, language),
            reason=labels.short_reason(figure.main.notes[0]) if figure.main.suppressed else "",
        )
        for figure in ordered
    ]
    if not any(dot.value is not None for dot in dots):
        return None
    legend = [Key("estimate", _("Tỷ lệ hài lòng")), Key("interval", _("Khoảng tin cậy"))]
    value = None if whole is None else whole.main.value
    if value is not None:
        legend.append(Key("reference", _("Toàn tỉnh")))
    heading = Heading(ident, _("Tỷ lệ hài lòng của từng đơn vị"), _said(dots))
    return charts.dot_chart(heading, dots, legend, is_list=True, reference=value)


def of_map(
    figures: Sequence[Figure],
    whole: Figure | None,
    places: Mapping[str, Place],
    results: Results,
    language: str,
    link: Callable[[Figure], str | None] | None = None,
    ident: str = "map",
) -> Pair | None:
    """Draw communes as tiles where they lie."""
    values = [figure.main.value for figure in figures if _is_share(figure)]
    known = [value for value in values if value is not None]
    if not known:
        return None
    ends = tiles.bounds(known)
    value = None if whole is None else whole.main.value
    drawn = []
    for figure in figures:
        place = places.get(figure.domain.code)
        drawn.append(
            Tile(
                name=place.short_name if place else words.place(figure, results, language),
                point=place.point if place else None,
                value=figure.main.value,
                shown=words.shown(figure, language),
                standing=_standing(figure, value),
                url=(link(figure) or "") if link else "",
            )
        )
    classes = _classes(ends, language)
    legend = Words(
        hidden=_("Không công bố"),
        above=_("Cao hơn mức chung"),
        below=_("Thấp hơn mức chung"),
        unplaced=_("Nguồn chính thức chưa có tọa độ:"),
    )
    described = "; ".join(f"{tile.name}: {tile.shown}" for tile in drawn)
    heading = Heading(ident, _("Tỷ lệ hài lòng theo đơn vị, xếp theo vị trí"), described)
    return tiles.tile_map(heading, drawn, classes, ends, legend)


def of_changes(
    figures: Sequence[Figure], earlier: Earlier, language: str, ident: str = "changes"
) -> Pair | None:
    """Draw what changed since the round before; None when nothing can be compared."""
    rows: list[Change] = []
    for figure in figures:
        before = earlier.figure(figure.node.code, figure.domain.kind, figure.domain.code)
        if before is None or not _is_share(figure):
            continue
        now, then = figure.main.value, before.main.value
        rows.append(
            Change(
                label=words.node(figure, language),
                before=then,
                after=now,
                shown=""
                if now is None or then is None
                else words.change(now - then, figure.quantity, language),
                is_sure=earlier.side(figure) in (Side.ABOVE, Side.BELOW),
                is_main=not rows,
                reason=_("Không công bố") if now is None or then is None else "",
            )
        )
    if not any(row.before is not None and row.after is not None for row in rows):
        return None
    legend = [
        Key("earlier", _("Đợt trước")),
        Key("changed", _("Thay đổi rõ ràng")),
        Key("unsure", _("Chưa phân biệt được")),
    ]
    described = "; ".join(f"{row.label}: {row.shown or row.reason}" for row in rows)
    heading = Heading(ident, _("Thay đổi so với đợt trước"), described)
    return changes.change_chart(heading, rows, legend)


def of_panels(
    results: Results, kind: str, nodes: Sequence[str], language: str, ident: str = "panels"
) -> Pair | None:
    """Draw all units in every component side by side."""
    drawn = []
    for node in nodes:
        figures = [figure for figure in results.figures(kind, nodes=(node,)) if _is_share(figure)]
        stems = tuple(
            Stem(figure.main.value, figure.main.low, figure.main.high)
            for figure in figures
            if figure.main.value is not None
        )
        if not stems:
            continue
        whole = results.figure(node)
        n_hidden = len(figures) - len(stems)
        drawn.append(
            Panel(
                labels.node_title(results.method.node(node), language),
                stems,
                None if whole is None else whole.main.value,
                _("%(n)s đơn vị không công bố", n=count(n_hidden, language)) if n_hidden else "",
            )
        )
    if not drawn:
        return None
    legend = [
        Key("interval", _("Khoảng tin cậy của một đơn vị")),
        Key("apart", _("Khác mức chung rõ ràng")),
        Key("reference", _("Toàn tỉnh")),
    ]
    described = "; ".join(
        _(
            "%(title)s: %(n)s đơn vị, %(apart)s khác mức chung",
            title=panel.title,
            n=count(len(panel.stems), language),
            apart=count(sum(panels.is_apart(stem, panel.whole) for stem in panel.stems), language),
        )
        for panel in drawn
    )
    return panels.panel_chart(
        Heading(ident, _("Các đơn vị ở từng thành phần"), described), drawn, legend
    )


def _dot(figure: Figure, results: Results, language: str, target: float | None = None) -> Dot:
    row = figure.main
    return Dot(
        label=words.node(figure, language),
        value=row.value,
        low=row.low,
        high=row.high,
        target=row.target if target is None else target,
        shown="" if row.value is None else words.shown(figure, language),
        reason=labels.short_reason(row.notes[0]) if row.suppressed else "",
        is_main=figure.node.code == results.method.index,
    )


def _is_share(figure: Figure) -> bool:
    return figure.quantity is Quantity.SHARE


def _standing(figure: Figure, value: float | None) -> int:
    return {Side.ABOVE: 1, Side.BELOW: -1}.get(standing.side(figure, value), 0)


def _classes(ends: Sequence[float], language: str) -> list[str]:
    """Name the classes of a map; the lowest, when it is wider than the rest, by its upper end."""
    named = [
        _("%(low)s–%(high)s", low=_end(low, language).removesuffix("%"), high=_end(high, language))
        for low, high in pairwise(ends)
    ]
    if len(ends) > 2 and ends[1] - ends[0] > ends[2] - ends[1] + 1e-9:
        named[0] = _("dưới %(high)s", high=_end(ends[1], language))
    return named


def _end(share: float, language: str) -> str:
    """Write the end of a class without decimals that say nothing."""
    digits = 0 if abs(share * 100 - round(share * 100)) < 1e-9 else 1
    return percent(share, language, digits)


def _said(dots: Sequence[Dot]) -> str:
    return "; ".join(f"{dot.label}: {dot.shown or dot.reason}" for dot in dots)
