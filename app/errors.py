"""Broken promises inside the program: exceptions with a stable code."""


class LongdanError(Exception):
    """Base of the program's own exceptions.

    Parameters
    ----------
    code : str
        Stable name of what is wrong, e.g. ``unit.unknown``; `app.web` and `app.cli` turn it into
        a sentence.
    **context : object
        What the sentence names.
    """

    def __init__(self, code: str, **context: object) -> None:
        super().__init__(f"{code} {context}" if context else code)
        self.code = code
        self.context = context


class NotFoundError(LongdanError):
    """What was asked for does not exist, or not for this person."""


class ConflictError(LongdanError):
    """The thing exists but is in a state that does not allow this."""


class UnavailableError(LongdanError):
    """The database cannot be reached, or is too busy to answer; the same may succeed soon."""
