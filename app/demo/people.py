"""Simulated respondents: a latent opinion, cut into the levels of the questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import norm

from surveys.instrument.model import Instrument, Item, Kind
from surveys.instrument.route import follow
from surveys.instrument.rules import Answers, AnswerValue

# Standard deviations of the latent opinion, on the scale of a standard normal answer.
_COMMUNE, _VILLAGE, _PERSON, _COMPONENT, _ANSWER = 0.28, 0.20, 0.70, 0.30, 0.60
_TOTAL = float(np.sqrt(_COMMUNE**2 + _VILLAGE**2 + _PERSON**2 + _COMPONENT**2 + _ANSWER**2))
# Where the levels part: below the first is level 1, above the last is level 5. "Satisfied" begins
# at 0, so that the share of satisfied answers is set by the mean alone.
_CUTS = np.array([-1.45, -0.75, 0.0, 1.05])
_STRAIGHT_LINERS = 0.06
_LATE = 0.08
_LATE_COST = 0.95

# Shares of options, by item; other closed items are answered evenly.
_SHARES: Mapping[str, Mapping[str, float]] = {
    "respondent_type": {"citizen": 0.9, "organisation": 0.1},
    "sex": {"male": 0.49, "female": 0.51},
    "age_group": {
        "18_24": 0.10, "25_34": 0.24, "35_49": 0.34, "50_60": 0.19, "over_60": 0.13,
    },
    "ethnicity": {"kinh": 0.87, "other": 0.13},
    "education": {
        "primary": 0.06, "lower_secondary": 0.2, "upper_secondary": 0.3, "vocational": 0.22,
        "university": 0.21, "other": 0.01,
    },
    "trips": {"none": 0.07, "one": 0.5, "two": 0.31, "three": 0.09, "four_or_more": 0.03},
    "harassed": {"yes": 0.012, "no": 0.988},
    "paid_extra": {"yes": 0.007, "no": 0.993},
    "told": {"yes": 0.62, "no": 0.38},
    "apologised": {"yes": 0.41, "no": 0.59},
    "direct": {"yes": 1.0, "no": 0.0},
    "received": {"yes": 1.0, "no": 0.0},
}  # fmt: skip


_OCCUPATIONS = ("at_home", "self_employed", "private_sector", "public_sector", "other")
_OCCUPATION_SHARES = (0.12, 0.38, 0.32, 0.14, 0.04)


@dataclass(slots=True)
class Opinions:
    """What simulated people think, by commune, village and component.

    Parameters
    ----------
    rates : mapping of component to float
        Share of satisfied answers aimed at, between 0 and 1.
    shift : float
        Added to everyone's opinion: people who rate at the counter are kinder.
    generator : Generator
        The only source of chance.
    """

    rates: Mapping[str, float]
    generator: np.random.Generator
    shift: float = 0.0
    _places: dict[str, float] = field(default_factory=dict)
    _items: dict[str, float] = field(default_factory=dict)

    def answer(
        self,
        instrument: Instrument,
        commune: str,
        village: str,
        known: Mapping[str, AnswerValue] | None = None,
    ) -> dict[str, AnswerValue]:
        """Answer a questionnaire along its path, as one person of that place.

        ``known`` holds answers that follow from the place, e.g. urban or rural.

        Returns
        -------
        dict
            Item code to stored value; no free text.
        """
        draw = self.generator
        place = self._place(commune, _COMMUNE) + self._place(village, _VILLAGE)
        person = place + draw.normal(0, _PERSON) + self.shift
        late = bool(draw.random() < _LATE)
        if late:
            person -= _LATE_COST
        uniform = int(draw.choice([4, 5], p=[0.7, 0.3])) if draw.random() < _STRAIGHT_LINERS else 0
        moods = {name: person + draw.normal(0, _COMPONENT) for name in self.rates}
        answers: dict[str, AnswerValue] = {}

        def answer_of(item: Item) -> AnswerValue | None:
            value: AnswerValue | None
            if known is not None and item.code in known:
                value = known[item.code]
            elif item.kind is Kind.SCALE:
                value = uniform or self._level(item, moods)
            else:
                value = self._option(item, answers, late=late)
            if value is not None:
                answers[item.code] = value
            return value

        follow(instrument, answer_of)
        return answers

    def _place(self, code: str, spread: float) -> float:
        return self._places.setdefault(code, float(self.generator.normal(0, spread)))

    def _level(self, item: Item, moods: Mapping[str, float]) -> int | None:
        name = item.code.rsplit("_", 1)[0]
        component = name if name in moods else "overall"
        # Most people never sent feedback and leave its items empty.
        if not item.required and self.generator.random() < 0.45:
            return None
        if item.scale is not None and item.scale.not_rated and self.generator.random() < 0.12:
            return item.scale.not_rated[0]
        mean = float(norm.ppf(self.rates.get(component, 0.93))) * _TOTAL
        easier = self._items.setdefault(item.code, float(self.generator.normal(0, 0.12)))
        mood = moods.get(component, float(np.mean(list(moods.values()))))
        opinion = mean + easier + mood + float(self.generator.normal(0, _ANSWER))
        return 1 + int(np.searchsorted(_CUTS, opinion))

    def _option(self, item: Item, answers: Answers, *, late: bool) -> AnswerValue | None:
        draw = self.generator
        if item.code == "result_time":
            return "late" if late else str(draw.choice(["on_time", "early"], p=[0.86, 0.14]))
        if item.code in ("late", "late_result"):
            return "yes" if late else "no"
        if item.code == "occupation":
            return self._occupation(answers.get("age_group"))
        shares = _SHARES.get(item.code)
        options = list(shares) if shares and set(shares) <= set(item.options) else [*item.options]
        if not options or item.kind in (Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.NOTE):
            return None
        if not item.required and draw.random() < 0.04:
            return None
        weights = [shares[option] for option in options] if shares else None
        chosen = str(draw.choice(options, p=weights))
        return [chosen] if item.kind is Kind.MULTIPLE else chosen

    def _occupation(self, age_group: AnswerValue | None) -> str:
        """Nobody under 60 is retired, and only the youngest study."""
        draw = self.generator
        if age_group == "over_60" and draw.random() < 0.8:
            return "retired"
        if age_group == "18_24" and draw.random() < 0.5:
            return "student"
        return str(draw.choice(_OCCUPATIONS, p=_OCCUPATION_SHARES))
