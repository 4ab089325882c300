"""Recipes: which steps lead from base weights to final ones, with their options.

A recipe is data: written as TOML or JSON, kept with the weights it made, hashed by its meaning.
Control totals stand in it by their content hash; who writes one may name them by number.
"""

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any, ClassVar, Final

from app.errors import LongdanError

MOST_STEPS: Final = 20
THIN: Final = ("neighbour", "parent", "keep", "fail")
DISTANCES: Final = ("linear", "raking", "logit")
REDISTRIBUTIONS: Final = ("proportionally", "equally", "none")


class RecipeRefusedError(LongdanError):
    """A recipe cannot be read or contradicts itself; ``step`` counts from 1, 0 is the whole.

    Codes: ``recipe.not-toml``, ``recipe.empty``, ``recipe.too-long``, ``recipe.step-unknown``,
    ``recipe.key-unknown``, ``recipe.key-missing``, ``recipe.value``, ``recipe.order``,
    ``recipe.bounds``, ``recipe.control-unknown``, ``recipe.control-twice``,
    ``recipe.column-unknown``, ``recipe.no-cases``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a recipe."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Step):
    """Spread the weight of cases nobody knows to be eligible over those known.

    Attributes
    ----------
    within : tuple of str
        Columns whose cells keep their weight; none for one cell.
    minimum : int
        Cells with fewer known cases are pointed out.
    """

    kind: ClassVar[str] = "unknown"

    within: tuple[str, ...] = ()
    minimum: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonresponse(Step):
    """Let those who answered carry the weight of those of their class who did not.

    Attributes
    ----------
    within : tuple of str
        Columns that make the classes.
    thin : str
        What becomes of classes with few answers: one of `THIN`.
    minimum : int
        How many answers are enough.
    """

    kind: ClassVar[str] = "nonresponse"

    within: tuple[str, ...] = ()
    thin: str = "neighbour"
    minimum: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Propensity(Step):
    """As `Nonresponse`, with classes of the propensity to answer that a logistic model estimates.

    Attributes
    ----------
    terms : tuple of str
        Columns of the model, or products ``a:b`` of them.
    classes : int
        Number of classes; 0 for the inverse of the propensity itself.
    weighted : bool
        Whether cases count in the model by their weights.
    """

    kind: ClassVar[str] = "propensity"

    terms: tuple[str, ...]
    classes: int = 5
    weighted: bool = True
    minimum: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated(Step):
    """What steps that aim at control totals have.

    Attributes
    ----------
    controls : tuple of str
        Content hashes of control totals.
    largest_factor : float
        A weight may become at most so many times larger or smaller; beyond, the step is refused.
    """

    controls: tuple[str, ...]
    largest_factor: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rake(Calibrated):
    """Meet all control totals, weights multiplied margin after margin."""

    kind: ClassVar[str] = "rake"

    max_iterations: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Greg(Calibrated):
    """Meet all control totals, weights as near as possible to those before.

    Attributes
    ----------
    distance : str
        One of `DISTANCES`.
    bounds : tuple of float
        Smallest and largest ratio of weights; needed with ``logit``.
    """

    kind: ClassVar[str] = "greg"

    distance: str = "linear"
    bounds: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim(Step):
    """Cut off extreme weights of answers and give the rest to the others.

    Attributes
    ----------
    times_median : float
        Largest weight as a multiple of the median weight.
    least_times_median : float
        Smallest weight likewise; 0 for none.
    redistribute : str
        One of `REDISTRIBUTIONS`.
    within : tuple of str
        Columns whose cells keep their weight.
    restore : bool
        Whether the last control totals are met again after something was cut off.
    """

    kind: ClassVar[str] = "trim"

    times_median: float = 5.0
    least_times_median: float = 0.0
    redistribute: str = "proportionally"
    within: tuple[str, ...] = ()
    restore: bool = True


KINDS: Final[Mapping[str, type[Step]]] = {
    each.kind: each for each in (Unknown, Nonresponse, Propensity, Rake, Greg, Trim)
}
# A step may not come before one of an earlier rank.
_RANK: Final = {"unknown": 0, "nonresponse": 1, "propensity": 1, "rake": 2, "greg": 2, "trim": 3}
_ONCE: Final = frozenset({"unknown", "nonresponse", "propensity"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps in their order; reserves are counted in before the first, always."""

    steps: tuple[Step, ...]

    @property
    def needs_cases(self) -> bool:
        """Whether a step needs to know of those without answers."""
        return any(isinstance(step, Unknown | Nonresponse | Propensity) for step in self.steps)

    @property
    def controls(self) -> tuple[str, ...]:
        """Content hashes of all control totals it names, each once."""
        named = (of for step in self.steps if isinstance(step, Calibrated) for of in step.controls)
        return tuple(dict.fromkeys(named))

    def to_json(self) -> dict[str, Any]:
        """Write it out, every option included, so that its hash is that of its meaning."""
        return {"steps": [{"step": step.kind} | _listed(asdict(step)) for step in self.steps]}


def from_json(written: object, control: Callable[[str], str] = str) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    written : object
        ``{"steps": [{"step": "nonresponse", "within": […], …}, …]}``.
    control : callable
        From how control totals are named to their content hash; raises `RecipeRefusedError`.

    Raises
    ------
    RecipeRefusedError
    """
    steps = written.get("steps") if isinstance(written, Mapping) else None
    if not isinstance(steps, Sequence) or isinstance(steps, str) or not steps:
        raise RecipeRefusedError("recipe.empty", step=0)
    if len(steps) > MOST_STEPS:
        raise RecipeRefusedError("recipe.too-long", step=0, most=MOST_STEPS)
    if isinstance(written, Mapping) and set(written) - {"steps"}:
        raise RecipeRefusedError(
            "recipe.key-unknown", step=0, key=", ".join(sorted(set(written) - {"steps"}))
        )
    read = [_step(number, one, control) for number, one in enumerate(steps, start=1)]
    _check_order(read)
    return Recipe(tuple(read))


def from_toml(text: str, control: Callable[[str], str] = str) -> Recipe:
    """Read a recipe from a file: the same, as ``[[steps]]``."""
    try:
        written = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise RecipeRefusedError("recipe.not-toml", step=0, reason=str(error)) from error
    return from_json(written, control)


def _listed(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in options.items()
    }


def _step(number: int, written: object, control: Callable[[str], str]) -> Step:
    if not isinstance(written, Mapping) or written.get("step") not in KINDS:
        named = written.get("step", "") if isinstance(written, Mapping) else ""
        raise RecipeRefusedError(
            "recipe.step-unknown", step=number, value=str(named), known=", ".join(KINDS)
        )
    of = KINDS[str(written["step"])]
    known = {field.name: field for field in fields(of)}
    given: dict[str, Any] = {}
    for name, value in written.items():
        if name == "step":
            continue
        if name not in known:
            raise RecipeRefusedError(
                "recipe.key-unknown", step=number, key=str(name), known=", ".join(known)
            )
        given[name] = _value(number, name, value)
    for needed in ("controls", "terms"):
        if needed in known and not given.get(needed):
            raise RecipeRefusedError("recipe.key-missing", step=number, key=needed)
    if "controls" in given:
        given["controls"] = tuple(control(one) for one in given["controls"])
        if len(set(given["controls"])) < len(given["controls"]):
            raise RecipeRefusedError("recipe.control-twice", step=number)
    made = of(**given)
    _check_step(number, made)
    return made


_CHOICES: Final = {"thin": THIN, "distance": DISTANCES, "redistribute": REDISTRIBUTIONS}
_WHOLE: Final = {"minimum": (0, 10**6), "classes": (0, 100), "max_iterations": (1, 10**6)}
_NUMBERS: Final = {
    "largest_factor": (1.0, 10**6), "times_median": (1.0, 10**6), "least_times_median": (0.0, 1.0),
}  # fmt: skip


def _value(number: int, name: str, value: object) -> Any:
    """Read one option, or refuse it."""
    found = _reader(name)(name, value)
    if found is None:
        raise RecipeRefusedError("recipe.value", step=number, key=name, value=str(value)[:80])
    return found


def _reader(name: str) -> Callable[[str, object], Any]:
    if name in ("within", "terms", "controls"):
        return _texts
    if name == "bounds":
        return _ends
    if name in ("weighted", "restore"):
        return _flag
    if name in _CHOICES:
        return _choice
    return _whole if name in _WHOLE else _between


def _texts(_name: str, value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or len(value) > 20:
        return None
    texts = [str(one) for one in value if isinstance(one, str | int)]
    return tuple(texts) if len(texts) == len(value) else None


def _ends(_name: str, value: object) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple) or len(value) not in (0, 2):
        return None
    ends = tuple(_number(one) for one in value)
    return None if any(math.isnan(end) for end in ends) else ends


def _flag(_name: str, value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _choice(name: str, value: object) -> str | None:
    return str(value) if value in _CHOICES[name] else None


def _whole(name: str, value: object) -> int | None:
    low, high = _WHOLE[name]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return int(str(value)) if is_whole and low <= int(str(value)) <= high else None


def _between(name: str, value: object) -> float | None:
    least, most = _NUMBERS[name]
    return _number(value) if least <= _number(value) <= most else None


def _number(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else math.nan  # type: ignore[arg-type]


def _check_step(number: int, step: Step) -> None:
    if isinstance(step, Greg):
        if step.distance == "logit" and not step.bounds:
            raise RecipeRefusedError("recipe.key-missing", step=number, key="bounds")
        if step.bounds and not 0 <= step.bounds[0] < 1 < step.bounds[1]:
            raise RecipeRefusedError("recipe.bounds", step=number)
    if isinstance(step, Trim) and step.times_median <= 1.0:
        raise RecipeRefusedError("recipe.bounds", step=number)


def _check_order(steps: Sequence[Step]) -> None:
    """Refuse steps out of order, and adjustments for nonresponse made twice."""
    for number, (before, after) in enumerate(pairwise(steps), start=2):
        if _RANK[after.kind] < _RANK[before.kind]:
            # Control totals may be met once more after trimming.
            if not (isinstance(before, Trim) and isinstance(after, Calibrated)):
                raise RecipeRefusedError("recipe.order", step=number)
        elif _RANK[after.kind] == _RANK[before.kind] and after.kind in _ONCE:
            raise RecipeRefusedError("recipe.order", step=number)
