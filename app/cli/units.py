"""Commands about administrative units and service centres."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.db import Database
from app.services import units
from app.services.unit_source import read_units


@click.command("load-units")
@click.option("--province", "code", help="Official code of a present province, e.g. 22.")
@click.option("--all", "everything", is_flag=True, help="The whole country.")
@with_appcontext
def load_units(code: str | None, everything: bool) -> None:
    """Load the administrative units: the maps until 30/6/2025 and since 1/7/2025.

    Loading again changes nothing.
    """
    if everything == (code is not None):
        raise click.UsageError("Say either --province CODE or --all.")
    chosen = read_units()
    if code is not None:
        chosen = chosen.of_province(code)
        if not chosen.units:
            raise click.UsageError(f"No present province has the code {code}.")
    database: Database = current_app.extensions["longdan.database"]
    with database.write() as db:
        done = units.load(db, chosen)
    click.echo(
        f"Units: {done.added} added, {done.changed} changed, {done.unchanged} unchanged; "
        f"{done.successions} successions added or changed."
    )
