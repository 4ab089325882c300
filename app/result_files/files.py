"""Every file of a publication: which there are, how each is made, signed and counted.

One place makes them for the site, for the worker and for the command line, so that all hand out the
same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.config import Settings
from app.queries import findings
from app.queries.publications import PublicationFacts
from app.result_files import bundle_words, codebook, codebook_page, ddi, flat, microdata_words
from app.result_files.book import Extras, book
from app.result_files.closing import Verification
from app.services import signing
from app.services.exports import csv_file, made, xlsx
from app.services.exports.made import Made, Progress, Written, silent
from app.services.manifests import beside, bundle, package, region
from app.services.manifests.statement import About, Manifest, Origin, moment
from app.services.microdata import dta, sav, sheet, table
from app.services.microdata import flat as flat_rows
from app.services.microdata.table import Table
from app.services.replication import bundle as replication
from app.services.results import Results
from app.services.weight_lines import WeightLine, weight_lines
from app.services.weighting.final import WeightedRows, weighted_rows

FOLDER: Final = "exports"
# Where everybody can have a file checked.
VERIFY_PATH: Final = "/ket-qua/xac-thuc"
SHELF: Final = "manifests"
# Counts among what a file depends on: a new layout is a new file.
LAYOUT: Final = 2
# Above this, a file of answers takes longer than a page may.
MANY_ROWS: Final = 50_000


class Kind(StrEnum):
    """What a file is."""

    WORKBOOK = "workbook"
    FIGURES = "figures"
    MICRODATA = "microdata"
    CODEBOOK = "codebook"
    BUNDLE = "bundle"


FORMS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.WORKBOOK: ("xlsx",),
    Kind.FIGURES: ("csv",),
    Kind.MICRODATA: ("sav", "dta", "parquet", "csv", "xlsx"),
    Kind.CODEBOOK: ("html", "xml"),
    Kind.BUNDLE: ("zip",),
}
"""Forms of every kind, the one for most people first."""
OF_PERSONS: Final = frozenset({Kind.MICRODATA, Kind.CODEBOOK, Kind.BUNDLE})
"""Made of answers of single persons: for the office, and of samples only."""
NAMES: Final[dict[Kind, str]] = {
    Kind.WORKBOOK: "ket-qua",
    Kind.FIGURES: "ket-qua",
    Kind.MICRODATA: "cau-tra-loi",
    Kind.CODEBOOK: "sach-ma",
    Kind.BUNDLE: "tinh-lai",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that somebody asks for.

    Attributes
    ----------
    has_mark : bool
        Of CSV: whether it begins with the mark by which Excel knows UTF-8.
    """

    kind: Kind
    form: str
    language: str
    has_mark: bool = True

    @property
    def is_of_persons(self) -> bool:
        """Whether answers of single persons are in it."""
        return self.kind in OF_PERSONS

    def name(self, facts: PublicationFacts) -> str:
        """Name of the file, in ASCII: e.g. ``ket-qua_mau-2026_lan-1.xlsx``."""
        parts = [NAMES[self.kind], facts.round.code, f"lan-{facts.number}"]
        if self.language != "vi":
            parts.append(self.language)
        if self.form == "csv" and not self.has_mark:
            parts.append("utf8")
        return f"{'_'.join(parts)}.{self.form}"


def every(*, is_sample: bool) -> list[Wanted]:
    """List every file of a publication, in both languages."""
    return [
        Wanted(kind, form, language, has_mark)
        for kind, forms in FORMS.items()
        if is_sample or kind not in OF_PERSONS
        for form in forms
        for language in ("vi", "en")
        for has_mark in ((True, False) if form == "csv" else (True,))
    ]


def origin(facts: PublicationFacts) -> Origin:
    """Name the publication that a file belongs to."""
    return Origin(
        round=facts.round.code,
        publication=facts.number,
        published_at=moment(facts.published_at),
        snapshot=facts.snapshot_hash,
        method=facts.method_hash,
        instrument=facts.instrument_hash,
        weights=facts.weights_hash or "",
        code_version=facts.code_version,
        simulated=facts.round.simulated,
    )


def shelf(settings: Settings) -> Path:
    """Where manifests of files that hold none are kept."""
    return settings.var_dir / FOLDER / SHELF


def identity(facts: PublicationFacts, wanted: Wanted, settings: Settings, *more: object) -> str:
    """Name all that a file depends on.

    Parameters
    ----------
    *more : object
        What else, e.g. the domains that a reader may see, and the targets.
    """
    lasting = replace(facts, public=False, round=replace(facts.round, state=""))
    key = signing.public_key_of(settings.secret_key).hex()
    return repr((LAYOUT, lasting, wanted, key, settings.public_url, more))


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    """Makes the files of one publication.

    Parameters
    ----------
    results : Results
        What the reader may see of it.
    scope : tuple, optional
        Only these domains; None is everything.
    """

    db: Session
    settings: Settings
    results: Results
    scope: tuple[tuple[str, str], ...] | None = None

    def ready(self, wanted: Wanted) -> Made | None:
        """Find a file that was made before."""
        return made.ready(self._folder, self._identity(wanted), wanted.form)

    def make(self, wanted: Wanted, progress: Progress = silent, *, again: bool = False) -> Made:
        """Make a file, unless it is there already.

        Raises
        ------
        CutOffError
            It does not hold the rows that it should; nothing is kept.
        """

        def write(path: Path) -> Written:
            return self.write(wanted, path, progress)

        return made.make(self._folder, self._identity(wanted), wanted.form, write, again=again)

    def write(self, wanted: Wanted, path: Path, progress: Progress = silent) -> Written:
        """Write a file somewhere, signed and counted."""
        writers: dict[Kind, Callable[[Wanted, Path, Progress], Written]] = {
            Kind.WORKBOOK: self._workbook,
            Kind.FIGURES: self._figures,
            Kind.MICRODATA: self._microdata,
            Kind.CODEBOOK: self._codebook,
            Kind.BUNDLE: self._bundle,
        }
        with force_locale(wanted.language):
            return writers[wanted.kind](wanted, path, progress)

    @property
    def _folder(self) -> Path:
        return self.settings.var_dir / FOLDER

    def _identity(self, wanted: Wanted) -> str:
        return identity(self.results.facts, wanted, self.settings, self.results.targets, self.scope)

    def _about(self, wanted: Wanted, n_rows: int) -> About:
        facts = self.results.facts
        return About(wanted.name(facts), wanted.kind.value, wanted.language, n_rows, origin(facts))

    def _workbook(self, wanted: Wanted, path: Path, _progress: Progress) -> Written:
        results, secret = self.results, self.settings.secret_key
        public_key = signing.public_key_of(secret)
        extras = Extras(
            weights=self._weight_lines(),
            findings=findings.findings(self.db, results.facts.id, self.scope),
            how=Verification(
                signing.fingerprint(public_key),
                public_key.hex(),
                f"{self.settings.public_url}{VERIFY_PATH}",
            ),
        )
        arranged = book(results, wanted.language, extras)
        n_rows = len(results.rows)
        content, manifest = package.sealed(
            xlsx.write(arranged), self._about(wanted, n_rows), secret
        )
        path.write_bytes(content)
        return Written(len(content), path.stat().st_size, manifest)

    def _weight_lines(self) -> tuple[WeightLine, ...]:
        if self.scope is not None or not self.results.is_sample:
            return ()
        weighted = self._weighted()
        return weight_lines(weighted.rows, (weighted.base, *weighted.steps, weighted.final))

    def _figures(self, wanted: Wanted, path: Path, progress: Progress) -> Written:
        results = self.results
        n_rows = len(results.rows)
        csv_file.write_to(
            path, flat.HEADER, flat.rows(results, wanted.language), with_mark=wanted.has_mark
        )
        progress(n_rows, n_rows)
        return self._beside(wanted, path, n_rows, csv_file.count(path))

    def _beside(self, wanted: Wanted, path: Path, n_rows: int, n_counted: int) -> Written:
        about = self._about(wanted, n_rows)
        manifest = beside.sealed(path, about, self.settings.secret_key)
        beside.keep(shelf(self.settings), manifest)
        return Written(n_rows, n_counted, manifest)

    def _weighted(self) -> WeightedRows:
        return weighted_rows(self.db, self.results.facts, self.settings.var_dir)

    def table(self, language: str) -> Table:
        """Code the answers with their words in a language."""
        results, weighted = self.results, self._weighted()
        names = (weighted.base, *weighted.steps, weighted.final)
        return table.build(
            weighted.rows,
            weighted.layout,
            names,
            results.instrument,
            microdata_words.wording(results, language),
            microdata_words.table_words(results, names, language),
            min_cell=int(results.facts.quality_rules["min_cell"]),
            key=results.facts.snapshot_hash,
        )

    def _microdata(self, wanted: Wanted, path: Path, progress: Progress) -> Written:
        coded = self.table(wanted.language)
        n_rows = len(coded.rows)
        about, secret = self._about(wanted, n_rows), self.settings.secret_key

        def told(done: int) -> None:
            progress(done, n_rows)

        manifest: Manifest
        match wanted.form:
            case "csv":
                flat_rows.write_csv(path, coded, told, with_mark=wanted.has_mark)
                return self._beside(wanted, path, n_rows, flat_rows.count_csv(path))
            case "parquet":
                flat_rows.write_parquet(path, coded, told)
                manifest = region.seal(path, about, secret)
                counted = flat_rows.count_parquet(path)
            case "xlsx":
                explained = microdata_words.explained(self.results, coded, wanted.language)
                name = microdata_words.data_name()
                manifest = sheet.write(path, coded, name, explained, about, secret, told)
                counted = sheet.count(path)
            case _:
                writer = sav if wanted.form == "sav" else dta
                writer.write(
                    path,
                    coded,
                    microdata_words.title(self.results, wanted.language),
                    microdata_words.remarks(self.results, coded, wanted.language),
                    self.results.facts.published_at,
                    told,
                )
                manifest = region.seal(path, about, secret)
                counted = writer.count(path)
        return Written(n_rows, counted, manifest)

    def _codebook(self, wanted: Wanted, path: Path, _progress: Progress) -> Written:
        coded = self.table(wanted.language)
        min_cell = int(self.results.facts.quality_rules["min_cell"])
        listed = codebook.entries(coded, min_cell)
        described = Wanted(Kind.MICRODATA, "sav", wanted.language).name(self.results.facts)
        writer = ddi.write if wanted.form == "xml" else codebook_page.write
        content = writer(self.results, coded, listed, described, wanted.language)
        n_rows = len(coded.variables)
        signed, manifest = region.sealed(
            content, self._about(wanted, n_rows), self.settings.secret_key
        )
        path.write_bytes(signed)
        return Written(n_rows, len(listed), manifest)

    def _bundle(self, wanted: Wanted, path: Path, _progress: Progress) -> Written:
        facts = self.results.facts
        packed = replication.files(
            self.db, facts, self.settings.var_dir, bundle_words.explanation()
        )
        about = self._about(wanted, facts.n_responses)
        content, manifest = bundle.sealed(packed, about, self.settings.secret_key)
        path.write_bytes(content)
        n_counted = len(bundle.entries_of(content))
        return Written(len(packed), n_counted, manifest)
