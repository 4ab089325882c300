"""Cases of draws: how far fieldwork has come, lists, rates, what waits for a second person."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import case_words
from app.errors import ConflictError
from app.queries import case_list, cases
from app.queries.case_list import Choice
from app.services.accounts import OFFICE
from app.services.cases import replacing, rules
from app.services.cases.outcomes import By, rates_of
from app.services.cases.rules import HERE
from app.web import context, guards
from app.web.forms.cases import RuleForm
from app.web.forms.rounds import ConfirmForm
from app.web.office import cases_pages
from surveys.fieldwork.case_code import write
from surveys.fieldwork.dispositions import ALL
from surveys.fieldwork.rates import FORMULAS

bp = Blueprint("cases", __name__, url_prefix="/office/cases")
guards.guard(bp, guards.field)

STATES = ("open", "ended", "answered", "appointment-due", "waiting")
ROLES = ("main", "substitute", "replaced", "reserve")


@bp.get("/")
def index() -> ResponseReturnValue:
    """List the draws whose cases are worked on."""
    with context.database().read() as db:
        found = cases.draws_with_cases(db)
    return render_template("office/cases/index.html", draws=found, day=cases_pages.day)


@bp.get("/<int:draw>")
def show(draw: int) -> ResponseReturnValue:
    """Show how far fieldwork has come in every commune."""
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
        tallies = cases.tallies(db, draw)
        names = cases.commune_names(db, shown.province_id, (each.commune for each in tallies))
        e = rules.rule_of(db, shown.round_id).eligible_share
    whole = rates_of(tallies, shown.kind, e=e)
    rows = cases_pages.commune_rows(
        tallies, names, rates_of(tallies, shown.kind, by=By.COMMUNE, e=e)
    )
    return render_template(
        "office/cases/show.html",
        shown=shown,
        rows=rows,
        response=cases_pages.share(whole[0].unweighted["RR2"].value if whole else None),
        bar_width=cases_pages.BAR_WIDTH,
        day=cases_pages.day,
        may_record=cases_pages.may_record(),
        may_decide=cases_pages.may_decide(),
    )


@bp.get("/<int:draw>/list")
def listed(draw: int) -> ResponseReturnValue:
    """List the cases, narrowed to what is looked for."""
    choice = Choice(
        commune=request.args.get("commune", ""),
        state=request.args.get("state", ""),
        role=request.args.get("role", ""),
        text=request.args.get("q", "").strip(),
    )
    page = request.args.get("page", 1, type=int)
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
        found = case_list.listed(db, shown, choice, page=page, now=context.now().astimezone(HERE))
        communes = cases.communes_of(db, shown)
    return render_template(
        "office/cases/list.html",
        shown=shown,
        found=found,
        choice=choice,
        communes=communes,
        states=[*((state, _state_name(state)) for state in STATES),
                *((each.code, case_words.DISPOSITIONS[each.code]) for each in ALL)],
        roles=[(role, _role_name(role)) for role in ROLES],
        names=case_words.DISPOSITIONS,
        kind_of=cases_pages.kind_of,
        code_of=write,
        moment=cases_pages.moment,
    )  # fmt: skip


@bp.get("/<int:draw>/rates")
def rates(draw: int) -> ResponseReturnValue:
    """Show the outcome rates by their names, with formulas, per stratum and commune."""
    by = By.STRATUM if request.args.get("by") == "stratum" else By.COMMUNE
    weighted = request.args.get("weights") == "yes"
    with_substitutes = request.args.get("substitutes") == "yes"
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
        tallies = cases.tallies(db, draw)
        names = cases.commune_names(db, shown.province_id, (each.commune for each in tallies))
        e = rules.rule_of(db, shown.round_id).eligible_share
    (whole,) = rates_of(tallies, shown.kind, with_substitutes=with_substitutes, e=e)
    groups = rates_of(tallies, shown.kind, by=by, with_substitutes=with_substitutes, e=e)
    return render_template(
        "office/cases/rates.html",
        shown=shown,
        by=by.value,
        weighted=weighted,
        with_substitutes=with_substitutes,
        lines=cases_pages.rate_lines(whole),
        categories=cases_pages.category_lines(whole.unweighted),
        eligible=cases_pages.eligible_sentence(whole.unweighted),
        n=whole.n,
        groups=cases_pages.group_lines(
            groups, names if by is By.COMMUNE else {}, weighted=weighted
        ),
        rate_names=tuple(FORMULAS),
    )


@bp.route("/<int:draw>/rule", methods=["GET", "POST"])
def rule(draw: int) -> ResponseReturnValue:
    """Set what the round asks of its fieldwork."""
    if not current_user.has_role(OFFICE):
        abort(404)
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
        now = rules.rule_of(db, shown.round_id)
    share = now.eligible_share
    form = RuleForm(
        data={
            "attempts": now.attempts.attempts,
            "days": now.attempts.days,
            "parts": now.attempts.parts,
            "eligible_percent": None if share is None else share * 100,
        }
    )
    if form.validate_on_submit():
        percent = form.eligible_percent.data
        try:
            with context.database().write() as db:
                rules.set_rule(
                    db, shown.round_id, attempts=form.attempts.data or 0,
                    days=form.days.data or 0, parts=form.parts.data or 0,
                    eligible_share=None if percent is None else float(percent) / 100,
                    actor=current_user.email, now=context.now(),
                )  # fmt: skip
        except ConflictError as error:
            form.form_errors.append(case_words.sentence(error.code, **error.context))
        else:
            flash(_("Đã lưu quy tắc thực địa của đợt."), "success")
            return redirect(url_for(".show", draw=draw), 303)
    return render_template("office/cases/rule.html", shown=shown, form=form), (
        422 if form.errors else 200
    )


@bp.get("/<int:draw>/requests")
def requests(draw: int) -> ResponseReturnValue:
    """List what waits for a second person."""
    with context.database().read() as db:
        shown = cases.draw_cases(db, draw)
        found = cases.requests(db, shown)
    return render_template(
        "office/cases/requests.html",
        shown=shown,
        found=found,
        form=ConfirmForm(),
        names=case_words.DISPOSITIONS,
        code_of=write,
        moment=cases_pages.moment,
        may_decide=cases_pages.may_decide(),
        own=current_user.email,
    )


@bp.post("/<int:draw>/requests/<int:substitution>")
def decide(draw: int, substitution: int) -> ResponseReturnValue:
    """Call up the next reserve, or refuse to."""
    if not cases_pages.may_decide():
        abort(404)
    if request.form.get("agree") in ("yes", "no") and ConfirmForm().validate_on_submit():
        acts: dict[str, Any] = {"actor": current_user.email, "now": context.now()}
        try:
            with context.database().write() as db:
                if request.form.get("agree") == "yes":
                    reserve = replacing.give(db, substitution, **acts)
                    text = _("Đã gọi thay: phiếu %(code)s.", code=write(draw, reserve.number))
                else:
                    replacing.refuse(db, substitution, note=None, **acts)
                    text = _("Đã từ chối đề nghị thay thế.")
        except ConflictError as error:
            flash(case_words.sentence(error.code, **error.context), "error")
        else:
            flash(text, "success")
    return redirect(url_for(".requests", draw=draw), 303)


def _state_name(state: str) -> str:
    names = {
        "open": _("Còn phải tiếp cận"),
        "ended": _("Đã kết thúc"),
        "answered": _("Đã phỏng vấn (đủ hoặc một phần)"),
        "appointment-due": _("Hẹn đến hết hôm nay"),
        "waiting": _("Chờ người thứ hai quyết định"),
    }
    return str(names[state])


def _role_name(role: str) -> str:
    names = {
        "main": _("Chính thức"),
        "substitute": _("Gọi thay"),
        "replaced": _("Đã được thay"),
        "reserve": _("Dự phòng chưa gọi"),
    }
    return str(names[role])
