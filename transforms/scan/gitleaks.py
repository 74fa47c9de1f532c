"""The rules of a profile's rule file, ready to be tried by the scan."""

from functools import lru_cache

from profiles.rules import read_rules
from transforms.scan.secrets import Rule, Rules


@lru_cache(maxsize=8)
def gitleaks_rules(document: str) -> Rules:
    """The rules of a gitleaks configuration (TOML text); `RuleError` when one of them cannot be used."""
    return Rules(
        Rule(
            id=rule.id,
            pattern=rule.pattern,
            keywords=rule.keywords,
            entropy=rule.entropy,
            group=rule.group,
            allowed=rule.allowed,
            stopwords=rule.stopwords,
        )
        for rule in read_rules(document)
    )
