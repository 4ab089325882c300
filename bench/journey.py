"""A citizen's journey: fetch the form, answer it, read the thanks.

What to send is learned once from the page itself, as a browser would: every control of its form.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urlencode, urlsplit

from bench.load import Ledger, Reply, Script

_HEAD = (
    "Host: 127.0.0.1:{port}\r\n"
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) bench\r\n"
    "Accept: text/html\r\n"
    "Accept-Language: vi-VN,vi;q=0.9\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
)
# As long as the remarks people leave, with the letters whose encoding is long.
COMMENT = "Công chức hướng dẫn tận tình, nhưng buổi sáng đông người nên phải chờ hơi lâu."
N_PEOPLE = 64


@dataclass(slots=True)
class Form:
    """The controls of a form."""

    action: str
    fixed: dict[str, str]
    options: dict[str, list[str]]
    texts: list[str]


class _Reader(HTMLParser):
    def __init__(self, method: str) -> None:
        super().__init__()
        self.form: Form | None = None
        self._method = method
        self._pressed = False
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "get") == self._method and self.form is None:
            self.form = Form(given.get("action", ""), {}, {}, [])
            self._inside = True
        if not self._inside or self.form is None:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "textarea":
            self.form.texts.append(name)
        elif tag == "input" and kind in ("radio", "checkbox"):
            self.form.options.setdefault(name, []).append(given["value"])
        elif tag == "input" and kind == "hidden":
            self.form.fixed[name] = given.get("value", "")
        elif tag == "input" and kind == "text" and not name.startswith("form-"):
            self.form.texts.append(name)
        elif tag == "button" and name and not self._pressed:
            # The first button of a form is the one that Enter presses.
            self._pressed = True
            self.form.fixed[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def read_form(page: bytes, method: str) -> Form:
    """Find the first form of a page that is sent in this way."""
    reader = _Reader(method)
    reader.feed(page.decode())
    if reader.form is None:
        raise ValueError("the page has no such form")
    return reader.form


@dataclass(frozen=True, slots=True)
class Site:
    """Where journeys go on one server, and the bytes they send."""

    port: int
    form_path: str
    action: str  # where it is sent
    mark: bytes  # stands right before the key in the page
    form_request: bytes
    bodies: tuple[bytes, ...]  # without the key, which comes last
    key_name: str
    thanks_path: str | None = None

    @classmethod
    def of_form(cls, port: int, path: str, page: bytes, key_name: str, action: str = "") -> Self:
        """Learn from the form's page what people send back."""
        form = read_form(page, "post")
        mark = f'name="{key_name}" value="'.encode()
        if mark not in page:
            raise ValueError("the key is not where the generator looks for it")
        chance = random.Random(20261120)
        bodies = []
        for _ in range(N_PEOPLE):
            fields = {name: value for name, value in form.fixed.items() if name != key_name}
            fields |= {name: chance.choice(codes) for name, codes in form.options.items()}
            fields |= dict.fromkeys(form.texts, COMMENT)
            bodies.append(f"{urlencode(fields)}&{key_name}=".encode())
        return cls(
            port=port,
            form_path=path,
            action=action or urlsplit(form.action).path,
            mark=mark,
            form_request=get(port, path),
            bodies=tuple(bodies),
            key_name=key_name,
        )

    def key_in(self, page: bytes) -> bytes:
        """Cut the key out of a form's page."""
        start = page.index(self.mark) + len(self.mark)
        return page[start : page.index(b'"', start)]

    def post(self, key: bytes, number: int, action: str = "") -> bytes:
        """Hand in one person's answers under a key, where the form says or elsewhere."""
        body = self.bodies[number % N_PEOPLE] + key
        head = f"POST {action or self.action} HTTP/1.1\r\n" + _HEAD.format(port=self.port)
        head += "Content-Type: application/x-www-form-urlencoded\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(port: int, path: str) -> bytes:
    """Return the bytes of a GET request."""
    return f"GET {path} HTTP/1.1\r\n{_HEAD.format(port=port)}\r\n".encode()


def place_of(reply: Reply) -> str:
    """Return the path a redirect leads to."""
    found = urlsplit((reply.header(b"location") or b"/").decode())
    return found.path + (f"?{found.query}" if found.query else "")


def journeys(site: Site, n: int) -> Callable[[Ledger], Iterator[Script]]:
    """Make `n` whole journeys."""

    def scripts(ledger: Ledger) -> Iterator[Script]:
        return (_journey(site, number, ledger) for number in range(n))

    return scripts


def _journey(site: Site, number: int, ledger: Ledger) -> Script:
    form = yield site.form_request
    if not ledger.expect("form", form, 200):
        return
    key = site.key_in(form.page())
    sent = yield site.post(key, number)
    if not ledger.expect("answers", sent, 303):
        return
    ledger.acknowledged.append(key.decode())
    thanks = yield get(site.port, place_of(sent))
    ledger.expect("thanks", thanks, 200)


@dataclass(slots=True)
class Phases:
    """The journey cut in three, so that each part's cost can be read by itself."""

    site: Site
    n: int
    keys: list[bytes]
    thanks: list[str]

    def forms(self, ledger: Ledger) -> Iterator[Script]:
        """Fetch the forms and keep their keys."""
        return (self._form(ledger) for _ in range(self.n))

    def answers(self, ledger: Ledger) -> Iterator[Script]:
        """Hand the kept keys in."""
        return (self._answers(number, key, ledger) for number, key in enumerate(self.keys))

    def thanked(self, ledger: Ledger) -> Iterator[Script]:
        """Read the thanks."""
        return (self._thanks(path, ledger) for path in self.thanks)

    def _form(self, ledger: Ledger) -> Script:
        reply = yield self.site.form_request
        if ledger.expect("form", reply, 200):
            self.keys.append(self.site.key_in(reply.page()))

    def _answers(self, number: int, key: bytes, ledger: Ledger) -> Script:
        reply = yield self.site.post(key, number)
        if ledger.expect("answers", reply, 303):
            ledger.acknowledged.append(key.decode())
            self.thanks.append(place_of(reply))

    def _thanks(self, path: str, ledger: Ledger) -> Script:
        reply = yield get(self.site.port, path)
        ledger.expect("thanks", reply, 200)
