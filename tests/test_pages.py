import pytest

from tests.pages import faults

GOOD = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Trang</title>'
    '<meta name="viewport" content="width=device-width"></head><body><main><h1>Trang</h1>'
    '<form><label for="a">A</label><input id="a" name="a"><label><input type="radio" name="b">B'
    "</label><fieldset><legend>C</legend></fieldset><button>Gửi</button></form>"
    '<a href="#a">tới A</a></main></body></html>'
)


def test_a_good_page_has_no_faults():
    assert faults(GOOD.encode()) == []


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("<!doctype html>", ""),
        ("</form>", ""),
        (' lang="vi"', ""),
        (' lang="vi"', ' lang="fr"'),
        ("<title>Trang</title>", "<title></title>"),
        ("<h1>Trang</h1>", "<h2>Trang</h2>"),
        ("<h1>Trang</h1>", "<h1>Trang</h1><h1>Hai</h1>"),
        ("<main>", "<div>"),
        ('<label for="a">A</label>', ""),
        ('<label for="a">A</label>', '<label for="x">A</label>'),
        ('name="b">B', 'name="b">'),
        ('id="a" name="a"', 'id="a" name="a"><b id="a"></b'),
        ("<legend>C</legend>", "<p>C</p>"),
        ("Gửi", ""),
        ('href="#a"', 'href="#x"'),
        ("<h1>", '<h1 style="color:red">'),
        ("<h1>", '<h1 onclick="x()">'),
        ("<h1>", "<script>x()</script><h1>"),
        ("width=device-width", "width=device-width,user-scalable=no"),
        ("<a ", '<img src="x"><a '),
    ],
)
def test_every_fault_is_found(written, instead):
    assert written in GOOD
    assert faults(GOOD.replace(written, instead, 1).encode()) != []
