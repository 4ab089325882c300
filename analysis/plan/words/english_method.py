"""What can be wrong with a method file, in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "method.amount-or-second-node": "a deduction needs an amount or a second node",
    "method.bad-top": "the number of best codes must be at least 1 and less than all of them",
    "method.bad-weights": (
        "the weights must be as many as the nodes, not negative, and not all zero"
    ),
    "method.cycle": "the node is made of itself",
    "method.duplicate": "the name stands there twice",
    "method.empty-range": "the ends of the range are the same or in the wrong order",
    "method.item-without-numbers": "the item has no numbers as codes",
    "method.item-without-range": "the scale of the item has no two different codes",
    "method.item-without-satisfied": (
        "[[scales]] does not say which codes of the item count as satisfied"
    ),
    "method.knots-not-ascending": "the knots must be in ascending order",
    "method.missing": "the key is missing",
    "method.negative-error": "a standard error is not negative",
    "method.not-a-list-of-numbers": "here must be a list of numbers",
    "method.not-a-list-of-texts": "here must be a list of texts",
    "method.not-a-number": "here must be a number",
    "method.not-a-table": "here must be a table",
    "method.not-a-text": "here must be a text",
    "method.not-an-option": "the word is not possible here",
    "method.not-knots": "knots are pairs of numbers [[x, y], …]",
    "method.not-toml": "this is not TOML",
    "method.not-true-or-false": "here must be true or false",
    "method.outside-ends": "the value is outside the ends that are given",
    "method.unknown-item": "no [[scales]] names this item",
    "method.unknown-key": "the key is unknown here",
    "method.unknown-node": "there is no such node",
    "method.unknown-operation": (
        "the operation is none of: pooled_top_box, mean_top_box, all_items_top_box, top_box, "
        "option_share, mean_score, scaled_mean, sum, mean, weighted_mean, linear_points, "
        "piecewise_points, min_max, deduct, change, cap, floor, given"
    ),
    "method.unknown-option": "the item has no such option",
    "method.wrong-count": "there are too few or too many",
}
