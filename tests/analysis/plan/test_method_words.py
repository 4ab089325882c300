"""Every fault of a method file is a sentence in both languages."""

import re
from pathlib import Path

import pytest

import analysis.index
from analysis.plan.words import sentences

CODE = re.compile(r'"(method\.[a-z-]+)"')
CODES = {
    code
    for path in Path(analysis.index.__file__).parent.glob("*.py")
    for code in CODE.findall(path.read_text())
} - {"method.toml"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_fault_of_a_method_has_words(language):
    assert len(CODES) > 20
    assert {code for code in CODES if code not in sentences(language, "WORDS")} == set()
