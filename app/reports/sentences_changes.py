"""Sentences about what changed since the round before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext

from app import labels
from app.numbers import percent
from app.queries.findings import ChangeRow
from app.reports import standing, words
from app.reports.standing import Side
from app.services import comparability
from app.services.results import Figure, Results


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


@dataclass(frozen=True, slots=True)
class Earlier:
    """The round before, if there is one.

    Attributes
    ----------
    results : Results, optional
        None without an earlier published sampled round.
    broken : str
        Why the two cannot be compared; empty if they can.
    rows : mapping of (node, kind, code) to ChangeRow
        Changes frozen with the publication; without one, intervals are laid side by side.
    """

    results: Results | None
    broken: str = ""
    rows: Mapping[tuple[str, str, str], ChangeRow] = field(default_factory=dict)

    def row(self, figure: Figure) -> ChangeRow | None:
        """Find the frozen change of a figure."""
        return self.rows.get((figure.node.code, figure.domain.kind, figure.domain.code))

    def side(self, figure: Figure) -> Side:
        """Say where a figure stands to that of the round before."""
        row = self.row(figure)
        if row is not None and row.low is not None and row.high is not None:
            if row.low > 0:
                return Side.ABOVE
            return Side.BELOW if row.high < 0 else Side.UNDECIDED
        before = self.figure(figure.node.code, figure.domain.kind, figure.domain.code)
        return Side.HIDDEN if before is None else standing.apart(figure, before)

    def figure(self, node: str, kind: str = "", code: str = "") -> Figure | None:
        """Find the figure of the round before that can be compared."""
        if self.results is None or self.broken:
            return None
        if all(known.code != node for known in self.results.method.nodes):
            return None
        return self.results.figure(node, kind, code)


def comparable(results: Results, earlier: Results | None) -> Earlier:
    """Say whether a round can be compared with the one before: only measured in the same way."""
    if earlier is None:
        return Earlier(None)
    broken = {
        "method": _("cách tính đã thay đổi"),
        "questionnaire": _("phiếu hỏi đã thay đổi"),
        "population": _("đối tượng khảo sát khác nhau"),
    }
    why = comparability.why_not(results.facts, earlier.facts)
    return Earlier(earlier, broken[why]) if why else Earlier(earlier)


def change(figure: Figure, earlier: Earlier, language: str) -> str:
    """Say whether a figure is higher or lower than in the round before, or cannot be told."""
    if earlier.results is None:
        return _("Chưa có đợt điều tra mẫu nào trước đó được công bố để so sánh.")
    name = labels.round_name(earlier.results.facts.round, language)
    if earlier.broken:
        return _("Không so sánh với “%(round)s”: %(why)s.", round=name, why=earlier.broken)
    before = earlier.figure(figure.node.code, figure.domain.kind, figure.domain.code)
    if before is None or before.main.value is None or figure.main.value is None:
        return _("Không so sánh được với “%(round)s”: có kết quả không công bố.", round=name)
    row = earlier.row(figure)
    if row is not None and row.low is not None and row.high is not None:
        return _by_row(figure, before, row, earlier, language)
    return _by_overlap(figure, before, name, language)


def _by_overlap(figure: Figure, before: Figure, name: str, language: str) -> str:
    """Say a change that nobody froze, by laying two intervals side by side."""
    now, then = figure.main.value, before.main.value
    size = 0.0 if now is None or then is None else now - then
    said = {
        "round": name,
        "value": words.shown(before, language),
        "change": words.change(size, figure.quantity, language),
    }
    match standing.apart(figure, before):
        case Side.ABOVE:
            return _("Cao hơn “%(round)s” (%(value)s, %(change)s): hai khoảng tin cậy không chồng "
                     "nhau.", **said)  # fmt: skip
        case Side.BELOW:
            return _("Thấp hơn “%(round)s” (%(value)s, %(change)s): hai khoảng tin cậy không chồng "
                     "nhau.", **said)  # fmt: skip
        case _other:
            return _("So với “%(round)s” (%(value)s, %(change)s): chưa đủ căn cứ nói cao hơn hay "
                     "thấp hơn, vì hai khoảng tin cậy chồng lên nhau.", **said)  # fmt: skip


def _by_row(figure: Figure, before: Figure, row: ChangeRow, earlier: Earlier, language: str) -> str:
    """Say a change that was frozen with its interval."""
    if earlier.results is None or row.low is None or row.high is None:
        raise ValueError("a change without ends")
    said = {
        "round": labels.round_name(earlier.results.facts.round, language),
        "value": words.shown(before, language),
        "change": words.change(row.value, figure.quantity, language),
        "low": words.change(row.low, figure.quantity, language),
        "high": words.change(row.high, figure.quantity, language),
        "level": percent(earlier.results.level, language, 0),
    }
    match earlier.side(figure):
        case Side.ABOVE:
            return _("Cao hơn “%(round)s” (%(value)s): %(change)s, khoảng tin cậy %(level)s của "
                     "thay đổi từ %(low)s đến %(high)s.", **said)  # fmt: skip
        case Side.BELOW:
            return _("Thấp hơn “%(round)s” (%(value)s): %(change)s, khoảng tin cậy %(level)s của "
                     "thay đổi từ %(low)s đến %(high)s.", **said)  # fmt: skip
        case _other:
            return _("So với “%(round)s” (%(value)s): %(change)s, chưa đủ căn cứ nói cao hơn hay "
                     "thấp hơn, vì khoảng tin cậy %(level)s của thay đổi từ %(low)s đến %(high)s.",
                     **said)  # fmt: skip


def change_word(side: Side) -> str:
    """Say the same in a word, for tables."""
    return {
        Side.ABOVE: _("tăng"),
        Side.BELOW: _("giảm"),
        Side.UNDECIDED: _("chưa phân biệt"),
        Side.HIDDEN: _("không công bố"),
    }[side]
