"""The application as it must not be, so that the test can be seen to find it out.

``CARELESS=async``: answers are thanked for before they have reached the disk.
``CARELESS=twice``: nothing keeps one form from being stored twice.
"""

import os
from typing import Any

from sqlalchemy import event

from app import create_app
from app.config import Settings
from app.services import intake

CARELESS = os.environ["CARELESS"]
_ONCE = "ON CONFLICT (submission_key) DO NOTHING"

settings = Settings.from_environment()
app = create_app(settings)

if CARELESS == "twice":
    if _ONCE not in intake.STORE_OPEN:
        raise RuntimeError("the statement is not what it was")
    intake.STORE_OPEN = intake.STORE_OPEN.replace(_ONCE, "")

if CARELESS == "async":
    database = app.extensions["longdan.database"]

    def hurry(connection: Any, _record: object) -> None:
        before, connection.autocommit = connection.autocommit, True
        connection.execute("SET synchronous_commit = off")
        connection.autocommit = before

    for engine in (database.engine, database._alone):  # noqa: SLF001 - to spoil it
        event.listen(engine, "connect", hurry)
