"""``/ma``: the short form of a one-time code, for people who type instead of scanning."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.code_sentences import TYPED
from app.services import invitations, short_codes
from app.services.interview import Shut
from app.services.short_codes import Mistyped, ShortKeys
from app.web import context
from app.web.citizen import gate, pages

LONGEST = 40
# Fifty bits stand many guesses; a network is asked to wait after some forty of them all the same.
GUESS = 1.0


def add_to(bp: Blueprint) -> None:
    """Add the page to the citizens' blueprint."""
    bp.add_url_rule("/ma", "short_form", ask)
    bp.add_url_rule("/ma", "short_typed", typed, methods=["POST"])


def ask() -> ResponseReturnValue:
    """Ask for a code."""
    return _page("", None), 200, {"Cache-Control": "no-store"}


def typed() -> ResponseReturnValue:
    """Lead to the questionnaire of a code, or say what is wrong with it.

    A slip of the hand is noticed by the check sign, without asking the database and without being
    counted as a guess. What is sent is not shown in any address: the next page bears a token made
    of it by a key.
    """
    given = request.form.get("ma", "")[:LONGEST]
    code = short_codes.read(given)
    if isinstance(code, Mistyped):
        return _page(given, str(TYPED[code.reason])), 422, {"Cache-Control": "no-store"}
    gate.admit(GUESS)
    keys = ShortKeys.of(context.settings())
    with context.database().read() as db:
        known = [token for token in keys.tokens(code) if invitations.find(db, token) is not None]
    if not known:
        return pages.shut(Shut("code.unknown"))
    return redirect(pages.address("r", known[0]), 303)


def _page(given: str, problem: str | None) -> str:
    return render_template("citizen/short.html", given=given, problem=problem)
