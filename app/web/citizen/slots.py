"""Pages made once and sent many times, with gaps for what differs from citizen to citizen.

The same goes for the compressed page. A gzip file is a stream of blocks; the parts between the gaps
are compressed when the page is made, each ending at a byte border, and what fills a gap is put
between them as a block of its own. Not every browser reads on after the first of several gzip
members, so joining members would not do.
"""

import re
import secrets
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Self

# Nobody can write this into an answer that is shown again: it is made when the program starts.
_MARK = f"\ue000{secrets.token_hex(8)}:"
_END = "\ue001"
_GAP = re.compile(f"{_MARK}([a-z_]+){_END}")
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
# A filling that is longer is worth compressing.
_SHORT = 200


def gap(name: str) -> str:
    """Mark a gap in a template's output."""
    return f"{_MARK}{name}{_END}"


class Slotted:
    """A page with named gaps.

    Parameters
    ----------
    page : str
        The whole page, its gaps marked by `gap`.
    """

    __slots__ = ("_begun", "_names", "_packed", "_parts")

    def __init__(self, page: str) -> None:
        pieces = _GAP.split(page)
        self._keep(pieces[1::2], [piece.encode() for piece in pieces[0::2]])

    def _keep(self, names: Sequence[str], parts: Sequence[bytes]) -> None:
        self._names, self._parts = tuple(names), tuple(parts)
        last = len(self._parts) - 1
        self._packed = tuple(
            _deflate(part, 9, final=number == last) for number, part in enumerate(self._parts)
        )
        # Checksum and size up to the first gap.
        self._begun = zlib.crc32(self._parts[0]), len(self._parts[0])

    @property
    def names(self) -> frozenset[str]:
        """Names of the gaps."""
        return frozenset(self._names)

    def fill(self, values: Mapping[str, bytes]) -> Self:
        """Fill some gaps for good; what comes out is a page with the others."""
        names: list[str] = []
        parts = [self._parts[0]]
        for name, part in zip(self._names, self._parts[1:], strict=True):
            if name in values:
                parts[-1] += values[name] + part
            else:
                names.append(name)
                parts.append(part)
        made = type(self).__new__(type(self))
        made._keep(names, parts)  # noqa: SLF001 - its own
        return made

    def plain(self, values: Mapping[str, bytes]) -> bytes:
        """Fill the gaps; a missing value is a ``KeyError``."""
        whole = [self._parts[0]]
        for name, part in zip(self._names, self._parts[1:], strict=True):
            whole += (values[name], part)
        return b"".join(whole)

    def gzipped(self, values: Mapping[str, bytes]) -> bytes:
        """Fill the gaps of the compressed page."""
        checksum, size = self._begun
        whole = [_HEADER, self._packed[0]]
        for name, part, packed in zip(self._names, self._parts[1:], self._packed[1:], strict=True):
            value = values[name]
            checksum = zlib.crc32(part, zlib.crc32(value, checksum))
            size += len(value) + len(part)
            whole += (_block(value), packed)
        whole.append(struct.pack("<II", checksum, size & 0xFFFFFFFF))
        return b"".join(whole)


def _block(value: bytes) -> bytes:
    """Write a filling as blocks of a deflate stream that begin and end at byte borders."""
    if len(value) > _SHORT:
        return _deflate(value, 5, final=False)
    if not value:
        return b""
    return struct.pack("<BHH", 0, len(value), len(value) ^ 0xFFFF) + value


def _deflate(part: bytes, level: int, *, final: bool) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(part) + packer.flush(zlib.Z_FINISH if final else zlib.Z_FULL_FLUSH)
