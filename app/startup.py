"""What stands between the settings and a working database."""

from app import schema
from app.config import Settings
from app.db import Database
from app.postgres import EmbeddedPostgres


def open_database(settings: Settings) -> Database:
    """Reach the database of the settings; start and migrate the embedded one if none is named.

    A database in service is migrated by its operator (``flask migrate``), never by starting up.
    """
    if settings.database_url is not None:
        return Database(settings.database_url)
    server = EmbeddedPostgres(settings.var_dir / "postgresql")
    server.start()
    server.ensure_database("longdan")
    url = server.url("longdan")
    if not schema.at_head(url):
        schema.upgrade(url)
    return Database(url)
