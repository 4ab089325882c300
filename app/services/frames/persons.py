"""Permanent random numbers: the same person gets the same one in every frame, and nobody else.

They come from a keyed hash of what identifies the person, so that a number says nothing about who
it is to anyone without the key.
"""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

import polars as pl

from app.config import Settings
from surveys.sampling.frame import CIRCLE

_BITS: Final = CIRCLE.bit_length() - 1
_MADE_BYTES: Final = 48


@dataclass(frozen=True, slots=True)
class Persons:
    """Makes the numbers.

    Parameters
    ----------
    key : bytes
        Must stay the same as long as persons are to be known again.
    """

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take the key of the settings, or the one made once and kept beside the data."""
        if settings.person_key:
            return cls(settings.person_key.encode())
        path = settings.var_dir / "person_key"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(_MADE_BYTES))
        except FileExistsError:
            pass
        return cls(path.read_bytes())

    def number(self, who: str) -> int:
        """Return the number of a person, or of whatever stands for one: 0 to 2**53 − 1."""
        digest = hmac.digest(self.key, who.encode(), "sha256")
        return int.from_bytes(digest[:8]) >> (64 - _BITS)

    def numbers(self, who: pl.Series) -> pl.Series:
        """Return the number of each person; null where nobody is named."""
        different = who.drop_nulls().unique()
        # As in `number`; a million persons are asked for at once.
        key, shift, digest, read = self.key, 64 - _BITS, hmac.digest, int.from_bytes
        numbers = pl.Series(
            [read(digest(key, each, "sha256")[:8]) >> shift for each in _encoded(different)],
            dtype=pl.Int64,
        )
        if different.is_empty():
            return pl.Series("prn", [None], dtype=pl.Int64).new_from_index(0, len(who))
        return who.replace_strict(different, numbers, default=None).alias("prn")


def _encoded(texts: pl.Series) -> list[bytes]:
    found: list[bytes] = texts.cast(pl.Binary).to_list()
    return found


def identity_of(contacts: pl.DataFrame) -> pl.Series:
    """Say who each row is about: by identity number, else telephone, else e-mail; or null.

    Parameters
    ----------
    contacts : DataFrame
        Columns ``identity``, ``phone``, ``email``, as far as there are any.
    """

    def digits(name: str) -> pl.Expr:
        return pl.col(name).str.replace_all(r"\D", "") if name in contacts.columns else _NOTHING

    identity, phone = digits("identity"), digits("phone").str.replace(r"^84(\d{9})$", "0${1}")
    email = pl.col("email").str.to_lowercase() if "email" in contacts.columns else _NOTHING
    return contacts.with_columns(
        pl.coalesce(
            pl.when(identity.str.len_chars() >= 9).then("id:" + identity),
            pl.when(phone.str.len_chars().is_between(9, 12)).then("tel:" + phone),
            pl.when(email.str.contains("@", literal=True)).then("mail:" + email),
        ).alias("who")
    )["who"]


_NOTHING: Final = pl.lit(None, dtype=pl.String)
