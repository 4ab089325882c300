"""Sentences about what changed since the round before."""

from dataclasses import dataclass

from flask_babel import gettext

from app import labels
from app.reports import standing, words
from app.reports.standing import Side
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
    """

    results: Results | None
    broken: str = ""

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
    now, then = results.facts, earlier.facts
    if now.method_hash != then.method_hash:
        return Earlier(earlier, _("cách tính đã thay đổi"))
    if now.instrument_hash != then.instrument_hash:
        return Earlier(earlier, _("phiếu hỏi đã thay đổi"))
    return Earlier(earlier)


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
    said = {
        "round": name,
        "value": words.shown(before, language),
        "change": words.change(figure.main.value - before.main.value, figure.quantity, language),
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


def change_word(side: Side) -> str:
    """Say the same in a word, for tables."""
    return {
        Side.ABOVE: _("tăng"),
        Side.BELOW: _("giảm"),
        Side.UNDECIDED: _("chưa phân biệt"),
        Side.HIDDEN: _("không công bố"),
    }[side]
