import io
import re

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.errors import ConflictError
from app.services.posters import (
    CODE_MM,
    FORMATS,
    LANGUAGES,
    Sheet,
    qr_png,
    qr_svg,
    sheets_pdf,
)
from app.services.posters.numbers import counter_id_of, number_of
from app.services.posters.pictures import checked_logo, texts_of_photo

ADDRESS = "https://longdan.quangninh.gov.vn/c/hga-01"
MARKUP = "#set page(fill: red) *đậm* _n_ $x^2$ `mã` \\ @ref <n> // c /* */ [a] \"q\" 'r' -- ~ = {1}"


def sheet(**values) -> Sheet:
    given = {
        "province": "Tỉnh Quảng Ninh",
        "centre": "Trung tâm Phục vụ hành chính công phường Hồng Gai",
        "number": "05",
        "counter": "Hộ tịch và chứng thực",
        "address": ADDRESS,
        "simulated": False,
    }
    return Sheet(**(given | values))


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [document[number] for number in range(len(document))]


def words(page):
    return " ".join(page.get_textpage().get_text_range().split())


def picture_of_svg(svg):
    """Draw the rectangles of our own SVG."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    image = Image.new("1", (side, side), 1)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for step in range(int(length)):
            image.putpixel((int(x) + step, int(y)), 0)
    return image


def read_code(image):
    (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return found


def test_the_png_opens_the_address_and_is_large_enough_to_print():
    image = Image.open(io.BytesIO(qr_png(ADDRESS)))
    assert read_code(image).text == ADDRESS
    assert image.width == image.height >= 1200


def test_the_svg_opens_the_address():
    image = picture_of_svg(qr_svg(ADDRESS))
    large = image.resize((image.width * 8, image.height * 8), Image.Resampling.NEAREST)
    assert read_code(large).text == ADDRESS


def test_the_code_has_a_quiet_zone_of_four_modules():
    image = picture_of_svg(qr_svg(ADDRESS)).convert("L")
    left, top, right, bottom = Image.eval(image, lambda value: 255 - value).getbbox()
    assert (left, top) == (4, 4)
    assert (image.width - right, image.height - bottom) == (4, 4)


@pytest.mark.parametrize("spoilt", [0.2, 0.22])
def test_the_code_is_read_with_a_corner_torn_off(spoilt):
    image = Image.open(io.BytesIO(qr_png(ADDRESS))).convert("L")
    side = int(image.width * spoilt)
    # The corner without a finder pattern.
    image.paste(128, (image.width - side, image.height - side, image.width, image.height))
    assert read_code(image).text == ADDRESS


@settings(max_examples=20, deadline=None)
@given(st.from_regex(r"https?://[a-z0-9.-]{1,60}(:[0-9]{2,5})?/c/[a-z0-9-]{1,24}", fullmatch=True))
def test_every_address_is_read_back_as_it_was(address):
    assert read_code(Image.open(io.BytesIO(qr_png(address)))).text == address


def test_a_sheet_is_one_page_of_a5_with_a_readable_code_of_six_centimetres():
    (page,) = pages(sheets_pdf([sheet()]))
    points_per_mm = 72 / 25.4
    assert page.get_width() / points_per_mm == pytest.approx(148, abs=0.1)
    assert page.get_height() / points_per_mm == pytest.approx(210, abs=0.1)
    found = read_code(page.render(scale=150 / 72).to_pil())
    assert found.text == ADDRESS
    corners = found.position
    pixels = corners.top_right.x - corners.top_left.x
    assert pixels / 150 * 25.4 == pytest.approx(CODE_MM, abs=1.5)


def test_a_sheet_says_whose_counter_what_to_do_and_what_is_never_asked():
    text = words(pages(sheets_pdf([sheet()]))[0])
    for expected in (
        "TỈNH QUẢNG NINH",
        "Trung tâm Phục vụ hành chính công phường Hồng Gai",
        "Quầy 05",
        "Hộ tịch và chứng thực",
        "longdan.quangninh.gov.vn/c/hga-01",
        "Ẩn danh và tự nguyện.",
        "Trang này không bao giờ hỏi số căn cước, tài khoản ngân hàng hay mã OTP.",
    ):
        assert expected in text
    assert "https://" not in text
    assert "MÔ PHỎNG" not in text


def test_an_address_without_encryption_is_printed_whole():
    text = words(pages(sheets_pdf([sheet(address="http://127.0.0.1:8000/c/05")]))[0])
    assert "http://127.0.0.1:8000/c/05" in text


def test_a_simulated_sheet_says_so():
    assert "BẢN MÔ PHỎNG" in words(pages(sheets_pdf([sheet(simulated=True)]))[0])


@pytest.mark.parametrize("part", ["province", "centre", "counter", "number"])
def test_signs_of_typst_are_printed_as_they_are(part):
    given = MARKUP[:30] if part == "number" else MARKUP
    (page,) = pages(sheets_pdf([sheet(**{part: given})]))
    expected = given.upper() if part == "province" else given
    assert "".join(expected.split()) in "".join(words(page).split())


@pytest.mark.parametrize("simulated", [False, True])
def test_the_longest_texts_stay_on_their_page(simulated):
    long = sheet(
        centre="Trung tâm Phục vụ hành chính công " + "xã Nguyễn Nghiêm Trường Thượng " * 5,
        counter="Tiếp nhận hồ sơ và trả kết quả " * 6,
        address="https://danhgiasuhailong.congdichvucong.thanhphohochiminh.gov.vn/c/" + "w" * 24,
        simulated=simulated,
    )
    made = pages(sheets_pdf([long, sheet()]))
    assert len(made) == 2
    assert "không bao giờ hỏi" in words(made[0])
    assert read_code(made[0].render(scale=150 / 72).to_pil()).text == long.address


def test_many_counters_make_one_file_in_their_order():
    numbers = [f"{number:02}" for number in range(1, 13)]
    made = pages(sheets_pdf([sheet(number=number) for number in numbers]))
    assert [re.search(r"Quầy (\d\d)", words(page))[1] for page in made] == numbers


def test_the_same_sheets_make_the_same_file():
    assert sheets_pdf([sheet()]) == sheets_pdf([sheet()])


def test_no_sheets_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="no sheets"):
        sheets_pdf([])


def picture(size=(300, 200), colour="crimson", kind="PNG"):
    """Make a logo as an office might hand it in: one dark colour from edge to edge."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_says_everything_in_its_language_and_is_read(form, language):
    made = sheets_pdf(
        [sheet(short_page="https://longdan.quangninh.gov.vn/q", digits="1047", simulated=True)],
        form=form,
        language=language,
    )
    (page,) = pages(made)
    text = words(page)
    expected = {
        "vi": ("Xin mời ông/bà đánh giá", "không bao giờ hỏi", "Mã bị dán đè", "BẢN MÔ PHỎNG"),
        "en": ("Please rate the service", "never asks for", "pasted over", "SIMULATION"),
    }
    for key in ("vi", "en"):
        for words_ in expected[key]:
            assert (words_ in text) is (language in {key, "both"}), words_
    assert "longdan.quangninh.gov.vn/q" in text
    assert "1047" in text
    image = page.render(scale=150 / 72).to_pil().convert("L")
    found = [each.text for each in zxingcpp.read_barcodes(image)]
    assert found == [ADDRESS] * (2 if form == "tent" else 1)


@pytest.mark.parametrize("form", FORMATS)
def test_a_dark_logo_in_the_middle_leaves_the_code_readable(form):
    logo = checked_logo(picture((400, 400), "black"), ADDRESS)
    (page,) = pages(sheets_pdf([sheet()], form=form, logo=logo))
    image = page.render(scale=150 / 72).to_pil().convert("L")
    plain = pages(sheets_pdf([sheet()], form=form))[0].render(scale=150 / 72).to_pil().convert("L")
    assert image.tobytes() != plain.tobytes()
    assert ADDRESS in [each.text for each in zxingcpp.read_barcodes(image)]


def test_a_code_with_a_logo_is_read_with_a_spot_on_it():
    logo = checked_logo(picture((400, 400), "black"), ADDRESS)
    (page,) = pages(sheets_pdf([sheet()], logo=logo))
    image = page.render(scale=150 / 72).to_pil().convert("L")
    corners = read_code(image).position
    side = corners.top_right.x - corners.top_left.x
    left, top = corners.top_left.x + side // 2, corners.top_left.y + side * 3 // 4
    image.paste(128, (left, top, left + side // 7, top + side // 7))
    assert read_code(image).text == ADDRESS


def test_a_logo_comes_out_as_a_small_png_with_nothing_else_in_it():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret"
    Image.new("RGB", (2000, 1000), "navy").save(out, "JPEG", exif=exif)
    kept = checked_logo(out.getvalue(), ADDRESS)
    image = Image.open(io.BytesIO(kept))
    assert image.format == "PNG"
    assert image.size == (400, 200)
    assert b"secret" not in kept


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "logo.unreadable"),
        (b"<svg/>", "logo.unreadable"),
        (picture(kind="GIF"), "logo.unreadable"),
        (picture((20, 20)), "logo.too-small"),
        (picture()[:200], "logo.unreadable"),
    ],
)
def test_other_files_are_no_logo(content, code):
    with pytest.raises(ConflictError) as refused:
        checked_logo(content, ADDRESS)
    assert refused.value.code == code


def test_a_slanted_photo_of_a_sheet_is_read():
    (page,) = pages(sheets_pdf([sheet()]))
    photo = page.render(scale=140 / 72).to_pil().rotate(17, expand=True, fillcolor="gray")
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=60)
    assert texts_of_photo(out.getvalue()) == (ADDRESS,)


@pytest.mark.parametrize("wrong", [b"", b"GIF89a", b"\xff\xd8\xff" + b"0" * 50])
def test_what_is_no_photo_is_refused(wrong):
    with pytest.raises(ConflictError, match=r"photo\.unreadable"):
        texts_of_photo(wrong)


@given(st.integers(1, 10**9))
def test_a_number_leads_back_to_its_counter_however_it_is_spaced(counter_id):
    number = number_of(counter_id)
    assert len(number) >= 3
    assert counter_id_of(number) == counter_id
    assert counter_id_of(f" {number[:2]} {number[2:]} ") == counter_id


@given(st.integers(1, 10**7), st.data())
def test_a_wrong_digit_or_two_swapped_are_noticed(counter_id, data):
    number = number_of(counter_id)
    at = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([sign for sign in "0123456789" if sign != number[at]]))
    assert counter_id_of(number[:at] + other + number[at + 1 :]) is None
    if at and number[at] != number[at - 1]:
        swapped = number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]
        assert counter_id_of(swapped) is None


@pytest.mark.parametrize("typed", ["", "7", "abc", "१०४", "1" * 30, "-1", "10 4x"])
def test_what_is_no_number_leads_nowhere(typed):
    assert counter_id_of(typed) is None
