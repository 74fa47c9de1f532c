"""The estate: the components and regions that the house has, whoever buys them: data, approved like a profile.

An alert of a component that stands here and not in a bridge's profile is about something else; one that stands in
neither is unplaced, and bars the good news that it could contradict (promise P14). Nothing of any account is in it.
"""

from functools import cached_property
from typing import Literal

from pydantic import ConfigDict, Field

from profiles.frozen import Frozen
from profiles.tables import SourceKey


class Estate(Frozen):
    """Every component and region that a source of the house may name, as that source spells it."""

    model_config = ConfigDict(title="bridgepkg estate")

    schema_: Literal["bridgepkg.estate/1"] = Field(alias="schema")
    components: tuple[SourceKey, ...] = Field(min_length=1)
    regions: tuple[SourceKey, ...] = ()

    @cached_property
    def known_components(self) -> frozenset[tuple[str, str]]:
        """Each component as (source, native key)."""
        return frozenset((one.source, one.key) for one in self.components)

    @cached_property
    def known_regions(self) -> frozenset[tuple[str, str]]:
        """Each region as (source, native key)."""
        return frozenset((one.source, one.key) for one in self.regions)
