"""What the rules of both kinds of lists share: cells, keys, days, places."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

import polars as pl

from app.names import search_key
from app.queries.frames import Names
from app.services.frames import values
from app.services.frames.places import Meaning, Places
from app.services.frames.problems import WAITING, Findings, codes_of
from app.services.frames.targets import DATES

MAX_KEY: Final = 100
SETTLED: Final = ("found", "moved", "decided", "made")
OPEN: Final = ("unknown", "ambiguous", "divided", "mistyped")
WAITING_CODES: Final = codes_of(WAITING)
_T = TypeVar("_T")
Reader = Callable[[str], str | None]
Known = Mapping[str, str]
_SEPARATOR: Final = "\x1f"
_DAY_PART: Final = r"(\d{1,4}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{2,4})"
_TOTALS: Final = (
    r"(?i)^(tổng|cộng|cong|tong|người lập|người ký|ghi chú|thủ trưởng|lập biểu|…|\.{3})"
)
_CODE_LIKE: Final = re.compile(r"(?=.*\d)[\w.\-/]{2,40}")


@dataclass(frozen=True, slots=True)
class Registers:
    """What written names are compared with.

    Attributes
    ----------
    decisions : mapping of (str, str) to str or None
        By subject and key of the name, what an official decided; None: leave the rows out.
    fields, procedures : mapping of str to str
        Code by the search key of code and name.
    """

    places: Places
    decisions: Mapping[tuple[str, str], str | None]
    fields: Mapping[str, str] = field(repr=False)
    procedures: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(
        cls, places: Places, names: Names, decisions: Mapping[tuple[str, str], str | None]
    ) -> "Registers":
        """Index the names."""
        fields, procedures = (
            {search_key(each): code for code, name in pairs for each in (name, code)}
            for pairs in (names.fields, names.procedures)
        )
        return cls(places, decisions, fields, procedures)


@dataclass(frozen=True, slots=True)
class FileRules:
    """What holds for the rows of one file.

    Attributes
    ----------
    headers : mapping of str to str
        Heading above the column of each target.
    key_digits : int or None
        Digits that keys of digits only have.
    month_first : frozenset of str
        Targets whose days are written month first in this file.
    """

    period_from: date | None
    period_to: date | None
    headers: Mapping[str, str]
    key_digits: int | None = None
    month_first: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows after the rules.

    ``rows`` holds ``row``, ``outcome``, ``key``, the frame's columns and ``prn``, for every row.
    ``problems`` lists what is wrong (`problems.SCHEMA`). ``names`` says what each written name was
    taken for: subject, key, written, status, meaning and the number of rows that go in or wait.
    ``elsewhere`` counts rows of people who live outside the province.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    names: pl.DataFrame
    elsewhere: int = 0


NAMES_SCHEMA: Final = pl.Schema(
    {
        "subject": pl.String, "key": pl.String, "written": pl.String, "status": pl.String,
        "meaning": pl.String, "choices": pl.String, "rows": pl.UInt32,
    }
)  # fmt: skip


class Cells:
    """The cells of a slice of rows, by target; a target without a column has nothing in it."""

    def __init__(self, raw: pl.DataFrame) -> None:
        self.raw = raw
        self.n = len(raw)
        self._filled: pl.Series | None = None

    def text(self, name: str) -> pl.Series:
        """Return the cleaned text of a target; null where the cell is empty."""
        if name in self.raw.columns:
            return self.raw[name]
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self.n)

    def n_filled(self, names: tuple[str, ...]) -> pl.Series:
        """Count the filled cells of each row."""
        there = [name for name in names if name in self.raw.columns]
        if not there:
            return pl.Series("filled", [0]).new_from_index(0, self.n)
        return self.raw.select(
            pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int32) for name in there)
        ).to_series()


def mapped(
    cells: pl.Series, read: Callable[[str], _T | None], kept: dict[str, _T | None], dtype: Any
) -> pl.Series:
    """Read a column by reading each different entry once; `kept` remembers them."""
    different = cells.drop_nulls().unique().to_list()
    for entry in different:
        if entry not in kept:
            kept[entry] = read(entry)
    if not different:
        return pl.Series(cells.name, [None], dtype=dtype).new_from_index(0, len(cells))
    new = pl.Series("new", [kept[entry] for entry in different], dtype=dtype)
    old = pl.Series("old", different, dtype=pl.String)
    return cells.replace_strict(old, new, default=None, return_dtype=dtype)


@dataclass(slots=True)
class Memory:
    """Entries read before, by what they were read as, for one run over all files."""

    days: dict[bool, dict[str, date | None]] = field(default_factory=lambda: {False: {}, True: {}})
    meanings: list[Meaning] = field(default_factory=list)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, what: str) -> dict[str, Any]:
        """Entries read as one thing."""
        return self.others.setdefault(what, {})


def days(cells: Cells, target: str, rules: FileRules, memory: Memory) -> pl.Series:
    """Read a column of days; null where a cell is empty or cannot be read."""
    month_first = target in rules.month_first
    text = cells.text(target)
    return mapped(
        text,
        lambda entry: values.read_day(entry, month_first=month_first),
        memory.days[month_first],
        pl.Date,
    )


def orders(raw: pl.DataFrame) -> dict[str, tuple[bool, bool]]:
    """Say of each column of days whether a day and whether a month stands first somewhere."""
    found: dict[str, tuple[bool, bool]] = {}
    for target in DATES:
        if target in raw.columns:
            parts = raw[target].str.extract(_DAY_PART).drop_nulls().unique().to_list()
            seen = {values.order_of(part) for part in parts}
            found[target] = (1 in seen, -1 in seen)
    return found


def keys(cells: Cells, rules: FileRules) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Write keys in one way.

    Returns
    -------
    key : Series of str
        Without blanks, in capitals; null where the cell is empty.
    restored : Series of bool
        Where leading zeros were put back.
    lost : Series of bool
        Where a spreadsheet has turned digits into an inexact number.
    """
    text = cells.text("key").str.strip_chars_start("'’‘`")
    lost = text.str.contains(r"^\d{15,}\.0+$|^\d(\.\d+)?[eE]\+?\d+$")
    key = text.str.replace(r"^(\d+)\.0+$", "${1}").str.replace_all(r"\s+", "").str.to_uppercase()
    key = key.replace({"": None})
    restored = pl.Series("restored", [False]).new_from_index(0, cells.n)
    if rules.key_digits:
        restored = (
            key.str.contains(r"^\d+$") & (key.str.len_chars() < rules.key_digits)
        ).fill_null(value=False)
        key = key.zip_with(~restored, key.str.zfill(rules.key_digits))
    return key.alias("key"), restored, lost.fill_null(value=False)


def check_keys(found: Findings, key: pl.Series, lost: pl.Series, cells: Cells) -> None:
    """Reject rows whose key is missing or no key."""
    text = cells.text("key")
    found.reject(key.is_null(), "key.missing", "key")
    found.reject(key.str.contains("\ufffd"), "key.bad-character", "key", text)
    # The canonical file holds keys as they are, and people open it in a spreadsheet program.
    found.reject(key.str.contains(r"^[=+\-@]"), "key.formula", "key", text)
    found.reject(key.str.len_chars() > MAX_KEY, "key.too-long", "key", text)
    found.reject(lost, "key.digits-lost", "key", text)


def remark_keys(found: Findings, key: pl.Series, restored: pl.Series, cells: Cells) -> None:
    """List the keys whose leading zeros were put back."""
    found.remark(restored, "key.zeros-restored", "key", cells.text("key"), key)


def known_digits(raw_keys: pl.Series) -> int | None:
    """Tell how many digits the keys of a file have, if that is plain.

    Two thirds of the keys of digits only are equally long, some begin with a zero, and none is
    longer: what is shorter has lost its zeros.
    """
    digits = raw_keys.str.replace(r"^(\d+)\.0+$", "${1}").drop_nulls()
    digits = digits.filter(digits.str.contains(r"^\d+$"))
    if digits.is_empty():
        return None
    lengths = digits.str.len_chars()
    longest = int(lengths.max())  # type: ignore[arg-type]  # of a series of counts
    usual = (lengths == longest).sum() * 3 >= len(lengths) * 2
    zeros = digits.filter(lengths == longest).str.starts_with("0").any()
    return longest if usual and zeros else None


def is_heading(cells: Cells, rules: FileRules, names: tuple[str, ...]) -> pl.Series:
    """Find rows that repeat the headings, as printed pages do: two cells at least say the same."""
    alike = [
        pl.col(name).str.to_lowercase().eq(header)
        | (
            (pl.col(name).str.len_chars() > 3)
            & pl.lit(header).str.ends_with(pl.col(name).str.to_lowercase())
        )
        for name in names
        if name in cells.raw.columns and (header := rules.headers.get(name, "").lower())
    ]
    if not alike:
        return pl.Series("heading", [False]).new_from_index(0, cells.n)
    counted = pl.sum_horizontal(each.fill_null(value=False).cast(pl.Int32) for each in alike)
    return cells.raw.select(counted >= 2).to_series()


def is_total(text: pl.Series) -> pl.Series:
    """Find totals and signatures by their words."""
    return text.str.contains(_TOTALS).fill_null(value=False)


class PlaceColumn:
    """A column of written places: what each entry means, on the day of its row.

    Parameters
    ----------
    subject : str
        ``place`` or ``agency``: what a decision about a name is about.
    day : Series of date
        When the entry was written, about; null: lately.
    """

    def __init__(
        self, subject: str, text: pl.Series, day: pl.Series, registers: Registers, memory: Memory
    ) -> None:
        self.subject = subject
        self.text = text
        reforms = registers.places.reforms
        era = pl.Series("era", [""], dtype=pl.String).new_from_index(0, len(text))
        for reform in reversed(reforms):
            era = era.set((day < reform).fill_null(value=False), reform.isoformat())
        frame = pl.DataFrame({"era": era, "text": text}).select(
            pl.concat_str("era", "text", separator=_SEPARATOR).alias("entry")
        )
        self.entries = frame["entry"]
        self._registers = registers
        self._memory = memory
        self.index = mapped(self.entries, self._read, memory.of(subject), pl.Int32)

    def _read(self, entry: str) -> int:
        era, _, text = entry.partition(_SEPARATOR)
        meaning = meaning_of(self.subject, era, text, self._registers)
        self._memory.meanings.append(meaning)
        return len(self._memory.meanings) - 1

    def get(self, attribute: str) -> pl.Series:
        """Return an attribute of each row's meaning; null where the cell is empty."""
        every = pl.Series(
            attribute, [getattr(meaning, attribute) for meaning in self._memory.meanings]
        )
        if every.is_empty():
            return pl.Series(attribute, [None], dtype=pl.String).new_from_index(0, len(self.text))
        return every.gather(self.index)

    def names(self, kept: pl.Series) -> pl.DataFrame:
        """Say what each name was taken for, in how many of the rows that are kept."""
        counted = (
            pl.DataFrame({"entry": self.entries, "index": self.index})
            .filter(kept & self.index.is_not_null())
            .group_by("entry", "index")
            .len("rows")
            .sort("entry")
        )
        rows = []
        for entry, index, n in counted.iter_rows():
            era, _, text = entry.partition(_SEPARATOR)
            meaning = self._memory.meanings[index]
            rows.append(
                (
                    subject_of(self.subject, era), name_key(text), text, meaning.status,
                    meaning.code or meaning.centre, ",".join(meaning.choices), n,
                )
            )  # fmt: skip
        return pl.DataFrame(rows, schema=NAMES_SCHEMA, orient="row")


def subject_of(subject: str, era: str) -> str:
    """Name what a decision is about: names of before a reform are decided apart."""
    return f"{subject}<{era}" if era else subject


def name_key(text: str) -> str:
    """Key by which a name is known again, however it is written."""
    key = search_key(text)
    return key if len(key) <= 200 else hashlib.sha256(key.encode()).hexdigest()


def meaning_of(subject: str, era: str, text: str, registers: Registers) -> Meaning:
    """Find what a name means: as decided, or else by the register."""
    known = (subject_of(subject, era), name_key(text))
    if known in registers.decisions:
        decided = registers.places.decided(registers.decisions[known])
        if decided is not None:
            return decided
    day = None
    if era:
        # The last day before the reform.
        day = date.fromordinal(date.fromisoformat(era).toordinal() - 1)
    if subject == "agency":
        return registers.places.agency(text, day)
    return registers.places.place(text, day)


def check_places(found: Findings, column: PlaceColumn, target: str) -> None:
    """Leave rows out, or let them wait, as their place says."""
    status = column.get("status")
    for name in ("left-out", *OPEN):
        found.decide(status == name, f"{column.subject}.{name}", target, column.text)


def by_register(known: Mapping[str, str]) -> Callable[[str], str]:
    """Read names of a register; of what it does not know, keep a code or make one."""

    def read(text: str) -> str:
        code = known.get(search_key(text))
        if code is not None:
            return code
        if _CODE_LIKE.fullmatch(text):
            return text
        made = values.made_code(text)
        if len(made) <= 80:
            return made
        return f"{made[:60]}-{hashlib.sha256(made.encode()).hexdigest()[:8]}"

    return read
