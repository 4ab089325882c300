"""What the columns and categories of a round's answers are called, by whoever writes a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.models import Round
from app.names import search_key
from app.queries import domains
from app.services import instruments, snapshots
from app.services.columns import PLACE, Columns, domain_kind
from surveys.instrument.model import Instrument

# Headings people write above places, besides our own words.
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "commune": ("xã, phường, đặc khu", "xã, phường", "xã/phường", "xã phường", "đơn vị", "xã",
                "địa bàn", "đơn vị hành chính", "commune"),
    "commune_kind": ("loại đơn vị hành chính cấp xã", "loại đơn vị", "loại xã", "loại",
                     "loại đơn vị hành chính", "kind of commune"),
    "centre": ("trung tâm phục vụ hành chính công", "trung tâm", "nơi tiếp nhận", "bộ phận một cửa",
               "centre", "center"),
    "counter": ("quầy", "counter"),
    "field": ("lĩnh vực thủ tục hành chính", "lĩnh vực", "field"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One column of the answers that groups people.

    Attributes
    ----------
    column : str
        Of the snapshot, e.g. ``"place.field"``.
    kind : str
        Kind of domain, e.g. ``"field"``.
    headings : frozenset of str
        What stands above it, as search keys.
    categories : mapping of str to str
        Code → name.
    """

    column: str
    kind: str
    headings: frozenset[str]
    categories: Mapping[str, str]

    def code_of(self, written: str) -> str | None:
        """Find a category by its code or its name; None if it is none, or may be several."""
        if written in self.categories:
            return written
        sought = search_key(written)
        found = {code for code, name in self.categories.items() if search_key(name) == sought}
        if not found:
            found = {code for code in self.categories if search_key(code) == sought}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """All columns of a round that totals can be about, and the answers as they are."""

    words: tuple[Word, ...]
    answers: Columns
    instrument: Instrument

    def word(self, column: str) -> Word | None:
        """Find a column by its name."""
        return next((word for word in self.words if word.column == column), None)

    def heading(self, written: str) -> Word | None:
        """Find the column that a heading means."""
        sought = search_key(written)
        return next(
            (word for word in self.words if sought in word.headings or written == word.column), None
        )


def of_round(db: Session, round_: Round) -> Vocabulary:
    """Read what answers of a round can be told apart by."""
    made = snapshots.columns(db, round_)
    instrument = instruments.instrument_of(round_.instrument_version)
    names = domains.places(db, round_.opens_on, round_.closes_on).names
    words = []
    for column in made.layout.domains:
        kind = domain_kind(column)
        if column.startswith(PLACE):
            categories = {code: name for (of, code), name in names.items() if of == kind}
            headings = _HEADINGS.get(kind, ())
        else:
            categories = {}
            headings = ()
            for language in instrument.languages:
                wording = instrument.wording[language]
                headings = (*headings, wording.label(kind))
                categories = {**wording.options.get(kind, {}), **categories}
        present = made.rows[column].cast(str).drop_nulls().unique().sort().to_list()
        categories |= {code: code for code in present if code not in categories}
        keys = frozenset(search_key(heading) for heading in (*headings, kind, column))
        words.append(Word(column, kind, keys, categories))
    return Vocabulary(tuple(words), made, instrument)
