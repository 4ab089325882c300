"""What a measured process tells about itself when it is done."""

import json
import os
from pathlib import Path


def tell(**figures) -> None:
    """Print figures, CPU seconds and the most memory held, as JSON."""
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    used = os.times()
    figures |= {"megabytes": peak / 1024, "cpu": used.user + used.system}
    print(json.dumps(figures))
