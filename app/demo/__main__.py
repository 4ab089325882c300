"""``make demo``: set the demo province up, run the main job, print its table, serve the site."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url

from app import schema
from app.config import SettingError, Settings
from app.db import Database
from app.demo import codes, counter_answers, earlier, fieldwork, frame, main_job, province, table
from app.demo.site import HOST, PortTakenError, require_free, serve, server_command, worker_command
from app.i18n import TIMEZONE
from app.postgres import EmbeddedPostgres, EmbeddedPostgresError
from app.services import results
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf

# The sample is drawn so long before today; the fieldwork lies between.
BEFORE = timedelta(days=40)
_PERSON_KEY = "mo-phong mo-phong mo-phong mo-phong mo-phong"


@contextmanager
def step(sentence: str) -> Iterator[None]:
    """Say what is being done and how long it took."""
    print(f"  {sentence} …", end="", flush=True)
    began = time.monotonic()
    yield
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def demo_settings(environ: Mapping[str, str], port: int) -> Settings:
    """Read the settings; make a key where none is set."""
    given = dict(environ)
    if not given.get("SECRET_KEY"):
        keyless = {name: value for name, value in given.items() if name != "DATABASE_URL"}
        given["SECRET_KEY"] = Settings.from_environment(keyless).secret_key
    # The people are simulated: with one key for all, the same sample is drawn on every machine.
    given.setdefault("PERSON_KEY", _PERSON_KEY)
    given.setdefault("PUBLIC_URL", f"http://{HOST}:{port}")
    # The terminal is for the person who tries the demo; requests are not listed there.
    given.setdefault("LOG_LEVEL", "WARNING")
    return Settings.from_environment(given)


def set_up(database: Database, settings: Settings, folder: Path, moment: datetime) -> None:
    """Do what earlier runs have not done yet; each step is one transaction or repeatable."""
    today = moment.astimezone(ZoneInfo(TIMEZONE)).date()
    with database.read() as db:
        done = province.is_set_up(db)
    if not done:
        with (
            step("Quảng Ninh: 54 communes, centres, counters, questionnaires, two rounds"),
            database.write() as db,
        ):
            province.set_up(db, moment, today)
            province.add_staff(db, moment, folder / "password.txt")
            sealing = keys.ensure(db, KeyShelf(settings.spool_keys), moment)
            counter_answers.hand_in(db, today, sealing)
    if not frame.is_frozen(database):
        with step("Frame: lists of 200,000 simulated dossiers read, checked and frozen"):
            frame.freeze(database, settings, folder, moment - BEFORE)
    if not fieldwork.is_drawn(database):
        with step("Sample: planned, drawn by a seed before made-up witnesses, worked on"):
            draw_id = fieldwork.draw(database, settings, frame.CODE, moment - BEFORE)
            fieldwork.work(database, draw_id, moment)
    if not main_job.is_imported(database):
        with step("Answers of about 1,600 simulated people: written to XLSX and imported"):
            main_job.import_sample(database, settings, folder)
    if not earlier.is_published(database):
        with step("The round of the year before, from a simulated file, for comparison"):
            earlier.make(database, settings, folder, moment)
    if not codes.is_made(database):
        with step("One-time codes: 640 simulated closed dossiers, ordered by two people, answered"):
            codes.make(database, settings, moment)
    if main_job.is_published(database):
        print("  The demo province is there from an earlier run.")
        return
    with step("Round closed, snapshot taken, rates estimated and published"):
        main_job.publish(database, settings, moment)


def show(database: Database, settings: Settings, folder: Path, port: int) -> None:
    """Print the table, the files, the addresses and the accounts."""
    with database.read() as db:
        found = results.open_results(db, province.SAMPLE_ROUND, public_only=False)
    files = main_job.write_files(settings, folder)
    print()
    for line in table.lines(found):
        print("  " + line)
    print(f"\n  Result files in {folder}:")
    for path in files:
        print(f"    {path.name}")
    base = f"http://{HOST}:{port}"
    password_file = folder / "password.txt"
    print(f"\n  Citizen, counter 05   {base}/c/05")
    print(f"  Published results     {base}/ket-qua/{province.SAMPLE_ROUND}")
    print(f"  Office                {base}/office/")
    if password_file.exists():
        for account in province.ACCOUNTS:
            print(f"      {account.email}  password {password_file.read_text()}  ({account.role})")


def run() -> int:
    """Run the demo until it is stopped; the exit status."""
    began = time.monotonic()
    port = int(os.environ.get("PORT") or 8000)
    try:
        require_free(port)
    except PortTakenError:
        print(f"Port {port} is in use by another program. Choose another:  make demo PORT=8080")
        return 1
    settings = demo_settings(os.environ, port)
    folder = settings.var_dir / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    print("\nLòng Dân demo: everything in it is simulated (dữ liệu mô phỏng).\n", flush=True)
    server = None
    if settings.database_url is None:
        with step("PostgreSQL"):
            server = EmbeddedPostgres(settings.var_dir / "postgresql")
            server.start()
            server.ensure_database("longdan")
        settings = replace(settings, database_url=server.url())
    url = settings.database_url or ""
    try:
        status = _prepare_and_serve(settings, url, folder, port, began)
    finally:
        if server is not None:
            server.stop()
    print("\nStopped." if status == 0 else f"\nThe site ended with status {status}.")
    return status


def _prepare_and_serve(settings: Settings, url: str, folder: Path, port: int, began: float) -> int:
    if not schema.at_head(url):
        with step("Tables"):
            schema.upgrade(url)
    database = Database(url, statement_timeout_ms=0)
    try:
        set_up(database, settings, folder, datetime.now(UTC))
        show(database, settings, folder, port)
    finally:
        database.close()
    environment = {
        **os.environ,
        "DATABASE_URL": make_url(url).render_as_string(hide_password=False),
        "SECRET_KEY": settings.secret_key,
        "PERSON_KEY": settings.person_key,
        "PUBLIC_URL": settings.public_url,
        "LOG_LEVEL": settings.log_level,
        "VAR_DIR": str(settings.var_dir.resolve()),
    }

    def ready() -> None:
        print(f"\n  Ready after {time.monotonic() - began:.0f} s. Stop with Ctrl-C.\n", flush=True)

    return serve([server_command(port), worker_command()], environment, port=port, ready=ready)


if __name__ == "__main__":
    try:
        sys.exit(run())
    except (SettingError, EmbeddedPostgresError) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
