"""The statistics are a library of their own: they install and run without the rest."""

import doctest
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import analysis

ROOT = Path(__file__).resolve().parents[2]
WEB = ("flask", "sqlalchemy", "wtforms", "psycopg", "app", "surveys")


def test_the_example_of_the_package_runs():
    outcome = doctest.testmod(analysis)
    assert outcome.attempted >= 3
    assert outcome.failed == 0


def test_the_library_asks_for_nothing_the_program_does_not_have():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    program = (ROOT / "requirements.in").read_text().split()
    assert set(project["dependencies"]) <= set(program)


def test_the_installed_library_works_alone(tmp_path):
    source = tmp_path / "source"
    target = tmp_path / "installed"
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "analysis", "pyproject.toml", "README.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    for name in filter(None, tracked):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            (source / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "--no-build-isolation", "--target", target, source], check=True, timeout=300
    )
    assert {path.name for path in target.iterdir()} - {"bin"} >= {"analysis"}
    assert not (target / "app").exists()
    assert (target / "analysis" / "py.typed").exists()
    program = (
        "import doctest, sys, analysis\n"
        "assert doctest.testmod(analysis).failed == 0\n"
        f"assert analysis.__file__.startswith({str(target)!r}), analysis.__file__\n"
        f"assert not set({WEB!r}) & set(sys.modules), sys.modules.keys()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(target)}
    subprocess.run([sys.executable, "-P", "-c", program], cwd=tmp_path, env=environment, check=True)
