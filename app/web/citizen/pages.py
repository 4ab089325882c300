"""The pages citizens see. Each is made once per questionnaire and language, then only filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from flask import Response, render_template, request
from flask_babel import format_date
from markupsafe import escape

from app.i18n import LANGUAGES, current_language, format_moment
from app.services import paging
from app.services.consent import SHORT, Consent, consents
from app.services.interview import Opened, Shut
from app.services.paging import Entered
from app.web.assets import accepts_gzip
from app.web.citizen import fillings, gate, languages
from app.web.citizen.review import sections
from app.web.citizen.slots import Slotted, gap
from app.web.citizen.words import explain
from app.web.forms.questionnaire import PageForm, page_form
from surveys.instrument.answers import Problem
from surveys.instrument.model import Instrument
from surveys.instrument.route import offered_items

# A form may be kept by the browser, so that Back shows it as it was left and with the same key.
KEPT = "private, no-cache"
NOT_KEPT = "no-store"
# Stands in the addresses of whoever replaces what was handed in with a one-time code.
REPLACING = "thay"

STATUS = {
    "counter.unknown": 404,
    "counter.closed": 410,
    "round.none": 404,
    "round.not-yet": 404,
    "round.over": 410,
    "code.unknown": 404,
    "code.used": 410,
    "code.expired": 410,
    "code.cancelled": 410,
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone at a questionnaire: what was opened, its address, and the language."""

    opened: Opened
    base: str
    language: str
    # Whether the questions are read out; the script for it is loaded by those who asked for it.
    aloud: bool = False

    @property
    def replaces(self) -> bool:
        """Whether answers are to take the place of those handed in before."""
        return self.opened.replaceable_until is not None

    @property
    def instrument(self) -> Instrument:
        """The questionnaire."""
        return self.opened.instrument

    def url(self, *parts: str, **query: str) -> str:
        """Address below the start page, in the language of the visit."""
        path = "/".join((self.base, *map(quote, parts)))
        if self.opened.invitation_id is not None and self.replaces:
            query[REPLACING] = "1"
        if self.language != LANGUAGES[0]:
            query["lang"] = self.language
        if self.aloud:
            query["doc"] = "1"
        return path + ("?" + "&".join(f"{k}={quote(v)}" for k, v in query.items()) if query else "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the questionnaire to show, with what goes along with it."""

    page: str
    entered: Entered = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    changed: bool = False
    # Earlier answers travel in the form; without, they are kept on the server.
    carries: bool = True
    editing: bool = False
    key: UUID | None = None
    # Signed time of the form it came from, and why it is to be sent once more.
    made: str = ""
    doubt: str | None = None


def arrive(opened: Opened, *address: str, language: str | None = None) -> Visit:
    """Begin a visit in a language, else the one of the address, if the questionnaire speaks it.

    Nothing else is asked, and no cookie is looked at: the language stands in every address.
    """
    wanted = language or (request.args.get("lang") if request.query_string else None)
    wanted = languages.chosen(opened.instrument, wanted)
    aloud = bool(request.query_string) and request.args.get("doc") == "1"
    return Visit(opened, "/".join(("", *(quote(part, safe="") for part in address))), wanted, aloud)


def address(*parts: str) -> str:
    """Address of a page, in the language of the request."""
    path = "/".join(("", *(quote(part, safe="") for part in parts)))
    return path if current_language() == LANGUAGES[0] else f"{path}?lang={current_language()}"


def version_of(instrument: Instrument) -> str:
    """Short hash by which a form says which questionnaire it was made of."""
    return instrument.content_hash.removeprefix("sha256:")[:SHORT]


def start(visit: Visit, *, begun: bool = False) -> Response:
    """Build the page before the first question."""
    opened = visit.opened
    at_counter = bool(opened.place and opened.place.number)
    page = _start(
        visit.instrument, visit.language, begun, at_counter, opened.round.simulated, visit.replaces
    )
    values = {
        "place": fillings.heading(
            fillings.of_place(opened.place), visit.instrument, visit.language
        ),
        "action": _bytes(visit.url("phieu").partition("?")[0]),
        "campaign": _bytes(fillings.campaign_name(opened, visit.language)),
    }
    return _respond(page, values)


def blank_form(visit: Visit, consent: Consent) -> Response:
    """Build the first page with nothing entered: what nearly everyone sees.

    At a counter only the key differs from one citizen to the next. A page that has a one-time code
    in its addresses is not kept.
    """
    instrument, language = visit.instrument, visit.language
    page, codes = _first(instrument)
    if visit.opened.invitation_id is None:
        line = fillings.place_value(visit.opened, visit.language)["place"]
        kept = _at_counter(instrument, language, line, _action(visit, page), consent.short)
        return _respond(kept, _key_values(None), cache=KEPT)
    slotted = _form(instrument, language, page, codes, False)
    return _respond(slotted, _form_values(visit, Sheet(page), consent), cache=KEPT)


def form(visit: Visit, sheet: Sheet, consent: Consent, status: int = 200) -> Response:
    """Build a page of the questionnaire, with what was entered and what is wrong with it."""
    instrument, language = visit.instrument, visit.language
    answers = paging.answers_in(instrument, sheet.entered)
    codes = tuple(item.code for item in offered_items(instrument, sheet.page, answers))
    has_back = paging.back(instrument, sheet.entered, sheet.page) is not None
    here = paging.fields_of(instrument, sheet.page)
    if sheet.problems or sheet.changed or sheet.doubt or not here.isdisjoint(sheet.entered):
        slotted = _render_form(instrument, language, sheet, codes, has_back)
    else:
        slotted = _form(instrument, language, sheet.page, codes, has_back)
    return _respond(slotted, _form_values(visit, sheet, consent), status, KEPT)


def review(
    visit: Visit,
    entered: Entered,
    consent: Consent,
    *,
    carries: bool,
    key: UUID | None,
    made: str = "",
    doubt: str | None = None,
) -> Response:
    """Build the page that shows every answer before they are handed in."""
    instrument = visit.instrument
    page = _page(
        "citizen/review.html",
        other=languages.others(instrument, visit.language),
        sections=sections(instrument, visit.language, entered),
        wording=instrument.wording[visit.language],
        doubt=doubt,
        version=version_of(instrument),
    )
    carried = fillings.carried(instrument, entered, frozenset()) if carries else ""
    values = {
        **fillings.place_value(visit.opened, visit.language),
        "action": _bytes(visit.url("kiem-tra")),
        "consent": _bytes(consent.short),
        "carried": carried.encode(),
        **_key_values(key, made),
    }
    return _respond(page, values, 422 if doubt else 200, cache=KEPT)


def thanks(visit: Visit) -> Response:
    """Build the page after handing in."""
    line = fillings.place_value(visit.opened, visit.language)["place"]
    until = visit.opened.replaceable_until
    by_code = visit.opened.invitation_id is not None
    page = _thanks(visit.instrument, visit.language, line, by_code, until is not None)
    if until is None:
        return _respond(page, {})
    values = {"until": format_moment(until).encode(), "again": _bytes(visit.base)}
    return _respond(page, values)


def thanks_after(found: Shut) -> Response:
    """Build the same page for someone whose round ended while they answered."""
    line = fillings.place_only(found.place, current_language())
    page = _page("citizen/thanks.html", wording=None, other=None, by_code=False, replacing=None)
    return _respond(page, {"place": line})


def already(visit: Visit) -> Response:
    """Say that this form was handed in before with other answers."""
    values = {**fillings.place_value(visit.opened, visit.language), "start": _bytes(visit.url())}
    return _respond(_page("citizen/already.html"), values, 409)


def shut(found: Shut, *, unsaved: bool = False) -> Response:
    """Say why there is nothing to answer, and whether something was just lost."""
    page = _page(
        "citizen/shut.html",
        reason=found.reason,
        day=None if found.day is None else format_date(found.day, "d/M/y"),
        at_counter=request.path.startswith("/c/"),
        unsaved=unsaved,
        linked=not unsaved,
    )
    line = fillings.place_only(found.place, current_language())
    return _respond(page, {"place": line}, STATUS[found.reason])


def see_other(address: str) -> Response:
    """Lead to another page; browsers show nothing of this one."""
    return Response(status=303, headers={"Location": address})


def _respond(
    page: Slotted, values: Mapping[str, bytes], status: int = 200, cache: str = NOT_KEPT
) -> Response:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
    }
    if accepts_gzip():
        headers["Content-Encoding"] = "gzip"
        return Response(page.gzipped(values), status, headers)
    return Response(page.plain(values), status, headers)


def _page(template: str, **context: Any) -> Slotted:
    return Slotted(render_template(template, gap=gap, **context))


@lru_cache(maxsize=256)
def _start(
    instrument: Instrument,
    language: str,
    begun: bool,
    at_counter: bool,
    simulated: bool,
    replaces: bool,
) -> Slotted:
    return _page(
        "citizen/start.html",
        wording=instrument.wording[language],
        other=languages.others(instrument, language),
        minutes=instrument.minutes,
        consent=consents(instrument)[language].short,
        language=language,
        begun=begun,
        at_counter=at_counter,
        simulated=simulated,
        replacing=REPLACING if replaces else None,
    )


@lru_cache(maxsize=1024)
def _thanks(
    instrument: Instrument, language: str, line: bytes, by_code: bool, replaceable: bool
) -> Slotted:
    return _page(
        "citizen/thanks.html",
        wording=instrument.wording[language],
        other=languages.others(instrument, language),
        by_code=by_code,
        replacing=REPLACING if replaceable else None,
        language=language,
    ).fill({"place": line})


@lru_cache(maxsize=256)
def _first(instrument: Instrument) -> tuple[str, tuple[str, ...]]:
    page = paging.first_page(instrument)
    return page, tuple(item.code for item in offered_items(instrument, page, {}))


@lru_cache(maxsize=512)
def _form(
    instrument: Instrument, language: str, page: str, codes: Sequence[str], has_back: bool
) -> Slotted:
    """Render a page nobody has entered anything on; kept for everyone."""
    return _render_form(instrument, language, Sheet(page), codes, has_back)


@lru_cache(maxsize=1024)
def _at_counter(
    instrument: Instrument, language: str, line: bytes, action: str, consent: str
) -> Slotted:
    """Fill in the first page for everyone at a counter; open is the key."""
    page, codes = _first(instrument)
    common = _common_values(instrument, Sheet(page))
    values = {"place": line, "action": _bytes(action), "consent": consent.encode()}
    values["aloud"] = languages.read_aloud("doc=1" in action)
    return _form(instrument, language, page, codes, False).fill(common | values)


def _render_form(
    instrument: Instrument, language: str, sheet: Sheet, codes: Sequence[str], has_back: bool
) -> Slotted:
    wording = instrument.wording[language]
    items = [instrument.item(code) for code in codes]
    said = explain(sheet.problems, instrument, language)
    made = page_form(items, wording, sheet.entered, said)
    missing = {f"q-{each.item}" for each in sheet.problems if each.code == "answer.required"}
    return _page(
        "citizen/form.html",
        wording=wording,
        page=sheet.page,
        other=languages.others(instrument, language),
        short=paging.is_short(instrument),
        form=made,
        wrong=[each for each in _errors(made) if each[0] not in missing],
        missing=[each for each in _errors(made) if each[0] in missing],
        changed=sheet.changed,
        doubt=sheet.doubt,
        some_optional=any(not item.required and item.kind != "note" for item in items),
        has_back=has_back,
        version=version_of(instrument),
    )


def _errors(made: PageForm) -> list[tuple[str, str, str]]:
    """Id of the first control, question and sentence of everything that is not in order."""
    return [
        (each.id, question.label.text, each.errors[0])
        for question in made.questions
        for each in (question, question.other)
        if each is not None and each.errors
    ]


def _form_values(visit: Visit, sheet: Sheet, consent: Consent) -> dict[str, bytes]:
    return {
        **fillings.place_value(visit.opened, visit.language),
        **_common_values(visit.instrument, sheet),
        "action": _bytes(_action(visit, sheet.page)),
        "aloud": languages.read_aloud(visit.aloud),
        "consent": consent.short.encode(),
        **_key_values(sheet.key, sheet.made),
    }


def _key_values(key: UUID | None, made: str = "") -> dict[str, bytes]:
    """Give a form its key, or leave it the one it has, and the signed time it was made."""
    key = key or uuid4()
    return {"key": str(key).encode(), "made": gate.stamps().made(key, made).encode()}


def _action(visit: Visit, page: str) -> str:
    """Address a page of questions is sent to; the fragment shows what is wrong with it."""
    below = () if paging.is_short(visit.instrument) else (page,)
    return visit.url("phieu", *below) + "#problems"


def _common_values(instrument: Instrument, sheet: Sheet) -> dict[str, bytes]:
    """Fill the gaps that depend on the questionnaire and on what was entered alone."""
    if paging.is_short(instrument):
        return {"carried": b""}
    carried = '<input type="hidden" name="form-edit" value="1">' if sheet.editing else ""
    if sheet.carries:
        here = paging.fields_of(instrument, sheet.page)
        carried += fillings.carried(instrument, sheet.entered, here)
    progress = paging.progress(instrument, sheet.entered, sheet.page)
    return {
        "carried": carried.encode(),
        "number": str(progress.number).encode(),
        "of": str(progress.of).encode(),
    }


def _bytes(text: str) -> bytes:
    return str(escape(text)).encode()
