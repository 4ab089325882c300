"""Commands about weights: control totals in, weights made."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import import_sentences, weight_words
from app.cli.running import ACTOR, database, settings
from app.errors import ConflictError, LongdanError, NotFoundError
from app.models import Round, WeightRun, WeightSet
from app.models.base import now
from app.services.imports import uploads
from app.services.imports.refusals import FileRefusedError
from app.services.weighting import control_file, controls, offers, recipe, runs, vocabulary
from app.services.weighting.control_file import ControlsRefusedError
from app.services.weighting.recipe import Recipe, RecipeRefusedError

REJECTED = 1
_SHOWN = 20


@contextmanager
def _told(language: str) -> Iterator[None]:
    """Turn a refusal into a sentence on the terminal."""
    with force_locale(language):
        try:
            yield
        except FileRefusedError as error:
            raise click.ClickException(_file(error)) from None
        except LongdanError as error:
            said = weight_words.sentence(error.code, **error.context)
            raise click.ClickException(said) from None


def _file(error: FileRefusedError) -> str:
    if error.code in weight_words.FILES:
        return str(weight_words.FILES[error.code]) % error.context
    return import_sentences.refusal(error.code, error.context)


@click.command("import-controls")
@click.argument("round_code", metavar="ROUND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="What they are called; the name of the file without it.")
@click.option("--sheet", help="Sheet of a workbook; its first visible one without it.")
@click.option(
    "--counted", type=click.Choice(("people", "list")), default="people", show_default=True,
    help="Whether totals count people of the population, or lines of the list.",
)  # fmt: skip
@click.option("--lang", type=click.Choice(("vi", "en")), default="vi", show_default=True)
@with_appcontext
def import_controls(
    round_code: str, file: Path, name: str | None, sheet: str | None, counted: str, lang: str
) -> None:
    """Take control totals of a ROUND from a FILE (.xlsx or .csv); all of them or none.

    Exit code 1: cells cannot be taken, they are listed and nothing is kept.
    """
    with _told(lang), database().write() as db:
        round_ = _round(db, round_code)
        words = vocabulary.of_round(db, round_)
        try:
            read = control_file.read_controls(
                file, words, name=name or file.stem, counted=counted, sheet=sheet
            )
        except ControlsRefusedError as refused:
            for fault in refused.faults[:_SHOWN]:
                said = str(weight_words.CELLS[fault.code]) % {"meant": fault.meant}
                hint = f" ({fault.meant}?)" if fault.meant and fault.code != "cell.twice" else ""
                click.echo(
                    f"  {fault.letter}{fault.row} {fault.heading}: “{fault.value}” {said}{hint}",
                    err=True,
                )
            if refused.n > _SHOWN:
                click.echo(f"  … {refused.n}", err=True)
            sys.exit(REJECTED)
        row = controls.add(
            db, round_.id, read.control, actor=ACTOR, now=now(),
            file=(file.name, uploads.hash_of(file)),
        )  # fmt: skip
        click.echo(f"Control totals {row.number}: {len(row.cells)} cells, total {row.total:,.0f}")
        for finding in controls.check(read.control, words.answers.rows, words.answers.layout):
            click.echo(f"  {weight_words.finding(finding, read.control, words)}")


@click.command("frame-controls")
@click.argument("round_code", metavar="ROUND")
@click.argument("columns", nargs=-1, required=True)
@click.option("--lang", type=click.Choice(("vi", "en")), default="vi", show_default=True)
@with_appcontext
def frame_controls(round_code: str, columns: tuple[str, ...], lang: str) -> None:
    """Count the frame of a ROUND's draw by COLUMNS that answers carry too, e.g. field commune."""
    with _told(lang), database().write() as db:
        row = offers.count_frame(
            db, _round(db, round_code), columns, var_dir=settings().var_dir, actor=ACTOR, now=now()
        )
        click.echo(f"Control totals {row.number}: {len(row.cells)} cells, total {row.total:,.0f}")


@click.command("make-weights")
@click.argument("round_code", metavar="ROUND")
@click.option(
    "--recipe", "recipe_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of the steps (docs/weighting.md); without it, the recommended ones.",
)  # fmt: skip
@click.option("--lang", type=click.Choice(("vi", "en")), default="vi", show_default=True)
@with_appcontext
def make_weights(round_code: str, recipe_file: Path | None, lang: str) -> None:
    """Make weights of a closed ROUND, one step after the other, and keep them as a new version."""
    with _told(lang):
        with database().write() as db:
            wanted = _recipe(db, _round(db, round_code), recipe_file)
            run_id = runs.request(db, round_code, wanted, actor=ACTOR, now=now())
        work = runs.WeightWork(database(), settings())
        try:
            work.make(run_id)
        except BaseException:
            work.fail(run_id, "weights.fault")
            raise
        with database().read() as db:
            run = db.get_one(WeightRun, run_id)
            if run.failure is not None:
                said, ways = weight_words.refusal(run.failure)
                step = run.failure["step"]
                lines = [f"Step {step}: {said}" if step else said, *(f"  - {way}" for way in ways)]
                raise click.ClickException("\n".join(lines))
            if run.weight_set_id is None:
                raise click.ClickException("The run was cancelled.")
            _echo(db.get_one(WeightSet, run.weight_set_id), is_new=run.state == "made")


def _recipe(db: Session, round_: Round, file: Path | None) -> Recipe:
    if file is None:
        if round_.state not in ("closed", "published"):
            raise ConflictError("round.not-closed", round=round_.code)
        return offers.recommended_for(db, round_, settings().var_dir)
    return recipe.from_toml(file.read_text(encoding="utf-8"), _by_number(db, round_.id))


def _by_number(db: Session, round_id: int) -> Callable[[str], str]:
    """Let a recipe name control totals by number, name, or hash."""
    rows = controls.listed(db, round_id)
    known = {row.content_hash: row.content_hash for row in rows}
    known |= {row.name: row.content_hash for row in rows}
    known |= {str(row.number): row.content_hash for row in rows}

    def found(written: str) -> str:
        if written not in known:
            raise RecipeRefusedError("recipe.control-unknown", step=0, control=written)
        return known[written]

    return found


def _round(db: Session, code: str) -> Round:
    found = db.scalar(select(Round).where(Round.code == code))
    if found is None:
        raise NotFoundError("round.unknown", round=code)
    return found


def _echo(made: WeightSet, *, is_new: bool) -> None:
    if not is_new:
        click.echo(f"Nothing has changed: these are the weights of version {made.number}.")
    click.echo(f"Weights {made.number}: {made.content_hash}")
    for step in made.steps:
        after, factor = step["after"], step["factor"]
        click.echo(
            f"  {step['number']}. {step['step']:<12} factor {factor['smallest']:.3f} – "
            f"{factor['largest']:.3f}, largest weight {after['largest']:.1f}, "
            f"Kish's effect {after['design_effect']:.3f}"
        )
        for note in step["notes"]:
            click.echo(f"     {weight_words.note(note['code'], note['detail'])}")
    final = made.summary["final"]
    click.echo(f"  {final['n']} answers stand for {made.summary['total']:,.0f}; "
               f"effective number {final['effective_n']:,.0f}")  # fmt: skip


COMMANDS = (import_controls, frame_controls, make_weights)
