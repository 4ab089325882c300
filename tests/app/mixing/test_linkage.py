"""Nobody who has everything but the keys learns which answer came with which code."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text, update

from app.models import Invitation, Response
from app.services import interview
from app.services.consent import consents
from app.services.mixing import keys
from tests.app import builders
from tests.app.mixing.conftest import NOW
from tests.app.mixing.linkage import Evidence, attack, dump, restore

N, DAYS = 1000, 5
# First citizens of the days on which the attacker looks: the first, and one with mixed and unmixed.
SEEN = ("0", "400")
FIELDS = ("ho-tich", "dat-dai")


def conninfo(url):
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def numbered(world, database, second_centre):
    """Codes of two centres and two fields, made in one order and used in another."""
    with database.write() as db:
        world.round = builders.sampled_round(db, world.town.campaign, "numbered", per_dossier=True)
    chance = random.Random(7)
    places = [(centre, field) for centre in (world.town.centre, second_centre) for field in FIELDS]
    issued = [world.issue(centre=places[n % 4][0], field=places[n % 4][1]) for n in range(N)]
    order = list(range(N))
    chance.shuffle(order)
    return [(issued[n], str(number)) for number, n in enumerate(order)]


@pytest.fixture
def look(server, database, tmp_path):
    """Look at the running database and at a dump of it, restored."""
    if server is None:
        pytest.skip("needs the embedded server, to restore dumps on it")
    evidence = Evidence()
    names = []

    def look():
        evidence.look(conninfo(database.url), "live")
        name = f"restored_{uuid4().hex[:12]}"
        names.append(name)
        server.ensure_database(name)
        restore(dump(conninfo(database.url), tmp_path), conninfo(server.url(name)))
        evidence.look(conninfo(server.url(name)), "dump")
        return evidence

    yield look
    for name in names:
        server.drop_database(name)


def day_by_day(numbered):
    """Give each day's citizens, with the moment at which each of them answers."""
    each_day = N // DAYS
    for day in range(DAYS):
        begin = NOW + timedelta(days=day)
        of_day = numbered[day * each_day : (day + 1) * each_day]
        yield begin, [(begin + timedelta(seconds=n), *each) for n, each in enumerate(of_day)]


def test_a_thousand_codes_are_not_linked_to_their_answers(world, numbered, look, database):
    truth = {str(issued.id): number for issued, number in numbered}
    for begin, citizens in day_by_day(numbered):
        for moment, issued, number in citizens:
            comment = f"Ý kiến {number}" + " rất" * (int(number) % 30)
            world.answer(issued, now=moment, entered={"number": [number], "comment": [comment]})
        if citizens[0][2] in SEEN:
            look()
        world.mix(begin + timedelta(hours=23))
        if begin == NOW:
            with database.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            ) as connection:
                connection.execute(text("VACUUM FULL"))
    world.mix(NOW + timedelta(days=DAYS + 1))
    evidence = look()
    assert world.standing[0] == N
    of_codes = attack(evidence, truth, "code", "response")
    print(of_codes)
    assert of_codes.smallest >= 20
    assert of_codes.best <= N / 20
    assert of_codes.least_p > 1e-4
    assert of_codes.n_orders > 100
    to_texts = attack(evidence, truth, "code", "text")
    assert to_texts.best <= N / 20
    assert to_texts.least_p > 1e-4
    apart = attack(evidence, evidence.truth["response"], "response", "text")
    assert apart.best <= N / 20
    assert apart.least_p > 1e-4


def test_the_same_attack_finds_all_of_a_naive_design(world, numbered, look, database):
    truth = {str(issued.id): number for issued, number in numbered}
    for issued, number in numbered:
        with database.write() as db:
            db.execute(update(Invitation).where(Invitation.id == issued.id).values(state="used"))
            row = naive_response(world, number)
            db.execute(insert(Response).values(**row))
    found = attack(look(), truth, "code", "response")
    assert found.best == N


# Respondents of a PSU → such PSUs; a fifth of what is answered comes from where five answered.
DRAWN = {25: 8, 5: 40}


def test_in_a_drawn_sample_a_psu_with_few_respondents_tells_more(world, look, database):
    """Its design is what estimates need, so a dump of before mixing says who is in which PSU."""
    with database.write() as db:
        world.round = builders.sampled_round(db, world.town.campaign, "numbered")
    psus = [f"{size}-{n}" for size, n_psus in DRAWN.items() for n in range(n_psus)]
    people = [psu for psu in psus for _ in range(int(psu.split("-")[0]))]
    issued = [
        world.issue(psu=psu, stratum=psu.split("-")[0], base_weight=12.5, domains={})
        for psu in people
    ]
    order = list(range(len(people)))
    random.Random(11).shuffle(order)
    truth = {size: {} for size in DRAWN}
    for number, n in enumerate(order):
        truth[int(people[n].split("-")[0])][str(issued[n].id)] = str(number)
        world.answer(
            issued[n], now=NOW + timedelta(seconds=number), entered={"number": [str(number)]}
        )
    look()
    world.mix(NOW + timedelta(days=2))
    evidence = look()
    assert world.standing[0] == len(people)
    found = {
        size: attack(evidence, of_size, "code", "response", alike="psu")
        for size, of_size in truth.items()
    }
    print(found)
    for size, of_size in found.items():
        # Whoever guesses within a PSU is right once; no order is better than chance.
        assert of_size.n == 200
        assert of_size.smallest == size
        assert of_size.least_p > 1e-4
    assert found[25].best <= 200 / 8
    # The limit that docs/privacy.md tells: it is real, and not of the mixer's making.
    assert found[5].best > 200 / 20


def naive_response(world, number):
    return {
        "id": uuid4(), "round_id": world.round.id, "source": "sample", "mode": "web",
        "language": "vi", "answers": {"number": int(number)}, "answered_on": NOW.date(),
        "stratum": "x", "psu": "x", "base_weight": 1.0, "domains": {}, "submission_key": uuid4(),
    }  # fmt: skip


def test_own_words_of_a_counter_are_not_linked_to_its_other_answers(
    world, look, database, settings
):
    with database.write() as db:
        builders.open_round(db, world.town.campaign, "numbered")
        key = keys.ensure(db, world.shelf, NOW)
    with database.read() as db:
        opened = interview.open_counter(db, world.town.counter.code, NOW.date())
    agreed = consents(opened.instrument)["vi"]
    for number in range(200):
        entered = {"number": [str(number)], "comment": [f"Ý kiến {number}"]}
        sent = interview.Submission(entered, "vi", agreed, uuid4())
        with database.write() as db:
            interview.submit_open(db, opened, sent, key, NOW.date())
    look()
    world.mix(NOW)
    evidence = look()
    # Answers at a counter are stored one by one; only the texts left together.
    for name in evidence.truth["response"]:
        for column in evidence.seen["response"][name]:
            if column.startswith("xmin"):
                evidence.seen["response"][name][column] = 0
    for name in evidence.truth["text"]:
        for column in evidence.seen["text"][name]:
            if column.startswith("xmin"):
                evidence.seen["text"][name][column] = 0
    found = attack(evidence, evidence.truth["response"], "response", "text")
    assert found.n == 200
    assert found.best <= 200 / 20
    assert found.least_p > 1e-4
