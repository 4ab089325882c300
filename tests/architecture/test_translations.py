"""The English catalogue is fresh, complete and compiled."""

import io
import re

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.config import ROOT

CATALOGUE = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def sources():
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = DEFAULT_KEYWORDS | {"lazy_gettext": None, "_l": None}
    found = extract_from_dir(ROOT / "app", methods, options, keywords)
    return {message for _, _, message, _, _ in found}


def texts_of(message):
    return message if isinstance(message, (list, tuple)) else (message,)


def test_every_message_of_the_sources_is_in_the_catalogue(catalogue, sources):
    known = {message.id for message in catalogue if message.id}
    missing = {source for source in sources if source not in known}
    assert not missing, "run make translations"
    assert not {message for message in known if message not in sources}, "run make translations"


def test_english_is_complete(catalogue):
    empty = [
        message.id for message in catalogue if message.id and not all(texts_of(message.string))
    ]
    assert empty == []


def test_nothing_is_left_uncertain(catalogue):
    assert [message.id for message in catalogue if message.fuzzy] == []


def test_translations_name_the_same_things(catalogue):
    for message in catalogue:
        wanted = set(PLACEHOLDER.findall(" ".join(texts_of(message.id))))
        for text in texts_of(message.string) if message.id else ():
            # "one dossier" may leave the number out.
            assert set(PLACEHOLDER.findall(text)) | {"num"} == wanted | {"num"}, message.id


def test_the_compiled_catalogue_is_of_this_catalogue(catalogue):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue()
