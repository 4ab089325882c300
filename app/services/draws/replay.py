"""Drawing a sample again, twice: with the program, and with the script in the protocol."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Draw, Round
from app.services import signing
from app.services.draws import protocol
from app.services.draws.perform import FOLDER, selection_of
from app.services.draws.statement import hash_of, statement_of
from app.services.sampling.frames import FOLDER as FRAMES
from surveys.sampling.listing import list_bytes

_LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of drawing again.

    Attributes
    ----------
    by_program, by_script : bool
        Whether each gave the list that was published, to the last byte.
    is_signed : bool
        Whether the signature fits what the draw says of itself.
    is_kept : bool
        Whether the list's file is the one that was published.
    told : str
        What the script printed.
    """

    round: str
    number: int
    n_main: int
    n_reserve: int
    list_hash: str
    by_program: bool
    by_script: bool
    is_signed: bool
    is_kept: bool
    told: str

    @property
    def holds(self) -> bool:
        """Whether the draw stands."""
        return self.by_program and self.by_script and self.is_signed and self.is_kept


def replay(db: Session, round_code: str, number: int | None, var_dir: Path) -> Replayed:
    """Draw the sample of a round again.

    Parameters
    ----------
    number : int, optional
        Which draw; the last one without it.

    Raises
    ------
    NotFoundError
        ``draw.none``
    ConflictError
        The frame's file is not what was drawn from.
    """
    found = _drawn(db, round_code, number)
    seed, wanted = found.seed_text or "", found.list_hash or ""
    content = list_bytes(selection_of(found, seed, var_dir))
    code, told = _by_script(found, seed, var_dir)
    listed = var_dir / FOLDER / (found.list_name or "")
    return Replayed(
        round=round_code,
        number=found.number,
        n_main=found.n_main,
        n_reserve=found.n_reserve,
        list_hash=wanted,
        by_program=hash_of(content) == wanted,
        by_script=code == 0 and wanted in told,
        is_signed=signing.is_signed(
            statement_of(found), found.signature or b"", found.public_key or b""
        ),
        is_kept=listed.is_file() and hash_of(listed.read_bytes()) == wanted,
        told=told,
    )


def _drawn(db: Session, round_code: str, number: int | None) -> Draw:
    wanted = (
        select(Draw)
        .join(Round, Draw.round_id == Round.id)
        .where(Round.code == round_code, Draw.state == "drawn")
        .order_by(Draw.number.desc())
        .limit(1)
    )
    if number is not None:
        wanted = wanted.where(Draw.number == number)
    found = db.scalar(wanted)
    if found is None:
        raise NotFoundError("draw.none", round=round_code)
    return found


def _by_script(found: Draw, seed: str, var_dir: Path) -> tuple[int, str]:
    """Run the script as anybody would: a process of its own, in an empty folder."""
    frame = (var_dir / FRAMES / (found.frame.file_name or "")).resolve()
    if not frame.is_file():
        raise ConflictError("frame.file-missing", file=frame.name)
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.toml"
        plan.write_text(found.plan_text, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "-I", str(protocol.SCRIPT), str(frame), str(plan), seed],
            cwd=folder, capture_output=True, text=True, encoding="utf-8",
            timeout=_LONGEST_SECONDS, check=False,
        )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr
