"""Service centres (Trung tâm Phục vụ hành chính công)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Counter, ServiceCentre
from app.names import clean
from app.services import audit
from app.services.codes import canonical_code, checked_name


def add(
    db: Session,
    *,
    code: str,
    name: str,
    level: str,
    unit_id: int,
    valid_from: date,
    actor: str,
    address: str | None = None,
) -> ServiceCentre:
    """Add a service centre.

    Parameters
    ----------
    code : str
        Short name of the centre; codes of its counters usually begin with it.
    level : {'province', 'commune'}
        Level of the unit whose centre it is.
    unit_id : int
        The province or commune.

    Raises
    ------
    ConflictError
        ``code.malformed``, ``centre.code-taken`` or ``name.malformed``.
    """
    code = canonical_code(code)
    if db.scalar(select(ServiceCentre.id).where(ServiceCentre.code == code)) is not None:
        raise ConflictError("centre.code-taken", given=code)
    centre = ServiceCentre(
        code=code,
        name=checked_name(name),
        level=level,
        unit_id=unit_id,
        address=_address(address),
        valid_from=valid_from,
    )
    db.add(centre)
    db.flush()
    audit.record(db, actor, "centre.add", code, name=centre.name)
    return centre


def rename(
    db: Session, code: str, *, name: str, actor: str, address: str | None = None
) -> ServiceCentre:
    """Change name and address of a centre; its code stays, because answers are kept under it.

    Raises
    ------
    NotFoundError
        ``centre.unknown``
    ConflictError
        ``name.malformed``
    """
    centre = require(db, code)
    before = centre.name
    centre.name = checked_name(name)
    centre.address = _address(address)
    db.flush()
    audit.record(db, actor, "centre.rename", centre.code, before=before, after=centre.name)
    return centre


def close(db: Session, code: str, *, on: date, actor: str) -> ServiceCentre:
    """Close a centre and its counters. A centre that is closed already stays as it is.

    Raises
    ------
    NotFoundError
        ``centre.unknown``
    """
    centre = require(db, code)
    if centre.valid_to is not None:
        return centre
    centre.valid_to = on
    still_open = select(Counter).where(Counter.centre_id == centre.id, Counter.closed_on.is_(None))
    for counter in db.scalars(still_open):
        counter.closed_on = on
    db.flush()
    audit.record(db, actor, "centre.close", centre.code, on=on.isoformat())
    return centre


def reopen(db: Session, code: str, *, actor: str) -> ServiceCentre:
    """Open a closed centre again, with the counters that were closed on the same day.

    Raises
    ------
    NotFoundError
        ``centre.unknown``
    """
    centre = require(db, code)
    if centre.valid_to is None:
        return centre
    closed_with_it = db.scalars(
        select(Counter).where(Counter.centre_id == centre.id, Counter.closed_on == centre.valid_to)
    )
    for counter in closed_with_it:
        counter.closed_on = None
    centre.valid_to = None
    db.flush()
    audit.record(db, actor, "centre.reopen", centre.code)
    return centre


def require(db: Session, code: str) -> ServiceCentre:
    """Return the centre with a code.

    Raises
    ------
    NotFoundError
        ``centre.unknown``
    """
    centre = db.scalar(select(ServiceCentre).where(ServiceCentre.code == code))
    if centre is None:
        raise NotFoundError("centre.unknown", centre=code)
    return centre


def _address(given: str | None) -> str | None:
    return checked_name(given) if given and clean(given) else None
