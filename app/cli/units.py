"""Commands about administrative units and service centres."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from app.db import Database
from app.errors import NotFoundError
from app.i18n import TIMEZONE
from app.services import centre_file, units
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


@click.command("load-centres")
@click.argument("path", metavar="FILE.toml", type=click.Path(exists=True, path_type=Path))
@with_appcontext
def load_centres(path: Path) -> None:
    """Add the service centres, counters, fields and procedures that a file describes.

    What is there already stays as it is. The units have to be loaded first.
    """
    try:
        described = centre_file.read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not a text in UTF-8.") from None
    except centre_file.CentreFileError as error:
        lines = [f"  {fault.place}: {fault.code} {fault.value}" for fault in error.faults]
        raise click.ClickException("\n".join([f"{path} has faults:", *lines])) from None
    database: Database = current_app.extensions["longdan.database"]
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    try:
        with database.write() as db:
            done = centre_file.load_centres(db, described, on=today, actor="operator")
    except NotFoundError as error:
        raise click.ClickException(
            f"Unit {error.context.get('unit')} is not in the database. Load the units first: "
            f"flask load-units --province {described.province}"
        ) from None
    click.echo(
        f"Centres, counters, fields and procedures: {done.added} added, {done.kept} already there."
    )
