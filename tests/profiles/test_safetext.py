"""P2: text that a customer may read is a type of its own, and a plain string never becomes one."""

import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from profiles.safetext import MAX_LENGTH, Phrase, SafeText, Separator, unsafe_characters
from tests.builders import AT, REPOSITORY, make_profile, safe
from transforms.model.package import Coded

PHRASE = TypeAdapter(Phrase)
FROM_SOURCE = "Hexacore SignGate on sgn-07"

SNIPPET = """
from profiles.safetext import Phrase, SafeText, Separator
from transforms.model.package import Coded
def leak(source: str, phrase: Phrase) -> SafeText:
    SafeText(source)
    SafeText.join(Separator.SPACE, [source])
    SafeText.join(source, [])
    phrase.fill(account=source)
    Phrase(source)
    Coded(code="SC1", words=source, rank=1)
    return source
"""


def phrase(text: str) -> Phrase:
    """Approved wording with places, read as JSON like all approved data."""
    return PHRASE.validate_json(orjson.dumps(text))


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: SafeText(FROM_SOURCE),
        lambda: SafeText.join(Separator.SPACE, [safe("a"), FROM_SOURCE]),
        lambda: SafeText.of_number(FROM_SOURCE),
        lambda: SafeText.of_number(True),
        lambda: SafeText.of_code(FROM_SOURCE),
        lambda: SafeText.of_code("SC1\n"),
        lambda: SafeText.of_digest(FROM_SOURCE),
        lambda: Phrase(FROM_SOURCE),
        lambda: phrase("{account}").fill(account=FROM_SOURCE),
        lambda: sorted([safe("a"), FROM_SOURCE]),
    ],
)
def test_safetext_refuses_a_string_at_every_entry(attempt) -> None:
    """Constructor, join, fill and the makers of numbers, codes and digests raise TypeError for a source's text."""
    with pytest.raises(TypeError):
        attempt()


def test_safetext_refuses_a_string_in_python_mode_of_pydantic() -> None:
    """A field of a core type takes an existing SafeText, and text only as JSON of approved data."""
    with pytest.raises(ValidationError, match="instance of SafeText"):
        Coded(code="SC1", words=FROM_SOURCE, rank=1)
    with pytest.raises(ValidationError, match="instance of SafeText"):
        Coded.model_validate({"code": "SC1", "words": FROM_SOURCE, "rank": 1})
    with pytest.raises(ValidationError, match="instance of Phrase"):
        PHRASE.validate_python("{account}")
    assert Coded(code="SC1", words=safe("degraded"), rank=1).words == safe("degraded")


def test_safetext_smuggled_past_validation_is_refused_when_the_message_is_composed() -> None:
    """A string that a copy put into a core type without validation is a TypeError at the first phrase."""
    smuggled = Coded(code="SC1", words=safe("x"), rank=1).model_copy(update={"words": FROM_SOURCE})
    with pytest.raises(TypeError, match="composed of SafeText, not of str"):
        make_profile().phrases.capability.elsewhere.fill(status=smuggled.words, code=SafeText.of_code("SC1"))


def test_safetext_from_a_string_is_a_type_error_for_mypy(tmp_path) -> None:
    """Every way of passing a string for customer text is an error before the program runs."""
    file = tmp_path / "leak.py"
    file.write_text(SNIPPET)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", str(file)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    lines = [line.split(":")[1] for line in found.stdout.splitlines()]
    assert lines == ["5", "6", "7", "8", "9", "10", "11"]


@pytest.mark.parametrize("separator", [" evil ", "<", "\n\n\n"])
def test_safetext_is_joined_with_a_closed_list_of_separators(separator) -> None:
    """No other characters stand between pieces of wording."""
    with pytest.raises(ValueError, match="not a valid Separator"):
        SafeText.join(separator, [safe("a"), safe("b")])


def test_safetext_does_not_change_and_compares_like_text() -> None:
    """It is a value: frozen, hashable, sortable, equal to equal text and never to a string."""
    one = safe("one")
    with pytest.raises(AttributeError):
        one._text = "two"
    with pytest.raises(AttributeError):
        phrase("{a}").template = one
    assert (one == safe("one"), one == "one", hash(one) == hash(safe("one"))) == (True, False, True)
    assert sorted([safe("b"), safe("a")]) == [safe("a"), safe("b")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("<!channel>", "U+003C, U+003E"),
        ("*bold* _it_ ~no~ `code`", "U+002A, U+005F, U+007E, U+0060"),
        ("ask @kim", "U+0040"),
        ("two\nlines", "U+000A"),
        ("tab\t", "U+0009"),
        ("right\u202eleft", "U+202E"),
        ("isolate\u2066", "U+2066"),
        ("mark\u200f", "U+200F"),
        ("zero\u200bwidth", "U+200B"),
        ("joiner\u200d", "U+200D"),
        ("bom\ufeff", "U+FEFF"),
        ("soft\u00adhyphen", "U+00AD"),
        ("line\u2028", "U+2028"),
        ("no\u00a0break", "U+00A0"),
        ("tag\U000e0041", "U+E0041"),
        ("variation\ufe0f", "U+FE0F"),
        ("grapheme\u034f", "U+034F"),
        ("filler\u3164", "U+3164"),
        ("half\uffa0", "U+FFA0"),
        ("private\ue000", "U+E000"),
        ("fire\U0001f525", "U+1F525"),
    ],
)
def test_wording_with_a_character_that_may_not_leave_is_refused(text, named) -> None:
    """Markup, mentions, line breaks, bidirectional controls and everything invisible are named by code point."""
    with pytest.raises(ValidationError, match=f"may not leave \\({named.replace('+', '.')}\\)"):
        safe(text)


@pytest.mark.parametrize("text", ["e\u0301", "\u212b", "\u1100\u1161"])
def test_wording_that_is_not_in_normal_form_is_refused(text) -> None:
    """Two spellings of one word cannot pass for two approvals."""
    with pytest.raises(ValidationError, match="normal form NFC"):
        safe(text)


@pytest.mark.parametrize("text", ["", "   "])
def test_wording_that_is_empty_is_refused(text) -> None:
    """Approved wording says something."""
    with pytest.raises(ValidationError, match="wording is empty"):
        safe(text)


def test_wording_is_limited_in_length() -> None:
    """At the limit it is read, one more is refused."""
    assert str(safe("x" * MAX_LENGTH)) == "x" * MAX_LENGTH
    with pytest.raises(ValidationError, match="longer than 4000 characters"):
        safe("x" * (MAX_LENGTH + 1))


@given(st.text(max_size=20))
def test_wording_holds_only_visible_characters_without_meaning_in_slack(text) -> None:
    """Whatever is read has no control, format, private or unassigned character, and none that Slack interprets."""
    try:
        read = str(safe(text))
    except ValidationError:
        return
    kinds = {unicodedata.category(character) for character in read if character != " "}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
    assert set(read).isdisjoint("<>*_~`@\n")


def test_unsafe_characters_are_named_once_in_order() -> None:
    """An author sees each offending character once."""
    assert unsafe_characters("a*b*c<d e") == ["*", "<"]


def test_safetext_of_times_is_utc_with_the_date_where_it_is_another_day() -> None:
    """Hours and minutes; yesterday's carries its date; zones do not matter."""
    berlin = timezone(timedelta(hours=1))
    texts = [AT, AT.astimezone(berlin), AT - timedelta(days=1), datetime(2026, 3, 12, 0, 30, tzinfo=berlin)]
    assert [str(SafeText.of_clock(moment, AT)) for moment in texts] == [
        "14:20",
        "14:20",
        "2026-03-11 14:20",
        "2026-03-11 23:30",
    ]
    assert str(SafeText.of_clock(datetime(2026, 3, 12, 23, 30, tzinfo=UTC), AT.astimezone(berlin))) == "23:30"


def test_phrase_fills_each_place_once_and_fills_nothing_inside_what_it_filled() -> None:
    """Braces in a label stay braces; a missing place is an error; further values are ignored."""
    greeting = phrase("{account}: {status}, {account}")
    filled = greeting.fill(account=safe("{status}"), status=safe("well"), other=safe("x"))
    assert str(filled) == "{status}: well, {status}"
    assert greeting.pieces == (("", "account"), (": ", "status"), (", ", "account"), ("", ""))
    with pytest.raises(KeyError):
        greeting.fill(account=safe("Acme"))


@pytest.mark.parametrize("text", ["{", "}", "a {b", "a b} c", "{{account}}", "{Account}", "{a-b}", "{}"])
def test_phrase_with_a_brace_that_is_no_place_is_refused(text) -> None:
    """A mistyped place is found when the profile is read, not when the message is composed."""
    with pytest.raises(ValidationError, match="a brace in a phrase belongs to no place"):
        phrase(text)
