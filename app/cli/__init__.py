"""Commands of the operator: ``flask NAME``."""

from flask import Flask

from app.cli import schema, staff, units

COMMANDS = (schema.migrate, units.load_units, *staff.COMMANDS)


def install(app: Flask) -> None:
    """Register the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
