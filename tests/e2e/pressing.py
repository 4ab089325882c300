"""Pressing what leads to another page, and holding a page that would ask again by itself."""

from playwright.sync_api import Locator, Page


def press(page: Page, target: str | Locator) -> None:
    """Press a button or link, and wait until the page it leads to is there.

    A click alone ends when the way to the next page has begun; looking right then can find a
    document that has nothing in it yet.
    """
    with page.expect_navigation():
        (page.locator(target) if isinstance(target, str) else target).click()


def hold(page: Page) -> None:
    """Keep a page as it stands: one that waits for a job asks again every few seconds.

    Whoever looks at it meanwhile would look at a page that is going away. `page.reload()` lets it
    ask again.
    """
    page.evaluate("window.stop()")
