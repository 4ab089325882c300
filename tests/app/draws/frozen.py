"""Small frames for tests about draws."""

from sqlalchemy import select

from app.models import Unit
from tests.app import builders

COMMUNES = (("06652", "Phường Hồng Gai"), ("06655", "Phường Hà Lầm"), ("06658", "Phường Hà Tu"))


def the_province(db):
    """The province of the accounts, with two more communes and a centre in each of the three."""
    province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
    for code, name in COMMUNES:
        found = db.scalar(select(Unit).where(Unit.kind == "commune", Unit.code == code))
        builders.centre(db, found or builders.commune(db, province, code, name), f"hcc-{code}")
    return province


def dossiers(generator, n):
    """Columns of a frame of dossiers: three centres of unequal size, people with several."""
    place = generator.choice(3, n, p=[0.6, 0.3, 0.1])
    day = generator.integers(1, 29, n)
    codes = [COMMUNES[at][0] for at in place]
    return {
        "key": [f"H49-{number:05d}" for number in range(n)],
        "field": [f"linh-vuc-{number}" for number in generator.integers(0, 4, n)],
        "centre": [f"hcc-{code}" for code in codes],
        "commune": codes,
        "returned_on": [f"2026-03-{number:02d}" for number in day],
        "home_commune": codes,
        "prn": generator.integers(0, 2**53, n).tolist(),
    }


def villages(generator, n):
    """Columns of a frame of villages in the same communes, some of them empty."""
    place = generator.choice(3, n)
    return {
        "key": [f"{COMMUNES[at][0]}-{number:03d}" for number, at in enumerate(place)],
        "commune": [COMMUNES[at][0] for at in place],
        "village": [f"Thôn {number}" for number in range(n)],
        "households": generator.integers(0, 200, n).tolist(),
        "difficult": generator.choice(["yes", "no"], n).tolist(),
    }
