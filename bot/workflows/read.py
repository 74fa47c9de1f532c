"""Reading: answers to status, preview, diff, holds, exceptions, lineage, manifest, history, trace, menu, help."""

import re
from collections.abc import Callable
from typing import Final

from blocks import answers, say
from blocks.diff import diff_lines
from blocks.drawing import Drawing, lines, modal
from blocks.holds import holds_drawing
from blocks.ids import Reference
from bot.access import Action, refuse
from bot.app import Bot
from bot.intake.commands import BY_NAME, COMMANDS, nearest
from bot.intake.requests import Request
from bot.slack.people import Insider
from bot.workflows.case import CHOOSE, Case, find_case, open_cases
from bot.workflows.effects import Answer, Effect, OpenModal, Reply, Workflow, answer_only, reply
from storage.drafts import StoredDraft, built_of, draft_by_id, drafts_of, profile_of, version_draft
from storage.store import Transaction
from transforms.diff import Diff, diff_of
from transforms.model.approvals import Refusal
from transforms.model.lineage import LineageEntry
from transforms.publish.manifest import NotVerifiedError, verify

Reader = Callable[[Bot, Transaction, Case, Insider, tuple[str, ...]], Answer]
Overview = Callable[[Bot, Transaction, Case], Drawing]


def _reading(reader: Reader) -> Workflow:
    """A workflow that only reads: its answer is at the reader's level, and of one bridge."""

    def read(bot: Bot, request: Request, asker: Insider) -> Effect:
        with bot.store.read() as transaction:
            case = find_case(bot, transaction, request.meant)
            if isinstance(case, Refusal):
                return answer_only(reply(case.sentence))
            return answer_only(reader(bot, transaction, case, asker, request.words))

    return read


def _overview(overview: Overview) -> Workflow:
    """A workflow that tells how it stands: of every open bridge of the incident, where none is named."""

    def read(bot: Bot, request: Request, _asker: Insider) -> Effect:
        with bot.store.read() as transaction:
            case = find_case(bot, transaction, request.meant)
            if not isinstance(case, Refusal):
                return answer_only(Reply(overview(bot, transaction, case)))
            if case.code != CHOOSE:
                return answer_only(reply(case.sentence))
            open_ = open_cases(bot, transaction, request.meant.channel)
            return answer_only(Reply(answers.together([overview(bot, transaction, one) for one in open_])))

    return read


def draft_lines(transaction: Transaction, case: Case) -> list[answers.DraftLine]:
    """Every draft of a case, as lists show them."""
    stored = drafts_of(transaction, case.bridge_case.id)
    return [answers.DraftLine(d.number, d.draft, d.state, d.created_at) for d in stored]


def _current(case: Case) -> StoredDraft | None:
    return case.update or case.acknowledgement


def _status_drawing(bot: Bot, transaction: Transaction, case: Case) -> Drawing:
    account = str(case.audience.label)
    drafts = draft_lines(transaction, case)
    return answers.status_drawing(case.bridge_case.incident, account, drafts, bot.now(), case.closed_at)


def _menu_drawing(bot: Bot, transaction: Transaction, case: Case) -> Drawing:
    names = ["draft", "holds"]
    if case.released:
        names.insert(1, "diff")
    elif case.acknowledgement is None:
        names.insert(0, "ack")
    choices = [(say.read.MENU[name], name) for name in names]
    about = Reference(case.bridge_case.channel, bridge=case.bridge_case.bridge)
    return answers.menu_drawing(_status_drawing(bot, transaction, case), choices, about)


def _preview(_bot: Bot, _transaction: Transaction, case: Case, _asker: Insider, _words: tuple[str, ...]) -> Answer:
    current = _current(case)
    return Reply(answers.preview_drawing(current.draft, current.number)) if current else reply(say.read.NO_DRAFT)


def _holds(bot: Bot, _transaction: Transaction, case: Case, _asker: Insider, _words: tuple[str, ...]) -> Answer:
    if case.update is None:
        return reply(say.read.NO_DRAFT)
    since = dict(case.update.facts.held_since)
    holds, people = case.update.draft.holds, case.directives.holds
    about = Reference(case.bridge_case.channel, bridge=case.bridge_case.bridge)
    return Reply(holds_drawing(holds, people, since, bot.now(), about=about, profile=case.profile))


def _exceptions(_bot: Bot, _transaction: Transaction, case: Case, asker: Insider, _words: tuple[str, ...]) -> Answer:
    current = _current(case)
    if current is None:
        return reply(say.read.NO_DRAFT)
    reference = f"{case.bridge_case.channel}|{current.id}||{current.draft.release_digest}"
    may_place = asker.cleared and not refuse(Action.PLACE, asker.roles)
    place = current.facts.unplaced if may_place else ""
    return Reply(answers.exceptions_drawing(current.draft.register_, reference, current.number, place))


def _history(_bot: Bot, transaction: Transaction, case: Case, _asker: Insider, _words: tuple[str, ...]) -> Answer:
    account = str(case.audience.label)
    return Reply(answers.history_drawing(case.bridge_case.incident, account, draft_lines(transaction, case)))


def _lineage(_bot: Bot, transaction: Transaction, case: Case, asker: Insider, words: tuple[str, ...]) -> Answer:
    """Of the newest draft, or of a version."""
    field, *numbers = words
    current = _version(transaction, case, numbers[0]) if numbers else _current(case)
    if current is None:
        return reply(say.read.NO_SUCH_VERSION if numbers else say.read.NO_DRAFT)
    entries = _readable_lineage(transaction, current, asker)
    entry = _named_entry(entries, field)
    if entry is None:
        known = (entry.field for entry in entries)
        return reply(say.read.no_such_field(current.number, field[:60], known))
    return Reply(answers.lineage_drawing(entry, profile_of(transaction, current), current.draft, cleared=asker.cleared))


def _named_entry(entries: tuple[LineageEntry, ...], word: str) -> LineageEntry | None:
    """The entry with this field id, or of a hold by its number (`H2`)."""
    wanted = {word.lower(), f"hold/{word.lower()}"}
    return next((entry for entry in entries if entry.field.lower() in wanted), None)


def _readable_lineage(transaction: Transaction, stored: StoredDraft, asker: Insider) -> tuple[LineageEntry, ...]:
    """The lineage at the reader's level: native keys of withheld facts only for the cleared."""
    if not asker.cleared:
        return stored.draft.lineage
    built, _ = built_of(transaction, stored)
    return built.draft.lineage


def details(bot: Bot, request: Request, asker: Insider) -> Effect:
    """The details of a draft in a modal: every field's origin at the reader's level."""
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, request.meant.draft)
        if stored is None:
            return answer_only(reply(say.case.UNKNOWN_DRAFT))
        lineage = _readable_lineage(transaction, stored, asker)
        profile = profile_of(transaction, stored)
    blocks = answers.details_blocks(stored.draft, lineage, profile, cleared=asker.cleared)
    return answer_only(OpenModal(modal(f"Draft {stored.number}", blocks, callback="details")))


def _manifest(bot: Bot, transaction: Transaction, case: Case, _asker: Insider, words: tuple[str, ...]) -> Answer:
    stored = _version(transaction, case, words[0]) if words else case.released
    if stored is None or stored.manifest is None:
        return reply(say.read.NO_SUCH_VERSION if words else say.read.NOTHING_RELEASED)
    try:
        release = verify(stored.manifest, bot.signing.public_key())
    except NotVerifiedError as problem:
        return reply(say.read.manifest_not_verified(str(problem)))
    names = {approval.person: bot.people.name(approval.person) for approval in release.approvals}
    return Reply(answers.manifest_drawing(release, stored.manifest.signatures[0].keyid, names))


def _version(transaction: Transaction, case: Case, word: str) -> StoredDraft | None:
    number = re.fullmatch(r"[vV]?([0-9]{1,6})", word)
    return version_draft(transaction, case.bridge_case.id, int(number[1])) if number else None


def _trace(_bot: Bot, transaction: Transaction, case: Case, _asker: Insider, words: tuple[str, ...]) -> Answer:
    drafts = drafts_of(transaction, case.bridge_case.id)
    if not drafts:
        return reply(say.read.NO_DRAFT)
    wanted = words[0] if words else str(drafts[-1].number)
    stored = next((draft for draft in drafts if str(draft.number) == wanted), None)
    if stored is None:
        return reply(say.read.no_such_draft(wanted[:20], drafts[-1].number))
    return Reply(answers.trace_drawing(stored.draft, stored.number))


def _diff(_bot: Bot, transaction: Transaction, case: Case, asker: Insider, words: tuple[str, ...]) -> Answer:
    """Without numbers: the last two versions. One number: from there to the latest."""
    newest = case.released
    if newest is None or newest.draft.version is None:
        return reply(say.read.NOTHING_RELEASED)
    old = _version(transaction, case, words[0] if words else str(newest.draft.version - 1))
    new = _version(transaction, case, words[1]) if len(words) > 1 else newest
    if old is None or new is None:
        return reply(say.read.NO_SUCH_VERSION if words else say.read.ONE_VERSION)
    found = _compare(transaction, old, new)
    sides = ((side.draft.version, side.draft.package.as_of) for side in (old, new))
    title = say.read.compared(str(case.audience.label), *sides)
    return Reply(lines(title, diff_lines(found, profile_of(transaction, new), cleared=asker.cleared)))


def _compare(transaction: Transaction, old: StoredDraft, new: StoredDraft) -> Diff:
    return diff_of(built_of(transaction, old)[0].draft, built_of(transaction, new)[0].draft)


def show_help(_bot: Bot, request: Request, _asker: Insider) -> Effect:
    """What there is to type: the first words, all of them, or one."""
    return answer_only(_help(request.words))


def _help(words: tuple[str, ...]) -> Answer:
    if words and (one := BY_NAME.get(words[0].lower())):
        return Reply(answers.help_drawing([(one.usage, one.does)], [], whole=True))
    if words and words[0].lower() != "more":
        return reply(nearest(words[0]))
    first = [(c.usage, c.does) for c in COMMANDS if c.first]
    more = [(c.usage, c.does) for c in COMMANDS if not c.first]
    return Reply(answers.help_drawing(first, more, whole=bool(words)))


READERS: Final[dict[str, Workflow]] = {
    "menu": _overview(_menu_drawing),
    "status": _overview(_status_drawing),
    "preview": _reading(_preview),
    "holds": _reading(_holds),
    "exceptions": _reading(_exceptions),
    "history": _reading(_history),
    "lineage": _reading(_lineage),
    "manifest": _reading(_manifest),
    "trace": _reading(_trace),
    "diff": _reading(_diff),
}
"""Every reading command."""
