"""Models and tests as plain tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.models import Margins
from analysis.plan.doubts import doubts
from analysis.plan.hypotheses import Tested
from analysis.plan.models import Fitted
from analysis.plan.schema.hypotheses import ChiSquareTest
from analysis.results import Note
from analysis.testing import ValueTest

Row = dict[str, Any]


def model_of(fitted: Fitted) -> Row:
    """Return a regression: coefficients, tests of its terms, predicted margins."""
    section, fit = fitted.section, fitted.fit
    has_error = bool((fit.joint.standard_errors() > 0).any())
    found_none = [Note("no-freedom-to-test", f"{fit.df:g}")] if has_error and fit.df <= 0 else []
    found_none += [] if has_error else [Note("nothing-to-test")]
    notes = [_note(note) for note in (*fit.notes, *found_none)]
    terms = []
    for term in fit.terms:
        found = fit.wald(term)
        terms.append(
            {
                "term": term,
                "statistic": found.statistic,
                "df_numerator": found.df_numerator,
                "df_denominator": found.df_denominator,
                "p_value": found.p_value,
            }
        )
    return {
        "name": section.name,
        "kind": section.kind,
        "response": section.response,
        "response_levels": list(fit.response_levels),
        "n": fit.n,
        "df": fit.df,
        "dispersion": fit.dispersion,
        "level": section.level,
        "coefficients": [_value_row(one) for one in fit.coefficients(section.level)],
        "covariance": fit.joint.covariance().tolist(),
        "terms": terms,
        "margins": [
            _value_row(one) for margins in fitted.margins for one in margins.values(section.level)
        ],
        "differences": [
            _value_row(one)
            for margins in fitted.margins
            for one in margins.differences(_reference(margins, section.reference), section.level)
        ],
        "notes": notes,
    }


def _reference(margins: Margins, reference: Mapping[str, str]) -> int:
    """Return which setting the others are compared with: that of the model, else the first."""
    for number, setting in enumerate(margins.settings):
        if all(reference.get(name) == value for name, value in setting.items()):
            return number
    return 0


def _value_row(one: ValueTest) -> Row:
    return {
        "term": one.name,
        "value": one.value,
        "standard_error": one.standard_error,
        "low": one.interval.low,
        "high": one.interval.high,
        "statistic": one.statistic,
        "df": one.df,
        "p_value": one.p_value,
    }


def _note(note: Note) -> Row:
    return {"code": note.code, "detail": note.detail}


def model_parts(model: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a model with the name of their section, for files of rows."""
    parts = {
        "coefficients": "coefficient",
        "terms": "term",
        "margins": "margin",
        "differences": "margin-difference",
    }
    for part, single in parts.items():
        for row in model[part]:
            about = {"name": model["name"], "kind": model["kind"], "level": model["level"]}
            yield single, about | row | {"notes": model["notes"]}


def test_row(tested: Tested) -> Row:
    """Return a test; of a t test with its estimate, of a chi-square with its table."""
    section = tested.section
    row: Row = {}
    if tested.value is not None:
        row = {
            "estimate": tested.value.value,
            "standard_error": tested.value.standard_error,
            "low": tested.value.interval.low,
            "high": tested.value.interval.high,
            "level": tested.value.interval.level,
            "df": tested.value.df,
        }
    if tested.table is not None:
        row = {"pearson": tested.table.pearson, "table": _table(tested)}
    return {
        "name": section.name,
        "kind": section.kind,
        "statistic": tested.statistic,
        "df_numerator": tested.df_numerator,
        "df_denominator": tested.df_denominator,
        "p_value": tested.p_value,
        **row,
        "notes": [_note(note) for note in (*tested.notes, *_doubts(tested))],
    }


def _doubts(tested: Tested) -> tuple[Note, ...]:
    has_error = True
    if tested.value is not None:
        has_error = tested.value.standard_error > 0
    elif tested.table is not None:
        has_error = bool((tested.table.table.standard_errors > 0).any())
    elif tested.fitted is not None:
        has_error = bool((tested.fitted.fit.joint.standard_errors() > 0).any())
    return doubts(tested.p_value, tested.df_denominator, has_error=has_error)


def _table(tested: Tested) -> Row | None:
    section = tested.section
    if tested.table is None or not isinstance(section, ChiSquareTest):
        return None
    table = tested.table.table
    return {
        "row_variable": section.rows,
        "column_variable": section.columns,
        "rows": list(table.row_levels),
        "columns": list(table.column_levels),
        "count": table.count.tolist(),
        "shares": table.shares.tolist(),
        "standard_errors": table.standard_errors.tolist(),
        "design_effects": tested.table.design_effects.tolist(),
    }
