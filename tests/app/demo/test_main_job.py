"""The main job from the file to the published rows, against R's survey package."""

import csv
import json
import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.demo import dossiers, fieldwork, frame, main_job, province, sample_file, table
from app.models import Draw, Frame, PublishedEstimate, Response, SampleCase, WeightSet
from app.queries import publications
from app.services import publishing, results
from app.services.draws import replay
from app.services.weighting import sets
from app.services.weighting.final import weighted_rows
from surveys.instrument import catalogue
from tests.analysis.oracles.compare import HERE, differences
from tests.app.demo import weighted
from tests.conftest import empty

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BEFORE = timedelta(days=40)


@pytest.fixture(scope="module")
def published(session_database, settings, tmp_path_factory):
    """Run the main job once for the tests of this file, none of which changes anything."""
    empty(session_database)
    with session_database.write() as db:
        province.set_up(db, NOW, NOW.date())
    folder = tmp_path_factory.mktemp("demo")
    frame.freeze(session_database, settings, folder, NOW - BEFORE)
    draw_id = fieldwork.draw(session_database, settings, frame.CODE, NOW - BEFORE)
    fieldwork.work(session_database, draw_id, NOW)
    main_job.import_sample(session_database, settings, folder)
    main_job.publish(session_database, settings, NOW)
    return session_database


def number(value):
    """Turn a missing figure into what a calculation calls one."""
    return math.nan if value is None else value


def as_estimate(row):
    """Dress a published row like an estimate, for comparing."""
    return SimpleNamespace(
        node=row.node,
        measure=SimpleNamespace(value=row.measure),
        domain_kind=row.domain_kind,
        domain_code=row.domain_code,
        estimate=SimpleNamespace(
            n=row.n,
            value=number(row.value),
            standard_error=number(row.standard_error),
            df=number(row.df),
            design_effect=number(row.design_effect),
            interval=SimpleNamespace(low=number(row.low), high=number(row.high)),
        ),
    )


def test_published_rows_are_the_figures_of_r(published, tmp_path):
    oracle = json.loads((HERE / "demo_weighted.json").read_text())
    with published.read() as db:
        rows = db.scalars(select(PublishedEstimate)).all()
    shown = [as_estimate(row) for row in rows if not row.suppressed]
    keys = {(f.node, f.measure.value, f.domain_kind, f.domain_code) for f in shown}
    oracle["figures"] = [
        figure
        for figure in oracle["figures"]
        if tuple(figure[part] for part in ("node", "measure", "domain_kind", "domain_code")) in keys
    ]
    shown_oracle = tmp_path / "shown.json"
    shown_oracle.write_text(json.dumps(oracle))
    # Six nodes by three measures, in the whole and in 54 communes, 55 centres and 29 other domains,
    # less what may not be shown.
    assert len(oracle["figures"]) > 1200
    assert differences(shown, shown_oracle) == []


def test_the_final_weights_are_those_of_r(published, settings):
    theirs = json.loads((HERE / "demo_final_weights.json").read_text())
    with published.read() as db:
        facts = publications.of_round(db, province.SAMPLE_ROUND, public_only=True)
        found = weighted_rows(db, facts, settings.var_dir)
    ours = found.rows[found.final].to_list()
    assert sorted(ours) == pytest.approx(sorted(theirs), rel=1e-9)
    assert found.rows[found.base].sum() < sum(ours) == pytest.approx(199_599)


def test_what_r_read_of_the_cases_is_what_was_frozen(published, settings):
    with published.read() as db:
        assert weighted.cases_csv(db, settings) == (HERE / "demo_cases.csv").read_text()
        assert weighted.told_json(db) == (HERE / "demo_weights.json").read_text()


def test_the_recommended_chain_is_used(published, settings):
    with published.read() as db:
        found = db.scalars(select(WeightSet)).one()
        steps = [step["step"] for step in found.steps]
        account = found.summary["account"]
        n = db.scalar(select(func.count()).select_from(Response))
        again = sets.chain_of(db, found, settings.var_dir)
    assert steps == ["unknown", "nonresponse", "rake", "trim"]
    assert account["outcomes"]["interview"] == account["n_answers"] == n
    assert account["differences"] == []
    assert found.summary["rates"]["cases"] == pytest.approx(n / 2221)
    assert again.weight[n:].tolist() == [0.0] * (2221 - n)


def test_the_simulated_file_is_the_one_that_r_read(published, settings, tmp_path):
    with published.read() as db:
        answered = fieldwork.respondents(db, settings.var_dir)
    made = sample_file.simulate(catalogue.open_("sipas_2017"), answered)
    sample_file.write_csv(tmp_path / "made.csv", made)
    with (tmp_path / "made.csv").open(encoding="utf-8-sig", newline="") as file:
        ours = list(csv.reader(file))
    with (HERE / "demo.csv").open(encoding="utf-8", newline="") as file:
        theirs = list(csv.reader(file))
    assert ours == theirs


def test_the_account_of_the_frame_adds_up(published):
    with published.read() as db:
        found = db.scalars(select(Frame)).one()
    outcomes = found.account["outcomes"]
    assert found.n_rows == outcomes[""]
    assert sum(outcomes.values()) == found.account["rows"] > dossiers.N_DOSSIERS
    assert outcomes["duplicate.same"] > 0
    assert outcomes["period.outside"] > 0


def test_the_draw_can_be_repeated_by_program_and_script(published, settings):
    with published.read() as db:
        found = replay.replay(db, province.SAMPLE_ROUND, None, settings.var_dir)
    assert found.holds, found.told


def test_every_centre_is_a_stratum_of_the_draw(published):
    with published.read() as db:
        drawn = set(db.scalars(select(SampleCase.stratum)))
        answered = set(db.scalars(select(Response.stratum)))
    assert len(drawn) == 55
    assert answered == drawn


def test_no_answer_leads_back_to_a_dossier(published):
    """Each answer is a PSU of its own, under a number that the frame does not know."""
    with published.read() as db:
        psus = list(db.scalars(select(Response.psu)))
        keys = set(db.scalars(select(SampleCase.frame_key)))
    assert len(set(psus)) == len(psus)
    assert not keys & set(psus)


def test_the_weights_add_up_to_those_who_answered(published):
    with published.read() as db:
        total = db.scalar(select(func.sum(Response.base_weight)))
        n = db.scalar(select(func.count()).select_from(Response))
        n_main = db.scalars(select(Draw.n_main)).one()
        n_rows = db.scalars(select(Frame.n_rows)).one()
        drawn = db.scalar(select(func.sum(SampleCase.base_weight)).where(SampleCase.reserve == 0))
    assert drawn == pytest.approx(n_rows)
    assert total == pytest.approx(n_rows * n / n_main, rel=0.03)


def test_running_the_job_again_changes_nothing(published, settings):
    with published.read() as db:
        before = db.scalar(select(func.count()).select_from(PublishedEstimate))
    assert main_job.is_imported(published)
    main_job.publish(published, settings, NOW)
    with published.read() as db:
        assert db.scalar(select(func.count()).select_from(PublishedEstimate)) == before


def test_the_publication_can_be_recomputed_to_the_last_digit(published, settings):
    with published.read() as db:
        found = publishing.verify(db, province.SAMPLE_ROUND, var_dir=settings.var_dir)
    assert found.holds
    assert found.n_figures > 3000


def test_the_table_shows_overall_and_five_components_with_targets(published):
    with published.read() as db:
        found = results.open_results(db, province.SAMPLE_ROUND, public_only=True)
    lines = list(table.lines(found))
    assert "SIMULATED" in lines[1]
    figures = [line.split() for line in lines[-6:]]
    assert all(int(line[-2]) > 1400 for line in figures)
    assert [float(line[-1]) for line in figures] == [95.0, 95.0, 97.5, 97.0, 98.5, 95.5]
    for low, high, value in ((float(f[-6]), float(f[-4]), float(f[-7])) for f in figures):
        assert low < value < high
