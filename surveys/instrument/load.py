"""Read an instrument from its files and refuse it with every fault at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from surveys.instrument.faults import Fault, FaultList, InstrumentFaults
from surveys.instrument.model import ChoiceList, Instrument, Scale
from surveys.instrument.structure import Structure, read_structure
from surveys.instrument.tables import LANGUAGE, Table, normal, parse
from surveys.instrument.wording import Wording, read_wording

__all__ = ["Fault", "InstrumentFaults", "load", "load_files", "read"]

_List = TypeVar("_List", Scale, ChoiceList)

_STRUCTURE = "instrument.toml"


def load(folder: Path) -> Instrument:
    """Load the instrument in a folder.

    Raises
    ------
    InstrumentFaults
        The files cannot be read or the questionnaire is not well made: all faults at once.
    """
    faults = FaultList()
    files = _read(folder, faults)
    return _load(files, faults)


def read(folder: Path) -> dict[str, str]:
    """Read the files that make an instrument: file name to text, for keeping and loading again.

    Raises
    ------
    InstrumentFaults
        A file is not UTF-8, or ``instrument.toml`` is missing.
    """
    faults = FaultList()
    files = _read(folder, faults)
    faults.raise_if_any()
    return {name: text for name, text in files.items() if text is not None}


def load_files(files: Mapping[str, str]) -> Instrument:
    """Load an instrument from the text of its files.

    Parameters
    ----------
    files : mapping of str to str
        File name to text: ``instrument.toml`` and ``<language>.toml`` for each language.
        Other files, such as ``method.toml`` and ``SOURCE.md``, are ignored.

    Raises
    ------
    InstrumentFaults
        The questionnaire is not well made: all faults at once.
    """
    faults = FaultList()
    if _STRUCTURE not in files:
        faults.add("file.missing", _STRUCTURE)
    return _load(files, faults)


def _is_part(name: str) -> bool:
    stem = name.removesuffix(".toml")
    return name == _STRUCTURE or (stem != name and LANGUAGE.fullmatch(stem) is not None)


def _read(folder: Path, faults: FaultList) -> dict[str, str | None]:
    """Text of every file that belongs to the instrument; ``None`` where it cannot be read."""
    files: dict[str, str | None] = {}
    for file in sorted(folder.glob("*.toml")):
        if not _is_part(file.name):
            continue
        files[file.name] = None
        try:
            files[file.name] = file.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            faults.add("file.not-utf8", file.name, f"byte {error.start}")
        except OSError as error:
            faults.add("file.unreadable", file.name, error.strerror or "")
    if _STRUCTURE not in files:
        faults.add("file.missing", _STRUCTURE)
    return files


def _load(files: Mapping[str, str | None], faults: FaultList) -> Instrument:
    parsed = {
        name: parse(name, text, faults)
        for name, text in sorted(files.items())
        if text is not None and _is_part(name)
    }
    documents = {name: each for name, each in parsed.items() if each is not None}
    written = documents.get(_STRUCTURE)
    structure = None if written is None else read_structure(Table(written, _STRUCTURE, faults))
    wording = {} if structure is None else _wording(structure, files, documents, faults)
    faults.raise_if_any()
    assert structure is not None  # noqa: S101 - without a structure there are faults
    return Instrument(
        code=structure.code,
        version=structure.version,
        languages=structure.languages,
        minutes=structure.minutes,
        scales=_complete(structure.scales),
        choices=_complete(structure.choices),
        pages=structure.pages,
        wording=MappingProxyType(wording),
        content_hash=_content_hash(documents, wording),
    )


def _wording(
    structure: Structure,
    files: Mapping[str, str | None],
    documents: Mapping[str, dict[str, object]],
    faults: FaultList,
) -> dict[str, Wording]:
    found = {}
    for language in structure.languages:
        name = f"{language}.toml"
        if name not in files:
            faults.add("file.missing", name)
        written = documents.get(name)
        if written is not None:
            table = Table(written, name, faults, subject="wording")
            found[language] = read_wording(language, table, structure)
    for name in documents:
        language = name.removesuffix(".toml")
        if structure.languages and name != _STRUCTURE and language not in structure.languages:
            faults.add("file.unknown-language", name, language)
    return found


def _complete(lists: Mapping[str, _List | None]) -> Mapping[str, _List]:
    return MappingProxyType({name: each for name, each in lists.items() if each is not None})


def _content_hash(
    documents: Mapping[str, dict[str, object]], wording: Mapping[str, Wording]
) -> str:
    """Hash what is written, not how: key order, layout and line endings do not count.

    It is taken over the files rather than the types here, so that a later version of this
    program gives the same instrument the same hash. The words for yes and no that the program
    supplies count as if they had been written.
    """
    whole = dict(documents)
    for language, words in wording.items():
        if words.yes_no:
            whole[f"{language}.toml"] = {
                **documents[f"{language}.toml"],
                "yes_no": dict(words.yes_no),
            }
    text = json.dumps(_plain(whole), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value: object) -> object:
    match value:
        case str():
            return normal(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case _:
            return value
