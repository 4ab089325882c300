"""Files of published results. They never change, so each is made once and kept."""

import hashlib

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from app.i18n import current_language
from app.queries import publications
from app.result_files import book, flat
from app.services.exports import csv_file, kept, xlsx
from app.services.results import Results
from app.web import context
from app.web.reading.pages import Area, chosen_number, open_round

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def send(area: Area, code: str, form: str) -> ResponseReturnValue:
    """Send all figures that the reader may see as XLSX or CSV."""
    if form not in MEDIA_TYPES:
        abort(404)
    language = current_language()
    with context.database().read() as db:
        facts = publications.of_round(
            db, code, public_only=area.public_only, number=chosen_number()
        )
        if facts is None:
            abort(404)
        targets = publications.targets(db, facts.round.id)
    made_from = (facts, targets, area.scope, language, context.settings().code_version)
    content = kept.kept(
        context.settings().var_dir / "exports",
        repr(made_from),
        form,
        lambda: _make(open_round(area, code), form, language),
    )
    response = Response(content, content_type=MEDIA_TYPES[form])
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{book.file_name(facts, form)}"'
    )
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)


def _make(results: Results, form: str, language: str) -> bytes:
    if form == "xlsx":
        return xlsx.write(book.book(results, language))
    return csv_file.write(flat.HEADER, flat.rows(results, language))
