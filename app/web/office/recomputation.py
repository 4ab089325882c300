"""A publication as plan and data, for whoever is to work it out again."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from analysis.snapshot import Source
from app.queries import publications
from app.result_files import book
from app.sentences import sentence
from app.services import audit
from app.services.exports import recomputation
from app.web import context, guards
from app.web.forms.rounds import ConfirmForm

bp = Blueprint("recomputation", __name__, url_prefix="/office/rounds")
guards.guard(bp, guards.office)


@bp.route("/<code>/publications/<int:number>/recompute", methods=["GET", "POST"])
def new(code: str, number: int) -> ResponseReturnValue:
    """Say what the archive holds, then send it and write down who took it."""
    with context.database().read() as db:
        facts = publications.of_round(db, code, public_only=False, number=number)
    if facts is None:
        abort(404)
    if facts.round.source != Source.SAMPLE:
        flash(sentence("publication.not-a-sample", round=code), "error")
        return redirect(url_for("results.round_", code=code, lan=number), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        with context.database().write() as db:
            packed = recomputation.archive(db, facts, context.settings().var_dir, _explanation())
            audit.record(db, current_user.email, "publication.take-data", code, number=number)
        response = Response(packed, content_type="application/zip")
        name = book.file_name(facts, "zip").replace("ket-qua", "tinh-lai")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    return render_template("office/publishing/recompute.html", facts=facts, form=form)


def _explanation() -> str:
    lines = [
        _("Tính lại kết quả từ câu trả lời"),
        "",
        _("answers.parquet: bản chụp câu trả lời, không có tên, mã hay ngày giờ."),
        _("method.toml: cách tính. plan.toml: kế hoạch phân tích. published.csv: số đã công bố."),
        "",
        _("Cài thư viện thống kê (từ thư mục phần mềm): pip install ."),
        _("Chạy: python -m analysis run plan.toml --out figures.csv"),
        _("Các số trong figures.csv phải trùng với published.csv; ô trống là số không công bố."),
        "",
        _("Tệp này có câu trả lời của từng người: giữ như hồ sơ mật, xóa khi không còn cần."),
    ]
    return "\n".join(lines) + "\n"
