"""``/k/<code>``: the questionnaire on a tablet that stands at a counter.

The page works without a network: it keeps answers on the tablet until the server has said that they
are stored. docs/channels.md, docs/adr/0019-other-ways-to-answer.md
"""

import json
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app.i18n import LANGUAGES
from app.queries.channels import takes_mode
from app.services import interview, kiosk_holds, kiosks
from app.services.consent import agreed, consents
from app.services.interview import (
    Accepted,
    AlreadyAnswered,
    Opened,
    OpenOutcome,
    Rejected,
    Shut,
    Submission,
)
from app.services.kiosks import Device
from app.services.mixing.keys import PublicKey
from app.web import guards
from app.web.assets import FOLDER
from app.web.citizen import gate, pages
from app.web.citizen.sealing import sealed_with_current_key
from app.web.context import database, now, settings, today
from app.web.kiosk_screens import Screen, screens

bp = Blueprint("kiosk", __name__, url_prefix="/k")
guards.guard(bp, guards.same_site)

MODE = "kiosk"
COOKIE = "kiosk"
_YEARS = 5 * 365 * 24 * 3600
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The questionnaire of the tablet in one language, with the words around it."""

    language: str
    begin: str
    back: str
    skip: str
    next: str
    consent: str
    consent_text: str
    title: str
    thanks: str
    sent: str
    idle: str
    screens: tuple[Screen, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """What a tablet hands in; ``version`` and ``consent`` are the short hashes of its page."""

    key: UUID
    language: str
    version: str
    consent: str
    entered: dict[str, list[str]]


@bp.get("/sw.js")
def worker() -> Response:
    """Send the service worker; it may look after everything below ``/k/``."""
    response = Response((FOLDER / "kiosk-worker.js").read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/cai-dat/<token>")
def offer(token: str) -> ResponseReturnValue:
    """Ask once more: whoever merely looks at the address has not set anything up."""
    with database().read() as db:
        is_offered = kiosks.is_offered(db, token, now())
    page = render_template("kiosk/setup.html", offered=is_offered)
    return page, 200 if is_offered else 410


@bp.post("/cai-dat/<token>")
def claim(token: str) -> ResponseReturnValue:
    """Make this browser the tablet of a counter."""
    with database().write() as db:
        claimed = kiosks.claim(db, token, now())
    if claimed is None:
        return render_template("kiosk/setup.html", offered=False), 410
    response = redirect(f"/k/{claimed.counter_code}", 303)
    response.set_cookie(
        COOKIE, claimed.token, max_age=_YEARS, path="/k", httponly=True, samesite="Strict",
        secure=settings().https,
    )  # fmt: skip
    return make_response(response)


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    """Show the questionnaire, whole: it has to do without the server afterwards."""
    device = _device(code)
    if device is None:
        if _device(code, ended=True) is not None:
            return _at_rest(code, "device"), 403
        return render_template("kiosk/setup.html", offered=None), 403
    opened = gate.desk().counter(code, today())
    if isinstance(opened, Shut):
        return _at_rest(code, opened.reason), 410
    with database().read() as db:
        is_taken = takes_mode(db, opened.round.id, MODE)
    if not is_taken:
        return _at_rest(code, "mode"), 409
    if device.seen_on != today():
        with database().write() as db:
            kiosks.note_seen(db, device, today())
    return render_template(
        "kiosk/page.html",
        code=code,
        place=opened.place,
        simulated=opened.round.simulated,
        version=pages.version_of(opened.instrument),
        spoken=[_in_language(opened, language) for language in opened.instrument.languages],
    )


@bp.get("/<code>/manifest.webmanifest")
def manifest(code: str) -> Response:
    """Let the tablet keep the page on its home screen, without the browser around it."""
    made = {
        "name": f"Lòng Dân: {code}",
        "short_name": "Lòng Dân",
        "start_url": f"/k/{code}",
        "scope": f"/k/{code}",
        "display": "fullscreen",
        "background_color": "#ffffff",
        "theme_color": "#0b5563",
    }
    return Response(json.dumps(made, ensure_ascii=False), mimetype="application/manifest+json")


@bp.post("/<code>/phieu")
def submit(code: str) -> ResponseReturnValue:
    """Store the answers of one person, once for each key; the tablet forgets them after a 200."""
    request.max_content_length = MOST_BYTES
    if _device(code) is None:
        return _refused("device", 403)
    given = _read(_body())
    if given is None:
        return _refused("malformed", 400)
    gate.admit(gate.TURN)
    opened = gate.desk().counter(code, today())
    if isinstance(opened, Shut):
        return _refused(opened.reason, 410)
    consent = agreed(opened.instrument, given.consent)
    if given.version != pages.version_of(opened.instrument) or consent is None:
        return _refused("version", 409)
    if given.language not in opened.instrument.languages:
        return _refused("malformed", 400)
    return _store(opened, Submission(given.entered, given.language, consent, given.key, MODE))


@bp.post("/<code>/con-giu")
def hold(code: str) -> ResponseReturnValue:
    """Take a tablet's word for what it still holds because it was refused."""
    request.max_content_length = MOST_BYTES
    device = _device(code, ended=True)
    if device is None:
        return _refused("device", 403)
    gate.admit(gate.TURN)
    holds = kiosk_holds.read(_body(), today())
    if holds is None:
        return _refused("malformed", 400)
    with database().write() as db:
        kiosk_holds.keep(db, device, holds, today())
    return {"kept": len(holds)}


def _at_rest(code: str, why: str) -> str:
    """Show a tablet that there is nothing to answer; it goes on sending and telling what it holds.

    Without links, as its other pages.
    """
    return render_template("kiosk/rest.html", code=code, why=why)


def _store(opened: Opened, submission: Submission) -> ResponseReturnValue:
    def attempt(sealing: PublicKey) -> OpenOutcome:
        with database().alone() as db:
            return interview.submit_open(db, opened, submission, sealing, today())

    match sealed_with_current_key(attempt):
        case Accepted():
            return {"stored": str(submission.key)}
        case AlreadyAnswered():
            return _refused("answered-otherwise", 409)
        case Rejected(problems=problems):
            items = [each.item for each in problems]
            return {"refused": "answers", "on": today().isoformat(), "items": items}, 422
        case Shut(reason=reason):
            return _refused(reason, 410)


def _refused(why: str, status: int) -> ResponseReturnValue:
    return {"refused": why, "on": today().isoformat()}, status


def _device(code: str, *, ended: bool = False) -> Device | None:
    """Find the tablet that asks, if it is this counter's; with `ended`, one out of service too."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    with database().read() as db:
        device = kiosks.find(db, token, ended=ended)
    return device if device is not None and device.counter_code == code else None


def _body() -> object:
    """Read the body as JSON; None if it is none, or nested deeper than Python can follow."""
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


def _read(sent: object) -> _Given | None:
    """Read what a tablet sends without trusting any of it."""
    if not isinstance(sent, dict):
        return None
    texts = [sent.get(name) for name in ("language", "version", "consent", "key")]
    answers = sent.get("answers")
    if not all(isinstance(each, str) for each in texts) or not isinstance(answers, dict):
        return None
    if not all(
        isinstance(values, list) and all(isinstance(value, str) for value in values)
        for values in answers.values()
    ):
        return None
    language, version, consent, key = (str(each) for each in texts)
    try:
        return _Given(UUID(key), language, version, consent, answers)
    except ValueError:
        return None


def _in_language(opened: Opened, language: str) -> InLanguage:
    instrument = opened.instrument
    wording = instrument.wording[language]
    with force_locale(language if language in LANGUAGES else LANGUAGES[0]):
        return InLanguage(
            language=language,
            begin=_("Tôi đồng ý và bắt đầu"),
            back=_("Quay lại"),
            skip=_("Bỏ qua"),
            next=_("Tiếp tục"),
            consent=consents(instrument)[language].short,
            consent_text=f"{wording.purpose} {wording.retention} {wording.consent}",
            title=wording.title(),
            thanks=_("Xin cảm ơn ông/bà"),
            sent=_("Đã nhận phiếu của ông/bà"),
            idle=_("Ông/bà còn trả lời không? Chạm vào màn hình để tiếp tục."),
            screens=screens(instrument, language),
        )
