"""Rules that let a restricted kind through, and restricted kinds that no rule decides."""

from collections.abc import Iterator
from typing import Final

from authoring.lint.matching import Case, decided_before, open_cases
from authoring.lint.spots import LintFinding, advice, error, warning
from profiles.codes import RecordKind, Tlp
from profiles.disclosure import AllowRule, DisclosureRule, GeneraliseRule, WithholdRule
from profiles.models import Profile

RESTRICTED: Final = (Tlp.RED, Tlp.AMBER_STRICT, Tlp.AMBER)
"""Labels whose holders may not pass the note on to a customer at their own discretion (FIRST TLP 2.0)."""


def restricted(profile: Profile) -> Iterator[LintFinding]:
    """Everything restricted that a rule, or the lack of one, lets through."""
    for index, rule in enumerate(profile.disclosure):
        if not isinstance(rule, WithholdRule):
            yield from _through(profile, index, rule)
    yield from _undecided(profile)
    yield from _unspoken(profile)


def _through(profile: Profile, index: int, rule: AllowRule | GeneraliseRule) -> Iterator[LintFinding]:
    reached = open_cases(profile.disclosure, index)
    labels = [tlp for tlp in RESTRICTED if any(_may_be(case, tlp, rule) for case in reached)]
    if rule.match.kind is RecordKind.SECURITY_NOTE and labels:
        yield error(
            "restricted-let-through",
            ("disclosure", index, "then"),
            f"{rule.id} lets notes through that are {' or '.join(f'TLP:{tlp}' for tlp in labels)}",
            f"hold these before {rule.id}, or leave them out of its tlp",
        )
    for what in ("labels", "sensitivity"):
        yield from _withheld_elsewhere(profile, index, rule, what, reached)


def _may_be(case: Case, tlp: Tlp, rule: DisclosureRule) -> bool:
    return case.tlp is tlp or (case.tlp is None and (not rule.match.tlp or tlp in rule.match.tlp))


def _withheld_elsewhere(
    profile: Profile, index: int, rule: AllowRule | GeneraliseRule, what: str, reached: list[Case]
) -> Iterator[LintFinding]:
    """A label that one rule withholds and this one names to let it through; approved wording only makes it unlikely."""
    for other in profile.disclosure:
        if not isinstance(other, WithholdRule) or not reached:
            continue
        both = [value for value in getattr(rule.match, what) if value in getattr(other.match, what)]
        if both:
            found = error if rule.then == "allow" and rule.match.kind is other.match.kind else warning
            yield found(
                "withheld-elsewhere",
                ("disclosure", index, "match", what),
                f"{rule.id} lets {both[0]} through, which {other.id} withholds",
                f"leave {both[0]} out of {rule.id}, or say by name which records are meant",
            )


def _undecided(profile: Profile) -> Iterator[LintFinding]:
    """TLP labels that no rule decides: such a note leaves no placeholder, as if it were allowed."""
    kind = RecordKind.SECURITY_NOTE
    if not any(source.kind is kind for source in profile.sources):
        return
    for tlp in Tlp:
        if decided_before(profile.disclosure, Case(None, None, None, None, tlp), kind):
            continue
        found = error if tlp in RESTRICTED else advice
        yield found(
            "undecided-tlp",
            ("disclosure",),
            f"no rule decides every note that is TLP:{tlp}; without one it passes in silence",
            f"add a rule for tlp: [{tlp}] with nothing else to match"
            + ("" if tlp in RESTRICTED else ", such as allow"),
        )


def _unspoken(profile: Profile) -> Iterator[LintFinding]:
    kind = RecordKind.DEPENDENCY
    known = any(source.kind is kind for source in profile.sources)
    if known and not any(rule.match.kind is kind for rule in profile.disclosure):
        yield warning(
            "undecided-kind",
            ("disclosure",),
            "no rule speaks of the dependency map; nothing that a part rests on ever leaves a placeholder",
            "add a rule of kind dependency, such as hold for the labels of restricted parts",
        )
