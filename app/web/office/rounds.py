"""Campaigns and rounds: list, make, change, open, close."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import Form

from app.errors import ConflictError
from app.i18n import current_language
from app.queries import draws, rounds, waiting
from app.queries.rounds import RoundSummary
from app.queries.weights import newest as newest_weights
from app.sentences import sentence
from app.services import campaigns, instruments
from app.services.campaigns import RoundPlan
from app.web import context, guards
from app.web.forms.options import options
from app.web.forms.rounds import CampaignForm, ConfirmForm, RoundForm, targets_form
from app.web.office import steps
from surveys.instrument import catalogue
from surveys.instrument.model import Instrument, Kind

bp = Blueprint("rounds", __name__, url_prefix="/office")
guards.guard(bp, guards.office)

# How the form says that every closed dossier is invited.
DOSSIERS = "dossiers"
# Which field of a form a refusal of the service speaks of.
FIELDS = {
    "campaign.name-missing": "name",
    "campaign.province-unknown": "province_id",
    "round.code-days": "code_days",
    "round.code-malformed": "code",
    "round.code-taken": "code",
    "round.dates-reversed": "closes_on",
    "round.level": "level",
    "round.min-n": "min_n",
    "round.mode-missing": "modes",
    "round.relative-width": "relative_width",
    "round.name-missing": "name",
    "round.source-unknown": "source",
    "target.source-missing": "source",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A questionnaire of the catalogue, as it is explained to who chooses one."""

    name: str
    title: str
    purpose: str
    minutes: int
    n_questions: int


@bp.get("/rounds")
def index() -> ResponseReturnValue:
    """List all rounds by campaign."""
    with context.database().read() as db:
        found = rounds.every_round(db)
        all_campaigns = rounds.every_campaign(db)
    return render_template(
        "office/rounds/index.html",
        campaigns=all_campaigns,
        rounds_of=lambda code: [each for each in found if each.campaign_code == code],
        steps=steps,
        today=context.today(),
    )


@bp.route("/campaigns/new", methods=["GET", "POST"])
def new_campaign() -> ResponseReturnValue:
    """Make a campaign."""
    with context.database().read() as db:
        provinces = rounds.provinces(db, context.today())
    form = CampaignForm()
    form.province_id.choices = options((province.id, province.name) for province in provinces)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                made = campaigns.create_campaign(
                    db,
                    name=form.name.data or "",
                    name_en=form.name_en.data or "",
                    province_id=form.province_id.data,
                    simulated=form.simulated.data,
                    actor=current_user.email,
                    now=context.now(),
                )
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã tạo chương trình. Tiếp theo, hãy tạo đợt khảo sát đầu tiên."), "success")
            return redirect(url_for(".new", campaign=made.code), 303)
    return _form_page("office/rounds/new_campaign.html", form, provinces=provinces)


@bp.route("/campaigns/<campaign>/rounds/new", methods=["GET", "POST"])
def new(campaign: str) -> ResponseReturnValue:
    """Make a round as a draft."""
    with context.database().read() as db:
        chosen = rounds.campaign_by_code(db, campaign)
    form = _round_form(RoundForm())
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                made = campaigns.create_round(
                    db, campaign, _plan(db, form), actor=current_user.email, now=context.now()
                )
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã lưu bản nháp. Hãy xem lại rồi mở đợt."), "success")
            return redirect(url_for(".show", code=made.code), 303)
    return _form_page(
        "office/rounds/form.html", form, campaign=chosen, shown=None, offers=_offers()
    )


@bp.get("/rounds/<code>")
def show(code: str) -> ResponseReturnValue:
    """Show a round: where it stands, what is next, what it measures."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        measure = campaigns.measure_of(db, code)
        drawn = draws.of_round(db, code)
        weights = newest_weights(db, code)
        waits = waiting.of_round(db, code, context.now())
    language = current_language()
    wording = _wording(measure.instrument)
    nodes = {node.code: node.title.get(language, node.code) for node in measure.method.nodes}
    return render_template(
        "office/rounds/show.html",
        shown=shown,
        path=steps.path_of(
            shown,
            context.today(),
            wording.title(),
            _n_questions(measure.instrument),
            drawn,
            weights,
        ),
        questionnaire=wording.title(),
        headline=measure.method.index,
        components=measure.method.components,
        nodes=nodes,
        form=ConfirmForm(),
        waits=waits,
        least=context.settings().mix_batch,
    )


@bp.route("/rounds/<code>/edit", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Change a draft."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
    if shown.state != "draft":
        return _refused(ConflictError("round.not-draft"), code)
    form = _round_form(RoundForm(data=_as_entered(shown)))
    del form.code
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                campaigns.change_round(db, code, _plan(db, form), actor=current_user.email)
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã lưu bản nháp."), "success")
            return redirect(url_for(".show", code=code), 303)
    return _form_page("office/rounds/form.html", form, campaign=None, shown=shown, offers=_offers())


@bp.post("/rounds/<code>/open")
def open_(code: str) -> ResponseReturnValue:
    """Let answers in."""
    try:
        with context.database().write() as db:
            campaigns.open_round(db, code, actor=current_user.email, today=context.today())
    except ConflictError as error:
        return _refused(error, code)
    flash(_("Đợt khảo sát đã mở."), "success")
    return redirect(url_for(".show", code=code), 303)


@bp.route("/rounds/<code>/close", methods=["GET", "POST"])
def close(code: str) -> ResponseReturnValue:
    """Ask once more, then take no more answers."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                campaigns.close_round(db, code, actor=current_user.email)
                context.jobs().queue_mixing(db)
        except ConflictError as error:
            return _refused(error, code)
        flash(_("Đợt khảo sát đã đóng, không nhận thêm câu trả lời."), "success")
        return redirect(url_for(".show", code=code), 303)
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
    if shown.state != "open":
        return _refused(ConflictError("round.not-open"), code)
    return render_template(
        "office/rounds/close.html", shown=shown, form=form, today=context.today()
    )


@bp.route("/rounds/<code>/discard", methods=["GET", "POST"])
def discard(code: str) -> ResponseReturnValue:
    """Ask once more, then remove a draft."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                campaigns.discard_round(db, code, actor=current_user.email)
        except ConflictError as error:
            return _refused(error, code)
        flash(_("Đã xóa bản nháp."), "success")
        return redirect(url_for(".index"), 303)
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
    if shown.state != "draft":
        return _refused(ConflictError("round.not-draft"), code)
    return render_template("office/rounds/discard.html", shown=shown, form=form)


@bp.route("/rounds/<code>/targets", methods=["GET", "POST"])
def targets(code: str) -> ResponseReturnValue:
    """Say what the round's figures are meant to reach."""
    with context.database().read() as db:
        shown = rounds.by_code(db, code)
        method = campaigns.measure_of(db, code).method
    language = current_language()
    asked = (method.index, *method.components)
    titles = {node.code: node.title.get(language, node.code) for node in method.nodes}
    entered: dict[str, Any] = {f"target_{t.node}": t.value * 100 for t in shown.targets}
    entered["source"] = shown.targets[0].source if shown.targets else ""
    form = targets_form({node: titles[node] for node in asked})(data=entered)
    if form.validate_on_submit():
        try:
            with context.database().write() as db:
                campaigns.set_targets(
                    db, code, form.values(), source=form.source.data or "",
                    actor=current_user.email,
                )  # fmt: skip
        except ConflictError as error:
            _show_on(form, error)
        else:
            flash(_("Đã lưu mục tiêu."), "success")
            return redirect(url_for(".show", code=code), 303)
    return _form_page("office/rounds/targets.html", form, shown=shown, nodes=asked)


def _form_page(template: str, form: Form, **values: object) -> ResponseReturnValue:
    status = 422 if form.errors else 200
    return render_template(template, form=form, **values), status


def _refused(error: ConflictError, code: str) -> ResponseReturnValue:
    """Say on the round's page why something was not done."""
    flash(sentence(error.code, **error.context), "error")
    return redirect(url_for(".show", code=code), 303)


def _show_on(form: Form, error: ConflictError) -> None:
    """Put a refusal beside the field it speaks of, or above the form."""
    text = sentence(error.code, **error.context)
    field = FIELDS.get(error.code)
    if field is not None and field in form:
        form[field].errors = [*form[field].errors, text]
    else:
        form.form_errors.append(text)


def _round_form(form: RoundForm) -> RoundForm:
    form.questionnaire.choices = options((offer.name, offer.title) for offer in _offers())
    return form


def _plan(db: Any, form: RoundForm) -> RoundPlan:
    """Read the form; the questionnaire chosen is published if it was not yet."""
    version, method = instruments.publish_catalogue(db, form.questionnaire.data)
    first, last, min_n = form.opens_on.data, form.closes_on.data, form.min_n.data
    code_days, relative = form.code_days.data, form.relative_width.data
    if first is None or last is None or min_n is None or code_days is None:
        raise TypeError("the form was not validated")
    return RoundPlan(
        code=(form.code.data or "") if "code" in form else "",
        name=form.name.data or "",
        name_en=form.name_en.data or "",
        instrument_version_id=version.id,
        method_version_id=method.id,
        # A sample that takes every closed dossier.
        source="sample" if form.source.data == DOSSIERS else form.source.data,
        per_dossier=form.source.data == DOSSIERS,
        code_days=code_days,
        modes=form.modes.data or (),
        population=form.population.data or "",
        population_en=form.population_en.data or "",
        opens_on=first,
        closes_on=last,
        min_n=min_n,
        level=float(form.level.data),
        max_relative_width=None if relative is None else relative / 100,
    )


def _as_entered(shown: RoundSummary) -> dict[str, Any]:
    """Turn a draft into what was entered to make it."""
    fields = (
        "name", "name_en", "source", "modes", "population", "population_en", "opens_on",
        "closes_on", "min_n", "code_days",
    )  # fmt: skip
    entered: dict[str, Any] = {field: getattr(shown, field) for field in fields}
    if shown.per_dossier:
        entered["source"] = DOSSIERS
    relative = shown.max_relative_width
    return entered | {
        "questionnaire": shown.instrument_code,
        "level": f"{shown.level:g}",
        "relative_width": None if relative is None else round(relative * 100),
    }


def _offers() -> list[Offer]:
    offers = []
    for name in catalogue.names():
        instrument = catalogue.open_(name)
        wording = _wording(instrument)
        offers.append(
            Offer(
                name=name,
                title=wording.title(),
                purpose=wording.purpose,
                minutes=instrument.minutes,
                n_questions=_n_questions(instrument),
            )
        )
    return offers


def _wording(instrument: Instrument) -> Any:
    language = current_language()
    return instrument.wording.get(language) or instrument.wording[instrument.languages[0]]


def _n_questions(instrument: Instrument) -> int:
    return sum(item.kind is not Kind.NOTE for item in instrument.items)
