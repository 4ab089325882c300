"""Compile requirements*.in to requirements*.txt: every package pinned and hashed."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "var" / "lock-tool"

if not (TOOL / "bin" / "uv").exists():
    venv.create(TOOL, with_pip=True)
    subprocess.run([TOOL / "bin" / "python", "-m", "pip", "install", "-q", "uv"], check=True)

COMMON = [
    TOOL / "bin" / "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-header", *sys.argv[1:],
]  # fmt: skip
subprocess.run([*COMMON, "-o", "requirements.txt", "requirements.in"], check=True, cwd=ROOT)
subprocess.run(
    [*COMMON, "-c", "requirements.txt", "-o", "requirements-dev.txt", "requirements-dev.in"],
    check=True,
    cwd=ROOT,
)
