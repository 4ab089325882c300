"""Where messages about dossiers go: sealed, and opened only to deliver a code."""

import json

from app.services.dossiers.checking import Contact
from app.services.sealing import Sealer


def seal(sealer: Sealer, round_id: int, code: str, contact: Contact) -> bytes | None:
    """Seal a contact; None if there is none."""
    if not contact:
        return None
    content = json.dumps([contact.phone, contact.email]).encode()
    return sealer.seal(content, _about(round_id, code))


def open_(sealer: Sealer, round_id: int, code: str, sealed: bytes | None) -> Contact:
    """Open a contact.

    Raises
    ------
    SealError
        It was altered, belongs to another dossier, or the key is gone.
    """
    if sealed is None:
        return Contact()
    phone, email = json.loads(sealer.open(sealed, _about(round_id, code)))
    return Contact(phone, email)


def _about(round_id: int, code: str) -> str:
    return f"closed dossier {round_id} {code}"
