"""The signed manifest that may come beside a list of closed dossiers.

JSON: ``{"sha256": …, "made_at": …, "public_key": …, "signature": …}``. Signed (Ed25519) is its
canonical form, keys sorted, no spaces, UTF-8, without the signature itself. Hexadecimal digits
throughout.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import DossierSigner
from app.services import audit, signing
from app.services.codes import checked_name

LONGEST: Final = 20_000
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a list, and when they say they did."""

    signer: str
    fingerprint: str
    made_at: str

    def to_json(self) -> dict[str, str]:
        """Express it as it is stored."""
        return asdict(self)


def verify(db: Session, given: bytes, file_hash: str, province_id: int) -> Signed:
    """Check a manifest against the file it came with.

    Parameters
    ----------
    file_hash : str
        ``sha256:`` and 64 hexadecimal digits.

    Raises
    ------
    ConflictError
        ``manifest.unreadable``; ``manifest.altered``: it speaks of another file, or the file was
        changed; ``manifest.forged``: the signature does not hold; ``manifest.unknown-signer``.
    """
    said = _read(given)
    if f"sha256:{said['sha256'].lower()}" != file_hash:
        raise ConflictError("manifest.altered")
    try:
        key, signature = bytes.fromhex(said["public_key"]), bytes.fromhex(said["signature"])
    except ValueError:
        raise ConflictError("manifest.unreadable") from None
    if not signing.is_signed(canonical(said), signature, key):
        raise ConflictError("manifest.forged")
    name = db.scalar(
        select(DossierSigner.name).where(
            DossierSigner.public_key == key,
            DossierSigner.province_id == province_id,
            DossierSigner.revoked_at.is_(None),
        )
    )
    if name is None:
        raise ConflictError("manifest.unknown-signer")
    return Signed(name, signing.fingerprint(key), said["made_at"])


def canonical(said: Mapping[str, Any]) -> bytes:
    """Write out what is signed."""
    rest = {name: value for name, value in said.items() if name != "signature"}
    return json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def make(file_hash: str, made_at: datetime, key: Ed25519PrivateKey) -> bytes:
    """Make the manifest of a file: what a one-stop system does."""
    said = {
        "sha256": file_hash.removeprefix("sha256:"),
        "made_at": made_at.isoformat(),
        "public_key": key.public_key().public_bytes_raw().hex(),
    }
    return json.dumps({**said, "signature": key.sign(canonical(said)).hex()}).encode()


def add_signer(
    db: Session, *, name: str, public_key: str, province_id: int, actor: str, now: datetime
) -> int:
    """Register the key of a system; 64 hexadecimal digits.

    Raises
    ------
    ConflictError
        ``name.malformed``, ``signer.key-malformed``, ``signer.known``.
    """
    try:
        key = bytes.fromhex("".join(public_key.split()))
    except ValueError:
        raise ConflictError("signer.key-malformed") from None
    if len(key) != _KEY_BYTES:
        raise ConflictError("signer.key-malformed")
    if db.scalar(select(DossierSigner.id).where(DossierSigner.public_key == key)) is not None:
        raise ConflictError("signer.known")
    row = DossierSigner(
        name=checked_name(name), public_key=key, province_id=province_id, created_by=actor,
        created_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(db, actor, "signer.add", row.name, key=key.hex())
    return row.id


def revoke_signer(db: Session, signer_id: int, *, actor: str, now: datetime) -> None:
    """Trust a key no longer; lists taken before stay.

    Raises
    ------
    NotFoundError
        ``signer.unknown``
    """
    row = db.get(DossierSigner, signer_id, with_for_update=True)
    if row is None:
        raise NotFoundError("signer.unknown", signer=signer_id)
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record(db, actor, "signer.revoke", row.name, key=row.public_key.hex())


def _read(given: bytes) -> dict[str, str]:
    if len(given) > LONGEST:
        raise ConflictError("manifest.unreadable")
    try:
        said = json.loads(given)
    except (ValueError, RecursionError):
        raise ConflictError("manifest.unreadable") from None
    needed = ("sha256", "made_at", "public_key", "signature")
    if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in needed):
        raise ConflictError("manifest.unreadable")
    return said
