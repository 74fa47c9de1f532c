"""What stands in a profile and can never speak: rules, categories, codes, share buckets, tier rows."""

from collections.abc import Iterator

from authoring.lint.matching import cases, covers, decided_before, open_cases, outcome, overlap
from authoring.lint.spots import LintFinding, error, warning
from profiles.consistency import parts
from profiles.disclosure import DisclosureRule, GeneraliseRule, WithholdRule
from profiles.models import Profile
from profiles.tables import TierRow


def reach(profile: Profile) -> Iterator[LintFinding]:
    """Everything that no build can reach, and whatever only the order of rules decides."""
    yield from _rules(profile)
    yield from _order(profile)
    yield from _categories(profile)
    yield from _codes(profile)
    yield from _shares(profile)
    yield from _tiers(profile)


def _rules(profile: Profile) -> Iterator[LintFinding]:
    rules = profile.disclosure
    for index, rule in enumerate(rules):
        if not open_cases(rules, index):
            before = {r.id for case in cases(rule.match) for r in decided_before(rules[:index], case, rule.match.kind)}
            names = " and ".join(r.id for r in rules if r.id in before)
            yield error(
                "unreachable-rule",
                ("disclosure", index),
                f"{rule.id} never decides: whatever it matches, {names} decided before",
                f"move {rule.id} before {names}, narrow {names}, or remove {rule.id}",
            )


def _order(profile: Profile) -> Iterator[LintFinding]:
    for index, rule in enumerate(profile.disclosure):
        for earlier in profile.disclosure[:index]:
            if outcome(rule) != outcome(earlier) and overlap(earlier.match, rule.match) and not _special(earlier, rule):
                yield warning(
                    "order-decides",
                    ("disclosure", index, "match"),
                    f"{earlier.id} and {rule.id} can match the same name and say different things; only order decides",
                    "make one a special case of the other, or their names and globs distinct",
                )


def _special(earlier: DisclosureRule, rule: DisclosureRule) -> bool:
    """Whether one of two rules is a special case of the other: before it, an exception; after it, unreachable."""
    return any(
        bool(cases(narrow.match)) and all(covers(wide.match, case) for case in cases(narrow.match))
        for wide, narrow in ((rule, earlier), (earlier, rule))
    )


def _categories(profile: Profile) -> Iterator[LintFinding]:
    used = {rule.category for rule in profile.disclosure if isinstance(rule, GeneraliseRule | WithholdRule)}
    for index, category in enumerate(profile.categories):
        if category.id not in used:
            yield warning(
                "unused-category",
                ("categories", index),
                f"no disclosure rule uses the category {category.id}",
                "remove it, or name it in a rule",
            )


def _codes(profile: Profile) -> Iterator[LintFinding]:
    none = profile.readiness.none_recorded
    clear: set[str] = {profile.all_clear.code} if profile.all_clear else set()
    used = {
        "status": {row.code for row in profile.status.rows} | {row.code for row in profile.status.shares} | clear,
        "readiness": {row.code for row in profile.readiness.rows} | ({none.code} if none else set()),
        "checkpoints": {row.code for row in profile.checkpoints.rows},
    }
    for table, known in used.items():
        for path, code in parts(profile, f"{table}.codes.*"):
            if code.code not in known:
                yield warning(
                    "unused-code",
                    path,
                    f"no row of {table} maps a value to {code.code}",
                    "add the row that should, or remove the code",
                )


def _shares(profile: Profile) -> Iterator[LintFinding]:
    """A bucket never reads worse than the worst component, and a higher share should not read better."""
    ranks = {code.code: code.rank for code in profile.status.codes}
    worst = max(ranks[row.code] for row in profile.status.rows)
    for index, share in enumerate(profile.status.shares):
        path = ("status", "shares", index)
        if ranks[share.code] == 0:
            yield error(
                "share-hides-trouble",
                path,
                f"{share.id} lets a part with affected components read as unaffected",
                "give it a code of a higher rank",
            )
        elif ranks[share.code] >= worst:
            yield warning(
                "unreachable-share",
                path,
                f"{share.id} is never reached: a share reads no worse than its worst component, and none is worse",
                "give it a code of a lower rank, or remove it",
            )
        if any(s.at_least < share.at_least and ranks[s.code] > ranks[share.code] for s in profile.status.shares):
            yield error(
                "share-order",
                path,
                f"from {share.at_least} percent on {share.id} reads better than a smaller share does",
                "give the larger share the worse code",
            )


def _tiers(profile: Profile) -> Iterator[LintFinding]:
    general = {(row.source, row.value): row for row in profile.tiers if row.account is None}
    for index, row in enumerate(profile.tiers):
        tier = general.get((row.source, row.value))
        if row.account and tier and _permits(row) == _permits(tier):
            yield warning(
                "repeated-tier",
                ("tiers", index),
                f"{row.id} says for one account what {tier.id} says for its whole tier",
                f"remove {row.id}, or say what is different",
            )


def _permits(row: TierRow) -> object:
    return row.model_dump(exclude={"id", "account"})
