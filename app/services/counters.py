"""Counters of service centres.

Their codes stand in printed addresses. A code that was once given is never given to another
counter: a counter that changes its code keeps the earlier ones as aliases.
"""

from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Counter, CounterAlias
from app.services import audit
from app.services.centres import require as require_centre
from app.services.codes import canonical_code, checked_name, checked_number
from app.services.procedures import field_id

# Two transactions must not give the same code away, one as a code and one as an alias.
_CODES_LOCK = 7_201_957


def suggested_code(db: Session, centre_code: str, number: str) -> str:
    """Propose a code for a new counter: the centre's code and the number.

    A centre whose counters all go by their number alone keeps to that.

    Raises
    ------
    NotFoundError
        ``centre.unknown``
    """
    centre = require_centre(db, centre_code)
    taken = db.execute(
        select(Counter.code, Counter.number).where(Counter.centre_id == centre.id)
    ).all()
    number = number.strip().lower()
    if taken and all(code == its_number.lower() for code, its_number in taken):
        return number
    return f"{centre.code}-{number}"


def add(
    db: Session,
    centre_code: str,
    *,
    number: str,
    name: str,
    actor: str,
    field_code: str | None = None,
    code: str | None = None,
) -> Counter:
    """Add a counter to a centre.

    Parameters
    ----------
    number : str
        As it stands on the counter, e.g. ``"05"``.
    code : str, optional
        For the printed address; as `suggested_code` by default.

    Raises
    ------
    NotFoundError
        ``centre.unknown`` or ``field.unknown``
    ConflictError
        ``centre.closed``, ``counter.number-malformed``, ``counter.number-taken``,
        ``counter.code-taken``, ``code.malformed`` or ``name.malformed``.
    """
    centre = require_centre(db, centre_code)
    if centre.valid_to is not None:
        raise ConflictError("centre.closed", centre=centre.code)
    number = _new_number(db, centre.id, number)
    code = canonical_code(code or suggested_code(db, centre.code, number))
    _require_new_code(db, code)
    counter = Counter(
        code=code,
        centre_id=centre.id,
        number=number,
        name=checked_name(name),
        field_id=field_id(db, field_code),
    )
    db.add(counter)
    db.flush()
    audit.record(db, actor, "counter.add", code, centre=centre.code, number=number)
    return counter


def rename(
    db: Session,
    code: str,
    *,
    number: str,
    name: str,
    field_code: str | None,
    actor: str,
) -> Counter:
    """Change what a counter is called and handles; its printed address stays.

    Raises
    ------
    NotFoundError
        ``counter.unknown`` or ``field.unknown``
    ConflictError
        ``counter.number-malformed``, ``counter.number-taken`` or ``name.malformed``.
    """
    counter = _counter(db, code)
    before = {"number": counter.number, "name": counter.name}
    counter.number = _new_number(db, counter.centre_id, number, counter.id)
    counter.name = checked_name(name)
    counter.field_id = field_id(db, field_code)
    db.flush()
    after = {"number": counter.number, "name": counter.name}
    audit.record(db, actor, "counter.rename", counter.code, before=before, after=after)
    return counter


def recode(db: Session, code: str, *, new_code: str, on: date, actor: str) -> Counter:
    """Give a counter another code; sheets printed with the earlier one keep working.

    Answers received so far keep the code under which they came. A counter may return to a code
    that it had before.

    Raises
    ------
    NotFoundError
        ``counter.unknown``
    ConflictError
        ``code.malformed`` or ``counter.code-taken``
    """
    counter = _counter(db, code)
    wanted = canonical_code(new_code)
    if wanted == counter.code:
        return counter
    _require_new_code(db, wanted, counter.id)
    own_earlier = db.get(CounterAlias, wanted)
    if own_earlier is not None:
        db.delete(own_earlier)
    before = counter.code
    counter.code = wanted
    db.add(
        CounterAlias(
            code=before,
            counter_id=counter.id,
            printed_as=f"Quầy {counter.number}: {counter.name}",
            replaced_on=on,
        )
    )
    db.flush()
    audit.record(db, actor, "counter.recode", before, after=wanted)
    return counter


def close(db: Session, code: str, *, on: date, actor: str) -> Counter:
    """Close a counter; its printed address stays and says so.

    Raises
    ------
    NotFoundError
        ``counter.unknown``
    """
    counter = _counter(db, code)
    if counter.closed_on is None:
        counter.closed_on = on
        db.flush()
        audit.record(db, actor, "counter.close", counter.code, on=on.isoformat())
    return counter


def reopen(db: Session, code: str, *, actor: str) -> Counter:
    """Open a closed counter again.

    Raises
    ------
    NotFoundError
        ``counter.unknown``
    ConflictError
        ``centre.closed``: the centre has to be opened first.
    """
    counter = _counter(db, code)
    if counter.centre.valid_to is not None:
        raise ConflictError("centre.closed", centre=counter.centre.code)
    if counter.closed_on is not None:
        counter.closed_on = None
        db.flush()
        audit.record(db, actor, "counter.reopen", counter.code)
    return counter


def _counter(db: Session, code: str) -> Counter:
    counter = db.scalar(select(Counter).where(Counter.code == code))
    if counter is None:
        raise NotFoundError("counter.unknown", counter=code)
    return counter


def _new_number(db: Session, centre_id: int, number: str, own_id: int | None = None) -> str:
    number = checked_number(number)
    taken = db.scalar(
        select(Counter.id).where(
            Counter.centre_id == centre_id, func.lower(Counter.number) == number.lower()
        )
    )
    if taken not in (None, own_id):
        raise ConflictError("counter.number-taken", given=number)
    return number


def _require_new_code(db: Session, code: str, own_id: int | None = None) -> None:
    """Refuse a code that another counter has or had."""
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CODES_LOCK})
    owners = {
        db.scalar(select(Counter.id).where(Counter.code == code)),
        db.scalar(select(CounterAlias.counter_id).where(CounterAlias.code == code)),
    }
    if owners - {None, own_id}:
        raise ConflictError("counter.code-taken", given=code)
