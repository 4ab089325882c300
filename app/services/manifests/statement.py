"""What a manifest says of a file, and the signature under it.

A manifest is JSON. What is signed is its canonical form (keys sorted, no spaces, UTF-8) without the
signature itself, so that anybody with the public key can check it with any program.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from app.services import signing

VERSION: Final = 1
_SIGNATURE: Final = "signature"


@dataclass(frozen=True, slots=True)
class Origin:
    """The publication that a file belongs to.

    Attributes
    ----------
    round : str
        Code of the round.
    publication : int
        Number of the publication of the round.
    published_at : str
        ISO 8601, in UTC.
    snapshot, method, instrument : str
        Content hashes of the answers, the rule and the questionnaire.
    weights : str
        Content hash of the set of weights; empty when answers count by their base weights.
    code_version : str
        Version of the program that published.
    simulated : bool
        Whether the answers were made by a program.
    """

    round: str
    publication: int
    published_at: str
    snapshot: str
    method: str
    instrument: str
    weights: str
    code_version: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class About:
    """One file: which, of what publication, in which language.

    Attributes
    ----------
    name : str
        As the file was called when it was handed out.
    kind : str
        What it is, e.g. ``"workbook"`` or ``"microdata"``.
    language : str
        Of its words.
    n_rows : int
        Rows of data in it, counted again after it was written.
    """

    name: str
    kind: str
    language: str
    n_rows: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Manifest:
    """A signed statement about a file.

    Attributes
    ----------
    hashes : mapping of str to str
        Digests of the content by the way they are made, and of its parts.
    """

    about: About
    hashes: Mapping[str, str]
    public_key: bytes
    signature: bytes
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_signed(self) -> bool:
        """Whether the signature is of this statement and of the key that it names."""
        said = _statement(self.about, self.hashes, self.parts, self.public_key)
        return signing.is_signed(_canonical(said), self.signature, self.public_key)

    @property
    def fingerprint(self) -> str:
        """Short form of the key, for people to compare."""
        return signing.fingerprint(self.public_key)

    def written(self) -> str:
        """Return the manifest as one line of JSON in ASCII."""
        said = _statement(self.about, self.hashes, self.parts, self.public_key)
        return json.dumps(
            said | {_SIGNATURE: self.signature.hex()}, sort_keys=True, separators=(",", ":")
        )

    def shown(self) -> str:
        """Return the manifest as JSON for people to read."""
        text: str = json.dumps(json.loads(self.written()), ensure_ascii=False, indent=2)
        return text + "\n"


def sign(
    about: About,
    hashes: Mapping[str, str],
    secret_key: str,
    parts: Mapping[str, str] | None = None,
) -> Manifest:
    """Sign what is known of a file with the key of this installation."""
    own = dict(parts or {})
    public_key = signing.public_key_of(secret_key)
    said = _statement(about, hashes, own, public_key)
    signature, _key = signing.sign(_canonical(said), secret_key)
    return Manifest(about, dict(hashes), public_key, signature, own)


def read(text: str | bytes) -> Manifest | None:
    """Read a manifest; None when it is none."""
    try:
        said = json.loads(text)
        origin = Origin(**said["origin"])
        about = About(
            str(said["name"]), str(said["kind"]), str(said["language"]), int(said["n_rows"]), origin
        )
        if said["manifest"] != VERSION:
            return None
        return Manifest(
            about,
            {str(name): str(digest) for name, digest in said["hashes"].items()},
            bytes.fromhex(said["public_key"]),
            bytes.fromhex(said[_SIGNATURE]),
            {str(name): str(digest) for name, digest in said.get("parts", {}).items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def moment(at: datetime) -> str:
    """Write a moment as manifests have it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _statement(
    about: About, hashes: Mapping[str, str], parts: Mapping[str, str], public_key: bytes
) -> dict[str, Any]:
    origin = about.origin
    said: dict[str, Any] = {
        "manifest": VERSION,
        "name": about.name,
        "kind": about.kind,
        "language": about.language,
        "n_rows": about.n_rows,
        "origin": {name: getattr(origin, name) for name in Origin.__dataclass_fields__},
        "hashes": dict(hashes),
        "public_key": public_key.hex(),
    }
    return said | ({"parts": dict(parts)} if parts else {})


def _canonical(said: Mapping[str, Any]) -> bytes:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()
