"""Read an instrument from its files and refuse it with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from surveys.instrument.check import Fault, InstrumentFaults
from surveys.instrument.model import Instrument

__all__ = ["Fault", "InstrumentFaults", "load", "load_files", "read"]


def load(folder: Path) -> Instrument:
    """Load the instrument in a folder.

    Raises
    ------
    InstrumentFaults
        The files cannot be read or the questionnaire is not well made: all faults at once.
    """
    return load_files(read(folder))


def read(folder: Path) -> dict[str, str]:
    """Read the files that make an instrument: file name to text, for keeping and loading again.

    Raises
    ------
    InstrumentFaults
        A file is not UTF-8, or ``instrument.toml`` is missing.
    """
    raise NotImplementedError


def load_files(files: Mapping[str, str]) -> Instrument:
    """Load an instrument from the text of its files.

    Parameters
    ----------
    files : mapping of str to str
        File name to text: ``instrument.toml`` and ``<language>.toml`` for each language.
        ``method.toml`` and ``SOURCE.md`` may be there and are ignored.

    Raises
    ------
    InstrumentFaults
        The questionnaire is not well made: all faults at once.
    """
    raise NotImplementedError
