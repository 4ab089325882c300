"""Published figures as a workbook, in words of the chosen language.

The rows are those of the page: nothing is computed here but distances to the ends of an interval,
which the spreadsheet's own chart asks for.
"""

from flask_babel import gettext

from app import labels
from app.queries.publications import PublicationFacts
from app.result_files import sheets, words
from app.services.exports.book import Bar, BarChart, Book
from app.services.results import Quantity, Results


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def book(results: Results, language: str) -> Book:
    """Arrange published figures as a workbook."""
    facts = results.facts
    title, line = sheets.opening(results, language)
    warning = words.warning(results)
    arranged = []
    # A unit viewer's figures are of the unit alone.
    if any(not row.domain_kind for row in results.rows):
        arranged.append(sheets.whole(results, _("Kết quả"), language))
    if results.kinds:
        arranged.append(sheets.parts(results, _("Theo đơn vị"), language))
    arranged += [sheets.meanings(results, language), sheets.provenance(results, language)]
    return Book(
        title=title,
        subject=warning or labels.campaign_name(facts.round, language),
        created=facts.published_at,
        page_header=f"{warning} · {line}" if warning else line,
        page_number=_("Trang") + " &P / &N",
        sheets=tuple(arranged),
        chart=_chart(results, title, warning, language),
    )


def file_name(facts: PublicationFacts, extension: str) -> str:
    """Name of a file, in ASCII: e.g. ``ket-qua_mau-2026_lan-1.xlsx``."""
    return f"ket-qua_{facts.round.code}_lan-{facts.number}.{extension}"


def _chart(results: Results, title: str, warning: str, language: str) -> BarChart | None:
    method = results.method
    bars = []
    if results.is_sample:
        for figure in results.figures(nodes=(method.index, *method.components)):
            row = figure.main
            if figure.quantity is Quantity.SHARE and row.value is not None:
                low, high = (row.value if end is None else end for end in (row.low, row.high))
                bars.append(
                    Bar(
                        labels.node_title(figure.node, language),
                        row.value,
                        row.value - low,
                        high - row.value,
                    )
                )
    else:
        rows = {count.row.subject: count for count in results.counts()}
        for code in (method.index, *method.components):
            count = rows.get(code)
            if count and count.quantity is Quantity.SHARE and count.row.value is not None:
                name = labels.node_title(method.node(code), language)
                bars.append(Bar(name, count.row.value, 0.0, 0.0))
    if not bars:
        return None
    return BarChart(
        sheet=_("Biểu đồ"),
        title=title,
        warning=warning,
        axis=_("Tỷ lệ hài lòng và khoảng tin cậy") if results.is_sample else _("Tỷ lệ hài lòng"),
        headings=(_("Chỉ tiêu"), _("Giá trị"), _("Xuống dưới"), _("Lên trên")),
        bars=tuple(bars),
        has_intervals=results.is_sample,
        start=0.0,
    )
