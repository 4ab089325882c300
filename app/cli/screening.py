"""Command that screens the answers of a round."""

import click
from flask.cli import with_appcontext

from app.cli.running import ACTOR, database, settings, told_plainly
from app.models.base import now
from app.queries import screenings
from app.services.screening import runs
from app.services.screening.runs import ScreeningWork


@click.command("screen")
@click.argument("round_code", metavar="ROUND")
@with_appcontext
def screen(round_code: str) -> None:
    """Look for answers of a round that are worth a second look; nothing is deleted."""
    with told_plainly():
        with database().write() as db:
            run = runs.request(db, round_code, actor=ACTOR, now=now())
        ScreeningWork(database(), settings()).make(run)
        with database().read() as db:
            made = screenings.screening(db, round_code, run)
            found = screenings.findings(db, run)
    if made.state != "made":
        code = made.failure["code"] if made.failure else made.state
        raise click.ClickException(f"Round {round_code} was not screened: {code}")
    flagged = [each for each in found if each.is_flagged]
    click.echo(f"{made.n_answers} answers, {len(found)} comparisons, {len(flagged)} worth a look.")
    for each in flagged:
        click.echo(
            f"  {each.centre_name} ({each.channel}): {each.indicator}, {each.n_found} of {each.n}, "
            f"{each.expected:.1f} expected, adjusted p {each.p_adjusted:.3g}"
        )


COMMANDS = (screen,)
