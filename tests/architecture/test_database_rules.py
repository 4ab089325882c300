"""Rules about the database that every change must keep."""

import ast
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from app import schema
from app.config import ROOT


def test_migrations_equal_models(database_url):
    command.check(schema.alembic_config(database_url))


def test_there_is_one_head(database_url):
    heads = ScriptDirectory.from_config(schema.alembic_config(database_url)).get_heads()
    assert len(heads) == 1


def calls_of(path: Path, name: str) -> list[int]:
    tree = ast.parse(path.read_text())
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    ]


def test_only_the_database_module_commits():
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if calls_of(path, "commit")
    }
    assert found == {"app/db.py"}
