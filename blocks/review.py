"""The review card: what would leave, what changed, what is held, what blocks, who has approved, and the buttons.

One card per gate and draft, drawn again from the latest state. It is posted into channels, so it stays at support
level: no name of a restricted component, source or person (mission M16).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from blocks.drawing import (
    Block,
    Drawing,
    button,
    buttons,
    clip,
    confirm,
    divider,
    drawing,
    lead,
    link,
    plain,
    small,
    unescape,
)
from blocks.ids import COMMAND
from blocks.words import duration_words, list_words, role_words, short_digest
from profiles.codes import INCIDENT_COMMAND, NEVER_WAIVED, RegisterCode
from profiles.models import Profile
from transforms.model.approvals import Decision
from transforms.model.directives import Person
from transforms.model.lifecycle import (
    Ambiguous,
    Approved,
    HeldBack,
    NotPosted,
    Posting,
    Released,
    Replaced,
    ReviewState,
    Superseded,
    Waiting,
    Withdrawn,
)
from transforms.publish.draft import Draft
from transforms.publish.message import escape

FACT: Final = 300
LONG_FACT: Final = 1200
"""Characters of one fact: with the longest message the whole card stays below what Slack takes."""

FRAMED: Final = 36
"""Blocks of a message that has lines above and below; a longer one needs their room."""

UNPOSTED: Final = (Replaced, NotPosted)
"""States in which the card shows no message: nobody reads it, and nobody will."""


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """Everything that a card shows. `reference` goes into its buttons; times are minutes before now."""

    draft: Draft
    number: int
    state: ReviewState
    role: str
    profile: Profile
    reference: str
    channel_name: str
    readers: int
    names: Mapping[Person, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    compared: str = ""
    held_minutes: Mapping[int, int] = field(default_factory=dict)
    sources: str = ""
    unplaced: str = ""
    problem: str = ""
    permalink: str | None = None


def review_card(card: ReviewCard) -> Drawing:
    """The card in its present state. Its text says all that its blocks say: a screen reader reads the text alone."""
    facts = () if isinstance(card.state, Replaced) else tuple(_facts(card))
    head, standing = _title(card), clip(_standing(card), FACT)
    blocks = [
        lead(head, "card-title"),
        small(standing, "card-standing"),
        *_message(card),
        *(fact.block for fact in facts),
        *_outcome(card),
    ]
    shown = [] if isinstance(card.state, UNPOSTED) else ["", card.draft.message.text, ""]
    told = [f"{escape(head)}. {escape(standing)}", *shown, *(escape(fact.text) for fact in facts)]
    return drawing("\n".join(told), blocks)


def asks_again(draft: Draft, number: int, role: str, where: str | None) -> Drawing | None:
    """The line for a gate whose card shows a newer draft, because an edit makes no sound; `where` is the card's link.

    None where the draft asks nothing of this gate now: it is blocked, and others decide.
    """
    wants = "for approval"
    if blocking := [entry for entry in draft.register_ if entry.blocks]:
        if role not in {entry.role for entry in blocking if entry.code not in NEVER_WAIVED}:
            return None
        wants = f"to decide what blocks it: {COMMAND} exceptions"
    told = f"{_name(draft, number)} asks {role_words(role)} {wants}"
    return drawing(escape(told), [plain(told, "asks-again"), *([link("Open the card", where)] if where else [])])


def _name(draft: Draft, number: int) -> str:
    """What a card is of: account, incident, draft and version."""
    what = f"draft {number} of version {draft.version}" if draft.version else f"draft {number}, acknowledgement"
    return f"{draft.audience.label} · {draft.incident} · {what}"


def _title(card: ReviewCard) -> str:
    return f"{_name(card.draft, card.number)} · {short_digest(card.draft.release_digest)}"


def _standing(card: ReviewCard) -> str:  # noqa: C901, PLR0911 -- one line for each state
    match card.state:
        case Waiting(blocking=blocking) if blocking:
            return _blocked(card)
        case Waiting() as waiting:
            return f"Waiting for: {', '.join(map(role_words, waiting.open_gates))}"
        case HeldBack(by=by):
            return f"Held by {_who(card, by)}"
        case Replaced(by_draft=newer, why=why):
            return f"Replaced by draft {newer}: {why}"
        case Approved():
            return (
                "Approved by every gate; posting now" if not card.problem else "Approved by every gate, not posted yet"
            )
        case Posting():
            return "Posting to the customer"
        case Ambiguous():
            return f"It may be visible in #{card.channel_name}: Slack gave no clear answer. Please look there"
        case Released(at=at):
            return f"Released {at:%H:%M} UTC"
        case NotPosted(why=why):
            return f"Not posted: {why}"
        case Superseded(by_version=version, at=at):
            return f"Released, then replaced by version {version} at {at:%H:%M} UTC"
        case Withdrawn(by=by, at=at):
            return f"Withdrawn by {card.names.get(by, by.user)} at {at:%H:%M} UTC"


def _blocked(card: ReviewCard) -> str:
    """Who must decide before anything can be approved; the command lists what, with the buttons."""
    entries = [entry for entry in card.draft.register_ if entry.blocks]
    count = "1 exception" if len(entries) == 1 else f"{len(entries)} exceptions"
    roles = dict.fromkeys(role_words(entry.role) for entry in entries if entry.code not in NEVER_WAIVED)
    if not roles:
        return f"Blocked by {count}, which nobody can decide away: /bridgepkg exceptions"
    return f"Blocked by {count}. To decide: {list_words(roles)}, with /bridgepkg exceptions"


def _message(card: ReviewCard) -> Iterator[Block]:
    if isinstance(card.state, UNPOSTED):
        return
    message = card.draft.message
    framed = len(message.blocks) <= FRAMED and not message.excess
    if framed:
        yield divider()
    yield small(f"{_reads(card.state)}, in #{card.channel_name}:", "card-reads")
    if message.excess:
        yield plain(unescape(message.text), "card-message")
    else:
        yield from message.blocks
    if framed:
        yield divider()


def _reads(state: ReviewState) -> str:
    """How the message below stands to the customer; a card never calls current what is not."""
    match state:
        case HeldBack():
            return "Held; the customer would have read"
        case Ambiguous():
            return "The customer may be reading"
        case Released():
            return "The customer reads"
        case Superseded():
            return "The customer reads, marked as replaced"
        case Withdrawn():
            return "Withdrawn; the customer had read"
    return "The customer will read exactly"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know beside the message: as a line of text, and as a block."""

    text: str
    block: Block


def _facts(card: ReviewCard) -> Iterator[Fact]:
    if card.changed:
        since = f"Changed since {card.compared}" if card.compared else "Changed"
        yield _fact(_listed(since, card.changed), "card-changed", "preview", LONG_FACT)
    if card.draft.holds:
        held = _listed(f"Held ({len(card.draft.holds)})", tuple(_holds(card)))
        yield _fact(held, "card-held", "holds", LONG_FACT)
    if register := list(_register(card)):
        yield _fact("\n".join(register), "card-register", "exceptions", LONG_FACT)
    if notes := list(_notes(card)):
        text = _within("\n".join(notes), "exceptions", LONG_FACT)
        yield Fact(text, small(text, "card-notes"))
    if card.sources:
        yield Fact(card.sources, small(card.sources, "card-sources"))
    if approvals := list(_approvals(card)):
        wanted = sum(gate.quorum for gate in card.profile.required_gates(card.draft.kind))
        yield _fact(f"Approved {len(approvals)} of {wanted}: " + ", ".join(approvals), "card-approvals", "status")
    if card.problem:
        yield _fact(card.problem, "card-problem", "status")


def _fact(text: str, block_id: str, where: str, most: int = FACT) -> Fact:
    shown = _within(text, where, most)
    return Fact(shown, plain(shown, block_id))


def _within(text: str, where: str, most: int) -> str:
    """A text within its room, so that buttons never fall off the card; the rest is where the command shows it."""
    more = f"… more: /bridgepkg {where}"
    return text if len(text) <= most else f"{text[: most - len(more)]}{more}"


def _listed(title: str, items: tuple[str, ...]) -> str:
    """One item beside its title, several under it: a tired reader scans lines."""
    return f"{title}: {items[0]}" if len(items) == 1 else "\n".join([f"{title}:", *items])


def _holds(card: ReviewCard) -> Iterator[str]:
    for hold in card.draft.holds:
        age = duration_words(card.held_minutes.get(hold.number, 0))
        yield f"H{hold.number} {hold.what}: {hold.reason}, annex {hold.annex}, {role_words(hold.role)}, {age}"


def _register(card: ReviewCard) -> Iterator[str]:
    for entry in card.draft.register_:
        if entry.blocks:
            yield f"BLOCKS {entry.code}: {entry.sentence} → {role_words(entry.role)} decides"
        elif entry.waived:
            who = card.names.get(entry.waived.by, entry.waived.by.user)
            yield f"Waived {entry.code}: {entry.sentence} (by {who}, {role_words(entry.waived.role)})"


def _notes(card: ReviewCard) -> Iterator[str]:
    """What is good to know and stands in nobody's way; why a thing is held stands with the hold already."""
    held = {hold.key for hold in card.draft.holds}
    for entry in card.draft.register_:
        if not entry.blocks and not entry.waived and entry.id.partition(":")[2] not in held:
            yield f"Note {entry.code}: {entry.sentence}"


def _approvals(card: ReviewCard) -> Iterator[str]:
    for decision in card.state.given:
        yield f"{role_words(decision.role)} ({_who(card, decision)})"


def _who(card: ReviewCard, decision: Decision) -> str:
    return f"{card.names.get(decision.person, decision.person.user)}, {decision.at:%H:%M} UTC"


def _outcome(card: ReviewCard) -> Iterator[Block]:
    """The buttons while there is something to decide; then who decided what, and the link."""
    match card.state:
        case Waiting() as waiting:
            yield buttons("card-review", _review_buttons(card, waiting))
        case Approved() if card.problem:
            yield buttons("card-release", [_again(card), _hold_all(card), _details(card)])
        case Ambiguous():
            yield buttons("card-look", _look_buttons(card))
        case HeldBack() | NotPosted():
            yield buttons(
                "card-next", [button("Draft again", "draft_next", card.reference, style="primary"), _details(card)]
            )
        case Released() | Superseded():
            yield buttons("card-released", [_withdraw(card), _details(card)])
    if card.permalink:
        yield link("Open the message", card.permalink)


def _review_buttons(card: ReviewCard, waiting: Waiting) -> Iterator[Block]:
    if not waiting.blocking and card.role in waiting.open_gates:
        digest = short_digest(card.draft.release_digest)
        yield button(
            f"Approve {digest}", "review_approve", card.reference, style="primary", confirm=_question(card, waiting)
        )
    yield _hold_all(card)
    if card.draft.version:
        yield button("Hold part…", "review_hold_part", card.reference)
    if card.role == INCIDENT_COMMAND and card.unplaced and _is_unplaced(card.draft):
        yield button(f"Place {card.unplaced}…", "evidence_place", card.reference)
    yield _details(card)


def _is_unplaced(draft: Draft) -> bool:
    """Whether trouble that nobody can place stands against something that the draft would say."""
    return any(entry.code is RegisterCode.UNPLACED_EVIDENCE for entry in draft.register_)


def _question(card: ReviewCard, waiting: Waiting) -> Block:
    """What the reviewer is asked once; the last one is told that it posts now, where, and to how many."""
    count = f"{len(waiting.approvals) + 1} of {sum(gate.quorum for gate in waiting.gates)}"
    left = [role_words(role) for role in waiting.left_after(card.role)]
    where = f"{card.draft.audience.label}, #{card.channel_name}"
    if left:
        also = "approves" if len(left) == 1 else "approve"
        told = f"Approve for {where} ({count}). It posts when {list_words(left)} also {also}."
    else:
        readers = {0: "the customer", 1: "1 person of the customer"}
        who = readers.get(card.readers, f"{card.readers} people of the customer")
        told = f"Last approval ({count}). This posts now to {where}, read by {who}."
    return confirm("Approve these exact words?", told, "Approve" if left else "Approve and post")


def _hold_all(card: ReviewCard) -> Block:
    told = "Nothing of this draft leaves. A new draft is the way on."
    return button(
        "Hold all", "review_hold_all", card.reference, style="danger", confirm=confirm("Hold all?", told, "Hold all")
    )


def _details(card: ReviewCard) -> Block:
    return button("Details", "review_details", card.reference)


def _again(card: ReviewCard) -> Block:
    return button("Release now", "package_release", card.reference, style="primary")


def _withdraw(card: ReviewCard) -> Block:
    return button("Withdraw…", "package_withdraw", card.reference, style="danger")


def _look_buttons(card: ReviewCard) -> Iterator[Block]:
    yield button("I see it", "post_seen", card.reference, style="primary")
    told = "Only if you have looked in the bridge channel and it is not there."
    question = confirm("It is not there?", told, "It is not there")
    yield button("It is not there", "post_absent", card.reference, style="danger", confirm=question)
