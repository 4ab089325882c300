"""Draws of samples: announced, approved, drawn before witnesses, checked by anybody."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.errors import ConflictError
from app.plan_sentences import fault_sentence, plan_in_words
from app.queries import draws
from app.queries.draws import DrawShown
from app.sentences import sentence
from app.services import audit
from app.services.accounts import OFFICE
from app.services.draws import announce, package, perform, protocol
from app.services.draws.perform import Seed
from app.web import context, guards
from app.web.forms.samples import SeedForm
from app.web.office import draw_papers
from surveys.sampling.plan import PlanRefusedError, read_plan

bp = Blueprint("draws", __name__, url_prefix="/office/draws")
guards.guard(bp, guards.watched)


@bp.get("/")
def index() -> ResponseReturnValue:
    """List all draws; to the office also its plans."""
    is_office = current_user.has_role(OFFICE)
    with context.database().read() as db:
        return render_template(
            "office/draws/index.html",
            draws=draws.every_draw(db),
            plans=draws.every_plan(db) if is_office else (),
            frames=draws.frozen_frames(db) if is_office else (),
            is_office=is_office,
        )


@bp.get("/<int:draw_id>")
def show(draw_id: int) -> ResponseReturnValue:
    """Show a draw: what is fixed, what comes next, what it gave."""
    return _page(_draw(draw_id), SeedForm())


@bp.post("/<int:draw_id>/draw")
def draw(draw_id: int) -> ResponseReturnValue:
    """Take the seed down and draw."""
    _office_only()
    shown, form = _draw(draw_id), SeedForm()
    if not form.validate_on_submit():
        return _page(shown, form, 422)
    if " ".join((form.seed.data or "").split()) != " ".join((form.again.data or "").split()):
        form.again.errors = [_("Hai lần gõ không giống nhau.")]
        return _page(shown, form, 422)
    settings = context.settings()
    try:
        seed = Seed(
            text=(form.seed.data or "").strip(),
            source=form.source.data or "",
            place=form.place.data or "",
            witnesses=perform.witnesses_of(form.witnesses.data or ""),
        )
        with context.database().write() as db:
            perform.draw(
                db, draw_id, seed, var_dir=settings.var_dir, secret_key=settings.secret_key,
                code_version=settings.code_version, actor=current_user.email, now=context.now(),
            )  # fmt: skip
    except ConflictError as error:
        form.form_errors.append(sentence(error.code, **error.context))
        return _page(shown, form, 422)
    except PlanRefusedError as refused:
        form.form_errors.extend(fault_sentence(fault) for fault in refused.faults)
        return _page(shown, form, 422)
    flash(_("Đã chọn xong mẫu. Hãy in biên bản để các bên ký."), "success")
    return redirect(url_for(".show", draw_id=draw_id), 303)


@bp.post("/<int:draw_id>/approve")
def approve(draw_id: int) -> ResponseReturnValue:
    """Agree to a further draw, as the second person."""
    return _act(draw_id, announce.approve, _("Đã đồng ý. Lần chọn lại được công bố."))


@bp.post("/<int:draw_id>/withdraw")
def withdraw(draw_id: int) -> ResponseReturnValue:
    """Give up a draw that has no seed yet."""
    _office_only()
    return _act(draw_id, announce.withdraw, _("Đã rút lại. Lần chọn này vẫn được lưu."))


@bp.get("/<int:draw_id>/protocol.pdf")
def paper(draw_id: int) -> ResponseReturnValue:
    """Hand out the announcement, or the protocol once it is drawn."""
    shown = _draw(draw_id)
    if shown.announced_at is None:
        abort(404)
    made = protocol.pdf(draw_papers.told(shown))
    name = "bien-ban" if shown.state == "drawn" else "thong-bao"
    return _file(made, "application/pdf", f"{name}-{shown.round_code}-{shown.number}.pdf")


@bp.post("/<int:draw_id>/package.zip")
def archive(draw_id: int) -> ResponseReturnValue:
    """Hand out everything that is needed to repeat the draw."""
    shown = _draw(draw_id)
    if shown.state != "drawn":
        abort(404)
    try:
        with context.database().write() as db:
            packed = package.archive(
                db, shown, context.settings().var_dir, draw_papers.explanation(),
                protocol.pdf(draw_papers.told(shown)),
            )  # fmt: skip
            audit.record(
                db, current_user.email, "draw.take-package", f"{shown.round_code}/{shown.number}"
            )
    except ConflictError as error:
        flash(sentence(error.code, **error.context), "error")
        return redirect(url_for(".show", draw_id=draw_id), 303)
    name = f"kiem-tra-chon-mau-{shown.round_code}-{shown.number}.zip"
    return _file(packed, "application/zip", name)


def _page(shown: DrawShown, form: SeedForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "office/draws/show.html",
        draw=shown,
        form=form,
        words=plan_in_words(read_plan(shown.plan_text)),
        strata=draw_papers.strata(shown),
        is_office=current_user.has_role(OFFICE),
        is_own=current_user.email == shown.requested_by,
        cases_url=url_for("cases.show", draw=shown.id) if shown.state == "drawn" else None,
    )
    return page, status


def _draw(draw_id: int) -> DrawShown:
    with context.database().read() as db:
        return draws.by_id(db, draw_id)


def _act(draw_id: int, act: object, done: str) -> ResponseReturnValue:
    if not callable(act):
        raise TypeError(act)
    try:
        with context.database().write() as db:
            act(db, draw_id, actor=current_user.email, now=context.now())
    except ConflictError as error:
        flash(sentence(error.code, **error.context), "error")
    else:
        flash(done, "success")
    return redirect(url_for(".show", draw_id=draw_id), 303)


def _office_only() -> None:
    """Supervisors watch and approve; they do not draw."""
    if not current_user.has_role(OFFICE):
        abort(404)


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
