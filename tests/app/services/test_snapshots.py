import random
from datetime import UTC, datetime

import polars as pl
import pytest
from sqlalchemy import text, update

from analysis.answers import MISSING
from analysis.errors import SnapshotDamagedError, WrongSourceError
from analysis.snapshot import Source, write_snapshot
from app.errors import ConflictError
from app.models import Response, Round
from app.queries.answers import AnswerRow
from app.services import instruments, snapshots
from app.services.columns import columns_of, domain_kind
from surveys.instrument.load import load
from tests.app import builders, desk

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def campaign(database):
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        return builders.campaign(db, province)


@pytest.fixture
def take(database, settings):
    def take(round_):
        with database.write() as db:
            found = db.get_one(Round, round_.id)
            return snapshots.take(db, found, settings.var_dir, "1.2.3", NOW)

    return take


def rows_of(settings, taken) -> pl.DataFrame:
    return snapshots.read(taken.file_name, taken.content_hash, settings.var_dir).rows


def test_a_snapshot_holds_answers_design_and_domains_and_nothing_else(
    database, campaign, take, settings
):
    with database.write() as db:
        made = desk.sampled_round(db, campaign)
    taken = take(made)
    rows = rows_of(settings, taken)
    assert rows.columns == [
        "design.stratum",
        "design.psu",
        "design.base_weight",
        "place.commune",
        "place.commune_kind",
        "sex",
        "officials_1",
        "results_1",
        "late",
        "wishes",
    ]
    assert (taken.n_rows, len(rows)) == (160, 160)
    assert rows["place.commune_kind"].value_counts(sort=True).to_dicts() == [
        {"place.commune_kind": "xa", "count": 80},
        {"place.commune_kind": "phuong", "count": 68},
        {"place.commune_kind": "dac_khu", "count": 12},
    ]


def test_the_order_of_arrival_is_not_kept(database, campaign, take, settings):
    """Rows of two rounds with the same answers in another order differ in the round's name only."""
    rows = desk.people()
    random.Random(3).shuffle(rows)
    with database.write() as db:
        first = desk.sampled_round(db, campaign)
        second = desk.sampled_round(db, campaign, rows, code="mau-2027")
    assert rows_of(settings, take(first)).equals(rows_of(settings, take(second)))


@pytest.mark.parametrize("seed", range(5))
def test_the_same_answers_have_the_same_hash_in_any_order(tmp_path, seed):
    people = [AnswerRow(**person, mode="web") for person in desk.people()]
    shuffled = people.copy()
    random.Random(seed).shuffle(shuffled)
    instrument = load(builders.folder("desk"))
    hashes = []
    for order in (people, shuffled):
        made = columns_of(order, instrument, {}, Source.SAMPLE, {"round": "r"})
        hashes.append(write_snapshot(made.rows, made.layout, tmp_path).content_hash)
    assert hashes[0] == hashes[1]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"base_weight": 10.000000000000002},
        {"psu": "A19"},
        {"domains": {"commune": "06709"}},
        {"answers": {"officials_1": 4, "results_1": 5, "late": "yes", "sex": "male"}},
        {"answers": {"officials_1": 5, "results_1": 5, "late": "yes"}},
    ],
)
def test_any_other_answer_has_another_hash(database, campaign, take, change):
    rows = desk.people()
    assert rows[0]["answers"] == {"officials_1": 5, "results_1": 5, "late": "yes", "sex": "male"}
    with database.write() as db:
        made = desk.sampled_round(db, campaign)
    before = take(made)
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        one = connection.scalar(
            text("SELECT id FROM response WHERE psu = 'A00' AND answers->>'late' = 'yes'")
        )
        connection.execute(update(Response).where(Response.id == one).values(**change))
    assert take(made).content_hash != before.content_hash


def test_the_mode_is_a_domain_where_there_are_several(database, campaign, take, settings):
    rows = [
        person | {"mode": "phone" if place % 4 == 0 else "paper"}
        for place, person in enumerate(desk.people())
    ]
    with database.write() as db:
        made = desk.sampled_round(db, campaign, rows, modes=["phone", "paper"])
        alike = desk.sampled_round(db, campaign, code="mau-2027")
    found = rows_of(settings, take(made))["place.mode"].value_counts().sort("count")
    assert found.rows() == [("phone", 40), ("paper", 120)]
    assert "place.mode" not in rows_of(settings, take(alike)).columns


def test_taking_a_snapshot_again_finds_the_first(database, campaign, take, settings):
    with database.write() as db:
        made = desk.sampled_round(db, campaign)
    first, again = take(made), take(made)
    assert first.id == again.id


def test_answers_become_the_columns_the_statistics_read(database, campaign, take, settings):
    with database.write() as db:
        made = desk.open_round(
            db,
            campaign,
            [
                {"answers": {"officials_1": 4, "wishes": ["faster", "kinder"]}},
                {"answers": {"results_1": 9, "late": "no"}},
            ],
        )
    taken = take(made)
    answers = snapshots.read(taken.file_name, taken.content_hash, settings.var_dir).open()
    by_late = dict(zip(answers.columns["late"].tolist(), range(2), strict=True))
    first, second = by_late[None], by_late["no"]
    assert answers.columns["officials_1"][[first, second]].tolist() == [4, MISSING]
    assert answers.columns["results_1"][[first, second]].tolist() == [MISSING, 9]
    assert answers.columns["wishes"][[first, second]].tolist() == ["faster kinder", None]
    assert "comment" not in answers.columns


def test_self_selected_answers_have_no_design(database, campaign, take, settings):
    with database.write() as db:
        made = desk.open_round(db, campaign)
    taken = take(made)
    file = snapshots.read(taken.file_name, taken.content_hash, settings.var_dir)
    assert not any(column.startswith("design.") for column in file.rows.columns)
    assert [domain_kind(column) for column in file.open().groups] == ["centre", "counter", "sex"]
    with pytest.raises(WrongSourceError):
        file.sampled()


def test_a_snapshot_of_other_answers_is_refused(database, campaign, take, settings):
    with database.write() as db:
        first = desk.sampled_round(db, campaign)
        second = desk.open_round(db, campaign)
    with pytest.raises(SnapshotDamagedError):
        snapshots.read(take(first).file_name, take(second).content_hash, settings.var_dir)


@pytest.mark.parametrize("state", ["draft", "open"])
def test_only_a_closed_round_has_a_snapshot(database, campaign, take, state):
    with database.write() as db:
        made = desk.sampled_round(db, campaign, state=state)
    with pytest.raises(ConflictError, match=r"round\.not-closed"):
        take(made)


def test_questions_about_people_are_domains_only_if_they_divide_them(database, campaign):
    """Of the long form: sex and age groups are; a list of several choices is not."""
    with database.write() as db:
        instrument = instruments.instrument_of(builders.instrument(db, "sipas_2023"))
    made = columns_of([], instrument, {}, Source.OPEN, {})
    profile = {item.code for item in instrument.items if item.profile}
    assert set(made.layout.domains) <= profile
    assert {"sex", "age_group"} <= set(made.layout.domains)
