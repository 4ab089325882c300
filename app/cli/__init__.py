"""Commands of the operator: ``flask NAME``."""

from flask import Flask

from app.cli import (
    codes,
    draws,
    files,
    frames,
    imports,
    mixing,
    publishing,
    reports,
    schema,
    screening,
    staff,
    units,
    weights,
)

COMMANDS = (
    schema.migrate,
    units.load_units,
    units.load_centres,
    *staff.COMMANDS,
    *codes.COMMANDS,
    *files.COMMANDS,
    *frames.COMMANDS,
    *imports.COMMANDS,
    *mixing.COMMANDS,
    *publishing.COMMANDS,
    *draws.COMMANDS,
    *reports.COMMANDS,
    *screening.COMMANDS,
    *weights.COMMANDS,
)


def install(app: Flask) -> None:
    """Register the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
