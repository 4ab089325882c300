"""What the places, procedures and fields that a list names are in the register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Field, Procedure, ServiceCentre
from app.names import search_key
from app.queries import frames as frame_queries
from app.services.frames.places import Places


@dataclass(slots=True)
class Register:
    """Finds what is written in lists; what was found once is remembered.

    Attributes
    ----------
    fields : mapping of str to int
        Code or name, as a search key → id.
    procedures : mapping of str to (int, int)
        The same → ids of the procedure and of its field.
    """

    places: Places
    centre_ids: Mapping[str, int]
    fields: Mapping[str, int]
    procedures: Mapping[str, tuple[int, int]]
    _centres: dict[str, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, db: Session, province_id: int, on: date) -> Self:
        """Read the register of a province as it is on a day."""
        facts = frame_queries.place_facts(db, province_id)
        known = db.execute(
            select(ServiceCentre.code, ServiceCentre.id).where(
                ServiceCentre.code.in_([centre.code for centre in facts.centres])
            )
        )
        fields: dict[str, int] = {}
        for id_, code, name in db.execute(select(Field.id, Field.code, Field.name)):
            fields |= {search_key(name): id_, search_key(code): id_}
        procedures: dict[str, tuple[int, int]] = {}
        rows = select(Procedure.id, Procedure.field_id, Procedure.code, Procedure.name)
        for id_, field_id, code, name in db.execute(rows):
            procedures |= {search_key(name): (id_, field_id), search_key(code): (id_, field_id)}
        return cls(Places(facts, on), dict(known.all()), fields, procedures)

    def centre(self, text: str) -> int | None:
        """Find the centre that a text names, by code, name or commune; None if that is open."""
        if text not in self._centres:
            meaning = self.places.place(text)
            found = self.centre_ids.get(meaning.centre) if meaning.is_settled else None
            self._centres[text] = found
        return self._centres[text]

    def field_of(self, text: str) -> int | None:
        """Find a field by code or name."""
        return self.fields.get(search_key(text))

    def procedure(self, text: str) -> tuple[int, int] | None:
        """Find a procedure by code or name, with its field."""
        return self.procedures.get(search_key(text))
