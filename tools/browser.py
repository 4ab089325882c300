"""Find a Chromium for the browser tests, or install one: Debian's, else Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def playwright_has_one():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        return Path(tool.chromium.executable_path).exists()


def apt_command():
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", "apt-get"]
    return None


def main():
    if any(shutil.which(name) for name in NAMES) or playwright_has_one():
        return
    apt = apt_command()
    if apt:
        print("Installing Debian's chromium for the browser tests …", flush=True)
        subprocess.run([*apt, "update", "-qq"], stdout=subprocess.DEVNULL)
        done = subprocess.run(
            [*apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
        if done.returncode == 0 and shutil.which("chromium"):
            return
    print("Installing Playwright's chromium for the browser tests …", flush=True)
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    if done.returncode != 0:
        sys.exit(
            "\nNo browser could be installed. Install one (Debian: sudo apt-get install -y"
            " chromium) and run the same command again."
        )


if __name__ == "__main__":
    main()
