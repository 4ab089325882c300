"""Whether a code that hangs somewhere is genuine: for inspectors and for everybody.

Nothing a code says is ever opened or linked, and neither photo nor text is kept.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.channel_words import Said, refusal, said
from app.errors import ConflictError
from app.queries.interview import place_of_counter
from app.queries.posters import code_of_counter
from app.services.posters import pictures
from app.services.posters.judging import Verdict, judge
from app.services.posters.numbers import counter_id_of, number_of
from app.web import context, guards
from app.web.citizen import gate
from app.web.results import keep_english

bp = Blueprint("code_check", __name__)
guards.guard(bp, guards.same_site)
bp.url_defaults(keep_english)

PHOTO_COST = 0.5


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking at a code; ``problem`` says why nothing did."""

    verdict: Verdict | None = None
    said: Said | None = None
    problem: str = ""
    number: str = ""


@bp.get("/kiem-tra-ma")
def show() -> ResponseReturnValue:
    """Ask for a code."""
    return page("results/code_check.html", Looked())


@bp.post("/kiem-tra-ma")
def check() -> ResponseReturnValue:
    """Say what a code is."""
    gate.admit(PHOTO_COST)
    return page("results/code_check.html", look())


@bp.get("/q")
@bp.get("/q/<number>")
def typed(number: str = "") -> ResponseReturnValue:
    """Lead whoever typed the number of a counter to its questionnaire."""
    given = number or request.args.get("so", "")
    if not given.strip():
        return render_template("citizen/number.html", given="", problem="")
    counter_id = counter_id_of(given)
    with context.database().read() as db:
        code = None if counter_id is None else code_of_counter(db, counter_id)
    if code is None:
        problem = _("Không có quầy nào mang số này. Xin xem lại từng chữ số in trên tờ.")
        return render_template("citizen/number.html", given=given[:20], problem=problem), 404
    return redirect(url_for("citizen.counter_start", code=code, lang=request.args.get("lang")), 303)


def look() -> Looked:
    """Judge what this request brings: a photo, a scanned text or a typed address."""
    request.max_content_length = pictures.MOST_BYTES + 100_000
    photo = request.files.get("photo")
    text, is_typed = request.form.get("text", "").strip(), True
    if request.form.get("how") == "scanned":
        is_typed = False
    try:
        if photo is not None and photo.filename:
            text, is_typed = _read(photo.read(pictures.MOST_BYTES + 1)), False
        if not text:
            raise ConflictError("check.empty")
        expected = _expected(request.form.get("counter", "").strip())
    except ConflictError as error:
        return Looked(problem=refusal(error.code, **error.context))
    with context.database().read() as db:
        verdict = judge(
            db,
            text,
            public_url=context.settings().public_url,
            today=context.today(),
            expected=expected,
            typed=is_typed,
        )
    place = verdict.place
    number = "" if place is None or place.counter_id is None else number_of(place.counter_id)
    return Looked(verdict, said(verdict), number=number)


def page(template: str, looked: Looked, **values: object) -> Response:
    """Show the form and what was found; the camera is this page's alone."""
    body = render_template(
        template,
        looked=looked,
        official=context.settings().public_url,
        counter=request.values.get("counter", "")[:100],
        **values,
    )
    answer = make_response(body, 422 if looked.problem else 200)
    answer.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    return answer


def _read(photo: bytes) -> str:
    found = pictures.texts_of_photo(photo)
    if not found:
        raise ConflictError("photo.no-code")
    if len(found) > 1:
        raise ConflictError("photo.several")
    return found[0]


def _expected(given: str) -> int | None:
    """Find the counter the sheet hangs at, by its number for typing or its code."""
    if not given:
        return None
    with context.database().read() as db:
        by_number = counter_id_of(given)
        if by_number is not None and code_of_counter(db, by_number) is not None:
            return by_number
        place = place_of_counter(db, given, context.today())
    if place is None or place.counter_id is None:
        raise ConflictError("check.no-counter")
    return place.counter_id
