"""What commands take from the application, and how they say that something is refused."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask_babel import force_locale

from app.config import Settings
from app.db import Database
from app.errors import LongdanError
from app.sentences import sentence

ACTOR = "operator"


def database() -> Database:
    """Return the database of the running application."""
    found: Database = current_app.extensions["longdan.database"]
    return found


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["longdan.settings"]
    return found


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a refusal into one line on the terminal."""
    try:
        yield
    except LongdanError as error:
        with force_locale("en"):
            raise click.ClickException(sentence(error.code, **error.context)) from None
