"""Commands about the accounts of staff."""

import click
from flask.cli import with_appcontext

from app import identity
from app.cli.running import ACTOR, database, settings, told_plainly
from app.models.base import now
from app.models.people import ROLES
from app.queries import people
from app.services import accounts, passwords, throttle


@click.command("add-staff")
@click.argument("email")
@click.option("--name", required=True, help="Full name, as it shows on the pages.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--unit", "unit_code", help="Official code of a unit viewer's unit.")
@click.option("--ask", is_flag=True, help="Ask for a password instead of making one.")
@with_appcontext
def add_staff(email: str, name: str, role: str, unit_code: str | None, ask: bool) -> None:
    """Make an account; its password is shown once."""
    password = _password(ask)
    with told_plainly(), database().write() as db:
        staff = accounts.add(
            db, email, full_name=name, role=role, unit_code=unit_code, password=password,
            actor=ACTOR, now=now(),
        )  # fmt: skip
    click.echo(f"Added {staff.email} ({role}).")
    _show(password, ask)


@click.command("set-password")
@click.argument("email")
@click.option("--ask", is_flag=True, help="Ask for a password instead of making one.")
@with_appcontext
def set_password(email: str, ask: bool) -> None:
    """Give an account another password; its sessions end."""
    password = _password(ask)
    with told_plainly(), database().write() as db:
        accounts.set_password(db, email, password, actor=ACTOR)
    click.echo(f"{accounts.canonical_email(email)} has another password and is signed out.")
    _show(password, ask)


@click.command("list-staff")
@with_appcontext
def list_staff() -> None:
    """List the accounts."""
    with database().read() as db:
        found = people.everyone(db)
    for person in found:
        state = "active" if person.active else "disabled"
        unit = f"{person.unit_code} {person.unit_name}" if person.unit_code else "-"
        roles = ",".join(person.roles)
        click.echo(f"{person.email}\t{state}\t{roles}\t{unit}\t{person.full_name}")
    if not found:
        click.echo("No accounts yet. Make one with: flask add-staff EMAIL --name … --role office")


@click.command("disable-staff")
@click.argument("email")
@with_appcontext
def disable_staff(email: str) -> None:
    """Close an account and end its sessions."""
    with told_plainly(), database().write() as db:
        accounts.disable(db, email, actor=ACTOR)
    click.echo(f"{accounts.canonical_email(email)} can no longer sign in.")


@click.command("enable-staff")
@click.argument("email")
@with_appcontext
def enable_staff(email: str) -> None:
    """Open a closed account again, and forget wrong passwords tried on it."""
    with told_plainly(), database().write() as db:
        accounts.enable(db, email, actor=ACTOR)
        throttle.forget(db, identity.account_digest(email, settings().secret_key))
    click.echo(f"{accounts.canonical_email(email)} can sign in.")


COMMANDS = (add_staff, set_password, list_staff, disable_staff, enable_staff)


def _password(ask: bool) -> str:
    if not ask:
        return passwords.generate()
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _show(password: str, asked: bool) -> None:
    if not asked:
        click.echo(f"Password, shown only now: {password}")
