"""``POST /api/v1/closed-dossiers``: a one-stop system reports dossiers that are closed."""

import hashlib
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.code_sentences import COLUMNS
from app.code_words import row_problem
from app.errors import ConflictError, NotFoundError
from app.sentences import sentence
from app.services.campaigns import CODE
from app.services.dossiers import store, tokens
from app.services.dossiers import uploads as lists
from app.services.sealing import Sealer
from app.web import context, guards
from app.web.api import sent
from app.web.api.bearer import bearer, holder
from app.web.api.openapi import document
from app.web.api.problem import of_status, problem
from app.web.api.sent import Fault, Sent

bp = Blueprint("closed_dossiers", __name__, url_prefix="/api/v1")
guards.guard(bp, bearer)

described = Blueprint("api", __name__, url_prefix="/api/v1")
guards.guard(described, guards.everyone)


@described.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Describe what can be called."""
    return jsonify(document(context.settings().public_url))


@bp.post("/closed-dossiers")
def take() -> ResponseReturnValue:
    """Take closed dossiers: all of them or none; those that are known already count once."""
    if request.mimetype != "application/json":
        return of_status(415)
    if (request.content_length or 0) > sent.MOST_BYTES:
        return of_status(413)
    request.max_content_length = sent.MOST_BYTES
    body = request.get_data(cache=False)
    try:
        said = sent.read(sent.parse(body))
    except ValueError:
        return of_status(400)
    if isinstance(said, Sent):
        return _take(said, hashlib.sha256(body).hexdigest())
    return _misfit(said)


def _take(said: Sent, digest: str) -> ResponseReturnValue:
    own = holder()
    try:
        with context.database().write() as db:
            if not CODE.fullmatch(said.round):
                raise NotFoundError("round.unknown", round=said.round)
            target = store.target_of(db, said.round)
            if target.province_id != own.province_id:
                # As if it were not there: what other provinces do is nobody's business.
                raise NotFoundError("round.unknown", round=said.round)
            checker = lists.checker_for(db, target, context.today())
            checker.take(said.dossiers)
            received = lists.Received(own.name, f"sha256:{digest}", channel="api")
            row = lists.take_at_once(
                db, target, received, checker, Sealer.of(context.settings()),
                by=own.name, now=context.now(),
            )  # fmt: skip
            tokens.note_use(db, own, context.today())
    except NotFoundError as error:
        return problem(404, error.code, sentence(error.code, **error.context))
    except ConflictError as error:
        return problem(409, error.code, sentence(error.code, **error.context))
    if row.state == "rejected":
        return _rejected(row.id, row.n_problems, row.problems)
    return jsonify(list=row.id, state=row.state, new=row.n_new, known=row.n_known)


def _rejected(number: int, n: int, problems: list[dict[str, Any]]) -> ResponseReturnValue:
    listed = [
        {
            "pointer": f"/dossiers/{each['row'] - 1}",
            "column": str(COLUMNS[each["column"]]),
            "code": each["problem"],
            "detail": row_problem(each["problem"], {}),
        }
        for each in problems
    ]
    said = sentence("api.rejected", n=n)
    return problem(422, "api.rejected", said, list=number, problems=listed)


def _misfit(faults: tuple[Fault, ...]) -> ResponseReturnValue:
    listed = [
        {"pointer": each.pointer, "code": each.code, "detail": sentence(each.code)}
        for each in faults[:100]
    ]
    said = sentence("api.misfit", n=len(faults))
    return problem(422, "api.misfit", said, problems=listed)


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> ResponseReturnValue:
    """Say in JSON what the frame of the program refuses."""
    return of_status(error.code or 400)
