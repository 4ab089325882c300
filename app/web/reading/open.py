"""Pages of a round of self-selected answers: counts, and no interval anywhere."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app import labels
from app.drawings.charts import Both
from app.services import reading_order
from app.services.results import Count, Domain, Figures
from app.web.reading import drawings, tables
from app.web.reading.rules import Rule, rules
from app.web.reading.sample import MANY, More
from app.web.reading.tables import Link, TallyTable


@dataclass(frozen=True, slots=True)
class TallyGroup:
    """Counts of one node in all groups of a kind."""

    kind: str
    title: str
    table: TallyTable


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Counts of all answers, or of one group."""

    domain: Domain
    domain_title: str
    headline: Count | None
    headline_title: str
    reason: str
    parts: Both | None
    main: TallyTable
    items: TallyTable
    groups: tuple[TallyGroup, ...]
    more: tuple[More, ...]
    rules: tuple[Rule, ...]


def open_page(
    results: Figures,
    language: str,
    link: Link,
    kind: str = "",
    code: str = "",
    *,
    many: float = MANY,
) -> OpenPage:
    """Put the page of all answers, or of one group, together.

    Parameters
    ----------
    many : float
        Kinds with more groups are left to pages of their own.
    """
    method = results.method
    domain = next((d for d in results.domains(kind) if d.code == code), Domain(kind, code, ""))
    nodes = {one.row.subject: one for one in results.counts(kind, code)}
    index = nodes.get(method.index)
    main = tables.tallies(
        results,
        [nodes[node] for node in (method.index, *method.components) if node in nodes],
        language,
        ident="main",
        caption=_("Số liệu về mức độ hài lòng chung và các thành phần"),
        head=_("Chỉ tiêu"),
    )
    kinds = () if kind else results.kinds
    return OpenPage(
        domain=domain,
        domain_title=labels.domain_title(domain, results.instrument, language),
        headline=index,
        headline_title=labels.node_title(method.node(method.index), language),
        reason=tables.reason(index.row.notes, results, language) if index else "",
        parts=drawings.of_tallies(main, language),
        main=main,
        items=_items(results, kind, code, language),
        groups=tuple(
            tally_group(results, kind, method.index, language, link)
            for kind in kinds
            if len(results.domains(kind)) <= many
        ),
        more=tuple(
            More(kind, labels.kind_title(kind, results.instrument, language), n)
            for kind in kinds
            if (n := len(results.domains(kind))) > many
        ),
        rules=rules(results, language),
    )


def tally_group(results: Figures, kind: str, node: str, language: str, link: Link) -> TallyGroup:
    """Put the counts of one node in all groups of a kind together."""
    title = labels.kind_title(kind, results.instrument, language)
    node_title = labels.node_title(results.method.node(node), language)
    counts = [one for one in results.counts(kind) if one.row.subject == node]
    table = tables.tallies(
        results,
        reading_order.of_counts(counts, results),
        language,
        ident=f"by-{kind}",
        caption=_("%(node)s theo: %(kind)s", node=node_title, kind=title),
        head=title,
        link=link,
    )
    return TallyGroup(kind, title, table)


def _items(results: Figures, kind: str, code: str, language: str) -> TallyTable:
    """Tabulate the questions that measure satisfaction, level by level."""
    rated = [
        one
        for one in results.counts(kind, code, of_nodes=False)
        if results.method.scales[one.row.subject].satisfied
    ]
    scale = results.method.scales[rated[0].row.subject].codes if rated else ()
    words = labels.wording(results.instrument, language)
    return tables.tallies(
        results,
        rated,
        language,
        ident="items",
        caption=_("Số câu trả lời ở từng mức"),
        head=_("Câu hỏi"),
        level_codes=[str(level) for level in reversed(scale)],
        level_titles=[words.option(rated[0].row.subject, level) for level in reversed(scale)],
    )
