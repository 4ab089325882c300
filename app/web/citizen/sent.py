"""What a citizen's form sends, read without trusting any of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from flask import abort, request

from app.services.consent import Consent, agreed
from surveys.instrument.model import Instrument

# The longest questionnaire of the catalogue, all free texts full, is a quarter of this.
MAX_BODY_BYTES = 64 * 1024
MAX_FIELDS = 2_000
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came in.

    Attributes
    ----------
    entered : mapping
        Every string of every field that is not the form's own.
    key : UUID or None
        Made with the form.
    consent, version : str
        Short hashes of the text agreed to and of the questionnaire the form was made of.
    go : str
        Which button: ``next``, ``back``, ``lang:en``, ``edit:<page>``.
    editing : bool
        The page was opened from the review.
    made : str
        Signed time at which the form was made.
    lure : str
        What was written in the field that people never see.
    """

    entered: Mapping[str, list[str]]
    key: UUID | None
    consent: str
    version: str
    go: str
    editing: bool
    made: str = ""
    lure: str = ""

    def agreed(self, instrument: Instrument) -> Consent | None:
        """Find the text that was agreed to."""
        return agreed(instrument, self.consent)

    @property
    def language(self) -> str | None:
        """Language asked for by the button, if that was the button."""
        kind, _, value = self.go.partition(":")
        return value if kind == "lang" else None

    @property
    def edit(self) -> str | None:
        """Page to open from the review, if that was the button."""
        kind, _, value = self.go.partition(":")
        return value if kind == "edit" else None


def read() -> Sent:
    """Read the form of this request.

    Bytes that are no UTF-8 come through as lone surrogates, which no answer may hold: the citizen
    is told so beside the question. Flask's own reading would keep them as percent signs and digits.
    """
    request.max_content_length = MAX_BODY_BYTES
    body = request.get_data()
    if request.mimetype != FORM:
        body = b""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        abort(413)
    entered: dict[str, list[str]] = {}
    own: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("form-"):
            own.setdefault(name, value)
        elif value:
            entered.setdefault(name, []).append(value)
    return Sent(
        entered=entered,
        key=_key(own.get("form-key", "")),
        consent=own.get("form-consent", ""),
        version=own.get("form-version", ""),
        go=own.get("form-go", "next"),
        editing=own.get("form-edit") == "1",
        made=own.get("form-made", ""),
        lure=own.get("form-website", ""),
    )


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
