"""Photos of codes, and logos that are to stand in codes: pictures that strangers hand in."""

from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import ConflictError
from app.services.posters.codes import QUIET_ZONE, matrix_of
from app.services.posters.sheets import LOGO_SHARE

MOST_BYTES: Final = 12_000_000
MOST_LOGO_BYTES: Final = 2_000_000
# A phone's photo has 12 to 50 million pixels; more is an attack on memory.
_MOST_PIXELS: Final = 60_000_000
_PHOTO_SIDE: Final = 2_400
_LOGO_SIDE: Final = 400
_LEAST_LOGO_SIDE: Final = 64
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
# As long as the longest address that a code of ours may hold, and then some.
LONGEST_TEXT: Final = 2_000


def texts_of_photo(photo: bytes) -> tuple[str, ...]:
    """Read every QR code on a photo, as text.

    Raises
    ------
    ConflictError
        ``photo.unreadable``: no picture, or too large a one.
    """
    image = _opened(photo, ("JPEG", "PNG", "WEBP"), MOST_BYTES, "photo.unreadable")
    grey = ImageOps.exif_transpose(image).convert("L")
    grey.thumbnail((_PHOTO_SIDE, _PHOTO_SIDE))
    found = zxingcpp.read_barcodes(grey, formats=_QR)
    return tuple(dict.fromkeys(each.text[:LONGEST_TEXT] for each in found if each.text))


def checked_logo(content: bytes, address: str) -> bytes:
    """Make a logo that may stand in codes of a picture: a small PNG on white, nothing else in it.

    Parameters
    ----------
    content : bytes
        PNG or JPEG as it was handed in.
    address : str
        One of the addresses whose code it will stand in: that code must still be read.

    Raises
    ------
    ConflictError
        ``logo.unreadable``, ``logo.too-small`` or ``logo.hides-code``.
    """
    image = _opened(content, ("JPEG", "PNG"), MOST_LOGO_BYTES, "logo.unreadable")
    if min(image.size) < _LEAST_LOGO_SIDE:
        raise ConflictError("logo.too-small", least=_LEAST_LOGO_SIDE)
    # Written anew: no metadata, no colour table, no second picture comes along.
    colour = ImageOps.exif_transpose(image).convert("RGBA")
    colour.thumbnail((_LOGO_SIDE, _LOGO_SIDE))
    flat = Image.new("RGB", colour.size, "white")
    flat.paste(colour, mask=colour.getchannel("A"))
    if address not in _texts_with(flat, address):
        raise ConflictError("logo.hides-code")
    out = BytesIO()
    flat.save(out, "PNG", optimize=True)
    return out.getvalue()


def _texts_with(logo: Image.Image, address: str) -> list[str]:
    """Read a code with the logo in its middle, as it will be printed."""
    matrix = matrix_of(address)
    side, scale = len(matrix), 12
    code = Image.new("RGB", (side, side), "white")
    code.putdata([(0, 0, 0) if dark else (255, 255, 255) for row in matrix for dark in row])
    code = code.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    room = round((side - 2 * QUIET_ZONE) * scale * LOGO_SHARE)
    pad = Image.new("RGB", (room, room), "white")
    small = ImageOps.contain(logo, (round(room * 0.88), round(room * 0.88)))
    pad.paste(small, ((room - small.width) // 2, (room - small.height) // 2))
    code.paste(pad, ((code.width - room) // 2, (code.height - room) // 2))
    found = zxingcpp.read_barcodes(code.convert("L"), formats=_QR)
    return [each.text for each in found]


def _opened(content: bytes, formats: tuple[str, ...], most_bytes: int, refusal: str) -> Image.Image:
    """Open a picture of one of the formats; its size is looked at before its pixels are made."""
    if not content or len(content) > most_bytes:
        raise ConflictError(refusal)
    try:
        image = Image.open(BytesIO(content), formats=formats)
        if image.width * image.height > _MOST_PIXELS:
            raise ConflictError(refusal)
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise ConflictError(refusal) from error
    return image
