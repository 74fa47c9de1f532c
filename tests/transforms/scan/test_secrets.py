"""Secrets by their form: exactly what each rule of our own takes."""

import re
import string

import pytest

from transforms.scan.secrets import LONGEST_INPUT, OWN, Rule, Rules, entropy, luhn

FORMS = Rules(OWN)
HEX = "0123456789abcdef"
DOUBLED = "0246813579"
"""What a doubled digit counts as in the checksum of cards, its two digits added."""


def found(text: str, rules: Rules = FORMS) -> list[tuple[str, str]]:
    """The rules that find something, with what they found."""
    return sorted(set(rules.find(text)))


EXAMPLES = [
    ("vulnerability id", "cve-2026-41877"),
    ("vulnerability id", "cve 2026 4187"),
    ("vulnerability id", "cve20264187"),
    ("vulnerability id", "ghsa-jfh8-c2jp-5v3q"),
    ("vulnerability id", "cwe-79"),
    ("vulnerability id", "cwe-12345"),
    ("e-mail address", "t.o+m-as_1@meridian.co.example"),
    ("e-mail address", f"{'a' * 64}@x.example"),
    ("address", "0.0.0.7"),
    ("address", "255.255.255.255"),
    ("address", "1.22.133.4"),
    ("address", "0a:1b:2c:3d:4e:5f"),
    ("address", "0a-1b-2c-3d-4e-5f"),
    ("address", "2001:db8:1:2:3:4:5:6"),
    ("address", "fd12:3456:789a:1:2:17"),
    ("address", "fd12:3456:789a::17"),
    ("address", "a::b"),
    ("address", "2001:1db8:1111:2222:3333:4444::1:2"),
    ("host name", "sgn-07.eu-west-1.meridian.internal"),
    ("host name", "a.lan"),
    ("host name", "payments.default.svc"),
    ("host name", "printer.local"),
    ("host name", "x.corp"),
    ("host name", "x.intra"),
    ("host name", "x.cluster"),
    ("payment card", "4242424242424242"),
    ("payment card", "4242 4242 4242 4242"),
    ("payment card", "4242-4242-4242-4242"),
    ("bank account", "de89 3704 0044 0532 0130 00"),
    ("bank account", "gb82west12345698765432"),
    ("phone number", "+49 170 4711815"),
    ("phone number", "+1 (555) 0100 22"),
    ("phone number", "+4917047118"),
    ("access key", "akiaiosfodnn7example"),
    ("access key", "asiaiosfodnn7example"),
    ("access key", "xoxb-1234567890"),
    ("access key", "xapp-1-a01b2c3d4e"),
    ("access key", "ghp_" + "a1" * 18),
    ("access key", "github_pat_" + "a1_" * 8),
    ("access key", "glpat-" + "a-_1" * 5),
    ("access key", "sk_live_" + "a1" * 8),
    ("access key", "pk_test_" + "a1" * 8),
    ("access key", "aiza" + "a1b2c" * 7),
    ("token", "eyjhbgcioij91.eyjzdwiioix.ab"),
    ("private key", "-----begin rsa private key"),
    ("private key", "-----begin private key"),
    ("password", "password: hunter2"),
    ("password", "api_key = k3y-k3y"),
    ("password", "api key=k3yk3y"),
    ("password", "apikey:k3yk3y"),
    ("password", "passwd=hunter2"),
    ("password", "pwd :hunter2"),
    ("password", "secret: 5ecret"),
    ("password", "token   =   5ecret"),
    ("unique id", "8f14e45f-ceea-467f-a0e6-bb7d4c5c1d2e"),
]
"""A rule, and a value that it takes whole."""


@pytest.mark.parametrize(("rule", "value"), EXAMPLES)
@pytest.mark.parametrize("around", ["{}", "see {} now", "{} now", "see {}", "\n{}\n", "({})", "it is\t{}, x"])
def test_own_rule_takes_the_whole_value_wherever_it_stands(rule, value, around) -> None:
    """At the begin, in the middle, at the end of a text, in a line of its own and between brackets."""
    values = [text for name, text in found(around.format(value)) if name == rule]
    whole = {"token": value.rpartition(".")[0] + "."}.get(rule, value)
    assert any(text.rstrip(")") == whole for text in values), values


@pytest.mark.parametrize(
    "text",
    [
        "cve-2026-123",
        "cve-202-41877",
        "ghsa-jfh8-c2jp",
        "cwe-123456",
        "xcwe-79",
        "tomas@meridian",
        "@meridian.example",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.1.1.256",
        "0a:1b:2c:3d:4e",
        "0a-1b-2c-3d-4e-5f7",
        "x0a:1b:2c:3d:4e:5f",
        "0g:1b:2c:3d:4e:5f",
        "at 10:20:30",
        "x::y",
        "internal",
        "x.internals",
        "123456789012",
        "+49",
        "+49 17",
        "akiaiosfodnn7exampl",
        "akiaiosfodnn7example1",
        "xoxb-12345678",
        "ghp_" + "a" * 35,
        "github_pat_" + "a" * 21,
        "glpat-" + "a" * 19,
        "sk_live_" + "a" * 15,
        "xk_live_" + "a" * 16,
        "aiza" + "a" * 34,
        "aiza" + "a" * 36,
        "eyjhbgcioi.eyjzdwiioi",
        "-----begin certificate",
        "password hunter2",
        "password: short",
        "passwords: hunter2",
        "8f14e45f-ceea-467f-a0e6-bb7d4c5c1d2",
        "8f14e45-ceea-467f-a0e6-bb7d4c5c1d2e",
        "2026-03-12 14:20:31",
        "SC3 since 13:58 UTC, ref 7f3a 91c2",
    ],
)
def test_own_rules_leave_what_only_resembles(text) -> None:
    """One character less, one too many, or one that cannot be."""
    assert found(f"see {text} now") == []


def test_own_rules_find_the_second_value_too() -> None:
    """Two of one form in one text, in two places."""
    key, account = "akiaiosfodnn7example", "de89370400440532013000"
    text = f"see {key} {'and so on ' * 40} akiaiosfodnn7exampl2 then {account} twice {account}"
    assert found(text) == [
        ("access key", "akiaiosfodnn7exampl2"),
        ("access key", "akiaiosfodnn7example"),
        ("bank account", account),
    ]
    assert [name for name, _ in FORMS.find(text)].count("bank account") == 2


@pytest.mark.parametrize("cut", ["word ", "12 ", "a" * 30 + " "])
def test_own_rules_do_not_reach_beyond_their_word(cut) -> None:
    """What stands before and after a value, apart by a space, is no part of it."""
    assert found(f"{cut * 30}{'b' * 60}@x.example {cut * 30}") == [("e-mail address", f"{'b' * 60}@x.example")]
    assert found(f"{cut}ssh://host {cut}") == [("web address", "ssh://h")]


def test_local_part_of_an_address_is_taken_up_to_sixty_four_characters() -> None:
    """RFC 5321's longest; of a longer one its end."""
    assert found(f"{'b' * 65}@x.example") == [("e-mail address", f"{'b' * 64}@x.example")]


def numbers(length: int) -> str:
    """A number of this length that begins with no zero."""
    return ("9314159265358979323846" * 2)[:length]


@pytest.mark.parametrize("length", range(10, 23))
def test_luhn_is_the_checksum_of_payment_cards(length) -> None:
    """Of 13 to 19 digits, exactly one last digit is right, and it is that of ISO/IEC 7812."""
    body = numbers(length - 1)
    weights = sum(int(DOUBLED[int(c)]) if place % 2 == 0 else int(c) for place, c in enumerate(reversed(body)))
    right = str(-weights % 10)
    passing = [digit for digit in string.digits if luhn(body + digit)]
    assert passing == ([right] if 13 <= length <= 19 else [])


def iban(length: int) -> str:
    """An account number of this length with right check digits."""
    body = ("w3st" * 9)[: length - 4]
    digits = "".join(str(int(c, 36)) for c in f"{body}gb00")
    return f"gb{98 - int(digits) % 97:02d}{body}"


@pytest.mark.parametrize("length", [12, 14, 15, 16, 22, 33, 34, 35])
def test_bank_accounts_have_fifteen_to_thirty_four_letters_and_digits(length) -> None:
    """ISO 13616, with the remainder of its check."""
    right = iban(length)
    wrong = right[:2] + f"{(int(right[2:4]) + 1) % 97:02d}" + right[4:]
    assert found(f"see {right} - {wrong}") == ([("bank account", right)] if 15 <= length <= 34 else [])


@pytest.mark.parametrize("length", [15, 16, 18, 20, 22, 24, 27, 28, 34])
@pytest.mark.parametrize("after", ["", " is", " now", " paid", " 12", ", and", " x1 y2 z3"])
def test_bank_accounts_are_found_beside_short_words(length, after) -> None:
    """A word of up to four letters after it looks like one more group; the account is found all the same."""
    right = iban(length)
    spaced = " ".join(right[at : at + 4] for at in range(0, length, 4))
    for text in (right, spaced):
        assert [name for name, _ in found(f"to {text}{after}")] == ["bank account"]


@pytest.mark.parametrize("card", ["4242 4242 4242 4242", "4242424242424242", "3782-822463-10005", "4222222222222"])
@pytest.mark.parametrize(
    "beside",
    [
        "{}",
        "{} 12",
        "{} 12 27",
        "{}, 12/27",
        "12 {}",
        "12 27 99 {} 4",
        "1 2 3 4 5 6 7 8 {}",
        "no 7 {} 123",
        "2 of 3 {} 4",
    ],
)
def test_payment_cards_are_found_beside_other_numbers(card, beside) -> None:
    """An expiry date, a count or a security code beside a card does not hide it."""
    assert "payment card" in [name for name, _ in found(f"with {beside.format(card)} and")]


def test_entropy_is_shannons_in_bits() -> None:
    """For each character: none where all are one, one for two of the same share, and so on."""
    assert [entropy(text) for text in ("", "aaaa", "ab", "abcd", "aabb", HEX)] == [0, 0, 1, 2, 1, 4]
    assert entropy("aabc") == 1.5
    assert entropy("aaab") == pytest.approx(0.8112781)


def test_keyword_is_found_in_any_case_and_next_to_letters_that_grow() -> None:
    """A dotted capital I is two characters when small; places then differ, and the whole text is looked through."""
    badge = Rules([Rule("badge", re.compile("(?i)badge-[0-9]{4}"), ("BADGE",), before=0)])
    assert found("my BaDge-1234", badge) == [("badge", "BaDge-1234")]
    assert found("İİİ badge-1234 ß", badge) == [("badge", "badge-1234")]


def test_text_beyond_the_longest_input_is_not_searched() -> None:
    """A bound for hostile input; a message is refused long before."""
    inside = "x " * (LONGEST_INPUT // 2 - 10)
    assert found(f"{inside}10.20.30.41") == [("address", "10.20.30.41")]
    assert found(f"{inside}{'x' * 30} 10.20.30.41") == []
