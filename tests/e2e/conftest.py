"""The demo as a person starts it, and a browser to look at it with."""

import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.config import ROOT

# Bounds a hang; reaching it is a failure, never a measurement.
PATIENCE_SECONDS = 240


@dataclass
class Demo:
    """A running demo and what it printed."""

    process: subprocess.Popen[str]
    url: str
    var_dir: Path
    printed: list[str] = field(default_factory=list)

    @property
    def password(self) -> str:
        return re.search(r"password (\S+)", "\n".join(self.printed))[1]

    def stop(self) -> int:
        """Press Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(var_dir: Path, port: int) -> Demo:
    """Start the demo and wait until it says that it is ready, or ends."""
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "USER")
    process = subprocess.Popen(
        [sys.executable, "-m", "app.demo"],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in keep if name in os.environ},
            "VAR_DIR": str(var_dir),
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            # The browser fills in forms faster than anybody can.
            "FORM_SECONDS": "0",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    demo = Demo(process, f"http://127.0.0.1:{port}", var_dir)
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (line := lines.get(timeout=PATIENCE_SECONDS)) is not None:
        demo.printed.append(line)
        if "Stop with Ctrl-C" in line:
            break
    return demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = start(tmp_path_factory.mktemp("thư mục chạy thử") / "var", free_port())
    yield demo
    demo.stop()


# For one file: as long as it is open, an event loop runs in this process, and other tests start
# their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
