"""How often a password may be tried: slower with every failure, never locked.

A try is paid for before the password is looked at: `admit` writes it down as a failure, and a right
password takes it back (`forgive`). So tries that come at once, in several workers, count like tries
one after another.

Strangers cannot shut a person out: a device on which the person signed in before is counted by
itself, and a try that was turned away without looking at the password costs nothing more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.models import SignInFailure

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
FIRST_DELAY = 30
LONGEST_DELAY = 900
FREE_PER_ACCOUNT = 5
# An address may be a whole office behind one router.
FREE_PER_ADDRESS = 20


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries, as digests that cannot be turned back.

    Attributes
    ----------
    account, address : bytes
        Of the e-mail address typed in, and of the network address.
    device : bytes or None
        Of the device, if it has proved that this account signed in on it before.
    """

    account: bytes
    address: bytes
    device: bytes | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """The password may be looked at."""

    failures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """The password must not be looked at for so many seconds."""

    seconds: int


def admit(db: Session, attempt: Attempt, now: datetime) -> Admitted | Wait:
    """Decide whether a password may be looked at, and count the try as failed until forgiven."""
    if attempt.device is not None:
        limits = {attempt.device: FREE_PER_ACCOUNT}
    else:
        limits = {attempt.account: FREE_PER_ACCOUNT, attempt.address: FREE_PER_ADDRESS}
    for subject in sorted(limits):
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _lock_key(subject)})
    wait = max(_seconds_to_wait(db, subject, free, now) for subject, free in limits.items())
    if wait > 0:
        return Wait(wait)
    db.execute(delete(SignInFailure).where(SignInFailure.at < now - KEPT))
    failures = [SignInFailure(subject=subject, at=now) for subject in limits]
    db.add_all(failures)
    db.flush()
    return Admitted(tuple(failure.id for failure in failures))


def forgive(db: Session, admitted: Admitted) -> None:
    """Take back a try: the password was right."""
    db.execute(delete(SignInFailure).where(SignInFailure.id.in_(admitted.failures)))


def forget(db: Session, subject: bytes) -> None:
    """Take back every failure of an account, an address or a device."""
    db.execute(delete(SignInFailure).where(SignInFailure.subject == subject))


def delay(n_failures: int, free: int) -> int:
    """Seconds that must pass after the last of so many failures within the window."""
    if n_failures < free:
        return 0
    return int(min(FIRST_DELAY * 2 ** min(n_failures - free, 20), LONGEST_DELAY))


def _seconds_to_wait(db: Session, subject: bytes, free: int, now: datetime) -> int:
    n, last = db.execute(
        select(func.count(), func.max(SignInFailure.at)).where(
            SignInFailure.subject == subject, SignInFailure.at > now - WINDOW
        )
    ).one()
    if n == 0:
        return 0
    left = last + timedelta(seconds=delay(n, free)) - now
    return max(0, -int(-left.total_seconds() // 1))


def _lock_key(subject: bytes) -> int:
    return int.from_bytes(subject[:8], "big", signed=True)
