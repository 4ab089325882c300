"""What hangs and stands at counters: QR codes, sheets, and the check of codes that are there."""

from app.services.posters.codes import CODE_MM, qr_png, qr_svg
from app.services.posters.sheets import FORMATS, LANGUAGES, Sheet, sheets_pdf

__all__ = ["CODE_MM", "FORMATS", "LANGUAGES", "Sheet", "qr_png", "qr_svg", "sheets_pdf"]
