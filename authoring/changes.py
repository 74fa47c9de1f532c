"""What a change of a profile changes: in the profile itself, and in what a customer would read of one incident.

Entries are compared by what names them (an id, a code, a reason, a role), so that a row that only moved did not change;
where order decides, among disclosure rules and gates, a changed order is a change of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from authoring.trial import Trial
from profiles.codes import Section
from profiles.frozen import Frozen
from profiles.models import Profile
from profiles.safetext import SafeText
from transforms.build import build
from transforms.model.canonical import digest
from transforms.model.directives import Directives
from transforms.model.holds import Hold
from transforms.model.package import OVERALL, Coded, FieldValue, Package, Worded
from transforms.publish.draft import Draft

Move = Literal["added", "removed", "changed", "reordered"]
Outcome = Literal[
    "newly-disclosed", "newly-withheld", "reads-differently", "held-otherwise", "newly-held", "no-longer-mentioned"
]

NAMES: Final = ("id", "code", "reason", "role", "name", "language")
"""What names an entry of a list, the first that it has; source and key together name what a source spells."""

ORDERED: Final = ("disclosure", "gates", "categories")
"""Lists whose order means something."""

AREAS: Final = {
    "status": "rows",
    "readiness": "rows",
    "checkpoints": "rows",
    "tiers": "entitlement",
    "capabilities": "rows",
    "regions": "rows",
    "severities": "limits",
    "categories": "rules",
    "disclosure": "rules",
    "commitments": "rules",
    "never": "rules",
    "sources": "limits",
    "incident": "rows",
    "all_clear": "limits",
    "settle": "limits",
    "dependency_depth": "limits",
    "material": "limits",
    "scan": "rules",
    "languages": "words",
    "reasons": "words",
    "register": "register",
    "gates": "gates",
    "acknowledgement": "gates",
    "notices": "words",
    "phrases": "words",
}
"""What each part of a profile is about."""

Plain = str | int | bool | None


class ProfileMove(Frozen):
    """One difference between two profiles: what it is about, where, and both values."""

    area: str
    where: str
    move: Move
    before: Plain = None
    after: Plain = None


class PlaceMove(Frozen):
    """One place of the package that a customer would read otherwise, with what stood and would stand there."""

    place: str
    outcome: Outcome
    before: str | None
    after: str | None


class LineMove(Frozen):
    """Lines of the message that would read otherwise."""

    before: tuple[str, ...]
    after: tuple[str, ...]


class EntryMove(Frozen):
    """A register entry that only one of the profiles brings, or that blocks with only one of them."""

    entry: str
    move: Move
    blocks: bool


class EvidenceChanges(Frozen):
    """What the change means for the evidence of one incident."""

    places: tuple[PlaceMove, ...]
    lines: tuple[LineMove, ...]
    exceptions: tuple[EntryMove, ...]


def profile_moves(old: Profile, new: Profile) -> tuple[ProfileMove, ...]:
    """What was added, removed, changed or put in another order, without any evidence."""
    before, after = _flat(old), _flat(new)
    keys = _union(before, after)
    moved = (_move(key, before, after) for key in keys if before.get(key, ...) != after.get(key, ...))
    return (*moved, *_reordered(old, new))


def _move(key: str, before: Mapping[str, Plain], after: Mapping[str, Plain]) -> ProfileMove:
    move: Move = "added" if key not in before else "removed" if key not in after else "changed"
    area = AREAS.get(key.partition(".")[0].partition("[")[0], "profile")
    return ProfileMove(area=area, where=key, move=move, before=before.get(key), after=after.get(key))


def _flat(profile: Profile) -> dict[str, Plain]:
    data = profile.model_dump(mode="json")
    return dict(_leaves(data, ""))


def _leaves(value: Any, where: str) -> Iterator[tuple[str, Plain]]:
    """Every value under the names of what it belongs to, such as `status.rows[ST-3].code`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield from _leaves(item, f"{where}[{_name(item)}]")
            else:
                yield f"{where}[{item}]", item
    elif value is not None:
        yield where, value


def _name(item: Mapping[str, Any]) -> str:
    named = next((str(item[name]) for name in NAMES if name in item), None)
    return named or f"{item.get('source')} {item.get('key')}"


def _reordered(old: Profile, new: Profile) -> Iterator[ProfileMove]:
    for part in ORDERED:
        then, now = ([_name(item) for item in profile.model_dump(mode="json")[part]] for profile in (old, new))
        before, after = [n for n in then if n in now], [n for n in now if n in then]
        if before != after:
            yield ProfileMove(
                area=AREAS[part], where=part, move="reordered", before=", ".join(before), after=", ".join(after)
            )


def evidence_changes(old: Profile, new: Profile, trial: Trial) -> EvidenceChanges:
    """What a customer would read otherwise of this evidence, and what would stand in the way of a release otherwise."""
    directives = Directives(approved_profiles=(digest(old), digest(new)))
    before, after = (
        build(trial.evidence, trial.audience, profile, trial.history, directives) for profile in (old, new)
    )
    return EvidenceChanges(
        places=tuple(_places(before, after)),
        lines=tuple(_lines(_text(before), _text(after))),
        exceptions=tuple(_entries(before, after)),
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """How one place reads, and whether anything of it is told."""

    reads: str
    told: bool


def _standings(draft: Draft) -> dict[str, _Standing]:
    """What stands in each place of an update: the overall status, every field and detail, every held detail."""
    package = draft.package
    if not isinstance(package, Package):
        return {}
    reasons = {field: hold.reason for hold in draft.holds for field in (hold.key, *hold.fields)}
    values: dict[str, FieldValue] = {OVERALL: package.overall, **{field.id: field.value for field in package.placed}}
    held = {hold.key: _Standing(f"held ({hold.reason})", told=False) for hold in draft.holds if _is_detail(hold)}
    return {place: _standing(value, reasons.get(place)) for place, value in values.items()} | held


def _is_detail(hold: Hold) -> bool:
    """A held detail has no field of its own: its placeholder is the whole of it."""
    return hold.key.startswith(Section.DETAIL)


def _standing(value: FieldValue, reason: str | None) -> _Standing:
    """How a customer reads a value, because the code only supports the words; for a hold, why, without its number."""
    match value:
        case Coded(code=code, words=words, at=at):
            return _Standing(f"{words} ({code})" + (f" since {at:%H:%M}" if at else ""), told=True)
        case Worded(words=words):
            return _Standing(str(words), told=True)
    return _Standing(f"held ({reason})" if reason else "held", told=False)


def _places(before: Draft, after: Draft) -> Iterator[PlaceMove]:
    old, new = _standings(before), _standings(after)
    for place in _union(old, new):
        then, now = old.get(place), new.get(place)
        if then != now and not (_in_words(place, then, new) or _in_words(place, now, old)):
            yield PlaceMove(
                place=place,
                outcome=_outcome(then, now),
                before=then.reads if then else None,
                after=now.reads if now else None,
            )


def _in_words(place: str, standing: _Standing | None, other: Mapping[str, _Standing]) -> bool:
    """Whether a held detail is told in words on the other side; then the words are the difference."""
    return bool(standing and not standing.told) and any(name.startswith(f"{place}/") for name in other)


def _outcome(then: _Standing | None, now: _Standing | None) -> Outcome:
    was, is_now = bool(then and then.told), bool(now and now.told)
    if was != is_now:
        return "newly-disclosed" if is_now else "newly-withheld"
    if then and now:
        return "reads-differently" if is_now else "held-otherwise"
    return "newly-held" if now else "no-longer-mentioned"


def _text(draft: Draft) -> list[str]:
    """The lines of the message without its reference, which differs by whatever else does."""
    package = draft.package
    reference = str(SafeText.of_digest(package.digest)) if isinstance(package, Package) else ""
    return [line.replace(reference, "…") if reference else line for line in draft.message.text.splitlines()]


def _lines(before: list[str], after: list[str]) -> Iterator[LineMove]:
    for what, i, j, k, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            yield LineMove(before=tuple(before[i:j]), after=tuple(after[k:end]))


def _entries(before: Draft, after: Draft) -> Iterator[EntryMove]:
    old, new = ({entry.id: entry.blocks for entry in draft.register_} for draft in (before, after))
    for entry in _union(old, new):
        if old.get(entry) != new.get(entry):
            move: Move = "added" if entry not in old else "removed" if entry not in new else "changed"
            yield EntryMove(entry=entry, move=move, blocks=new.get(entry, False))


def _union(*keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(key for group in keys for key in group))
