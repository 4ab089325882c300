"""Reading a list of closed dossiers from a file, by the same machinery as lists for frames."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.names import clean
from app.services.dossiers.checking import Checker, Written
from app.services.frames import columns as columns_
from app.services.frames import looking, targets
from app.services.frames.columns import Columns
from app.services.frames.guess import guess
from app.services.frames.looking import Layout, Look
from app.services.imports.reader import Block
from app.services.imports.refusals import FileRefusedError

KIND: Final = "dossier"
# What such a list is read for; the others may stand in it.
NAMES: Final = (
    "key", "returned_on", "centre", "commune", "procedure", "field", "phone", "email",
)  # fmt: skip
NEEDED: Final = ("key", "returned_on")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Nobody has said what the columns of such a file hold.

    ``head`` is its beginning for the page that asks; ``signature`` is by what its headings are
    known again.
    """

    head: dict[str, Any]
    signature: str


def read_list(
    path: Path,
    stated: Columns | None,
    known: Mapping[str, Columns],
    checker: Checker,
    progress: Progress,
) -> Asked | None:
    """Read a list into a checker, or find out that its columns have to be asked for.

    Parameters
    ----------
    stated : Columns, optional
        What a person said the columns hold.
    known : mapping of str to Columns
        What was said of other files, by the signature of their headings.
    progress : callable
        Called with the rows done and their total, about; what it raises goes through.

    Raises
    ------
    FileRefusedError
        The file cannot or may not be read.
    """
    sheet = None if stated is None else stated.sheet
    with looking.looking(path, KIND, sheet=sheet) as (look, blocks, table):
        layout = _layout(look, stated, known)
        if layout is None:
            return _ask(look)
        for block in blocks:
            checker.take(_rows(block, layout))
            progress(block.numbers[-1], max(table.n_rows, block.numbers[-1]))
    if not checker.n_rows:
        raise FileRefusedError("file.no-rows", row=layout.head.last)
    return None


def _layout(look: Look, stated: Columns | None, known: Mapping[str, Columns]) -> Layout | None:
    if stated is not None:
        return _with_place(looking.lay_out(look, KIND, stated))
    for head in look.heads:
        remembered = known.get(head.signature(KIND))
        if remembered is not None:
            found = _with_place(
                looking.lay_out(look, KIND, columns_.at_head(remembered, head, Columns()))
            )
            if found is not None:
                return found
    return None


def _with_place(layout: Layout | None) -> Layout | None:
    """Take a layout that says where its dossiers were closed; None for one that does not."""
    return None if layout is None or looking.needs_place(layout) else layout


def _ask(look: Look) -> Asked:
    head = looking.best_head(look, KIND)
    if head is None:
        raise FileRefusedError("file.empty")
    told = looking.describe(look, head, KIND, guess(look.rows, head, KIND))
    return Asked(told, head.signature(KIND))


def _rows(block: Block, layout: Layout) -> Iterator[Written]:
    fixed = layout.columns.fixed
    columns = {name: block.columns[at] for name, at in layout.at.items() if _is_there(block, at)}
    own_place = [name for name in targets.PLACES[KIND] if name in columns]
    said_place = next((fixed[name] for name in targets.PLACES[KIND] if name in fixed), "")
    for at, number in enumerate(block.numbers):
        if number < layout.head.data_from:
            continue
        cells = {name: clean(column[at] or "") for name, column in columns.items()}
        if not any(cells.values()):
            continue
        place = next((cells[name] for name in own_place if cells[name]), said_place)
        yield Written(
            number, cells.get("key", ""), cells.get("returned_on", ""), place,
            cells.get("procedure", ""), cells.get("field", "") or fixed.get("field", ""),
            cells.get("phone", ""), cells.get("email", ""),
        )  # fmt: skip


def _is_there(block: Block, at: int) -> bool:
    return at < len(block.columns)
