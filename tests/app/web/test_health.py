def test_a_living_process_says_so(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_foreign_host_is_refused(client):
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
