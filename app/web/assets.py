"""Files of our own that pages load, under addresses that change with their content.

Such a file may be kept by browsers for ever, and it travels compressed: the citizen's first page is
to load in two small requests.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

from app.web import guards

bp = Blueprint("assets", __name__, url_prefix="/static/v")
guards.guard(bp, guards.everyone)

FOLDER = Path(__file__).resolve().parent.parent / "static"
_KINDS = frozenset({".css", ".js", ".svg"})


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    digest: str
    media_type: str
    plain: bytes
    gzipped: bytes


def install(app: Flask) -> None:
    """Let templates name files by ``asset_url``."""
    app.jinja_env.globals["asset_url"] = asset_url


def asset_url(name: str) -> str:
    """Address of a file in ``app/static``; it can be told without a request."""
    return f"{bp.url_prefix}/{_asset(name).digest}/{name}"


def accepts_gzip() -> bool:
    """Whether the client of this request takes gzip."""
    return "gzip" in request.headers.get("Accept-Encoding", "")


@bp.get("/<digest>/<name>")
def send(digest: str, name: str) -> Response:
    """Send a file; a page from before an update still gets today's, which is not kept then."""
    if Path(name).suffix not in _KINDS or not (FOLDER / name).is_file():
        abort(404)
    asset = _asset(name)
    response = Response(mimetype=asset.media_type)
    if accepts_gzip():
        response.data = asset.gzipped
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.data = asset.plain
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if digest == asset.digest else "no-cache"
    )
    return response


def _asset(name: str) -> Asset:
    return _read(name, (FOLDER / name).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(name: str, _changed: int) -> Asset:
    plain = (FOLDER / name).read_bytes()
    return Asset(
        digest=hashlib.sha256(plain).hexdigest()[:12],
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        plain=plain,
        gzipped=gzip.compress(plain, 9, mtime=0),
    )
