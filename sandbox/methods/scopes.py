"""Scopes that depend on the kind of conversation: one name for public, one for private, one for direct messages."""

from dataclasses import dataclass

from sandbox.seed import Channel


@dataclass(frozen=True)
class ScopeFamily:
    """The scopes that mean the same for different kinds of conversation."""

    verb: str

    @property
    def any_of(self) -> tuple[str, ...]:
        """All scopes of the family, the public one first."""
        return tuple(f"{noun}:{self.verb}" for noun in ("channels", "groups", "im"))

    def scope_for(self, channel: Channel) -> str:
        """The scope that this conversation needs."""
        noun = "im" if channel.is_im else "groups" if channel.is_private else "channels"
        return f"{noun}:{self.verb}"


READ = ScopeFamily("read")
HISTORY = ScopeFamily("history")
