"""The beginning of a file as a page shows it that asks what its columns hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app.services.frames import guess, looking
from app.services.frames.head import Head, head_at
from app.services.imports import uploads
from app.services.imports.preview import FileColumn
from app.services.imports.refusals import FileRefusedError
from app.services.imports.targets import letter
from app.web import context


@dataclass(frozen=True, slots=True)
class Seen:
    """The beginning of a file, what its columns seem to hold, and which of them contest it."""

    sheet: str | None
    sheets: tuple[str, ...]
    head: Head
    columns: tuple[FileColumn, ...]
    guessed: dict[str, int]
    contested: dict[str, tuple[int, ...]]


def seen(told: Mapping[str, Any], stored_name: str, kind: str) -> Seen:
    """Show the beginning as it was kept, or read it anew from another sheet or another row.

    Parameters
    ----------
    told : mapping
        What `app.services.frames.looking.describe` kept.
    stored_name : str
        Name of the file in the folder of uploads.
    kind : str
        What is listed, one of `app.services.frames.targets`.

    Raises
    ------
    FileRefusedError
        The other sheet is empty, or the file cannot be read any more.
    """
    sheet = request.args.get("sheet") or told["sheet"]
    row = request.args.get("header_row", told["last"], type=int)
    if sheet == told["sheet"] and row == told["last"]:
        return _as_told(told)
    path = uploads.path_of(context.jobs().uploads, stored_name)
    with looking.looking(path, kind, sheet=sheet, head_only=True) as (look, _blocks, _table):
        head = looking.best_head(look, kind)
        if "header_row" in request.args and (sheet == told["sheet"] or head is None):
            head = head_at(look.rows, row, 1, kind) or head
        if head is None:
            raise FileRefusedError("file.empty")
        guessed = guess.guess(look.rows, head, kind)
        return _as_told(looking.describe(look, head, kind, guessed))


def _as_told(told: Mapping[str, Any]) -> Seen:
    return Seen(
        sheet=told["sheet"],
        sheets=tuple(told["sheets"]),
        head=looking.head_of(told),
        columns=tuple(
            FileColumn(
                each["index"], letter(each["index"]), each["header"], tuple(each["examples"])
            )
            for each in told["columns"]
        ),
        guessed=dict(told["guessed"]),
        contested={name: tuple(at) for name, at in told["contested"].items()},
    )
