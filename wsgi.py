"""Entry point of the WSGI server: settings from the environment, nothing else."""

import gc

from app import create_app
from app.config import Settings

app = create_app(Settings.from_environment())

# What start-up made lives as long as the process. Left to itself the garbage collector looks at all
# of it again and again, and everyone waits a tenth of a second each time.
gc.collect()
gc.freeze()
