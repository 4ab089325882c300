"""HTTP: read the request, call one service, choose the response."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from app.web import (
    assets,
    bodies,
    citizen,
    code_check,
    forgery,
    front,
    guards,
    headers,
    health,
    kiosk,
    logs,
    problems,
    results,
    sessions,
    sign_in,
    verification,
)
from app.web.api import closed_dossiers
from app.web.office import (
    cases,
    cases_lists,
    cases_one,
    codes,
    codes_lists,
    codes_orders,
    connections,
    counters,
    draws,
    files,
    frames,
    frames_files,
    frames_names,
    home,
    imports,
    integrity,
    kiosks,
    paper,
    paper_rounds,
    poster_check,
    posters,
    publishing,
    recomputation,
    reports,
    rounds,
    samples,
    shell,
    texts,
    unit_targets,
    weights,
    weights_controls,
)
from app.web.office import results as office_results

BLUEPRINTS = (
    front.bp,
    health.bp,
    assets.bp,
    citizen.bp,
    code_check.bp,
    kiosk.bp,
    home.bp,
    rounds.bp,
    texts.bp,
    unit_targets.bp,
    counters.bp,
    posters.bp,
    kiosks.bp,
    paper.bp,
    paper_rounds.bp,
    poster_check.bp,
    imports.bp,
    frames.bp,
    frames_files.bp,
    frames_names.bp,
    samples.bp,
    draws.bp,
    cases.bp,
    cases_one.bp,
    cases_lists.bp,
    codes.bp,
    codes_lists.bp,
    codes_orders.bp,
    connections.bp,
    closed_dossiers.bp,
    closed_dossiers.described,
    verification.bp,
    results.bp,
    files.bp,
    office_results.bp,
    publishing.bp,
    integrity.bp,
    integrity.work,
    recomputation.bp,
    weights.bp,
    weights_controls.bp,
    reports.bp,
)


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have is no page, not an error."""

    def __init__(self, url_map: Map, *args: Any, **values: Any) -> None:
        super().__init__(url_map, *args, **{"max": 2**63 - 1, **values})


def install(app: Flask) -> None:
    """Register what every page shares, then the pages."""
    app.url_map.converters["int"] = RowNumber
    logs.install(app)
    headers.install(app)
    assets.install(app)
    problems.install(app)
    citizen.install(app)
    sessions.install(app)
    bodies.install(app)
    forgery.install(app)
    shell.install(app)
    sign_in.install(app)
    for blueprint in BLUEPRINTS:
        guards.require_guard(blueprint)
        forgery.exempt_without_session(blueprint)
        app.register_blueprint(blueprint)
