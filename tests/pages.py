"""What every HTML page must keep, checked on every page that any test fetches.

The list of what is wrong is returned, not raised, so that a test can be about it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError

LANGUAGES = ("vi", "en")
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}

_seen: set[bytes] = set()


class CheckedClient(FlaskClient):
    """A test client that fails the test whose page breaks a rule of all pages."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
            body = plain(answer)
            digest = hashlib.sha256(body).digest()
            if digest not in _seen:
                wrong = faults(body)
                assert not wrong, f"{answer.request.path}: {wrong}"
                _seen.add(digest)
        return answer


def plain(answer: Any) -> bytes:
    """The page as the browser sees it."""
    if answer.headers.get("Content-Encoding") == "gzip":
        import gzip

        return gzip.decompress(answer.data)
    return answer.data


def faults(body: bytes) -> list[str]:
    """Everything that is wrong with a page."""
    try:
        html5lib.HTMLParser(strict=True).parse(body.decode("utf-8"))
    except ParseError as error:
        return [f"not valid HTML: {error}"]
    page = BeautifulSoup(body.decode("utf-8"), "html.parser")
    return [*_document(page), *_references(page), *_controls(page), *_inline(page)]


def _document(page: BeautifulSoup) -> Iterator[str]:
    if page.html is None or page.html.get("lang") not in LANGUAGES:
        yield "no language"
    if page.title is None or not page.title.get_text(strip=True):
        yield "no title"
    headings = page.find_all("h1")
    if len(headings) != 1 or not headings[0].get_text(strip=True):
        yield f"{len(headings)} h1"
    if len(page.find_all("main")) != 1:
        yield "not one main"
    viewport = page.find("meta", attrs={"name": "viewport"})
    if viewport is None or "user-scalable=no" in str(viewport):
        yield "no viewport, or one that cannot be enlarged"


def _references(page: BeautifulSoup) -> Iterator[str]:
    counted = Counter(tag["id"] for tag in page.find_all(id=True))
    yield from (f"id {name} is there {times} times" for name, times in counted.items() if times > 1)
    for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form"):
        for tag in page.find_all(attrs={name: True}):
            for target in str(tag[name]).split():
                if target not in counted:
                    yield f"{tag.name} {name} points to missing {target}"
    for link in page.find_all("a", href=lambda href: bool(href) and href.startswith("#")):
        if link["href"][1:] not in counted:
            yield f"link to missing {link['href']}"


def _controls(page: BeautifulSoup) -> Iterator[str]:
    labelled = {label["for"] for label in page.find_all("label", attrs={"for": True})}
    for control in page.find_all(["input", "select", "textarea"]):
        if control.name == "input" and control.get("type", "text") in UNLABELLED:
            continue
        if not _has_label(control, labelled):
            yield f"no label for {control.name} {control.get('name')}"
    for button in page.find_all("button"):
        if not (button.get_text(strip=True) or button.get("aria-label")):
            yield "a button without text"
    for fieldset in page.find_all("fieldset"):
        first = next((child for child in fieldset.children if isinstance(child, Tag)), None)
        if first is None or first.name != "legend" or not first.get_text(strip=True):
            yield "a fieldset without legend"
    yield from ("an img without alt" for image in page.find_all("img") if image.get("alt") is None)


def _has_label(control: Tag, labelled: set[str]) -> bool:
    if control.get("aria-label") or control.get("aria-labelledby"):
        return True
    if control.get("id") in labelled:
        return True
    wrapping = control.find_parent("label")
    return wrapping is not None and bool(wrapping.get_text(strip=True))


def _inline(page: BeautifulSoup) -> Iterator[str]:
    for tag in page.find_all(True):
        if tag.name == "style" or (tag.name == "script" and not tag.get("src")):
            yield f"inline {tag.name}, which the content security policy refuses"
        for name in tag.attrs:
            if name == "style" or name.startswith("on"):
                yield f"inline {name} on {tag.name}, which the content security policy refuses"
