"""The short form: typed by people, checked without the database, found by a key."""

import random

import pytest

from app.services import short_codes
from app.services.invitations import ALPHABET, LENGTH
from app.services.short_codes import BODY, Mistyped, ShortKeys

KEYS = ShortKeys.from_secrets(("a key only for tests, long enough to be taken",))


def samples(n):
    chance = random.Random(20261121)
    bodies = ["".join(chance.choices(ALPHABET, k=BODY)) for _ in range(n)]
    return [body + short_codes.check_sign(body) for body in bodies]


def test_a_code_is_read_as_it_was_made():
    for _ in range(200):
        code = short_codes.make()
        assert short_codes.read(short_codes.shown(code)) == code
        assert short_codes.read(code.upper()) == code


def test_every_single_wrong_sign_is_noticed():
    for code in samples(300):
        for at in range(len(code)):
            for other in ALPHABET:
                if other != code[at]:
                    wrong = code[:at] + other + code[at + 1 :]
                    assert short_codes.read(wrong) == Mistyped("short.check")


def test_every_exchange_of_two_signs_is_noticed():
    for code in samples(1_000):
        for one in range(len(code)):
            for other in range(one + 1, len(code)):
                if code[one] == code[other]:
                    continue
                signs = list(code)
                signs[one], signs[other] = signs[other], signs[one]
                assert short_codes.read("".join(signs)) == Mistyped("short.check")


def test_the_check_sign_takes_every_value():
    assert {code[-1] for code in samples(1_000)} == set(ALPHABET)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "short.length"),
        ("k7m2-9x4p-c3", "short.length"),
        ("k7m2-9x4p-c3dd", "short.length"),
        ("k7m2-9x4p-cud", "short.sign"),
        ("k7m2-9x4p-cđd", "short.sign"),
        ("k7m2\0x4p-c3d", "short.sign"),
    ],
)
def test_what_cannot_be_a_code_says_why(typed, reason):
    assert short_codes.read(typed) == Mistyped(reason)


def test_look_alikes_are_taken_for_the_signs_there_are():
    body = "01" + "a" * (BODY - 2)
    code = body + short_codes.check_sign(body)
    assert short_codes.read("oi" + code[2:]) == code
    assert short_codes.read("OL" + code[2:]) == code


def test_a_short_form_leads_to_a_token_only_by_the_key():
    code = short_codes.make()
    other = ShortKeys.from_secrets(("another key for tests, long enough to be taken",))
    token = KEYS.token(code)
    assert len(token) == LENGTH
    assert set(token) <= set(ALPHABET)
    assert KEYS.token(code) == token
    assert other.token(code) != token


def test_earlier_keys_still_lead_to_the_tokens_they_made():
    code = short_codes.make()
    old, new = "an earlier key for tests, long enough to take", "a later key for tests, long enough"
    before = ShortKeys.from_secrets((old,))
    after = ShortKeys.from_secrets((new, old))
    assert after.tokens(code) == (ShortKeys.from_secrets((new,)).token(code), before.token(code))
