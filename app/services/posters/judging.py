"""What a scanned code is: ours, of which counter, or somebody else's. Nothing is ever opened.

Our codes carry no signature. What protects whoever scans is the domain: a code either opens our
domain, and then it can only lead to a page of ours, or it does not, and then nothing it carries
makes it genuine. A copy of a true sheet would carry a true signature as well. What can go wrong
with true codes is that they hang at the wrong counter, and that shows by the counter's name.
docs/adr/0019-other-ways-to-answer.md
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.queries.interview import Place, place_of_counter
from app.queries.posters import code_of_counter

# After our address nothing else may follow: what our sheets carry is exactly this.
_OF_COUNTER: Final = re.compile(r"/c/([A-Za-z0-9-]{1,100})/?(?:\?lang=[A-Za-z]{2,3})?", re.ASCII)
_ONE_TIME: Final = re.compile(r"/r/[A-Za-z0-9-]{1,100}/?(?:\?lang=[A-Za-z]{2,3})?", re.ASCII)
_HAS_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Signs that are taken for others at a glance.
_LOOKS_LIKE: Final = {
    "0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "а": "a", "е": "e", "о": "o", "р": "p",
    "с": "c", "х": "x", "у": "y", "і": "l", "ѕ": "s", "ɡ": "g", "ո": "n", "ν": "v", "ο": "o",
    "α": "a", "_": "-",
}  # fmt: skip
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_NEAR: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a code.

    Attributes
    ----------
    kind : str
        ``genuine``; ``other``: genuine, but of another counter than the one it should hang at;
        ``earlier``: a code that the counter had before and that still works; ``closed``: of a
        counter that serves nobody any more; ``one-time``: a code for one dossier, not for a wall;
        ``unknown``: our address, but no counter of ours; ``foreign``.
    place : Place or None
        The counter the code belongs to.
    why : str
        Of foreign codes: ``look-alike``, ``insecure``, ``elsewhere`` or ``no-address``.
    text : str
        What the code says, cleaned of signs that cannot be shown.
    """

    kind: str
    place: Place | None = None
    why: str = ""
    text: str = ""


def judge(
    db: Session,
    text: str,
    *,
    public_url: str,
    today: date,
    expected: int | None = None,
    typed: bool = False,
) -> Verdict:
    """Say what a code is.

    Parameters
    ----------
    text : str
        What the code holds, or what somebody typed off a sheet.
    public_url : str
        The address our sheets begin with, e.g. ``https://khaosat.quangninh.gov.vn``.
    expected : int, optional
        Row number of the counter the sheet hangs at.
    typed : bool
        People leave out ``https://``; codes never do.
    """
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text.strip())[:2000]
    whole = text
    if typed and not _HAS_SCHEME.match(text):
        whole = public_url.partition("://")[0] + "://" + text
    below = _below(whole, public_url)
    if below is None:
        return Verdict("foreign", why=_why(whole, public_url), text=text)
    found = _OF_COUNTER.fullmatch(below)
    if found is None:
        one_time = _ONE_TIME.fullmatch(below) is not None
        # The code of a dossier is its owner's alone: it is not shown again.
        return Verdict("one-time" if one_time else "unknown", text="" if one_time else text)
    code = found[1]
    place = place_of_counter(db, code, today)
    if place is None:
        return Verdict("unknown", text=text)
    return Verdict(_kind(db, place, code, expected), place, text=text)


def _kind(db: Session, place: Place, code: str, expected: int | None) -> str:
    if expected is not None and place.counter_id != expected:
        return "other"
    if place.closed:
        return "closed"
    present = None if place.counter_id is None else code_of_counter(db, place.counter_id)
    return "genuine" if present is not None and present.lower() == code.lower() else "earlier"


def _below(text: str, public_url: str) -> str | None:
    """Return what stands behind our own address; None if it is not our own address, to the letter.

    Addresses are not taken apart here: browsers and libraries disagree on what is a host.
    """
    if text[: len(public_url)].lower() != public_url.lower():
        return None
    rest = text[len(public_url) :]
    return rest if rest == "" or rest.startswith("/") else None


def _why(text: str, public_url: str) -> str:
    if not text.isascii() and "://" not in text:
        return "no-address"
    official = urlsplit(public_url).hostname or ""
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "look-alike" if official in text.lower() else "elsewhere"
    if parts.scheme not in ("http", "https") or not host:
        return "no-address"
    if host == official and parts.username is None:
        own = urlsplit(public_url)
        return "insecure" if (parts.scheme, port) != (own.scheme, own.port) else "elsewhere"
    near = official in text.lower() or _near(_skeleton(host), _skeleton(official))
    return "look-alike" if near else "elsewhere"


def _skeleton(host: str) -> str:
    """Write a host as it looks at a glance."""
    labels = []
    for label in host.lower().split("."):
        try:
            shown = label.encode("ascii").decode("idna") if label.startswith("xn--") else label
        except UnicodeError:
            shown = label
        labels.append(shown)
    plain = unicodedata.normalize("NFKD", ".".join(labels))
    looks = "".join(
        _LOOKS_LIKE.get(sign, sign) for sign in plain if not unicodedata.combining(sign)
    )
    for pair, single in _PAIRS:
        looks = looks.replace(pair, single)
    return looks.replace("-", "")


def _near(one: str, other: str) -> bool:
    """Whether two hosts differ by few signs, or begin alike and only end otherwise."""
    if other in one or one.split(".")[:2] == other.split(".")[:2]:
        return True
    if abs(len(one) - len(other)) > _NEAR:
        return False
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, 1):
        before, row[0] = row[0], place
        for at, wanted in enumerate(other, 1):
            before, row[at] = row[at], min(
                row[at] + 1, row[at - 1] + 1, before + (sign != wanted)
            )  # fmt: skip
    return row[-1] < _NEAR
