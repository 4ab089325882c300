import pytest


@pytest.mark.parametrize(("asked", "language"), [("/", "vi"), ("/?lang=en", "en")])
def test_the_bare_address_leads_to_the_published_results(client, asked, language):
    answer = client.get(asked, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.request.path == "/ket-qua/"
    assert f'<html lang="{language}"' in answer.text
    assert "Set-Cookie" not in answer.headers
