"""The yardstick: a lean Flask page that does the least a durable citizen's page can do.

One cached form, one parameterised INSERT and its commit, one fixed page of thanks. It checks
nothing and knows nothing of rounds, counters, languages or security headers.
"""

import os
from pathlib import Path

from flask import Flask, Response, redirect, request
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool
from werkzeug.wrappers.response import Response as WerkzeugResponse

app = Flask(__name__)
FORM = Path(os.environ["LEAN_FORM"]).read_bytes()
ENCODING = os.environ["LEAN_FORM_ENCODING"]
POOL = ConnectionPool(
    os.environ["LEAN_DATABASE"],
    min_size=2,
    max_size=16,
    kwargs={"options": "-c synchronous_commit=on"},
    open=True,
)


@app.get("/form")
def form() -> Response:
    """Return the cached form."""
    return Response(FORM, mimetype="text/html", headers={"Content-Encoding": ENCODING})


@app.post("/form")
def submit() -> WerkzeugResponse:
    """Store what was sent, as it was sent."""
    answers = request.form.to_dict()
    with POOL.connection() as connection:
        connection.execute(
            "INSERT INTO lean_response (key, answers) VALUES (%s, %s)",
            (answers.pop("form-key", ""), Jsonb(answers)),
        )
    return redirect("/thanks", 303)


@app.get("/thanks")
def thanks() -> str:
    """Return a fixed page."""
    return "<!doctype html><title>Cảm ơn</title><h1>Cảm ơn ông/bà</h1>"


@app.get("/slow")
def slow() -> str:
    """Answer after the database has slept for two seconds, to see what a stop does to it."""
    with POOL.connection() as connection:
        connection.execute("SELECT pg_sleep(2)")
    return "done"
