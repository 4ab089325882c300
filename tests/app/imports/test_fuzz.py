"""Whatever stands in a file, the answer is an account and never an exception."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.names import clean
from app.services.imports.check import Accepted, check_file
from app.services.imports.mapping import Columns, from_json, parse, to_toml
from app.services.imports.plan import make_plan, match
from app.services.imports.problems import CellProblem, ProblemList
from app.services.imports.reader import Row
from app.services.imports.refusals import MappingRefusedError
from app.services.imports.rows import RowRule
from app.services.imports.spool import Spool
from app.services.imports.targets import FIELDS, index_of, letter, targets
from tests.app.imports.files import ROW, visit_round

WEIRD = st.sampled_from(
    [
        "", " ", "\0", "\ud800", "\u2028", "\u202e", "\ufeff", "ẩ" * 300, "e" + "\u0301" * 200,
        "=1+1", "@x", "NaN", "1e400", "-0", "٣", "1" * 400, "29/02/2027", "2026-13-01",
        "99999-01-01",
        "9999-12-31", "0000-00-00", "06652", "6652", "true", "Hài lòng", "radio;none", ";;;", ",",
        "x" * 50_000, "🙂", "A\tB\nC\\N\\.", "\\", '"', "'", "Infinity", "1,500", "1.500,5",
    ]
)  # fmt: skip
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WEIRD,
    st.text(max_size=40),
    st.text(alphabet=st.characters(categories=("Mn", "Cc", "Cs", "Nd", "Lo")), max_size=40),
)  # fmt: skip
HEADINGS = tuple(
    dict.fromkeys(
        [
            *FIELDS, "seats", "polite", "late", "told", "sex", "channels", "channels_other", "age",
            "hours", "received", "opinion",
        ]
    )
)  # fmt: skip


def fates(lines: list[list], columns: Columns) -> tuple[int, int, ProblemList]:
    """Rows taken, rows refused, and why, as `check_file` sees them."""
    target = visit_round()
    head = (Row(1, HEADINGS),)
    problems = ProblemList()
    plan = make_plan(match(head, columns, target.instrument), columns, target.instrument, problems)
    assert plan is not None, problems.listed
    problems = ProblemList(plan.headers)
    rule = RowRule(plan, target, problems, errors={}, comma_likely=False)
    spool = Spool(target.id, "vi")
    taken = 0
    for number, cells in enumerate(lines, start=2):
        before = len(problems)
        ready = rule.check(Row(number, tuple(cells)))
        assert (ready is None) == (len(problems) > before)
        if ready is not None:
            spool.add(ready)
            taken += 1
    written = b"".join(spool.responses(1, ()))
    assert written.count(b"\n") == taken
    assert all(line.count(b"\t") == 14 for line in written.splitlines())
    written.decode("utf-8")
    b"".join(spool.texts()).decode("utf-8")
    assert len(list(spool.identities())) == taken
    spool.close()
    return taken, len(lines) - taken, problems


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=len(HEADINGS) + 2), max_size=4))
def test_any_cells_anywhere(lines):
    _, refused, problems = fates(lines, Columns())
    assert problems.n_rows == refused
    for problem in problems.listed:
        plain = problem.to_json()
        assert CellProblem.from_json(plain) == problem
        str(plain).encode("utf-8")  # PostgreSQL takes neither lone surrogates …
        assert "\0" not in str(plain)  # … nor NUL


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(HEADINGS), CELLS)
@example("opinion", "A\tB\nC\\N\\.")
@example("stratum", "\\N")
@example("psu", "a\\tb")
@example("channels", "radio;" * 2000)
def test_one_wild_cell_in_a_good_row(heading, cell):
    good = {**ROW, heading: cell}
    taken, refused, problems = fates([[good.get(name) for name in HEADINGS]], Columns())
    assert taken + refused == 1
    if refused:
        assert all(problem.row == 2 for problem in problems.listed)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=2000))
@example(b"key,stratum,psu,base_weight,seats,polite,late\nK1,a,b,1,4,4,no\n")
@example(b'key\n"')
@example(b"PK\x03\x04" + b"\0" * 100)
@example(b"sep=\n,\n")
@example(b"sep=x\nkeyxstratum\n")
@example("Mã phiếu;Tầng\n1;2\n".encode())
def test_any_bytes(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        outcome = check_file(path, visit_round(), Columns())
        if isinstance(outcome, Accepted):
            outcome.spool.close()
            assert outcome.n_rows > 0
        else:
            assert len(outcome.problems) > 0


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
@example("[columns]\nseats = 1\n[columns]\n")
@example("a = " + "[" * 200)
@example('sheet = "\\u0000"')
def test_any_mapping_file(text):
    with suppress(MappingRefusedError):
        parse(text, visit_round().instrument)


KEYS = st.sampled_from(sorted(targets(visit_round().instrument)))
WORDS = st.text(min_size=1, max_size=20).map(clean).filter(bool)
PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "sheet": WORDS,
        "header_row": st.integers(1, 1_000_000),
        "decimal": st.sampled_from([".", ","]),
        "missing": st.lists(WORDS, min_size=1, max_size=3),
        "by_name": st.just(False),
        "psu_numbered_within_stratum": st.just(True),
        "identical_rows_are_new": st.just(True),
        "columns": st.dictionaries(KEYS, WORDS, min_size=1, max_size=5),
        "values": st.dictionaries(
            st.sampled_from(["sex", "satisfaction", "channel", "mode"]),
            st.dictionaries(WORDS, st.text(max_size=10), min_size=1, max_size=3),
            min_size=1,
        ),
        "fixed": st.dictionaries(
            st.sampled_from(["mode", "stratum", "item:late", "date"]), WORDS, min_size=1
        ),
    },
)


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_a_mapping_survives_being_written_and_read(plain):
    instrument = visit_round().instrument
    columns = from_json(plain, instrument)
    assert from_json(columns.to_json(), instrument) == columns
    assert parse(to_toml(columns), instrument) == columns


@given(st.integers(0, 20_000))
def test_letters_of_columns_turn_back(index):
    assert index_of(letter(index)) == index


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_letters_of_columns(index, name):
    assert letter(index) == name
