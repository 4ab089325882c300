"""Take the pictures of docs/images from a running demo: python tools/screenshots.py URL."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZES = {"phone": (360, 740), "desktop": (1280, 900)}

REQUIRED = {
    *("access_1", "access_2", "procedures_1", "procedures_2", "officials_1", "officials_2"),
    *("results_1", "results_2", "feedback_1", "overall", "late"),
}


def citizen(page, url, size):
    page.goto(f"{url}/c/05")
    page.screenshot(path=FOLDER / f"start-{size}.png", full_page=True)
    page.click("main button >> nth=-1")
    page.screenshot(path=FOLDER / f"form-{size}.png", full_page=size == "desktop")
    names = page.eval_on_selector_all("input[type=radio]", "all => all.map(one => one.name)")
    *most, last, one_more = [name for name in dict.fromkeys(names) if name in REQUIRED]
    answer(page, most)
    page.click("text=Gửi phiếu")
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=FOLDER / f"errors-{size}.png")
    answer(page, [last, one_more])
    page.click("text=Gửi phiếu")
    page.screenshot(path=FOLDER / f"thanks-{size}.png")


def answer(page, names):
    for name in names:
        # The last option of "late" is no, of a scale that one is satisfied.
        page.check(f"input[name={name}] >> nth={-1 if name == 'late' else 3}")


def results(page, url, size):
    page.goto(f"{url}/ket-qua/mau-mo-phong")
    page.screenshot(path=FOLDER / f"results-{size}.png", full_page=True, clip=clip_of(page, 1500))


def clip_of(page, most):
    width = page.viewport_size["width"]
    height = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": width, "height": min(height, most)}


def main(url):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, java_script_enabled=False
            )
            page = context.new_page()
            citizen(page, url, size)
            results(page, url, size)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
