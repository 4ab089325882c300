"""Forged codes: whole forms handed in under codes that were never made, mostly near misses."""

import random
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from app import create_app
from app.models import Invitation, Spooled
from app.services import invitations, short_codes
from app.services.consent import consents
from app.services.instruments import instrument_of
from app.services.invitations import ALPHABET, LENGTH
from app.services.short_codes import ShortKeys
from app.web.citizen.pages import version_of
from tests.app import builders

N_REAL = 50


@pytest.fixture
def codes(database, town):
    with database.write() as db:
        of_round = builders.sampled_round(db, town.campaign, "errand")
        tokens = [builders.invitation(db, of_round).token for _ in range(N_REAL)]
        return instrument_of(of_round.instrument_version), tokens


@pytest.fixture
def unlimited(settings, database):
    """A client that is never asked to wait: only the codes themselves are in the way."""
    own = replace(settings, answers_per_minute=0)
    return create_app(own, database).test_client()


def forged(tokens, n):
    """Real codes with one sign changed or two exchanged, halves of two of them, and mere chance."""
    chance = random.Random(20_261_121)
    real, made = set(tokens), set()
    while len(made) < n:
        signs = list(chance.choice(tokens))
        match chance.randrange(4):
            case 0:
                signs[chance.randrange(LENGTH)] = chance.choice(ALPHABET)
            case 1:
                i, j = chance.sample(range(LENGTH), 2)
                signs[i], signs[j] = signs[j], signs[i]
            case 2:
                signs[13:] = chance.choice(tokens)[13:]
            case _:
                signs = chance.choices(ALPHABET, k=LENGTH)
        made.add("".join(signs))
        made -= real
    return sorted(made)


@pytest.mark.parametrize("n", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_forged_code_is_taken(unlimited, codes, database, n):
    instrument, tokens = codes
    form = {
        "overall": "4",
        "late": "no",
        "form-go": "next",
        "form-version": version_of(instrument),
        "form-consent": consents(instrument)["vi"].short,
        "form-key": "00000000-0000-4000-8000-000000000000",
    }
    statuses = {
        unlimited.post(f"/r/{token}/phieu", data=form).status_code for token in forged(tokens, n)
    }
    assert statuses == {404}
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Spooled)) == 0
        assert set(db.scalars(select(Invitation.state))) == {"unused"}
    # The same form under a real code is taken: it was the code that was in the way.
    assert unlimited.post(f"/r/{tokens[0]}/phieu", data=form).status_code == 303
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Spooled)) == 1


def test_no_near_miss_of_a_short_form_opens_anything(unlimited, codes, settings, database):
    """One sign changed and the check sign that belongs to it: well typed, never made."""
    _instrument, tokens = codes
    real = [short_codes.make() for _ in tokens]
    keys = ShortKeys.of(settings)
    with database.write() as db:
        for token, short in zip(tokens, real, strict=True):
            of_token = Invitation.token_digest == invitations.digest_of(token)
            digest = invitations.digest_of(keys.token(short))
            db.execute(update(Invitation).where(of_token).values(short_digest=digest))
    chance = random.Random(20_261_122)
    missed = set()
    while len(missed) < 1_000:
        body = list(chance.choice(real)[: short_codes.BODY])
        body[chance.randrange(len(body))] = chance.choice(ALPHABET)
        missed.add("".join(body) + short_codes.check_sign("".join(body)))
        missed -= set(real)
    typed = {code: unlimited.post("/ma", data={"ma": code}).status_code for code in sorted(missed)}
    assert set(typed.values()) == {404}
    assert {unlimited.post("/ma", data={"ma": code}).status_code for code in real} == {303}
