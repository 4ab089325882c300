"""Why a file, or the way its columns are named, is not taken."""

from app.errors import LongdanError


class FileRefusedError(LongdanError):
    """The file cannot be read as a table of answers; ``code`` begins with ``file.``."""


class MappingRefusedError(LongdanError):
    """The mapping file is not well made; ``code`` begins with ``mapping.``."""


class RoundRefusedError(LongdanError):
    """The round does not take an import; ``code`` begins with ``round.``."""
