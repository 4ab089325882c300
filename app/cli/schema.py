"""Commands about the database itself."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app import schema
from app.db import Database


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest version."""
    database: Database = current_app.extensions["longdan.database"]
    schema.upgrade(database.url)
    click.echo("The database is up to date.")
