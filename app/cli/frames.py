"""Commands about frames: gather one from files, freeze it, delete its contacts."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from app import frame_sentences as words
from app.cli.running import ACTOR, database, settings, told_plainly
from app.errors import ConflictError, LongdanError
from app.frame_jobs import CHECK, FREEZE, READ, FrameJobs
from app.frame_lists import FrameLists
from app.models.base import now
from app.numbers import count
from app.queries import frames
from app.queries.frames import FileSummary, FrameSummary
from app.sentences import sentence
from app.services.frames import columns as columns_
from app.services.frames import contacts, files, freezing, guess, looking
from app.services.frames.account import Account
from app.services.frames.columns import Columns
from app.services.frames.files import Received
from app.services.imports import uploads
from app.services.imports.refusals import FileRefusedError, MappingRefusedError

# Exit codes; 1 and 2 are click's own.
ASKS = 3
NOT_READ = 4


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


class _Desk:
    """Does at once, one after another, what the worker does for the office."""

    def __init__(self, frame: str) -> None:
        self.frame = frame
        self.waiting: list[tuple[str, int]] = []
        self.jobs = FrameJobs(
            database(), settings(), lambda _db, name, number: self.waiting.append((name, number))
        )

    def hand_in(self, path: Path, columns: Columns | None) -> None:
        """Take a file, or remember why it cannot be read."""
        with path.open("rb") as stream:
            kept = uploads.keep(stream, self.jobs.uploads)
        received = Received(uploads.shown_name(path.name), kept.file_hash, kept.stored_name)
        stored = uploads.path_of(self.jobs.uploads, kept.stored_name)
        try:
            looking.check_quickly(stored)
            with database().write() as db:
                self.waiting.append(
                    (READ, files.add(db, self.frame, received, actor=ACTOR, columns=columns))
                )
        except FileRefusedError as refused:
            uploads.delete(self.jobs.uploads, kept.stored_name)
            click.echo(f"{path.name}: {words.refusal(refused.code, refused.context)}", err=True)
            kept_not = Received(received.file_name, received.file_hash, None)
            with database().write() as db:
                files.add_refused(db, self.frame, kept_not, refused.code, refused.context, ACTOR)
        except ConflictError as refused:
            uploads.delete(self.jobs.uploads, kept.stored_name)
            if refused.code != "file.twice":
                raise
            click.echo(f"{path.name}: {sentence(refused.code, **refused.context)}", err=True)

    def work(self) -> None:
        """Do what waits, showing how far it is."""
        does: Mapping[str, Callable[[int], None]] = {
            READ: self.jobs.read_file, CHECK: self.jobs.check, FREEZE: self.jobs.freeze,
        }  # fmt: skip
        with click.progressbar(
            length=max(1, len(self.waiting)), label=_("Đọc và đối chiếu"), file=sys.stderr
        ) as bar:
            while self.waiting:
                name, number = self.waiting.pop(0)
                does[name](number)
                bar.update(1)

    def agree(self) -> bool:
        """Take the columns of one file as they were guessed, if nothing about them is open."""
        shown, found = self.read()
        for file in found:
            if file.state != "uploaded" or file.head is None:
                continue
            guessed = file.head["guessed"]
            if guess.missing(shown.kind, guessed) or file.head["contested"]:
                continue
            head = looking.head_of(file.head)
            stated = columns_.state(guessed, head, Columns(sheet=file.head["sheet"]))
            with database().write() as db:
                ready = files.confirm(
                    db, self.frame, file.id, stated, file.signature or "", actor=ACTOR
                )
            self.waiting.extend((READ, each) for each in ready)
            return True
        return False

    def read(self) -> tuple[FrameSummary, tuple[FileSummary, ...]]:
        """Read the frame and its files."""
        with database().read() as db:
            shown = frames.by_code(db, self.frame)
            return shown, frames.files_of(db, shown.id)


@click.command("import-frame")
@click.argument("frame")
@click.argument(
    "paths", metavar="FILES...", nargs=-1, required=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)  # fmt: skip
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that says what the columns hold; see docs/frames.md.",
)  # fmt: skip
@click.option("--guess", "agree", is_flag=True, help="Take columns as they are guessed.")
@click.option(
    "--problems", type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the account and every problem to this .xlsx or .csv.",
)  # fmt: skip
@click.option("--lang", type=click.Choice(("vi", "en")), default="vi", show_default=True)
@with_appcontext
def import_frame(
    frame: str,
    paths: tuple[Path, ...],
    mapping: Path | None,
    agree: bool,
    problems: Path | None,
    lang: str,
) -> None:
    """Gather FILES (.xlsx or .csv) into the frame with the code FRAME, and show its account.

    Exit code 0: every file was read; 3: some wait until somebody says what their columns hold, in
    the office or with --mapping or --guess; 4: some could not be read.
    """
    with force_locale(lang):
        desk = _Desk(frame)
        with _told():
            shown, _files = desk.read()
            columns = None if mapping is None else _columns(mapping, shown.kind)
            for path in paths:
                desk.hand_in(path, columns)
            desk.work()
            while agree and desk.agree():
                desk.work()
            shown, found = desk.read()
        _tell(shown, found, lang)
        if problems is not None:
            _write(problems, desk, shown, found, lang)
        states = {file.state for file in found}
        if states & {"refused", "failed"}:
            sys.exit(NOT_READ)
        if "uploaded" in states:
            sys.exit(ASKS)


@contextmanager
def _told() -> Iterator[None]:
    """Turn a refusal into one line on the terminal, in the language asked for."""
    try:
        yield
    except MappingRefusedError as error:
        raise click.ClickException(words.refusal(error.code, error.context)) from None
    except LongdanError as error:
        raise click.ClickException(sentence(error.code, **error.context)) from None


def _columns(mapping: Path, kind: str) -> Columns:
    try:
        return columns_.parse(mapping.read_text(encoding="utf-8"), kind)
    except UnicodeDecodeError as error:
        raise MappingRefusedError("mapping.not-utf8") from error


def _tell(shown: FrameSummary, found: tuple[FileSummary, ...], lang: str) -> None:
    account = Account.from_json(shown.account)
    for file in found:
        if file.state == "uploaded":
            said = _("chưa biết cột nào chứa gì; xác nhận trong trang quản lý, hoặc thêm --guess")
            click.echo(f"{file.name}: {said}", err=True)
        elif file.refusal is not None:
            why = words.refusal(file.refusal["code"], file.refusal.get("context", {}))
            click.echo(f"{file.name}: {why}", err=True)
    click.echo(
        _(
            "%(rows)s dòng trong các tệp = %(accepted)s nhận + %(rejected)s không nhận + "
            "%(excluded)s loại theo quy tắc + %(waiting)s chờ quyết định.",
            rows=count(account.n_rows, lang),
            accepted=count(account.accepted, lang),
            rejected=count(sum(account.rejected.values()), lang),
            excluded=count(sum(account.excluded.values()), lang),
            waiting=count(account.waiting, lang),
        )
    )
    for code, n in account.problems.items():
        click.echo(f"  {count(n, lang)} × {words.REASONS[code]}")


def _write(
    target: Path, desk: _Desk, shown: FrameSummary, found: tuple[FileSummary, ...], lang: str
) -> None:
    checked = desk.jobs.shelf.checked(shown.id, shown.settled_revision)
    lists = FrameLists(shown, found, checked, lang)
    pieces = lists.csv_pieces() if target.suffix.lower() == ".csv" else lists.book_pieces()
    with target.open("wb") as file:
        file.writelines(pieces)
    click.echo(_("Bảng đối chiếu: %(path)s", path=target), err=True)


@click.command("freeze-frame")
@click.argument("frame")
@with_appcontext
def freeze_frame(frame: str) -> None:
    """Freeze the frame with the code FRAME: write its canonical file and print its hash.

    Nothing about it can be changed afterwards.
    """
    with told_plainly():
        with database().read() as db:
            found = freezing.hindrances_of(db, frame)
        if found:
            with force_locale("en"):
                lines = [f"{words.hindrance(each.code)} {', '.join(each.files)}" for each in found]
            raise click.ClickException("\n  ".join(["The frame cannot be frozen yet:", *lines]))
        desk = _Desk(frame)
        with database().write() as db:
            number = freezing.begin(db, frame, actor=ACTOR)
        desk.jobs.freeze(number)
        shown, _files = desk.read()
    click.echo(f"{shown.n_rows} rows, SHA-256 {shown.content_hash}")
    click.echo(str(desk.jobs.shelf.frozen(shown.file_name or "")))


@click.command("delete-frame-contacts")
@click.argument("frame")
@click.confirmation_option(prompt="Delete the contact data of this frame for good?")
@with_appcontext
def delete_frame_contacts(frame: str) -> None:
    """Delete the contact data of the frame with the code FRAME now."""
    with told_plainly(), database().write() as db:
        contacts.delete(db, _Desk(frame).jobs.vault, frame, actor=ACTOR, now=now())
    click.echo("The contact data are deleted.")


COMMANDS = (import_frame, freeze_frame, delete_frame_contacts)
