"""Bring the database to the newest migration."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from app.config import ROOT


def alembic_config(url: str) -> Config:
    """Alembic's configuration for a database, without a file."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations that have not run yet."""
    command.upgrade(alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Undo migrations down to a revision."""
    command.downgrade(alembic_config(url), revision)


def at_head(url: str) -> bool:
    """Whether every migration has run."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return set(current) == heads()


@cache
def heads() -> frozenset[str]:
    """Return the newest migrations this version of the program knows."""
    return frozenset(ScriptDirectory.from_config(alembic_config("")).get_heads())
