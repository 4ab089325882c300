"""The page that lists the files of a publication, in words for those who do not know the forms."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.i18n import current_language
from app.numbers import decimal
from app.result_files.files import Kind, Maker, Wanted
from app.web import context
from app.web.reading.downloads import MANIFEST
from app.web.reading.pages import Area, chosen_number, open_round


@dataclass(frozen=True, slots=True)
class Offer:
    """A file on the page: what it is called there, for whom, how large, where."""

    title: str
    text: str
    size: str
    address: str
    beside: str = ""


def show(area: Area, code: str) -> ResponseReturnValue:
    """List the files that the reader may have."""
    language = current_language()
    with context.database().read() as db:
        found = open_round(area, code)
        scope = None if area.scope is None else tuple(area.scope)
        maker = Maker(db, context.settings(), found, scope)
        offers = [
            _offer(area, maker, code, Wanted(Kind.WORKBOOK, "xlsx", language)),
            _offer(area, maker, code, Wanted(Kind.FIGURES, "csv", language)),
            _offer(area, maker, code, Wanted(Kind.FIGURES, "csv", language, has_mark=False)),
        ]
    return render_template(
        "results/downloads.html",
        frame=area.frame,
        area=area.name,
        results=found,
        facts=found.facts,
        round=found.facts.round,
        number=chosen_number(),
        labels=labels,
        language=language,
        offers=offers,
    )


def size_text(n_bytes: int, language: str) -> str:
    """Write the size of a file as people do."""
    if n_bytes < 1_000_000:
        return str(_("%(n)s KB", n=decimal(max(n_bytes / 1000, 1), language, 0)))
    return str(_("%(n)s MB", n=decimal(n_bytes / 1_000_000, language, 1)))


def _offer(area: Area, maker: Maker, code: str, wanted: Wanted) -> Offer:
    title, text = _words(wanted)
    ready = maker.ready(wanted)
    number = chosen_number()
    bom = None if wanted.has_mark else "0"
    address = url_for(f"{area.name}.download", code=code, form=wanted.form, lan=number, bom=bom)
    manifest = (
        url_for(f"{area.name}.download", code=code, form=MANIFEST, lan=number, bom=bom)
        if wanted.form == "csv"
        else ""
    )
    size = size_text(ready.n_bytes, current_language()) if ready is not None else ""
    return Offer(title, text, size, address, manifest)


def _words(wanted: Wanted) -> tuple[str, str]:
    if wanted.kind is Kind.WORKBOOK:
        return (
            _("Bảng kết quả Excel (XLSX)"),
            _(
                "Dành cho lãnh đạo, cán bộ tổng hợp, nhà báo: tổng quan, từng thành phần, từng đơn "
                "vị, biểu đồ, cách tính và định nghĩa. Mở bằng Excel hoặc LibreOffice, in được "
                "ngay."
            ),
        )
    if wanted.has_mark:
        return (
            _("Số liệu đã công bố (CSV cho Excel)"),
            _("Dành cho người lập bảng riêng: mỗi dòng một con số, đủ mọi chữ số."),
        )
    return (
        _("Số liệu đã công bố (CSV cho phần mềm)"),
        _("Dành cho người viết chương trình: như trên, UTF-8 không có dấu đầu tệp (BOM)."),
    )
