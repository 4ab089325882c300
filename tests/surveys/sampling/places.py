"""Made-up frames for tests of sampling."""

import hashlib

import numpy as np

from surveys.sampling.chance import Chance
from surveys.sampling.frame import Frame, frame_bytes, parse_frame


def area_columns(n=120, *, n_communes=12, n_districts=3, seed=1):
    """Columns of n villages; village i lies in commune i mod n_communes."""
    random = np.random.default_rng(seed)
    numbers = np.arange(n)
    commune = numbers % n_communes
    return {
        "key": [f"v{i:04d}" for i in numbers],
        "district": [f"d{c % n_districts}" for c in commune],
        "commune": [f"c{c:02d}" for c in commune],
        "village": [f"Thôn {i // n_communes}" for i in numbers],
        "households": random.integers(20, 200, n),
        "people": random.integers(80, 900, n),
        "difficult": ["yes" if random.random() < 0.3 else "no" for _ in numbers],
        "prn": random.integers(1, 2**53, n),
    }


def dossier_columns(n=400, *, n_people=None, seed=1):
    """Columns of n dossiers of six centres in four communes and five fields."""
    random = np.random.default_rng(seed)
    centre = random.integers(0, 6, n)
    people = random.integers(1, 2**53, n_people or n)
    return {
        "key": [f"H22.{i:06d}" for i in random.permutation(n)],
        "procedure": [f"1.00{p}" for p in random.integers(0, 9, n)],
        "field": [f"f{f}" for f in random.integers(0, 5, n)],
        "centre": [f"t{c}" for c in centre],
        "commune": [f"c{c % 4}" for c in centre],
        "agency": [f"a{a}" for a in random.integers(0, 3, n)],
        "received_on": [f"2026-0{m}-15" for m in random.integers(1, 10, n)],
        "channel": random.choice(["direct", "online", "post"], n).tolist(),
        "prn": people[random.integers(0, len(people), n)] if n_people else people,
    }


def area_frame(**options) -> Frame:
    return parse_frame(frame_bytes("area", area_columns(**options)))


def dossier_frame(**options) -> Frame:
    return parse_frame(frame_bytes("dossier", dossier_columns(**options)))


def chance(number: int = 0) -> Chance:
    return Chance(hashlib.sha256(str(number).encode()).digest())
