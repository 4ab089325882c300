"""What the worker clears away now and then: what nobody came back for, and whose time is over."""

import logging
import time
from pathlib import Path

from app.db import Database
from app.frame_jobs import FrameJobs
from app.models.base import now
from app.services import shared_limits
from app.services.cases import contacts as case_contacts
from app.services.dossiers import uploads as dossier_lists
from app.services.drafts import expire_drafts
from app.services.frames import contacts as frame_contacts
from app.services.frames import files as frame_files
from app.services.frames import progress as frame_progress
from app.services.imports import batches, uploads

_log = logging.getLogger(__name__)


def sweep(database: Database, frames: FrameJobs, folder: Path) -> None:
    """Clear away drafts, uploads, contact data and full buckets."""
    with database.write() as db:
        expired = expire_drafts(db, now())
        shared_limits.forget_full(db, now())
    if expired:
        _log.info("removed %d drafts whose time is over", expired)
    with database.read() as db:
        needed = batches.needed_files(db) | frame_files.needed_files(db)
        needed |= dossier_lists.needed_files(db)
    removed = uploads.sweep(folder, needed, time.time())
    if removed:
        _log.info("removed %d uploads that nobody confirmed", removed)
    _sweep_frames(database, frames)


def _sweep_frames(database: Database, frames: FrameJobs) -> None:
    moment = now()
    with database.write() as db:
        frame_progress.expire(db)
        due = frame_contacts.delete_due(db, frames.vault, moment.date(), moment)
        forgotten = case_contacts.delete_due(db, moment.date())
        over = frame_files.frames_with_leftovers(db)
    if forgotten:
        _log.info("deleted the contact data of %d cases whose time is over", forgotten)
    if due:
        _log.info("deleted the contact data of %d frames whose time is over", due)
    for frame_id in over:
        frames.tidy(frame_id)
