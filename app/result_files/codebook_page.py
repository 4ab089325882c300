"""The codebook as one HTML file that needs nothing else."""

from collections.abc import Sequence
from typing import Final

from flask import render_template

from app.result_files import microdata_words, words
from app.result_files.codebook import Entry
from app.services.manifests import region
from app.services.microdata.table import Table
from app.services.results import Results

_STYLE: Final = """
body { font: 16px/1.5 Arial, sans-serif; color: #1c2529; margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; color: #0b5563; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-top: 1px solid #b8c4c8; padding-top: 1rem; }
code { font-family: Consolas, monospace; font-size: .95em; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; }
th, td { border-bottom: 1px solid #dde4e6; }
th { background: #e6f0f2; }
.number { text-align: right; }
.missing td { color: #4d5a60; }
.warning { color: #8a2b00; font-weight: bold; }
dl div { display: flex; gap: .5rem; }
dt { min-width: 8rem; color: #4d5a60; }
dd { margin: 0; }
@media print { section { break-inside: avoid; } a { color: inherit; text-decoration: none; } }
"""


def write(
    results: Results, table: Table, entries: Sequence[Entry], file_name: str, language: str
) -> bytes:
    """Write the codebook, with room for a manifest at its end."""
    page = render_template(
        "files/codebook.html",
        language=language,
        title=microdata_words.title(results, language),
        remarks=microdata_words.remarks(results, table, language),
        warning=words.warning(results),
        entries=entries,
        role=microdata_words.role,
        file_name=file_name,
        n_rows=len(table.rows),
        style=_STYLE.strip(),
    )
    return page.rstrip().encode() + b"\n<!-- " + region.field() + b" -->\n"
