"""The one table of ids that Slack sends back to us. Buttons carry `lane|draft|role|digest`, all opaque to others."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

COMMAND: Final = "/bridgepkg"


class ActionId(StrEnum):
    """Buttons, by what they do."""

    REVIEW_APPROVE = "review_approve"
    REVIEW_HOLD_ALL = "review_hold_all"
    REVIEW_HOLD_PART = "review_hold_part"
    REVIEW_DETAILS = "review_details"
    HOLD_CLEAR = "hold_clear"
    EXCEPTION_WAIVE = "exception_waive"
    EVIDENCE_PLACE = "evidence_place"
    DRAFT_NEXT = "draft_next"
    PACKAGE_RELEASE = "package_release"
    PACKAGE_WITHDRAW = "package_withdraw"
    POST_SEEN = "post_seen"
    POST_ABSENT = "post_absent"
    MENU_DRAFT = "menu_draft"
    MENU_ACK = "menu_ack"
    MENU_DIFF = "menu_diff"
    MENU_HOLDS = "menu_holds"


class CallbackId(StrEnum):
    """Modals, by what is filled in."""

    HOLD_FORM = "hold_form"
    PLACE_FORM = "place_form"
    WITHDRAW_FORM = "withdraw_form"
    DETAILS = "details"


OPENS_MODAL: Final = frozenset(
    {ActionId.REVIEW_HOLD_PART, ActionId.REVIEW_DETAILS, ActionId.PACKAGE_WITHDRAW, ActionId.EVIDENCE_PLACE}
)
"""Buttons whose trigger id goes to the opener, because Slack gives three seconds for it."""

COMMANDS_OPEN_MODAL: Final = frozenset({"hold", "withdraw"})
"""Commands without further words that open a modal."""

PLACE: Final = "place"
PLACE_ANSWERS: Final = frozenset({"end", "list"})
"""The first words after which this command only answers; after any others it opens its form."""

HOME_OPENED: Final = "app_home_opened"
EVENTS: Final = (HOME_OPENED, "channel_shared", "channel_unshared", "member_joined_channel")
"""Events that the app asks for in its manifest: the Home tab's, and those that can change who reads a channel."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a button or a modal is about: the lane, a draft or a bridge, a role or subject, and the digest shown."""

    lane: str
    draft: str = ""
    about: str = ""
    digest: str = ""
    bridge: str = ""

    def __str__(self) -> str:
        bridge = f"|{self.bridge}" if self.bridge else ""
        return f"{self.lane}|{self.draft}|{self.about}|{self.digest}{bridge}"

    @classmethod
    def read(cls, value: str) -> "Reference":
        """The reference in a button's value; parts that are missing are empty, and then refer to nothing."""
        parts = (*value.split("|"), "", "", "", "", "")
        return cls(*parts[:5])
