"""Commands about closed dossiers and their codes: lists in, totals counted, time kept."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from app.cli.running import ACTOR, database, settings, told_plainly
from app.code_jobs import CodeJobs
from app.code_words import control_refusal, row_problem
from app.errors import LongdanError
from app.i18n import TIMEZONE
from app.import_sentences import refusal
from app.services.dossiers import controls, manifest, reading, store
from app.services.dossiers import uploads as lists
from app.services.frames import columns as columns_
from app.services.imports import uploads
from app.services.imports.refusals import FileRefusedError
from app.services.sealing import Sealer
from app.services.weighting import desk as weights_desk

_HERE = ZoneInfo(TIMEZONE)
_SHOWN = 20


@click.command("upload-dossiers")
@click.argument("round_code", metavar="ROUND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--manifest", "manifest_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The signed manifest that came with the file.",
)  # fmt: skip
@click.option(
    "--columns", "columns_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of what the columns hold, as of frames; without it, as the office said before.",
)  # fmt: skip
@with_appcontext
def upload_dossiers(
    round_code: str, file: Path, manifest_file: Path | None, columns_file: Path | None
) -> None:
    """Take the closed dossiers of a FILE into a ROUND: all of them, or none and every bad row."""
    now = datetime.now(UTC)
    with told_plainly():
        digest = uploads.hash_of(file)
        with database().read() as db:
            target = store.target_of(db, round_code)
            checker = lists.checker_for(db, target, now.astimezone(_HERE).date())
            known = lists.known_columns(db)
            if manifest_file is not None:
                manifest.verify(db, manifest_file.read_bytes(), digest, target.province_id)
        stated = None
        try:
            if columns_file is not None:
                stated = columns_.parse(columns_file.read_text(encoding="utf-8"), reading.KIND)
            asked = reading.read_list(file, stated, known, checker, lambda _done, _all: None)
        except FileRefusedError as error:
            with force_locale("en"):
                raise click.ClickException(refusal(error.code, error.context)) from None
        if asked is not None:
            raise click.ClickException(
                "Nobody has said what the columns of such a file hold: give --columns, or upload "
                "one in the office first."
            )
        with database().write() as db:
            row = lists.take_at_once(
                db, target, lists.Received(file.name, digest), checker, Sealer.of(settings()),
                by=ACTOR, now=now,
            )  # fmt: skip
    if row.state == "rejected":
        _say_problems(row.problems)
        raise click.ClickException(f"{row.n_problems} problems; nothing was taken.")
    click.echo(f"List {row.id}: {row.n_new} new dossiers, {row.n_known} known.")


@click.command("dossier-controls")
@click.argument("round_code", metavar="ROUND")
@click.argument("columns", nargs=-1, type=click.Choice(["centre", "field"]))
@with_appcontext
def dossier_controls(round_code: str, columns: tuple[str, ...]) -> None:
    """Count a ROUND's closed dossiers as control totals, by COLUMNS that all answers carry."""
    try:
        with database().write() as db:
            round_ = weights_desk.round_of(db, round_code)
            wanted = tuple(f"place.{each}" for each in columns) or controls.fitting(db, round_)
            name = "Dossiers by " + " × ".join(each.removeprefix("place.") for each in wanted)
            row = controls.add(db, round_, wanted, name=name, actor=ACTOR, now=datetime.now(UTC))
    except LongdanError as error:
        with force_locale("en"):
            said = control_refusal(error.code, error.context)
        raise click.ClickException(said) from None
    click.echo(f"Control totals {row.number}: {len(row.cells)} cells, total {row.total:,.0f}")


@click.command("tidy-codes")
@with_appcontext
def tidy_codes() -> None:
    """Delete contacts, numbers, drafts and files whose time is over, as the worker does."""
    found = CodeJobs(database(), settings()).sweep()
    click.echo(
        f"Deleted: {found.contacts} contacts, {found.dossiers} numbers of dossiers, "
        f"{found.drafts} drafts, {found.files} files of codes."
    )


def _say_problems(problems: list[dict[str, str]]) -> None:
    with force_locale("en"):
        for each in problems[:_SHOWN]:
            said = row_problem(each["problem"], {})
            click.echo(
                f"  row {each['row']}, {each['column']}: “{each['value']}” – {said}", err=True
            )


COMMANDS = (upload_dossiers, dossier_controls, tidy_codes)
