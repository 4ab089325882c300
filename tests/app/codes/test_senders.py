"""How codes go out: slips, messages, calls that lead nowhere they should not."""

import io
import json
from datetime import date

import openpyxl
import pypdfium2
import pytest
import zxingcpp

from app.errors import ConflictError, UnavailableError
from app.services import short_codes, signing
from app.services.orders import messages, slips, webhook
from app.services.orders.messages import Message
from app.services.orders.slips import Sheet, Slip
from app.services.orders.webhook import Allowed

DAY = date(2026, 12, 21)
TOKEN = "abcdefghjkmnpqrstvwxyz0123"
ADDRESS = f"https://danhgia.quangninh.gov.vn/r/{TOKEN}"
SECRET = "a key only for tests, long enough to be taken"


class TestSlips:
    def sheet(self):
        return Sheet("https://danhgia.quangninh.gov.vn/ma", simulated=True)

    def slip(self, number):
        return Slip(
            f"H49.12-261105-{number:04d}", "Trung tâm Phục vụ hành chính công phường Hồng Gai",
            f"{ADDRESS}{number:04d}", short_codes.shown(short_codes.make()), DAY,
        )  # fmt: skip

    def test_every_code_on_a_sheet_can_be_scanned(self):
        made = [self.slip(number) for number in range(7)]
        document = pypdfium2.PdfDocument(slips.slips_pdf(made, self.sheet()))
        assert len(document) == 2
        found = set()
        for page in document:
            image = page.render(scale=300 / 72).to_pil()
            found |= {each.text for each in zxingcpp.read_barcodes(image)}
        assert found == {each.address for each in made}

    def test_many_slips_are_several_files_and_none_is_left_out(self, monkeypatch):
        monkeypatch.setattr(slips, "AT_ONCE", 4)
        made = [self.slip(number) for number in range(9)]
        found = list(slips.slips_pdfs(made, self.sheet()))
        assert [done for done, _content in found] == [4, 8, 9]
        texts = "".join(
            pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()
            for _done, content in found
        )
        assert all(each.short in texts for each in made)

    def test_a_slip_says_what_it_has_to(self):
        one = self.slip(1)
        document = pypdfium2.PdfDocument(slips.slips_pdf([one], self.sheet()))
        text = document[0].get_textpage().get_text_bounded()
        for said in (
            one.dossier, one.short, "danhgia.quangninh.gov.vn/ma", "21/12/2026",
            "Không ai trong trung tâm biết mã này", "Nobody at the centre knows this code",
            "SIMULATED",
        ):  # fmt: skip
            assert said in text

    def test_marks_in_a_text_stay_what_they_are(self):
        odd = Slip('#panic("x") *a* $b$ <c>', "= 1 \\ _d_", ADDRESS, "k7m2-9x4p-c3d", DAY)
        document = pypdfium2.PdfDocument(slips.slips_pdf([odd], self.sheet()))
        text = document[0].get_textpage().get_text_bounded()
        assert '#panic("x") *a* $b$ <c>' in text


class TestMessages:
    def message(self, **changes):
        given = {
            "phone": "0912345678", "email": "", "dossier": "H49.12-261105-0001",
            "address": ADDRESS, "short": "k7m2-9x4p-c3d", "last_day": DAY,
        } | changes  # fmt: skip
        return Message(**given)

    @pytest.mark.parametrize("dossier", ["1", "H49.12-261105-0001", "H" * 60])
    def test_a_plain_message_is_one_message(self, dossier):
        text = messages.text_of(self.message(dossier=dossier), plain=True)
        assert len(text) <= 160
        assert messages.is_plain(text)
        assert messages.n_parts(text) == 1
        assert ADDRESS in text

    def test_a_message_with_accents_says_how_many_it_is(self):
        text = messages.text_of(self.message(), plain=False)
        assert "Không ai trong trung tâm biết mã này" in text
        assert not messages.is_plain(text)
        assert messages.n_parts(text) == -(-len(text) // 67)

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
    def test_nothing_is_a_formula(self, start):
        odd = self.message(dossier=f"{start}1+1", email=f"{start}cmd@x.vn")
        made = messages.messages_file([odd], form="csv", plain=True).decode("utf-8-sig")
        assert f",{start}" not in made
        book = openpyxl.load_workbook(
            io.BytesIO(messages.messages_file([odd], form="xlsx", plain=True))
        )
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert all(cell.data_type in ("s", "n") for cell in cells)
        assert "0912345678" in [cell.value for cell in cells]


HOSTILE = [
    "http://127.0.0.1/", "http://localhost/", "http://127.1/", "http://2130706433/",
    "http://0x7f000001/", "http://0177.0.0.1/", "http://0/", "http://0.0.0.0/", "http://[::]/",
    "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1]/",
    "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://10.0.0.1/",
    "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://224.0.0.1/",
    "http://255.255.255.255/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/",
    "https://user:pass@example.vn/", "https://example.vn/#@10.0.0.1/", "ftp://example.vn/",
    "file:///etc/passwd", "gopher://127.0.0.1:11211/", "https://", "https:///x", "//example.vn/",
    "http://example.vn/", "https://example.vn:99999/",
]  # fmt: skip


class TestCalls:
    @pytest.mark.parametrize("url", HOSTILE)
    def test_addresses_that_lead_inside_are_refused_even_if_the_settings_name_them(self, url):
        def resolve(host, _port):
            # As the system's own look-up reads other ways of writing addresses.
            inside = ("localhost", "127.1", "2130706433", "0x7f000001", "0", "0177.0.0.1")
            known = dict.fromkeys(inside, "127.0.0.1") | {"example.vn": "203.0.113.7"}
            return [known.get(host, host)]

        with pytest.raises((ConflictError, UnavailableError)):
            webhook.destination(url, Allowed((url,)), resolve)

    def test_addresses_the_settings_do_not_name_are_refused(self):
        allowed = Allowed(("https://motcua.quangninh.gov.vn/ma",))
        for url in ("https://motcua.quangninh.gov.vn/khac", "https://evil.vn/ma", ""):
            with pytest.raises(ConflictError) as caught:
                webhook.destination(url, allowed, lambda _h, _p: ["8.8.8.8"])
            assert caught.value.code == "webhook.not-allowed"

    def test_a_name_that_leads_to_two_places_must_lead_to_none_inside(self):
        url = "https://motcua.quangninh.gov.vn/ma"
        with pytest.raises(ConflictError):
            webhook.destination(url, Allowed((url,)), lambda _h, _p: ["8.8.8.8", "127.0.0.1"])

    def test_the_connection_goes_to_the_address_that_was_checked(self):
        url = "https://motcua.quangninh.gov.vn/ma"
        answers = iter([["8.8.8.8"], ["127.0.0.1"]])
        found = webhook.destination(url, Allowed((url,)), lambda _h, _p: next(answers))
        assert (found.address, found.host) == ("8.8.8.8", "motcua.quangninh.gov.vn")

    def test_a_network_the_settings_name_may_be_called(self):
        url = "http://motcua.noi-bo/ma"
        allowed = Allowed.of([url], ["10.20.0.0/16"])
        assert webhook.destination(url, allowed, lambda _h, _p: ["10.20.3.4"]).port == 80
        with pytest.raises(ConflictError):
            webhook.destination(url, allowed, lambda _h, _p: ["10.21.3.4"])


def test_a_call_is_signed_and_says_which_it_is(receiver):
    port, got, _answers = receiver
    url = f"http://127.0.0.1:{port}/ma"
    where = webhook.destination(url, Allowed.of([url], ["127.0.0.0/8"]))
    body = webhook.body_of(1, "ma", [{"dossier": "H49"}])
    webhook.post(where, body, key="order-1-1", secret_key=SECRET)
    ((headers, received),) = got
    assert json.loads(received)["codes"] == [{"dossier": "H49"}]
    assert headers["Idempotency-Key"] == "order-1-1"
    key = bytes.fromhex(headers["Longdan-Public-Key"])
    assert key == signing.public_key_of(SECRET)
    assert signing.is_signed(received, bytes.fromhex(headers["Longdan-Signature"]), key)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500, 503])
def test_anything_but_success_is_tried_again_and_redirects_are_not_followed(receiver, status):
    port, got, answers = receiver
    answers.append(status)
    url = f"http://127.0.0.1:{port}/ma"
    where = webhook.destination(url, Allowed.of([url], ["127.0.0.0/8"]))
    with pytest.raises(UnavailableError):
        webhook.post(where, b"{}", key="k", secret_key=SECRET)
    assert len(got) == 1
