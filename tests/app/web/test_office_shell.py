import re

import pytest

from app.web.office.shell import NAVIGATION
from tests.app.signing_in import SIGN_IN


def navigation(client, path):
    """Text of the links of the navigation, and which of them is marked as current."""
    inside = client.get(path).text.partition('class="main-nav"')[2].partition("</nav>")[0]
    links = re.findall(r'<a href="([^"]+)"( aria-current="\w+")?>([^<]+)<', inside)
    return [name for _, _, name in links], [name for _, marked, name in links if marked]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/office/", "Tổng quan"),
        ("/office/rounds", "Đợt khảo sát"),
        ("/office/campaigns/new", "Đợt khảo sát"),
        ("/office/centres/", "Trung tâm và quầy"),
    ],
)
def test_one_entry_of_the_navigation_is_current(office, path, current):
    names, marked = navigation(office, path)
    assert names[:3] == ["Tổng quan", "Đợt khảo sát", "Danh sách"]
    assert marked == [current]


def test_a_unit_viewer_is_offered_what_may_be_entered(viewer):
    names, marked = navigation(viewer, "/office/")
    assert marked == ["Tổng quan"]
    assert "Đợt khảo sát" not in names
    assert "Trung tâm và quầy" not in names


def test_strangers_see_no_navigation(client):
    page = client.get(SIGN_IN).text
    assert "main-nav" not in page
    assert "user-menu" not in page


def test_blueprints_of_the_navigation_belong_to_one_entry():
    counted = [name for _, blueprints, _ in NAVIGATION for name in blueprints]
    assert len(counted) == len(set(counted))


def test_the_menu_tells_who_is_signed_in_and_signs_out_by_a_form(office):
    page = office.get("/office/").text
    assert "Nguyễn Thị Lan" in page
    assert "lan@quangninh.gov.vn" in page
    assert "Cán bộ quản lý khảo sát" in page
    assert '<form method="post" action="/office/sign-out">' in page


def test_a_unit_viewer_is_told_whose_results_are_shown(viewer):
    assert "Xem kết quả của Phường Hồng Gai" in viewer.get("/office/").text


def test_bootstrap_comes_from_its_package(office):
    page = office.get("/office/").text
    (address,) = re.findall(r'href="(/bootstrap/[^"]+\.css)"', page)
    answer = office.get(address)
    assert answer.status_code == 200
    assert b"Bootstrap" in answer.data[:200]
    assert "https://" not in page.partition("</head>")[0]


def test_files_of_bootstrap_may_be_kept_by_browsers(client):
    answer = client.get("/bootstrap/static/css/bootstrap.min.css")
    assert "no-store" not in answer.headers["Cache-Control"]
    assert answer.headers["ETag"]
