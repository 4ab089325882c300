"""Small pictures of weights, and what each step did in sentences and cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import weight_words
from app.queries.weights import SetShown
from app.services.weighting.names import KNOWN
from app.services.weighting.vocabulary import Vocabulary
from app.web.office.weights_pages import column_title
from app.weight_words import number, share, times

WIDTH: Final = 264.0
HEIGHT: Final = 84.0
_FOOT: Final = 18.0
_MOST_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Weights before and after, as two outlines over one axis.

    Attributes
    ----------
    before : str
        Points of the line of the weights before; ``after`` are bars.
    text : str
        What it shows, for those who cannot see it.
    """

    before: str
    after: tuple[Bar, ...]
    middle: str
    end: str
    text: str


@dataclass(frozen=True, slots=True)
class EffectBar:
    """Kish's effect after one step; ``even`` is how wide 1 is drawn, what weights alike have."""

    name: str
    width: float
    even: float
    value: str


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell of a step in words."""

    name: str
    n: str
    before: str
    after: str
    factor: str
    is_thin: bool


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of a set in words and pictures."""

    title: str
    why: str
    sentences: tuple[str, ...]
    picture: Picture
    cells: tuple[CellLine, ...]
    n_cells: int
    merged: tuple[str, ...]
    has_totals: bool


def steps_of(shown: SetShown, vocabulary: Vocabulary) -> tuple[StepShown, ...]:
    """Lay out every step of a set."""
    return tuple(_step(step, vocabulary) for step in shown.steps)


def _step(step: Mapping[str, Any], vocabulary: Vocabulary) -> StepShown:
    kind = step["step"]
    totals = step["totals"]
    cells = (
        _total_lines(totals, step["cells"], vocabulary)
        if totals
        else _cell_lines(step["cells"], vocabulary)
    )
    merged = tuple(
        " + ".join(_label(label, vocabulary) for label in group) for group in step["merged"]
    )
    return StepShown(
        title=str(weight_words.STEPS[kind]),
        why=str(weight_words.WHY[kind]),
        sentences=tuple(_sentences(step)),
        picture=picture(step["histogram"]),
        cells=tuple(cells[:_MOST_ROWS]),
        n_cells=len(cells),
        merged=merged,
        has_totals=bool(totals),
    )


def _sentences(step: Mapping[str, Any]) -> list[str]:
    factor, after = step["factor"], step["after"]
    low, high = factor["smallest"], factor["largest"]
    if low is not None and abs(high - low) < 1e-9:
        lines = [
            _("Trọng số không đổi.")
            if abs(high - 1) < 1e-9
            else _("Mọi trọng số nhân với %(times)s.", times=number(high, 3))
        ]
    else:
        lines = [
            _(
                "Trọng số nhân với từ %(low)s đến %(high)s.",
                low=number(low, 3), high=number(high, 3),
            )
        ]  # fmt: skip
    if step["totals"]:
        far = max(_distance(one, "before") for one in step["totals"])
        n = len(step["totals"])
        lines.append(
            ngettext(
                "%(num)d tổng đã khớp; trước đó lệch nhiều nhất %(far)s.",
                "%(num)d tổng đã khớp; trước đó lệch nhiều nhất %(far)s.",
                n,
                far=share(far),
            )
        )
    if step["fit"] and step["fit"]["iterations"]:
        lines.append(_("Xong sau %(n)s lượt.", n=step["fit"]["iterations"]))
    lines.append(_("Hệ số Kish sau bước này: %(kish)s.", kish=times(after["design_effect"])))
    lines += [
        weight_words.note(note["code"], note["detail"])
        for note in step["notes"]
        if (note["code"], note["detail"]) != ("trimmed", "0")
    ]
    if any((note["code"], note["detail"]) == ("trimmed", "0") for note in step["notes"]):
        lines.append(_("Không có trọng số nào vượt mức nên không phải cắt."))
    return [str(line) for line in lines]


def _distance(total: Mapping[str, float], when: str) -> float:
    return abs(total[when] - total["target"]) / (abs(total["target"]) or 1.0)


def _cell_lines(cells: Sequence[Mapping[str, Any]], vocabulary: Vocabulary) -> list[CellLine]:
    return [
        CellLine(
            name=_label(cell["of"], vocabulary),
            n=number(cell["n"]),
            before=number(cell["before"]),
            after=number(cell["after"]),
            factor=number(cell["factor"], 3),
            is_thin=bool(cell["thin"]),
        )
        for cell in cells
    ]


def _total_lines(
    totals: Sequence[Mapping[str, Any]],
    cells: Sequence[Mapping[str, Any]],
    vocabulary: Vocabulary,
) -> list[CellLine]:
    counts = {cell["of"][0]: cell for cell in cells if len(cell["of"]) == 1}
    lines = []
    for total in totals:
        cell = counts.get(total["name"], {})
        lines.append(
            CellLine(
                name=_total_name(total["name"], vocabulary),
                n=number(cell.get("n")) if cell else "",
                before=number(total["before"]),
                after=number(total["target"]),
                factor=number(total["target"] / total["before"], 3) if total["before"] else "–",
                is_thin=bool(cell.get("thin")),
            )
        )
    return lines


def _total_name(name: str, vocabulary: Vocabulary) -> str:
    """Name a total as ``column, column:category, category`` says."""
    columns, _colon, label = name.partition(":")
    parts = [part.removeprefix(KNOWN) for part in columns.split(", ")]
    named = weight_words.cell(label.split(", "), parts, vocabulary)
    return f"{', '.join(column_title(part, vocabulary) for part in parts)}: {named}"


def _label(label: Sequence[str], vocabulary: Vocabulary) -> str:
    """Name a cell by whatever its categories are called."""
    parts = []
    for code in label:
        if code in ("*", "all"):
            parts.append(str(_("tất cả")))
            continue
        names = {word.categories[code] for word in vocabulary.words if code in word.categories}
        parts.append(names.pop() if len(names) == 1 else code)
    return ", ".join(parts)


def picture(histogram: Mapping[str, Sequence[float]]) -> Picture:
    """Draw weights before as a line of steps and weights after as bars."""
    edges, before, after = histogram["edges"], histogram["before"], histogram["after"]
    top = max(*before, *after, 1.0)
    step = WIDTH / len(before)
    room = HEIGHT - _FOOT - 2

    def height(n: float) -> float:
        return round(room * n / top, 1)

    bars = tuple(
        Bar(round(place * step + 1, 1), round(2 + room - height(n), 1), round(step - 2, 1),
            height(n))
        for place, n in enumerate(after)
        if n
    )  # fmt: skip
    points = [f"0,{room + 2:g}"]
    for place, n in enumerate(before):
        y = round(2 + room - height(n), 1)
        points += [f"{place * step:.1f},{y:g}", f"{(place + 1) * step:.1f},{y:g}"]
    points.append(f"{WIDTH:g},{room + 2:g}")
    text = _(
        "Phân bố trọng số của các phiếu trả lời, từ 0 đến %(end)s: đường viền là trước, cột đặc "
        "là sau.",
        end=number(edges[-1]),
    )
    middle = number(edges[len(edges) // 2])
    return Picture(" ".join(points), bars, middle, number(edges[-1]), str(text))


def effects(shown: SetShown) -> tuple[EffectBar, ...]:
    """Draw Kish's effect after every step, from 1 on."""
    values = [(str(_("Trọng số cơ sở")), shown.summary["base"]["design_effect"])]
    values += [
        (f"{place}. {weight_words.STEPS[step['step']]}", step["after"]["design_effect"])
        for place, step in enumerate(shown.steps, start=1)
    ]
    most = max(value for _name, value in values) or 1.0
    return tuple(
        EffectBar(name, round(100.0 * value / most, 1), round(100.0 / most, 1), times(value))
        for name, value in values
    )
