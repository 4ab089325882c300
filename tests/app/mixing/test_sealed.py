"""What waits is opened by the private half alone, where it was put, unaltered."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.services.mixing import sealed
from app.services.mixing.sealed import Contribution, Design, SpoolSealError, Text, seal, unseal

WHERE = sealed.about("answer", 1, 2, "ho-tich")
GIVEN = Contribution(
    "vi", {"q1": 5, "q2": [1, 3]}, (Text("q9", "Chờ lâu"),), "web", "sha256:0",
    Design(1, 2, "s", "p", 1.5, {"field": "ho-tich"}),
)  # fmt: skip


@pytest.fixture
def private():
    return X25519PrivateKey.generate()


def public_of(private):
    return private.public_key().public_bytes_raw()


def test_what_was_sealed_opens_as_it_was(private):
    assert unseal(seal(GIVEN, public_of(private), WHERE), private, WHERE) == GIVEN


def test_messages_of_one_moment_have_keys_of_their_own(private):
    first, second = (seal(GIVEN, public_of(private), WHERE) for _ in range(2))
    salts = {each[33:49] for each in (first, second)}
    assert len(salts) == 2
    assert first[49:] != second[49:]
    assert unseal(first, private, WHERE) == unseal(second, private, WHERE)


def test_a_pair_that_was_let_go_does_not_come_back(private):
    first = seal(GIVEN, public_of(private), WHERE)
    sealed._agreement.forget()
    second = seal(GIVEN, public_of(private), WHERE)
    assert first[1:33] != second[1:33]


def test_another_public_key_gets_a_pair_of_its_own(private):
    other = X25519PrivateKey.generate()
    first = seal(GIVEN, public_of(private), WHERE)
    second = seal(GIVEN, public_of(other), WHERE)
    assert first[1:33] != second[1:33]
    assert unseal(second, other, WHERE) == GIVEN
    with pytest.raises(SpoolSealError):
        unseal(second, private, WHERE)


def test_a_pair_is_not_used_after_its_second(private, monkeypatch):
    clock = iter((10.0, 10.5, 11.1, 11.2))
    monkeypatch.setattr(sealed.time, "monotonic", lambda: next(clock))
    agreement = sealed._Agreement()
    points = [agreement.with_(public_of(private)).point for _ in range(4)]
    assert points[0] == points[1] != points[2] == points[3]


@pytest.mark.parametrize("place", [0, 1, 33, 48, 49, 200, -1])
def test_an_altered_message_does_not_open(private, place):
    message = bytearray(seal(GIVEN, public_of(private), WHERE))
    message[place] ^= 1
    with pytest.raises(SpoolSealError):
        unseal(bytes(message), private, WHERE)


def test_a_message_put_elsewhere_does_not_open(private):
    message = seal(GIVEN, public_of(private), WHERE)
    with pytest.raises(SpoolSealError):
        unseal(message, private, sealed.about("answer", 1, 3, "ho-tich"))


@pytest.mark.parametrize("length", [0, 10, 500, 3000])
def test_lengths_say_nothing(private, length):
    texts = (Text("q9", "x" * length),)
    assert len(seal(Contribution("vi", {}, texts), public_of(private), WHERE)) == sealed.SIZE


def test_a_message_of_the_first_version_still_opens(private):
    """As it was made before pairs lived for a second: a pair for the message, and no salt."""
    content = sealed._pack(GIVEN)
    own = X25519PrivateKey.generate()
    point = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public_of(private)))
    info = b"longdan spool 1" + point + public_of(private)
    made = HKDF(algorithm=SHA256(), length=44, salt=None, info=info).derive(shared)
    head = b"\x01" + point
    padded = len(content).to_bytes(4) + content.ljust(4000, b"\0")
    message = head + AESGCM(made[:32]).encrypt(made[32:], padded, head + WHERE.encode())
    assert unseal(message, private, WHERE) == GIVEN
