"""Import a file in one call, for commands; the web does the same in steps (`app.jobs`)."""

from pathlib import Path

from sqlalchemy.orm import Session

from app.services.imports import batches, uploads
from app.services.imports.batches import FileFacts
from app.services.imports.check import Accepted, Progress, check_file, ignore_progress
from app.services.imports.mapping import Columns
from app.services.imports.rounds import import_round


def import_file(
    db: Session,
    round_code: str,
    path: Path,
    columns: Columns | None = None,
    *,
    by: str,
    progress: Progress = ignore_progress,
) -> int:
    """Check a file and store its rows, or why none of them; returns the number of its account.

    Parameters
    ----------
    db : Session
        Undone as a whole if anything goes wrong.
    round_code : str
        A sampled round that takes answers.
    path : Path
        An .xlsx or .csv file.
    columns : Columns, optional
        What its columns hold, as far as their headings do not say.
    by : str
        Who imports, for the account and the audit log.
    progress : callable
        Called now and then with the rows done and their total, about.

    Returns
    -------
    int
        To be read with :func:`app.services.imports.accounts.account`.

    Raises
    ------
    RoundRefusedError
        The round does not take imports.
    """
    columns = columns or Columns()
    target = import_round(db, round_code)
    file = FileFacts(uploads.shown_name(path.name), uploads.hash_of(path))
    batch_id = batches.add(db, target.id, file, columns, by, state="reading")
    if batches.finish_same_file(db, target, batch_id):
        return batch_id
    checked = check_file(path, target, columns, progress=progress)
    try:
        batches.finish(db, target, batch_id, checked)
    finally:
        if isinstance(checked, Accepted):
            checked.spool.close()
    return batch_id
