"""What can be wrong with models and tests before any file is opened."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan.faults import nearest
from analysis.plan.reader import Reader
from analysis.plan.schema.hypotheses import TTest, WaldTest
from analysis.plan.schema.models import ModelSection
from analysis.plan.schema.plan import Plan
from analysis.plan.terms import columns_of


def check_models(plan: Plan, named: Sequence[str], reader: Reader) -> None:
    """Note what contradicts itself in models and tests.

    Parameters
    ----------
    plan : Plan
    named : sequence of str
        Names of all models that are written, those with faults included.
    reader : Reader
        Takes the faults.
    """
    for model in plan.models:
        if reader.is_clean(model.place):
            _check_model(model, reader)
    fitted = {model.name: model for model in plan.models}
    for test in plan.hypotheses:
        if not reader.is_clean(test.place):
            continue
        if isinstance(test, TTest):
            _check_t(test, reader)
        if isinstance(test, WaldTest):
            if test.model not in named:
                place, meant = (*test.place, "model"), nearest(test.model, named)
                known = ", ".join(named)
                reader.fault(place, "unknown-model", name=test.model, meant=meant, known=known)
            elif test.model in fitted:
                _check_terms(test, fitted[test.model], reader)


def _check_model(model: ModelSection, reader: Reader) -> None:
    used = {column for term in model.terms for column in columns_of(term)}
    if model.response in used:
        reader.fault((*model.place, "terms"), "response-among-terms", name=model.response)
    for column in model.reference:
        if column not in used:
            reader.fault((*model.place, "reference", column), "not-a-term", name=column)
    for number, column in enumerate(model.margins):
        if not set(columns_of(column)) <= used:
            reader.fault((*model.place, "margins", number), "not-a-term", name=column)


def _check_terms(test: WaldTest, model: ModelSection, reader: Reader) -> None:
    known = {frozenset(columns_of(term)) for term in model.terms}
    for number, term in enumerate(test.terms):
        if frozenset(columns_of(term)) not in known | {frozenset()}:
            reader.fault((*test.place, "terms", number), "not-a-term", name=term)


def _check_t(test: TTest, reader: Reader) -> None:
    place = test.place
    given = [
        name
        for name, is_given in (
            ("by", test.by is not None),
            ("paired_with", test.paired_with is not None),
            ("value", test.value is not None),
        )
        if is_given
    ]
    if len(given) > 1:
        reader.fault((*place, given[1]), "keys-exclude", one=given[0], other=given[1])
    if test.groups and test.by is None:
        reader.fault((*place, "groups"), "key-needs-key", key="groups", needed="by")
    if test.groups and len(test.groups) != 2:
        reader.fault((*place, "groups"), "two-groups", found=len(test.groups))
