"""Files of published results. They never change, so each is made once and kept."""

from flask import Response, abort, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.i18n import current_language
from app.result_files import files
from app.result_files.files import Kind, Maker, Wanted
from app.services.exports.made import Made
from app.services.manifests import beside
from app.web import context
from app.web.reading.pages import Area, chosen_number, open_round

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "sav": "application/x-spss-sav",
    "dta": "application/x-stata-dta",
    "parquet": "application/vnd.apache.parquet",
    # To be kept, not to be shown here: it brings its own style.
    "html": "application/octet-stream",
    "xml": "application/xml",
    "zip": "application/zip",
}
KINDS = {"xlsx": Kind.WORKBOOK, "csv": Kind.FIGURES}
MANIFEST = f"csv{beside.SUFFIX}"


def send(area: Area, code: str, form: str) -> ResponseReturnValue:
    """Send all figures that the reader may see as XLSX or CSV, or the manifest of the CSV."""
    if form not in KINDS and form != MANIFEST:
        abort(404)
    wanted = chosen("csv" if form == MANIFEST else form)
    with context.database().read() as db:
        maker = Maker(db, context.settings(), open_round(area, code), _scope(area))
        made = maker.make(wanted)
        name = wanted.name(maker.results.facts)
    if form == MANIFEST:
        return _manifest(made, name)
    response = sent(made, name, form)
    if form == "csv":
        bom = None if wanted.has_mark else "0"
        address = url_for(
            f"{area.name}.download", code=code, form=MANIFEST, lan=chosen_number(), bom=bom
        )
        response.headers["Link"] = f'<{address}>; rel="describedby"; type="application/json"'
    return response


def chosen(form: str) -> Wanted:
    """Read from the address which of the files of a form is wanted."""
    return Wanted(KINDS[form], form, current_language(), request.args.get("bom") != "0")


def sent(made: Made, name: str, form: str) -> Response:
    """Send a file that is made; its length is told first, so that a cut is seen."""
    response = send_file(
        made.path,
        mimetype=MEDIA_TYPES[form],
        as_attachment=True,
        download_name=name,
        etag=made.digest,
        conditional=True,
        last_modified=None,
    )
    if "charset" in MEDIA_TYPES[form]:
        response.headers["Content-Type"] = MEDIA_TYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers.pop("Last-Modified", None)
    return response


def _manifest(made: Made, name: str) -> Response:
    """Send the manifest of a CSV."""
    shelf = files.shelf(context.settings())
    found = beside.find(shelf, beside.digest_of(made.path))
    if found is None:
        abort(404)
    response = Response(found.shown(), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}{beside.SUFFIX}"'
    return response


def _scope(area: Area) -> tuple[tuple[str, str], ...] | None:
    return None if area.scope is None else tuple(area.scope)
