"""What a draft's cards show beside it, worked out once when it is stored: nothing withheld, and no draft read twice."""

from collections.abc import Iterator
from datetime import datetime

from blocks import say
from blocks.words import field_words
from profiles.codes import RecordKind
from profiles.frozen import replace
from profiles.models import Profile
from storage.cards import CardFacts
from storage.drafts import StoredDraft
from transforms.diff import changes
from transforms.model.evidence import Evidence
from transforms.model.lifecycle import Open, released_in
from transforms.model.package import Held, Package
from transforms.placing import items_in, unplaced
from transforms.publish.dossier import BuildResult
from transforms.publish.draft import Draft


def facts_of(built: BuildResult, before: StoredDraft | None, at: datetime, why: str) -> CardFacts:
    """The facts of an update that is stored at `at`, after the one drafted before it; an acknowledgement has none.

    `why` it was drafted stands first among what changed, where an open draft is void for it.
    """
    if not isinstance(built.draft.package, Package):
        return CardFacts()
    ages = built.history.held_since
    since = {hold.number: ages.get(hold.key, at) for hold in built.draft.holds}
    return CardFacts(
        compared=_compared(before),
        changed=(*_void(before, why), *_changed(built, before)) if before else (),
        sources=_sources(built.evidence, built.profile),
        held_since=tuple(sorted(since.items())),
        unplaced=_unplaced(built),
    )


def renewed_facts(facts: CardFacts, evidence: Evidence, newest: BuildResult) -> CardFacts:
    """The facts of a draft that stays, on a newer reading, whose own moment ages count from."""
    return replace(facts, sources=_sources(evidence, newest.profile), unplaced=_unplaced(newest))


def _unplaced(built: BuildResult) -> str:
    """How much is unplaced, if anything: never by which labels."""
    found = unplaced(built.evidence, built.profile, built.directives)
    return say.place.counted(items_in(found), {RecordKind(item.kind) for item in found}) if found else ""


def _compared(before: StoredDraft | None) -> str:
    """What a card's changes are counted from."""
    if before is None:
        return ""
    return f"version {before.draft.version}" if released_in(before.state) else f"draft {before.number}"


def _void(before: StoredDraft, why: str) -> Iterator[str]:
    if isinstance(before.state, Open) and why != say.draft.DRAFTED_AGAIN:
        yield say.card.void(before.number, why)


def _changed(built: BuildResult, before: StoredDraft) -> Iterator[str]:
    """What is different from the update drafted before; that nothing is, is said too."""
    yield from _differences(built, before.draft) or [say.card.ONLY_TIMES_CHANGED]


def _differences(built: BuildResult, before: Draft) -> list[str]:
    draft, old, new = built.draft, before.package, built.draft.package
    if not isinstance(old, Package) or not isinstance(new, Package):
        return []
    waived = {entry.id for entry in before.register_ if entry.waived}
    return [
        *(
            say.card.reads_differently(field_words(change.field, built.profile), change.before, change.after)
            for change in changes(old.placed, new.placed)
            if not (isinstance(change.before, Held) and isinstance(change.after, Held))
        ),
        *_held_differently(before, draft),
        *(say.card.decided(entry.code) for entry in draft.register_ if entry.waived and entry.id not in waived),
    ]


def _held_differently(before: Draft, after: Draft) -> Iterator[str]:
    """Which holds came, went, or stand for another reason; between drafts their numbers may still shift."""
    old, new = {hold.key: hold for hold in before.holds}, {hold.key: hold for hold in after.holds}
    yield from (say.card.now_held(hold) for key, hold in new.items() if key not in old)
    yield from (say.card.no_longer_held(hold) for key, hold in old.items() if key not in new)
    for key, hold in new.items():
        if key in old and old[key].reason is not hold.reason:
            yield say.card.held_for_another_reason(hold)


def _sources(evidence: Evidence, profile: Profile) -> str:
    """How many sources were read and how old the oldest is, by kind: names of sources are for the cleared."""
    kinds = {source.name: str(source.kind) for source in profile.sources}
    read = [h for h in evidence.sources if h.observed_at and h.source in kinds]
    oldest = min(read, key=lambda h: h.observed_at or evidence.at, default=None)
    if oldest is None or oldest.observed_at is None:
        return say.card.sources_read(0, len(kinds))
    minutes = int((evidence.at - oldest.observed_at).total_seconds() // 60)
    return say.card.source_ages(len(read), len(kinds), minutes, kinds[oldest.source])
