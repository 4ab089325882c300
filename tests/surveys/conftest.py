"""Tiny instruments, one per feature."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from surveys.instrument.load import load, read
from surveys.instrument.model import Instrument

TINY = Path(__file__).parent / "instruments"


@pytest.fixture(scope="session")
def tiny() -> Callable[[str], Instrument]:
    """Open the tiny instrument of a feature."""
    return lru_cache(lambda feature: load(TINY / feature))


@pytest.fixture(scope="session")
def tiny_files() -> Callable[[str], dict[str, str]]:
    """The files of the tiny instrument of a feature."""
    return lambda feature: read(TINY / feature)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for ``every_feature`` runs for every tiny instrument."""
    if "every_feature" in metafunc.fixturenames:
        metafunc.parametrize("every_feature", sorted(folder.name for folder in TINY.iterdir()))
