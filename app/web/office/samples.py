"""Plans of samples: list, make, copy, write by hand; then step by step to a draw."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import Form

from app.errors import ConflictError
from app.i18n import current_language
from app.numbers import decimal
from app.plan_sentences import fault_sentence
from app.queries import draws, earlier_rates, rounds
from app.queries.draws import PlanShown
from app.sentences import sentence
from app.services.draws import announce
from app.services.sampling import plans
from app.services.sampling.choices import EXPERT, SHAPES, Choices
from app.web import context, guards
from app.web.forms.options import options
from app.web.forms.samples import (
    REPORT_NAMES,
    SHAPE_NAMES,
    SHAPE_TEXTS,
    AllocationForm,
    AnnounceForm,
    CopyPlanForm,
    DesignForm,
    NewPlanForm,
    SizeForm,
    UploadPlanForm,
)
from app.web.office import sample_pages as pages
from app.web.office.sample_pages import STEPS
from surveys.sampling.plan import PlanRefusedError

bp = Blueprint("samples", __name__, url_prefix="/office/samples")
guards.guard(bp, guards.office)

_PERCENT = ("margin_unit", "margin_overall", "expected_rate", "response", "eligibility",
            "reserve_share")  # fmt: skip
MOST_TEXT = 200_000


@bp.record_once
def add_filters(state: BlueprintSetupState) -> None:
    """Let templates write percentage points."""
    state.app.jinja_env.filters["points"] = points


def points(share: float) -> str:
    """Write a share as percentage points: 8,0."""
    return decimal(share * 100, current_language(), 1)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a plan with the recommended choices."""
    form = _with_frames(NewPlanForm())
    if form.validate_on_submit():
        made = _try(form, lambda db: plans.create(
            db, form.frame.data, form.name.data or "", var_dir=context.settings().var_dir,
            actor=current_user.email, now=context.now(),
        ).id)  # fmt: skip
        if made is not None:
            return redirect(url_for(".design", plan_id=made), 303)
    return pages.form_page("office/samples/new.html", form)


@bp.route("/<int:plan_id>/copy", methods=["GET", "POST"])
def copy(plan_id: int) -> ResponseReturnValue:
    """Use the choices of a plan for another frame."""
    plan = _plan(plan_id)
    form = _with_frames(CopyPlanForm(data={"name": plan.name}), plan.frame_kind)
    if form.validate_on_submit():
        made = _try(form, lambda db: plans.copy(
            db, plan_id, form.frame.data, form.name.data or "",
            var_dir=context.settings().var_dir, actor=current_user.email, now=context.now(),
        ).id)  # fmt: skip
        if made is not None:
            flash(
                _("Đã dùng lại các lựa chọn cho danh sách mới. Xin xem lại từng bước."), "success"
            )
            return redirect(url_for(".design", plan_id=made), 303)
    return pages.form_page("office/samples/copy.html", form, plan=plan)


@bp.route("/upload", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Take a plan written by hand; every fault is listed with its line."""
    form = _with_frames(UploadPlanForm())
    faults: tuple[str, ...] = ()
    if form.validate_on_submit():
        text = form.text.data or ""
        if form.file.data:
            text = form.file.data.read(MOST_TEXT + 1).decode("utf-8", "replace")
        if len(text) > MOST_TEXT:
            # Half a plan may be a plan too, but not the one that was meant.
            abort(413)
        try:
            made = _try(form, lambda db: plans.from_text(
                db, form.frame.data, form.name.data or "", text, actor=current_user.email,
                now=context.now(),
            ).id)  # fmt: skip
        except PlanRefusedError as refused:
            faults = tuple(fault_sentence(fault) for fault in refused.faults)
            return pages.form_page("office/samples/upload.html", form, 422, faults=faults)
        if made is not None:
            return redirect(url_for(".preview", plan_id=made), 303)
    return pages.form_page("office/samples/upload.html", form, faults=faults)


@bp.route("/<int:plan_id>/design", methods=["GET", "POST"])
def design(plan_id: int) -> ResponseReturnValue:
    """Choose how to draw, and for whom results are shown."""
    plan = _plan(plan_id)
    choices = Choices.from_json(plan.choices)
    form = DesignForm(data=_entered(choices))
    form.shape.choices = options((name, SHAPE_NAMES[name]) for name in SHAPES[plan.frame_kind])
    shapes = SHAPES[plan.frame_kind]
    offered = dict.fromkeys(name for shape in shapes for name in pages.reportable(plan, shape))
    form.report_by.choices = options((name, REPORT_NAMES[name]) for name in offered)
    if form.validate_on_submit():
        answer = _keep(plan, form, ".size")
        if answer is not None:
            return answer
    return pages.form_page(
        "office/samples/design.html", form, plan=plan, steps=STEPS, texts=SHAPE_TEXTS
    )


@bp.route("/<int:plan_id>/size", methods=["GET", "POST"])
def size(plan_id: int) -> ResponseReturnValue:
    """Choose a margin or a number, and see at once what it leads to."""
    plan = _plan(plan_id)
    choices = Choices.from_json(plan.choices)
    form = SizeForm(data=_entered(choices))
    with context.database().read() as db:
        earlier = earlier_rates.rounds_with_rates(db)
    if earlier:
        form.rates_from.choices = options(
            [("", _("Không dùng")), *((each.code, pages.in_own_language(each)) for each in earlier)]
        )
    else:
        del form.rates_from
    if form.validate_on_submit():
        answer = _keep(plan, form, ".size")
        if answer is not None:
            return answer
    return pages.form_page(
        "office/samples/size.html", form, plan=plan, steps=STEPS, choices=choices,
        found=pages.sizes(plan, choices),
    )  # fmt: skip


@bp.route("/<int:plan_id>/allocation", methods=["GET", "POST"])
def allocation(plan_id: int) -> ResponseReturnValue:
    """Compare ways to share interviews out, and choose one."""
    plan = _plan(plan_id)
    choices = Choices.from_json(plan.choices)
    form = AllocationForm(data=_entered(choices))
    if form.validate_on_submit():
        answer = _keep(plan, form, ".preview")
        if answer is not None:
            return answer
    return pages.form_page(
        "office/samples/allocation.html", form, plan=plan, steps=STEPS, choices=choices,
        found=pages.sizes(plan, choices),
    )  # fmt: skip


@bp.route("/<int:plan_id>/preview", methods=["GET", "POST"])
def preview(plan_id: int) -> ResponseReturnValue:
    """Show what the draw will give, and announce it for a round."""
    plan = _plan(plan_id)
    form = AnnounceForm()
    with context.database().read() as db:
        found = [each for each in rounds.every_round(db)
                 if each.source == "sample" and each.state in ("draft", "open")]  # fmt: skip
        name = pages.in_own_language
        form.round.choices = options((each.code, name(each)) for each in found)
    if form.validate_on_submit():
        made = _try(form, lambda db: announce.request(
            db, form.round.data, plan_id, var_dir=context.settings().var_dir,
            actor=current_user.email, now=context.now(), reason=form.reason.data,
        ).id)  # fmt: skip
        if made is not None:
            return redirect(url_for("draws.show", draw_id=made), 303)
    return pages.form_page(
        "office/samples/preview.html", form, plan=plan, steps=STEPS,
        is_expert=plan.choices.get("shape") == EXPERT, found=pages.preview(plan), rounds=found,
    )  # fmt: skip


@bp.get("/<int:plan_id>/plan.toml")
def text(plan_id: int) -> ResponseReturnValue:
    """Hand out the plan as TOML."""
    response = Response(_plan(plan_id).text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="phuong-an.toml"'
    return response


def _plan(plan_id: int) -> PlanShown:
    with context.database().read() as db:
        return draws.plan_by_id(db, plan_id)


def _with_frames(form: Any, kind: str | None = None) -> Any:
    with context.database().read() as db:
        found = [each for each in draws.frozen_frames(db) if kind in (None, each.kind)]
    form.frame.choices = options((each.code, each.name) for each in found)
    return form


def _entered(choices: Choices) -> dict[str, Any]:
    """Turn choices into what was entered to make them."""
    entered = choices.to_json()
    for name in _PERCENT:
        entered[name] = entered[name] * 100
    entered["level"] = f"{choices.level:g}"
    return entered


def _keep(plan: PlanShown, form: Form, following: str) -> ResponseReturnValue | None:
    """Keep what was chosen on one page; None where it was refused, which the form then says."""
    names = set(Choices.from_json(plan.choices).to_json()) & set(form.data)
    values = {name: form.data[name] for name in names if form.data[name] is not None}
    for name in set(values) & set(_PERCENT):
        values[name] = float(values[name]) / 100
    for name in set(values) & {"icc", "level"}:
        values[name] = float(values[name])
    if "shape" in values:
        possible = pages.reportable(plan, values["shape"])
        if values.get("report_by") not in possible:
            values["report_by"] = possible[0]
    kept = _try(form, lambda db: plans.change(
        db, plan.id, Choices.from_json(plan.choices).changed(**values), version=plan.version,
        var_dir=context.settings().var_dir, actor=current_user.email, now=context.now(),
    ).id)  # fmt: skip
    return None if kept is None else redirect(url_for(following, plan_id=plan.id), 303)


def _try(form: Form, act: Any) -> int | None:
    """Do something in a transaction; a refusal is shown above the form."""
    try:
        with context.database().write() as db:
            done: int = act(db)
    except ConflictError as error:
        form.form_errors.append(sentence(error.code, **error.context))
        return None
    return done
