"""Placing: incident command says what unplaced trouble is about, for this incident (promise P14).

A kind is chosen by labels, so that the forty-first alert of the kind is placed too. What it would do is told in the
form before it is done; each act makes a revised draft at once, and can be ended. Labels may name what is restricted, so
they stand in no card, no log and no reason: only who is cleared reads them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blocks import say
from blocks.drawing import unescape
from blocks.ids import PLACE, PLACE_ANSWERS, Reference
from blocks.place import (
    NOWHERE,
    PlacingLine,
    Wish,
    label_of,
    place_form,
    placed_drawing,
    placings_drawing,
    value_of,
)
from bot.app import Bot
from bot.intake.commands import BY_NAME
from bot.intake.requests import CommandRequest, Request, SubmissionRequest
from bot.slack.people import Insider
from bot.workflows.case import Case, find_case
from bot.workflows.effects import Answer, Effect, OpenModal, Reply, answer_only, refused, reply
from bot.workflows.holds import NoDraft, current_update, revised
from profiles.codes import INCIDENT_COMMAND, LogKind, RecordKind
from storage.directives import StandingPlacing, add_directive, end_placing, standing_placings
from storage.drafts import StoredDraft, built_of
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.directives import Placing
from transforms.model.evidence import Evidence
from transforms.model.records import Tag
from transforms.placing import Group, fitting, groups, items_in, labels_in, proposal, reached, words_of
from transforms.render.unplaced import Item

CONNECTING: Final = frozenset({"as", "to", "under", "in"})
"""Words that may stand before where something belongs: `place team=batch as unrelated`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody decides on: the case, its current draft, the reading of that draft, and what stands placed."""

    case: Case
    stored: StoredDraft
    evidence: Evidence
    standing: tuple[StandingPlacing, ...]

    def groups(self) -> tuple[Group, ...]:
        """What is unplaced, by kinds."""
        return groups(self.evidence, self.case.profile, self.case.directives)

    def fitting(self, tags: Iterable[Tag]) -> tuple[Group, ...]:
        """What of it has these labels."""
        return fitting(self.evidence, self.case.profile, self.case.directives, tags)

    def reached(self, placing: Placing) -> tuple[Item, ...]:
        """What of the reading a placing places."""
        return reached(self.evidence, self.case.profile, self.case.directives, placing)

    def where(self, capability: str | None) -> str:
        """Where something is placed, as people read it."""
        return say.place.where(capability, label_of(self.case.profile, capability))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What somebody typed after the command: labels, and where what has them belongs, if that was said."""

    tags: tuple[Tag, ...]
    to: str


def place_typed(bot: Bot, request: CommandRequest, asker: Insider) -> Effect:
    """`place`, `place list`, `place end N`, or labels and where they belong: then the form says what that would do."""
    first = request.words[0].lower() if request.words else ""
    if first not in PLACE_ANSWERS:
        return show_place_form(bot, request, asker)
    if uncleared := _uncleared(asker):
        return uncleared
    if len(request.words) != 1 + (first == "end"):
        return answer_only(reply(say.commands.written_like(PLACE, BY_NAME[PLACE].usage)))
    return _end(bot, request, asker) if first == "end" else _list(bot, request)


def show_place_form(bot: Bot, request: Request, asker: Insider) -> Effect:
    """The form; where nothing is unplaced, the list of what stands placed."""
    seen = _seen(bot, request, asker)
    if not isinstance(seen, Seen):
        return seen
    meaning = _meaning(request.words) if request.words else None
    if isinstance(meaning, str):
        return answer_only(reply(meaning))
    found = seen.fitting(meaning.tags) if meaning else seen.groups()
    if not found:
        return answer_only(reply(_no_match(seen, meaning.tags)) if meaning else _listed(bot, seen, say.place.NOTHING))
    to = _target(seen, meaning.to) if meaning and meaning.to else ""
    if isinstance(to, Refusal):
        return answer_only(reply(to.sentence))
    case = seen.case
    wish = _wish(seen, meaning, to, found) if meaning else None
    reference = Reference(case.bridge_case.channel, seen.stored.id, request.channel)
    form = place_form(found, case.profile, case.bridge_case.incident, str(reference), wish)
    return answer_only(OpenModal(form))


def place_by_form(bot: Bot, request: SubmissionRequest, asker: Insider) -> Effect:
    """Place what was chosen and written, and draft again; the earlier decisions are void."""
    seen = _seen(bot, request, asker)
    if not isinstance(seen, Seen):
        return seen
    chosen = _chosen(seen, request)
    if isinstance(chosen, str):
        return answer_only(reply(chosen))
    to = _target(seen, str(request.values.get("to", "")))
    if isinstance(to, Refusal):
        return answer_only(reply(to.sentence))
    placings = [
        Placing(
            source=group.source,
            tags=group.tags,
            capability=None if to == NOWHERE else to,
            by=asker.person,
            role=INCIDENT_COMMAND,
            at=bot.now(),
        )
        for group in chosen
    ]
    return _place(bot, seen, asker, chosen, placings)


def _uncleared(asker: Insider) -> Effect | None:
    """Labels are for the cleared, whatever else somebody may do."""
    return None if asker.cleared else refused(Refusal(code="not-cleared", sentence=say.place.NOT_CLEARED))


def _seen(bot: Bot, request: Request, asker: Insider) -> Seen | Effect:
    """What there is to place, for who may read it; else the reason as an effect."""
    if uncleared := _uncleared(asker):
        return uncleared
    found = current_update(bot, request.meant)
    if isinstance(found, NoDraft):
        return found.effect(bot, asker)
    case, stored = found
    with bot.store.read() as transaction:
        evidence = built_of(transaction, stored)[0].evidence
        return Seen(case, stored, evidence, standing_placings(transaction, case.bridge_case.id))


def _meaning(words: tuple[str, ...]) -> Meaning | str:
    """`label=value[, label=value] [as|to] [where]`, or why the words are something else."""
    *rest, last = words
    to = "" if "=" in last else last
    rest = rest if to else [*words]
    if to and rest and rest[-1].lower() in CONNECTING:
        rest.pop()
    text = " ".join(rest)
    tags = labels_in(text if "," in text or '"' in text else ",".join(rest))
    return Meaning(tags, to) if tags else say.place.not_labels(" ".join(words))


def _target(seen: Seen, word: str) -> str | Refusal:
    """A capability of the bridge or none of them, by what was chosen or typed."""
    known = [capability.id for capability in seen.case.profile.capabilities]
    if word == NOWHERE or word.lower() == say.place.UNRELATED:
        return NOWHERE
    if word.lower() in known:
        return word.lower()
    return Refusal(code="no-capability", sentence=say.place.no_capability(word, known))


def _wish(seen: Seen, meaning: Meaning, to: str, found: Sequence[Group]) -> Wish:
    """The form as somebody's words fill it, and what it would then do."""
    incident = seen.case.bridge_case.incident
    where = seen.where(None if to == NOWHERE else to)
    does = say.place.would_place(found, where, incident) if to else say.place.would_fit(found, incident)
    return Wish(labels=words_of(meaning.tags), to=to, told=(does, *_warnings(found)))


def _warnings(found: Iterable[Group]) -> list[str]:
    """What to know of labels that reach far."""
    told = [say.place.fits_others(group) for group in found if group.others]
    return [*told, *(say.place.vague(group) for group in found if group.vague)]


def _chosen(seen: Seen, request: SubmissionRequest) -> list[Group] | str:
    """The kinds that were chosen, and what has the labels that were written; else what is wrong."""
    picked = set(request.values.get("groups", ()))
    chosen = [group for group in seen.groups() if value_of(group) in picked]
    if written := str(request.values.get("labels", "")).strip():
        tags = labels_in(written)
        if tags is None:
            return say.place.not_labels(written)
        if not (found := seen.fitting(tags)):
            return _no_match(seen, tags)
        chosen += [group for group in found if group not in chosen]
    return chosen or say.place.CHOOSE


def _no_match(seen: Seen, tags: Sequence[Tag]) -> str:
    """Nothing unplaced has these labels: because it is placed already, or at all."""
    for one in seen.standing:
        if any(set(tags) <= set(item.known_by) for item in seen.reached(one.placing)):
            return say.place.placed_already(tags, one.number)
    return say.place.no_match(tags)


def _place(bot: Bot, seen: Seen, asker: Insider, chosen: Sequence[Group], placings: Sequence[Placing]) -> Effect:
    case, incident = seen.case, seen.case.bridge_case.incident

    def write(transaction: Transaction, at: datetime) -> None:
        for placing in placings:
            name = bot.new_id()
            add_directive(transaction, name, case.bridge_case.id, placing)
            payload = {"by": asker.person.user, "name": asker.name, "role": placing.role, "to": placing.capability}
            append(transaction, Event(incident, LogKind.PLACED, name, at, payload))

    found = [item for placing in placings for item in seen.reached(placing)]
    why = say.place.placed(asker.name, items_in(found), {RecordKind(item.kind) for item in found})
    done, to = say.place.done(seen.where(placings[0].capability), incident), placings[0].capability
    decided = revised(bot, case, asker, why, write)

    def effect(transaction: Transaction) -> Answer:
        answer = decided(transaction)
        drafted = answer.drawing.text if isinstance(answer, Reply) else ""
        told = [*map(say.place.kind, chosen), *_warnings(chosen), unescape(drafted)]
        return Reply(placed_drawing(done, told, to, proposal(found)))

    return effect


def _end(bot: Bot, request: CommandRequest, asker: Insider) -> Effect:
    """End one placing by its number, and draft again: what it placed is unplaced from now on."""
    with bot.store.read() as transaction:
        case = find_case(bot, transaction, request.meant)
        if isinstance(case, Refusal):
            return answer_only(reply(case.sentence))
        standing = standing_placings(transaction, case.bridge_case.id)
    incident = case.bridge_case.incident
    if case.closed_at:
        closed = Refusal(code="closed", sentence=say.hold.closed(case.closed_at))
        return refused(closed, incident, asker.person, bot.now())
    wanted = request.words[1].lstrip("#")
    one = next((one for one in standing if str(one.number) == wanted), None)
    if one is None:
        known = [one.number for one in standing]
        return answer_only(reply(say.place.no_number(wanted, known)))

    def write(transaction: Transaction, at: datetime) -> None:
        if end_placing(transaction, one.id, at):
            append(transaction, Event(incident, LogKind.PLACING_ENDED, one.id, at, {"by": asker.person.user}))

    return revised(bot, case, asker, say.place.ended(asker.name), write)


def _list(bot: Bot, request: CommandRequest) -> Effect:
    """What stands placed, with who and when, on the reading of the current draft where there is one."""
    with bot.store.read() as transaction:
        case = find_case(bot, transaction, request.meant)
        if isinstance(case, Refusal):
            return answer_only(reply(case.sentence))
        standing = standing_placings(transaction, case.bridge_case.id)
        stored = case.update
        evidence = built_of(transaction, stored)[0].evidence if stored else None
    if stored is None or evidence is None:
        return answer_only(reply(say.place.NONE_STANDS))
    return answer_only(_listed(bot, Seen(case, stored, evidence, standing), say.place.STANDING))


def _listed(bot: Bot, seen: Seen, title: str) -> Reply:
    found = [(one, seen.reached(one.placing)) for one in seen.standing]
    lines = [
        PlacingLine(
            number=one.number,
            placing=one.placing,
            who=bot.people.name(one.placing.by),
            items=items_in(reaches),
            proposal=proposal(reaches),
        )
        for one, reaches in found
    ]
    return Reply(placings_drawing(title, lines, seen.case.profile))
