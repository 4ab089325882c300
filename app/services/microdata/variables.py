"""Variables of the table of answers: what each column holds and what its numbers mean."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a variable is for."""

    ANSWER = "answer"
    PROFILE = "profile"
    PLACE = "place"
    DESIGN = "design"
    WEIGHT = "weight"


class Measure(StrEnum):
    """How the numbers of a variable may be compared, in the words of SPSS."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Category:
    """One value of a variable.

    Attributes
    ----------
    value : int
        As it stands in the files.
    code : str
        As the questionnaire or the map has it, e.g. ``"female"`` or ``"06652"``.
    label : str
        In words.
    is_missing : bool
        Whether it is a reason for having no answer, e.g. "no opinion" or "withheld".
    """

    value: int
    code: str
    label: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """One column.

    Attributes
    ----------
    name : str
        In the files.
    source : str
        In the snapshot; ``"improvements:facilities"`` for an option of several.
    label : str
        In a few words.
    question : str
        As it was asked; empty for what was not asked.
    categories : tuple of Category
        Empty for a number.
    decimals : int
        Digits to show after the point.
    """

    name: str
    source: str
    label: str
    role: Role
    measure: Measure
    question: str = ""
    categories: tuple[Category, ...] = ()
    decimals: int = 0

    @property
    def missing(self) -> tuple[Category, ...]:
        """Values that are reasons for having no answer."""
        return tuple(each for each in self.categories if each.is_missing)
