"""Whose results the person of this request may see."""

from flask_login import current_user

from app.queries import people
from app.services.accounts import OFFICE
from app.web import context


def visible_unit_codes() -> frozenset[str] | None:
    """Codes of the units whose results may be shown; None means of all units.

    The office sees all, a unit viewer one, everybody else none.
    """
    if not current_user.is_authenticated:
        return frozenset()
    if current_user.has_role(OFFICE):
        return None
    if current_user.person.unit_code is None:
        return frozenset()
    return frozenset({current_user.person.unit_code})


def visible_domains() -> tuple[tuple[str, str], ...] | None:
    """Domains (kind, code) whose figures may be shown: the unit, its centres, their counters.

    None means all of them, for the office; a stranger gets none. It is the ``scope`` of
    `app.services.results` and `app.queries.publications`.
    """
    if not current_user.is_authenticated:
        return ()
    if current_user.has_role(OFFICE):
        return None
    if current_user.person.unit_id is None:
        return ()
    with context.database().read() as db:
        return people.domains_of_unit(db, current_user.person.unit_id)
