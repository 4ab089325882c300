"""Fields of administrative procedures, and the procedures."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Field, Procedure
from app.services import audit
from app.services.codes import canonical_code, checked_name


def add_field(db: Session, *, code: str, name: str, actor: str) -> Field:
    """Add a field of procedures.

    Raises
    ------
    ConflictError
        ``code.malformed``, ``field.code-taken`` or ``name.malformed``.
    """
    code = canonical_code(code)
    if db.scalar(select(Field.id).where(Field.code == code)) is not None:
        raise ConflictError("field.code-taken", given=code)
    field = Field(code=code, name=checked_name(name))
    db.add(field)
    db.flush()
    audit.record(db, actor, "field.add", code, name=field.name)
    return field


def rename_field(db: Session, code: str, *, name: str, actor: str) -> Field:
    """Change the name of a field.

    Raises
    ------
    NotFoundError
        ``field.unknown``
    ConflictError
        ``name.malformed``
    """
    field = db.scalar(select(Field).where(Field.code == code))
    if field is None:
        raise NotFoundError("field.unknown", field=code)
    before, field.name = field.name, checked_name(name)
    db.flush()
    audit.record(db, actor, "field.rename", code, before=before, after=field.name)
    return field


def add_procedure(db: Session, *, code: str, name: str, field_code: str, actor: str) -> Procedure:
    """Add an administrative procedure. Its code is the official one, with dots, where known.

    Raises
    ------
    NotFoundError
        ``field.unknown``
    ConflictError
        ``procedure.code-taken`` or ``name.malformed``.
    """
    if db.scalar(select(Procedure.id).where(Procedure.code == code)) is not None:
        raise ConflictError("procedure.code-taken", given=code)
    procedure = Procedure(
        code=checked_name(code), name=checked_name(name), field_id=field_id(db, field_code)
    )
    db.add(procedure)
    db.flush()
    audit.record(db, actor, "procedure.add", procedure.code, name=procedure.name)
    return procedure


def rename_procedure(db: Session, code: str, *, name: str, actor: str) -> Procedure:
    """Change the name of a procedure.

    Raises
    ------
    NotFoundError
        ``procedure.unknown``
    ConflictError
        ``name.malformed``
    """
    procedure = db.scalar(select(Procedure).where(Procedure.code == code))
    if procedure is None:
        raise NotFoundError("procedure.unknown", procedure=code)
    before, procedure.name = procedure.name, checked_name(name)
    db.flush()
    audit.record(db, actor, "procedure.rename", code, before=before, after=procedure.name)
    return procedure


def field_id(db: Session, code: str | None) -> int | None:
    """Return the key of a field; None for no field.

    Raises
    ------
    NotFoundError
        ``field.unknown``
    """
    if code is None:
        return None
    found = db.scalar(select(Field.id).where(Field.code == code))
    if found is None:
        raise NotFoundError("field.unknown", field=code)
    return found
