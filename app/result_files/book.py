"""Published figures as a workbook, in words of the chosen language.

The rows are those of the page: nothing is computed here but distances to the ends of an interval,
which the spreadsheet's own chart asks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext

from app import labels
from app.queries.findings import Findings
from app.queries.publications import PublicationFacts
from app.result_files import closing, findings, overview, sheets, words
from app.result_files.closing import Verification
from app.services import reading_order
from app.services.exports.book import Bar, BarChart, Book, Sheet
from app.services.results import Figure, Quantity, Results
from app.services.weight_lines import WeightLine

UNITS: Final = "commune"


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


@dataclass(frozen=True, slots=True)
class Extras:
    """What a workbook tells besides the published rows.

    Attributes
    ----------
    findings : Findings or None
        Ranks, verdicts on targets and changes that were published.
    weights : tuple of WeightLine
        How weights are spread; empty for self-selected answers, and where only a part is seen.
    how : Verification or None
        How the file can be checked.
    """

    weights: tuple[WeightLine, ...] = ()
    findings: Findings | None = None
    how: Verification | None = None


NOTHING: Final = Extras()


def book(results: Results, language: str, extras: Extras = NOTHING) -> Book:
    """Arrange published figures as a workbook."""
    facts = results.facts
    title, line = sheets.opening(results, language)
    warning = words.warning(results)
    arranged: list[Sheet | BarChart] = []
    # A unit viewer's figures are of the unit alone.
    if any(not row.domain_kind for row in results.rows):
        arranged.append(overview.overview(results, language))
        arranged += _charts(_of_components(results, title, warning, language))
        arranged.append(sheets.whole(results, _("Thành phần"), language))
    names = _sheet_names(results, language)
    for kind in results.kinds:
        arranged.append(sheets.of_kind(results, kind, names[kind], language))
        if kind == UNITS:
            arranged += _charts(_of_units(results, title, warning, language))
    if extras.findings is not None:
        arranged += findings.sheets(results, extras.findings, language)
    arranged += [closing.rules(results, language), closing.meanings(results, language)]
    if extras.weights:
        arranged.append(closing.weights(results, extras.weights, language))
    arranged.append(closing.provenance(results, language))
    if extras.how is not None:
        arranged.append(closing.verification(results, extras.how, language))
    return Book(
        title=title,
        subject=warning or labels.campaign_name(facts.round, language),
        created=facts.published_at,
        page_header=f"{warning} · {line}" if warning else line,
        page_number=_("Trang") + " &P / &N",
        sheets=tuple(arranged),
    )


def _sheet_names(results: Results, language: str) -> dict[str, str]:
    """Name the sheets of kinds of domains: at most 31 signs, none that spreadsheets refuse."""
    found: dict[str, str] = {}
    for kind in results.kinds:
        title = labels.kind_title(kind, results.instrument, language)
        short = {
            "commune": _("Theo xã, phường"),
            "commune_kind": _("Theo loại đơn vị"),
            "centre": _("Theo trung tâm"),
            "counter": _("Theo quầy"),
            "field": _("Theo lĩnh vực"),
        }.get(kind, title)
        plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in short)
        name = " ".join(plain.split())[:31].strip()
        if name.lower() in {taken.lower() for taken in found.values()} or not name:
            name = f"{name[:25]} {len(found) + 1}".strip()
        found[kind] = name
    return found


def _charts(chart: BarChart | None) -> list[BarChart]:
    return [] if chart is None else [chart]


def file_name(facts: PublicationFacts, extension: str) -> str:
    """Name of a file, in ASCII: e.g. ``ket-qua_mau-2026_lan-1.xlsx``."""
    return f"ket-qua_{facts.round.code}_lan-{facts.number}.{extension}"


def _of_components(results: Results, title: str, warning: str, language: str) -> BarChart | None:
    """Draw the index and its components."""
    method = results.method
    nodes = (method.index, *method.components)
    bars = []
    if results.is_sample:
        for figure in results.figures(nodes=nodes):
            bars += _bar(figure, labels.node_title(figure.node, language))
    else:
        rows = {count.row.subject: count for count in results.counts()}
        for count in (rows[code] for code in nodes if code in rows):
            if count.quantity is Quantity.SHARE and count.row.value is not None:
                name = labels.count_title(count, results, language)
                bars.append(Bar(name, count.row.value, 0.0, 0.0))
    return _chart(results, _("Biểu đồ"), title, warning, _("Chỉ tiêu"), bars)


def _of_units(results: Results, title: str, warning: str, language: str) -> BarChart | None:
    """Draw the index in all communes; self-selected answers are not put beside each other."""
    if not results.is_sample:
        return None
    node = results.method.node(results.method.index)
    bars = []
    for figure in reading_order.of_figures(results.figures(UNITS, nodes=(node.code,)), results):
        bars += _bar(figure, labels.domain_title(figure.domain, results.instrument, language))
    name = f"{title}: {labels.node_title(node, language)}"
    return _chart(results, _("Biểu đồ đơn vị"), name, warning, _("Đơn vị"), bars)


def _bar(figure: Figure, name: str) -> list[Bar]:
    row = figure.main
    if figure.quantity is not Quantity.SHARE or row.value is None:
        return []
    low, high = (row.value if end is None else end for end in (row.low, row.high))
    return [Bar(name, row.value, row.value - low, high - row.value)]


def _chart(
    results: Results, sheet: str, title: str, warning: str, head: str, bars: Sequence[Bar]
) -> BarChart | None:
    if not bars:
        return None
    return BarChart(
        sheet=sheet,
        title=title,
        warning=warning,
        axis=_("Tỷ lệ hài lòng và khoảng tin cậy") if results.is_sample else _("Tỷ lệ hài lòng"),
        headings=(head, _("Giá trị"), _("Xuống dưới"), _("Lên trên")),
        bars=tuple(bars),
        has_intervals=results.is_sample,
        start=0.0,
    )
