"""Vietnamese names: one way to write them, and keys to find and compare them by.

The same name reaches us in several spellings: composed or decomposed Unicode, "Hoà" or "Hòa",
with or without accents, "P.Hồng Gai" for "phường Hồng Gai". What is shown is always the original.
"""

import re
import unicodedata

# The tone stands on the second vowel in one school of spelling ("hoà", "thuý"), on the first in
# the other ("hòa", "thúy"), when the two vowels end the syllable. "qu" is one consonant: "quý".
_OPEN_PAIR = re.compile(
    r"(?<!q)([ou])([aey])([\u0300\u0301\u0303\u0309\u0323])(?![\w\u0300-\u036f])", re.IGNORECASE
)
_PAIRS = {"oa", "oe", "uy"}
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_NOT_WORD = re.compile(r"[\W_]+")

# What people write before a unit's name, and what it stands for in a search key.
ABBREVIATIONS = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "dk": "dac khu",
    "q": "quan",
    "h": "huyen",
    "tx": "thi xa",
    "tp": "thanh pho",
    "t": "tinh",
}


def clean(text: str) -> str:
    """Write a name in one way: NFC, single spaces, none at the ends.

    Examples
    --------
    >>> clean("  Hồng   Gai ")
    'Hồng Gai'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def spelling_key(text: str) -> str:
    """Key under which spellings of one name agree, accents kept.

    Examples
    --------
    >>> spelling_key("HOÀ BÌNH") == spelling_key("Hòa Bình")
    True
    >>> spelling_key("Hòa Bình") == spelling_key("Hoa Bình")
    False
    """
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).casefold())
    moved = _OPEN_PAIR.sub(_tone_on_first, folded)
    composed = unicodedata.normalize("NFC", moved)
    return " ".join(_NOT_WORD.sub(" ", _APOSTROPHES.sub("", composed)).split())


def search_key(text: str) -> str:
    """Key under which a name is found without accents, case and punctuation.

    Examples
    --------
    >>> search_key("Đặc khu Vân Đồn")
    'dac khu van don'
    >>> search_key("Xã Cư M'gar")
    'xa cu mgar'
    """
    decomposed = unicodedata.normalize("NFD", spelling_key(text).replace("đ", "d"))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(_NOT_WORD.sub(" ", unicodedata.normalize("NFC", bare)).split())


def query_key(text: str) -> str:
    """Search key of what a person typed, a leading abbreviation of the kind of unit written out.

    Examples
    --------
    >>> query_key("P.Hồng Gai")
    'phuong hong gai'
    >>> query_key("TP")
    'tp'
    """
    first, _, rest = search_key(text).partition(" ")
    if rest and first in ABBREVIATIONS:
        return f"{ABBREVIATIONS[first]} {rest}"
    return f"{first} {rest}" if rest else first


def _tone_on_first(found: re.Match[str]) -> str:
    first, second, tone = found.groups()
    return f"{first}{tone}{second}" if first + second in _PAIRS else found[0]
