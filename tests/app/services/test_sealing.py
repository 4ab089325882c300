"""Sealed messages open with the key and for the purpose they were sealed for, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import Settings
from app.services.sealing import Sealer, SealError

OLD, NEW = "an old key that is long enough to be one", "a new key that is long enough to be one"


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_was_sealed_opens(content, about):
    sealer = Sealer.from_secrets([NEW])
    assert sealer.open(sealer.seal(content, about), about) == content


def test_the_same_message_is_sealed_differently_each_time():
    sealer = Sealer.from_secrets([NEW])
    assert sealer.seal(b"0912345678", "x") != sealer.seal(b"0912345678", "x")
    assert b"0912345678" not in sealer.seal(b"0912345678", "x")


def test_every_altered_byte_is_noticed():
    sealer = Sealer.from_secrets([NEW])
    sealed = sealer.seal(b"0912", "x")
    for at in range(len(sealed)):
        altered = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(SealError):
            sealer.open(altered, "x")


@pytest.mark.parametrize("length", [0, 1, 8, 9, 20, 30])
def test_cut_messages_do_not_open(length):
    sealer = Sealer.from_secrets([NEW])
    with pytest.raises(SealError):
        sealer.open(sealer.seal(b"0912345678", "x")[:length], "x")


def test_a_message_about_something_else_does_not_open():
    sealer = Sealer.from_secrets([NEW])
    with pytest.raises(SealError, match="broken"):
        sealer.open(sealer.seal(b"x", "frame 1"), "frame 2")


def test_after_a_change_of_keys_the_old_one_opens_and_the_new_one_seals():
    old, both, new = (Sealer.from_secrets(keys) for keys in ([OLD], [NEW, OLD], [NEW]))
    assert both.open(old.seal(b"x", ""), "") == b"x"
    assert new.open(both.seal(b"x", ""), "") == b"x"
    with pytest.raises(SealError, match="unknown-key"):
        new.open(old.seal(b"x", ""), "")


def test_without_a_key_of_its_own_the_secret_key_seals_and_still_opens_later(tmp_path):
    before = Settings(None, tmp_path, secret_key=OLD)
    after = Settings(None, tmp_path, secret_key=OLD, contact_key=NEW)
    assert Sealer.of(after).open(Sealer.of(before).seal(b"x", ""), "") == b"x"
    assert Sealer.of(after).keys[0] != Sealer.of(before).keys[0]
    assert NEW not in repr(after)
    assert str(Sealer.of(after).keys[0]) not in repr(Sealer.of(after))
