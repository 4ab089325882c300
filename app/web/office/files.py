"""Files of answers for analysts: coded, weighted, with their codebook; for the office alone."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.file_jobs import Order, State
from app.i18n import LANGUAGES, current_language
from app.result_files.files import FORMS, MANY_ROWS, OF_PERSONS, Kind, Maker, Wanted
from app.sentences import sentence
from app.services import audit, results
from app.services.results import Results
from app.web import context, guards
from app.web.forms.rounds import ConfirmForm
from app.web.reading.download_pages import size_text
from app.web.reading.downloads import sent

bp = Blueprint("files", __name__, url_prefix="/office/rounds")
guards.guard(bp, guards.office)

REFRESH_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A file on the page, and how far it is."""

    title: str
    text: str
    form: str
    key: str
    size: str
    state: State | None


@bp.get("/<code>/publications/<int:number>/files")
def show(code: str, number: int) -> ResponseReturnValue:
    """List the files for analysts, with sizes, progress and who each is for."""
    found = _results(code, number)
    if not found.is_sample:
        flash(sentence("publication.not-a-sample", round=code), "error")
        return redirect(url_for("results.round_", code=code, lan=number), 303)
    language = _language()
    with context.database().read() as db:
        maker = Maker(db, context.settings(), found)
        offers = [_offer(maker, wanted) for wanted in _wanted(language)]
    response = Response(
        render_template(
            "office/files/show.html",
            facts=found.facts,
            offers=offers,
            form=ConfirmForm(),
            chosen=language,
            min_cell=int(found.facts.quality_rules["min_cell"]),
        )
    )
    if any(offer.state is not None and offer.state.name != "failed" for offer in offers):
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.post("/<code>/publications/<int:number>/files")
def take(code: str, number: int) -> ResponseReturnValue:
    """Send a file and write down who took it; have a long one made first."""
    if not ConfirmForm().validate_on_submit():
        abort(400)
    wanted = _chosen(request.form.get("key", ""))
    found = _results(code, number)
    if wanted is None or not found.is_sample:
        abort(404)
    with context.database().read() as db:
        maker = Maker(db, context.settings(), found)
        made = maker.ready(wanted)
        if made is None and found.facts.n_responses <= MANY_ROWS:
            made = maker.make(wanted)
    if made is None:
        return _order(code, number, wanted)
    name = wanted.name(found.facts)
    with context.database().write() as db:
        audit.record(
            db, current_user.email, "publication.take-file", code, number=number, file=name
        )
    return sent(made, name, wanted.form)


def _order(code: str, number: int, wanted: Wanted) -> ResponseReturnValue:
    jobs = context.jobs()
    order = Order.of(code, number, wanted)
    state = jobs.files.state(order)
    if state is None or state.name == "failed":
        with context.database().write() as db:
            jobs.files.tell(order, State("waiting"))
            jobs.queue_file(db, order)
            audit.record(
                db, current_user.email, "publication.order-file", code,
                number=number, kind=wanted.kind.value, form=wanted.form,
            )  # fmt: skip
    flash(_("Tệp có nhiều phiếu nên được lập trong nền. Lập xong thì tải được ở đây."), "success")
    return redirect(url_for("files.show", code=code, number=number, language=wanted.language), 303)


def _results(code: str, number: int) -> Results:
    with context.database().read() as db:
        return results.open_results(db, code, public_only=False, number=number)


def _language() -> str:
    chosen = request.args.get("language", current_language())
    return chosen if chosen in LANGUAGES else current_language()


def _wanted(language: str) -> list[Wanted]:
    """Put the files of a language in the order of the page."""
    return [
        Wanted(kind, form, language, has_mark)
        for kind in (Kind.MICRODATA, Kind.CODEBOOK, Kind.BUNDLE)
        for form in FORMS[kind]
        for has_mark in ((True, False) if form == "csv" else (True,))
    ]


def _key(wanted: Wanted) -> str:
    mark = "bom" if wanted.has_mark else "plain"
    return f"{wanted.kind.value}.{wanted.form}.{wanted.language}.{mark}"


def _chosen(key: str) -> Wanted | None:
    """Find the file that a button stands for."""
    every = [wanted for language in LANGUAGES for wanted in _wanted(language)]
    return next((one for one in every if _key(one) == key and one.kind in OF_PERSONS), None)


def _offer(maker: Maker, wanted: Wanted) -> Offer:
    made = maker.ready(wanted)
    facts = maker.results.facts
    order = Order.of(facts.round.code, facts.number, wanted)
    title, text = _words(wanted)
    return Offer(
        title,
        text,
        wanted.form,
        _key(wanted),
        "" if made is None else size_text(made.n_bytes, current_language()),
        None if made is not None else context.jobs().files.state(order),
    )


def _words(wanted: Wanted) -> tuple[str, str]:
    plain = _("UTF-8 không có dấu đầu tệp, dành cho phần mềm.")
    return {
        (Kind.MICRODATA, "sav"): (
            _("Câu trả lời cho SPSS (.sav)"),
            _("Có nhãn biến, nhãn giá trị, giá trị thiếu; tự nhân trọng số khi mở."),
        ),
        (Kind.MICRODATA, "dta"): (
            _("Câu trả lời cho Stata (.dta)"),
            _("Có nhãn biến, nhãn giá trị, giá trị thiếu (.a đến .z); Stata 14 trở lên."),
        ),
        (Kind.MICRODATA, "parquet"): (
            _("Câu trả lời cho R và Python (Parquet)"),
            _("Gọn và đọc nhanh; mô tả biến nằm trong tệp."),
        ),
        (Kind.MICRODATA, "csv"): (
            _("Câu trả lời dạng CSV") if wanted.has_mark else _("Câu trả lời dạng CSV, không BOM"),
            _("Mở được bằng Excel; ý nghĩa các mã ở sách mã.") if wanted.has_mark else plain,
        ),
        (Kind.MICRODATA, "xlsx"): (
            _("Câu trả lời dạng Excel (.xlsx)"),
            _("Một trang dữ liệu và một trang giải thích biến."),
        ),
        (Kind.CODEBOOK, "html"): (
            _("Sách mã để đọc (HTML)"),
            _("Từng biến: câu hỏi, các giá trị, số phiếu. Mở bằng trình duyệt, in được."),
        ),
        (Kind.CODEBOOK, "xml"): (
            _("Sách mã theo chuẩn DDI-Codebook 2.5 (XML)"),
            _("Dành cho kho lưu trữ dữ liệu và phần mềm thống kê."),
        ),
        (Kind.BUNDLE, "zip"): (
            _("Gói tính lại độc lập (ZIP)"),
            _(
                "Dành cho người thẩm định: câu trả lời, trọng số, cách tính, số gieo và hai chương "
                "trình (R, Python) cho ra đúng bảng đã công bố."
            ),
        ),
    }[wanted.kind, wanted.form]
