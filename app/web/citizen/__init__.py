"""The citizen's pages: questionnaires behind the code of a counter or a one-time code.

They set no cookie, need no JavaScript and load one file of styles. docs/adr/0005-citizens-pages.md.
"""

from flask import Blueprint, Flask

from app.config import Settings
from app.services.mixing.keys import SealingKeys
from app.services.mixing.shelf import KeyShelf
from app.web import guards
from app.web.citizen import code, counter, short
from app.web.citizen.desk import Desk
from app.web.citizen.doubts import Stamps
from app.web.citizen.limits import Allowance
from app.web.citizen.together import Together

bp = Blueprint("citizen", __name__)
guards.guard(bp, guards.same_site)
counter.add_to(bp)
code.add_to(bp)
short.add_to(bp)


def install(app: Flask) -> None:
    """Give the application what the pages share."""
    settings: Settings = app.extensions["longdan.settings"]
    app.extensions["longdan.desk"] = Desk(app.extensions["longdan.database"])
    app.extensions["longdan.sealing"] = SealingKeys(
        app.extensions["longdan.database"], KeyShelf(settings.spool_keys)
    )
    app.extensions["longdan.allowance"] = Allowance(
        settings.answers_per_minute, settings.answers_burst
    )
    app.extensions["longdan.together"] = Together(
        app.extensions["longdan.database"],
        settings.secret_key,
        network=(settings.answers_per_minute, settings.answers_burst),
        counter=(settings.counter_answers_per_minute, settings.counter_answers_burst),
    )
    app.extensions["longdan.stamps"] = Stamps(
        (settings.secret_key, *settings.secret_key_fallbacks), settings.form_seconds
    )
