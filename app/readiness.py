"""Whether answers can be taken and kept; a proxy asks before it sends people to this process."""

import os
import shutil
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import schema
from app.db import Database
from app.errors import UnavailableError
from app.services.mixing.keys import SealingKeys
from app.services.mixing.shelf import KeyShelf

# Settings of the server that decide whether an answer that was thanked for survives a power cut.
DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")
LEAST_FREE = 0.10


def obstacles(database: Database, folder: Path, spool_keys: Path | None = None) -> tuple[str, ...]:
    """Tell, as codes, why this process should be given no answers; empty if all is well.

    It writes to the database to find out.

    Parameters
    ----------
    folder : Path
        Where the program keeps its files.
    spool_keys : Path, optional
        Where the private halves of the spool's keys are; asked for a key when given.
    """
    try:
        with database.write() as db:
            found = _in_database(db)
        if spool_keys is not None and not found:
            found = _sealing(database, spool_keys)
    except UnavailableError:
        found = ("database.unreachable",)
    except SQLAlchemyError:
        found = ("database.not-writable",)
    return found + on_disk(folder)


def _sealing(database: Database, spool_keys: Path) -> tuple[str, ...]:
    """Tell whether there is a key to seal answers with; a new installation makes its first one."""
    try:
        SealingKeys(database, KeyShelf(spool_keys)).current()
    except UnavailableError as error:
        if error.code != "spool.no-key":
            raise
        return ("spool.no-key",)
    return ()


def on_disk(folder: Path) -> tuple[str, ...]:
    """Tell, as codes, why files could not be kept in a folder."""
    existing = folder if folder.exists() else folder.parent
    if not os.access(existing, os.W_OK):
        return ("disk.not-writable",)
    usage = shutil.disk_usage(existing)
    return () if usage.free >= LEAST_FREE * usage.total else ("disk.nearly-full",)


def _in_database(db: Session) -> tuple[str, ...]:
    found = [
        f"database.{name.replace('_', '-')}-off"
        for name in DURABILITY
        if db.scalar(text("SELECT current_setting(:name)"), {"name": name}) == "off"
    ]
    current = set(db.scalars(text("SELECT version_num FROM alembic_version")))
    if current != schema.heads():
        found.append("database.not-migrated")
    # Needs what every answer needs: a writable server, room for a row, a flush of the log.
    db.execute(
        text(
            "INSERT INTO sign_in_failure (subject, at) VALUES (convert_to('ready', 'UTF8'), now())"
        )
    )
    db.execute(text("DELETE FROM sign_in_failure WHERE subject = convert_to('ready', 'UTF8')"))
    return tuple(found)
