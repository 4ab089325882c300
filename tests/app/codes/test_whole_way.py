"""From lists of closed dossiers to published figures: upload, codes, answers, mixing, weights."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app import labels
from app.code_jobs import CodeJobs
from app.models import Field, Publication, PublishedEstimate, Response, Round, WeightSet
from app.result_files import flat, words
from app.services import campaigns, interview, publishing, results
from app.services.consent import consents
from app.services.dossiers import controls
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf
from app.services.mixing.work import Mixer
from app.services.orders import delivery
from app.services.weighting import offers, runs
from tests.app import builders
from tests.app.codes import closed
from tests.app.codes.closed import NOW, OFFICE, TODAY

# (centre, field) → dossiers closed, answers, satisfied ones among these.
CELLS = {
    ("hcc-06652", "ho-tich"): (60, 30, 24),
    ("hcc-06652", "dat-dai"): (20, 20, 10),
    ("hcc-06661", "ho-tich"): (40, 20, 4),
    ("hcc-06661", "dat-dai"): (80, 20, 15),
}
LEVEL = {True: ["5"], False: ["2"]}


@pytest.fixture
def own(settings, tmp_path):
    return replace(settings, var_dir=tmp_path)


@pytest.fixture
def place(database):
    with database.write() as db:
        made = closed.place(db, code="ma")
        builders.centre(db, builders.commune(db, made.town.province, "06661", "Phường Hà Tu"))
        db.add(Field(code="dat-dai", name="Đất đai"))
        db.flush()
        first = 1
        for (centre, field), (n, _answers, _satisfied) in CELLS.items():
            rows = closed.written(n, first=first, centre=centre)
            closed.take(db, [replace(each, field_name=field) for each in rows])
            first += n
        return made


def tokens(database, jobs):
    """Order codes, fetch the file, and sort them by cell."""
    with database.write() as db:
        order_id = closed.approved(db, sender="messages", options={"form": "csv"})
    jobs.do_order(order_id)
    with database.write() as db:
        content = delivery.fetch(db, order_id, jobs.shelf, actor=OFFICE, now=NOW).content.decode()
    found = [line.split("/r/")[1][:26] for line in content.splitlines()[1:]]
    by_cell = {cell: [] for cell in CELLS}
    with database.read() as db:
        for token in found:
            code = interview.open_code(db, token, NOW, TODAY).code
            by_cell[code.domains["centre"], code.domains["field"]].append(token)
    return by_cell


def answer(database, shelf, token, *, satisfied, now=NOW, replacing=False):
    entered = {
        "officials_1": LEVEL[satisfied], "results_1": LEVEL[satisfied], "late": ["no"],
        "sex": ["female"],
    }  # fmt: skip
    with database.write() as db:
        opened = interview.open_code(db, token, now, TODAY, replacing=replacing)
        if isinstance(opened, interview.Shut):
            return opened
        consent = consents(opened.instrument)["vi"]
        sent = interview.Submission(entered, "vi", consent, uuid4())
        key = keys.newest(db) or keys.make(db, shelf, now)
        return interview.submit_code(db, opened, sent, key, now, TODAY)


def test_figures_of_all_dossiers_come_from_the_codes_of_some(app, database, own, place):
    jobs = CodeJobs(database, own, now=lambda: NOW)
    shelf = KeyShelf(own.spool_keys)
    by_cell = tokens(database, jobs)
    for cell, (_n, n_answers, n_satisfied) in CELLS.items():
        for position, token in enumerate(by_cell[cell][:n_answers]):
            satisfied = position < n_satisfied
            assert answer(database, shelf, token, satisfied=satisfied) == interview.Accepted()
    # One thinks better of it within the day: only the last answer counts.
    changed = by_cell["hcc-06652", "ho-tich"][0]
    later = NOW + timedelta(hours=2)
    for satisfied in (False, True):
        assert (
            answer(database, shelf, changed, satisfied=satisfied, now=later, replacing=True)
            == interview.Accepted()
        )
    with database.write() as db:
        campaigns.close_round(db, "ma", actor=OFFICE)
    Mixer(database, own).run(NOW + timedelta(days=2))
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Response)) == 90

    with database.write() as db:
        round_ = db.scalars(select(Round).where(Round.code == "ma")).one()
        assert controls.fitting(db, round_) == controls.COLUMNS
        row = controls.add(
            db, round_, controls.COLUMNS, name="Hồ sơ", actor=OFFICE, now=NOW
        )  # fmt: skip
        assert row.total == 200
        recipe = offers.recommended_for(db, round_, own.var_dir)
        run_id = runs.request(db, "ma", recipe, actor=OFFICE, now=NOW)
    runs.WeightWork(database, own).make(run_id)
    with database.write() as db:
        number = db.scalars(select(WeightSet.number)).one()
        publishing.publish(
            db, "ma", var_dir=own.var_dir, code_version="1", actor=OFFICE, now=NOW,
            weight_set=number,
        )  # fmt: skip
    with database.read() as db:
        found = db.scalars(select(Publication)).one()
        whole = db.scalars(
            select(PublishedEstimate).where(
                PublishedEstimate.publication_id == found.id,
                PublishedEstimate.domain_kind == "",
                PublishedEstimate.node == "overall",
            )
        ).all()
    expected = sum(n * satisfied / answers for n, answers, satisfied in CELLS.values()) / 200
    shares = [each for each in whole if each.value is not None]
    assert shares, [each.node for each in whole]
    assert shares[0].value == pytest.approx(expected, abs=1e-6)
    assert shares[0].low < shares[0].value < shares[0].high
    assert shares[0].n == 90
    says_how_many_answered(app, database, own, found)


def says_how_many_answered(app, database, own, found):
    """Every shown figure says how many were asked and how many answered, in page and file."""
    assert found.invited == {"hcc-06652": [80, 80], "hcc-06661": [120, 120]}
    with database.read() as db:
        rows = db.scalars(
            select(PublishedEstimate).where(PublishedEstimate.publication_id == found.id)
        ).all()
        shown = results.open_results(db, "ma", public_only=False)
        verified = publishing.verify(db, "ma", var_dir=own.var_dir)
    assert verified.holds
    said = {row.domain_code: set() for row in rows}
    for row in rows:
        notes = [note for note in row.notes if note.startswith("answers-by-code")]
        assert len(notes) == (not row.suppressed)
        said[row.domain_code] |= set(notes)
    assert said[""] == {"answers-by-code:90/200/200"}
    assert said["hcc-06652"] == {"answers-by-code:50/80/80"}
    assert said["hcc-06661"] == {"answers-by-code:40/120/120"}
    assert said["ho-tich"] == {"answers-by-code:90/200/200"}
    with app.test_request_context("/"):
        sentence = labels.note("answers-by-code:1234/2000/3000", shown.method, "vi")
        in_file = [dict(zip(flat.HEADER, row, strict=True)) for row in flat.rows(shown, "vi")]
        in_workbook = [words.notes(row, shown, "vi") for row in shown.rows if not row.suppressed]
    assert all("answers-by-code:" in row["notes"] for row in in_file if not row["suppressed"])
    assert all("được mời trả lời bằng mã một lần" in said for said in in_workbook)
    assert "3.000 hồ sơ đã trả kết quả, 2.000 hồ sơ được gửi mã, 1.234 hồ sơ có câu" in sentence
    assert "61,7% số đã gửi" in sentence


def test_answers_are_never_more_than_dossiers(database, own, place):
    jobs = CodeJobs(database, own, now=lambda: NOW)
    shelf = KeyShelf(own.spool_keys)
    by_cell = tokens(database, jobs)
    used = by_cell["hcc-06661", "ho-tich"][:25]
    for token in used:
        assert answer(database, shelf, token, satisfied=True) == interview.Accepted()
        assert isinstance(answer(database, shelf, token, satisfied=True), interview.Shut)
    with database.write() as db:
        order_id = closed.approved(db, kind="reissue", sender="messages", options={"form": "csv"})
    jobs.do_order(order_id)
    with database.read() as db:
        standing = [each for each in closed.invitations(db) if each.state != "cancelled"]
        dossiers = {each.id: each for each in closed.dossiers(db)}
    assert len({each.dossier_id for each in standing}) == len(standing) == len(dossiers)
    by_day = {}
    for each in standing:
        dossier = dossiers[each.dossier_id]
        key = (dossier.centre_id, dossier.closed_on)
        n_closed, n_used = by_day.get(key, (0, 0))
        by_day[key] = (n_closed + 1, n_used + (each.state == "used"))
    assert all(n_used <= n_closed for n_closed, n_used in by_day.values())
    assert sum(n_used for _n, n_used in by_day.values()) == 25
