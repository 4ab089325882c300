"""The instruments that come with the product."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from surveys.instrument.load import load
from surveys.instrument.model import Instrument

_ROOT = Path(__file__).parent.parent / "catalogue"


def names() -> tuple[str, ...]:
    """Names of the instruments in the catalogue, sorted."""
    return tuple(sorted(file.parent.name for file in _ROOT.glob("*/instrument.toml")))


def folder(name: str) -> Path:
    """Folder of an instrument; ``KeyError`` if the catalogue does not have it."""
    if name not in names():
        raise KeyError(name)
    return _ROOT / name


@lru_cache
def open_(name: str) -> Instrument:
    """Load an instrument of the catalogue; ``KeyError`` if the catalogue does not have it."""
    return load(folder(name))


def method_text(name: str) -> str:
    """Text of the instrument's ``method.toml``; ``KeyError`` if the catalogue does not have it."""
    return (folder(name) / "method.toml").read_text(encoding="utf-8")


def further_methods(name: str) -> dict[str, str]:
    """Texts of the instrument's other methods, by name; ``KeyError`` if it is not in the catalogue.

    They turn the same answers into other indices.
    """
    files = sorted((folder(name) / "methods").glob("*.toml"))
    return {file.stem: file.read_text(encoding="utf-8") for file in files}
