"""What a select field or a list of buttons offers."""

from collections.abc import Iterable
from typing import Any

# Newer than the type stubs of WTForms.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]


def options(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Turn pairs of value and label into the choices of a field."""
    return [SelectChoice(value, label) for value, label in pairs]
