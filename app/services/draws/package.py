"""Everything that is needed to repeat a draw without the program, in one archive."""

import io
import zipfile
from pathlib import Path

from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.queries.draws import DrawShown
from app.services.draws import protocol
from app.services.draws.announce import find
from app.services.draws.perform import FOLDER
from app.services.draws.statement import hash_of, statement_of
from app.services.sampling.frames import FOLDER as FRAMES

# ZIP keeps no earlier time; the same draw makes the same archive.
_TIME = (1980, 1, 1, 0, 0, 0)


def archive(db: Session, shown: DrawShown, var_dir: Path, explanation: str, paper: bytes) -> bytes:
    """Pack frame, plan, seed, list, protocol, signed statement and the script.

    Raises
    ------
    ConflictError
        ``frame.file-missing``, ``frame.file-changed``, ``draw.list-missing``,
        ``draw.list-changed``.
    """
    found = find(db, shown.id)
    frame = _read(var_dir / FRAMES / shown.frame_file, shown.frame_hash, "frame.file")
    listed = _read(var_dir / FOLDER / (shown.list_name or ""), shown.list_hash or "", "draw.list")
    files = {
        "DOC-TRUOC.txt": explanation.encode(),
        "khung-mau.csv": frame,
        "phuong-an.toml": shown.plan_text.encode(),
        "so-gieo.txt": (shown.seed_text or "").encode(),
        "danh-sach-mau.csv": listed,
        "bien-ban.pdf": paper,
        "bien-ban.json": statement_of(found),
        "bien-ban.sig": (shown.signature or b"").hex().encode(),
        "khoa-cong-khai.txt": (shown.public_key or b"").hex().encode(),
        "replay.py": protocol.script().encode(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            folder.writestr(entry, content)
    return packed.getvalue()


def _read(path: Path, wanted: str, what: str) -> bytes:
    if not path.is_file():
        raise ConflictError(f"{what}-missing", file=path.name)
    content = path.read_bytes()
    if hash_of(content) != wanted:
        raise ConflictError(f"{what}-changed", file=path.name)
    return content
