"""Sentences with numbers: made by rules from published rows, and from nothing else."""

import re

import pytest
from flask_babel import force_locale

from app import numbers
from app.reports import sentences, sentences_changes, sentences_units, standing
from app.reports.report import report
from app.services.reports.blocks import Paragraph, Table
from tests.app.reports.conftest import DAY

PERCENT = {"vi": re.compile(r"\d{1,3}(?:,\d)?%"), "en": re.compile(r"\d{1,3}(?:\.\d)?%")}


def test_the_headline_by_hand(rounds, read, context):
    rounds()
    results = read().results
    index = results.figure("overall")
    assert sentences.headline(index, results, "vi") == (
        "Hài lòng chung: 79,7% (khoảng tin cậy 95%: 74,9–83,7%), từ 160 người trả lời."
    )
    assert sentences.target(index, "vi") == (
        "Chưa đạt mục tiêu 95,0%: cả khoảng tin cậy dưới mục tiêu."
    )
    assert "nằm trong khoảng tin cậy" in sentences.target(results.figure("results"), "vi")
    assert sentences.target(results.figure("officials"), "vi") == ""


def test_the_lowest_component_by_hand(rounds, read, context):
    rounds()
    results = read().results
    figures = results.figures(nodes=results.method.components)
    # Officials 68.75%, results 90.625%: their intervals do not overlap.
    said = sentences.components(figures, "vi")
    assert "(68,8%)" in said
    assert "nằm dưới mọi thành phần khác" in said


def test_without_an_earlier_round_nothing_is_compared(rounds, read, context):
    rounds()
    source = read()
    said = sentences_changes.change(source.results.figure("overall"), source.earlier, "vi")
    assert said == "Chưa có đợt điều tra mẫu nào trước đó được công bố để so sánh."


def test_a_change_is_told_with_its_interval(rounds, read, context):
    rounds(earlier=True)
    source = read()
    officials = source.results.figure("officials")
    # A year before 50% were satisfied with the officials, now 68.75%.
    said = sentences_changes.change(officials, source.earlier, "vi")
    assert said.startswith("Cao hơn “Điều tra mẫu 2025” (50,0%): +18,8 điểm %")
    same = sentences_changes.change(source.results.figure("results"), source.earlier, "vi")
    assert "chưa đủ căn cứ" in same


def test_rounds_measured_in_another_way_are_not_compared(rounds, read, context):
    rounds(earlier=True)
    source = read()
    broken = sentences_changes.Earlier(source.earlier.results, "cách tính đã thay đổi")
    said = sentences_changes.change(source.results.figure("overall"), broken, "vi")
    assert said == "Không so sánh với “Điều tra mẫu 2025”: cách tính đã thay đổi."
    assert broken.figure("overall") is None


def test_units_are_counted_and_named_by_hand(rounds, read, context):
    rounds()
    results = read().results
    whole = results.figure("overall")
    found = standing.against_whole(results.figures("commune", nodes=("overall",)), whole)
    said = sentences_units.overview(found, whole, "vi")
    assert said.startswith("Trong 5 đơn vị: ")
    assert found.n == 5
    assert "Phường Hồng Gai" in sentences_units.above(found, results, "vi")
    hidden = sentences_units.hidden(found, results, "vi")
    assert "Xã Cái Chiên" in hidden
    assert "%" not in hidden


def published_percents(source, language):
    """Every share that may be printed: of published rows, targets, levels and findings."""
    found = set()

    def add(value, digits=1):
        if value is not None:
            found.add(numbers.percent(value, language, digits))

    for results in filter(None, (source.results, source.earlier.results)):
        for row in results.estimates:
            for value in (row.value, row.low, row.high, row.target):
                add(value)
        add(results.level, 0)
    for row in source.findings.ranks:
        add(row.p_top, 0)
    add(0.95, 0)
    for row in source.findings.verdicts:
        add(row.target)
    for row in source.findings.drivers:
        for value in (
            row.importance, row.importance_low, row.importance_high, row.performance,
        ):  # fmt: skip
            add(value)
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("earlier", [False, True])
def test_every_share_in_the_report_is_a_published_one(
    rounds, read, context, letterhead, language, earlier
):
    """Nothing is worked out for a sentence or a table: every number is a row, rounded once."""
    rounds(earlier=earlier)
    source = read()
    made = report(source, letterhead, language, DAY)
    allowed = published_percents(source, language) | {"1%", "99%", "100%"}
    texts = [block.text for block in made.blocks if isinstance(block, Paragraph)]
    texts += [
        cell for block in made.blocks if isinstance(block, Table) for row in block.rows
        for cell in row
    ]  # fmt: skip
    for text in texts:
        # Ends of an interval share one sign: 74,9–83,7%.
        written = re.sub(r"(\d[\d.,]*)–(\d[\d.,]*)%", r"\1% \2%", text)
        for number in PERCENT[language].findall(written):
            assert number in allowed, text


def test_the_english_report_is_english(rounds, read, context, letterhead):
    rounds()
    with force_locale("vi"):
        made = report(read(), letterhead, "en", DAY)
    assert made.fixed.country.startswith("SOCIALIST REPUBLIC")
    assert "Sample 2026" in made.subject
