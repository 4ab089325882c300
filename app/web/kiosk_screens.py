"""A questionnaire as screens of a tablet: one question each, in large buttons."""

from dataclasses import dataclass
from functools import lru_cache

from surveys.instrument.model import Instrument, Item, Kind
from surveys.instrument.rules import All, AtLeast, Not, Rule, as_data

# Levels from the unhappiest to the happiest face.
FACES = 5
_WRITTEN = frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT})


@dataclass(frozen=True, slots=True)
class Choice:
    """One button. ``face`` counts from 1, unhappy, to 5, happy; 0 has none."""

    code: str
    label: str
    face: int = 0


@dataclass(frozen=True, slots=True)
class Screen:
    """One question.

    Attributes
    ----------
    kind : str
        ``one``, ``several``, ``typed`` or ``note``.
    when : dict or None
        The rule under which it is asked, as data for the tablet's own program.
    """

    item: str
    kind: str
    label: str
    hint: str
    group: str
    required: bool
    choices: tuple[Choice, ...]
    when: dict[str, object] | None
    numeric: bool = False


@lru_cache(maxsize=64)
def screens(instrument: Instrument, language: str) -> tuple[Screen, ...]:
    """List the screens of a questionnaire in one language.

    Texts that may be left out are left out: nobody types at a counter while others wait and look.
    """
    wording = instrument.wording[language]
    found = []
    for page in instrument.pages:
        for item in page.items:
            if item.kind in _WRITTEN and not item.required:
                continue
            found.append(
                Screen(
                    item=item.code,
                    kind=_kind(item),
                    label=wording.label(item),
                    hint=wording.hint(item),
                    group=wording.group(item.group) if item.group else "",
                    required=item.required,
                    choices=_choices(item, instrument, language),
                    when=_both(page.when, item.when),
                    numeric=item.kind in {Kind.INTEGER, Kind.DECIMAL},
                )
            )
    return tuple(found)


def _kind(item: Item) -> str:
    if item.kind is Kind.NOTE:
        return "note"
    if item.kind is Kind.MULTIPLE:
        return "several"
    return "one" if item.options else "typed"


def _choices(item: Item, instrument: Instrument, language: str) -> tuple[Choice, ...]:
    wording = instrument.wording[language]
    levels = () if item.scale is None or not item.scale.satisfied else item.scale.codes
    return tuple(
        Choice(
            str(code),
            wording.option(item, code),
            _face(levels.index(code), len(levels)) if code in levels else 0,
        )
        for code in (item.scale.offered if item.scale is not None else item.options)
    )


def _face(place: int, n_levels: int) -> int:
    """Spread the levels of a scale over the faces."""
    return 1 + round(place * (FACES - 1) / max(1, n_levels - 1))


def _both(page: Rule | None, item: Rule | None) -> dict[str, object] | None:
    rules = [_data(rule) for rule in (page, item) if rule is not None]
    if not rules:
        return None
    return rules[0] if len(rules) == 1 else {"all": rules}


def _data(rule: Rule) -> dict[str, object]:
    """Write a rule as data, with the codes outside a scale that its file does not repeat."""
    match rule:
        case All(rules=rules):
            return {"all": [_data(each) for each in rules]}
        case Not(rule=inner):
            return {"not": _data(inner)}
        case AtLeast(item=item, minimum=minimum, outside=outside):
            return {"at_least": [item, float(minimum)], "outside": list(outside)}
        case _:
            return as_data(rule)
