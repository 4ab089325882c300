"""Chance that anyone can repeat: raw numbers of a counter-based generator, by name.

Only the raw 64-bit numbers of Philox [Salmon2011] are used, which no version of
numpy may change; its ready-made draws and permutations may change, and are not.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

PROTOCOL: Final = b"longdan-draw-1"
"""Name of this way of drawing; another way must have another name."""

UNIT: Final = 2.0**-53


def normal_seed(seed: str) -> str:
    """Return a seed as it counts: NFC, spaces trimmed, runs of white space one space."""
    return " ".join(unicodedata.normalize("NFC", seed).split())


@dataclass(frozen=True, slots=True)
class Chance:
    """Where all random numbers of a draw come from.

    Attributes
    ----------
    root : bytes
        32 bytes; see ``from_seed``.
    """

    root: bytes

    @classmethod
    def from_seed(cls, frame_hash: str, plan_hash: str, seed: str) -> Chance:
        """Mix the seed with what was fixed before it existed.

        Parameters
        ----------
        frame_hash, plan_hash : str
            SHA-256, hexadecimal.
        seed : str
            What was thrown or read out; spaces around and between words do not matter.
        """
        parts = (PROTOCOL, frame_hash.encode(), plan_hash.encode(), normal_seed(seed).encode())
        return cls(hashlib.sha256(b"\n".join(parts)).digest())

    def whole(
        self, label: str, n: int, places: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Return numbers of a stream, whole ones from 0 below 2**53.

        Parameters
        ----------
        label : str
            Name of the stream.
        n : int
            How many numbers to make.
        places : ndarray of int64, optional
            Which of them to return, from 0; all if not given.
        """
        digest = hashlib.sha256(self.root + label.encode()).digest()
        key = np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)
        raw = np.random.Philox(key=key, counter=0).random_raw(n)
        if places is not None:
            raw = raw[places]
        raw >>= np.uint64(11)
        return raw.view(np.int64)

    def uniform(
        self, label: str, n: int, places: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Return the same numbers divided by 2**53, so from 0 below 1."""
        return np.multiply(self.whole(label, n, places), UNIT, dtype=np.float64)


def permanent_number(secret: bytes, identity: str) -> int:
    """Return the permanent random number of a person, from 0 below 2**53.

    The same identity gets the same number in every frame of an installation; who
    does not know the secret cannot go back to the identity.

    Parameters
    ----------
    secret : bytes
        Of the installation.
    identity : str
        What tells persons apart, e.g. a normalised number of an identity card.
    """
    text = unicodedata.normalize("NFC", identity).encode()
    return int.from_bytes(hmac.digest(secret, text, "sha256")[:8], "little") >> 11
