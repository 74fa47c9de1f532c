"""Limits that make no sense: evidence, cadence, what a tier requires, and messages that cannot fit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Final

import orjson
from pydantic import TypeAdapter

from authoring.lint.spots import LintFinding, advice, error, warning
from profiles.codes import FieldClass, RecordKind, Section
from profiles.disclosure import GeneraliseRule
from profiles.frozen import replace
from profiles.models import Profile
from profiles.safetext import SafeText
from profiles.tables import Capability, CheckpointCode, Region, StatusCode, TierRow
from transforms.model.package import (
    Change,
    Coded,
    Held,
    LastConfirmed,
    Package,
    PackageField,
    PublicHold,
    SharedDetail,
    Value,
    Worded,
)
from transforms.publish.message import message
from transforms.publish.sentences import CHANGES_SHOWN


def limits(profile: Profile) -> Iterator[LintFinding]:
    """Every limit that another one contradicts."""
    yield from _freshness(profile)
    yield from _cadence(profile)
    yield from _required(profile)
    yield from _size(profile)


def _freshness(profile: Profile) -> Iterator[LintFinding]:
    for index, source in enumerate(profile.sources):
        if source.max_age_at_release < source.max_age_at_build:
            yield error(
                "freshness-order",
                ("sources", index, "max_age_at_release"),
                f"evidence of {source.name} may be {source.max_age_at_build} minutes old in a draft "
                f"but only {source.max_age_at_release} at its release",
                "let a release take evidence at least as old as a draft does",
            )


def _cadence(profile: Profile) -> Iterator[LintFinding]:
    """An update should be due while what the last one said could still be released."""
    ages = [source.max_age_at_release for source in profile.sources if source.kind is RecordKind.HEALTH]
    codes = sorted(enumerate(profile.status.codes), key=lambda entry: entry[1].rank)
    for position, (index, code) in enumerate(codes):
        path = ("status", "codes", index, "next_update")
        if ages and code.next_update > max(ages):
            yield warning(
                "cadence-beyond-freshness",
                path,
                f"{code.code} is updated every {code.next_update} minutes, when no evidence of health is good for more "
                f"than {max(ages)}",
                "shorten next_update, or let evidence be older at release",
            )
        if position and code.next_update > codes[position - 1][1].next_update:
            yield advice(
                "cadence-order",
                path,
                f"{code.code} is worse than {codes[position - 1][1].code} but is updated less often",
                "let a worse status be updated at least as often",
            )


def _required(profile: Profile) -> Iterator[LintFinding]:
    """The model sees to kinds of field; capabilities and regions are permitted by a list, or all of them."""
    for index, tier in enumerate(profile.tiers):
        pairs = (
            ("required_capabilities", tier.required_capabilities, tier.capabilities),
            ("required_regions", tier.required_regions, tier.regions),
        )
        for key, required, permitted in pairs:
            for name in required:
                if permitted is not None and name not in permitted:
                    yield error(
                        "required-not-permitted",
                        ("tiers", index, key),
                        f"{tier.id} requires {name} but does not permit it",
                        "permit it as well, or do not require it",
                    )


NOON: Final = datetime(2026, 12, 23, 12, 0, tzinfo=UTC)
YESTERDAY: Final = NOON - timedelta(days=1)
"""Another day's time is written with its date, which is longer."""

_SAFE: Final = TypeAdapter(SafeText)


def _safe(text: str) -> SafeText:
    return _SAFE.validate_json(orjson.dumps(text))


LONGEST_ACCOUNT: Final = 40
"""Characters of a customer's name for the estimate; names are in the configuration, not here."""

MANY: Final = 99
"""A hold's number and a version for the estimate."""


def _size(profile: Profile) -> Iterator[LintFinding]:
    """The longest message of each tier, shown whole and held whole, against what one Slack message takes."""
    for index, tier in enumerate(profile.tiers):
        for what, package in estimates(profile, tier):
            if excess := message(package, profile).excess:
                yield warning(
                    "too-long",
                    ("tiers", index),
                    f"with everything {what} at its longest, a message for {tier.id} has {excess[0]}",
                    "shorten phrases and sentences, or let the tier permit fewer capabilities",
                )
                break


def estimates(profile: Profile, tier: TierRow) -> Iterator[tuple[str, Package]]:
    """The longest packages of a tier, and what is so long in them."""
    shown = _shown(profile, tier)
    yield "shown", shown
    yield "held", _held(profile, tier)
    if any(row.confirming for row in profile.reasons):
        yield "being confirmed", _confirming(profile, tier)
    if not shown.fields:
        return
    status = profile.phrases.hold.status.fill(capability=profile.capabilities[0].label)
    one = _hold("status", status, profile)
    first = replace(shown.fields[0], value=Held(number=MANY))
    yield "but one part shown", replace(shown, fields=(first, *shown.fields[1:]), holds=(*shown.holds, one))


def _hold(key: str, what: SafeText, profile: Profile) -> PublicHold:
    reason = _longest_reason(profile)
    return PublicHold(number=MANY, key=key, what=what, reason=reason, since=MANY, told_at=YESTERDAY)


def _longest_reason(profile: Profile) -> SafeText:
    """Of what is kept: what is being confirmed is not listed with its reason."""
    kept = [row.wording for row in profile.reasons if not row.confirming] or [row.wording for row in profile.reasons]
    return max(kept, key=lambda wording: len(str(wording)))


def _permitted(profile: Profile, tier: TierRow) -> tuple[list[Capability], list[Region]]:
    return (
        [c for c in profile.capabilities if tier.capabilities is None or c.id in tier.capabilities],
        [r for r in profile.regions if tier.regions is None or r.id in tier.regions],
    )


def _cells(profile: Profile, tier: TierRow) -> Iterator[tuple[Section, str | None, str | None]]:
    """Every place of a package for this tier."""
    capabilities, regions = _permitted(profile, tier)
    for capability in capabilities:
        yield from ((Section.STATUS, capability.id, r.id) for r in regions if r.id in capability.regions)
    if FieldClass.WORKAROUND in tier.permitted:
        yield from ((Section.WORKAROUND, capability.id, None) for capability in capabilities)


def _shown(profile: Profile, tier: TierRow) -> Package:
    """Each cell affected since another day, every status once, details told and held, each checkpoint, long changes."""
    since = YESTERDAY if FieldClass.SINCE in tier.permitted else None
    marker = max(profile.readiness.codes, key=lambda code: len(f"{code.label}{code.sentence or ''}"))
    ready = Coded(code=marker.code, words=marker.label, rank=marker.rank)
    states = _states(profile, since)
    fields = [_field(*cell, next(states) if cell[0] is Section.STATUS else ready) for cell in _cells(profile, tier)]
    if FieldClass.TIMELINE in tier.permitted:
        fields += map(_checkpoint, profile.checkpoints.codes)
    holds = [_hold(key, what, profile) for key, what in _hold_keys(profile, tier, whole=False)]
    return _package(fields, holds, _told(profile))


def _states(profile: Profile, since: datetime | None) -> Iterator[Coded]:
    """Every affected status once, because each brings its sentence; then the one of the longest label for ever."""
    worse = [code for code in profile.status.codes if code.rank] or list(profile.status.codes)
    longest = max(worse, key=lambda code: len(str(code.label)))
    for code in chain(worse, repeat(longest)):
        yield Coded(code=code.code, words=code.label, rank=code.rank, at=since)


def _checkpoint(code: CheckpointCode) -> PackageField:
    value = Coded(code=code.code, words=code.label, rank=0, at=YESTERDAY)
    return PackageField(id=f"timeline/{code.code}", section=Section.TIMELINE, value=value)


def _held(profile: Profile, tier: TierRow) -> Package:
    """Every cell held, and every hold listed."""
    kept = Held(number=MANY)
    fields = [_field(*cell, kept) for cell in (*_cells(profile, tier), *_held_timeline(tier))]
    holds = [_hold(key, what, profile) for key, what in _hold_keys(profile, tier, whole=True)]
    return _package(fields, holds, ())


def _held_timeline(tier: TierRow) -> list[tuple[Section, str, None]]:
    return [(Section.TIMELINE, "held", None)] if FieldClass.TIMELINE in tier.permitted else []


def _confirming(profile: Profile, tier: TierRow) -> Package:
    """Every cell being confirmed, with the longest trouble that was told last; details alone are kept.

    Where no state is told, a workaround is not spoken of, so that its hold is listed.
    """
    trouble = [code for code in profile.status.codes if code.rank and not _is_watched(profile, code)]
    code = max(trouble or profile.status.codes, key=lambda code: len(str(code.label)))
    last = LastConfirmed(code=code.code, words=code.label, at=YESTERDAY)
    value = Held(number=MANY, confirming=True, last=last)
    cells = [_field(*cell, value) for cell in _cells(profile, tier) if cell[0] is Section.STATUS]
    fields = [*cells, *(_field(*cell, replace(value, last=None)) for cell in _held_timeline(tier))]
    details = [_hold(key, what, profile) for key, what in _hold_keys(profile, tier, whole=False)]
    others = _hold_keys(profile, tier, whole=True)[len(details) :] if cells else []
    unspoken = [replace(_hold(key, what, profile), number=MANY + 1, confirming=True) for key, what in others]
    return _package(fields, [*details, *(one for one in unspoken if one.key.startswith("workaround"))], ())


def _is_watched(profile: Profile, code: StatusCode) -> bool:
    return profile.all_clear is not None and profile.all_clear.code == code.code


def _field(section: Section, capability: str | None, region: str | None, value: Value) -> PackageField:
    name = "/".join(filter(None, (section, capability, region)))
    return PackageField(id=name, section=section, capability=capability, region=region, value=value)


def _told(profile: Profile) -> tuple[SharedDetail, ...]:
    labels = {category.id: category.label for category in profile.categories}
    return tuple(
        SharedDetail(id=f"detail/{rule.category}/{index}", what=labels[rule.category], value=Worded(words=rule.wording))
        for index, rule in enumerate(profile.disclosure)
        if isinstance(rule, GeneraliseRule)
    )


def _hold_keys(profile: Profile, tier: TierRow, *, whole: bool) -> list[tuple[str, SafeText]]:
    words = profile.phrases.hold
    found = [(f"detail/{category.id}", category.label) for category in profile.categories]
    if not whole:
        return found
    for capability in _permitted(profile, tier)[0]:
        found.append((f"status/{capability.id}", words.status.fill(capability=capability.label)))
        if FieldClass.WORKAROUND in tier.permitted:
            found.append((f"workaround/{capability.id}", words.workaround.fill(capability=capability.label)))
    return [*found, ("timeline", words.timeline)]


def _package(
    fields: list[PackageField],
    holds: list[PublicHold],
    details: tuple[SharedDetail, ...],
) -> Package:
    first = fields[0].value if fields else Held(number=MANY)
    worst = next((f.value for f in fields if isinstance(f.value, Coded)), first)
    return Package(
        account=_safe("M" * LONGEST_ACCOUNT),
        version=MANY,
        replaces=MANY,
        replaces_at=YESTERDAY,
        as_of=NOON,
        next_update=NOON + timedelta(days=1),
        overall=replace(worst, at=None) if isinstance(worst, Coded) else replace(worst, last=None),
        fields=tuple(fields),
        details=details,
        changes=tuple(_changes(fields)),
        holds=tuple(holds),
        numbers_used=MANY,
    )


def _changes(fields: list[PackageField]) -> list[Change]:
    """As many changes as are listed, of the fields whose names are longest, a workaround among them."""
    longest = sorted((f for f in fields if f.section is not Section.TIMELINE), key=lambda field: -len(field.id))
    ready = [field for field in longest if field.section is Section.WORKAROUND][:1]
    listed = [*ready, *(field for field in longest if field not in ready)][:CHANGES_SHOWN]
    return [Change(field=field.id, before=field.value, after=field.value) for field in listed]
