"""What a reader is told of a file: on the page and by the command."""

import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from bs4 import BeautifulSoup

from app.result_files.files import Kind, Wanted, shelf
from app.services import signing
from app.services.manifests import beside, package, region
from app.services.manifests.check import Finding, check
from app.services.manifests.statement import About, Origin
from tests.pages import plain

PAGE = "/ket-qua/xac-thuc"
WORKBOOK = Wanted(Kind.WORKBOOK, "xlsx", "vi")
CSV = Wanted(Kind.FIGURES, "csv", "vi")


@pytest.fixture
def flask(app):
    runner = app.test_cli_runner()

    def run(*arguments):
        done = runner.invoke(args=[str(each) for each in arguments])
        return done.exit_code, done.output

    return run


def changed_cell(content, sheet="Thành phần"):
    """Change one number of a workbook as somebody would who opens and saves it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    row = next(row for row in book[sheet].iter_rows(min_row=4) if isinstance(row[1].value, float))
    row[1].value = row[1].value + 0.001
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_saving_again_is_told_apart_from_changing_a_cell(sampled, make, keys, tmp_path):
    content = make(sampled, WORKBOOK).path.read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(content))
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert check(path, keys).finding is Finding.SAVED_AGAIN
    path.write_bytes(changed_cell(content))
    found = check(path, keys)
    assert (found.finding, found.where) == (Finding.ALTERED, ("Thành phần",))


def test_one_more_sheet_or_a_formula_is_a_change(sampled, make, keys, tmp_path):
    content = make(sampled, WORKBOOK).path.read_bytes()
    path = tmp_path / "a.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.create_sheet("Thêm")["A1"] = "x"
    book.save(path)
    assert check(path, keys).finding is Finding.ALTERED
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Tổng quan"]["Z1"] = "=1+1"
    book.save(path)
    assert check(path, keys).finding is Finding.ALTERED


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_saves_a_workbook_without_changing_a_cell(sampled, make, keys, tmp_path):
    source = tmp_path / "a.xlsx"
    source.write_bytes(make(sampled, WORKBOOK).path.read_bytes())
    out = tmp_path / "out"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out, source],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    assert check(out / "a.xlsx", keys).finding is Finding.SAVED_AGAIN


def test_every_single_changed_number_of_a_workbook_is_found(sampled, make, keys, tmp_path):
    content = make(sampled, WORKBOOK).path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / "a.xlsx"
    name = "xl/worksheets/sheet3.xml"
    places = [at for at in range(len(parts[name])) if parts[name][at : at + 3] == b"<v>"]
    assert len(places) > 50
    for at in places[:: len(places) // 12]:
        digit = b"7" if parts[name][at + 3 : at + 4] != b"7" else b"8"
        part = parts[name][: at + 3] + digit + parts[name][at + 4 :]
        path.write_bytes(package.zipped(parts | {name: part}))
        assert check(path, keys).finding is Finding.ALTERED


def test_another_installation_and_a_forged_statement(sampled, make, keys, tmp_path, settings):
    content = make(sampled, WORKBOOK).path.read_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    stranger = signing.public_key_of("another key of another installation, long enough")
    assert check(path, {stranger}).finding is Finding.FOREIGN
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    said = parts[package.PROPERTIES]
    assert b"mau-2026" in said
    parts[package.PROPERTIES] = said.replace(b"mau-2026", b"mau-2027")
    path.write_bytes(package.zipped(parts))
    assert check(path, keys).finding is Finding.FORGED


def test_a_csv_is_known_by_its_manifest_or_by_the_shelf(sampled, make, keys, settings, tmp_path):
    source = make(sampled, CSV).path
    path = tmp_path / "a.csv"
    text = source.read_bytes()
    found = check(source, keys, shelf(settings))
    assert found.finding is Finding.GENUINE
    given = found.manifest.written().encode()
    assert check(source, keys).finding is Finding.UNSIGNED
    # Line ends and the mark at the beginning are not content.
    path.write_bytes(text.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
    assert check(path, keys, None, given).finding is Finding.GENUINE
    path.write_bytes(text.replace(b"0.6", b"0.7", 1))
    assert check(path, keys, None, given).finding is Finding.ALTERED
    assert check(path, keys, shelf(settings)).finding is Finding.UNSIGNED


ABOUT = About("a.pdf", "report", "vi", 1, Origin("a--b", 1, "2026-07-01T00:00:00+00:00", "s", "m",
                                                 "i", "", "1", simulated=False))  # fmt: skip
KEY = "a key only for tests, long enough to be taken"


def test_a_signed_pdf_still_ends_like_one(tmp_path):
    content = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer <<>>\nstartxref\n31\n%%EOF\n"
    signed, manifest = region.sealed_pdf(content, ABOUT, KEY)
    assert signed.startswith(content.rstrip(b"\n"))
    assert signed.endswith(b"\nstartxref\n31\n%%EOF\n")
    path = tmp_path / "a.pdf"
    path.write_bytes(signed)
    keys = {signing.public_key_of(KEY)}
    assert check(path, keys).finding is Finding.GENUINE
    assert check(path, keys).manifest == manifest
    path.write_bytes(signed.replace(b"endobj", b"endobk"))
    assert check(path, keys).finding is Finding.ALTERED
    with pytest.raises(ValueError, match="not a PDF"):
        region.sealed_pdf(b"nothing", ABOUT, KEY)


def test_a_document_can_be_signed_like_a_workbook(tmp_path):
    parts = {
        "[Content_Types].xml": b"<Types></Types>",
        "_rels/.rels": b'<Relationships><Relationship Id="rId3" Target="x"/></Relationships>',
        "word/document.xml": "<w>Tỷ lệ 95,5%</w>".encode(),
    }
    signed, _manifest = package.sealed(package.zipped(parts), ABOUT, KEY)
    path = tmp_path / "a.docx"
    path.write_bytes(signed)
    keys = {signing.public_key_of(KEY)}
    assert check(path, keys).finding is Finding.GENUINE
    with zipfile.ZipFile(io.BytesIO(signed)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    inside["word/document.xml"] = "<w>Tỷ lệ 96,5%</w>".encode()
    path.write_bytes(package.zipped(inside))
    assert check(path, keys).finding is Finding.ALTERED


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, b"%PDF-1.4", b"\xff" * 2000,
     b"@longdan-manifest@" + b" " * 2000],
)  # fmt: skip
def test_any_other_file_is_not_taken_for_ours(content, tmp_path, keys):
    path = tmp_path / "x"
    path.write_bytes(content)
    assert check(path, keys).finding in (Finding.UNSIGNED, Finding.UNREADABLE)


def test_the_command_speaks_plainly(flask, sampled, make, tmp_path):
    path = tmp_path / "ket-qua.xlsx"
    path.write_bytes(make(sampled, WORKBOOK).path.read_bytes())
    code, output = flask("verify", path)
    assert code == 0
    assert "ket-qua.xlsx: Đúng bản gốc" in output
    assert sampled.facts.snapshot_hash in output
    assert "lần 1, ngày 1/7/2026" in output
    path.write_bytes(changed_cell(path.read_bytes()))
    code, output = flask("verify", path)
    assert code == 1
    assert "Tệp đã bị sửa" in output
    assert "Thành phần" in output
    other = tmp_path / "x.txt"
    other.write_text("x")
    assert flask("verify", other)[0] == 2


def test_the_command_finds_the_manifest_beside_a_csv(flask, sampled, make, settings, tmp_path):
    path = tmp_path / "so-lieu.csv"
    source = make(sampled, CSV).path
    path.write_bytes(source.read_bytes())
    manifest = beside.find(shelf(settings), beside.digest_of(source))
    (tmp_path / "so-lieu.csv.manifest.json").write_text(manifest.shown())
    path.write_bytes(path.read_bytes().replace(b"0.9", b"0.8", 1))
    assert flask("verify", path)[0] == 1


def send(client, content, name="a.xlsx", manifest=None):
    files = {"file": (io.BytesIO(content), name)}
    if manifest is not None:
        files["manifest"] = (io.BytesIO(manifest), "a.manifest.json")
    answer = client.post(PAGE, data=files, content_type="multipart/form-data")
    return answer, BeautifulSoup(plain(answer).decode(), "html.parser")


def test_everybody_can_have_a_file_checked(client, sampled, make, settings):
    page = client.get(PAGE)
    assert page.status_code == 200
    public_key = signing.public_key_of(settings.secret_key)
    assert public_key.hex() in page.get_data(as_text=True)
    content = make(sampled, WORKBOOK).path.read_bytes()
    _answer, page = send(client, content)
    assert "Đúng bản gốc" in page.find(role="status").text
    assert "mau-2026" in page.find(role="status").text
    _answer, page = send(client, changed_cell(content))
    assert "Tệp đã bị sửa" in page.find(role="status").text
    _answer, page = send(client, b"hello", "x.txt")
    assert "Không tìm thấy chữ ký" in page.find(role="status").text
    answer, _page = send(client, content, "")
    assert answer.status_code == 422


def test_nothing_of_a_checked_file_is_kept(client, settings):
    before = {path for path in settings.var_dir.rglob("*") if path.is_file()}
    send(client, b"a secret of mine " * 100_000, "secret.txt")
    after = {path for path in settings.var_dir.rglob("*") if path.is_file()}
    assert after == before


def test_too_large_a_file_is_refused(client):
    answer = client.post(
        PAGE, data={"file": (io.BytesIO(b"x" * 33_000_000), "x")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 413


def test_a_publication_is_made_again_to_the_byte(flask, sampled):
    code, output = flask("recompute", "mau-2026")
    assert code == 0, output
    assert "All 24 files have identical bytes." in output
    assert "DIFFERENT" not in output


def test_a_file_is_written_by_command(flask, sampled, tmp_path):
    out = tmp_path / "a.sav"
    code, output = flask("export", "mau-2026", out, "--kind", "microdata")
    assert code == 0, output
    assert "160 rows" in output
    assert flask("verify", out)[0] == 0
    code, output = flask("export", "mau-2026", tmp_path / "a.pdf")
    assert code == 2
    assert "a workbook is one of .xlsx" in output
