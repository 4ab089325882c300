"""Random numbers depend on frame, plan, seed and name, and on nothing else."""

import hashlib
import unicodedata

import numpy as np

from surveys.sampling.chance import Chance, permanent_number


def test_numbers_are_those_of_the_documented_construction():
    chance = Chance.from_seed("ab", "cd", "  Số 12  34 ")
    root = hashlib.sha256(
        b"longdan-draw-1\nab\ncd\n" + unicodedata.normalize("NFC", "Số 12 34").encode()
    ).digest()
    assert chance.root == root
    digest = hashlib.sha256(root + b"stage/1").digest()
    key = [int.from_bytes(digest[at : at + 8], "little") for at in (0, 8)]
    raw = np.random.Philox(key=np.array(key, dtype=np.uint64), counter=0).random_raw(5)
    assert chance.whole("stage/1", 5).tolist() == [int(number) >> 11 for number in raw.tolist()]
    assert chance.uniform("stage/1", 5).tolist() == [
        (int(number) >> 11) / 2**53 for number in raw.tolist()
    ]


def test_known_numbers_stay_the_same():
    """Written down once: whatever changes them makes old draws impossible to repeat."""
    chance = Chance.from_seed("0" * 64, "1" * 64, "42 17 5")
    assert chance.root.hex() == "b4c86c7b14618eaa7d78bbb70e42038e45eb36c8ef52c774ad931a1a822fcb1b"
    assert chance.whole("stage/1", 3).tolist() == [
        8300117506855427,
        2499622387886090,
        6043847726588912,
    ]


def test_the_beginning_of_a_stream_does_not_depend_on_how_much_is_read():
    chance = Chance(bytes(32))
    assert chance.whole("a", 100)[:7].tolist() == chance.whole("a", 7).tolist()


def test_seeds_that_read_alike_are_the_same():
    for seed in (" 1 2", "1\u00a02", "1\n2", "1  2\t"):
        assert Chance.from_seed("a", "b", seed) == Chance.from_seed("a", "b", "1 2")
    assert Chance.from_seed("a", "b", "12") != Chance.from_seed("a", "b", "1 2")
    assert Chance.from_seed("a", "b", "Hạ") == Chance.from_seed("a", "b", "Ha\u0323")


def test_anything_that_was_fixed_before_changes_everything():
    roots = {
        Chance.from_seed(frame, plan, seed).root
        for frame in ("a", "b")
        for plan in ("a", "b")
        for seed in ("a", "b")
    }
    assert len(roots) == 8


def test_a_person_keeps_a_number_that_only_the_secret_gives():
    number = permanent_number(b"secret", "022099001234")
    assert 0 <= number < 2**53
    assert number == permanent_number(b"secret", "022099001234")
    assert number != permanent_number(b"other", "022099001234")
    assert number != permanent_number(b"secret", "022099001235")
