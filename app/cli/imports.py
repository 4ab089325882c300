"""Commands about importing sampled answers, and the worker that does it for the web."""

import sys
from datetime import date
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from app.cli.running import ACTOR, database
from app.db import Database
from app.errors import ConflictError
from app.i18n import format_day
from app.import_sentences import heading, reason, refusal
from app.jobs import Jobs
from app.numbers import count
from app.problem_lists import ProblemSheet, csv_lines, usual_entries, write_xlsx
from app.services.imports import accounts
from app.services.imports.accounts import Account
from app.services.imports.mapping import Columns, parse
from app.services.imports.refusals import MappingRefusedError, RoundRefusedError
from app.services.imports.rounds import import_round
from app.services.imports.run import import_file

# Exit codes; 2 is click's own, for a wrong command line.
REJECTED = 1
REFUSED = 3
_SHOWN = 10


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


@click.command("import-responses")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--round", "round_code", required=True, help="Code of an open, sampled round.")
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that says what the columns hold; see docs/import.md.",
)  # fmt: skip
@click.option(
    "--errors", type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what is wrong with the file to this .xlsx or .csv.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Check and count everything, store nothing.")
@click.option("--lang", type=click.Choice(("vi", "en")), default="vi", show_default=True)
@with_appcontext
def import_responses(
    file: Path,
    round_code: str,
    mapping: Path | None,
    errors: Path | None,
    dry_run: bool,
    lang: str,
) -> None:
    """Import a FILE (.xlsx or .csv) of sampled answers into a round: all of it or nothing.

    Importing a file again changes nothing. Exit code 0: imported, or there already; 1: something
    is wrong with the file, nothing was imported; 3: the round or the mapping is refused.
    """
    with force_locale(lang):
        try:
            account, sheet = _import(database(), file, round_code, mapping, lang, keep=not dry_run)
        except (RoundRefusedError, MappingRefusedError, ConflictError) as refused:
            click.echo(refusal(refused.code, refused.context), err=True)
            sys.exit(REFUSED)
        if dry_run:
            click.echo(_("Chạy thử: không lưu gì."))
        if account.state == "rejected":
            _tell_rejected(account, sheet, errors)
            sys.exit(REJECTED)
        _tell_imported(account, sheet)


def _import(
    db_: Database, file: Path, round_code: str, mapping: Path | None, lang: str, *, keep: bool
) -> tuple[Account, ProblemSheet]:
    with db_.write() as db, click.progressbar(
        length=1000, label=_("Đọc và kiểm tra"), file=sys.stderr
    ) as bar:  # fmt: skip
        instrument = import_round(db, round_code).instrument
        columns = Columns()
        if mapping is not None:
            columns = parse(mapping.read_text(encoding="utf-8"), instrument)

        def progress(done: int, total: int) -> None:
            bar.update(int(1000 * done / max(total, 1)) - bar.pos)

        batch_id = import_file(db, round_code, file, columns, by=ACTOR, progress=progress)
        account = accounts.account(db, batch_id)
        problems = accounts.listed_problems(db, batch_id)
        if not keep:
            db.rollback()
    return account, ProblemSheet(account, problems, instrument, lang)


def _tell_imported(account: Account, sheet: ProblemSheet) -> None:
    lang = sheet.language
    click.echo(
        _(
            "%(rows)s dòng: %(imported)s dòng mới được nhập, %(unchanged)s dòng đã có từ trước.",
            rows=count(account.n_rows, lang),
            imported=count(account.n_imported, lang),
            unchanged=count(account.n_unchanged, lang),
        )
    )
    remarks = account.remarks
    if remarks.ignored:
        click.echo(_("Các cột không dùng: %(columns)s", columns=", ".join(remarks.ignored)))
    if remarks.off_path:
        click.echo(
            _(
                "Bỏ qua %(n)s câu trả lời ở những câu không hỏi người đó.",
                n=count(sum(remarks.off_path.values()), lang),
            )
        )
    if remarks.day is not None:
        click.echo(
            _(
                "Tệp không có cột ngày: mọi phiếu ghi ngày %(day)s.",
                day=format_day(date.fromisoformat(remarks.day)),
            )
        )


def _tell_rejected(account: Account, sheet: ProblemSheet, errors: Path | None) -> None:
    lang = sheet.language
    click.echo(
        _(
            "Chưa nhập dòng nào: có %(problems)s lỗi trong %(rows)s dòng.",
            problems=count(account.n_problems, lang),
            rows=count(account.n_rows, lang),
        ),
        err=True,
    )
    for group in account.groups[:_SHOWN]:
        place = " ".join(
            part for part in (group.column or "", heading(group, sheet.instrument, lang)) if part
        )
        entries = usual_entries(group, lang)
        said = reason(group, sheet.instrument, lang)
        click.echo(
            f"  {count(group.count, lang)} × {place + ': ' if place else ''}{said}"
            + (f"  [{entries}]" if entries else ""),
            err=True,
        )
    if errors is None:
        click.echo(_("Thêm --errors TỆP.xlsx để lấy danh sách từng ô."), err=True)
        return
    if errors.suffix.lower() == ".csv":
        errors.write_text("".join(csv_lines(sheet)), encoding="utf-8", newline="")
    else:
        write_xlsx(errors, sheet)
    click.echo(_("Danh sách lỗi: %(path)s", path=errors), err=True)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the work that the web puts off, such as imports, until SIGTERM or SIGINT."""
    jobs: Jobs = current_app.extensions["longdan.jobs"]
    click.echo("The worker is ready. Ctrl-C ends it.")
    jobs.work()


COMMANDS = (import_responses, worker)
