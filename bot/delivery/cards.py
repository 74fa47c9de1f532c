"""Cards: gather what the gates of a case are shown from the latest state, once for all of them, and draw it.

A card is one message for each gate of an update, posted once and then updated in its place: a draft takes the cards of
the one that it replaces, and a short line says that it asks again (decision 0011). All that moved since it was drawn is
found and read in one transaction, with as many statements for the fiftieth version as for the first; what a card says
of the evidence was stored beside the draft, so that nothing is unsealed to draw it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from blocks import say
from blocks.review import ReviewCard, asks_again, review_card
from bot.app import Bot
from bot.delivery.problems import is_lasting, is_limited
from bot.slack.errors import LookupFailedError, NotDoneError, RefusedChannelError, UnclearError
from bot.workflows.case import review_channel
from bot.workflows.effects import card_target, tell
from bot.workflows.messages import Notify
from bot.workflows.posted import MessageSlot, redraw
from profiles.codes import LogKind
from profiles.models import Profile
from storage.cards import CardRecord, card_of, cards_of
from storage.cases import BridgeCase, case_by_id
from storage.drafts import StoredDraft, draft_by_id, mark_drawn, profile_of, undrawn_drafts
from storage.log import Event, append, latest
from storage.queues import LEASE, Claimed, hold_fence
from storage.store import Transaction
from transforms.model.canonical import digest
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

NOT_DRAWN_YET: Final = "card_not_drawn_yet"
MOST_WAITS: Final = 6
"""How often a line waits for its card; the pauses double from half a second."""


@dataclass(frozen=True, slots=True)
class Review:
    """One draft whose cards are behind its state, with its profile and the cards that it has, by gate."""

    bridge_case: BridgeCase
    stored: StoredDraft
    profile: Profile
    records: dict[str, CardRecord]

    @property
    def asks(self) -> bool:
        """Whether somebody may have to act on it: none is posted for a draft that is over already."""
        return isinstance(self.stored.state, Waiting | Approved | Ambiguous | Released)

    @property
    def gates(self) -> tuple[str, ...]:
        """The roles that have a card, or are to have one."""
        gates = self.profile.gates_for(self.stored.draft.kind)
        return tuple(gate for gate in gates if self.asks or gate in self.records)


def deliver_cards(bot: Bot, claimed: Claimed, bridge_case: str) -> None:
    """Draw every card of a case that is behind. One that cannot be drawn stops no other, and is raised in the end."""
    with bot.store.read() as transaction:
        undrawn = undrawn_drafts(transaction, bridge_case)
        reviews = list(_gather(bot, transaction, bridge_case, undrawn.drafts))
    lasting: list[Exception] = [*undrawn.problems]
    passing: list[Exception] = []
    for review in reviews:
        problems = dict(_draw(bot, claimed, review))
        hopeless = {gate: problem for gate, problem in problems.items() if is_lasting(problem)}
        lasting += hopeless.values()
        passing += [problem for gate, problem in problems.items() if gate not in hopeless]
        if hopeless or not problems:
            with bot.store.write() as transaction:
                _tell_missing(bot, transaction, review, hopeless)
                if hopeless == problems:
                    mark_drawn(transaction, review.stored)
        if any(map(is_limited, problems.values())):
            break  # the other reviews wait too: whoever is asked for patience asks no more
    for problem in (*passing, *lasting):
        raise problem


def _gather(bot: Bot, transaction: Transaction, case_id: str, drafts: list[StoredDraft]) -> Iterator[Review]:
    """The reviews of a case whose cards are behind."""
    bridge_case = case_by_id(transaction, case_id)
    if bridge_case is None or bridge_case.bridge not in bot.deployment.config.bridges:
        return
    by_digest = {stored.draft.profile_digest: stored for stored in drafts}
    profiles = {digest: profile_of(transaction, stored) for digest, stored in by_digest.items()}
    gates = {stored.id: profiles[stored.draft.profile_digest].gates_for(stored.draft.kind) for stored in drafts}
    records = cards_of(transaction, [card_target(draft, gate) for draft, roles in gates.items() for gate in roles])
    for stored in drafts:
        own = {gate: card_target(stored.id, gate) for gate in gates[stored.id]}
        known = {gate: records[target] for gate, target in own.items() if target in records}
        yield Review(bridge_case, stored, profiles[stored.draft.profile_digest], known)


def _tell_missing(bot: Bot, transaction: Transaction, review: Review, problems: Mapping[str, Exception]) -> None:
    """The incident's channel learns, once for each gate of a draft, that whoever is waited for cannot see it.

    Where nothing can be posted there, a gate learns of it whose card could be drawn.
    """
    stored, at = review.stored, bot.now()
    own = review.bridge_case.channel
    lost = {review_channel(bot, review.bridge_case, gate) for gate in problems}
    others = (gate for gate in review.gates if review_channel(bot, review.bridge_case, gate) not in lost)
    reader = "" if own not in lost else next(others, "")
    waited_for = stored.state.open_gates if isinstance(stored.state, Waiting) else ()
    for gate in (gate for gate in waited_for if gate in problems):
        incident, subject, why = review.bridge_case.incident, f"{stored.id}/{gate}", str(problems[gate])
        if latest(transaction, incident, LogKind.CARD_MISSING, subject) is None:
            append(transaction, Event(incident, LogKind.CARD_MISSING, subject, at, {"role": gate, "why": why}))
            what = say.draft.titled(stored.draft, stored.number)
            content = {"bridge_case": review.bridge_case.id, "role": reader, "text": say.card.missing(what, gate, why)}
            tell(transaction, f"card-missing/{subject}", content, at)


def _draw(bot: Bot, claimed: Claimed, review: Review) -> Iterator[tuple[str, Exception]]:
    """Draw the cards of one review; the gates of those that could not be drawn, with what was in the way."""
    held = bot.now()
    try:
        card = _card(bot, review) if review.gates else None
    except (NotDoneError, UnclearError, LookupFailedError) as problem:
        yield "", problem
        return
    for gate in review.gates:
        if card is None:
            return
        if bot.now() - held > LEASE / 3:
            held = bot.now()
            with bot.store.write() as transaction:
                hold_fence(transaction, claimed, held)
        mine = replace(card, role=gate, reference=_reference(review, gate))
        try:
            redraw(bot, _slot(bot, review, gate), review.records.get(gate), review_card(mine), repost=review.asks)
        except (NotDoneError, UnclearError, RefusedChannelError, LookupFailedError) as problem:
            yield gate, problem
            if is_limited(problem):
                return


def deliver_notification(bot: Bot, message: Notify, tried: int, *, again: bool) -> None:
    """Tell a gate that its card asks again, while it does; one that was tried before is looked for first.

    The line waits for the cards of its draft, half a minute at most: one that cannot be drawn keeps no other silent.
    """
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, message.draft)
        record = card_of(transaction, card_target(message.draft, message.role))
        behind = stored and any(one.id == stored.id for one in undrawn_drafts(transaction, stored.bridge_case).drafts)
    if stored is None or not isinstance(stored.state, Waiting) or message.role not in stored.state.open_gates:
        return
    if behind and tried < MOST_WAITS:
        raise NotDoneError(NOT_DRAWN_YET)
    if record is None or record.ts is None or record.drawn == "":
        return  # its card could not be drawn, and that is told in the incident's channel
    attempt = digest([message.target])[:32]
    if again and bot.internal.find(record.channel, attempt, stored.created_at):
        return
    where = bot.bridge.permalink(record.channel, record.ts)
    if drawn := asks_again(stored.draft, stored.number, message.role, where):
        bot.internal.post(record.channel, drawn, attempt)


def _slot(bot: Bot, review: Review, gate: str) -> MessageSlot:
    """Where a gate's card is to stand, and since when it may; that of a draft that is over stays where it is."""
    channel = review_channel(bot, review.bridge_case, gate)
    if not review.asks and gate in review.records:
        channel = review.records[gate].channel
    return MessageSlot(card_target(review.stored.id, gate), channel, review.bridge_case.opened_at)


def _card(bot: Bot, review: Review) -> ReviewCard:
    """Everything that the cards of a review show, at support level, but for the role."""
    stored, now = review.stored, bot.now()
    audience = bot.deployment.audience(review.bridge_case.bridge)
    return ReviewCard(
        draft=stored.draft,
        number=stored.number,
        state=stored.state,
        role="",
        profile=review.profile,
        reference="",
        channel_name=bot.bridge.name(audience.channel),
        readers=bot.bridge.readers(audience),
        names={person: bot.people.name(person) for person in _persons(stored)},
        changed=stored.facts.changed,
        compared=stored.facts.compared,
        held_minutes={number: int((now - at).total_seconds() // 60) for number, at in stored.facts.held_since},
        sources=stored.facts.sources,
        unplaced=stored.facts.unplaced,
        problem=stored.state.problem if isinstance(stored.state, Approved) else "",
        permalink=_permalink(bot, stored.state),
    )


def _reference(review: Review, role: str) -> str:
    stored = review.stored
    return f"{review.bridge_case.channel}|{stored.id}|{role}|{stored.draft.release_digest}"


def _persons(stored: StoredDraft) -> Iterator[Person]:
    state = stored.state
    yield from (decision.person for decision in state.given)
    yield from (entry.waived.by for entry in stored.draft.register_ if entry.waived)
    if isinstance(state, Withdrawn):
        yield state.by
    if isinstance(state, HeldBack):
        yield state.by.person


def _permalink(bot: Bot, state: ReviewState) -> str | None:
    released = released_in(state)
    if released and released.ts:
        return bot.bridge.permalink(released.attempt.channel, released.ts)
    return None
