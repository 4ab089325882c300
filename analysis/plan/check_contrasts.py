"""What can be wrong with a contrast before any file is opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analysis.plan.expression import FUNCTIONS, BadFormulaError, parse_formula
from analysis.plan.faults import Place, nearest
from analysis.plan.reader import Reader
from analysis.plan.schema.contrasts import Contrast, Input
from analysis.plan.schema.estimates import EstimateSection

Estimates = Mapping[str, EstimateSection]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of all sections a contrast may be made of, those with faults too."""

    estimates: Collection[str]
    models: Collection[str]


def check_contrast(contrast: Contrast, known: Estimates, named: Names, reader: Reader) -> None:
    """Note what is wrong with the form of a contrast and the figures it names.

    Parameters
    ----------
    contrast : Contrast
    known : mapping of str to EstimateSection
        Estimates that could be read.
    named : Names
    reader : Reader
        Takes the faults.
    """
    forms = {
        "expression": contrast.expression is not None,
        "difference": bool(contrast.difference),
        "against": contrast.against is not None,
    }
    given = [form for form, is_given in forms.items() if is_given]
    if len(given) != 1:
        reader.fault(contrast.place, "contrast-form")
        return
    if contrast.expression is not None:
        _check_formula(contrast, contrast.expression, reader)
        for one in contrast.inputs.values():
            _check_input(one, known, named, reader)
        if contrast.estimate is not None:
            place = (*contrast.place, "estimate")
            reader.fault(place, "keys-exclude", one="expression", other="estimate")
        return
    if contrast.inputs:
        reader.fault((*contrast.place, "inputs"), "keys-exclude", one=given[0], other="inputs")
    if contrast.estimate is None:
        reader.fault(contrast.place, "missing-key", key="estimate")
    elif _exists(contrast.estimate, (*contrast.place, "estimate"), named.estimates, reader):
        _check_short(contrast, known.get(contrast.estimate), reader)


def _exists(name: str, place: Place, named: Collection[str], reader: Reader) -> bool:
    if name in named:
        return True
    meant = nearest(name, named)
    reader.fault(place, "no-such-estimate", name=name, meant=meant, known=", ".join(named))
    return False


def _check_formula(contrast: Contrast, text: str, reader: Reader) -> None:
    place = (*contrast.place, "expression")
    try:
        formula = parse_formula(text)
    except BadFormulaError as error:
        reader.fault(place, "bad-formula", functions=", ".join(FUNCTIONS), **error.context)
        return
    if not contrast.inputs:
        reader.fault(contrast.place, "missing-key", key="inputs")
        return
    for name in formula.names:
        if name not in contrast.inputs:
            meant = nearest(name, contrast.inputs)
            known = ", ".join(contrast.inputs)
            reader.fault(place, "no-such-input", name=name, meant=meant, known=known)
    for name in contrast.inputs:
        if name not in formula.names:
            reader.fault((*contrast.place, "inputs", name), "unused-input", name=name)


def _check_input(one: Input, known: Estimates, named: Names, reader: Reader) -> None:
    if one.model is not None:
        _check_of_model(one, one.model, named, reader)
        return
    for key in ("coefficient", "margin"):
        if getattr(one, key) is not None:
            reader.fault((*one.place, key), "key-needs-key", key=key, needed="model")
    if one.estimate is None:
        reader.fault(one.place, "one-of-keys", keys="estimate, model")
    elif _exists(one.estimate, (*one.place, "estimate"), named.estimates, reader):
        _check_of_estimate(one, known.get(one.estimate), reader)


def _check_of_model(one: Input, model: str, named: Names, reader: Reader) -> None:
    """Check an input that is a coefficient or a margin; which there are, rows will tell."""
    for key in ("estimate", "variable", "category", "quantile", "domain"):
        if getattr(one, key):
            reader.fault((*one.place, key), "keys-exclude", one="model", other=key)
    given = [key for key in ("coefficient", "margin") if getattr(one, key) is not None]
    if not given:
        reader.fault(one.place, "one-of-keys", keys="coefficient, margin")
    elif len(given) > 1:
        reader.fault((*one.place, given[1]), "keys-exclude", one=given[0], other=given[1])
    if model not in named.models:
        meant, known = nearest(model, named.models), ", ".join(named.models)
        reader.fault((*one.place, "model"), "unknown-model", name=model, meant=meant, known=known)


def _check_of_estimate(one: Input, estimate: EstimateSection | None, reader: Reader) -> None:
    if estimate is None:
        return
    for name in one.domain:
        _check_axis(name, estimate, (*one.place, "domain", name), reader)
    for name in estimate.by:
        if name not in one.domain:
            reader.fault(one.place, "domain-incomplete", column=name, estimate=estimate.name)


def _check_axis(name: str, estimate: EstimateSection, place: Place, reader: Reader) -> None:
    if name not in estimate.by:
        by = ", ".join(estimate.by)
        reader.fault(place, "not-a-domain", column=name, estimate=estimate.name, known=by)


def _check_short(contrast: Contrast, estimate: EstimateSection | None, reader: Reader) -> None:
    if estimate is None:
        return
    if contrast.against is not None:
        key, domains = "against", [((*contrast.place, "against"), contrast.against)]
    else:
        key = "difference"
        domains = [
            ((*contrast.place, key, number), domain)
            for number, domain in enumerate(contrast.difference)
        ]
        if len(domains) != 2:
            reader.fault((*contrast.place, key), "difference-of-two", found=len(domains))
    for place, domain in domains:
        if not domain:
            reader.fault(place, "empty-table")
        for name in domain:
            _check_axis(name, estimate, (*place, name), reader)
    if len({frozenset(domain) for _, domain in domains}) > 1:
        reader.fault((*contrast.place, key), "difference-axes")
