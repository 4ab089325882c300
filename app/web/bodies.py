"""How much a request may bring: more for the office's lists than for anything else."""

from typing import Final

from flask import Flask, current_app, request
from flask_login import current_user

from app.config import Settings

# Where files for a frame are handed in.
LARGE: Final = frozenset({"frame_files.new"})


def install(app: Flask) -> None:
    """Let the office send large files where they are asked for; strangers cannot."""

    @app.before_request
    def allow_large_files() -> None:
        if request.method != "POST" or request.endpoint not in LARGE:
            return
        if current_user.is_authenticated and current_user.has_role("office"):
            settings: Settings = current_app.extensions["longdan.settings"]
            request.max_content_length = settings.max_frame_bytes
