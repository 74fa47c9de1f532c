"""History: what a reading of the sources cannot know, because it was there before (promises P3, P5, P17).

One frozen value for each build: the last released package, when each hold was first seen, the newest observation of
each source, since when each cell has been good, and the bridge's own key for keyed digests. It is sealed at rest and in
a dossier, so that a replay elsewhere gives the same bytes.
"""

from collections.abc import Iterable
from functools import cached_property

from profiles.frozen import Digest, Frozen, Name, Time
from transforms.model.canonical import keyed_digest
from transforms.model.evidence import Evidence
from transforms.model.holds import Hold
from transforms.model.package import FieldId, Package


class HoldAge(Frozen):
    """When a hold first stood in a draft, by its key: numbers may still shift between drafts.

    `causes` are keyed digests of the facts behind it when it last stood, so that a cause that can no longer be found is
    told from one that is still read and now allowed (promise P15).
    """

    key: FieldId
    since: Time
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


class History(Frozen):
    """What earlier readings and releases of one bridge of one incident left behind."""

    digest_key: Digest
    last: Package | None = None
    holds: tuple[HoldAge, ...] = ()
    observed: tuple[Observation, ...] = ()
    good: tuple[GoodCell, ...] = ()

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


def evidence_digest(evidence: Evidence, history: History) -> Digest:
    """The digest of a reading under the bridge's own key: one reading is another for every customer."""
    return keyed_digest(history.digest_key, evidence)


def history_digest(history: History) -> Digest:
    """All that a reader sees of a history: that it is this one. It tells since when withheld cells have been good."""
    return keyed_digest(history.digest_key, history)


def with_holds(history: History, holds: Iterable[Hold], at: Time) -> History:
    """The history after a draft: holds that it has for the first time are seen now, and those that ended are gone.

    A hold that the customer reads of keeps its age although a draft lacks it, until a release says otherwise.
    """
    released = {hold.key for hold in history.last.holds} if history.last else set()
    drafted = {hold.key for hold in holds}
    kept = {key: since for key, since in history.held_since.items() if key in released | drafted}
    ages = {**dict.fromkeys(sorted(drafted), at), **kept}
    aged = tuple(HoldAge(key=key, since=ages[key]) for key in sorted(ages))
    # Not a copy, which would keep what `history` has cached of its own ages.
    return History(
        digest_key=history.digest_key, last=history.last, holds=aged, observed=history.observed, good=history.good
    )
