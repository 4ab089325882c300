"""Commands about files: make one, check one, make all of a publication again."""

import sys
import tempfile
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from app.cli.running import database, settings, told_plainly
from app.i18n import LANGUAGES
from app.result_files import files
from app.result_files.files import FORMS, Kind, Maker, Wanted
from app.services import publishing, results, signing
from app.services.exports import made
from app.services.manifests.check import Finding, check
from app.verify_words import told

_UNKNOWN = (Finding.UNSIGNED, Finding.UNREADABLE, Finding.FOREIGN)


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The manifest that came with a CSV file; without it, FILE.manifest.json is looked for.",
)
@click.option("--key", "keys", multiple=True, help="Trust this public key too (64 hex digits).")
@click.option("--language", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@with_appcontext
def verify(file: Path, manifest: Path | None, keys: tuple[str, ...], language: str) -> None:
    """Say whether a file is as it was handed out, by which key, and of which publication.

    Ends with 0 when it is genuine, 1 when it was altered, 2 when nobody can tell.
    """
    own = settings()
    trusted = {signing.public_key_of(key) for key in (own.secret_key, *own.secret_key_fallbacks)}
    try:
        trusted |= {bytes.fromhex(key) for key in keys}
    except ValueError:
        raise click.BadParameter("a public key is 64 hexadecimal digits") from None
    beside = manifest or file.with_name(f"{file.name}.manifest.json")
    given = beside.read_bytes() if beside.is_file() else None
    checked = check(file, trusted, files.shelf(own), given)
    with force_locale(language):
        said = told(checked)
    click.echo(f"{file.name}: {said.verdict}")
    if said.advice:
        click.echo(said.advice)
    for fact in said.facts:
        click.echo(f"  {fact.name}: {fact.text}")
    sys.exit(0 if said.is_good else 2 if checked.finding in _UNKNOWN else 1)


@click.command("export")
@click.argument("code")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default="workbook")
@click.option("--number", type=int, help="Which publication; the newest without it.")
@click.option("--language", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@click.option("--bom/--no-bom", "has_mark", default=True, help="Of CSV: the mark Excel looks for.")
@with_appcontext
def export(
    code: str, out: Path, kind: str, number: int | None, language: str, has_mark: bool
) -> None:
    """Write a file of a publication; the ending of OUT says in which form."""
    form = out.suffix.removeprefix(".")
    if form not in FORMS[Kind(kind)]:
        forms = ", ".join(f".{form}" for form in FORMS[Kind(kind)])
        raise click.BadParameter(f"a {kind} is one of {forms}")
    wanted = Wanted(Kind(kind), form, language, has_mark)
    with told_plainly(), database().read() as db:
        found = results.open_results(db, code, public_only=False, number=number)
        if wanted.is_of_persons and not found.is_sample:
            raise click.ClickException(
                "Answers of this round are no sample: there is no such file."
            )
        maker = Maker(db, settings(), found)
        made_ = maker.make(wanted, lambda done, n: click.echo(f"{done} of {n}", err=True))
    out.write_bytes(made_.path.read_bytes())
    rows = f"{made_.n_rows} rows, " if Kind(kind) in (Kind.FIGURES, Kind.MICRODATA) else ""
    click.echo(f"{out}: {rows}{made_.n_bytes} bytes, sha256 {made_.digest}")


@click.command("recompute")
@click.argument("code")
@click.option("--number", type=int, help="Which publication; the newest without it.")
@with_appcontext
def recompute(code: str, number: int | None) -> None:
    """Work a publication out again and make all its files again: figures and bytes must agree.

    Every file is made twice; a file that was handed out before is compared with that one too.
    """
    with told_plainly(), database().read() as db:
        verified = publishing.verify(db, code, var_dir=settings().var_dir, number=number)
        if not verified.holds:
            raise click.ClickException(
                f"{verified.n_different} of {verified.n_figures} figures of publication "
                f"{verified.number} of {code} are not those that its snapshot gives."
            )
        click.echo(
            f"All {verified.n_figures} figures of publication {verified.number} of {code} are "
            "those of its snapshot."
        )
        found = results.open_results(db, code, public_only=False, number=number)
        maker = Maker(db, settings(), found)
        wanted = files.every(is_sample=found.is_sample)
        different = [one for one in wanted if not _same(maker, one)]
    if different:
        raise click.ClickException(f"{len(different)} of {len(wanted)} files are not the same.")
    click.echo(f"All {len(wanted)} files have identical bytes.")


def _same(maker: Maker, wanted: Wanted) -> bool:
    """Make a file twice beside the one on the shelf, and say in a line whether all agree."""
    before = maker.ready(wanted)
    digests = set() if before is None else {made.digest_of(before.path)}
    size = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in (1, 2):
            path = Path(folder) / f"{number}.{wanted.form}"
            maker.write(wanted, path)
            size = path.stat().st_size
            digests.add(made.digest_of(path))
    name = wanted.name(maker.results.facts)
    compared = "made twice" if before is None else "made twice, as handed out"
    state = f"identical ({compared})" if len(digests) == 1 else "DIFFERENT"
    click.echo(f"  {name:<44} {size:>10} bytes  {min(digests)[:16]}  {state}")
    return len(digests) == 1


COMMANDS = (verify, export, recompute)
