"""Sentences about the whole population and its components, made from published rows by rules."""

from collections.abc import Sequence

from flask_babel import gettext

from app import labels
from app.numbers import count, percent
from app.reports import standing, words
from app.reports.standing import Side
from app.services.results import Figure, Results, Standing


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def headline(figure: Figure, results: Results, language: str) -> str:
    """Say a value, how sure it is and how many answered."""
    row, title = figure.main, words.node(figure, language)
    if row.value is None:
        return _(
            "%(title)s: không công bố. %(why)s", title=title, why=words.why(row, results, language)
        )
    said = {
        "title": title,
        "value": words.shown(figure, language),
        "level": percent(results.level, language, 0),
        "n": words.people(row.n, language),
    }
    interval = words.ends(row, figure.quantity, language)
    if not interval:
        return _(
            "%(title)s: %(value)s, từ %(n)s người trả lời; không tính được khoảng tin cậy.", **said
        )
    return _(
        "%(title)s: %(value)s (khoảng tin cậy %(level)s: %(interval)s), từ %(n)s người trả lời.",
        **said,
        interval=interval,
    )


def parts(figure: Figure, language: str) -> str:
    """Say the neutral and the dissatisfied share; empty where they are not published."""
    shares = [None if row is None else row.value for row in (figure.neutral, figure.dissatisfied)]
    if shares[0] is None or shares[1] is None:
        return ""
    return _(
        "Bình thường: %(neutral)s; không hài lòng: %(dissatisfied)s.",
        neutral=percent(shares[0], language),
        dissatisfied=percent(shares[1], language),
    )


def target(figure: Figure, language: str) -> str:
    """Say whether a target is reached, missed, or not decided; empty without one."""
    aim = figure.main.target
    if aim is None:
        return ""
    written = words.amount(aim, figure.quantity, language)
    match figure.standing:
        case Standing.REACHED:
            return _(
                "Đạt mục tiêu %(target)s: cả khoảng tin cậy từ mục tiêu trở lên.", target=written
            )
        case Standing.MISSED:
            return _(
                "Chưa đạt mục tiêu %(target)s: cả khoảng tin cậy dưới mục tiêu.", target=written
            )
        case Standing.UNDECIDED:
            return _(
                "Chưa đủ căn cứ kết luận về mục tiêu %(target)s: mục tiêu nằm trong khoảng tin "
                "cậy.",
                target=written,
            )
        case None:
            return _("Mục tiêu %(target)s: không đánh giá được vì kết quả không công bố hoặc "
                     "không có khoảng tin cậy.", target=written)  # fmt: skip


def target_word(figure: Figure) -> str:
    """Say the same in two words, for tables."""
    if figure.main.target is None:
        return "–"
    return {
        Standing.REACHED: _("đạt"),
        Standing.MISSED: _("chưa đạt"),
        Standing.UNDECIDED: _("chưa rõ"),
        None: "–",
    }[figure.standing]


def components(figures: Sequence[Figure], language: str) -> str:
    """Name the lowest component, with those that cannot be told apart from it."""
    found = standing.lowest(figures)
    if not found:
        return _("Không công bố kết quả của thành phần nào.")
    first, *others = found
    said = _(
        "Thành phần có tỷ lệ ước lượng thấp nhất: “%(title)s” (%(value)s).",
        title=words.node(first, language),
        value=words.shown(first, language),
    )
    hidden = sum(one.main.value is None for one in figures)
    if others:
        said += " " + _(
            "Khoảng tin cậy chưa phân biệt được thành phần này với: %(list)s.",
            list=words.listed([f"“{words.node(one, language)}”" for one in others]),
        )
    elif len(figures) - hidden > 1:
        said += " " + _("Khoảng tin cậy của thành phần này nằm dưới mọi thành phần khác.")
    if hidden:
        said += " " + _("%(n)s thành phần không công bố.", n=count(hidden, language))
    return said


def component(figure: Figure, results: Results, language: str) -> str:
    """Say everything that is published about one component."""
    return " ".join(
        said
        for said in (
            headline(figure, results, language),
            parts(figure, language),
            target(figure, language),
        )
        if said
    )


def notes(figures: Sequence[Figure], results: Results, language: str) -> tuple[str, ...]:
    """Say the reservations about published figures, each once, with the figures they are about."""
    about: dict[str, list[str]] = {}
    for figure in figures:
        if figure.main.value is not None:
            for written in figure.main.notes:
                said = labels.note(written, results.method, language)
                about.setdefault(said, []).append(words.node(figure, language))
    return tuple(f"{', '.join(dict.fromkeys(nodes))}: {said}" for said, nodes in about.items())


def side_word(side: Side) -> str:
    """Name where a figure stands, for tables."""
    return {
        Side.ABOVE: _("cao hơn"),
        Side.BELOW: _("thấp hơn"),
        Side.UNDECIDED: _("chưa phân biệt"),
        Side.HIDDEN: _("không công bố"),
    }[side]
