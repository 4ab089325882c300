"""Whether a file is as it was handed out: for everybody, and nothing of the file is kept."""

import tempfile
from pathlib import Path
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from app.i18n import current_language
from app.result_files import files
from app.services import signing
from app.services.manifests.check import Checked, Finding, check
from app.verify_words import Told, told
from app.web import context, guards
from app.web.results import keep_english

bp = Blueprint("verification", __name__, url_prefix=files.VERIFY_PATH)
guards.guard(bp, guards.same_site)
bp.url_defaults(keep_english)

MOST_BYTES: Final = 32_000_000
_LONGEST_MANIFEST: Final = 1_000_000


@bp.before_request
def limit() -> None:
    """Take no larger files from strangers."""
    request.max_content_length = MOST_BYTES


@bp.get("")
def show() -> ResponseReturnValue:
    """Ask for a file, and tell by which key files of this installation are signed."""
    return _page(None, None)


@bp.post("")
def checked() -> ResponseReturnValue:
    """Say what was found of a file."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(None, None, is_missing=True), 422
    found = _check(sent, request.files.get("manifest"))
    return _page(told(found), found.finding, name=Path(sent.filename).name[:120])


def _check(sent: FileStorage, manifest: FileStorage | None) -> Checked:
    settings = context.settings()
    keys = {
        signing.public_key_of(key) for key in (settings.secret_key, *settings.secret_key_fallbacks)
    }
    given = manifest.read(_LONGEST_MANIFEST) if manifest is not None and manifest.filename else None
    # Gone with the request: nothing of a stranger's file stays here.
    with tempfile.NamedTemporaryFile(prefix="longdan-check-") as copy:
        sent.save(copy)
        copy.flush()
        return check(Path(copy.name), keys, files.shelf(settings), given)


def _page(
    said: Told | None, finding: Finding | None, *, name: str = "", is_missing: bool = False
) -> str:
    public_key = signing.public_key_of(context.settings().secret_key)
    return render_template(
        "results/verify.html",
        said=said,
        tone=_tone(said, finding),
        name=name,
        is_missing=is_missing,
        public_key=public_key.hex(),
        fingerprint=signing.fingerprint(public_key),
        most=MOST_BYTES // 1_000_000,
        language=current_language(),
    )


def _tone(said: Told | None, finding: Finding | None) -> str:
    if said is None or said.is_good:
        return "good"
    return "bad" if finding in (Finding.ALTERED, Finding.FORGED) else "unknown"
