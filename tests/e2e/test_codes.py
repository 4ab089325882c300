"""One-time codes in a browser: ordered by one, approved by another, typed and answered at home."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app.code_jobs import CodeJobs
from app.models import CodeOrder, Invitation, Spooled, Unit
from app.services import invitations, short_codes
from app.services.invitations import ALPHABET
from app.services.screening import runs
from app.services.screening.runs import ScreeningWork
from app.services.short_codes import ShortKeys
from app.web import guards
from tests.app import builders
from tests.app.codes import closed
from tests.app.codes.closed import NOW
from tests.app.doors import add_things, doors
from tests.app.screening import province
from tests.app.signing_in import EMAILS, PASSWORD, add_accounts
from tests.e2e.pictures import picture
from tests.e2e.pressing import hold, press
from tests.e2e.serving import served

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
N_DOSSIERS = 6
CODES = "/office/rounds/ma/codes"


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    app.extensions["longdan.clock"] = lambda: NOW
    with served(app) as address:
        yield address


@pytest.fixture
def places(database):
    """Closed dossiers of one centre, in the province of the accounts of staff."""
    with database.write() as db:
        add_accounts(db)
        commune = db.scalars(select(Unit).where(Unit.kind == "commune")).one()
        above = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        builders.centre(db, commune)
        builders.field(db)
        builders.sampled_round(
            db, builders.campaign(db, above), "counter_2026", code="ma", per_dossier=True,
            name="Đánh giá từng hồ sơ",
        )  # fmt: skip
        closed.take(db, closed.written(N_DOSSIERS))


@contextmanager
def browsing(browser: Browser, site: str, role: str | None = None, **options) -> Iterator[Page]:
    context = browser.new_context(locale="vi-VN", accept_downloads=True, **options)
    page = context.new_page()
    if role is not None:
        page.goto(f"{site}/office/sign-in")
        page.fill("#email", EMAILS[role])
        page.fill("#password", PASSWORD)
        press(page, "main form button")
    yield page
    context.close()


def barriers(page: Page, widths=(360, 1280)) -> list[tuple]:
    """What is wrong with the page as it stands: barriers, and anything wider than the screen."""
    hold(page)
    page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
    found = []
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 740})
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults = Axe().run(page, options={"runOnly": LEVELS}).response["violations"]
        found += [(page.url, width, each["id"], each["nodes"][0]["html"][:150]) for each in faults]
        if wide > width:
            found.append((page.url, width, wide))
    page.set_viewport_size(before)
    return found


def short_forms(pdf: bytes) -> list[str]:
    """The codes on slips, as a person reads them."""
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return re.findall(rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{3}}\b", text)


def order_codes(page: Page, site: str) -> list[tuple]:
    """Ask for codes, leaving out the reason first; give the barriers met."""
    page.goto(f"{site}{CODES}")
    found = barriers(page)
    press(page, page.get_by_role("link", name="Lập đề nghị"))
    found += barriers(page)
    press(page, "main form button.btn-primary")
    expect(page.get_by_role("alert")).to_be_visible()
    found += barriers(page)
    page.get_by_label("Lý do").fill("Trao cùng kết quả trong tháng 11")
    press(page, "main form button.btn-primary")
    expect(page.locator("main")).to_contain_text("Người đề nghị không tự duyệt được")
    expect(page.get_by_role("button", name="Duyệt", exact=True)).to_have_count(0)
    return found + barriers(page)


def rate(page: Page, level: str) -> None:
    names = page.eval_on_selector_all(
        f"input[type=radio][value='{level}']", "all => all.map(one => one.name)"
    )
    for name in names:
        page.check(f"input[name={name}][value='{level}']")
    page.check("input[name=late][value=no]")
    press(page, "button.main")
    expect(page.locator("h1")).to_have_text("Đã nhận phiếu của ông/bà")


def mistyped(code: str) -> str:
    """One wrong sign."""
    other = next(sign for sign in ALPHABET if sign != code[6])
    return code[:6] + other + code[7:]


def n_waiting(database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Spooled))


def test_codes_go_from_an_order_of_two_people_to_one_answer(
    browser, site, places, database, settings
):
    with browsing(browser, site, "office", viewport={"width": 1280, "height": 800}) as page:
        found = order_codes(page, site)
        order = page.url
        with browsing(browser, site, "supervisor") as other:
            other.goto(order)
            found += barriers(other)
            press(other, other.get_by_role("button", name="Duyệt", exact=True))
            expect(other.locator("main")).to_contain_text("Đã duyệt")
        with database.read() as db:
            number = db.scalars(select(CodeOrder.id)).one()
        CodeJobs(database, settings, now=lambda: NOW).do_order(number)
        page.goto(order)
        found += barriers(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Lấy tệp và hủy bản trên máy chủ").click()
        pdf = download.value.path().read_bytes()
        codes = short_forms(pdf)
        assert len(set(codes)) == N_DOSSIERS
        page.goto(order)
        expect(page.locator("main")).to_contain_text("Tệp đã bị hủy trên máy chủ")
        expect(page.get_by_role("button", name="Lấy tệp và hủy bản trên máy chủ")).to_have_count(0)
        found += barriers(page)

        phone = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
        with browsing(browser, site, **phone) as citizen:
            citizen.goto(f"{site}/ma")
            citizen.get_by_label("Mã của ông/bà").fill(mistyped(codes[0]))
            press(citizen, "button.main")
            expect(citizen.get_by_role("alert")).to_contain_text("Có một ký tự chưa đúng")
            expect(citizen.get_by_label("Mã của ông/bà")).to_have_value(mistyped(codes[0]))
            citizen.get_by_label("Mã của ông/bà").fill(codes[0].upper().replace("-", " "))
            press(citizen, "button.main")
            press(citizen, citizen.get_by_role("button", name="Tôi đồng ý và bắt đầu"))
            rate(citizen, "5")
            # At home, nobody watching: the same code, another answer.
            press(citizen, citizen.get_by_role("button", name="Trả lời lại từ đầu"))
            expect(citizen.locator("main")).to_contain_text("Phiếu để trống")
            press(citizen, citizen.get_by_role("button", name="Tôi đồng ý và bắt đầu"))
            expect(citizen.locator("input:checked")).to_have_count(0)
            rate(citizen, "1")
        assert n_waiting(database) == 1

        page.goto(f"{site}/office/rounds/ma/integrity")
        found += barriers(page)
        page.goto(f"{site}/office/rounds/ma/integrity")
        account = page.locator("section[aria-labelledby=account]")
        expect(account.locator("dd").nth(2)).to_have_text("1")
        page.get_by_text("Theo trung tâm", exact=True).first.click()
        covered = page.locator("section[aria-labelledby=coverage] tbody tr").first
        expect(covered.locator("td").nth(3)).to_have_text("1")
        expect(covered.locator("td").nth(4)).to_have_text("16,7%")
    assert found == []


def test_a_unit_finds_none_of_it(browser, app, site, database):
    """Every address about codes, screening or sheets, asked for and posted to by a rated unit."""
    with database.write() as db:
        add_accounts(db)
        add_things(db)
    closed_to_units = {"watched", "office"} & set(guards.MAY_ENTER)
    about = ("/codes", "/connections", "/integrity", "/screening", "/posters", "/kiosks")
    tried = [
        (method, path)
        for guard, method, path in doors(app)
        if guard in closed_to_units and any(part in path for part in about)
    ]
    assert len([path for _method, path in tried if "/codes" in path]) >= 15
    with browsing(browser, site, "unit_viewer") as page:
        token = page.locator("input[name=csrf_token]").first.get_attribute("value")
        form = {"csrf_token": token, "decision": "approve"}
        for method, path in tried:
            if method == "GET":
                answer = page.request.get(site + path)
            else:
                answer = page.request.post(site + path, form=form)
            assert answer.status == 404, (method, path, answer.status)
        page.goto(f"{site}/office/codes")
        expect(page.locator("h1")).to_have_text("Không tìm thấy trang")
        assert page.locator("nav").get_by_text("Mã một lần").count() == 0


def test_no_page_of_flags_has_a_barrier(browser, site, database, settings):
    with database.write() as db:
        add_accounts(db)
        above = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        campaign = builders.campaign(db, above, simulated=True)
        centres = province.centres(db, above)
        province.open_round(db, campaign, centres)
        province.coded_round(db, campaign, centres)
        requested = [runs.request(db, code, actor="x", now=NOW) for code in ("quay", "ma")]
    for run in requested:
        ScreeningWork(database, settings).make(run)
    found = []
    with browsing(browser, site, "office", viewport={"width": 1280, "height": 800}) as page:
        for path in ("ma/integrity", "quay/integrity", "quay/integrity?xem=tat-ca"):
            page.goto(f"{site}/office/rounds/{path}")
            assert page.locator("section[aria-labelledby=flags] tbody tr").count() >= 1
            found += barriers(page, (320, 768, 1280))
        for width in (360, 768, 1280):
            page.goto(f"{site}/office/rounds/quay/integrity")
            picture(page, "integrity", width)
            page.goto(f"{site}/office/rounds/ma/integrity")
            picture(page, "coverage", width, most=2400)
        press(page, page.locator("section[aria-labelledby=flags] tbody a").first)
        found += barriers(page, (320, 768, 1280))
        for width in (360, 768, 1280):
            picture(page, "finding", width)
        page.get_by_label("Đã rõ lý do").check()
        press(page, "main form button.btn-primary")
        found += barriers(page)
        page.get_by_label("Lý do, đã xem những gì").fill(
            "Trung tâm trả kết quả hàng loạt trong hai ngày đó."
        )
        page.get_by_label("Đã rõ lý do").check()
        press(page, "main form button.btn-primary")
        expect(page.locator("main")).to_contain_text("Trung tâm trả kết quả hàng loạt")
        found += barriers(page)
    assert found == []


@pytest.fixture
def code(database, settings) -> str:
    """A short form that somebody was given."""
    short = short_codes.make()
    with database.write() as db:
        town = builders.town(db)
        of_round = builders.sampled_round(db, town.campaign, "counter_2026", per_dossier=True)
        issued = builders.invitation(db, of_round, centre_id=town.centre.id)
        digest = invitations.digest_of(ShortKeys.of(settings).token(short))
        db.get_one(Invitation, issued.id).short_digest = digest
    return short_codes.shown(short)


def test_the_keyboard_alone_enters_a_code(browser, site, code):
    with browsing(browser, site, viewport={"width": 360, "height": 740}) as page:
        page.goto(f"{site}/ma")
        for _ in range(5):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "ma":
                break
        page.keyboard.type(mistyped(code))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        # What is wrong is told at the field: by its description, and before anything is touched.
        field = page.get_by_label("Mã của ông/bà")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile("Có một ký tự chưa đúng"))
        field.focus()
        page.keyboard.press("Control+a")
        page.keyboard.type(code)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Tôi đồng ý và bắt đầu")).to_be_visible()


@pytest.mark.parametrize("width", [320, 160])
def test_the_page_of_short_forms_can_be_enlarged_and_recoloured(browser, site, code, width):
    with browsing(browser, site, viewport={"width": width, "height": 256}) as page:
        page.emulate_media(forced_colors="active")
        page.goto(f"{site}/ma")
        page.get_by_label("Mã của ông/bà").fill(mistyped(code))
        press(page, "button.main")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for box in page.locator("input, button, h1, .error").all():
            at = box.bounding_box()
            assert at["x"] >= 0
            assert at["x"] + at["width"] <= width
        assert Axe().run(page, options={"runOnly": LEVELS}).response["violations"] == []
