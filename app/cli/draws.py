"""Commands about draws of samples."""

import click
from flask.cli import with_appcontext

from app.cli.running import database, settings, told_plainly
from app.services.draws import replay


@click.command("replay-draw")
@click.argument("round_code", metavar="ROUND")
@click.option("--number", type=int, help="Which draw of the round; the last without it.")
@with_appcontext
def replay_draw(round_code: str, number: int | None) -> None:
    """Draw a sample again, by the program and by the script of its protocol."""
    with told_plainly(), database().read() as db:
        found = replay.replay(db, round_code, number, settings().var_dir)
    click.echo(f"Draw {found.number} of {found.round}: {found.n_main} cases, "
               f"{found.n_reserve} reserves, list {found.list_hash}")  # fmt: skip
    for what, is_so in (
        ("the program gives the same list", found.by_program),
        ("the script gives the same list", found.by_script),
        ("the signature is valid", found.is_signed),
        ("the file of the list is unchanged", found.is_kept),
    ):
        click.echo(f"  {'yes' if is_so else 'NO '}  {what}")
    if not found.holds:
        raise click.ClickException(f"The draw cannot be repeated.\n{found.told}".rstrip())


COMMANDS = (replay_draw,)
