"""Cards: gather what a gate's card shows from the latest state, and keep the one message that shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from blocks.review import ReviewCard, review_card
from blocks.words import duration_words, field_words, value_words
from bot.app import Bot
from bot.workflows.case import Case, case_by_binding, held_since, review_channel
from bot.workflows.effects import card_target
from bot.workflows.posted import MessageSlot, show
from profiles.models import Profile
from storage.cards import CardRecord, card_of
from storage.drafts import StoredDraft, built_of, draft_by_id, drafts_of, profile_of
from storage.store import Transaction
from transforms.diff import changes
from transforms.model.approvals import Refusal
from transforms.model.bundle import Bundle
from transforms.model.directives import Person
from transforms.model.lifecycle import (
    Ambiguous,
    Approved,
    HeldBack,
    Released,
    ReviewState,
    Waiting,
    Withdrawn,
    released_in,
)
from transforms.model.package import Package
from transforms.publish.dossier import BuildResult
from transforms.publish.draft import Draft


@dataclass(frozen=True, slots=True)
class CardData:
    """What the database says of one card."""

    case: Case
    stored: StoredDraft
    built: BuildResult
    role: str
    since: dict[int, datetime]
    compared: str
    changed: tuple[str, ...]
    record: CardRecord | None


def deliver_card(bot: Bot, draft_id: str, role: str) -> None:
    """Draw one gate's card: posted once, then updated in its place."""
    with bot.store.read() as transaction:
        found = _read(bot, transaction, draft_id, role)
    if found and (found.record or _worth_posting(found.stored.state)):
        place = MessageSlot(
            card_target(draft_id, role), review_channel(bot, found.case, role), found.case.binding.opened_at
        )
        show(bot, place, review_card(gather(bot, found)))


def _read(bot: Bot, transaction: Transaction, draft_id: str, role: str) -> CardData | None:
    stored = draft_by_id(transaction, draft_id)
    case = case_by_binding(bot, transaction, stored.binding) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return None
    before = _before(transaction, stored)
    return CardData(
        case=case,
        stored=stored,
        built=built_of(transaction, stored)[0],
        role=role,
        since=held_since(transaction, stored.binding),
        compared=_compared(before),
        changed=tuple(_changed(transaction, stored, before)) if before else (),
        record=card_of(transaction, card_target(draft_id, role)),
    )


def _worth_posting(state: ReviewState) -> bool:
    """A card that was never posted is not posted for a draft that is over already."""
    return isinstance(state, Waiting | Approved | Ambiguous | Released)


def gather(bot: Bot, found: CardData) -> ReviewCard:
    """Everything that a card shows, at support level."""
    case, stored, now = found.case, found.stored, bot.now()
    return ReviewCard(
        draft=stored.draft,
        number=stored.number,
        state=stored.state,
        role=found.role,
        profile=found.built.profile,
        reference=f"{case.binding.channel}|{stored.id}|{found.role}|{stored.draft.release_digest}",
        channel_name=bot.bridge.name(case.audience.channel),
        readers=bot.bridge.readers(case.audience),
        names={person: bot.people.name(person) for person in _persons(stored)},
        changed=found.changed,
        compared=found.compared,
        held_minutes={number: int((now - at).total_seconds() // 60) for number, at in found.since.items()},
        sources=_sources(found.built.bundle, found.built.profile) if stored.draft.version else "",
        problem=stored.state.problem if isinstance(stored.state, Approved) else "",
        permalink=_permalink(bot, stored.state),
    )


def _persons(stored: StoredDraft) -> Iterator[Person]:
    state = stored.state
    yield from (decision.person for decision in state.given)
    yield from (entry.waived.by for entry in stored.draft.register_ if entry.waived)
    if isinstance(state, Withdrawn):
        yield state.by
    if isinstance(state, HeldBack):
        yield state.by.person


def _before(transaction: Transaction, stored: StoredDraft) -> StoredDraft | None:
    """The update drafted before this one: a reviewer who is asked again reads what differs from it."""
    earlier = [d for d in drafts_of(transaction, stored.binding) if d.number < stored.number]
    updates = (d for d in reversed(earlier) if isinstance(d.draft.package, Package))
    return next(updates, None) if isinstance(stored.draft.package, Package) else None


def _compared(before: StoredDraft | None) -> str:
    """What a card's changes are counted from."""
    if before is None:
        return ""
    return f"version {before.draft.version}" if released_in(before.state) else f"draft {before.number}"


def _changed(transaction: Transaction, stored: StoredDraft, before: StoredDraft) -> Iterator[str]:
    """What is different from the update drafted before; that nothing is, is said too."""
    yield from _differences(transaction, stored, before) or ["nothing but the times"]


def _differences(transaction: Transaction, stored: StoredDraft, before: StoredDraft) -> list[str]:
    old, new = before.draft.package, stored.draft.package
    if not isinstance(old, Package) or not isinstance(new, Package):
        return []
    profile = profile_of(transaction, stored)
    waived = {entry.id for entry in before.draft.register_ if entry.waived}
    return [
        *(
            f"{field_words(change.field, profile)}: {value_words(change.before)} → {value_words(change.after)}"
            for change in changes(old.placed, new.placed)
        ),
        *_held_differently(before.draft, stored.draft),
        *(f"decided: {entry.code}" for entry in stored.draft.register_ if entry.waived and entry.id not in waived),
    ]


def _held_differently(before: Draft, after: Draft) -> Iterator[str]:
    """Which holds came, went, or stand for another reason; between drafts their numbers may still shift."""
    old, new = {hold.key: hold for hold in before.holds}, {hold.key: hold for hold in after.holds}
    yield from (f"now held: {hold.what} (H{hold.number})" for key, hold in new.items() if key not in old)
    yield from (f"no longer held: {hold.what}" for key, hold in old.items() if key not in new)
    for key, hold in new.items():
        if key in old and old[key].reason is not hold.reason:
            yield f"{hold.what}: held for another reason ({hold.reason})"


def _sources(bundle: Bundle, profile: Profile) -> str:
    """How many sources were read and how old the oldest is, by kind: names of sources are for the cleared."""
    kinds = {source.name: str(source.kind) for source in profile.sources}
    read = [h for h in bundle.sources if h.observed_at and h.source in kinds]
    oldest = min(read, key=lambda h: h.observed_at or bundle.at, default=None)
    if oldest is None or oldest.observed_at is None:
        return f"Sources 0 of {len(kinds)}"
    age = duration_words(int((bundle.at - oldest.observed_at).total_seconds() // 60))
    return f"Sources {len(read)} of {len(kinds)}, oldest {age} ({kinds[oldest.source]}) · scanned"


def _permalink(bot: Bot, state: ReviewState) -> str | None:
    released = released_in(state)
    if released and released.ts:
        return bot.bridge.permalink(released.attempt.channel, released.ts)
    return None
