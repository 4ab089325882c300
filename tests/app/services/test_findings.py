"""Findings of a publication: worked out, frozen, verified."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from app.models import (
    Publication,
    PublishedChange,
    PublishedDriver,
    PublishedFinding,
    PublishedRank,
    PublishedVerdict,
    Round,
    RoundTarget,
)
from app.queries import findings, publications
from app.services import publishing
from tests.app import builders, desk

NOW = datetime(2026, 7, 1, tzinfo=UTC)
FROZEN = (PublishedFinding, PublishedRank, PublishedVerdict, PublishedChange, PublishedDriver)


@pytest.fixture
def campaign(database):
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        return builders.campaign(db, province, simulated=True)


@pytest.fixture
def publish(database, settings):
    def publish(code, **values):
        given = {
            "var_dir": settings.var_dir, "code_version": "1", "actor": "office@example.vn",
            "now": NOW,
        } | values  # fmt: skip
        with database.write() as db:
            return publishing.publish(db, code, **given)

    return publish


def read(database, code="mau-2026", number=None):
    with database.read() as db:
        facts = publications.of_round(db, code, public_only=False, number=number)
        return findings.findings(db, facts.id)


def verified(database, settings, code="mau-2026"):
    with database.read() as db:
        return publishing.verify(db, code, var_dir=settings.var_dir)


def aim(db, round_, value, node="overall", kind="", code=""):
    db.add(
        RoundTarget(
            round_id=round_.id, node=node, domain_kind=kind, domain_code=code, value=value,
            source="Kế hoạch 2026",
        )
    )  # fmt: skip


def test_units_with_figures_are_ranked_and_no_others(database, campaign, publish):
    """Of five communes only Hồng Gai (17 PSUs) and Thống Nhất (14) have the degrees of freedom."""
    with database.write() as db:
        desk.sampled_round(db, campaign)
    publish("mau-2026")
    ranks = {(r.node, r.domain_code): r for r in read(database).ranks}
    assert {code for _, code in ranks} == {"06652", "06709"}
    first, second = ranks["overall", "06652"], ranks["overall", "06709"]
    assert (first.low, first.high) == (1, 1)
    assert (second.low, second.high) == (2, 2)
    assert first.n_ranked == 2
    assert (first.groups, second.groups) == (("1",), ("2",))
    assert first.p_top == 1.0


def test_targets_of_the_whole_and_of_units_are_judged(database, campaign, publish):
    with database.write() as db:
        made = desk.sampled_round(db, campaign)
        aim(db, made, 0.7)
        aim(db, made, 0.99, "results")
        aim(db, made, 0.95, kind="commune", code="06652")
        aim(db, made, 0.5, kind="commune", code="06709")
        aim(db, made, 0.5, kind="commune", code="06967")
    publish("mau-2026")
    found = {(r.node, r.domain_code): r for r in read(database).verdicts}
    assert found["overall", ""].verdict == "reached"
    assert found["results", ""].verdict == "missed"
    assert found["overall", "06709"].verdict_holm == "reached"
    # Kept back: four people.
    assert found["overall", "06967"].verdict == "unknown"
    assert found["overall", "06967"].p_value is None
    assert {row.n_family for key, row in found.items() if key[1]} == {2}
    with database.read() as db:
        facts = publications.of_round(db, "mau-2026", public_only=False)
        aimed = {
            (r.node, r.domain_code, r.measure): r.target
            for r in publications.estimates(db, facts.id)
        }
    assert aimed["overall", "06652", "satisfied"] == 0.95
    assert aimed["overall", "06652", "neutral"] is None


def two_rounds(database, campaign, publish):
    better = [
        one | {"answers": one["answers"] | {"officials_1": 5}} if one["psu"] < "A10" else one
        for one in desk.people()
    ]
    with database.write() as db:
        desk.sampled_round(db, campaign, code="mau-2025", closes_on=date(2026, 1, 31))
        desk.sampled_round(db, campaign, better, closes_on=date(2026, 6, 30))
    publish("mau-2025")
    publish("mau-2026")


def test_a_change_is_counted_over_the_places_both_rounds_share(database, campaign, publish):
    two_rounds(database, campaign, publish)
    found = read(database)
    basis = found.bases["changes"]
    assert basis["status"] == "compared"
    assert basis["overlapping"] is True
    row = next(r for r in found.changes if (r.node, r.domain_kind) == ("officials", ""))
    # In ten PSUs of the first stratum five had one of four who was not satisfied.
    assert row.value == pytest.approx(10 * 5 / 3200)
    # Only these ten PSUs of twenty differ, in turns: 20/19 of the sum of squares about their mean.
    d = [10 / 3200 if k % 2 == 0 and k < 10 else 0.0 for k in range(20)]
    mean = sum(d) / 20
    assert row.standard_error == pytest.approx((20 / 19 * sum((x - mean) ** 2 for x in d)) ** 0.5)
    assert row.df == 38
    assert {r.domain_code for r in found.changes if r.domain_kind == "commune"} == {
        "06652", "06709",
    }  # fmt: skip


def test_another_method_is_a_break_and_nothing_is_subtracted(database, campaign, publish):
    two_rounds(database, campaign, publish)
    with database.write() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(
            update(Publication).where(Publication.number == 1).values(method_hash="sha256:other")
            .where(Publication.round.has(code="mau-2025"))
        )  # fmt: skip
    publish("mau-2026", again=True)
    found = read(database)
    assert found.bases["changes"]["status"] == "method-changed"
    assert found.changes == ()


def test_other_people_are_a_break_and_nothing_is_subtracted(database, campaign, publish):
    two_rounds(database, campaign, publish)
    with database.write() as db:
        db.execute(update(Round).where(Round.code == "mau-2025").values(population="Hộ gia đình"))
    publish("mau-2026", again=True)
    found = read(database)
    assert found.bases["changes"]["status"] == "population-changed"
    assert found.changes == ()


def test_the_first_round_has_nothing_to_compare_with(database, campaign, publish):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    publish("mau-2026")
    assert read(database).bases["changes"]["status"] == "first"


def test_drivers_say_why_there_are_none(database, campaign, publish):
    """160 people, one criterion each: enough for the model of one component at most."""
    with database.write() as db:
        desk.sampled_round(db, campaign)
    publish("mau-2026")
    found = read(database)
    assert {row.item for row in found.drivers} == {"officials_1", "results_1"}
    models = {model["component"]: model for model in found.bases["drivers"]["models"]}
    assert all(model["reason"] or model["items"] or model["left_out"] for model in models.values())


def test_findings_can_be_worked_out_again(database, campaign, publish, settings):
    two_rounds(database, campaign, publish)
    found = verified(database, settings)
    assert found.holds
    assert found.n_findings > 10
    # Targets that are set later are not those of the publication.
    with database.write() as db:
        made = db.scalars(select(RoundTarget)).first()
        assert made is None
    assert verified(database, settings).holds


def test_a_rank_that_was_changed_is_found_out(database, campaign, publish, settings):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    publish("mau-2026")
    with pytest.raises(DBAPIError, match="never changed"), database.write() as db:
        db.execute(update(PublishedRank).values(low=2))
    with database.write() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(update(PublishedRank).values(p_top=0.5))
    found = verified(database, settings)
    assert not found.holds
    assert found.n_different == len(read(database).ranks)


def test_a_publication_from_before_has_none_and_still_holds(database, campaign, publish, settings):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    publish("mau-2026")
    with database.write() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        for table in FROZEN:
            db.execute(delete(table))
    assert not read(database).exist
    assert verified(database, settings).holds


def test_three_late_answers_are_not_told_by_a_second_publication(
    database, campaign, publish, settings
):
    """The second publication must not differ from the first by three people only."""
    with database.write() as db:
        made = desk.sampled_round(db, campaign)
    publish("mau-2026")
    late = [replace_domain(one) for one in desk.people()[-3:]]
    with database.write() as db:
        desk.answer(db, db.merge(made), late)
    publish("mau-2026", again=True)

    def shown(number):
        with database.read() as db:
            facts = publications.of_round(db, "mau-2026", public_only=False, number=number)
            return {
                (r.node, r.domain_kind, r.domain_code)
                for r in publications.estimates(db, facts.id)
                if r.n is not None
            }

    assert ("overall", "", "") in shown(1)
    assert ("overall", "", "") not in shown(2)
    assert ("overall", "commune", "06652") in shown(2)
    assert verified(database, settings).holds


def replace_domain(one):
    return one | {"answers": dict(one["answers"])}


def test_rows_keep_their_types(database, campaign, publish):
    with database.write() as db:
        desk.sampled_round(db, campaign)
    publish("mau-2026")
    row = read(database).ranks[0]
    assert replace(row) == row
    assert isinstance(row.groups, tuple)
