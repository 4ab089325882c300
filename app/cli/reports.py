"""Reports from the command line."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from app.cli.running import ACTOR, database, settings, told_plainly
from app.errors import NotFoundError
from app.i18n import LANGUAGES, TIMEZONE
from app.models.base import now
from app.queries import publications
from app.report_jobs import ReportJobs
from app.services.reports import letterhead
from app.services.reports.desk import Key, Order, file_name


@click.command("report")
@click.argument("code")
@click.option("--number", type=int, help="Which publication; the newest without it.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(),
    help="Folder to write to.",
)  # fmt: skip
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the document.")
@with_appcontext
def report(code: str, number: int | None, lang: str, out: Path, day: datetime | None) -> None:
    """Write the report of the round CODE as DOCX and PDF, with the letterhead last used."""
    jobs = ReportJobs(database(), settings())
    with told_plainly():
        with database().read() as db:
            facts = publications.of_round(db, code, public_only=False, number=number)
        if facts is None:
            raise NotFoundError("publication.unknown", round=code)
        order = Order(
            key=Key(code, facts.number, lang),
            letterhead=letterhead.remembered(jobs.desk.folder, facts.round.province),
            day=_today() if day is None else day.date(),
            ordered_by=ACTOR,
            ordered_at=now().isoformat(),
            serial=0,
        )
        files = jobs.make(order)
    out.mkdir(parents=True, exist_ok=True)
    for form, content in (("docx", files.docx), ("pdf", files.pdf)):
        path = out / file_name(order.key, form)
        path.write_bytes(content)
        click.echo(f"{path}  {len(content):,} bytes")
    click.echo(f"{files.n_pages} pages in {files.seconds:.1f} s")


def _today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(TIMEZONE)).date()


COMMANDS = (report,)
