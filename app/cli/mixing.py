"""The command that mixes what waits, for operators without a worker or in a hurry."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from app.cli.running import database, settings, told_plainly
from app.queries import waiting
from app.services.mixing.work import Mixer


@click.command("mix")
@with_appcontext
def mix() -> None:
    """Mix the answers that wait, as far as they are enough, and say what goes on waiting."""
    with told_plainly():
        mixed = Mixer(database(), settings()).run(datetime.now(UTC))
        with database().read() as db:
            left = waiting.by_round(db, datetime.now(UTC))
    n = sum(each.n for each in mixed)
    click.echo(f"{n} answers in {len(mixed)} batches were mixed.")
    for each in left:
        click.echo(
            f"{each.round_code}: {each.n_answers} answers and {each.n_texts} texts wait, "
            f"{each.n_replaceable} of them may still be replaced."
        )


COMMANDS = (mix,)
