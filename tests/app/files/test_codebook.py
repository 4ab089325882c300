"""Codebooks describe the file of answers, by the standard and for people."""

import html5lib
import pyreadstat
import pytest
from bs4 import BeautifulSoup
from defusedxml import ElementTree

from app.result_files import codebook
from app.result_files.files import Kind, Wanted
from tests.app import desk
from tests.app.files import ddi_rules
from tests.app.files.conftest import publish

N = f"{{{ddi_rules.NAMESPACE}}}"


def opened(make, found, language="vi"):
    content = make(found, Wanted(Kind.CODEBOOK, "xml", language)).path.read_bytes()
    return ElementTree.fromstring(content)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_codebook_keeps_the_rules_of_the_standard(sampled, make, language):
    assert ddi_rules.faults(opened(make, sampled, language)) == []


def test_the_rules_find_what_is_wrong(sampled, make):
    root = opened(make, sampled)
    var = root.find(f".//{N}var")
    var.append(var[0])
    var.set("intrvl", "sometimes")
    root.find(f".//{N}titlStmt").remove(root.find(f".//{N}titl"))
    found = " ".join(ddi_rules.faults(root))
    for part in ("order", "intrvl=sometimes", "0 × titl"):
        assert part in found


def test_the_codebook_describes_the_file_it_names(sampled, make):
    root = opened(make, sampled)
    name = root.find(f".//{N}fileName").text
    made = make(sampled, Wanted(Kind.MICRODATA, "sav", "vi"))
    assert name == "cau-tra-loi_mau-2026_lan-1.sav"
    frame, meta = pyreadstat.read_sav(str(made.path), user_missing=True)
    variables = root.findall(f".//{N}var")
    assert [each.get("name") for each in variables] == list(frame.columns)
    assert root.find(f".//{N}caseQnty").text == "160"
    for each in variables:
        name = each.get("name")
        assert each.find(f"{N}labl").text == meta.column_names_to_labels[name]
        told = {
            float(c.find(f"{N}catValu").text): c.find(f"{N}labl").text
            for c in each.findall(f"{N}catgry")
        }
        assert told == meta.variable_value_labels.get(name, {})
        for category in each.findall(f"{N}catgry"):
            n = category.find(f"{N}catStat")
            if n is not None:
                value = float(category.find(f"{N}catValu").text)
                assert int(n.text) == int((frame[name] == value).sum())
    assert root.find(f".//{N}var[@wgt='wgt']").get("name") == "weight_base"


def test_counts_of_few_people_are_left_out_with_the_whole_variable(database, settings, table):
    rows = desk.people()
    for number, row in enumerate(rows):
        row["answers"]["late"] = "yes" if number < 3 else "no"
    found = publish(database, settings, rows=rows)
    by_name = {each.variable.name: each for each in codebook.entries(table(found), 10)}
    assert by_name["late"].n_valid is None
    assert [value.n for value in by_name["late"].values] == [None, None]
    assert by_name["sex"].n_valid == 160
    assert [value.n for value in by_name["place_commune"].values] == [None] * 5


def test_the_page_names_every_variable_and_value(sampled, make, table):
    content = make(sampled, Wanted(Kind.CODEBOOK, "html", "vi")).path.read_bytes()
    html5lib.HTMLParser(strict=False).parse(content)
    page = BeautifulSoup(content, "html.parser")
    assert len(page.find_all("h1")) == 1
    text = page.get_text(" ")
    for variable in table(sampled).variables:
        assert page.find(id=variable.name) is not None
        for category in variable.categories:
            assert category.label in text
    assert "DỮ LIỆU MÔ PHỎNG" in text
    assert page.find("script") is None
    assert page.find("link") is None
