"""Languages of a questionnaire, which may be more than those of the program.

A questionnaire speaks every language that has a file of wording. Where the program itself does not,
what stands around the questions is Vietnamese, and marked as such for those who have it read out.
"""

from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _
from markupsafe import Markup

from app.i18n import LANGUAGES
from app.web.assets import asset_url
from surveys.instrument.model import Instrument

_NAMES = {"vi": "Tiếng Việt", "en": "English"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language to change to, by the name its speakers give it."""

    code: str
    name: str


def chosen(instrument: Instrument, wanted: str | None) -> str:
    """Choose the language of a visit, and that of the program's own words around it."""
    spoken = instrument.languages
    if wanted not in spoken:
        wanted = LANGUAGES[0] if LANGUAGES[0] in spoken else spoken[0]
    g.language = wanted if wanted in LANGUAGES else LANGUAGES[0]
    return wanted


def others(instrument: Instrument, language: str) -> tuple[Tongue, ...]:
    """List the languages one may change to."""
    return tuple(
        Tongue(each, instrument.wording[each].language_name or _NAMES.get(each, each))
        for each in instrument.languages
        if each != language
    )


def read_aloud(wanted: bool) -> bytes:
    """Write what loads the reader of questions, for those who asked for it.

    Other pages load no script: a first visit is two requests.
    """
    if not wanted:
        return b""
    tag = Markup(
        '<script src="{}" defer data-read="{}" data-stop="{}" data-none="{}"></script>'
    ).format(
        asset_url("read-aloud.js"),
        _("Đọc to"),
        _("Dừng đọc"),
        _("Máy này không có giọng đọc cho ngôn ngữ của phiếu. Ông/bà vẫn trả lời được như thường."),
    )
    return tag.encode()
