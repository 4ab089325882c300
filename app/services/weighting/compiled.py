"""Steps of a recipe as sections of an analysis plan.

The same sections make the weights here and in the archive of a publication, so that whoever works
a publication out again follows the very steps that were followed here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from analysis.snapshot import Layout
from app.services.weighting.controls import Control, Label
from app.services.weighting.names import ANSWERED, INELIGIBLE, RESPONDED, START, STATUS, UNKNOWN
from app.services.weighting.recipe import Greg, Nonresponse, Propensity, Rake, Step, Unknown
from app.services.weighting.rows import Rows

# Polars reads a condition as SQL; names with dots stand in quotes.
_ANSWERS: Final = f"\"{STATUS}\" = '{ANSWERED}'"
_OF_THE_LIST: Final = f"\"{STATUS}\" IN ('{ANSWERED}', '{INELIGIBLE}')"


def header(layout: Layout, file: str) -> str:
    """Write the sections that say where the rows are and how they were drawn."""
    return "\n".join(
        [
            "plan = 1",
            "",
            "[data]",
            f"file = {text(file)}",
            "",
            "[design]",
            f"strata = {texts([layout.stratum])}",
            f"clusters = {texts([layout.psu])}",
            f"weight = {text(START)}",
            'lonely = "adjust"',
            "",
        ]
    )


def section(step: Step, rows: Rows, controls: Sequence[Control]) -> str:
    """Write a step, other than trimming, as a section ``[[weights]]``.

    Parameters
    ----------
    controls : sequence of Control
        Those that the step names, in its order, adding up to one total.
    """
    lines: list[str] = ["", "[[weights]]"]
    match step:
        case Unknown():
            lines += [
                'step = "unknown-eligibility"',
                f"status = {text(STATUS)}",
                f"unknown = {texts([UNKNOWN])}",
                *_within(step.within, rows),
                f"minimum = {step.minimum}",
            ]
        case Nonresponse():
            lines += [
                'step = "nonresponse"',
                f"responded = {text(RESPONDED)}",
                *_within(step.within, rows),
                f"thin = {text(step.thin)}",
                f"minimum = {step.minimum}",
            ]
        case Propensity():
            lines += [
                'step = "propensity"',
                f"responded = {text(RESPONDED)}",
                f"terms = {texts(_term(one, rows) for one in step.terms)}",
                f"classes = {step.classes}",
                f"weighted = {'true' if step.weighted else 'false'}",
                f"minimum = {step.minimum}",
            ]
        case Rake():
            lines += _rake(step, rows, controls)
        case Greg():
            lines += _greg(step, rows, controls)
        case _:
            raise TypeError(step)
    return "\n".join(lines) + "\n"


def trim_section(
    lower: float, upper: float, redistribute: str, within: Iterable[str], rows: Rows
) -> str:
    """Write trimming at bounds that are known by now."""
    lines = [
        "",
        "[[weights]]",
        'step = "trim"',
        f"where = {text(_ANSWERS)}",
        *([f"lower = {lower!r}"] if lower > 0 else []),
        f"upper = {upper!r}",
        f"redistribute = {text(redistribute)}",
        *_within(within, rows),
    ]
    return "\n".join(lines) + "\n"


def _within(columns: Iterable[str], rows: Rows) -> list[str]:
    named = [rows.column_for_all(one) for one in columns]
    return [f"within = {texts(named)}"] if named else []


def _where(controls: Sequence[Control]) -> str:
    counts_all = all(control.counted == "list" for control in controls)
    return f"where = {text(_OF_THE_LIST if counts_all else _ANSWERS)}"


def _columns(control: Control, rows: Rows) -> list[str]:
    """Name the columns of a margin; those of a list are known of the ineligible too."""
    if control.counted == "list":
        return [rows.column_for_all(one) for one in control.columns]
    return list(control.columns)


def _rake(step: Rake, rows: Rows, controls: Sequence[Control]) -> list[str]:
    if len(controls) == 1:
        (control,) = controls
        return [
            'step = "poststratify"',
            _where(controls),
            f"by = {texts(_columns(control, rows))}",
            f"totals = {_nested(control.cells)}",
        ]
    lines = ['step = "rake"', _where(controls), f"max_iterations = {step.max_iterations}"]
    for control in controls:
        lines += [
            "[[weights.margins]]",
            f"by = {texts(_columns(control, rows))}",
            f"totals = {_nested(control.cells)}",
        ]
    return lines


def _greg(step: Greg, rows: Rows, controls: Sequence[Control]) -> list[str]:
    terms, totals = [], {}
    for control in controls:
        columns = _columns(control, rows)
        terms.append(":".join(columns))
        for label, total in control.cells.items():
            name = ":".join(f"{of}:{code}" for of, code in zip(columns, label, strict=True))
            totals[name] = total
    return [
        'step = "calibrate"',
        _where(controls),
        f"terms = {texts(terms)}",
        f"totals = {_table(totals)}",
        f"distance = {text(step.distance)}",
        *([f"bounds = [{step.bounds[0]!r}, {step.bounds[1]!r}]"] if step.bounds else []),
    ]


def _term(written: str, rows: Rows) -> str:
    return ":".join(rows.column_for_all(part.strip()) for part in written.split(":"))


def _table(totals: Mapping[str, float]) -> str:
    parts = (f"{text(name)} = {float(total)!r}" for name, total in sorted(totals.items()))
    return "{ " + ", ".join(parts) + " }"


def _nested(cells: Mapping[Label, float]) -> str:
    """Write totals by cell; tables within tables are crossed columns."""
    if all(len(label) == 1 for label in cells):
        return _table({label[0]: total for label, total in cells.items()})
    first = sorted({label[0] for label in cells})
    parts = [
        f"{text(name)} = "
        + _nested({label[1:]: total for label, total in cells.items() if label[0] == name})
        for name in first
    ]
    return "{ " + ", ".join(parts) + " }"


def text(value: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)


def texts(values: Iterable[str]) -> str:
    """Write a list of TOML strings."""
    return "[" + ", ".join(text(value) for value in values) + "]"
