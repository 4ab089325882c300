import random
from datetime import UTC, datetime
from math import sqrt

import pyarrow as pa
import pytest
from pyarrow import parquet
from scipy.stats import t
from sqlalchemy import text

from app.errors import ConflictError, NotFoundError
from app.models import Round
from app.queries import publications
from app.services import publishing, results
from app.services.publishing import Published, Unchanged
from tests.app import builders, desk

NOW = datetime(2026, 7, 1, tzinfo=UTC)

# Variance between the PSUs of a stratum whose satisfied alternate: 20/19 · 20 · (w·d / 6400)²,
# where w is the weight and d the difference between one PSU and the next.
OF_A = 20 / 19 * 20 * (10 / 6400) ** 2
OF_B = 20 / 19 * 20 * (30 / 6400) ** 2


@pytest.fixture
def province(database):
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        return province


@pytest.fixture
def campaign(database, province):
    with database.write() as db:
        return builders.campaign(db, province, simulated=True)


@pytest.fixture
def publish(database, settings):
    def publish(code, **values):
        given = {
            "var_dir": settings.var_dir,
            "code_version": "1.2.3",
            "actor": "office@example.vn",
            "now": NOW,
        } | values
        with database.write() as db:
            return publishing.publish(db, code, **given)

    return publish


@pytest.fixture
def sampled(database, campaign, publish):
    """The hand-countable sample, published."""
    with database.write() as db:
        desk.sampled_round(db, campaign)
    return publish("mau-2026")


def figure(database, node, kind="", code="", measure="satisfied", round_code="mau-2026"):
    with database.read() as db:
        facts = publications.of_round(db, round_code, public_only=False)
        (found,) = (
            row
            for row in publications.estimates(db, facts.id)
            if (row.node, row.domain_kind, row.domain_code, row.measure)
            == (node, kind, code, measure)
        )
    return found


@pytest.mark.parametrize(
    ("node", "value", "variance"),
    [
        ("officials", 0.6875, OF_A + OF_B),
        ("results", 0.90625, OF_B),
        # Mean of both: in the first stratum half the difference, in the second all of it.
        ("overall", 0.796875, OF_A / 4 + OF_B),
    ],
)
def test_published_figures_are_those_counted_by_hand(database, sampled, node, value, variance):
    found = figure(database, node)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.standard_error == pytest.approx(sqrt(variance), rel=1e-9)
    assert (found.n, found.df) == (160, 38)
    assert found.interval_method == "logit"
    # The interval is symmetric on the logit scale, 38 degrees of freedom.
    half = t.ppf(0.975, 38) * sqrt(variance) / (value * (1 - value))
    logit = [x / (1 - x) for x in (found.low, found.value, found.high)]
    assert logit[2] / logit[1] == pytest.approx(logit[1] / logit[0], rel=1e-9)
    assert sqrt(logit[2] / logit[0]) == pytest.approx(pow(2.718281828459045, half), rel=1e-9)


def test_neutral_and_dissatisfied_shares_stand_beside_the_satisfied(database, sampled):
    # Not satisfied with officials: 1 or 0 in A, 2 or 1 in B; the first of them is neutral.
    neutral = figure(database, "officials", measure="neutral").value
    dissatisfied = figure(database, "officials", measure="dissatisfied").value
    assert neutral == pytest.approx((10 * 10 + 30 * 20) / 3200)
    assert dissatisfied == pytest.approx(30 * 10 / 3200)


def test_a_publication_names_all_it_rests_on(database, sampled):
    with database.read() as db:
        facts = publications.of_round(db, "mau-2026", public_only=False)
        version = db.get_one(Round, facts.round.id)
        assert facts.instrument_hash == version.instrument_version.content_hash
        assert facts.method_hash == version.method_version.content_hash
    assert (facts.number, facts.level, facts.code_version) == (1, 0.95, "1.2.3")
    assert (facts.n_responses, facts.round.state) == (160, "published")
    assert facts.quality_rules["min_n"] == 30
    assert facts.quality_rules["min_cell"] == 10
    assert facts.snapshot_hash == sampled.snapshot_hash
    assert not facts.public


def test_a_round_may_ask_for_intervals_that_are_narrow_beside_their_figure(
    database, campaign, publish
):
    with database.write() as db:
        desk.sampled_round(db, campaign, max_relative_width=0.1)
    publish("mau-2026")
    with database.read() as db:
        found = results.open_results(db, "mau-2026", public_only=False)
    assert found.facts.quality_rules["max_relative_half_width"] == 0.1
    reason = "suppressed.wide-interval-relative:0.1"
    kept_back = [one for one in found.estimates if reason in one.notes]
    assert kept_back
    assert all(one.value is None for one in kept_back)
    main = [
        one for one in found.estimates
        if not one.suppressed and one.measure in ("satisfied", "value")
    ]  # fmt: skip
    assert main
    assert all((one.high - one.low) / 2 <= 0.1 * one.value + 1e-9 for one in main)


def test_domains_are_communes_their_kinds_and_questions_about_people(database, sampled):
    with database.read() as db:
        found = results.open_results(db, "mau-2026", public_only=False)
    assert found.kinds == ("commune", "commune_kind", "sex")
    assert {d.code: d.name for d in found.domains("commune_kind")} == {
        "dac_khu": "Đặc khu",
        "phuong": "Phường",
        "xa": "Xã",
    }
    assert [d.name for d in found.domains("sex")] == ["Nữ", "Nam"]
    assert found.domains("commune")[0].name == "Phường Hồng Gai"


def test_small_groups_are_suppressed_and_the_smallest_lose_their_n(database, sampled):
    reliable = figure(database, "overall", "commune", "06652")
    few = figure(database, "overall", "commune", "06700")
    confidential = figure(database, "overall", "commune", "06967")
    assert (reliable.suppressed, reliable.n) == (False, 68)
    assert (confidential.value, confidential.n) == (None, None)
    assert "suppressed.confidential:10" in confidential.notes
    # Its n is kept back too: with it, the 4 people could be counted.
    assert (few.value, few.standard_error, few.low, few.high, few.n) == (None,) * 5
    assert "suppressed.few-respondents:30" in few.notes


def test_company_is_sought_where_it_hides_and_nowhere_else(database, sampled):
    # The four of Cái Chiên and the twenty of Quảng La cannot be told apart in the communes called
    # xã, of which the whole is shown; the kinds themselves have nothing to hide.
    communes = {code: figure(database, "overall", "commune", code).n for code in desk.COMMUNES}
    assert communes == {"07000": 12, "06652": 68, "06967": None, "06700": None, "06709": 56}
    kinds = [
        figure(database, "overall", "commune_kind", code).n for code in ("dac_khu", "phuong", "xa")
    ]
    assert kinds == [12, 68, 80]


def test_targets_stand_beside_the_province_only(database, campaign, publish):
    from app.models import RoundTarget

    with database.write() as db:
        made = desk.sampled_round(db, campaign)
        db.add(RoundTarget(round_id=made.id, node="overall", value=0.95, source="Kế hoạch 2018"))
    publish("mau-2026")
    assert figure(database, "overall").target == 0.95
    assert figure(database, "overall", measure="neutral").target is None
    assert figure(database, "overall", "commune", "06652").target is None


def test_a_publication_can_be_worked_out_again(database, sampled, settings):
    with database.read() as db:
        found = publishing.verify(db, "mau-2026", var_dir=settings.var_dir)
    assert found.holds
    assert found.n_figures == sampled.n_figures


def forge(database, statement):
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    [
        "value = value + 1e-15",
        "standard_error = standard_error * 1.0000000000000002",
        "n = n + 1",
        "notes = '{lonely-psu}'",
        "df = NULL",
        "node = 'another'",
    ],
)
def test_a_forged_figure_is_found(database, sampled, settings, change):
    where = "WHERE node = 'overall' AND measure = 'satisfied' AND domain_kind = ''"
    forge(database, f"UPDATE published_estimate SET {change} {where}")  # noqa: S608
    with database.read() as db:
        found = publishing.verify(db, "mau-2026", var_dir=settings.var_dir)
    assert found.n_different == 1
    assert not found.holds


def test_a_figure_taken_away_is_found(database, sampled, settings):
    forge(database, "DELETE FROM published_estimate WHERE position = 7")
    with database.read() as db:
        assert not publishing.verify(db, "mau-2026", var_dir=settings.var_dir).holds


def test_a_changed_snapshot_is_found(database, sampled, settings):
    """One answer is another, everything else in the file as it was."""
    name = sampled.snapshot_hash.removeprefix("sha256:")
    file = settings.var_dir / "snapshots" / f"{name}.parquet"
    kept = file.read_bytes()
    table = parquet.read_table(file)
    answers = table["officials_1"].to_pylist()
    field = table.schema.field("officials_1")
    column = pa.array([4 if answers[0] == 5 else 5, *answers[1:]], field.type)
    forged = table.set_column(table.schema.get_field_index("officials_1"), field, column)
    file.chmod(0o644)
    try:
        parquet.write_table(forged, file)
        with database.read() as db:
            assert not publishing.verify(db, "mau-2026", var_dir=settings.var_dir).holds
        file.unlink()
        with database.read() as db:
            found = publishing.verify(db, "mau-2026", var_dir=settings.var_dir)
        assert (found.snapshot_intact, found.holds) == (False, False)
    finally:
        file.write_bytes(kept)


def test_publishing_again_makes_nothing_unless_asked(database, sampled, publish, settings):
    assert publish("mau-2026") == Unchanged("mau-2026", 1)
    second = publish("mau-2026", again=True)
    assert isinstance(second, Published)
    assert (second.number, second.snapshot_hash) == (2, sampled.snapshot_hash)
    with database.read() as db:
        first, again = (
            publications.estimates(
                db, publications.of_round(db, "mau-2026", public_only=False, number=k).id
            )
            for k in (1, 2)
        )
        assert first == again
        assert publishing.verify(db, "mau-2026", var_dir=settings.var_dir, number=1).holds


def test_a_publication_can_be_shown_to_everyone_later(database, sampled, publish):
    with database.read() as db:
        assert publications.latest(db, public_only=True) == ()
    publish("mau-2026", public=True)
    with database.read() as db:
        (shown,) = publications.latest(db, public_only=True)
    assert (shown.round.code, shown.number) == ("mau-2026", 1)


def test_other_answers_are_not_published_without_asking(database, sampled, publish):
    with database.write() as db:
        made = db.get_one(Round, publications.of_round(db, "mau-2026", public_only=False).round.id)
        desk.answer(db, made, desk.people()[:1])
    with pytest.raises(ConflictError, match=r"publication\.basis-changed"):
        publish("mau-2026")
    assert publish("mau-2026", again=True).number == 2


@pytest.mark.parametrize("state", ["draft", "open"])
def test_only_a_closed_round_is_published(database, campaign, publish, state):
    with database.write() as db:
        desk.sampled_round(db, campaign, state=state)
    with pytest.raises(ConflictError, match=r"round\.not-closed"):
        publish("mau-2026")


def test_a_round_without_answers_is_not_published(database, campaign, publish):
    with database.write() as db:
        builders.sampled_round(db, campaign, "desk", code="rong", state="closed")
    with pytest.raises(ConflictError, match=r"round\.no-answers"):
        publish("rong")


def test_an_unknown_round_is_not_published(publish):
    with pytest.raises(NotFoundError):
        publish("khong-co")


def test_open_answers_are_counted_and_never_given_an_error(database, campaign, publish, settings):
    with database.write() as db:
        desk.open_round(db, campaign)
    outcome = publish("quay-2026")
    with database.read() as db:
        found = results.open_results(db, "quay-2026", public_only=False)
        assert publishing.verify(db, "quay-2026", var_dir=settings.var_dir).holds
    assert len(found.tallies) == outcome.n_figures
    assert found.estimates == ()
    officials = next(row for row in found.tallies if row.subject == "officials_1")
    # 70 + 50 of 160 are satisfied, whatever their weights were.
    assert (officials.n, officials.satisfied, officials.counts["5"]) == (160, 120, 120)
    assert officials.value == 0.75
    assert not any(hasattr(officials, name) for name in ("standard_error", "low", "high"))


def test_counters_with_few_visitors_are_not_shown(database, campaign, publish):
    rows = desk.visitors()
    rows[0]["domains"]["counter"] = "hg-09"
    with database.write() as db:
        desk.open_round(db, campaign, rows)
    publish("quay-2026")
    with database.read() as db:
        found = results.open_results(db, "quay-2026", public_only=False)
    shown = {
        row.domain_code: (row.n, row.suppressed, row.notes)
        for row in found.tallies
        if (row.subject, row.domain_kind) == ("officials_1", "counter")
    }
    assert shown["hg-05"] == (120, False, ())
    assert shown["hg-09"][:2] == (None, True)
    # All of the centre minus the other counters would give away the one at hg-09.
    assert shown["hg-01"] == (None, True, ("suppressed.protects-another",))


def test_the_order_of_arrival_does_not_matter(database, campaign, publish):
    rows = desk.people()
    random.Random(7).shuffle(rows)
    with database.write() as db:
        desk.sampled_round(db, campaign)
    first = publish("mau-2026")
    with database.write() as db:
        desk.sampled_round(db, campaign, rows, code="mau-2027")
    publish("mau-2027")
    of_both = []
    with database.read() as db:
        for code in ("mau-2026", "mau-2027"):
            facts = publications.of_round(db, code, public_only=False)
            of_both.append(publications.estimates(db, facts.id))
    assert of_both[0] == of_both[1]
    assert first.n_figures == len(of_both[0])
