"""An amendment: a released message as it reads from now on. Its own words under a fixed notice, bare, or taken back.

It comes into being in five ways only, each from what was approved: the released draft and the notices of its profile.
So whoever edits the bridge cannot be given any other words, nor another channel (promises P1, P11).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from profiles.models import Profile
from profiles.safetext import SafeText
from transforms.model.audience import Audience
from transforms.model.lifecycle import Released, Superseded
from transforms.publish.draft import Draft
from transforms.publish.message import Message, closed_message, overdue_message, replaced_message, withdrawn_message


class NotReleasedError(ValueError):
    """The draft is not what was approved and posted, or stands where the bot cannot edit it."""


@dataclass(frozen=True, slots=True, init=False)
class Amendment:
    """Where a released message stands, who reads it, and how it reads from now on."""

    audience: Audience
    ts: str
    message: Message

    def __init__(self) -> None:
        raise TypeError("an amendment is made from a released draft and a notice of its profile")

    @classmethod
    def _made(cls, audience: Audience, ts: str, message: Message) -> Self:
        made = object.__new__(cls)
        for name, value in (("audience", audience), ("ts", ts), ("message", message)):
            object.__setattr__(made, name, value)
        return made

    @classmethod
    def bare(cls, draft: Draft, released: Released) -> Self:
        """The message as it was approved."""
        return cls._made(draft.audience, _place(draft, released), draft.message)

    @classmethod
    def overdue(cls, draft: Draft, released: Released, profile: Profile) -> Self:
        """The message under the notice that the update it promised is late (promise P12)."""
        due = SafeText.of_clock(draft.package.next_update, draft.package.as_of)
        return cls._made(draft.audience, _place(draft, released), overdue_message(draft.message, profile, due))

    @classmethod
    def closed(cls, draft: Draft, released: Released, profile: Profile, at: datetime) -> Self:
        """The message under the notice that nothing follows it."""
        message = closed_message(draft.message, draft.package.account, profile, _clock(at))
        return cls._made(draft.audience, _place(draft, released), message)

    @classmethod
    def replaced(
        cls, draft: Draft, state: Superseded, profile: Profile, address: str | None, *, narrowed: bool = False
    ) -> Self:
        """The message under the notice that a later version stands in its place, with the link where Slack gave one.

        Where it told what must not be told any more (`narrowed`), nothing but the notice is left.
        """
        version, at = SafeText.of_number(state.by_version), _clock(state.at)
        message = replaced_message(None if narrowed else draft.message, profile, version, at, address)
        return cls._made(draft.audience, _place(draft, state.released), message)

    @classmethod
    def withdrawn(cls, audience: Audience, released: Released, profile: Profile, at: datetime) -> Self:
        """The notice that takes a message back: it needs no word of the draft, which may have been altered."""
        return cls._made(audience, _ts(released), withdrawn_message(audience.label, profile, _clock(at)))


def _place(draft: Draft, released: Released) -> str:
    """Where the draft stands; `NotReleasedError` when it is not the one that was approved and posted."""
    if released.digest != draft.release_digest or released.attempt.channel != draft.audience.channel:
        raise NotReleasedError("the draft is not what was approved and posted")
    return _ts(released)


def _ts(released: Released) -> str:
    if released.ts is None:
        raise NotReleasedError("only a person saw the message, so it cannot be edited")
    return released.ts


def _clock(moment: datetime) -> SafeText:
    return SafeText.of_clock(moment, moment)
