"""The audience: whose package this is, and exactly who reads it. No evidence holds anything of an audience."""

from typing import Annotated

from pydantic import Field, StringConstraints

from profiles.frozen import Frozen, Key, Name
from profiles.safetext import SafeText

SlackId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,63}$")]


class Audience(Frozen):
    """One bridge: whose package this is, and exactly who reads the channel: full members, and guests where allowed."""

    bridge: Name
    account: Key
    label: SafeText
    channel: SlackId
    teams: tuple[SlackId, ...] = Field(min_length=1)
    allow_guests: bool = False
