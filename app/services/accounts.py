"""Accounts of staff. They are made by the operator; nobody registers."""

import secrets
import unicodedata
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Role, Staff, Unit
from app.models.people import ROLES
from app.services import audit, passwords

OFFICE, UNIT_VIEWER, SUPERVISOR, FIELDWORK = ROLES


class PasswordRefusedError(ConflictError):
    """The password breaks a rule; the code says which."""


def canonical_email(email: str) -> str:
    """Write an e-mail address in the one way it is kept and compared.

    Anything is taken, also what no address can be, so that signing in treats all alike.
    """
    printable = "".join(sign for sign in email if sign.isprintable())
    return unicodedata.normalize("NFC", printable).strip().lower()


def add(
    db: Session,
    email: str,
    *,
    full_name: str,
    role: str,
    password: str,
    actor: str,
    now: datetime,
    unit_code: str | None = None,
) -> Staff:
    """Make an account.

    Parameters
    ----------
    role : {'office', 'unit_viewer', 'supervisor', 'fieldwork'}
        A unit viewer needs ``unit_code``, the others have none.
    unit_code : str, optional
        Official code of a unit that exists today.

    Raises
    ------
    ConflictError
        ``staff.email-malformed``, ``staff.email-taken``, ``staff.name-missing``,
        ``staff.role-unknown``, ``staff.unit-missing``, ``staff.unit-not-for-office`` or
        ``staff.unit-ambiguous``.
    NotFoundError
        ``staff.unit-unknown``.
    PasswordRefusedError
        The password breaks a rule.
    """
    email = _checked_email(db, email)
    full_name = unicodedata.normalize("NFC", " ".join(full_name.split()))
    if not full_name:
        raise ConflictError("staff.name-missing")
    unit = _unit_for(db, role, unit_code)
    _require_good(password, email, full_name)
    staff = Staff(
        email=email,
        full_name=full_name,
        password=passwords.hash_of(password),
        active=True,
        fs_uniquifier=_session_key(),
        unit=unit,
        roles=[_role(db, role)],
        created_at=now,
    )
    db.add(staff)
    db.flush()
    audit.record(db, actor, "staff.add", email, role=role, unit=unit_code)
    return staff


def set_password(db: Session, email: str, password: str, *, actor: str) -> None:
    """Give an account another password and end its sessions.

    Raises
    ------
    NotFoundError
        ``staff.unknown``
    PasswordRefusedError
        The password breaks a rule.
    """
    staff = _found(db, email)
    _require_good(password, staff.email, staff.full_name)
    staff.password = passwords.hash_of(password)
    staff.fs_uniquifier = _session_key()
    audit.record(db, actor, "staff.set-password", staff.email)


def disable(db: Session, email: str, *, actor: str) -> None:
    """Close an account and end its sessions; what the person did stays in the audit log.

    Raises
    ------
    NotFoundError
        ``staff.unknown``
    """
    staff = _found(db, email)
    staff.active = False
    staff.fs_uniquifier = _session_key()
    audit.record(db, actor, "staff.disable", staff.email)


def enable(db: Session, email: str, *, actor: str) -> None:
    """Open a closed account again.

    Raises
    ------
    NotFoundError
        ``staff.unknown``
    """
    staff = _found(db, email)
    staff.active = True
    audit.record(db, actor, "staff.enable", staff.email)


def end_sessions(db: Session, staff_id: int) -> None:
    """Sign a person out on every device, at once."""
    staff = db.get_one(Staff, staff_id)
    staff.fs_uniquifier = _session_key()


def renew_hash(db: Session, staff_id: int, password: str) -> None:
    """Hash a password again, with today's parameters."""
    staff = db.get_one(Staff, staff_id)
    staff.password = passwords.hash_of(password)


def _checked_email(db: Session, email: str) -> str:
    try:
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ConflictError("staff.email-malformed", email=email) from None
    email = canonical_email(checked.normalized)
    if db.scalar(select(Staff.id).where(Staff.email == email)) is not None:
        raise ConflictError("staff.email-taken", email=email)
    return email


def _unit_for(db: Session, role: str, unit_code: str | None) -> Unit | None:
    if role not in ROLES:
        raise ConflictError("staff.role-unknown", role=role)
    if role != UNIT_VIEWER:
        if unit_code is not None:
            raise ConflictError("staff.unit-not-for-office")
        return None
    if unit_code is None:
        raise ConflictError("staff.unit-missing")
    found = db.scalars(select(Unit).where(Unit.code == unit_code, Unit.valid_to.is_(None))).all()
    if not found:
        raise NotFoundError("staff.unit-unknown", unit=unit_code)
    if len(found) > 1:
        raise ConflictError("staff.unit-ambiguous", unit=unit_code)
    return found[0]


def _require_good(password: str, email: str, full_name: str) -> None:
    problem = passwords.problem_of(password, about=(email, full_name))
    if problem is not None:
        raise PasswordRefusedError(problem, minimum=passwords.MINIMUM_LENGTH)


def _found(db: Session, email: str) -> Staff:
    staff = db.scalar(select(Staff).where(Staff.email == canonical_email(email)))
    if staff is None:
        raise NotFoundError("staff.unknown", email=email)
    return staff


def _role(db: Session, name: str) -> Role:
    role = db.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        db.add(role)
    return role


def _session_key() -> str:
    return secrets.token_urlsafe(32)
