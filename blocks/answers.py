"""The answers that only the asking person sees: status, history, lineage, manifest, exceptions, help, menu."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from blocks import say
from blocks.drawing import (
    Block,
    Drawing,
    button,
    buttons,
    chunks,
    confirm,
    drawing,
    lead,
    lines,
    plain,
    small,
    unescape,
)
from blocks.ids import Reference
from blocks.words import duration_words, field_words, role_words, short_digest, value_words
from profiles.codes import NEVER_WAIVED, RegisterCode
from profiles.models import Profile
from transforms.model.directives import Person
from transforms.model.lifecycle import (
    Ambiguous,
    Approved,
    HeldBack,
    NotPosted,
    Posting,
    Released,
    ReviewState,
    Superseded,
    Waiting,
    Withdrawn,
    released_in,
)
from transforms.model.lineage import LineageEntry
from transforms.model.package import Package
from transforms.model.register import RegisterEntry
from transforms.publish.draft import Draft, title_of
from transforms.publish.manifest import ReleaseStatement
from transforms.publish.message import escape

MOST_TOGETHER = 10


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft as a list shows it."""

    number: int
    draft: Draft
    state: ReviewState
    created_at: datetime


def status_drawing(
    incident: str, account: str, drafts: Iterable[DraftLine], now: datetime, closed: datetime | None = None
) -> Drawing:
    """What stands in the bridge, what is on its way, who is waited for, and when the next update is due."""
    shown = list(drafts)
    waiting = [text for line in shown if (text := on_the_way(line))]
    told = [_closed(shown, closed)] if closed else [stands(shown, now), *waiting]
    return lines(f"{account} · {incident}", told)


def _closed(drafts: list[DraftLine], at: datetime) -> str:
    standing = next((line.draft for line in reversed(drafts) if isinstance(line.state, Released)), None)
    reads = f" The customer reads {standing.title} under a notice that says so." if standing else ""
    return f"The bridge was closed at {at:%H:%M} UTC; /bridgepkg reopen opens it again.{reads}"


def stands(drafts: list[DraftLine], now: datetime) -> str:
    """What the customer reads now, and when the next update is due or since when it is late."""
    standing = [line for line in drafts if isinstance(line.state, Released | Withdrawn)]
    if not standing:
        return say.read.NOTHING_POSTED
    line = standing[-1]
    if isinstance(line.state, Withdrawn):
        what = line.draft.title.capitalize()
        return f"{what} was withdrawn at {line.state.at:%H:%M} UTC: the customer reads its notice."
    due = line.draft.package.next_update
    minutes = int((due - now).total_seconds() // 60)
    when = f"in {duration_words(minutes)}" if minutes >= 0 else f"overdue by {duration_words(-minutes)}"
    read = f"The customer reads {line.draft.title}, as of {line.draft.package.as_of:%H:%M} UTC."
    return f"{read} Next update due {due:%H:%M} UTC, {when}."


def on_the_way(line: DraftLine) -> str:  # noqa: PLR0911 -- one line for each state
    """What is to become of a draft that was not posted; nothing for one that is over."""
    draft = f"Draft {line.number} ({line.draft.title})"
    match line.state:
        case Waiting(blocking=blocking) if blocking:
            return f"{draft} is blocked: see /bridgepkg exceptions."
        case Waiting(open_gates=gates):
            return f"{draft} waits for: {', '.join(map(role_words, gates))}."
        case HeldBack(by=by):
            who = f"{role_words(by.role)} at {by.at:%H:%M} UTC"
            return f"{draft} was held by {who}: draft again when its cause is removed."
        case Approved(problem=problem):
            return f"{draft} is approved by every gate. {problem or 'It is being posted.'}"
        case Posting():
            return f"{draft} is being posted."
        case Ambiguous():
            return f"{draft} may be visible to the customer; somebody must answer its card."
        case NotPosted(why=why):
            return f"{draft} was not posted: {why}. Draft again to go on."
    return ""


def preview_drawing(draft: Draft, number: int) -> Drawing:
    """Exactly what the customer would read."""
    title = f"Draft {number} ({draft.title}) would read exactly:"
    if draft.message.excess:
        return lines(title, [unescape(draft.message.text)])
    return drawing(f"{title}\n\n{draft.message.text}", [lead(title), *draft.message.blocks])


def exceptions_drawing(entries: Sequence[RegisterEntry], reference: str, number: int, unplaced: str = "") -> Drawing:
    """The register of a draft, with a button where a role may decide; `unplaced` is what the reader may place."""
    title = f"Exceptions of draft {number}"
    blocks: list[Block] = [lead(title)]
    told = []
    lane, draft, _, digest = reference.split("|")
    for index, entry in enumerate(entries):
        text = _exception(entry)
        told.append(text)
        blocks.append(plain(text))
        row = _exception_buttons(entry, f"{lane}|{draft}|{entry.id}|{digest}", unplaced)
        blocks.append(buttons(f"exception-{index}", row))
    if not told:
        told.append("None.")
        blocks.append(plain("None."))
    return drawing(escape("\n".join([title, *told])), blocks)


def _exception_buttons(entry: RegisterEntry, value: str, unplaced: str) -> Iterator[Block]:
    if unplaced and entry.code is RegisterCode.UNPLACED_EVIDENCE:
        yield button(f"Place {unplaced}…", "evidence_place", value)
    if entry.blocks and entry.code not in NEVER_WAIVED:
        question = confirm("Decide this exception?", "It then no longer blocks. What is held stays held.", "Decide")
        yield button("Release anyway", "exception_waive", value, confirm=question)


def _exception(entry: RegisterEntry) -> str:
    if entry.waived:
        return f"Decided · {entry.code}: {entry.sentence}"
    if not entry.blocks:
        return f"Note · {entry.code}: {entry.sentence}."
    decides = "Nobody can decide it away" if entry.code in NEVER_WAIVED else f"{role_words(entry.role)} decides"
    return f"BLOCKS · {entry.code}: {entry.sentence}. {decides}."


def history_drawing(incident: str, account: str, drafts: Iterable[DraftLine]) -> Drawing:
    """What was shared when, and what was withheld at each stage (seed: supersession history)."""
    told = [text for line in drafts if (text := _history(line))]
    apart = [part for text in told for part in ("", text)][1:]
    return lines(f"{account} · {incident}: what was shared", apart or ["Nothing yet."])


def _history(line: DraftLine) -> str:
    state, released = line.state, released_in(line.state)
    if released is None:
        return ""
    held = ", ".join(f"H{hold.number} {hold.what} ({hold.annex})" for hold in line.draft.holds) or "nothing"
    end = ""
    if isinstance(state, Superseded):
        end = f", replaced by version {state.by_version} at {state.at:%H:%M}"
    if isinstance(state, Withdrawn):
        end = f", withdrawn at {state.at:%H:%M}"
    posted = f"{line.draft.title.capitalize()}: posted {released.at:%Y-%m-%d %H:%M} UTC{end}."
    return f"{posted}\nWithheld: {held}. Digest {short_digest(released.digest)}."


def lineage_drawing(entry: LineageEntry, profile: Profile, draft: Draft, *, cleared: bool) -> Drawing:
    """Where one field comes from: rule, rows, and each fact with revision and times; names only for the cleared."""
    title, *told = _lineage_lines(entry, profile, draft, cleared=cleared)
    return lines(title, told)


def _lineage_lines(entry: LineageEntry, profile: Profile, draft: Draft, *, cleared: bool) -> Iterator[str]:
    yield f"{_value_of(entry.field, profile, draft)} ({entry.disposition})"
    yield f"Rule: {entry.origin.rule}"
    if entry.origin.rows:
        yield f"Rows: {', '.join(entry.origin.rows)}"
    if entry.derived_from:
        yield f"From: {' · '.join(field_words(field, profile) for field in entry.derived_from)}"
    yield from _facts(entry, draft.package.as_of, cleared=cleared)


def _value_of(field: str, profile: Profile, draft: Draft) -> str:
    """What a field is and reads: `Payments API, Europe = disrupted (SC3)`, `H2 Reporting workaround`."""
    fields = draft.package.placed if isinstance(draft.package, Package) else ()
    values = {shown.id: f"{field_words(field, profile)} = {value_words(shown.value)}" for shown in fields}
    values |= {f"hold/H{hold.number}": f"H{hold.number} {hold.what}" for hold in draft.holds}
    return values.get(field, field_words(field, profile))


def _facts(entry: LineageEntry, as_of: datetime, *, cleared: bool) -> Iterator[str]:
    for index, ref in enumerate(entry.origin.refs, 1):
        named = (
            f"{ref.source} {ref.key}, revision {ref.revision}" if cleared else f"fact {index} (names for the cleared)"
        )
        changed, confirmed, read = (_moment(at, as_of) for at in (ref.changed_at, ref.observed_at, ref.fetched_at))
        yield f"{named}: changed {changed}, confirmed {confirmed}, read {read} UTC"
    for source in entry.origin.silent:
        yield f"{source if cleared else 'a source'} gave no fact for it"


def _moment(at: datetime | None, as_of: datetime) -> str:
    """Hours to seconds, with the date where it is not the draft's."""
    if at is None:
        return "at an unknown time"
    return f"{at:%H:%M:%S}" if at.date() == as_of.date() else f"{at:%Y-%m-%d %H:%M:%S}"


def details_blocks(draft: Draft, lineage: Iterable[LineageEntry], profile: Profile, *, cleared: bool) -> list[Block]:
    """The details of a draft: every field with its origin, at the reader's level."""
    told = ["\n".join(_lineage_lines(entry, profile, draft, cleared=cleared)) + "\n" for entry in lineage]
    title = lead("Where every field comes from")
    return [small(f"Release digest {draft.release_digest}"), title, *map(plain, chunks(told))]


def manifest_drawing(release: ReleaseStatement, keyid: str, names: Mapping[Person, str]) -> Drawing:
    """The signed statement of a version, in words."""
    approvals = ", ".join(
        f"{role_words(a.role)} ({names.get(a.person, a.person.user)}, {a.at:%H:%M} UTC)" for a in release.approvals
    )
    held = ", ".join(f"H{h.number} {h.reason} (annex {h.annex})" for h in release.holds) or "nothing"
    told = [
        f"Account {release.audience.label}, channel {release.audience.channel}",
        f"Organisations in the channel: {', '.join(release.audience.teams)}",
        f"Profile {release.profile} ({short_digest(release.profile_digest)}), schema {release.package_schema}",
        f"Message {short_digest(release.message)} · package {short_digest(release.package)}",
        f"Release digest {short_digest(release.release)}",
        f"Approved by: {approvals or 'nobody'}",
        f"Held: {held}. Annexes that remain inside: {', '.join(release.internal_annexes) or 'none'}",
        f"As of {release.as_of:%Y-%m-%d %H:%M} UTC, refresh due {release.refresh_due:%H:%M} UTC",
        f"Replaces {f'version {release.supersedes.version}' if release.supersedes else 'nothing'}",
        release.stops_at,
        f"Signed with Ed25519 key {keyid[:16]}…",
    ]
    return lines(f"Manifest of {title_of(release.version)}", told)


def trace_drawing(draft: Draft, number: int) -> Drawing:
    """The four stages of a draft, each with what it took and gave."""
    told = [f"{s.stage}: {short_digest(s.input)} → {short_digest(s.output)}" for s in draft.stages]
    return lines(f"Stages of draft {number}", told)


def help_drawing(first: Iterable[tuple[str, str]], more: Iterable[tuple[str, str]], *, whole: bool) -> Drawing:
    """The six words of the first minute; the rest under "more"."""
    told = [f"/bridgepkg {usage}: {does}" for usage, does in first]
    if whole:
        told.extend(f"/bridgepkg {usage}: {does}" for usage, does in more)
    else:
        told.append("/bridgepkg help more: everything else")
    return lines("bridgepkg tells the customer what may be told", told)


def menu_drawing(status: Drawing, choices: Iterable[tuple[str, str]], about: Reference) -> Drawing:
    """How a bridge stands and what makes sense now, as buttons."""
    row = [button(words, f"menu_{name}", str(about)) for words, name in choices]
    return drawing(status.text, [*status.blocks, buttons(f"menu-{about.bridge}" if about.bridge else "menu", row)])


def together(parts: Sequence[Drawing]) -> Drawing:
    """How several bridges stand, as one answer; beyond what one message holds it says how many more there are."""
    shown, more = parts[:MOST_TOGETHER], len(parts) - MOST_TOGETHER
    blocks = [block for part in shown for block in part.blocks]
    rest = [f"… and {more} more: name a bridge."] if more > 0 else []
    return drawing("\n\n".join([*(part.text for part in shown), *rest]), [*blocks, *map(small, rest)])
