"""Weights of a round: what there is, control totals, recipe, progress, result, comparison."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import weight_words
from app.errors import ConflictError, LongdanError
from app.queries import rounds
from app.queries import weights as queries
from app.services.weighting import desk, recipe, runs
from app.services.weighting.desk import Desk
from app.services.weighting.offers import USUAL
from app.services.weighting.recipe import Recipe, RecipeRefusedError
from app.services.weighting.store import WeightsDamagedError
from app.web import context, guards
from app.web.forms.rounds import ConfirmForm
from app.web.forms.weights import (
    RecipeForm,
    entered_of,
    offered,
    recipe_json,
)
from app.web.office import weights_pages as pages
from app.web.office import weights_pictures as pictures
from app.web.office.cases_pages import day
from app.web.office.weights_pages import refused

bp = Blueprint("weights", __name__, url_prefix="/office/weights")
guards.guard(bp, guards.office)

REFRESH_SECONDS = 2


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    """Show what there is to make weights of, and the weights there are."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            found = desk.desk_of(db, code, context.settings().var_dir)
        except ConflictError as error:
            return refused(error, code)
        controls = queries.controls(db, code)
        sets = queries.sets(db, code)
        run = queries.last_run(db, code)
    account = found.state.account
    known = [place.column for place in account.places if place.is_known] if account else []
    counted = {one.columns for one in controls if one.source == "frame"}
    return render_template(
        "office/weights/show.html",
        shown=shown,
        day=day,
        account=None if account is None else pages.account_sentences(account),
        differences=() if account is None else account.differences,
        n_differences=0 if account is None else account.n_differences,
        controls=[
            (control, [
                (weight_words.finding(finding, known_, found.vocabulary), finding.hinders)
                for finding in findings
            ])
            for control, known_, findings in zip(
                controls, found.controls, found.findings, strict=True
            )
        ],
        apart=_apart(found),
        usual=[
            (column, pages.column_title(column, found.vocabulary))
            for column in (*USUAL, *(one for one in known if one not in USUAL))
            if column in known and (column,) not in counted
        ],
        recipe=pages.recipe_sentences(found.recommended, controls, found.vocabulary),
        sets=sets,
        run=run if run is not None and run.is_at_work else None,
        column_title=lambda column: pages.column_title(column, found.vocabulary),
        step_names=weight_words.STEPS,
        words=weight_words,
        form=ConfirmForm(),
    )  # fmt: skip


@bp.get("/<code>/<int:number>")
def result(code: str, number: int) -> ResponseReturnValue:
    """Show a set of weights: what each step did, in pictures and sentences."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            found = queries.set_(db, code, number)
            words = desk.vocabulary_of(db, code)
        except LongdanError:
            abort(404)
        controls = queries.controls(db, code, all_=True)
        sets = queries.sets(db, code)
    return render_template(
        "office/weights/result.html",
        shown=shown,
        day=day,
        made=found,
        overall=pages.overall_sentences(found),
        whole=pictures.picture(found.summary["histogram"]),
        effects=pictures.effects(found),
        steps=pictures.steps_of(found, words),
        recipe=pages.recipe_sentences(recipe.from_json(found.recipe), controls, words),
        others=[one.number for one in sets if one.number != number],
        height=pictures.HEIGHT,
        width=pictures.WIDTH,
    )


@bp.get("/<code>/compare")
def compare(code: str) -> ResponseReturnValue:
    """Hold two sets of weights against each other, and what they make of the answers."""
    first, second = (request.args.get(name, type=int) for name in ("first", "second"))
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        sets = {one.number: one for one in queries.sets(db, code)}
        if first is None or second is None:
            return redirect(url_for(".show", code=code), 303)
        if not {first, second} <= set(sets):
            abort(404)
        try:
            compared = desk.compare(db, code, first, second, context.settings().var_dir)
        except WeightsDamagedError as error:
            return refused(error, code)
        words = desk.vocabulary_of(db, code)
        method = desk.method_of(db, code)
        controls = queries.controls(db, code, all_=True)
    return render_template(
        "office/weights/compare.html",
        shown=shown,
        day=day,
        pair=(sets[first], sets[second]),
        recipes=[
            pages.recipe_sentences(recipe.from_json(sets[number].recipe), controls, words)
            for number in (first, second)
        ],
        lines=[] if compared is None else pages.compared_lines(compared, method),
        compared=compared,
        words=weight_words,
    )


@bp.post("/<code>/make")
def make(code: str) -> ResponseReturnValue:
    """Have the recommended weights made."""
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for(".show", code=code), 303)
    try:
        with context.database().read() as db:
            found = desk.desk_of(db, code, context.settings().var_dir)
        return _request(code, found.recommended)
    except LongdanError as error:
        return refused(error, code)


@bp.route("/<code>/recipe", methods=["GET", "POST"])
def recipe_(code: str) -> ResponseReturnValue:
    """Choose the steps and their options, beginning with what is recommended."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            found = desk.desk_of(db, code, context.settings().var_dir)
        except ConflictError as error:
            return refused(error, code)
        controls = queries.controls(db, code)
    form = offered(
        RecipeForm(data=entered_of(found.recommended)),
        pages.known_choices(found.state.known, found.vocabulary),
        [(one.content_hash, one.name) for one in controls],
    )
    if form.validate_on_submit():
        try:
            return _request(code, recipe.from_json(recipe_json(form)))
        except RecipeRefusedError as error:
            form.form_errors.append(weight_words.sentence(error.code, **error.context))
        except ConflictError as error:
            return refused(error, code)
    return render_template(
        "office/weights/recipe.html", shown=shown, form=form, has_cases=bool(found.state.known)
    ), 422 if form.errors else 200


@bp.get("/<code>/runs/<int:run>")
def run_(code: str, run: int) -> ResponseReturnValue:
    """Show how far a run is, or why it was refused and what can be done."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        try:
            found = queries.run(db, code, run)
        except LongdanError:
            abort(404)
    if found.weight_set is not None:
        if found.state == "unchanged":
            flash(_("Các trọng số này đã có từ trước, không có gì thay đổi."), "info")
        return redirect(url_for(".result", code=code, number=found.weight_set), 303)
    told, ways = weight_words.refusal(found.failure) if found.failure else ("", ())
    page = render_template(
        "office/weights/run.html",
        shown=shown,
        run=found,
        told=told,
        ways=ways,
        step_names=weight_words.STEPS,
        form=ConfirmForm(),
    )
    if not found.is_at_work:
        return page
    return page, {"Refresh": str(REFRESH_SECONDS)}


@bp.post("/<code>/runs/<int:run>/cancel")
def cancel(code: str, run: int) -> ResponseReturnValue:
    """Stop a run."""
    if ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                queries.run(db, code, run)
                runs.cancel(db, run, actor=current_user.email)
        except LongdanError:
            abort(404)
    return redirect(url_for(".run_", code=code, run=run), 303)


@bp.post("/<code>/runs/<int:run>/resume")
def resume(code: str, run: int) -> ResponseReturnValue:
    """Take up a run that was stopped."""
    if ConfirmForm().validate_on_submit():
        try:
            with context.database().write() as db:
                queries.run(db, code, run)
                runs.resume(db, run, actor=current_user.email)
                context.jobs().queue_weights(db, run)
        except ConflictError as error:
            flash(weight_words.sentence(error.code, **error.context), "error")
        except LongdanError:
            abort(404)
    return redirect(url_for(".run_", code=code, run=run), 303)


def _request(code: str, wanted: Recipe) -> ResponseReturnValue:
    with context.database().write() as db:
        run = runs.request(db, code, wanted, actor=current_user.email, now=context.now())
        context.jobs().queue_weights(db, run)
    return redirect(url_for(".run_", code=code, run=run), 303)


def _apart(found: Desk) -> str:
    if found.apart is None:
        return ""
    one, other, far = found.apart
    told, _ways = weight_words.refusal(
        {
            "code": "weights.totals-apart",
            "context": {
                "one": one.name, "total": one.total, "other": other.name,
                "other_total": other.total, "share": far,
            },
        }
    )  # fmt: skip
    return told
