"""Pages of a sampled round: estimates with their uncertainty, never without."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app import labels
from app.drawings.charts import Both
from app.services.results import Domain, Figure, Figures
from app.web.reading import drawings, tables
from app.web.reading.rules import Rule, rules
from app.web.reading.tables import EstimateTable, Link

# Kinds with more domains have a page of their own instead of a place on the first one …
MANY = 12
# … but the communes are what a province asks for first.
FIRST = ("commune",)


@dataclass(frozen=True, slots=True)
class Group:
    """Estimates of one node in all domains of a kind; of several kinds if `kind` is empty."""

    kind: str
    title: str
    table: EstimateTable
    chart: Both | None


@dataclass(frozen=True, slots=True)
class More:
    """A kind of domain that has a page of its own."""

    kind: str
    title: str
    n_domains: int


@dataclass(frozen=True, slots=True)
class SamplePage:
    """Estimates of the whole population or of one domain."""

    domain: Domain
    domain_title: str
    headline: Figure | None
    headline_title: str
    reason: str
    dots: Both | None
    parts: Both | None
    main: EstimateTable
    others: EstimateTable | None
    alternatives: EstimateTable | None
    groups: tuple[Group, ...]
    together: Group | None
    more: tuple[More, ...]
    rules: tuple[Rule, ...]


def sample_page(
    results: Figures, language: str, link: Link, kind: str = "", code: str = ""
) -> SamplePage:
    """Put the page of the whole population, or of one domain, together."""
    method = results.method
    first = (method.index, *method.components)
    named = {*first, *method.alternatives}
    rest = [node.code for node in method.nodes if node.code not in named]
    domain = next((d for d in results.domains(kind) if d.code == code), Domain(kind, code, ""))
    headline = results.figure(method.index, kind, code)
    caption = _("Số liệu về mức độ hài lòng chung và các thành phần")
    main = _of_nodes(results, results.figures(kind, code, first), language, "main", caption)
    others = results.figures(kind, code, rest)
    same = results.figures(kind, code, (method.index, *method.alternatives))
    kinds = () if kind else results.kinds
    sizes = {kind: len(results.domains(kind)) for kind in kinds}
    small = [kind for kind, n in sizes.items() if n <= MANY and kind not in FIRST]
    return SamplePage(
        domain=domain,
        domain_title=labels.domain_title(domain, results.instrument, language),
        headline=headline,
        headline_title=labels.node_title(method.node(method.index), language),
        reason=tables.reason(headline.main.notes, results, language) if headline else "",
        dots=drawings.of_nodes(main, language),
        parts=drawings.of_parts(main, language),
        main=main,
        others=_of_nodes(results, others, language, "others", _("Các chỉ tiêu khác"))
        if others
        else None,
        alternatives=_of_nodes(
            results, same, language, "alternatives", _("Cùng câu trả lời, tính theo cách khác")
        )
        if len(same) > 1
        else None,
        groups=tuple(
            group(results, kind, method.index, language, link) for kind in kinds if kind in FIRST
        ),
        together=_together(results, small, language, link) if small else None,
        more=tuple(
            More(kind, labels.kind_title(kind, results.instrument, language), n)
            for kind, n in sizes.items()
        ),
        rules=rules(results, language),
    )


def group(results: Figures, kind: str, node: str, language: str, link: Link) -> Group:
    """Put the estimates of one node in all domains of a kind together."""
    title = labels.kind_title(kind, results.instrument, language)
    return _group(results, (kind,), node, language, link, kind, title)


def _together(results: Figures, kinds: Sequence[str], language: str, link: Link) -> Group:
    """Put all small kinds into one table and on one axis."""
    title = _("Các nhóm người trả lời")
    return _group(results, kinds, results.method.index, language, link, "", title)


def _group(
    results: Figures,
    kinds: Sequence[str],
    node: str,
    language: str,
    link: Link,
    kind: str,
    title: str,
) -> Group:
    node_title = labels.node_title(results.method.node(node), language)
    table = tables.by_domain(
        results,
        kinds,
        node,
        language,
        ident=f"by-{kind or 'group'}",
        caption=f"{node_title}: {title}",
        head=title,
        link=link,
    )
    whole = results.figure(node)
    reference = whole.main.value if whole else None
    return Group(kind, title, table, drawings.of_domains(table, reference, language))


def _of_nodes(
    results: Figures, figures: Sequence[Figure], language: str, ident: str, caption: str
) -> EstimateTable:
    return tables.by_node(results, figures, language, ident=ident, caption=caption)
