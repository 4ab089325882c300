"""HTTP: read the request, call one service, choose the response."""

from flask import Flask

from app.web import guards, headers, health, problems


def install(app: Flask) -> None:
    """Register what every page shares, then the pages."""
    headers.install(app)
    problems.install(app)
    for blueprint in (health.bp,):
        guards.require_guard(blueprint)
        app.register_blueprint(blueprint)
