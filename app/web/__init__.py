"""HTTP: read the request, call one service, choose the response."""

from flask import Flask

from app.web import (
    assets,
    citizen,
    forgery,
    front,
    guards,
    headers,
    health,
    logs,
    problems,
    results,
    sessions,
    sign_in,
)
from app.web.office import counters, home, imports, publishing, recomputation, rounds, shell
from app.web.office import results as office_results

BLUEPRINTS = (
    front.bp,
    health.bp,
    assets.bp,
    citizen.bp,
    home.bp,
    rounds.bp,
    counters.bp,
    imports.bp,
    results.bp,
    office_results.bp,
    publishing.bp,
    recomputation.bp,
)


def install(app: Flask) -> None:
    """Register what every page shares, then the pages."""
    logs.install(app)
    headers.install(app)
    assets.install(app)
    problems.install(app)
    citizen.install(app)
    sessions.install(app)
    forgery.install(app)
    shell.install(app)
    sign_in.install(app)
    for blueprint in BLUEPRINTS:
        guards.require_guard(blueprint)
        forgery.exempt_without_session(blueprint)
        app.register_blueprint(blueprint)
