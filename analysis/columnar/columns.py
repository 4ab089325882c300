"""What is known of a column before it is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a column holds, whatever program reads it."""

    INTEGER = "integer"
    FLOAT = "float"
    SHORT_FLOAT = "short-float"
    TRUTH = "truth"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Column:
    """What the footers tell of a column in all files together.

    Attributes
    ----------
    name : str
    kind : Kind
        Of its values, in the first file.
    type : str
        As the file calls it, for messages.
    low, high : object
        Least and greatest value; None where a footer does not tell.
    may_be_missing : bool
        Whether there are missing values, or a footer does not tell.
    is_listed : bool
        Whether it holds places in a list of values, not the values.
    """

    name: str
    kind: Kind
    type: str
    low: Any
    high: Any
    may_be_missing: bool
    is_listed: bool = False

    @property
    def is_integer(self) -> bool:
        """Whether it holds integers."""
        return self.kind is Kind.INTEGER and not self.is_listed

    @property
    def is_float(self) -> bool:
        """Whether it holds floats."""
        return self.kind in {Kind.FLOAT, Kind.SHORT_FLOAT} and not self.is_listed

    @property
    def is_number(self) -> bool:
        """Whether it holds integers or floats."""
        return self.is_integer or self.is_float

    @property
    def is_truth(self) -> bool:
        """Whether it holds truth values."""
        return self.kind is Kind.TRUTH and not self.is_listed

    @property
    def is_text(self) -> bool:
        """Whether it holds text, or places in a list of texts."""
        return self.kind is Kind.TEXT
