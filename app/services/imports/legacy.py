"""Recognise Vietnamese text of the time before Unicode: TCVN3 (ABC), VNI, Windows-1258.

Old workbooks hold such text as ordinary Western letters that only look right in an old font
(.VnTime, VNI-Times). It is refused with advice and never converted on the quiet: a wrong guess
would change what people wrote.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_TCVN3 = {
    0xA1 + place: letter
    for place, letter in enumerate(
        "ĂÂÊÔƠƯĐăâêôơưđẶ\u0300\u0300\u0309\u0303\u0301"
        "àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵ"
    )
}

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
# VNI writes a base letter, then one letter that stands for its marks.
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "á": _CIRCUMFLEX + _ACUTE, "à": _CIRCUMFLEX + _GRAVE,
    "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_PAIR = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])")
_VNI_LETTER = re.compile(f"[{''.join(_VNI_LETTERS)}]")

# Frequent in questionnaires; only those with a letter that is not ASCII count.
_FREQUENT = (
    "hài lòng không rất bình thường tầng cụm trọng số mã xã phường phiếu giới tính tuổi người nữ"
    " có câu đã và của đơn vị ngày hình thức trình độ học vấn nghề nghiệp dân tộc ý kiến được thủ"
    " tục kết quả dịch vụ công chức giải quyết hồ sơ tiếp cận thông tin khảo sát cơ quan địa điểm"
    " tỉnh huyện thôn khu phố hộ gia đình trả lời câu hỏi việc làm nhà nước"
)
_WORDS = frozenset(word for word in _FREQUENT.split() if not word.isascii())
_WORD = re.compile(r"[^\W\d_]+")
# Letters that text in an old encoding shows and Vietnamese in Unicode does not have.
_FOREIGN = re.compile(
    r"[^\x00-\x7fÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ\s“”‘’–—…•\u0300-\u0323]"
)


def encoding_of(texts: Iterable[str], *, enough: int = 3) -> str | None:
    """Name the encoding of text that was read as Western European letters.

    Parameters
    ----------
    texts : iterable of str
        Cells of the file.
    enough : int
        Fewest Vietnamese words that must appear once the text is converted.

    Returns
    -------
    str or None
        ``tcvn3``, ``vni``, ``windows-1258``, or None: nothing speaks against Unicode.
    """
    text = unicodedata.normalize("NFC", " ".join(texts)[:50_000])
    # VNI can do without a foreign letter ("Taàng"), but not without an accented second vowel.
    if text.isascii() or not (_FOREIGN.search(text) or _VNI_PAIR.search(text.lower())):
        return None
    own = _hits(text)
    best, most = None, own
    for name, convert in (("tcvn3", _from_tcvn3), ("vni", _from_vni), ("windows-1258", _from_1258)):
        hits = _hits(convert(text))
        if hits > most:
            best, most = name, hits
    return best if most >= own + enough else None


def encoding_of_table(cells: Sequence[str]) -> str | None:
    """Name the encoding of a whole table; a cell or two written elsewhere are none of its own."""
    name = encoding_of(cells)
    if name is None:
        return None
    n_cells = sum(1 for cell in cells if encoding_of([cell], enough=1) == name)
    return name if n_cells >= 3 else None


def _hits(text: str) -> int:
    return sum(1 for word in _WORD.findall(text.lower()) if word in _WORDS)


def _from_tcvn3(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(_TCVN3))


def _from_vni(text: str) -> str:
    lowered = text.lower()
    joined = _VNI_PAIR.sub(
        lambda found: _VNI_LETTERS.get(found[1], found[1]) + _VNI_MARKS[found[2]], lowered
    )
    single = _VNI_LETTER.sub(lambda found: _VNI_LETTERS[found[0]], joined)
    return unicodedata.normalize("NFC", single)


def _from_1258(text: str) -> str:
    return unicodedata.normalize(
        "NFC", text.encode("cp1252", "replace").decode("cp1258", "replace")
    )
