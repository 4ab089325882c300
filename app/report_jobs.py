"""The long work on reports: done by the worker for the web, by the command line at once.

Each piece can be begun again after its process died: nothing of an order counts until all of it is
there.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.config import Settings
from app.db import Database
from app.reports import sources
from app.reports.report import report as put_together
from app.reports.sources import Source
from app.result_files.files import origin
from app.services.manifests import package, region
from app.services.manifests.statement import About
from app.services.reports import docx, pdf
from app.services.reports.desk import CancelledError, Desk, Key, Order, State, file_name

REPORT: Final = "make-report"
STEPS: Final = ("read", "arrange", "pdf", "docx", "sign")
_PAGE = re.compile(rb"/Type\s*/Page[^s]")

Told = Callable[[int, str], None]
"""Hears how many steps are done, and which is next."""


def silent(_done: int, _step: str) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Files:
    """A finished report."""

    docx: bytes
    pdf: bytes
    n_pages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ReportJobs:
    """The long work on the reports of one installation."""

    database: Database
    settings: Settings

    @property
    def desk(self) -> Desk:
        """Where the orders lie."""
        return Desk.of(self.settings.var_dir)

    def make(self, order: Order, told: Told = silent) -> Files:
        """Make both files of an order.

        Parameters
        ----------
        told : callable
            Called before every step; what it raises ends the work.
        """
        began = time.monotonic()
        told(0, STEPS[0])
        with self.database.read() as db:
            source = sources.read(db, order.key.round_code, order.key.number)
        told(1, STEPS[1])
        arranged = put_together(source, order.letterhead, order.key.language, order.day)
        told(2, STEPS[2])
        as_pdf = pdf.write(arranged)
        n_pages = len(_PAGE.findall(as_pdf))
        told(3, STEPS[3])
        as_docx = docx.write(arranged)
        told(4, STEPS[4])
        key = self.settings.secret_key
        signed_pdf, _manifest = region.sealed_pdf(as_pdf, _about(order, source, "pdf"), key)
        signed_docx, _manifest = package.sealed(as_docx, _about(order, source, "docx"), key)
        return Files(signed_docx, signed_pdf, n_pages, time.monotonic() - began)

    def work(self, key: Key, serial: int, stop: Callable[[], None]) -> None:
        """Make the report of an order, unless it is made, given up or replaced already."""
        order, state = self.desk.order(key), self.desk.state(key)
        if order is None or state is None or order.serial != serial or state.is_ended:
            return

        def told(done: int, step: str) -> None:
            stop()
            if self.desk.is_cancelled(key):
                raise CancelledError
            self.desk.tell(key, State("working", done, len(STEPS), step))

        try:
            files = self.make(order, told)
        except CancelledError:
            self.desk.tell(key, State("cancelled"))
            return
        for form, content in (("docx", files.docx), ("pdf", files.pdf)):
            self.desk.keep(key, form, content)
        sizes = {"docx": len(files.docx), "pdf": len(files.pdf)}
        self.desk.tell(
            key,
            State("made", len(STEPS), len(STEPS), "", files.n_pages, files.seconds, sizes),
        )

    def fail(self, key: Key) -> None:
        """Give an order up."""
        self.desk.tell(key, State("failed"))


def _about(order: Order, source: Source, form: str) -> About:
    """Say what is signed: a report, from the rows of a publication."""
    return About(
        file_name(order.key, form),
        "report",
        order.key.language,
        len(source.results.estimates),
        origin(source.results.facts),
    )
