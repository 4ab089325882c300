"""Who is signed in: the bridge between Flask-Security and our own accounts.

Flask-Security wants classes of users and roles and a datastore. It gets frozen copies read from the
database, so that no table object leaves a transaction and nothing but `app.db` commits.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from flask_security import RoleMixin, UserDatastore, UserMixin

from app.db import Database
from app.queries import people
from app.queries.people import Person
from app.services import accounts, passwords, throttle
from app.services.throttle import Attempt, Wait


@dataclass(frozen=True, slots=True, eq=False)
class RoleName(RoleMixin):
    """A role, by its name."""

    name: str


class SignedIn(UserMixin):
    """A member of staff as the person of the present request (``current_user``).

    Attributes
    ----------
    person : Person
        The account, read at the beginning of the request.
    """

    # Read from the class by Flask-Security, set from the person.
    fs_uniquifier: str = ""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.id = person.id
        self.email = person.email
        self.full_name = person.full_name
        self.active = person.active
        self.fs_uniquifier = person.session_key
        self.roles = [RoleName(name) for name in person.roles]

    def has_role(self, role: str | RoleMixin) -> bool:
        """Whether the person has the role."""
        return (role if isinstance(role, str) else role.name) in self.person.roles


class StaffDirectory(UserDatastore):
    """Where Flask-Security finds people. It changes nothing: `app.services.accounts` does."""

    def __init__(self, database: Database) -> None:
        super().__init__(SignedIn, RoleName)
        self._database = database

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> SignedIn | None:
        """Find a person by ``fs_uniquifier`` or by ``email``, which is kept in lower case."""
        del case_insensitive
        ((attribute, value),) = kwargs.items()
        with self._database.read() as db:
            if attribute == "fs_uniquifier":
                person = people.by_session_key(db, value)
            elif attribute == "email":
                person = people.by_email(db, accounts.canonical_email(value))
            else:
                raise NotImplementedError(attribute)
        return None if person is None else SignedIn(person)

    def find_role(self, role: str) -> RoleName:
        """Name the role."""
        return RoleName(role)

    def commit(self) -> None:
        """Do nothing: there is nothing to keep."""

    def put(self, model: object) -> NoReturn:
        """Refuse: accounts are changed by `app.services.accounts`."""
        raise NotImplementedError(f"{type(model).__name__} is changed by app.services.accounts")

    delete = put


@dataclass(frozen=True, slots=True)
class Refused:
    """E-mail address and password do not belong to an account that may sign in."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What someone gave to sign in, and where from.

    Attributes
    ----------
    address : str
        Network address, as told by the trusted proxies.
    device : str or None
        Random name of the device, if it proved that this account signed in on it before.
    """

    email: str
    password: str
    address: str
    device: str | None = None


def sign_in(
    database: Database, credentials: Credentials, *, pepper: str, now: datetime
) -> SignedIn | Refused | Wait:
    """Look at a password, unless it was tried too often.

    Unknown, closed and known accounts take the same steps and the same time, and are answered
    alike.

    Parameters
    ----------
    pepper : str
        Secret that makes the digests kept by the throttle one-way.
    """
    email = accounts.canonical_email(credentials.email)
    with database.write() as db:
        admitted = throttle.admit(db, _attempt(email, credentials, pepper), now)
    if isinstance(admitted, Wait):
        return admitted
    with database.read() as db:
        person, stored = people.with_password(db, email)
    right = passwords.matches(stored, credentials.password)
    if person is None or stored is None or not right or not person.active:
        return Refused()
    with database.write() as db:
        throttle.forgive(db, admitted)
        if passwords.is_outdated(stored):
            accounts.renew_hash(db, person.id, credentials.password)
    return SignedIn(person)


def account_digest(email: str, pepper: str) -> bytes:
    """Digest of an account by which the throttle counts failures."""
    return _digest(pepper, "account", accounts.canonical_email(email))


def _attempt(email: str, credentials: Credentials, pepper: str) -> Attempt:
    device = credentials.device
    return Attempt(
        account=_digest(pepper, "account", email),
        address=_digest(pepper, "address", _network(credentials.address)),
        device=None if device is None else _digest(pepper, "device", f"{device} {email}"),
    )


def _network(address: str) -> str:
    """Take the half of an IPv6 address that its owner cannot change at will; IPv4 as it is."""
    return ":".join(address.split(":")[:4]) if ":" in address else address


def _digest(pepper: str, kind: str, value: str) -> bytes:
    return hmac.new(pepper.encode(), f"{kind}:{value}".encode(), hashlib.sha256).digest()
