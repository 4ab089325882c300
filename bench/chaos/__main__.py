"""``make chaos``: every run, the controls that must fail, and what each has shown."""

import os
import sys
from dataclasses import asdict

from bench import report
from bench.chaos import runs

# For a machine that does other work too: N=3000 make chaos.
N, LEAST_KILLS = int(os.environ.get("N", "20000")), 40


def main() -> None:
    shown, wrong = [], []

    def note(verdict: runs.Verdict, wanted: str) -> None:
        print(verdict.line(), flush=True)
        shown.append(asdict(verdict) | {"word": verdict.word, "wanted": wanted})
        if verdict.word != wanted:
            wrong.append(f"{verdict.name}: {verdict.word}, not {wanted}")

    asked = set(sys.argv[1:])
    if not asked or "kills" in asked:
        note(runs.kills("kills", N, least_kills=LEAST_KILLS), "passed")
    if not asked or "controls" in asked:
        print("Controls, which must fail:")
        note(
            runs.kills(
                "thanked before it is on the disk", min(N, 8_000), least_kills=5, careless="async",
                kinds=("PostgreSQL",), every=(200, 500),
            ),
            "FAILED",
        )  # fmt: skip
        note(
            runs.kills("no unique key", min(N, 4_000), least_kills=0, careless="twice", kinds=()),
            "FAILED",
        )
    if not asked or "disk" in asked:
        note(runs.full_disk(1_500), "passed")
    if not asked or "reload" in asked:
        note(runs.reloads(12_000), "passed")
    print(f"Written to {report.save('chaos', {'runs': shown})}")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
