"""Every setting is described, and nothing else is called one."""

import ast
import re

from app.config import ROOT

CONFIG = ROOT / "app" / "config.py"
PAGE = ROOT / "docs" / "settings.md"


def names_read():
    """Names of the environment variables that app/config.py reads."""
    calls = [
        node
        for node in ast.walk(ast.parse(CONFIG.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    return {
        argument.value
        for call in calls
        if any(isinstance(part, ast.Name) and part.id == "environ" for part in parts(call))
        for argument in call.args
        if isinstance(argument, ast.Constant)
        and re.fullmatch(r"[A-Z][A-Z0-9_]+", str(argument.value))
    }


def parts(call):
    """What a call is of and with, one level deep."""
    return [*call.args, getattr(call.func, "value", call.func)]


def names_described():
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_setting_is_described():
    assert "DATABASE_URL" in names_read()
    assert names_read() - names_described() == set()


def test_everything_described_is_a_setting():
    assert names_described() - names_read() == set()


def test_nothing_else_reads_the_environment():
    """Settings come from one place; the named programs pass the environment on to others."""
    readers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"app/config.py", "app/postgres.py", "app/demo/__main__.py"}
