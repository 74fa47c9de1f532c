"""Rules in the gitleaks format: what each means, what it costs, and what is said of one that cannot be used."""

import sys

import pytest

from profiles.rules import RuleError
from tests.growth import IN_PROPORTION, growth
from tests.transforms.scan.test_secrets import found
from transforms.scan.gitleaks import gitleaks_rules


def one(toml: str, text: str) -> list[str]:
    """What the only rule of a gitleaks configuration finds."""
    return [value for _, value in gitleaks_rules(toml).find(text)]


RULE = "[[rules]]\nid = 'r'\nregex = '''{}'''\n{}\n"


@pytest.mark.parametrize(
    ("regex", "more", "text", "values"),
    [
        ("k-([a-z]+)-([0-9]+)", "", "k-abc-12", ["abc"]),
        ("k-([a-z]+)-([0-9]+)", "secretGroup = 2", "k-abc-12", ["12"]),
        ("k-([a-z]+)?-([0-9]+)", "", "k--12", ["12"]),
        ("k-[a-z]+", "", "k-abc k-de", ["k-abc", "k-de"]),
        ("k-([a-z]+)", "entropy = 1.0", "k-ab", ["ab"]),
        ("k-([a-z]+)", "entropy = 1.1", "k-ab", []),
        ("k-([a-z]+)", "entropy = 1.0", "k-aa", []),
        ("k-([a-z]+)", "keywords = ['K-']", "k-abc", ["abc"]),
        ("k-([a-z]+)", "keywords = ['other']", "k-abc", []),
        ("k-([a-z]+)", "[rules.allowlist]\nregexes = ['^abc$']", "k-abc k-abd", ["abd"]),
        (
            "k-([a-z]+)",
            "[[rules.allowlists]]\nregexes = ['^abc$']\n[[rules.allowlists]]\nregexes = ['^x']",
            "k-abc k-xy k-z",
            ["z"],
        ),
        ("k-([a-z]+)", "[rules.allowlist]\nregexes = ['^k-abc$']", "k-abc k-abd", ["abd"]),
        ("k-([a-z]+)", "[rules.allowlist]\nstopwords = ['ABC']", "k-xabcx k-abd", ["abd"]),
        ("k-([a-z]+)", "[allowlist]\nregexes = ['abc']", "k-abc k-abd", ["abd"]),
        ("k-([a-z]+)", "[allowlist]\nstopwords = ['abc']", "k-abc k-abd", ["abd"]),
        (
            "k-([a-z]+)",
            "[rules.allowlist]\nregexes = ['abc']\n[allowlist]\nregexes = ['abd']\nstopwords = ['x']",
            "k-abc k-abd k-x k-y",
            ["y"],
        ),
        ("(?:a(?i)b){2}c", "", "aBab aBaBc", ["aBaBc"]),
        ("(?:a(?i)b){2}c", "", "aBaBC ABabc", []),
        ("(?:a(?i)b|q)c", "", "aBc qc", ["aBc", "qc"]),
        ("(?iU)ab", "", "AB", ["AB"]),
        ("(a&(?i)b)c", "", "a&Bc", ["a&B"]),
        ("a(?i)b|q", "", "aB Q", ["aB", "Q"]),
        (r"a\(?(?i)b", "", "a(B", ["a(B"]),
        (r"[\](](?i)b", "", "]B", ["]B"]),
        (r"[[:punct:]]x", "", "~x -x", ["~x", "-x"]),
        (r"x[[:word:]]", "", "x_", ["x_"]),
        (r"x[[:xdigit:]]", "", "xF xg", ["xF"]),
        (r"x[[:upper:]][[:lower:]][[:digit:]][[:alpha:]]", "", "xAb1Z", ["xAb1Z"]),
        (r"x[[:space:]]y", "", "x\ty", ["x\ty"]),
        (r"x\\z", "", r"x\z", [r"x\z"]),
    ],
)
def test_gitleaks_rule_means_what_gitleaks_says(regex, more, text, values) -> None:
    """Groups, entropy, keywords, allow lists of a rule and of all, stop words, and RE2's spelling."""
    top, split, rest = more.partition("[allowlist]")
    document = (split + rest + "\n" if split else "") + RULE.format(regex, top)
    assert one(document, text) == values


def test_gitleaks_rule_without_an_expression_is_counted_and_finds_nothing() -> None:
    """It is about the names of files."""
    rules = gitleaks_rules("[[rules]]\nid = 'pkcs12'\npath = '''\\.p12$'''\n")
    assert (len(rules), found("a.p12", rules), rules.rules[0].id) == (1, [], "pkcs12")


def test_no_file_has_no_rules() -> None:
    """A profile that names none."""
    assert [len(gitleaks_rules(text)) for text in ("", RULE.format("k-[0-9]", ""))] == [0, 1]


NOT_TOML = "Expected ']]' at the end of an array declaration (at end of document)"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("[[rules", f"the rule file is not TOML: {NOT_TOML}; write it as gitleaks does"),
        (RULE.format("((", ""), "rule 'r' has an expression that RE2 cannot read (missing ): ((); correct it"),
        (RULE.format("a))", ""), "rule 'r' has an expression that RE2 cannot read (unexpected ): a))); correct it"),
        (
            RULE.format("(?=a)", ""),
            "rule 'r' has an expression that RE2 cannot read (invalid perl operator: (?=); correct it",
        ),
        (
            RULE.format("(" + "x" * 90, ""),
            f"rule 'r' has an expression that RE2 cannot read (missing ): ({'x' * 48}…); correct it",
        ),
        (
            RULE.format("a", "[rules.allowlist]\nregexes = ['(']"),
            "the allow list of rule 'r' has an expression that RE2 cannot read (missing ): (); correct it",
        ),
        (
            "[allowlist]\nregexes = ['*']\n",
            (
                "the allow list of all rules has an expression that RE2 cannot read "
                "(no argument for repetition operator: *); correct it"
            ),
        ),
        (
            RULE.format("(a)", "secretGroup = 2"),
            "rule 'r': secretGroup is 2, but its regex has 1; name one that it has",
        ),
        ("rules = 3", "rules: Input should be a valid list; write it as gitleaks does"),
        (
            RULE.format("a", "keywords = 'a'"),
            "rules.0.keywords: Input should be a valid list; write it as gitleaks does",
        ),
        (
            RULE.format("a", "entropy = 'x'"),
            (
                "rules.0.entropy: Input should be a valid number, unable to parse string as a number; "
                "write it as gitleaks does"
            ),
        ),
    ],
)
def test_rules_that_cannot_be_used_say_so(document, said) -> None:
    """One sentence with the rule, the cause and what to do, and the beginning of a long expression."""
    with pytest.raises(RuleError) as problem:
        gitleaks_rules(document)
    assert str(problem.value) == said


def test_rules_of_others_cost_in_proportion_to_the_text() -> None:
    """An expression whose cost doubles with each letter where it is tried by going back."""
    rules = gitleaks_rules(RULE.format("(a|aa)+$", ""))
    assert (found("a" * 100_000, rules), found("a" * 100_000 + "!", rules)) == ([("r", "a")], [])
    assert growth(lambda size: found("a" * size, rules), 12_500) < IN_PROPORTION


def test_rules_without_their_engine_say_so(monkeypatch) -> None:
    """A Python for which there is no wheel of it: one sentence, and only where a profile brings rules."""
    monkeypatch.setitem(sys.modules, "re2", None)
    assert len(gitleaks_rules("# none")) == 0
    with pytest.raises(RuleError, match=r"^the rules need google-re2, which"):
        gitleaks_rules(RULE.format("not-read-before", ""))
