"""Pictures of pages for docs/images, taken where a test has just made what is to be seen.

``PICTURES=docs/images pytest tests/e2e/test_codes.py`` takes them anew; else nothing is taken.
"""

import os
from pathlib import Path

from playwright.sync_api import Page


def picture(page: Page, name: str, width: int = 1280, *, most: int = 1600) -> None:
    """Take a picture of a page from its top, if pictures are wanted."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 900})
    height = page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, most)}
    page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True, clip=clip)
    page.set_viewport_size(before)
