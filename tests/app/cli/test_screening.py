from app.cli.screening import screen
from tests.app import builders
from tests.app.screening import province


def test_a_round_is_screened_from_the_command_line(app, database):
    with database.write() as db:
        above = builders.province(db)
        campaign = builders.campaign(db, above)
        province.open_round(db, campaign, province.centres(db, above))
    runner = app.test_cli_runner()
    done = runner.invoke(screen, ["quay"])
    assert done.exit_code == 0, done.output
    assert "460 answers" in done.output
    assert "straight-lines, 20 of 60" in done.output


def test_an_unknown_round_is_said_to_be_unknown(app):
    done = app.test_cli_runner().invoke(screen, ["nichts"])
    assert done.exit_code == 1
    assert "nichts" in done.output
