"""What is known before an export is mapped, and what became of every item of it afterwards (promise P14)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.sources.wholeness import Hits
from profiles.errors import UserFixableError
from profiles.frozen import Role, Time
from transforms.model.evidence import Ignored, SignOfLife, Tally
from transforms.model.records import Record, UnplacedItem


class MalformedError(UserFixableError):
    """The export has not the shape that its preset expects; `str()` says where and how to fix."""


RolesOf = Callable[[str], tuple[Role, ...] | None]
"""The roles of a person by their id in the chat; none where nobody can say."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which source is being read, for which incident, and when the export was confirmed and fetched.

    `boundary` are the labels inside which items count; one that lacks a label counts too.
    """

    source: str
    incident: str
    observed_at: Time
    fetched_at: Time
    boundary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles_of: RolesOf = lambda _user: None


@dataclass
class Mapped:
    """What became of one source's documents, and why it is not whole, if it is not."""

    records: list[Record] = field(default_factory=list)
    unplaced: list[UnplacedItem] = field(default_factory=list)
    signs: list[SignOfLife] = field(default_factory=list)
    hits: Hits = field(default_factory=Hits)
    ignored: dict[str, int] = field(default_factory=dict)
    items: int = 0
    placed: int = 0
    elsewhere: int = 0
    bounds: list[str] = field(default_factory=list)
    incomplete: str = ""

    @property
    def tally(self) -> Tally:
        """The account of every item."""
        return Tally(
            items=self.items,
            placed=self.placed,
            elsewhere=self.elsewhere,
            ignored=tuple(Ignored(rule=rule, items=count) for rule, count in sorted(self.ignored.items())),
            unplaced=len(self.unplaced),
        )
