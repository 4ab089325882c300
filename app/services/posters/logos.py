"""A province's own logo in the middle of its codes."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import PosterLogo
from app.services import audit
from app.services.posters.pictures import checked_logo


def keep(
    db: Session, province_id: int, content: bytes, *, address: str, actor: str, now: datetime
) -> None:
    """Check a logo and print it in every code of the province from now on.

    Raises
    ------
    ConflictError
        ``logo.unreadable``, ``logo.too-small`` or ``logo.hides-code``.
    """
    checked = checked_logo(content, address)
    logo = db.get(PosterLogo, province_id)
    if logo is None:
        db.add(
            PosterLogo(province_id=province_id, content=checked, uploaded_by=actor, uploaded_at=now)
        )
    else:
        logo.content, logo.uploaded_by, logo.uploaded_at = checked, actor, now
    audit.record(db, actor, "poster.logo", str(province_id), n_bytes=len(checked))


def remove(db: Session, province_id: int, *, actor: str) -> None:
    """Print codes without a logo again."""
    logo = db.get(PosterLogo, province_id)
    if logo is not None:
        db.delete(logo)
        audit.record(db, actor, "poster.logo-removed", str(province_id))
