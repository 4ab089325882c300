"""What contradicts itself in the section ``[design]``."""

from __future__ import annotations

from analysis.plan.reader import Reader
from analysis.plan.schema.design import PAIRWISE, STAGES_AT_MOST, DesignSection, ReplicatesSection


def check_design(design: DesignSection, reader: Reader) -> None:
    """Note what contradicts itself before any file is opened."""
    _check_stages(design, reader)
    _check_selection(design, reader)
    if design.replicates is not None:
        _check_replicates(design.replicates, design, reader)


def _check_stages(design: DesignSection, reader: Reader) -> None:
    for name, stages in (
        ("strata", design.strata),
        ("clusters", design.clusters),
        ("fpc", design.fpc),
    ):
        if len(stages) > STAGES_AT_MOST:
            place = (*design.place, name, STAGES_AT_MOST)
            reader.fault(place, "too-many-stages", most=STAGES_AT_MOST)
    if design.fpc_kind is not None and not design.fpc:
        reader.fault((*design.place, "fpc_kind"), "key-needs-key", key="fpc_kind", needed="fpc")
    n_stages = max(len(design.strata), len(design.clusters), len(design.fpc), 1)
    if n_stages > len(design.clusters) + 1:
        reader.fault(design.place, "stages-without-clusters", stages=n_stages)
    if design.weight is None:
        known = [given != "" for given in design.fpc] + [False] * (n_stages - len(design.fpc))
        # The first stage of unequal probabilities is known from these.
        if not all(known[0 if design.probability is None else 1 :]):
            reader.fault(design.place, "design-without-weight", stages=n_stages)


def _check_selection(design: DesignSection, reader: Reader) -> None:
    selection = design.selection
    is_unequal = selection != "simple"
    if is_unequal and design.probability is None and selection != "pps-with-replacement":
        reader.fault(design.place, "key-needed-with", key="probability", value=selection)
    if selection == "pps-joint" and design.joint is None:
        reader.fault(design.place, "key-needed-with", key="joint", value=selection)
    if is_unequal and design.fpc and design.fpc[0] != "":
        reader.fault((*design.place, "fpc", 0), "fpc-with-probability")
    n_stages = max(len(design.strata), len(design.clusters), len(design.fpc))
    if selection in PAIRWISE and design.lonely != "fail" and n_stages < 2:
        # Of pairs there is no policy; of later stages there is.
        needed = "selection = simple, pps-brewer, pps-with-replacement"
        reader.fault((*design.place, "lonely"), "key-only-with", key="lonely", needed=needed)
    for name, is_possible, needed in (
        ("probability", is_unequal, "pps-…"),
        ("joint", selection == "pps-joint", "pps-joint"),
        (
            "pps_variance",
            selection in PAIRWISE,
            ", ".join(PAIRWISE),
        ),
    ):
        if getattr(design, name) is not None and not is_possible:
            place = (*design.place, name)
            reader.fault(place, "key-only-with", key=name, needed=f"selection = {needed}")


def _check_replicates(replicates: ReplicatesSection, design: DesignSection, reader: Reader) -> None:
    place = replicates.place
    if replicates.make is not None and replicates.columns:
        reader.fault((*place, "make"), "keys-exclude", one="columns", other="make")
    elif replicates.make is None and not replicates.columns:
        reader.fault(place, "one-of-keys", keys="columns, make")
    elif replicates.make is None:
        _check_given(replicates, design, reader)
    else:
        _check_made(replicates, reader)


def _check_given(replicates: ReplicatesSection, design: DesignSection, reader: Reader) -> None:
    place = replicates.place
    if replicates.method is None:
        reader.fault(place, "key-needed-with", key="method", value="columns")
    for name in ("n", "seed", "order", "adjust"):
        if getattr(replicates, name) is not None:
            reader.fault((*place, name), "key-only-with", key=name, needed="make")
    if replicates.method == "fay" and replicates.rho is None and replicates.scale is None:
        reader.fault(place, "key-needed-with", key="rho", value="fay")
    if replicates.method == "other" and replicates.scale is None:
        reader.fault(place, "key-needed-with", key="scale", value="other")
    if replicates.method == "jkn" and not replicates.rscales and replicates.combined is not False:
        reader.fault(place, "jkn-needs-rscales")
    if design.weight is None:
        reader.fault(design.place, "key-needed-with", key="weight", value="replicates.columns")


def _check_made(replicates: ReplicatesSection, reader: Reader) -> None:
    place, made = replicates.place, replicates.make
    for name in ("method", "combined", "scale"):
        if getattr(replicates, name) is not None:
            reader.fault((*place, name), "key-only-with", key=name, needed="columns")
    if replicates.rscales:
        reader.fault((*place, "rscales"), "key-only-with", key="rscales", needed="columns")
    for name, makers in (
        ("n", ("bootstrap", "sdr")),
        ("seed", ("bootstrap",)),
        ("order", ("sdr", "jk2")),
        ("rho", ("fay",)),
    ):
        if getattr(replicates, name) is not None and made not in makers:
            needed = " | ".join(f"make = {maker}" for maker in makers)
            reader.fault((*place, name), "key-only-with", key=name, needed=needed)
    if made == "bootstrap" and replicates.seed is None:
        reader.fault(place, "key-needed-with", key="seed", value="bootstrap")
    if made == "fay" and replicates.rho is None:
        reader.fault(place, "key-needed-with", key="rho", value="fay")
