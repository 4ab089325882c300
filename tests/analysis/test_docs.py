"""What the pages say about the statistics is what the code says."""

import re
from pathlib import Path

from analysis.index.method import Operation
from analysis.index.read import OPERATIONS

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"\b([A-Z][A-Za-z]+(?:19|20)\d\d|NHANES)\b")


def cited(text):
    """Return the reference keys inside square brackets."""
    return {key for part in re.findall(r"\[([^\]]*)\]", text) for key in KEY.findall(part)}


def test_every_source_named_in_the_code_is_in_the_references():
    known = set(re.findall(r"\*\*\[(\w+)\]\*\*", (ROOT / "docs/references.md").read_text()))
    code = set().union(*(cited(path.read_text()) for path in (ROOT / "analysis").rglob("*.py")))
    assert len(code) > 8
    assert code <= known
    assert cited((ROOT / "docs/statistics.md").read_text()) <= known


def test_every_operation_and_key_of_a_method_file_is_documented():
    page = (ROOT / "docs/method-file.md").read_text()
    for operation in Operation:
        assert f"`{operation.value}`" in page
    for reads in OPERATIONS.values():
        for key in reads.required | reads.optional:
            assert f"`{key}`" in page
