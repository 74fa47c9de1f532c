"""History: what a reading of the sources cannot know, because it was there before (promises P3, P5, P17).

One frozen value for each build: the last released package, when each hold was first seen, the newest observation of
each source, since when each cell has been good, and the bridge's own key for keyed digests. It is sealed at rest and in
a dossier, so that a replay elsewhere gives the same bytes.
"""

from collections.abc import Iterable
from functools import cached_property

from profiles.codes import HoldReason
from profiles.frozen import Digest, Frozen, Name, Role, Time, replace
from transforms.model.canonical import keyed_digest
from transforms.model.evidence import Evidence
from transforms.model.holds import Annex, Hold
from transforms.model.package import FieldId, Package


class HoldAge(Frozen):
    """When a hold first stood in a draft, by its key: numbers may still shift between drafts.

    `causes` are keyed digests of the facts behind it when it last stood, so that a cause that can no longer be found is
    told from one that is still read and now allowed (promise P15); `reason` and `role` are what it had then.
    """

    key: FieldId
    since: Time
    reason: HoldReason | None = None
    role: Role | None = None
    causes: tuple[Digest, ...] = ()


class Observation(Frozen):
    """The newest moment at which a source as a whole was confirmed."""

    source: Name
    at: Time


class GoodCell(Frozen):
    """A capability in a region that every reading from `since` to `seen` called operational, without too long a gap."""

    capability: Name
    region: Name
    since: Time
    seen: Time


class ToldCell(Frozen):
    """A capability in a region of which a version said worse, until one says that it works (promise P17)."""

    capability: Name
    region: Name


class History(Frozen):
    """What earlier readings and releases of one bridge of one incident left behind."""

    digest_key: Digest
    last: Package | None = None
    holds: tuple[HoldAge, ...] = ()
    observed: tuple[Observation, ...] = ()
    good: tuple[GoodCell, ...] = ()
    told_worse: tuple[ToldCell, ...] = ()

    @cached_property
    def held_since(self) -> dict[FieldId, Time]:
        """When each hold was first seen, by its key."""
        return {age.key: age.since for age in self.holds}

    @cached_property
    def newest_of(self) -> dict[Name, Time]:
        """The newest observation of each source, by name."""
        return {one.source: one.at for one in self.observed}

    @cached_property
    def good_since(self) -> dict[tuple[Name, Name], Time]:
        """Since when each cell has been good, by capability and region."""
        return {(cell.capability, cell.region): cell.since for cell in self.good}

    @cached_property
    def recovering(self) -> frozenset[tuple[Name, Name]]:
        """The cells of which a version said worse, by capability and region."""
        return frozenset((cell.capability, cell.region) for cell in self.told_worse)


def evidence_digest(evidence: Evidence, history: History) -> Digest:
    """The digest of a reading under the bridge's own key: one reading is another for every customer."""
    return keyed_digest(history.digest_key, evidence)


def history_digest(history: History) -> Digest:
    """All that a reader sees of a history: that it is this one. It tells since when withheld cells have been good."""
    return keyed_digest(history.digest_key, history)


def cause(key: Digest, source: str, native_key: str) -> Digest:
    """How a history names a fact behind a hold: keyed, because a native key can be a name or a ticket."""
    return keyed_digest(key, [source, native_key])


def with_holds(history: History, holds: Iterable[Hold], annexes: Iterable[Annex], at: Time) -> History:
    """The history after a draft: holds that it has for the first time are seen now, and those that ended are gone.

    A hold that the customer reads of keeps its age although a draft lacks it, until a release says otherwise.
    """
    released = {hold.key for hold in history.last.holds} if history.last else set()
    drafted = {hold.key: hold for hold in holds}
    behind = {annex.hold: _causes(history.digest_key, annex) for annex in annexes}
    before = {age.key: age for age in history.holds if age.key in {*released, *drafted}}
    aged = dict(before)
    for key, hold in drafted.items():
        known = before.get(key)
        causes = behind.get(hold.number) or (known.causes if known else ())
        aged[key] = HoldAge(
            key=key, since=known.since if known else at, reason=hold.reason, role=hold.role, causes=causes
        )
    return replace(history, holds=tuple(aged[key] for key in sorted(aged)))


def _causes(key: Digest, annex: Annex) -> tuple[Digest, ...]:
    return tuple(sorted({cause(key, item.source, item.key) for item in annex.items if item.kind}))
