"""What views take from the application."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

from app.config import Settings
from app.db import Database
from app.i18n import TIMEZONE
from app.jobs import Jobs

_HERE = ZoneInfo(TIMEZONE)


def database() -> Database:
    """Return the database of the running application."""
    found: Database = current_app.extensions["longdan.database"]
    return found


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["longdan.settings"]
    return found


def jobs() -> Jobs:
    """Return the queue of background jobs."""
    found: Jobs = current_app.extensions["longdan.jobs"]
    return found


def now() -> datetime:
    """Present moment, in UTC. Tests replace the clock in ``app.extensions``."""
    clock = current_app.extensions.get("longdan.clock")
    return clock() if clock is not None else datetime.now(UTC)


def today() -> date:
    """Present day in Vietnam."""
    return now().astimezone(_HERE).date()
