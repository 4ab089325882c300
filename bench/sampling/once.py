"""One draw in a process of its own: what it needs of memory, told as JSON.

python -m bench.sampling.once FRAME PLAN
"""

import json
import resource
import sys
import time
from pathlib import Path


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    from surveys.sampling.chance import Chance
    from surveys.sampling.frame import read_frame
    from surveys.sampling.listing import list_hash
    from surveys.sampling.plan import plan_hash, read_plan
    from surveys.sampling.select import select

    plan = read_plan(Path(sys.argv[2]).read_text(encoding="utf-8"))
    began = time.perf_counter()
    frame = read_frame(Path(sys.argv[1]))
    read = time.perf_counter() - began
    after_reading = megabytes()
    chance = Chance.from_seed(frame.content_hash, plan_hash(plan), "08 17 23 41 42")
    began = time.perf_counter()
    found = select(plan, frame, chance)
    first = time.perf_counter() - began
    began = time.perf_counter()
    digest = list_hash(found)
    told = {
        "read": read,
        "first_draw": first,
        "list": time.perf_counter() - began,
        "digest": digest,
        "megabytes_read": after_reading,
        "megabytes": megabytes(),
        "main": found.n_main,
        "cases": found.n,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
