"""What a column of a file can hold, and the names by which people call it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.names import search_key
from surveys.instrument.model import Instrument, Item, Kind

# Facts about a row beside its answers, with headings seen in real files. "STT" is not a row key:
# numbering starts anew in every file.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "key": (
        "key", "row key", "case id", "caseid", "id", "mã phiếu", "số phiếu", "mã số phiếu",
        "mã trường hợp", "mã bản ghi",
    ),
    "stratum": ("stratum", "strata", "tầng", "mã tầng", "tầng mẫu", "tầng chọn mẫu"),
    "psu": (
        "psu", "cluster", "cụm", "mã cụm", "cụm mẫu", "địa bàn", "mã địa bàn", "địa bàn mẫu",
        "địa bàn điều tra", "đơn vị chọn mẫu cấp 1", "đơn vị mẫu cấp 1",
    ),
    "base_weight": (
        "base weight", "weight", "design weight", "trọng số", "trọng số cơ sở",
        "trọng số cơ bản", "trọng số thiết kế", "quyền số", "quyền số cơ bản", "quyền số thiết kế",
    ),
    "mode": (
        "mode", "hình thức", "hình thức khảo sát", "hình thức trả lời", "hình thức phỏng vấn",
        "phương thức khảo sát",
    ),
    "date": (
        "date", "answered on", "interview date", "ngày", "ngày trả lời", "ngày phỏng vấn",
        "ngày khảo sát", "ngày điều tra",
    ),
    "commune": (
        "commune", "commune code", "mã xã", "mã xã phường", "xã", "xã phường",
        "xã phường đặc khu", "mã đơn vị hành chính", "mã đơn vị hành chính cấp xã",
    ),
    "centre": ("centre", "center", "service centre", "mã trung tâm", "trung tâm", "trung tâm hcc"),
    "counter": ("counter", "mã quầy", "quầy"),
    "field": ("field", "mã lĩnh vực", "lĩnh vực", "lĩnh vực thủ tục"),
}  # fmt: skip
REQUIRED_FIELDS: Final = ("stratum", "psu", "base_weight")
# What stands behind a question over the column of the text of its "other".
OTHER_WORDS: Final = ("khác ghi rõ", "ghi rõ", "khác nêu rõ", "nêu rõ", "other specify", "specify")
# Domains kept with a response; the profile items become domains later, with the snapshot.
DOMAINS: Final = ("commune", "centre", "counter", "field")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a column can hold.

    Attributes
    ----------
    kind : str
        ``field`` (a key of ``FIELDS``), ``item`` (an item, or the text of its "other"), or
        ``option`` (one option of a multiple choice that has a column of its own).
    code : str
        The field or the item.
    option : str or None
        The option's code.
    """

    kind: str
    code: str
    option: str | None = None

    def __str__(self) -> str:
        if self.kind == "field":
            return self.code
        return f"item:{self.code}" + (f".{self.option}" if self.option else "")


@lru_cache(maxsize=16)
def targets(instrument: Instrument) -> dict[str, Target]:
    """List everything a column can hold, in order, by its written form."""
    return {str(target): target for target in _targets(instrument)}


def _targets(instrument: Instrument) -> Iterator[Target]:
    for field in FIELDS:
        yield Target("field", field)
    for item in instrument.items:
        if item.kind is Kind.NOTE:
            continue
        yield Target("item", item.code)
        if item.kind is Kind.MULTIPLE:
            for option in item.options:
                yield Target("option", item.code, option)
        if item.other is not None:
            yield Target("item", item.other)


def target_of(written: str, instrument: Instrument) -> Target | None:
    """Find a target by its written form, or an item or option by its bare code.

    A field goes before an item of the same code; the item is then written ``item:mode``.
    """
    known = targets(instrument)
    return known.get(written) or known.get(f"item:{written}")


@lru_cache(maxsize=16)
def names(instrument: Instrument) -> dict[str, tuple[Target, ...]]:
    """Targets by search key of every name they have; several targets may share a name."""
    found: dict[str, dict[Target, None]] = {}
    for target in targets(instrument).values():
        for name in _names(target, instrument):
            key = search_key(name)
            if key:
                found.setdefault(key, {})[target] = None
    return {key: tuple(those) for key, those in found.items()}


def _names(target: Target, instrument: Instrument) -> Iterator[str]:
    if target.kind == "field":
        yield target.code
        yield from FIELDS[target.code]
        return
    yield target.code if target.option is None else f"{target.code} {target.option}"
    item = item_of(target, instrument)
    for wording in instrument.wording.values():
        label = wording.label(item)
        if target.option is not None:
            option = wording.option(item, target.option)
            yield f"{target.code} {option}"
            yield f"{label} {option}"
        elif target.code == item.other:
            yield from (f"{label} {words}" for words in OTHER_WORDS)
        else:
            yield label
            yield f"{target.code} {label}"


def item_of(target: Target, instrument: Instrument) -> Item:
    """Return the item a target belongs to; of the text of an "other", the choice it belongs to."""
    try:
        return instrument.item(target.code)
    except KeyError:
        return next(item for item in instrument.items if item.other == target.code)


def letter(index: int) -> str:
    """Name a column as spreadsheet programs do; 0 is A.

    Examples
    --------
    >>> letter(0), letter(25), letter(26), letter(701), letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def index_of(name: str) -> int:
    """Place of the column with this letter; ``letter`` turned round."""
    index = 0
    for sign in name:
        index = index * 26 + ord(sign) - 64
    return index - 1
