import gzip

from app.web import assets


def test_a_file_is_kept_for_a_year_under_the_address_of_its_content(client):
    answer = client.get(assets.asset_url("citizen.css"))
    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]


def test_it_travels_compressed_to_those_who_take_it(client):
    url = assets.asset_url("citizen.css")
    packed = client.get(url, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == client.get(url).data


def test_an_address_from_before_an_update_still_works_but_is_not_kept(client):
    answer = client.get("/static/v/000000000000/citizen.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_else_is_sent(client):
    for path in ("x/missing.css", "x/..%2Fconfig.py", "x/citizen.txt", "x/.css"):
        assert client.get(f"/static/v/{path}").status_code == 404
