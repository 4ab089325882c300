"""Words of an instrument, looked up by whoever shows them."""

import unicodedata

import pytest

from surveys.instrument.load import load_files


def test_the_words_of_each_language(tiny):
    instrument = tiny("two_languages")
    assert instrument.languages == ("vi", "en")
    vi, en = instrument.wording["vi"], instrument.wording["en"]
    assert (vi.language, vi.title(), en.title()) == ("vi", "Hai ngôn ngữ", "Two languages")
    assert (en.purpose, en.retention) == ("To try it out.", "Nothing is kept.")
    assert (en.consent, en.thanks) == ("I agree.", "Thank you.")
    assert en.title("only") == "Question"
    assert en.intro("only") == "Please choose one level."
    assert en.group("officials") == "Officials"
    assert en.label("politeness") == "Officials are polite"
    assert vi.hint("politeness") == "Người tiếp ông/bà tại quầy"
    assert [en.option("politeness", code) for code in (1, "2", 3)] == [
        "Dissatisfied",
        "Neutral",
        "Satisfied",
    ]


def test_pages_and_items_may_be_given_as_objects(tiny):
    instrument = tiny("two_languages")
    words = instrument.wording["vi"]
    page, item = instrument.pages[0], instrument.items[0]
    assert words.title(page) == words.title(page.code) == "Câu hỏi"
    assert words.intro(page) == words.intro(page.code)
    assert words.label(item) == words.label(item.code)
    assert words.hint(item) == words.hint(item.code)
    assert words.option(item, 3) == words.option(item.code, "3") == "Hài lòng"


def test_what_is_optional_is_empty(tiny):
    words = tiny("single").wording["vi"]
    assert words.intro("only") == words.hint("sex") == ""
    assert words.yes_no == {}


def test_yes_and_no_are_supplied_unless_written(tiny):
    words = tiny("yes_no").wording["vi"]
    assert (words.option("late", "yes"), words.option("late", "no")) == ("Có", "Không")
    own = tiny("yes_no_own_words").wording["vi"]
    assert (own.option("visited", "yes"), own.option("visited", "no")) == ("Đã từng", "Chưa từng")


def test_every_option_of_every_item_has_words(tiny, every_feature):
    instrument = tiny(every_feature)
    for words in instrument.wording.values():
        for item in instrument.items:
            assert words.label(item)
            assert all(words.option(item, code) for code in item.options)


@pytest.mark.parametrize("look_up", ["title", "intro", "label", "hint", "group"])
def test_words_of_nothing_are_a_broken_promise(tiny, look_up):
    words = tiny("two_languages").wording["vi"]
    with pytest.raises(KeyError):
        getattr(words, look_up)("nothing")
    with pytest.raises(KeyError):
        words.option("politeness", 4)


def test_words_are_composed_and_trimmed(tiny_files):
    files = tiny_files("scale")
    files["vi.toml"] = unicodedata.normalize(
        "NFD", files["vi.toml"].replace('"Công chức lịch sự"', '"""\n  Công chức\nlịch sự \n"""')
    )
    label = load_files(files).wording["vi"].label("politeness")
    assert label == "Công chức\nlịch sự"
    assert unicodedata.is_normalized("NFC", label)
