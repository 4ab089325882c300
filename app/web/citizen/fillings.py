"""What fills the gaps of citizens' pages: the place they are about, and answers carried along."""

from functools import lru_cache

from flask import render_template
from markupsafe import escape

from app.queries.interview import Place
from app.services import paging
from app.services.interview import Opened
from app.services.paging import Entered
from app.web.forms.questionnaire import shown
from surveys.instrument.model import Instrument

_PLACE_NAMES = ("centre", "number", "counter", "formerly")


def carried(instrument: Instrument, entered: Entered, but: frozenset[str]) -> str:
    """Write what was entered on other pages as hidden fields."""
    known = [
        name
        for page in instrument.pages
        for name in sorted(paging.fields_of(instrument, page.code) - but)
    ]
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(shown(value))}">'
        for name in known
        for value in entered.get(name, ())
    )


PlaceWords = tuple[str, str, str, str] | None


def of_place(place: Place | None) -> PlaceWords:
    """Take the words of a place that pages show."""
    return None if place is None else (place.centre, place.number, place.counter, place.formerly)


def place_value(opened: Opened, language: str) -> dict[str, bytes]:
    """Name the place or the campaign at the top of a page."""
    words = of_place(opened.place)
    campaign = "" if words else campaign_name(opened, language)
    return {"place": line(words, campaign, opened.round.simulated, language)}


def campaign_name(opened: Opened, language: str) -> str:
    """Name the campaign in a language."""
    return opened.round.campaign_en if language == "en" else opened.round.campaign


def place_only(place: Place | None, language: str) -> bytes:
    """Write a place in two lines, or nothing: for pages without a questionnaire."""
    return line(of_place(place), "", False, language) if place else b""


@lru_cache(maxsize=4096)
def line(words: PlaceWords, campaign: str, simulated: bool, _language: str) -> bytes:
    """Write place or campaign in two lines, on every page but the first."""
    return _part("place_line", words, campaign, simulated)


@lru_cache(maxsize=4096)
def heading(words: PlaceWords, instrument: Instrument, language: str) -> bytes:
    """Write the place large, for the first page."""
    return _part("place_heading", words, instrument.wording[language].title())


def _part(macro: str, words: PlaceWords, *arguments: object) -> bytes:
    place = None if words is None else dict(zip(_PLACE_NAMES, words, strict=True))
    return render_template(
        "citizen/part.html", macro=macro, place=place, arguments=arguments
    ).encode()
