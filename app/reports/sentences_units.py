"""Sentences about units against the whole province."""

from collections.abc import Sequence

from flask_babel import gettext

from app.numbers import count
from app.reports import standing, words
from app.reports.standing import Side, Sorted
from app.services.results import Figure, Results

# More names than these in one sentence are read by nobody; the table has all of them.
MOST_NAMED = 8


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def overview(found: Sorted, whole: Figure | None, language: str) -> str:
    """Count the units above and below the whole, those that cannot be told, and the hidden."""
    return _(
        "Trong %(n)s đơn vị: %(below)s đơn vị thấp hơn mức chung %(whole)s với toàn bộ khoảng tin "
        "cậy, %(above)s đơn vị cao hơn, %(undecided)s đơn vị chưa phân biệt được với mức chung, "
        "%(hidden)s đơn vị không công bố.",
        n=count(found.n, language),
        whole="" if whole is None else words.shown(whole, language),
        below=count(len(found.below), language),
        above=count(len(found.above), language),
        undecided=count(len(found.undecided), language),
        hidden=count(len(found.hidden), language),
    )


def below(found: Sorted, results: Results, language: str) -> str:
    """Name the units that lie below the whole with their whole interval."""
    if not found.below:
        return _("Không có đơn vị nào thấp hơn mức chung một cách rõ ràng.")
    return _("Thấp hơn mức chung: %(list)s.", list=_names(found.below, results, language))


def above(found: Sorted, results: Results, language: str) -> str:
    """Name the units that lie above the whole with their whole interval."""
    if not found.above:
        return _("Không có đơn vị nào cao hơn mức chung một cách rõ ràng.")
    return _("Cao hơn mức chung: %(list)s.", list=_names(found.above, results, language))


def hidden(found: Sorted, results: Results, language: str) -> str:
    """Name the units whose result is not published; empty if there are none."""
    if not found.hidden:
        return ""
    names = [words.place(figure, results, language) for figure in found.hidden]
    return _("Không công bố (ít người trả lời, khoảng tin cậy quá rộng hoặc để giữ kín ý kiến từng "
             "người): %(list)s.",
             list=_some(names, language))  # fmt: skip


def unit(figure: Figure, whole: Figure | None, language: str) -> str:
    """Say where a unit stands to the whole province."""
    value = None if whole is None else whole.main.value
    if whole is None or value is None:
        return _("Không có kết quả chung được công bố để so sánh.")
    written = words.shown(whole, language)
    match standing.side(figure, value):
        case Side.ABOVE:
            return _("Cao hơn mức chung của tỉnh (%(whole)s): toàn bộ khoảng tin cậy nằm trên mức "
                     "chung.", whole=written)  # fmt: skip
        case Side.BELOW:
            return _("Thấp hơn mức chung của tỉnh (%(whole)s): toàn bộ khoảng tin cậy nằm dưới mức "
                     "chung.", whole=written)  # fmt: skip
        case Side.UNDECIDED:
            return _("Chưa phân biệt được với mức chung của tỉnh (%(whole)s).", whole=written)
        case Side.HIDDEN:
            return ""


def components_apart(
    figures: Sequence[Figure], wholes: Sequence[Figure | None], language: str
) -> str:
    """Name the components in which a unit is clearly below or above the whole."""
    named: dict[Side, list[str]] = {each: [] for each in Side}
    for figure, whole in zip(figures, wholes, strict=True):
        value = None if whole is None else whole.main.value
        named[standing.side(figure, value)].append(f"“{words.node(figure, language)}”")
    said = []
    if named[Side.BELOW]:
        said.append(_("Thấp hơn mức chung ở: %(list)s.", list=words.listed(named[Side.BELOW])))
    if named[Side.ABOVE]:
        said.append(_("Cao hơn mức chung ở: %(list)s.", list=words.listed(named[Side.ABOVE])))
    if not said and named[Side.UNDECIDED]:
        said.append(_("Không thành phần nào khác mức chung một cách rõ ràng."))
    if named[Side.HIDDEN]:
        said.append(_("Không công bố: %(list)s.", list=words.listed(named[Side.HIDDEN])))
    return " ".join(said)


def _names(figures: Sequence[Figure], results: Results, language: str) -> str:
    return _some(
        [
            f"{words.place(one, results, language)} ({words.shown(one, language)})"
            for one in figures
        ],
        language,
    )


def _some(names: Sequence[str], language: str) -> str:
    """List names; of many only the first, and how many more."""
    if len(names) <= MOST_NAMED:
        return words.listed(names)
    rest = count(len(names) - MOST_NAMED, language)
    return _("%(list)s và %(n)s đơn vị khác", list=", ".join(names[:MOST_NAMED]), n=rest)
