"""From a publication's figures and answers to its findings: nothing read from the database here.

The same snapshot, weights, method, level, rules and targets give the same rows.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from analysis.changes import Change, RoundSample, changes, shares_psus
from analysis.drivers.picture import Driver, Drivers, drivers
from analysis.ranking.of_index import Precision, rank_units
from analysis.ranking.uncertain import DRAWS, METHOD, REGION_METHOD, TOP
from analysis.results import IntervalMethod
from analysis.targets import Aimed, adjusted, judge_goals
from app.queries.findings import ChangeRow, DriverRow, Findings, RankRow, VerdictRow
from app.services.figures import EstimateFigure
from app.services.findings.basis import Earlier, Goal, Key, Measured


def work_out(
    measured: Measured, goals: Mapping[Key, Goal], earlier: Earlier, seed: int
) -> Findings:
    """Work out ranks, verdicts, changes and drivers.

    Parameters
    ----------
    goals : mapping of (node, kind, code) to Goal
    seed : int
        Of the simulations.
    """
    ranks, of_ranks = _ranks(measured, seed)
    moved, of_changes = _changes(measured, earlier)
    found, of_drivers = _drivers(measured)
    return Findings(
        bases={
            "ranking": of_ranks,
            "targets": {"level": measured.level, "adjustments": ["holm", "benjamini-hochberg"]},
            "changes": of_changes,
            "drivers": of_drivers,
        },
        ranks=ranks,
        verdicts=tuple(_verdicts(measured, goals)),
        changes=moved,
        drivers=found,
    )


def _ranks(measured: Measured, seed: int) -> tuple[tuple[RankRow, ...], dict[str, Any]]:
    main = measured.main()
    rows: list[RankRow] = []
    limits: dict[str, float] = {}
    for kind in measured.ranked_kinds:
        sample = measured.reduced(kind)
        for node in measured.nodes:
            shown = {
                code: _precision(main[node, kind, code])
                for code in sample.codes
                if (node, kind, code) in main and not main[node, kind, code].suppressed
            }
            codes, ranking = rank_units(
                sample, node, shown, level=measured.level, top=TOP, seed=seed
            )
            if ranking is None:
                continue
            limits[f"{kind}/{node}"] = ranking.limit
            for code, unit in zip(codes, ranking.units, strict=True):
                written = asdict(unit) | {"groups": tuple(str(g + 1) for g in unit.groups)}
                rows.append(
                    RankRow(
                        node=node, domain_kind=kind, domain_code=code, n_ranked=len(codes),
                        top=ranking.top, **written,
                    )
                )  # fmt: skip
    basis = {
        "method": METHOD, "region_method": REGION_METHOD, "level": measured.level, "top": TOP,
        "draws": DRAWS, "seed": seed, "limits": limits,
    }  # fmt: skip
    return tuple(rows), basis


def _precision(figure: EstimateFigure) -> Precision:
    effective = figure.effective_n if figure.effective_n is not None else figure.n
    return Precision(figure.df or 0.0, float(effective or 0.0))


def _verdicts(measured: Measured, goals: Mapping[Key, Goal]) -> Iterator[VerdictRow]:
    """Judge the targets of one node and kind of unit together."""
    main = measured.main()
    families: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in main:
        if key in goals:
            families[key[0], key[1]].append(key)
    for keys in families.values():
        judged = judge_goals([_aimed(main[key], goals[key].value) for key in keys], measured.level)
        n_family = sum(not math.isnan(one.p_value) for one in judged)
        for key, one in zip(keys, judged, strict=True):
            yield VerdictRow(
                *key,
                target=goals[key].value,
                source=goals[key].source,
                verdict=one.verdict.value,
                p_value=_known(one.p_value),
                n_family=n_family,
                p_holm=_known(one.p_holm),
                p_bh=_known(one.p_bh),
                verdict_holm=one.verdict_holm.value,
                verdict_bh=one.verdict_bh.value,
            )


def _aimed(figure: EstimateFigure, goal: float) -> Aimed:
    effective = figure.effective_n if figure.effective_n is not None else figure.n
    return Aimed(
        value=_number(figure.value),
        standard_error=_number(figure.standard_error),
        low=_number(figure.low),
        high=_number(figure.high),
        df=_number(figure.df),
        n=_number(figure.n),
        flat_n=_number(effective),
        method=IntervalMethod(figure.interval_method or "none"),
        goal=goal,
    )


def _changes(measured: Measured, earlier: Earlier) -> tuple[tuple[ChangeRow, ...], dict[str, Any]]:
    basis: dict[str, Any] = {
        "status": earlier.status, "earlier": earlier.publication_id, "level": measured.level,
    }  # fmt: skip
    before = earlier.measured
    if before is None:
        return (), basis
    now_main, before_main = measured.main(), before.main()
    rows: list[ChangeRow] = []
    is_overlapping = False
    for kind in ("", *(kind for kind in measured.kinds if kind in before.kinds)):
        now, then = _sampled(measured, kind), _sampled(before, kind)
        is_overlapping = shares_psus(now, then)
        for node in measured.nodes:
            codes = [
                code
                for code in now.sample.codes
                if _is_shown(now_main, (node, kind, code))
                and _is_shown(before_main, (node, kind, code))
            ]
            if codes:
                found = changes(
                    now, then, node, codes, level=measured.level, overlapping=is_overlapping
                )
                rows += _change_rows(node, kind, found)
    return tuple(rows), basis | {"overlapping": is_overlapping}


def _sampled(measured: Measured, kind: str) -> RoundSample:
    return RoundSample(measured.reduced(kind), measured.answers.stratum, measured.answers.psu)


def _is_shown(main: Mapping[Key, EstimateFigure], key: Key) -> bool:
    return key in main and not main[key].suppressed


def _change_rows(node: str, kind: str, found: tuple[Change, ...]) -> Iterator[ChangeRow]:
    holm, bh = adjusted([one.p_value for one in found])
    n_family = sum(not math.isnan(one.p_value) for one in found)
    for one, p_holm, p_bh in zip(found, holm, bh, strict=True):
        yield ChangeRow(
            node=node, domain_kind=kind, domain_code=one.code, value=one.value,
            standard_error=_known(one.standard_error), df=_known(one.df), low=_known(one.low),
            high=_known(one.high), p_value=_known(one.p_value), n_family=n_family,
            p_holm=_known(p_holm), p_bh=_known(p_bh),
        )  # fmt: skip


def _drivers(measured: Measured) -> tuple[tuple[DriverRow, ...], dict[str, Any]]:
    found = drivers(measured.method, measured.columns, measured.design, measured.level)
    main = measured.main()
    hidden = {
        item
        for component in measured.method.components
        if not _is_shown(main, (component, "", ""))
        for item in measured.method.leaf_items(component)
    }
    left_out = {item: why for model in found.models for item, why in model.left_out}
    reasons = {item: model.reason for model in found.models for item in model.items}
    rows = tuple(
        _driver_row(one, reasons.get(one.item) or left_out.get(one.item, ""))
        if one.item not in hidden and _is_precise(one, measured)
        else _hidden_row(one)
        for one in found.drivers
    )
    return rows, _drivers_basis(found, measured.level)


def _is_precise(driver: Driver, measured: Measured) -> bool:
    """Judge a criterion's share by the rules of the publication."""
    rules, shown = measured.rules, driver.performance
    return (
        shown.n >= max(rules.min_n, rules.min_cell)
        and shown.df >= rules.min_df
        and (shown.high - shown.low) / 2 <= rules.max_half_width
        and (shown.high - shown.low) / 2 <= rules.max_relative_half_width * shown.value
    )


def _driver_row(one: Driver, reason: str) -> DriverRow:
    importance, performance = one.importance, one.performance
    tested = None if importance is None else importance.difference
    return DriverRow(
        component=one.component,
        item=one.item,
        importance=None if tested is None else _known(tested.value),
        importance_se=None if tested is None else _known(tested.standard_error),
        importance_low=None if tested is None else _known(tested.interval.low),
        importance_high=None if tested is None else _known(tested.interval.high),
        importance_p=None if tested is None else _known(tested.p_value),
        inflation=None if importance is None else _known(importance.inflation),
        performance=_known(performance.value),
        performance_se=_known(performance.standard_error),
        performance_low=_known(performance.low),
        performance_high=_known(performance.high),
        n=performance.n,
        df=_known(performance.df),
        quadrant=None if one.quadrant is None else one.quadrant.value,
        is_clear=one.is_clear,
        reason=reason,
    )


def _hidden_row(one: Driver) -> DriverRow:
    return DriverRow(
        component=one.component, item=one.item, importance=None, importance_se=None,
        importance_low=None, importance_high=None, importance_p=None, inflation=None,
        performance=None, performance_se=None, performance_low=None, performance_high=None,
        n=None, df=None, quadrant=None, is_clear=False, reason="suppressed",
    )  # fmt: skip


def _drivers_basis(found: Drivers, level: float) -> dict[str, Any]:
    models = [
        asdict(model)
        | {
            "df": _known(model.df),
            "items": list(model.items),
            "left_out": [list(pair) for pair in model.left_out],
        }
        for model in found.models
    ]
    return {
        "level": level,
        "models": models,
        "mean_importance": _known(found.mean_importance),
        "mean_performance": _known(found.mean_performance),
    }


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
