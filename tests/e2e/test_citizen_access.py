"""The citizens' form as those meet it who hear it, enlarge it, recolour it or use no mouse."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.models import Response
from tests.app import builders
from tests.e2e.pressing import press
from tests.e2e.serving import served

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RATED = (
    "access_1", "access_2", "procedures_1", "procedures_2", "officials_1", "officials_2",
    "results_1", "results_2", "feedback_1", "overall",
)  # fmt: skip
# What a screen reader says of the first question and its answers, in this order.
FIRST_QUESTION = [
    ("group", "Nơi ngồi chờ có đủ chỗ"),
    ("radio", "Rất không hài lòng"),
    ("radio", "Không hài lòng"),
    ("radio", "Bình thường"),
    ("radio", "Hài lòng"),
    ("radio", "Rất hài lòng"),
]
TOLD = {"heading", "group", "radio", "textbox", "button", "link", "alert", "status", "main"}
# Browsers of machines without a sound card have no voices: these keep what they are given.
VOICES = """language => {
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", {value: {
    spoken: [],
    getVoices: () => language ? [{lang: language, name: "test"}] : [],
    speak(said) { this.spoken.push([said.lang, said.text]); },
    cancel() {},
    addEventListener() {},
}}) }"""


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def town(database):
    with database.write() as db:
        town = builders.town(db)
        builders.open_round(db, town.campaign, "counter_2026")
        return town


@pytest.fixture
def page(browser: Browser, town) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def begin(page: Page, site: str) -> None:
    page.goto(f"{site}/c/hg-05")
    press(page, "main button")


def heard(page: Page) -> list[dict]:
    """What the browser tells assistive technology, in reading order."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    told: list[dict] = []

    def walk(node):
        role = node.get("role", {}).get("value")
        if not node.get("ignored") and role in TOLD:
            states = {each["name"]: each["value"].get("value") for each in node["properties"]}
            told.append(
                {
                    "role": role,
                    "name": node.get("name", {}).get("value", ""),
                    "description": node.get("description", {}).get("value", ""),
                    "states": states,
                }
            )
        for child in node.get("childIds", ()):
            if child in by_id:
                walk(by_id[child])

    walk(nodes[0])
    return told


def rate(page: Page, but: str = "") -> None:
    for name in RATED:
        if name != but:
            page.check(f"input[name={name}][value='4']")
    page.check("input[name=late][value=no]")


def stored(database) -> list[Response]:
    with database.read() as db:
        return list(db.scalars(select(Response)))


def hand_in(page: Page) -> None:
    """Send the form, and once more if it was found to be too quick for a person."""
    press(page, "button.main")
    if "cam-on" not in page.url and page.locator("#problems a").count() == 0:
        press(page, "button.main")


def test_everything_on_the_way_has_a_role_and_a_name(page, site):
    page.goto(f"{site}/c/hg-05")
    first = heard(page)
    assert ("heading", "Quầy 05") in [(each["role"], each["name"]) for each in first]
    assert [each["name"] for each in first if each["role"] == "button"] == ["Tôi đồng ý và bắt đầu"]
    press(page, "main button")
    told = heard(page)
    assert all(each["name"] for each in told if each["role"] not in {"main", "status"})
    order = [(each["role"], each["name"]) for each in told]
    at = order.index(FIRST_QUESTION[0])
    assert order[at : at + 6] == FIRST_QUESTION
    # The button that sends comes last of all that is operated.
    operated = [pair for pair in order if pair[0] in {"radio", "textbox", "button", "link"}]
    assert operated[-1] == ("button", "Gửi phiếu")


def test_what_is_chosen_is_told(page, site):
    begin(page, site)
    assert {each["states"]["checked"] for each in heard(page) if each["role"] == "radio"} == {
        "false"
    }
    page.check("input[name=access_1][value='2']")
    chosen = [each["name"] for each in heard(page) if each["states"].get("checked") == "true"]
    assert chosen == ["Không hài lòng"]


def test_a_mistake_is_announced_and_told_again_at_its_question(page, site):
    begin(page, site)
    rate(page, but="officials_1")
    press(page, "button.main")
    alert = next(each for each in heard(page) if each["role"] == "alert")
    assert alert["states"].get("focused") is True
    assert page.title().startswith("Lỗi: ")
    group = next(
        each
        for each in heard(page)
        if (each["role"], each["name"]) == ("group", "Công chức giao tiếp lịch sự")
    )
    assert "Xin chọn một câu trả lời." in group["description"]
    # The link in the announcement leads to the question itself.
    page.locator("#problems a").first.press("Enter")
    assert page.evaluate("document.activeElement.name") == "officials_1"


def test_the_keyboard_alone_hands_in_a_form(page, site, database):
    page.goto(f"{site}/c/hg-05")
    page.locator("main button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("input[name=access_1]").first.focus()
    names = []
    for name in (*RATED, "late"):
        assert page.evaluate("document.activeElement.name") == name
        ring = page.evaluate(
            "getComputedStyle(document.activeElement.closest('label')).outlineStyle"
        )
        assert ring == "solid"
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        names.append(name)
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.locator("button.main").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if "cam-on" not in page.url:
        page.locator("button.main").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    (row,) = stored(database)
    assert row.answers["access_1"] == 2
    assert row.answers["late"] == "no"


# 1280 × 1024 at 400 %; a phone of 320 px enlarged to 200 %.
@pytest.mark.parametrize("size", [(320, 256), (160, 284)])
def test_enlarged_four_times_nothing_is_cut_off(page, site, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    begin(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    for box in page.eval_on_selector_all(
        "legend, label span, button:not(.unseen), textarea",
        "all => all.filter(one => one.offsetParent)"
        ".map(one => { const box = one.getBoundingClientRect(); return [box.left, box.right] })",
    ):
        assert box[0] >= 0
        assert box[1] <= size[0]
    press(page, "button.main")
    expect(page.locator("#problems")).to_be_in_viewport()


def test_with_forced_colours_a_choice_is_seen_without_its_colour(page, site):
    page.emulate_media(forced_colors="active")
    begin(page, site)
    outline = "one => getComputedStyle(one.closest('label')).outlineStyle"
    option = page.locator("input[name=access_1][value='4']")
    assert option.evaluate(outline) == "none"
    page.check("input[name=access_1][value='4']")
    assert option.evaluate(outline) == "solid"
    assert Axe().run(page, options={"runOnly": LEVELS}).response["violations"] == []


def test_pages_load_no_script_unless_reading_aloud_was_asked_for(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    begin(page, site)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith(".js")]


def test_questions_are_read_out_where_there_is_a_voice(page, site, database):
    page.add_init_script(f"({VOICES})('vi-VN')")
    page.goto(f"{site}/c/hg-05")
    press(page, "a.listen")
    buttons = page.locator(".aloud")
    expect(buttons).to_have_count(page.locator(".q").count())
    first = buttons.first
    first.click()
    expect(first).to_have_text("Dừng đọc")
    expect(first).to_have_attribute("aria-pressed", "true")
    (spoken,) = page.evaluate("speechSynthesis.spoken")
    assert spoken[0] == "vi"
    assert spoken[1].startswith("Nơi ngồi chờ có đủ chỗ. Rất không hài lòng. Không hài lòng.")
    first.click()
    expect(first).to_have_text("Đọc to")
    assert page.evaluate("speechSynthesis.spoken.length") == 1
    assert first.bounding_box()["height"] >= 44
    assert Axe().run(page, options={"runOnly": LEVELS}).response["violations"] == []
    # The answers go on their usual way, and a page with errors can be read out too.
    press(page, "button.main")
    expect(buttons.first).to_be_visible()
    rate(page)
    hand_in(page)
    assert len(stored(database)) == 1


def test_without_a_voice_no_button_shows_and_a_sentence_says_so(page, site):
    page.add_init_script(f"({VOICES})('de-DE')")
    page.goto(f"{site}/c/hg-05")
    press(page, "a.listen")
    expect(page.locator("main [role=status]")).to_contain_text("không có giọng đọc")
    assert page.locator(".aloud").count() == 0


def test_english_is_read_by_an_english_voice(page, site):
    page.add_init_script(f"({VOICES})('en-GB')")
    page.goto(f"{site}/c/hg-05?lang=en")
    press(page, "a.listen")
    page.locator(".aloud").first.click()
    (spoken,) = page.evaluate("speechSynthesis.spoken")
    assert spoken[0] == "en"
    assert spoken[1].startswith("There are enough seats for waiting.")
