"""English sentences about files of rows and their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    # Files
    "no-file": "the file «{file}» does not exist.{did_you_mean}",
    "unknown-ending": (
        "the format of «{file}» cannot be told by its ending; give format = "
        '"csv", "parquet", "sav" or "dta". From Excel, save it as CSV UTF-8 first.'
    ),
    "file-unreadable": "«{file}» cannot be read as {format}: {reason}.",
    "file-empty": "«{file}» holds nothing.",
    "no-room-for-rows": (
        "this needs the rows themselves in memory: {rows:n} rows take about {needed:n} GB, and "
        "{free:n} GB are free. Without it the plan can be worked out from totals; else "
        "take fewer columns or a larger machine."
    ),
    "no-rows": "the file has columns but no rows.",
    "csv-broken": "«{file}» cannot be read as CSV: {reason}",
    "other-separator": (
        "«{file}» has one column only, «{header}»: probably separated by «{meant}»; "
        'give separator = "{meant}".'
    ),
    "not-utf8": (
        '«{file}» is not UTF-8; give its encoding, e.g. encoding = "windows-1258" (Vietnamese) or '
        '"windows-1252", or save it as UTF-8.'
    ),
    "not-this-encoding": "«{file}» is not {encoding}.",
    "unknown-encoding": "the encoding «{encoding}» is unknown.",
    "column-twice": "«{file}» has two columns called «{column}».",
    "column-not-in-file": "«{file}» has no column «{column}», other files have.",
    "round-column-exists": (
        "the files have a column «{column}» of their own; name the column of rounds otherwise: "
        'round = "…".'
    ),
    "types-differ": "column «{column}» is text in one file and numbers in another.",
    "column-type": "column «{column}» holds {type}, which a plan cannot use.",
    # Columns
    "unknown-column": "there is no column «{column}».{did_you_mean} Columns: {known}.",
    "unknown-column-sql": (
        "there is no column «{column}».{did_you_mean} If it is a text and no column, it stands in "
        "single quotes: '{column}'. Columns: {known}."
    ),
    "quote-column": (
        "there is no column «{column}»; a name with a dot needs double quotation marks in SQL: "
        '"{meant}".'
    ),
    "cell-not-number": "column «{column}» is said to hold numbers, but {row} holds «{cell}».",
    "not-numbers": (
        "column «{column}» must hold numbers, but {row} holds «{cell}». If this means a "
        "missing answer, add it to «missing» in [data]; if it is a number, write it without signs "
        "such as % and with the decimal sign of [data]."
    ),
    "text-of-numbers": (
        "column «{column}» must hold numbers, but is text (leading zeros, or more digits than a "
        'number has). If it is a number, say types = {{ {column:key} = "number" }} in [data].'
    ),
    "almost-numbers": (
        "column «{column}» holds mostly numbers, but «{cell}» in {row}. If this means a "
        "missing answer, add it to «missing» in [data]; if it is a number, write it without signs "
        "such as % and with the decimal sign of [data]; if all are codes, say "
        'types = {{ {column:key} = "category" }}.'
    ),
    "cells-without-value": (
        "column «{column}» holds {cell} among numbers, in {n:n} row(s) (data rows {rows}; first in "
        "{row}), as divisions by zero and failed formulas leave it. Correct them, or add {cell} to "
        "«missing» in [data]."
    ),
    "infinite-number": (
        "column «{column}» is infinite in {n:n} row(s), first in {row}, as division by zero makes "
        "it; divide by NULLIF(x, 0) to have nothing instead."
    ),
    "not-categories": (
        "column «{column}» holds numbers that are not codes (not whole, or more than {most} "
        "different ones). Say which «categories» are meant, or "
        'types = {{ {column:key} = "category" }}.'
    ),
    "no-such-category": "column «{column}» has no category «{category}».{listed}",
    # What looks odd in a file
    "hollow-rows": (
        "the last {n:n} row(s), from {row}, are hardly filled: totals or remarks below the list? "
        "Delete them from the file."
    ),
    "rows-repeated": (
        "{n:n} row(s) are the same as an earlier one in every column, first {row}: entered twice? "
        "Interviews need a number that tells them apart."
    ),
    "odd-cells": (
        "column «{column}» holds mostly numbers, but {n:n} cell(s) are none: {cell}; first in "
        "{row}. Correct them in the file."
    ),
    "word-among-numbers": (
        "«{cell}» stands among numbers in {n:n} column(s) ({columns}); the plan below takes it for "
        "no answer, see «missing»."
    ),
    "codes-typed-twice": (
        "column «{column}» holds what differs only by spaces, capitals or zeros: {cell}. Write "
        "them alike in the file, or by [[derive]] with TRIM, LOWER, UPPER."
    ),
}
