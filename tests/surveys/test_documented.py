"""The page on instruments says what the code does."""

import re
import tomllib
from pathlib import Path

import pytest

from surveys.instrument.answers import PROBLEM_CODES
from surveys.instrument.faults import FAULT_CODES
from surveys.instrument.items import MAX_LENGTH, ONLY_FOR
from surveys.instrument.load import load_files
from surveys.instrument.model import Kind

PAGE = (Path(__file__).parents[2] / "docs" / "instruments.md").read_text(encoding="utf-8")
STRUCTURE, WORDING = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def section(title):
    return re.split(r"^## ", PAGE.split(f"## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize(("title", "codes"), [("Faults", FAULT_CODES), ("Answers", PROBLEM_CODES)])
def test_every_code_is_explained_and_no_other(title, codes):
    rows = re.findall(r"^\| (`.*?`) \|", section(title), re.MULTILINE)
    assert sorted(re.findall(r"`(.*?)`", ", ".join(rows))) == sorted(codes)


def test_every_kind_is_listed_with_what_goes_with_it():
    table = section("instrument.toml").split("| Kind |")[1].split("\n\n")[0]
    rows = [line.split("|")[1:4] for line in table.splitlines()[2:]]
    keys = {kind.strip(" `"): set(re.findall("`(.*?)`", needs + may)) for kind, needs, may in rows}
    assert keys.keys() == set(Kind)
    for kind, listed in keys.items():
        allowed = {key for key, kinds in ONLY_FOR.items() if kind in kinds}
        assert listed == allowed - {"required", "profile"}
    assert [int(n) for n in re.findall(r"`max_length` \((\d+)\)", PAGE)] == [*MAX_LENGTH.values()]


def test_the_example_loads():
    words = tomllib.loads(WORDING)
    structure = STRUCTURE.replace('["vi", "en"]', '["vi"]')
    tables = {
        "pages": {"start": "title", "counter": "title"},
        "items": {"channels": "label", "polite": "label", "why": "label"},
        "groups": {"officials": "title"},
    }
    lines = [f'{key} = "{words[key]}"' for key in words if isinstance(words[key], str)]
    for table, entries in tables.items():
        lines += [f'[{table}.{code}]\n{key} = "…"' for code, key in entries.items()]
    lines.append("[scales.satisfaction]")
    lines += [f'{code} = "level {code}"' for code in (1, 2, 3, 4, 5, 9)]
    lines.append("[choices.channel]")
    lines += [f'{code} = "{code}"' for code in ("radio", "meeting", "none", "else")]
    instrument = load_files({"instrument.toml": structure, "vi.toml": "\n".join(lines)})
    assert instrument.free_texts == {"channels_other", "why"}
    assert set(words) == {*tables, "scales", "choices", "yes_no"} | {
        key for key in words if isinstance(words[key], str)
    }
