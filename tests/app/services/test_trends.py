"""Rounds before and after a reform of communes, counted on both maps."""

from datetime import UTC, date, datetime
from math import hypot

import pytest
from sqlalchemy import select

from app.models import Round, Unit, UnitSuccession
from app.services import instruments, publishing, trends
from app.services.trends import Outline
from tests.app import builders, desk

BEFORE, REFORM = date(2025, 6, 30), date(2025, 7, 1)
# Old commune → which PSUs of which stratum: 24, 56, 40 and 40 people.
OLD = {
    "p": ("A", range(6)),
    "q": ("A", range(6, 20)),
    "r": ("B", range(10)),
    "s": ("B", range(10, 20)),
}
NEW = {"N": ("A", range(20)), "M": ("B", range(10)), "s": ("B", range(10, 20))}


def rows(communes):
    return [
        {
            "stratum": stratum,
            "psu": f"{stratum}{psu:02d}",
            "base_weight": desk.WEIGHT[stratum],
            "domains": {"commune": commune},
            "answers": {
                item: desk._level(item, stratum, psu, person)
                for item in ("officials_1", "results_1")
            }
            | {"late": "no", "sex": "male" if person < 2 else "female"},
        }
        for commune, (stratum, psus) in communes.items()
        for psu in psus
        for person in range(desk.PER_PSU)
    ]


def round_of(db, code):
    return db.scalars(select(Round).where(Round.code == code)).one()


def other_method(db, made):
    """Publish the method again with other weights."""
    instrument = instruments.instrument_of(made.instrument_version)
    text = made.method_version.text.replace('version = "1"', 'version = "2"')
    of = 'of = ["officials", "results"]'
    return instruments.publish_method(db, text.replace(of, f"{of}\nweights = [2, 1]"), instrument)


# Of p only 8 people answered.
FEW = OLD | {"p": ("A", range(2))}


@pytest.fixture
def years(database, settings, request):
    """A round of 2024 on the old communes and one of 2026 on the new; returns how to publish."""
    with database.write() as db:
        province = builders.province(db, valid_from=date(2000, 1, 1))
        old = {
            code: builders.commune(db, province, code, f"Xã {code}", valid_from=BEFORE,
                                   valid_to=None if code == "s" else REFORM)
            for code in OLD
        }  # fmt: skip
        new = {
            code: builders.commune(db, province, code, f"Xã {code} mới", valid_from=REFORM)
            for code in ("N", "M")
        }
        ways = [("p", "N", True, True), ("q", "N", True, True), ("r", "M", False, True),
                ("r", "N", False, False)]  # fmt: skip
        for before, after, whole, main in ways:
            db.add(
                UnitSuccession(
                    predecessor_id=old[before].id, successor_id=new[after].id,
                    effective_on=REFORM, whole=whole, main=main,
                )
            )  # fmt: skip
        campaign = builders.campaign(db, province, simulated=True)
        for code, day, communes in (
            ("dot-2024", BEFORE, getattr(request, "param", OLD)),
            ("dot-2026", date(2026, 6, 30), NEW),
        ):
            desk.sampled_round(
                db, campaign, rows(communes), code=code, opens_on=day, closes_on=day, min_n=20
            )

    def publish(*codes):
        for code in codes:
            with database.write() as db:
                publishing.publish(
                    db, code, var_dir=settings.var_dir, code_version="1", actor="x",
                    now=datetime(2026, 7, 1, tzinfo=UTC), public=True,
                )  # fmt: skip

    return publish


@pytest.fixture
def read(database, settings):
    def read(**values):
        given = {"round_code": "dot-2026", "public_only": True, "var_dir": settings.var_dir}
        with database.read() as db:
            return trends.trend(db, **(given | values))

    return read


def test_nothing_is_a_trend_before_it_is_published(years, read):
    assert read() is None


def test_the_whole_is_joined_and_its_change_is_that_of_two_samples(years, read):
    years("dot-2024", "dot-2026")
    found = read()
    assert found.node == "overall"
    assert [point.facts.round.code for point in found.points] == ["dot-2024", "dot-2026"]
    assert found.segments == ((0, 1),)
    (step,) = found.steps
    assert step.breaks == ()
    errors = [point.row.standard_error for point in found.points]
    assert step.change.value == pytest.approx(0)
    assert step.change.standard_error == pytest.approx(hypot(*errors))
    assert step.change.direction == 0


def test_old_communes_are_counted_in_the_new_one(years, read):
    """Officials in stratum A: 3 or 4 of 4 by turns, in p and q alike: 0.875 in N."""
    years("dot-2024", "dot-2026")
    found = read(node="officials", kind="commune", code="N", outline=Outline.NEW)
    before, now = found.points
    assert before.made_of == ("Xã p", "Xã q")
    assert before.is_recounted
    assert before.is_approximate  # part of r may have gone to N
    assert before.row.n == 80
    assert before.row.value == pytest.approx(0.875)
    assert not now.is_recounted
    # The same people by the same PSUs: the same estimate to the last digit but for rounding.
    assert now.row.value == pytest.approx(before.row.value)
    assert before.row.standard_error == pytest.approx(now.row.standard_error)
    assert found.steps[0].change.value == pytest.approx(0, abs=1e-12)


def test_by_the_units_of_their_time_a_new_commune_has_no_past(years, read):
    years("dot-2024", "dot-2026")
    before, now = read(kind="commune", code="N").points
    assert before.row is None
    assert now.row is not None
    assert read(kind="commune", code="N").steps[0].change is None


def test_a_code_that_was_another_commune_before_has_no_past(years, read, database):
    """Official codes are used again: "p" of 2024 is not "p" of 2026."""
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        builders.commune(db, province, "p", "Xã p khác", valid_from=REFORM)
    years("dot-2024", "dot-2026")
    before, _now = read(kind="commune", code="p").points
    assert before.row is None


def test_a_commune_that_went_on_is_itself_on_every_map(years, read):
    years("dot-2024", "dot-2026")
    for outline in Outline:
        before, now = read(kind="commune", code="s", outline=outline).points
        assert before.row.value == pytest.approx(now.row.value)
        assert before.row.n == now.row.n == 40


def test_areas_that_stayed_the_same_hold_all_that_was_divided(years, read, database):
    years("dot-2024", "dot-2026")
    found = read(node="officials", kind="commune", code="M+N", outline=Outline.COMMON)
    for point in found.points:
        assert point.row.n == 120
        # A: 80 people of weight 10 at 7/8; B: 40 of weight 30 at 5/8.
        assert point.row.value == pytest.approx((800 * 0.875 + 1200 * 0.625) / 2000)
        assert not point.is_approximate
    with database.read() as db:
        areas = trends.places(db, "dot-2026", Outline.COMMON, public_only=True)
    assert [area.code for area in areas] == ["M+N", "s"]
    assert areas[0].parts == ("Xã M mới", "Xã N mới")


def test_another_rule_is_a_break_and_no_difference(years, read, database):
    years("dot-2024")
    with database.write() as db:
        made = round_of(db, "dot-2026")
        made.method_version_id = other_method(db, made).id
    years("dot-2026")
    found = read()
    assert found.steps[0].breaks == ("method",)
    assert found.steps[0].change is None
    assert found.segments == ((0,), (1,))
    # What the rule of a component says did not change.
    assert read(node="officials").segments == ((0, 1),)


def test_another_population_is_a_break(years, read, database):
    with database.write() as db:
        round_of(db, "dot-2024").population = "Hộ gia đình"
    years("dot-2024", "dot-2026")
    assert read().steps[0].breaks == ("population",)


@pytest.mark.parametrize("years", [FEW], indirect=True)
def test_what_was_kept_back_does_not_follow_from_the_new_commune(years, read):
    """N less q would tell of the 8 people of p, were both shown."""
    years("dot-2024", "dot-2026")
    old = {code: read(kind="commune", code=code, node="officials").points[0].row for code in "pq"}
    assert old["p"].n is None
    new = read(kind="commune", code="N", node="officials", outline=Outline.NEW).points[0].row
    assert old["q"].n is None or new.n is None
