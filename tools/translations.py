"""Collect the messages of code and templates into the English catalogue, and compile it.

The sources are Vietnamese, so only English needs a catalogue.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYBABEL = Path(sys.executable).with_name("pybabel")
CATALOGUE = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
# The names that mark a message, besides those Babel knows by itself.
KEYWORDS = ("lazy_gettext", "_l")


def run(*arguments):
    subprocess.run([PYBABEL, "-q", *map(str, arguments)], check=True, cwd=ROOT)


def main():
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        keywords = [word for keyword in KEYWORDS for word in ("-k", keyword)]
        run(
            "extract", "-F", "babel.cfg", *keywords, "--no-location", "--sort-output",
            "--omit-header", "-o", template, "app",
        )  # fmt: skip
        if CATALOGUE.exists():
            run(
                # The header is kept as it is: without its dates the compiled file would change
                # by the minute.
                "update", "-i", template, "-o", CATALOGUE, "-l", "en", "--no-fuzzy-matching",
                "--ignore-obsolete", "--ignore-pot-creation-date",
            )  # fmt: skip
        else:
            CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
            run("init", "-i", template, "-o", CATALOGUE, "-l", "en")
    run("compile", "-i", CATALOGUE, "-o", CATALOGUE.with_suffix(".mo"))


if __name__ == "__main__":
    main()
