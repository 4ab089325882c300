"""Commands about closing a round and publishing it."""

import click
from flask.cli import with_appcontext

from app.cli.running import ACTOR, database, settings, told_plainly
from app.models.base import now
from app.services import campaigns, publishing
from app.services.mixing.waiting import Spool
from app.services.mixing.work import Mixer
from app.services.publishing import Published, Unchanged


@click.command("close-round")
@click.argument("code")
@with_appcontext
def close_round(code: str) -> None:
    """Take no more answers for a round, for good, and mix those that wait."""
    with told_plainly():
        with database().write() as db:
            campaigns.close_round(db, code, actor=ACTOR)
        Mixer(database(), settings()).run(now())
    click.echo(f"Round {code} is closed. Publish it with: flask publish {code}")


@click.command("publish")
@click.argument("code")
@click.option("--public", is_flag=True, help="Let everybody see the figures, not only the office.")
@click.option("--again", is_flag=True, help="Make another publication although there is one.")
@click.option("--weights", type=int, help="Number of the set of weights; base weights without it.")
@with_appcontext
def publish(code: str, public: bool, again: bool, weights: int | None) -> None:
    """Take a snapshot of a closed round and freeze the figures that it supports."""
    with told_plainly(), database().write() as db:
        outcome = publishing.publish(
            db,
            code,
            var_dir=settings().var_dir,
            code_version=settings().code_version,
            actor=ACTOR,
            now=now(),
            public=public,
            again=again,
            weight_set=weights,
            spool=Spool.of(settings()),
        )
    match outcome:
        case Published(number=number, n_figures=n_figures, snapshot_hash=snapshot_hash):
            click.echo(f"Publication {number} of {code}: {n_figures} figures.")
            click.echo(f"Snapshot {snapshot_hash}")
        case Unchanged(number=number):
            click.echo(
                f"Nothing has changed since publication {number} of {code}, so none was made."
            )
    if public:
        click.echo(f"Everybody may see it: {settings().public_url}/ket-qua/{code}")


@click.command("verify-publication")
@click.argument("code")
@click.option("--number", type=int, help="Which publication; the newest without it.")
@with_appcontext
def verify_publication(code: str, number: int | None) -> None:
    """Work a publication out again from its snapshot and compare it to the last digit."""
    with told_plainly(), database().read() as db:
        found = publishing.verify(db, code, var_dir=settings().var_dir, number=number)
    named = f"publication {found.number} of {code}"
    if not found.snapshot_intact:
        raise click.ClickException(f"The snapshot of {named} is missing or was changed.")
    if found.n_different:
        raise click.ClickException(
            f"{found.n_different} of {found.n_figures} figures of {named} are not those that its "
            "snapshot, method and rules give. "
            f"It was made by version {found.code_version}; this is {settings().code_version}."
        )
    click.echo(f"All {found.n_figures} figures of {named} are those of its snapshot.")


COMMANDS = (close_round, publish, verify_publication)
