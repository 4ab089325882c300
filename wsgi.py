"""Entry point of the WSGI server: settings from the environment, nothing else."""

from app import create_app
from app.config import Settings

app = create_app(Settings.from_environment())
