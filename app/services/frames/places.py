"""Find what a written place means on the day of a frame: commune, service centre, agency.

Names of before a reform are followed to what the units became, by the official conversion. What
that leaves open (units that were divided, names that several bear, names nobody knows) is not
guessed: it waits for a person.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from app.names import clean, search_key, spelling_key
from app.queries.frames import KnownCentre, KnownUnit, KnownWay, PlaceFacts
from app.services.frames.values import made_code
from app.services.frames.written import (
    COMMUNE_KINDS,
    Piece,
    from_kind,
    names_a_centre,
    pieces,
    without_kind,
)

COMMUNE_DIGITS: Final = 5
_DISTRICT_KINDS: Final = ("thanh pho", "thi xa", "huyen", "quan")
_SETTLED: Final = ("found", "moved", "decided", "made")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a written place means.

    Attributes
    ----------
    status : str
        ``found``; ``moved``: an earlier name, followed to the present unit; ``decided`` by a
        person; ``made``: a code made of the name of an agency no register knows; ``left-out`` by
        decision; or open: ``unknown``, ``ambiguous``, ``divided``, ``mistyped`` (a unit of that
        name is there, but of another kind).
    code : str
        Of the commune (or of an agency); empty for a provincial centre and while it is open.
    centre : str
        Of the service centre; empty if it has none, or several.
    choices : tuple of str
        What it could mean, the likeliest first, as a decision is written: ``commune:06652``.
    """

    status: str
    code: str = ""
    centre: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether rows with it can go into the frame."""
        return self.status in _SETTLED


class Places:
    """The register of places of a province.

    Parameters
    ----------
    facts : PlaceFacts
        What is known.
    on : date
        The day of the frame: what is meant are the units of this day.
    """

    def __init__(self, facts: PlaceFacts, on: date) -> None:
        self._facts = facts
        self._by_id = {unit.id: unit for unit in facts.units}
        communes = [unit for unit in facts.units if unit.kind == "commune"]
        self._communes = communes
        self._first = min((unit.valid_from for unit in communes), default=on)
        self.on = max(on, self._first)
        self._ways: dict[int, list[KnownWay]] = defaultdict(list)
        for way in facts.ways:
            self._ways[way.predecessor_id].append(way)
        self._full = _index(communes, lambda unit: unit.name)
        self._short = _index(communes, lambda unit: unit.short_name)
        self._agencies = {
            key: unit.code
            for unit in facts.units
            if unit.kind == "agency" and self._is_valid(unit, self.on)
            for key in (search_key(unit.name), search_key(unit.short_name), search_key(unit.code))
        }
        self._centre_names: dict[str, set[str]] = defaultdict(set)
        for centre in facts.centres:
            for name in (centre.code, centre.name):
                self._centre_names[search_key(name)].add(centre.code)
        # What a commune lies in, as it is written behind its name.
        self._above = tuple(
            name
            for unit in facts.units
            if unit.kind in ("district", "province")
            for name in (search_key(unit.name), f"tp {search_key(unit.short_name)}")
        )

    @cached_property
    def reforms(self) -> tuple[date, ...]:
        """Days up to the frame's on which units changed, in order."""
        days = {way.effective_on for way in self._facts.ways}
        return tuple(sorted(day for day in days if self._first < day <= self.on))

    @cached_property
    def communes(self) -> tuple[KnownUnit, ...]:
        """Communes on the day of the frame, by code."""
        return tuple(unit for unit in self._communes if self._is_valid(unit, self.on))

    @cached_property
    def districts(self) -> Mapping[str, str]:
        """Codes of the districts on the day of the frame, by search keys of their names."""
        found: dict[str, str] = {}
        for unit in self._facts.units:
            if unit.kind == "district" and self._is_valid(unit, self.on):
                found |= {search_key(unit.name): unit.code, unit.code: unit.code}
                found.setdefault(search_key(unit.short_name), unit.code)
        return found

    @cached_property
    def centres(self) -> Mapping[str, KnownCentre]:
        """Service centres by code."""
        return {centre.code: centre for centre in self._facts.centres}

    def place(self, text: str, day: date | None = None) -> Meaning:
        """Find the receiving place that a text names: a service centre or a commune.

        Parameters
        ----------
        day : date, optional
            When it was written: a name may have meant another unit then.
        """
        return self._centre_by_name(text) or self.commune(text, day)

    def commune(self, text: str, day: date | None = None) -> Meaning:
        """Find the commune that a text names."""
        found = self._find(text, day)
        if found is not None:
            return found
        inside = self._choices(self._inside(text, self._short))
        return Meaning("unknown", choices=inside or self._close(pieces(text)))

    def _find(self, text: str, day: date | None) -> Meaning | None:
        on = self.on if day is None else min(max(day, self._first), self.on)
        found = pieces(text)
        opened: Meaning | None = None
        for at, piece in enumerate(found):
            hints = [other.bare for other in (*found[:at], *found[at + 1 :])]
            meaning = self._commune(piece, hints, on)
            if meaning is not None and meaning.is_settled:
                return meaning
            opened = opened or meaning
        if opened is not None:
            return opened
        return self._provincial(text, found) or self._by_code(text, on)

    def agency(self, text: str, day: date | None = None) -> Meaning:
        """Find the deciding agency that a text names; of a commune's offices, the commune."""
        code = self._agencies.get(search_key(text))
        if code is not None:
            return Meaning("found", code)
        centre = self._centre_by_name(text)
        if centre is not None:
            unit = self._by_id[self.centres[centre.centre].unit_id]
            return Meaning("found", unit.code)
        own = from_kind(text)
        if own is not None:
            meaning = self.commune(text, day)
            if not meaning.is_settled:
                on = self.on if day is None else min(max(day, self._first), self.on)
                meaning = self._commune(own, [piece.bare for piece in pieces(text)], on) or meaning
            return Meaning(meaning.status, meaning.code, choices=meaning.choices)
        return Meaning("made", made_code(text)[:100])

    def home(self, text: str) -> str:
        """Find the commune that somebody lives in; empty if it is none of this province."""
        meaning = self._find(text, None)
        return meaning.code if meaning is not None and meaning.is_settled else ""

    def decided(self, choice: str | None) -> Meaning | None:
        """Read a decision; None if what was decided is no longer there."""
        if choice is None:
            return Meaning("left-out")
        kind, _, code = choice.partition(":")
        if kind == "agency":
            return Meaning("decided", code)
        if kind == "commune" and any(unit.code == code for unit in self.communes):
            return Meaning("decided", code, self._centre_of(code))
        if kind == "centre" and code in self.centres:
            return Meaning("decided", self._commune_of(self.centres[code]), code)
        return None

    def within(self, text: str) -> str:
        """Find the full name of the one commune inside a longer text, such as a title; else empty.

        A short name is not enough: "Tiên Yên" may be the former district.
        """
        units = self._inside(text, self._full)
        return units[0].name if units else ""

    def _inside(self, text: str, index: Mapping[str, list[KnownUnit]]) -> list[KnownUnit]:
        """Find the units, present ones first, of the one name inside a text; none if several."""
        key = f" {search_key(text)} "
        for name in self._above:
            key = key.replace(f" {name} ", " ")
        named = {name for name in index if f" {name} " in key}
        longest = [
            name
            for name in named
            if not any(other != name and f" {name} " in f" {other} " for other in named)
        ]
        if len(longest) != 1:
            return []
        return sorted(index[longest[0]], key=lambda unit: not self._is_valid(unit, self.on))

    def _commune(self, piece: Piece, hints: Iterable[str], on: date) -> Meaning | None:
        piece, hints = self._without_district(piece, [*hints])
        for index in (self._full, self._short):
            named = index.get(piece.bare, ())
            for units in (
                [unit for unit in named if self._is_valid(unit, on)],
                [unit for unit in named if not self._is_valid(unit, on)],
            ):
                chosen = self._narrowed(units, piece, hints)
                if chosen:
                    return self._meaning(chosen)
        bare = without_kind(piece, COMMUNE_KINDS)
        if bare is not None and (alike := self._short.get(bare.bare)):
            present = [unit for unit in alike if self._is_valid(unit, self.on)] or alike
            choices = self._choices(self._narrowed(present, bare, hints))
            return Meaning("mistyped", choices=choices)
        return None

    def _without_district(self, piece: Piece, hints: list[str]) -> tuple[Piece, list[str]]:
        """Part "phường Bạch Đằng thành phố Hạ Long" into the commune and where it lies."""
        for name in self._above:
            if piece.bare.endswith(f" {name}"):
                return piece.without(name), [*hints, name]
        return piece, hints

    def _narrowed(
        self, units: list[KnownUnit], piece: Piece, hints: Iterable[str]
    ) -> list[KnownUnit]:
        """Of units that share a name without accents, take those meant by accents and district."""
        spelled = [
            unit
            for unit in units
            if piece.spelled in (spelling_key(unit.name), spelling_key(unit.short_name))
        ]
        units = spelled or units
        if len(units) < 2:
            return units
        wanted = set()
        for hint in hints:
            bare = without_kind(Piece(hint, hint), _DISTRICT_KINDS)
            wanted |= {hint, bare.bare if bare else hint}
        near = [unit for unit in units if self._parent_keys(unit) & wanted]
        return near or units

    def _parent_keys(self, unit: KnownUnit) -> set[str]:
        parent = self._by_id.get(unit.parent_id or 0)
        if parent is None:
            return set()
        return {search_key(parent.name), search_key(parent.short_name)}

    def _meaning(self, units: Iterable[KnownUnit]) -> Meaning:
        """Follow units to those of the frame's day."""
        units = [*units]
        ends: dict[str, bool] = {}
        for unit in units:
            for end, whole in self._followed(unit):
                ends[end.code] = ends.get(end.code, True) and whole
        if len(ends) == 1:
            ((code, whole),) = ends.items()
            moved = any(not self._is_valid(unit, self.on) for unit in units)
            if whole:
                return Meaning("moved" if moved else "found", code, self._centre_of(code))
        status = "divided" if len(units) == 1 and ends else "ambiguous" if ends else "unknown"
        return Meaning(status, choices=self._choices(units))

    def _followed(self, unit: KnownUnit) -> list[tuple[KnownUnit, bool]]:
        """Say what a unit became by the frame's day, the main part first, and whether whole."""
        if self._is_valid(unit, self.on):
            return [(unit, True)]
        found = []
        for way in sorted(self._ways[unit.id], key=lambda way: not way.main):
            if way.effective_on <= self.on:
                for end, whole in self._followed(self._by_id[way.successor_id]):
                    found.append((end, whole and way.whole))
        return found

    def _choices(self, units: Iterable[KnownUnit]) -> tuple[str, ...]:
        codes = [end.code for unit in units for end, _ in self._followed(unit)]
        return tuple(dict.fromkeys(f"commune:{code}" for code in codes))

    def _by_code(self, text: str, on: date) -> Meaning | None:
        plain = clean(text)
        if not (plain.isascii() and plain.isdigit()) or len(plain) > COMMUNE_DIGITS:
            return None
        code = plain.zfill(COMMUNE_DIGITS)
        units = [unit for unit in self._communes if unit.code == code]
        valid = [unit for unit in units if self._is_valid(unit, on)]
        return self._meaning(valid or units) if units else None

    def _centre_by_name(self, text: str) -> Meaning | None:
        found = self._centre_names.get(search_key(text), ())
        if len(found) != 1:
            return None
        (code,) = found
        return Meaning("found", self._commune_of(self.centres[code]), code)

    def _provincial(self, text: str, found: Iterable[Piece]) -> Meaning | None:
        """Know the provincial centre: a centre of "the province", and there is only one."""
        own = search_key(self._facts.province.short_name)
        names = {"tinh", own, search_key(self._facts.province.name), f"tinh {own}"}
        at_province = [centre for centre in self._facts.centres if centre.level == "province"]
        if len(at_province) == 1 and names_a_centre(text) and any(p.bare in names for p in found):
            return Meaning("found", "", at_province[0].code)
        return None

    def _close(self, found: Iterable[Piece]) -> tuple[str, ...]:
        """Suggest communes that are written nearly so."""
        by_key = {search_key(unit.name): unit.code for unit in self.communes}
        by_key |= {search_key(unit.short_name): unit.code for unit in self.communes}
        close = [
            by_key[name]
            for piece in found
            for name in get_close_matches(piece.bare[:80], by_key, n=3, cutoff=0.75)
        ]
        return tuple(dict.fromkeys(f"commune:{code}" for code in close))

    def _centre_of(self, commune: str) -> str:
        ids = {unit.id for unit in self.communes if unit.code == commune}
        own = [centre.code for centre in self._facts.centres if centre.unit_id in ids]
        return own[0] if len(own) == 1 else ""

    def _commune_of(self, centre: KnownCentre) -> str:
        unit = self._by_id[centre.unit_id]
        return unit.code if unit.kind == "commune" else ""

    @staticmethod
    def _is_valid(unit: KnownUnit, on: date) -> bool:
        return unit.valid_from <= on and (unit.valid_to is None or unit.valid_to > on)


def _index(
    units: Iterable[KnownUnit], name: Callable[[KnownUnit], str]
) -> dict[str, list[KnownUnit]]:
    found: dict[str, list[KnownUnit]] = defaultdict(list)
    for unit in units:
        found[search_key(name(unit))].append(unit)
    return dict(found)
