"""What an import must know of the round it goes into."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Counter, Field, Response, Round, ServiceCentre
from app.names import search_key
from app.queries import units
from app.services import instruments
from app.services.imports.design import Register
from app.services.imports.refusals import RoundRefusedError
from surveys.instrument.model import Instrument

_COMMUNE_DIGITS = 5


@dataclass(frozen=True, slots=True)
class ImportRound:
    """A sampled round that takes answers, and what its answers may refer to.

    Attributes
    ----------
    modes : tuple of str
        Ways of answering of the round.
    opens_on, closes_on : date
        First and last day of an answer.
    registers : mapping of str to Register
        Places by domain: ``commune``, ``centre``, ``counter``, ``field``.
    centre_of : mapping of str to str
        Code of a counter to the code of its centre.
    strata : mapping of str to str
        Stratum of every PSU that has answers already.
    """

    id: int
    code: str
    instrument: Instrument = field(repr=False)
    modes: tuple[str, ...]
    opens_on: date
    closes_on: date
    registers: Mapping[str, Register] = field(repr=False)
    centre_of: Mapping[str, str] = field(repr=False)
    strata: Mapping[str, str] = field(repr=False)


def import_round(db: Session, code: str) -> ImportRound:
    """Read the round an import goes into.

    Raises
    ------
    RoundRefusedError
        ``round.unknown``, ``round.not-sampled`` or ``round.not-open``.
    """
    found = db.scalar(select(Round).where(Round.code == code))
    if found is None:
        raise RoundRefusedError("round.unknown", round=code)
    refuse_closed(found)
    counters = db.execute(
        select(Counter.code, Counter.id, Counter.name, ServiceCentre.code).join(Counter.centre)
    ).all()
    centres = db.execute(select(ServiceCentre.code, ServiceCentre.id, ServiceCentre.name)).all()
    fields = db.execute(select(Field.code, Field.name)).all()
    return ImportRound(
        id=found.id,
        code=found.code,
        instrument=instruments.instrument_of(found.instrument_version),
        modes=tuple(found.modes),
        opens_on=found.opens_on,
        closes_on=found.closes_on,
        registers={
            "commune": _communes(db, found),
            # Counters share names from centre to centre, so only their codes are taken.
            "counter": Register(
                frozenset(code for code, *_ in counters), ids={row[0]: row[1] for row in counters}
            ),
            "centre": _register(
                ((code, name) for code, _, name in centres), {row[0]: row[1] for row in centres}
            ),
            "field": _register((code, name) for code, name in fields),
        },
        centre_of={row[0]: row[3] for row in counters},
        strata=strata(db, found.id),
    )


def refuse_closed(round_: Round) -> None:
    """Raise unless the round is a sampled one that takes answers now."""
    if round_.source != "sample":
        raise RoundRefusedError("round.not-sampled", round=round_.code)
    if round_.state != "open":
        raise RoundRefusedError("round.not-open", round=round_.code, state=round_.state)


def strata(db: Session, round_id: int) -> dict[str, str]:
    """Stratum of every PSU that has answers in a round."""
    rows = db.execute(
        select(Response.psu, Response.stratum)
        .where(Response.round_id == round_id, Response.source == "sample")
        .distinct()
    )
    return {psu: stratum for psu, stratum in rows if psu is not None and stratum is not None}


def _communes(db: Session, round_: Round) -> Register:
    """Communes of the province on any of the round's days: a reform may fall into it."""
    province = round_.campaign.province_id
    found = {
        unit.code: unit
        for on in (round_.closes_on, round_.opens_on)
        for unit in units.valid_on(db, on, kind="commune", within=province)
    }
    named = [(unit.code, name) for unit in found.values() for name in (unit.name, unit.short_name)]
    register = _register(named)
    return Register(register.codes, register.by_name, digits=_COMMUNE_DIGITS)


def _register(named: Iterable[tuple[str, str]], ids: Mapping[str, int] | None = None) -> Register:
    codes: set[str] = set()
    by_name: dict[str, set[str]] = {}
    for code, name in named:
        codes.add(code)
        by_name.setdefault(search_key(name), set()).add(code)
    return Register(
        frozenset(codes),
        {name: next(iter(those)) for name, those in by_name.items() if len(those) == 1},
        ids or {},
    )
