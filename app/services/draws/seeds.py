"""Which seeds can be read off paper and typed again, and what is kept of who saw them."""

from collections.abc import Iterable, Mapping
from typing import Final

from surveys.sampling.chance import normal_seed

# Ten throws of a die, or six digits of a lottery number, cannot be tried out beforehand by hand.
SHORTEST: Final = 6
LONGEST: Final = 300
# None of them means anything to a shell: the protocol prints the seed within a command.
_SIGNS: Final = frozenset(" .,:;/-+")


def is_typable(seed: str) -> bool:
    """Whether everybody who reads the seed in the protocol types the same one.

    Signs that cannot be seen, or that look like others, would give a seed nobody can repeat from
    paper: only letters of Vietnamese, the digits 0 to 9 and a few signs are taken.
    """
    return len(seed) <= LONGEST and all(
        sign in _SIGNS or _is_plain(sign) for sign in normal_seed(seed)
    )


def n_thrown(seed: str) -> int:
    """Count the letters and digits of a seed: what chance gave of it."""
    return sum(sign.isalnum() for sign in normal_seed(seed))


def printable(text: str) -> str:
    """Leave out what cannot be printed, and spaces around."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def n_persons(witnesses: Iterable[Mapping[str, str]]) -> int:
    """Count witnesses; one who is written down twice is one."""
    return len({tuple(" ".join(v.casefold().split()) for v in each.values()) for each in witnesses})


def _is_plain(sign: str) -> bool:
    if sign.isdigit():
        return sign.isascii()
    # Latin letters with or without marks, as far as Vietnamese needs them.
    return sign.isalpha() and (sign < "\u0250" or "\u1e00" <= sign <= "\u1eff") and sign not in "ªº"
