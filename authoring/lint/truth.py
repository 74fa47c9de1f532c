"""What decides whether good news may be told: the all-clear, incidents, checkpoints, checks, and their minutes."""

from collections.abc import Iterable, Iterator

from authoring.lint.spots import LintFinding, advice, error, warning
from profiles.codes import RecordKind
from profiles.models import Profile
from profiles.tables import AllClear, Capability, ComponentKey
from profiles.upgrade import RESTORED


def truth(profile: Profile) -> Iterator[LintFinding]:
    """Every key by which good news would be told too early, or never."""
    if profile.all_clear:
        yield from _all_clear(profile, profile.all_clear)
    yield from _incidents(profile)
    yield from _restored(profile)
    yield from _settle(profile)
    yield from _checks(profile)
    yield from _runs_in(profile)
    if profile.status.conflicts.minutes > profile.material.minutes:
        yield warning(
            "conflict-beyond-material",
            ("status", "conflicts"),
            f"starts may lie {profile.status.conflicts.minutes} minutes apart without a disagreement, when a time that "
            f"moved by {profile.material.minutes} already counts as corrected",
            "let conflicts.minutes be at most material.minutes",
        )


def _all_clear(profile: Profile, clear: AllClear) -> Iterator[LintFinding]:
    """Its code lies between well and every trouble, and no source can say it."""
    ranks = {code.code: code.rank for code in profile.status.codes}
    rows = [(row.id, row.code) for row in profile.status.rows] + [(row.id, row.code) for row in profile.status.shares]
    mapping = [row for row, code in rows if code == clear.code]
    if ranks[clear.code] == 0:
        yield error(
            "all-clear-code",
            ("all_clear", "code"),
            f"{clear.code} has the rank 0, so that a cell would read as well before everybody agrees",
            "name a code of its own with the rank above 0",
        )
    elif any(ranks[row.code] < ranks[clear.code] for row in profile.status.rows if ranks[row.code]):
        yield warning(
            "all-clear-rank",
            ("all_clear", "code"),
            f"{clear.code} is worse than a code of real trouble, so that working again would read as the worst",
            "give it the lowest rank above 0",
        )
    if mapping:
        yield error(
            "all-clear-code",
            ("all_clear", "code"),
            f"{mapping[0]} maps to {clear.code}, so that a source could say it without {clear.dwell} good minutes",
            f"map {mapping[0]} to another code",
        )
    soonest = min(code.next_update for code in profile.status.codes if code.rank != 0 or len(ranks) == 1)
    if clear.dwell > soonest:
        yield advice(
            "dwell-beyond-cadence",
            ("all_clear", "dwell"),
            f"good news waits {clear.dwell} minutes, when an update may be due after {soonest} already",
            "let dwell be at most the shortest next_update",
        )


def _incidents(profile: Profile) -> Iterator[LintFinding]:
    kinds = {source.name: source.kind for source in profile.sources}
    for index, row in enumerate(profile.incident.rows):
        if kinds[row.source] is not RecordKind.INCIDENT:
            yield error(
                "incident-source",
                ("incident", "rows", index, "source"),
                f"{row.id} names {row.source}, which is of kind {kinds[row.source]} and has no incidents",
                "name a source of kind incident, or remove the row",
            )


def _restored(profile: Profile) -> Iterator[LintFinding]:
    """A checkpoint that says the service is whole, and is told as soon as somebody marks it."""
    said = {row.code for row in profile.checkpoints.rows if RESTORED.search(row.value)}
    for index, code in enumerate(profile.checkpoints.codes):
        if not code.restored and (code.code in said or RESTORED.search(str(code.label))):
            yield warning(
                "restored-unmarked",
                ("checkpoints", "codes", index),
                f'"{code.label}" is told as soon as it is marked, whatever the other sources say',
                "add restored: true",
            )


def _settle(profile: Profile) -> Iterator[LintFinding]:
    """New trouble must be able to count while what shows it can still be released."""
    ages = [source.max_age_at_release for source in profile.sources if source.kind is RecordKind.HEALTH]
    if ages and profile.settle >= min(ages):
        yield error(
            "settle-beyond-freshness",
            ("settle",),
            f"trouble stops a release after {profile.settle} minutes, when what shows it is good for {min(ages)} only",
            "let settle be shorter than every max_age_at_release of health",
        )


def _checks(profile: Profile) -> Iterator[LintFinding]:
    """A cell that nothing decides is held for ever."""
    for number, capability in enumerate(profile.capabilities):
        for region in capability.regions:
            counting = list(_counting(profile, capability, region))
            if counting and set(counting) == {"check"}:
                yield error(
                    "only-checks",
                    ("capabilities", number, "components"),
                    f"{capability.id} in {region} has checks only, so that nothing decides it and it is always held",
                    "let one health source count as primary there",
                )


def _counting(profile: Profile, capability: Capability, region: str) -> Iterable[str]:
    health = {source.name: source for source in profile.sources if source.kind is RecordKind.HEALTH}
    for key in capability.components:
        if key.source in health and key.region in {None, region}:
            yield key.counts_as or health[key.source].counts_as


def _runs_in(profile: Profile) -> Iterator[LintFinding]:
    members = {(m.source, m.key): region.id for region in profile.regions for m in region.members}
    for number, capability in enumerate(profile.capabilities):
        for index, key in enumerate(capability.components):
            yield from _strange(key, members, ("capabilities", number, "components", index, "runs_in"))


def _strange(
    key: ComponentKey, members: dict[tuple[str, str], str], path: tuple[str | int, ...]
) -> Iterator[LintFinding]:
    for native in key.runs_in:
        bucket = members.get((key.source, native))
        if bucket is None or key.region not in {None, bucket}:
            where = "is in no region" if bucket is None else f"lies in {bucket}, not in {key.region}"
            yield error(
                "runs-in-unknown",
                path,
                f'{key.key} runs in "{native}", which for {key.source} {where}; it could never be heard there',
                "list it as a member of its region, or correct its spelling",
            )
