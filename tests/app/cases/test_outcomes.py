"""Rates of a draw from its tallies."""

import pytest

from app.queries import cases
from app.queries.cases import Tally
from app.services.cases import replacing
from app.services.cases.outcomes import By, rates_of
from tests.app.cases.samples import ASKER, NOW, OTHER


def tally(disposition, n, **values):
    given = {
        "commune": "06652", "stratum": "Phường", "is_main": True, "replaced": False,
        "disposition": disposition, "n": n, "weight": 10.0 * n, "called_weight": 10.0 * n,
    }  # fmt: skip
    return Tally(**(given | values))


TALLIES = (
    tally("interview", 6),
    tally("refusal", 2, replaced=True),
    tally("moved", 2),
    tally("interview", 2, is_main=False),
    tally("interview", 4, commune="06700", stratum="Xã", weight=10.0),
    tally("refusal", 6, commune="06700", stratum="Xã", weight=300.0),
)


def value(group, name, kind="unweighted"):
    return getattr(group, kind)[name].value


def test_substitutes_do_not_better_the_rate_of_the_sample_drawn():
    (without,) = rates_of(TALLIES, "dossier")
    (with_them,) = rates_of(TALLIES, "dossier", with_substitutes=True)
    assert (without.n, with_them.n) == (20, 22)
    assert value(without, "RR1") == 10 / 20
    assert value(with_them, "RR1") == 12 / 22


def test_rates_by_commune_and_by_weight():
    ward, village = rates_of(TALLIES, "dossier", by=By.COMMUNE)
    assert (ward.group, village.group) == ("06652", "06700")
    assert value(ward, "RR1") == 6 / 10
    assert value(village, "RR1") == 4 / 10
    assert value(village, "RR1", "weighted") == pytest.approx(10 / 310)


def test_who_moved_counts_by_the_kind_of_the_frame():
    (dossiers, _) = rates_of(TALLIES, "dossier", by=By.STRATUM)
    (areas, _) = rates_of(TALLIES, "area", by=By.STRATUM)
    assert dossiers.unweighted.counts.uo == 2
    assert areas.unweighted.counts.ne == 2
    assert value(areas, "RR1") == 6 / 8


def test_the_share_of_eligible_cases_can_be_set():
    (ward, _) = rates_of(TALLIES, "dossier", by=By.COMMUNE, e=0.5)
    assert value(ward, "RR3") == 6 / 9
    assert ward.unweighted.e_source == "given"


def test_no_cases_make_no_rates():
    assert rates_of((), "dossier") == ()


def test_the_tallies_of_the_database_are_understood(database, draw, record, case_of):
    record(1, "interview")
    record(2, "refusal")
    with database.write() as db:
        asked = replacing.ask(
            db, draw, 2, version=case_of(2).version, reason="Từ chối", actor=ASKER, now=NOW
        )
        replacing.give(db, asked.id, actor=OTHER, now=NOW)
    record(5, "interview")
    with database.read() as db:
        found = cases.tallies(db, draw)
    (without,) = rates_of(found, "dossier")
    assert value(without, "RR1") == 1 / 8
    # Of a group of 4 cases 5 were called up, each with 4/5 of its weight; the other has 4 of 4.
    (with_them,) = rates_of(found, "dossier", with_substitutes=True)
    assert with_them.n == 9
    assert value(with_them, "RR1", "weighted") == pytest.approx(2 * 8 / 80)
    assert value(without, "RR5") == 1 / 2
