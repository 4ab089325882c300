"""Published versions of questionnaires and methods, and the objects they stand for."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.index.method import ItemScale, Method, load_method
from app.errors import ConflictError
from app.models import InstrumentVersion, MethodVersion
from app.models.base import now
from surveys.instrument import catalogue
from surveys.instrument.load import load_files
from surveys.instrument.model import Instrument, Kind

# What of an instrument's folder is kept with a version; the method is published beside it.
FILES = ("instrument.toml", "SOURCE.md")

# Published versions never change, so what was made of one stays true for its content hash.
_instruments: dict[str, Instrument] = {}


def publish_instrument(db: Session, files: Mapping[str, str]) -> InstrumentVersion:
    """Publish a questionnaire, or find it again when this content was published before.

    Raises
    ------
    InstrumentFaults
        The files do not make a questionnaire; it lists every fault.
    ConflictError
        ``instrument.version-taken``: the version exists with another content.
    """
    instrument = load_files(files)
    found = db.scalar(
        select(InstrumentVersion).where(InstrumentVersion.content_hash == instrument.content_hash)
    )
    if found is not None:
        return found
    taken = db.scalar(
        select(InstrumentVersion.id).where(
            InstrumentVersion.code == instrument.code,
            InstrumentVersion.version == instrument.version,
        )
    )
    if taken is not None:
        raise ConflictError(
            "instrument.version-taken", instrument=instrument.code, version=instrument.version
        )
    version = InstrumentVersion(
        code=instrument.code,
        version=instrument.version,
        content_hash=instrument.content_hash,
        files=dict(files),
        published_at=now(),
    )
    db.add(version)
    db.flush()
    return version


def publish_method(db: Session, text: str, instrument: Instrument) -> MethodVersion:
    """Publish a method for a questionnaire, or find it again.

    Raises
    ------
    MethodFaults
        The text does not make a method of this questionnaire.
    ConflictError
        ``method.version-taken``: the version exists with another content.
    """
    method = load_method(text, item_scales(instrument))
    found = db.scalar(
        select(MethodVersion).where(MethodVersion.content_hash == method.content_hash)
    )
    if found is not None:
        return found
    taken = db.scalar(
        select(MethodVersion.id).where(
            MethodVersion.code == method.code, MethodVersion.version == method.version
        )
    )
    if taken is not None:
        raise ConflictError("method.version-taken", method=method.code, version=method.version)
    version = MethodVersion(
        code=method.code,
        version=method.version,
        content_hash=method.content_hash,
        text=text,
        published_at=now(),
    )
    db.add(version)
    db.flush()
    return version


def publish_folder(db: Session, folder: Path) -> tuple[InstrumentVersion, MethodVersion]:
    """Publish the questionnaire and the method of a folder."""
    files = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    for path in sorted(folder.glob("??.toml")):
        files[path.name] = path.read_text(encoding="utf-8")
    version = publish_instrument(db, files)
    text = (folder / "method.toml").read_text(encoding="utf-8")
    return version, publish_method(db, text, instrument_of(version))


def publish_catalogue(db: Session, name: str) -> tuple[InstrumentVersion, MethodVersion]:
    """Publish an instrument that comes with the product; ``KeyError`` if there is none."""
    return publish_folder(db, catalogue.folder(name))


def instrument_of(version: InstrumentVersion) -> Instrument:
    """Build the questionnaire of a published version, once per process."""
    found = _instruments.get(version.content_hash)
    if found is None:
        found = load_files(version.files)
        _instruments[version.content_hash] = found
    return found


def instrument_with(db: Session, content_hash: str) -> Instrument:
    """Return the published questionnaire with this content; read once per process."""
    found = _instruments.get(content_hash)
    if found is None:
        version = db.scalars(
            select(InstrumentVersion).where(InstrumentVersion.content_hash == content_hash)
        ).one()
        found = instrument_of(version)
    return found


def method_of(version: MethodVersion, instrument: Instrument) -> Method:
    """Build the method of a published version for its questionnaire."""
    return _method(version.text, instrument)


@lru_cache(maxsize=64)
def _method(text: str, instrument: Instrument) -> Method:
    return load_method(text, item_scales(instrument))


def item_scales(instrument: Instrument) -> dict[str, ItemScale]:
    """Tell the statistics what the answers of each closed item mean."""
    scales = {}
    for item in instrument.items:
        if item.scale is not None:
            scale = item.scale
            scales[item.code] = ItemScale(
                codes=scale.codes,
                satisfied=scale.satisfied,
                neutral=scale.neutral,
                dissatisfied=scale.dissatisfied,
                not_rated=scale.not_rated,
            )
        elif item.kind in (Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO):
            scales[item.code] = ItemScale(codes=item.options)
    return scales
