"""The answers that only the asking person sees: status, history, lineage, manifest, exceptions, help, menu."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from blocks.drawing import Block, Drawing, button, buttons, confirm, drawing, lead, lines, plain, small
from blocks.words import duration_words, field_words, role_words, short_digest, value_words
from profiles.models import Profile
from transforms.draft import Draft
from transforms.lineage import LineageEntry
from transforms.manifest import Release
from transforms.package import Package
from transforms.review import Ambiguous, Released, ReviewState, Superseded, Waiting, Withdrawn
from transforms.validate import RegisterEntry


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft as a list shows it."""

    number: int
    draft: Draft
    state: ReviewState
    created_at: datetime


def status_drawing(incident: str, account: str, drafts: Iterable[DraftLine], now: datetime) -> Drawing:
    """What stands in the bridge, what is on its way, who is waited for, and when the next update is due."""
    shown = list(drafts)
    standing = [line for line in shown if isinstance(line.state, Released)]
    told = [_standing(line, now) for line in standing[-1:]] or ["Nothing stands in the bridge yet."]
    told.extend(_on_the_way(line) for line in shown if isinstance(line.state, Waiting | Ambiguous))
    return lines(f"{account} · {incident}", told)


def _standing(line: DraftLine, now: datetime) -> str:
    due = line.draft.package.next_update
    minutes = int((due - now).total_seconds() // 60)
    when = f"in {duration_words(minutes)}" if minutes >= 0 else f"overdue by {duration_words(-minutes)}"
    read = f"The customer reads {_named(line.draft)}, as of {line.draft.package.as_of:%H:%M} UTC."
    return f"{read} Next update due {due:%H:%M} UTC, {when}."


def _on_the_way(line: DraftLine) -> str:
    if isinstance(line.state, Waiting):
        if line.state.blocking:
            return f"Draft {line.number} ({_named(line.draft)}) is blocked: see exceptions."
        gates = ", ".join(role_words(role) for role in line.state.open_gates)
        return f"Draft {line.number} ({_named(line.draft)}) waits for: {gates}."
    return f"Draft {line.number} ({_named(line.draft)}) may be visible to the customer; somebody must answer its card."


def _named(draft: Draft) -> str:
    return f"version {draft.version}" if draft.version else "the acknowledgement"


def preview_drawing(draft: Draft, number: int) -> Drawing:
    """Exactly what the customer would read."""
    title = f"Draft {number} ({_named(draft)}) would read exactly:"
    if draft.message.excess:
        return lines(title, [draft.message.text])
    return drawing(f"{title}\n\n{draft.message.text}", [lead(title), *draft.message.blocks])


def exceptions_drawing(entries: Sequence[RegisterEntry], reference: str, number: int) -> Drawing:
    """The register of a draft, with a button where a role may decide."""
    title = f"Exceptions of draft {number}"
    blocks: list[Block] = [lead(title)]
    told = []
    lane, draft, _, digest = reference.split("|")
    for index, entry in enumerate(entries):
        text = _exception(entry)
        told.append(text)
        blocks.append(plain(text))
        if entry.blocks:
            value = f"{lane}|{draft}|{entry.id}|{digest}"
            question = confirm(
                "Decide this exception?", "It then no longer blocks. The held part stays held.", "Decide"
            )
            words = f"Release anyway ({role_words(entry.role)})"
            blocks.append(buttons(f"exception-{index}", [button(words, "exception_waive", value, confirm=question)]))
    if not told:
        told.append("None.")
        blocks.append(plain("None."))
    return drawing("\n".join([title, *told]), blocks)


def _exception(entry: RegisterEntry) -> str:
    if entry.waived:
        return f"Decided · {entry.code}: {entry.sentence}"
    return f"{'BLOCKS' if entry.blocks else 'Note'} · {entry.code}: {entry.sentence}. {role_words(entry.role)} decides."


def history_drawing(incident: str, account: str, drafts: Iterable[DraftLine]) -> Drawing:
    """What was shared when, and what was withheld at each stage (seed: supersession history)."""
    told = [text for line in drafts if (text := _history(line))]
    return lines(f"{account} · {incident}: what was shared", told or ["Nothing yet."])


def _history(line: DraftLine) -> str:
    state = line.state
    released = state.released if isinstance(state, Superseded | Withdrawn) else state
    if not isinstance(released, Released):
        return ""
    held = ", ".join(f"H{hold.number} {hold.what} ({hold.annex})" for hold in line.draft.holds) or "nothing"
    end = ""
    if isinstance(state, Superseded):
        end = f", replaced by version {state.by_version} at {state.at:%H:%M}"
    if isinstance(state, Withdrawn):
        end = f", withdrawn at {state.at:%H:%M}"
    posted = f"{_named(line.draft).capitalize()}: posted {released.at:%Y-%m-%d %H:%M} UTC{end}."
    return f"{posted} Withheld: {held}. Digest {short_digest(released.digest)}."


def lineage_drawing(entry: LineageEntry, profile: Profile, package: Package | None, *, cleared: bool) -> Drawing:
    """Where one field comes from: rule, rows, and each fact with revision and times; names only for the cleared."""
    title, *told = _lineage_lines(entry, profile, package, cleared=cleared)
    return lines(title, told)


def _lineage_lines(entry: LineageEntry, profile: Profile, package: Package | None, *, cleared: bool) -> Iterator[str]:
    value = next((field.value for field in package.fields if field.id == entry.field), None) if package else None
    shown = f" = {value_words(value)}" if value else ""
    yield f"{field_words(entry.field, profile)}{shown} ({entry.disposition})"
    yield f"Rule: {entry.origin.rule}"
    if entry.origin.rows:
        yield f"Rows: {', '.join(entry.origin.rows)}"
    if entry.derived_from:
        yield f"From: {', '.join(field_words(field, profile) for field in entry.derived_from)}"
    yield from _facts(entry, cleared=cleared)


def _facts(entry: LineageEntry, *, cleared: bool) -> Iterator[str]:
    for index, ref in enumerate(entry.origin.refs, 1):
        named = (
            f"{ref.source} {ref.key}, revision {ref.revision}" if cleared else f"fact {index} (names for the cleared)"
        )
        yield (
            f"{named}: changed {ref.changed_at:%H:%M:%S}, confirmed {ref.observed_at:%H:%M:%S}, "
            f"read {ref.fetched_at:%H:%M:%S} UTC"
        )
    for source in entry.origin.silent:
        yield f"{source if cleared else 'a source'} gave no fact for it"


def details_blocks(draft: Draft, lineage: Iterable[LineageEntry], profile: Profile, *, cleared: bool) -> list[Block]:
    """The details of a draft: every field with its origin, at the reader's level."""
    package = draft.package if isinstance(draft.package, Package) else None
    told = ["\n".join(_lineage_lines(entry, profile, package, cleared=cleared)) + "\n" for entry in lineage]
    return [small(f"Release digest {draft.release_digest}"), *lines("Where every field comes from", told).blocks]


def manifest_drawing(release: Release, keyid: str) -> Drawing:
    """The signed statement of a version, in words."""
    approvals = ", ".join(f"{role_words(a.role)} ({a.person.user}, {a.at:%H:%M} UTC)" for a in release.approvals)
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
        f"Supersedes: {f'version {release.supersedes.version}' if release.supersedes else 'nothing'}",
        release.stops_at,
        f"Signed with Ed25519 key {keyid[:16]}…",
    ]
    what = f"Version {release.version}" if release.version else "The acknowledgement"
    return lines(f"Manifest of {what[0].lower()}{what[1:]}", told)


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


def menu_drawing(status: Drawing, choices: Iterable[tuple[str, str]], lane: str) -> Drawing:
    """The state of this channel's incident and what makes sense now, as buttons."""
    row = [button(words, f"menu_{name}", f"{lane}|||") for words, name in choices]
    return drawing(status.text, [*status.blocks, buttons("menu", row)])
