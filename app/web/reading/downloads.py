"""Files of published results."""

from flask import abort
from flask.typing import ResponseReturnValue

from app.web.reading.pages import Area


def send(area: Area, code: str, form: str) -> ResponseReturnValue:
    """Send the figures of a round as XLSX or CSV."""
    abort(404)
