"""What was entered so far with a one-time code, sealed under a key that is made of the code itself.

The database holds digests of codes only, so whoever owns it cannot open a draft; whoever holds the
code can, from any device. The two forms of a code (`app.services.short_codes`) have keys of their
own: a draft begun with one is not found with the other, which then begins anew.
"""

import json
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.queries.interview import CodeStanding, DraftRow
from app.services.invitations import written

# Lengths tell how much was answered only as roughly as this.
STEP: Final = 2048
_VERSION: Final = b"\x01"
_KEY, _NONCE, _LENGTH = 32, 12, 4
_PURPOSE: Final = b"longdan draft 1"


def draft_of(token: str, found: CodeStanding) -> tuple[DraftRow | None, bytes | None]:
    """Open what was entered so far with a code, and return the key that seals what comes."""
    tidy = written(token)
    if tidy is None:
        return None, None
    key = key_of(tidy)
    if found.sealed_draft is None:
        return found.draft, key
    return unseal(found.sealed_draft, key, found.id), key


def key_of(tidy: str) -> bytes:
    """Make the key of a code: 32 bytes.

    Parameters
    ----------
    tidy : str
        The token in its one way of writing (`invitations.written`): 130 random bits, which need no
        slow derivation.
    """
    derived = HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=_PURPOSE)
    return derived.derive(tidy.encode("ascii"))


def seal(draft: DraftRow, key: bytes, invitation_id: int) -> bytes:
    """Seal a draft; it opens only for the same invitation."""
    said = json.dumps(
        [draft.entered, draft.consent_hash, draft.language, draft.page],
        ensure_ascii=False, separators=(",", ":"),
    ).encode()  # fmt: skip
    room = -(-(len(said) + _LENGTH) // STEP) * STEP - _LENGTH
    padded = len(said).to_bytes(_LENGTH) + said.ljust(room, b"\0")
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, padded, _about(invitation_id))


def unseal(sealed: bytes, key: bytes, invitation_id: int) -> DraftRow | None:
    """Open a draft; None if it was sealed with the other form of the code, or altered."""
    nonce = sealed[1 : 1 + _NONCE]
    if sealed[:1] != _VERSION or len(nonce) < _NONCE:
        return None
    try:
        padded = AESGCM(key).decrypt(nonce, sealed[1 + _NONCE :], _about(invitation_id))
    except InvalidTag:
        return None
    length = int.from_bytes(padded[:_LENGTH])
    return DraftRow(*json.loads(padded[_LENGTH : _LENGTH + length]))


def _about(invitation_id: int) -> bytes:
    return _VERSION + str(invitation_id).encode()
