"""Published figures as tables: lines in reading order, with their notes gathered below."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from flask_babel import gettext as _

from app import labels
from app.services import reading_order
from app.services.results import Count, Domain, Figure, Figures

# More suppressed groups than this are named in one sentence instead of a line each.
MANY_HIDDEN = 8

Link = Callable[[Domain], str | None]
"""Address of a domain's own page; None if there is none."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence below a table, and the letter that refers to it."""

    mark: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """One line of a table of estimates.

    Attributes
    ----------
    reason, short_reason : str
        Stand in place of a suppressed value; empty otherwise.
    section : str
        Heading of the lines that begin with this one, if any.
    """

    label: str
    url: str | None
    figure: Figure
    reason: str
    short_reason: str
    notes: tuple[Note, ...]
    is_main: bool
    section: str = ""


@dataclass(frozen=True, slots=True)
class EstimateTable:
    """Estimates with everything that belongs to them.

    Attributes
    ----------
    ident : str
        Unique in the page.
    head : str
        Heading of the first column.
    has_parts : bool
        Whether neutral and dissatisfied shares stand beside the satisfied.
    has_targets : bool
        Whether any line has a target.
    is_list : bool
        Whether the lines are domains, each with a page of its own.
    """

    ident: str
    caption: str
    head: str
    lines: tuple[EstimateLine, ...]
    notes: tuple[Note, ...]
    level: float
    has_parts: bool
    has_targets: bool
    is_list: bool

    @property
    def n_values(self) -> int:
        """Columns of values and intervals, before the number of respondents."""
        return 4 if self.has_parts else 2

    @property
    def n_details(self) -> int:
        """Columns after the number of respondents."""
        return 4 if self.has_targets else 3

    @property
    def n_columns(self) -> int:
        """All columns."""
        return 1 + self.n_values + 1 + self.n_details


@dataclass(frozen=True, slots=True)
class TallyLine:
    """One line of a table of counts; shares are of the answers given, 0 to 1."""

    label: str
    url: str | None
    count: Count
    shares: tuple[float, float, float] | None
    levels: tuple[int, ...]
    reason: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class TallyTable:
    """Counts of self-selected answers; there is no interval to print.

    ``hidden`` are suppressed lines that are only named below the table, because there are many.
    """

    ident: str
    caption: str
    head: str
    lines: tuple[TallyLine, ...]
    level_titles: tuple[str, ...] = ()
    hidden: tuple[TallyLine, ...] = ()

    @property
    def n_values(self) -> int:
        """Columns before the number of respondents, without the first."""
        return 2 + len(self.level_titles) if self.level_titles else 4


def by_node(
    results: Figures, figures: Sequence[Figure], language: str, *, ident: str, caption: str
) -> EstimateTable:
    """Tabulate the figures of several nodes in one domain."""
    main = results.method.index
    notes = _notes(figures, results, language, ident)
    lines = tuple(
        _line(
            results,
            figure,
            language,
            notes,
            label=labels.node_title(figure.node, language),
            is_main=figure.node.code == main,
        )
        for figure in figures
    )
    return _table(results, lines, notes, ident, caption, _("Chỉ tiêu"))


def by_domain(
    results: Figures,
    kinds: Sequence[str],
    node: str,
    language: str,
    *,
    ident: str,
    caption: str,
    head: str,
    link: Link,
) -> EstimateTable:
    """Tabulate the figures of one node in the domains of one kind, or of several kinds in turn."""
    of_kinds = [
        reading_order.of_figures(results.figures(kind, nodes=(node,)), results) for kind in kinds
    ]
    notes = _notes([figure for figures in of_kinds for figure in figures], results, language, ident)
    lines = tuple(
        _line(
            results,
            figure,
            language,
            notes,
            label=labels.domain_title(figure.domain, results.instrument, language),
            url=link(figure.domain),
            section=labels.kind_title(kind, results.instrument, language)
            if place == 0 and len(kinds) > 1
            else "",
        )
        for kind, figures in zip(kinds, of_kinds, strict=True)
        for place, figure in enumerate(figures)
    )
    return _table(results, lines, notes, ident, caption, head)


def reason(notes: Iterable[str], results: Figures, language: str) -> str:
    """Say why a figure is not shown: the weightiest reason is enough."""
    first = next(iter(notes), None)
    return labels.note(first, results.method, language) if first else ""


def _line(
    results: Figures,
    figure: Figure,
    language: str,
    notes: Mapping[str, Note],
    *,
    label: str,
    url: str | None = None,
    is_main: bool = False,
    section: str = "",
) -> EstimateLine:
    row = figure.main
    return EstimateLine(
        label=label,
        url=url,
        figure=figure,
        reason=reason(row.notes, results, language) if row.suppressed else "",
        short_reason=labels.short_reason(row.notes[0]) if row.suppressed else "",
        notes=() if row.suppressed else tuple(notes[written] for written in row.notes),
        is_main=is_main,
        section=section,
    )


def _table(
    results: Figures,
    lines: tuple[EstimateLine, ...],
    notes: Mapping[str, Note],
    ident: str,
    caption: str,
    head: str,
) -> EstimateTable:
    return EstimateTable(
        ident=ident,
        caption=caption,
        head=head,
        lines=lines,
        notes=tuple(notes.values()),
        level=results.level,
        has_parts=any(line.figure.neutral is not None for line in lines),
        has_targets=any(line.figure.main.target is not None for line in lines),
        is_list=any(line.url for line in lines),
    )


def _notes(
    figures: Sequence[Figure], results: Figures, language: str, ident: str
) -> dict[str, Note]:
    """Give every note of shown figures a letter, in order of appearance."""
    rows = [figure.main for figure in figures]
    written = dict.fromkeys(note for row in rows if not row.suppressed for note in row.notes)
    return {
        note: Note(
            ascii_lowercase[place % 26],
            f"{ident}-{place}",
            labels.note(note, results.method, language),
        )
        for place, note in enumerate(written)
    }


def tallies(
    results: Figures,
    counts: Sequence[Count],
    language: str,
    *,
    ident: str,
    caption: str,
    head: str,
    link: Link | None = None,
    level_codes: Sequence[str] = (),
    level_titles: Sequence[str] = (),
) -> TallyTable:
    """Tabulate counts: of nodes or items in one group, or with `link`, of groups of one kind."""
    lines = tuple(
        TallyLine(
            label=labels.domain_title(count.domain, results.instrument, language)
            if link
            else labels.count_title(count, results, language),
            url=link(count.domain) if link else None,
            count=count,
            shares=shares(count),
            levels=tuple((count.row.counts or {}).get(code, 0) for code in level_codes),
            reason=reason(count.row.notes, results, language) if count.row.suppressed else "",
            is_main=link is None
            and count.row.is_node
            and count.row.subject == results.method.index,
        )
        for count in counts
    )
    hidden = tuple(line for line in lines if line.count.row.suppressed)
    if len(hidden) > MANY_HIDDEN:
        lines = tuple(line for line in lines if not line.count.row.suppressed)
    else:
        hidden = ()
    return TallyTable(ident, caption, head, lines, tuple(level_titles), hidden)


def shares(count: Count) -> tuple[float, float, float] | None:
    """Shares satisfied, neutral, dissatisfied; None for what measures no satisfaction."""
    row = count.row
    if row.satisfied is None or row.neutral is None or row.dissatisfied is None:
        return None
    rated = row.satisfied + row.neutral + row.dissatisfied
    if not rated:
        return None
    return row.satisfied / rated, row.neutral / rated, row.dissatisfied / rated
