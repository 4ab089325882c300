"""In which order figures are read: on the page, in the file and in the terminal."""

from collections.abc import Sequence

from app.names import search_key
from app.services.results import Count, Figure, Figures


def of_nodes(results: Figures) -> tuple[str, ...]:
    """Order the nodes of a method: index, components, the index by other rules, the rest."""
    method = results.method
    first = (method.index, *method.components, *method.alternatives)
    return tuple(dict.fromkeys((*first, *(node.code for node in method.nodes))))


def of_figures(figures: Sequence[Figure], results: Figures) -> list[Figure]:
    """Order the figures of one node in the domains of one kind.

    Questions about people keep the order of their options; places go from the highest value to the
    lowest, equal ones and those without a value by name.
    """
    if not figures:
        return []
    options = _options(results, figures[0].domain.kind)
    if options:
        return sorted(figures, key=lambda figure: options.index(figure.domain.code))
    return sorted(
        figures,
        key=lambda figure: (
            figure.main.value is None,
            -(figure.main.value or 0),
            search_key(figure.domain.name),
        ),
    )


def of_counts(counts: Sequence[Count], results: Figures) -> list[Count]:
    """Order the counts of one node or item in the groups of one kind.

    Options as they are asked, places by name: self-selected answers are not ranked.
    """
    if not counts:
        return []
    options = _options(results, counts[0].domain.kind)
    if options:
        return sorted(counts, key=lambda count: options.index(count.domain.code))
    return sorted(counts, key=lambda count: (search_key(count.domain.name), count.domain.code))


def _options(results: Figures, kind: str) -> tuple[str, ...]:
    item = next((item for item in results.instrument.items if item.code == kind), None)
    return item.options if item is not None and item.profile else ()
