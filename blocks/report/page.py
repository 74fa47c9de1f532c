"""The report's view: an incident's versions, what the customer read when, and everything that explains it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Final

from jinja2 import Environment, StrictUndefined

from blocks.diff import diff_lines
from blocks.drawing import unescape
from blocks.report.timeline import MarkKind, Moment, Picture, Span, draw
from blocks.words import duration_words, field_words, role_words, short_digest, value_words
from profiles.models import Profile
from transforms.diff import Diff
from transforms.model.approvals import Decision
from transforms.model.lifecycle import HeldBack, Released, Replaced, ReviewState, Superseded, Withdrawn, released_in
from transforms.model.lineage import LineageEntry
from transforms.model.package import Package
from transforms.publish.draft import Draft
from transforms.publish.manifest import ReleaseStatement

ON_THE_BRIDGE: Final = (Released, Superseded, Withdrawn)


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """One draft as the report takes it."""

    number: int
    draft: Draft
    state: ReviewState
    created_at: datetime
    profile: Profile
    diff: Diff | None
    release: ReleaseStatement | None
    verified: str


@dataclass(frozen=True, slots=True)
class ReportLog:
    """One line of the log."""

    seq: int
    at: datetime
    kind: str
    subject: str
    hash: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one page shows. `names` gives people's names by user id, where known."""

    incident: str
    account: str
    opened_at: datetime
    made_at: datetime
    drafts: tuple[ReportDraft, ...]
    log: tuple[ReportLog, ...]
    chain: tuple[str, ...]
    names: Mapping[str, str]


def report_page(report: Report) -> str:
    """The page as HTML, with its style inside and nothing outside. Every foreign value is escaped by the template."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"digest": short_digest, "role": role_words, "minutes": duration_words}
    folder = resources.files("blocks.report")
    template = environment.from_string(folder.joinpath("report.html").read_text("utf-8"))
    return template.render(
        report=report,
        style=folder.joinpath("report.css").read_text("utf-8"),
        picture=picture(report),
        shared=[_shared(report, draft) for draft in report.drafts if isinstance(draft.state, ON_THE_BRIDGE)],
        fates=[(draft, _fate(draft.state)) for draft in report.drafts],
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """One message that stood in the bridge, as the template shows it."""

    draft: ReportDraft
    title: str
    released: Released
    ended: str
    paragraphs: tuple[tuple[str, ...], ...]
    approvals: tuple[tuple[str, str, datetime], ...]
    diff: tuple[str, ...]
    holds: tuple[tuple[str, str, str, str], ...]
    lineage: tuple[tuple[str, str, LineageEntry], ...]


def _shared(report: Report, draft: ReportDraft) -> Shared:
    released = _released(draft.state)
    return Shared(
        draft=draft,
        title=f"Version {draft.draft.version}" if draft.draft.version else "Acknowledgement",
        released=released,
        ended=_ended(draft.state, report.names),
        paragraphs=tuple(tuple(part.splitlines()) for part in unescape(draft.draft.message.text).split("\n\n")),
        approvals=tuple((role_words(d.role), _name(report, d), d.at) for d in released.given),
        diff=tuple(diff_lines(draft.diff, draft.profile)) if draft.diff else (),
        holds=tuple(_holds(report, draft, released)),
        lineage=tuple(_lineage(draft)),
    )


def _released(state: ReviewState) -> Released:
    found = released_in(state)
    if found is None:
        raise TypeError("only what stood in the bridge is shown as shared")
    return found


def _ended(state: ReviewState, names: Mapping[str, str]) -> str:
    if isinstance(state, Superseded):
        return f"replaced by version {state.by_version} at {state.at:%H:%M:%S} UTC"
    if isinstance(state, Withdrawn):
        who = names.get(state.by.user, state.by.user)
        return f"withdrawn by {who} at {state.at:%H:%M:%S} UTC: {state.reason or 'no reason given'}"
    return "stands in the bridge"


def _name(report: Report, decision: Decision) -> str:
    return report.names.get(decision.person.user, decision.person.user)


def _holds(report: Report, draft: ReportDraft, released: Released) -> Iterable[tuple[str, str, str, str]]:
    first = _first_held(report)
    for hold in draft.draft.holds:
        age = duration_words(int((released.at - first[hold.key]).total_seconds() // 60))
        yield f"H{hold.number} {hold.what}", str(hold.reason), f"{hold.annex}, {role_words(hold.role)}", age


def _first_held(report: Report) -> dict[str, datetime]:
    first: dict[str, datetime] = {}
    for draft in report.drafts:
        for hold in draft.draft.holds:
            first.setdefault(hold.key, draft.created_at)
    return first


def _lineage(draft: ReportDraft) -> Iterable[tuple[str, str, LineageEntry]]:
    package = draft.draft.package
    values = {field.id: value_words(field.value) for field in package.placed} if isinstance(package, Package) else {}
    for entry in draft.draft.lineage:
        yield field_words(entry.field, draft.profile), values.get(entry.field, entry.disposition), entry


def _fate(state: ReviewState) -> str:
    match state:
        case Replaced(by_draft=number, why=why):
            return f"replaced by draft {number}: {why}"
        case HeldBack(by=by):
            return f"held by {role_words(by.role).lower()}"
        case Withdrawn():
            return "released, then withdrawn"
        case Superseded(by_version=version):
            return f"released, then replaced by version {version}"
    return state.state


def picture(report: Report) -> Picture:
    """The picture of the incident until the report was made."""
    return draw(list(_moments(report)), list(_spans(report)), _until(report))


def _until(report: Report) -> datetime:
    """The picture ends with the last thing that happened, and some air."""
    last = max((entry.at for entry in report.log), default=report.made_at)
    return min(report.made_at, last + (last - report.opened_at) * 0.08)


def _moments(report: Report) -> Iterable[Moment]:
    for draft in report.drafts:
        yield Moment(draft.created_at, "draft", "", f"draft {draft.number}")
        if isinstance(draft.state, ON_THE_BRIDGE):
            released = _released(draft.state)
            label = f"v{draft.draft.version}" if draft.draft.version else "ack"
            kind: MarkKind = "version" if draft.draft.version else "acknowledgement"
            yield Moment(released.at, kind, label, f"{label} posted {released.at:%H:%M:%S} UTC")
            for decision in released.given:
                yield Moment(decision.at, "approval", "", f"approved: {role_words(decision.role)}")
        if isinstance(draft.state, Withdrawn):
            label = f"v{draft.draft.version or ''} withdrawn"
            yield Moment(draft.state.at, "withdrawn", label, f"withdrawn {draft.state.at:%H:%M:%S} UTC")


def _spans(report: Report) -> Iterable[Span]:
    """Each hold from the first draft that had it until the first later release without it."""
    shared = [d for d in report.drafts if isinstance(d.state, ON_THE_BRIDGE) and d.draft.version]
    first = _first_held(report)
    for key in dict.fromkeys(hold.key for draft in shared for hold in draft.draft.holds):
        holding = [d for d in shared if any(hold.key == key for hold in d.draft.holds)]
        after = [d for d in shared if d.number > holding[-1].number]
        hold = next(hold for hold in holding[-1].draft.holds if hold.key == key)
        end = _released(after[0].state).at if after else None
        yield Span(f"H{hold.number} {hold.what}", f"{hold.reason}", first[key], end)
