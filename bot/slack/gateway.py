"""The only ways out: every call that carries a message to Slack is here.

`InternalPoster` refuses a channel that anybody outside can read. `BridgePublisher` takes only an approved release or a
notice of the profile, and refuses a channel whose outside teams are not exactly the expected ones (promises P1, P9).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from blocks.drawing import Block, Drawing
from bot.slack.api import FIRST_SERVER_ERROR, RATE_LIMITED, NotDoneError, UnclearError, call
from bot.slack.people import LookupFailedError, People
from profiles.errors import UserFixableError
from transforms.model.bundle import Audience
from transforms.publish.message import Message

SHOWN_SECONDS: Final = 60.0
METADATA: Final = "bridgepkg_post"
SHARED_LINE: Final = "I do not answer in shared channels. Please ask me in the incident's own channel."
UNSEEN_LINE: Final = "I cannot see who reads this channel. Please ask in the incident's own channel."
QUIET: Final = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False}


class RefusedChannelError(UserFixableError):
    """The channel's readers are not who they should be; nothing was posted."""


@dataclass(frozen=True, slots=True)
class ApprovedPost:
    """What the bridge may receive: exact bytes, for exactly this audience, under one attempt."""

    message: Message
    audience: Audience
    attempt: str


@dataclass
class InternalPoster:
    """Posts to people inside, after it has seen that only they can read.

    Who reads a channel (its flags and members) is asked again before every post, since a channel can become shared at
    any moment; only what Slack says of each person may come from memory.
    """

    client: WebClient
    people: People

    def refusal(self, channel: str) -> str | None:
        """Why nothing internal may be posted in a channel, in one sentence; none when only insiders read it."""
        info = call(self.client, "conversations.info", {"channel": channel})["channel"]
        if info.get("is_im"):
            return None
        if info.get("is_ext_shared") or _has_open_invitation(info) or not _is_home_alone(info, self.people):
            return "Another organisation shares that channel, so I do not post internal things there."
        for user in _members(self.client, self.people, channel):
            if not user.get("is_bot") and not user.get("deleted") and self.people.outside(user):
                return "A guest or outside user is in that channel, so I do not post internal things there."
        return None

    def post(self, channel: str, drawing: Drawing, attempt: str) -> str:
        """Post a drawing and return its timestamp."""
        self._refuse(channel)
        return str(call(self.client, "chat.postMessage", _message(channel, drawing, attempt))["ts"])

    def update(self, channel: str, ts: str, drawing: Drawing) -> None:
        """Draw a message again in its place."""
        self._refuse(channel)
        call(self.client, "chat.update", {**_message(channel, drawing), "ts": ts})

    def whisper(self, channel: str, user: str, drawing: Drawing) -> None:
        """Show a drawing to one person only; in a channel that others can read, a line without content."""
        shown = self._shown(channel, drawing)
        call(self.client, "chat.postEphemeral", {**_message(channel, shown), "user": user})

    def respond(self, channel: str, response_url: str, drawing: Drawing, *, harmless: bool = False) -> None:
        """Answer a command or a click, visible to that person only; a harmless answer may be seen anywhere."""
        shown = drawing if harmless else self._shown(channel, drawing)
        try:
            sender = WebhookClient(response_url, timeout=self.client.timeout, retry_handlers=[])
            answer = sender.send(
                text=shown.text, blocks=list(shown.blocks) or None, response_type="ephemeral", replace_original=False
            )
        except (SlackClientError, HTTPException, OSError) as problem:
            raise UnclearError("Slack did not take the answer") from problem
        if answer.status_code == RATE_LIMITED:
            raise NotDoneError("ratelimited", 1)
        if answer.status_code >= FIRST_SERVER_ERROR:
            raise UnclearError("Slack did not take the answer")
        if answer.status_code != 200:  # noqa: PLR2004 -- HTTP's own number
            raise NotDoneError("response_url_refused")

    def publish_home(self, user: str, view: Block) -> None:
        """Show one person their Home tab."""
        call(self.client, "views.publish", {"user_id": user, "view": view})

    def _shown(self, channel: str, drawing: Drawing) -> Drawing:
        """The drawing where only insiders read; a line without content where others do, or where nobody can say."""
        try:
            return Drawing(SHARED_LINE, ()) if self.refusal(channel) else drawing
        except (NotDoneError, UnclearError, LookupFailedError) as problem:
            if isinstance(problem, NotDoneError) and problem.error == "ratelimited":
                raise  # said a little later: a rate limit delays, it takes no answer away (promise P13)
            return Drawing(UNSEEN_LINE, ())

    def _refuse(self, channel: str) -> None:
        if reason := self.refusal(channel):
            raise RefusedChannelError(reason)


@dataclass
class BridgePublisher:
    """Posts to the customer: approved releases and fixed notices, nothing else.

    What cards show of the channel (its name, how many read it, where a message is) is kept for a minute; what a release
    depends on is always asked anew.
    """

    client: WebClient
    people: People
    kept: dict[str, tuple[float, Any]] = field(default_factory=dict)
    looking: People | None = None

    def refusal(self, audience: Audience) -> str | None:
        """Why this audience may not be posted to now, in one sentence; none when it is exactly the expected one."""
        info = call(self.client, "conversations.info", {"channel": audience.channel})["channel"]
        if closed := [flag for flag in ("is_archived", "is_frozen", "is_read_only") if info.get(flag)]:
            return f"The bridge channel is {closed[0].removeprefix('is_').replace('_', '-')}."
        if _has_open_invitation(info):
            return "An invitation to another organisation is open in the bridge channel; accept or withdraw it first."
        if set(_outside_teams(info, self.people)) != set(audience.teams):
            return "The organisations in the bridge channel are not exactly the configured ones."
        return (
            "A guest or somebody of an unlisted organisation is in the bridge channel."
            if self._strangers(audience)
            else None
        )

    def _strangers(self, audience: Audience) -> bool:
        """Whether somebody unexpected reads the channel. Everybody is looked up anew.

        Only when Slack breaks off, as it does for a channel of many, the next try goes on from there.
        """
        self.looking = people = self.looking or self.people.fresh()
        try:
            found = list(_members(self.client, people, audience.channel))
        except LookupFailedError as problem:
            raise UnclearError("Slack did not tell me who is in the bridge channel") from problem
        self.looking = None
        return not all(self._expected(user, audience) for user in found)

    def readers(self, audience: Audience) -> int:
        """How many people of the customer are in the channel, for the confirmation that a reviewer reads."""

        def count() -> int:
            members = _members(self.client, self.people, audience.channel)
            return sum(user.get("team_id") in audience.teams and not user.get("is_bot") for user in members)

        try:
            return int(self._kept(f"readers/{audience.channel}", count))
        except (NotDoneError, UnclearError, LookupFailedError):
            return 0

    def name(self, channel: str) -> str:
        """The channel's name; its id where Slack does not say."""

        def ask() -> str:
            return str(call(self.client, "conversations.info", {"channel": channel})["channel"]["name"])

        try:
            return str(self._kept(f"name/{channel}", ask))
        except (NotDoneError, UnclearError, KeyError):
            return channel

    def _kept(self, key: str, ask: Callable[[], Any]) -> Any:
        at, value = self.kept.get(key, (-SHOWN_SECONDS, None))
        if time.monotonic() - at >= SHOWN_SECONDS:
            value = ask()
            self.kept[key] = (time.monotonic(), value)
        return value

    def release(self, post: ApprovedPost) -> str:
        """Post once; `NotDoneError` when surely not posted, `UnclearError` when it may be visible. Never again."""
        arguments = _message(post.audience.channel, Drawing(post.message.text, post.message.blocks), post.attempt)
        answer = call(self.client, "chat.postMessage", arguments)
        if answer.get("channel") != post.audience.channel or not isinstance(answer.get("ts"), str):
            raise UnclearError("Slack answered for another channel, or without saying where")
        return str(answer["ts"])

    def amend(self, audience: Audience, ts: str, message: Message) -> None:
        """Draw a released message with its notice, or as its withdrawal; the message is never posted again."""
        arguments = _message(audience.channel, Drawing(message.text, message.blocks))
        call(self.client, "chat.update", {**arguments, "ts": ts})

    def find(self, channel: str, attempt: str, since: datetime) -> dict[str, Any] | None:
        """The message of an attempt, looked for by its opaque id. Not seeing it proves nothing."""
        return find_attempt(self.client, channel, attempt, since)

    def read_back(self, channel: str, ts: str) -> dict[str, Any] | None:
        """The message as Slack now shows it."""
        found = call(
            self.client,
            "conversations.history",
            {"channel": channel, "oldest": ts, "latest": ts, "inclusive": True, "limit": 1},
        )
        return next((m for m in found.get("messages", ()) if m.get("ts") == ts), None)

    def permalink(self, channel: str, ts: str) -> str | None:
        """The address of a message; none when Slack does not say, and then the notice goes without it."""

        def ask() -> str | None:
            answer = call(self.client, "chat.getPermalink", {"channel": channel, "message_ts": ts})
            return str(answer.get("permalink") or "") or None

        try:
            found: str | None = self._kept(f"permalink/{channel}/{ts}", ask)
        except (NotDoneError, UnclearError):
            return None
        return found

    def _expected(self, user: dict[str, Any], audience: Audience) -> bool:
        if user.get("deleted"):
            return True
        if user.get("team_id") in audience.teams:
            return audience.allow_guests or not (user.get("is_restricted") or user.get("is_ultra_restricted"))
        return bool(user.get("is_bot")) or self.people.outside(user) is None


def find_attempt(client: WebClient, channel: str, attempt: str, since: datetime) -> dict[str, Any] | None:
    """The message that carries this attempt id, among those since a moment."""
    arguments: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{since.timestamp() - 120:.6f}",
        "include_all_metadata": True,
        "limit": 200,
    }
    while True:
        answer = call(client, "conversations.history", arguments)
        for message in answer.get("messages", ()):
            if message.get("metadata", {}).get("event_payload", {}).get("attempt") == attempt:
                found: dict[str, Any] = message
                return found
        cursor = answer.get("response_metadata", {}).get("next_cursor")
        if not cursor:
            return None
        arguments["cursor"] = cursor


def _message(channel: str, drawing: Drawing, attempt: str | None = None) -> dict[str, Any]:
    metadata = {"metadata": {"event_type": METADATA, "event_payload": {"attempt": attempt}}} if attempt else {}
    blocks = {"blocks": list(drawing.blocks)} if drawing.blocks else {}
    return {"channel": channel, "text": drawing.text, **blocks, **QUIET, **metadata}


def _outside_teams(info: dict[str, Any], people: People) -> list[str]:
    home = {*people.config.home.teams, people.config.home.enterprise}
    shared = (
        *info.get("connected_team_ids", ()),
        *info.get("shared_team_ids", ()),
        *info.get("internal_team_ids", ()),
        *info.get("pending_connected_team_ids", ()),
    )
    return sorted({team for team in shared if team not in home})


def _has_open_invitation(info: dict[str, Any]) -> bool:
    return any(info.get(name) for name in ("is_pending_ext_shared", "pending_shared", "pending_connected_team_ids"))


def _is_home_alone(info: dict[str, Any], people: People) -> bool:
    """Whether every team that Slack names is home; a channel shared within an enterprise must name some."""
    named = info.get("shared_team_ids") or info.get("internal_team_ids")
    return not _outside_teams(info, people) and (bool(named) or not info.get("is_org_shared"))


def _members(client: WebClient, people: People, channel: str) -> Iterator[dict[str, Any]]:
    arguments: dict[str, Any] = {"channel": channel, "limit": 200}
    while True:
        answer = call(client, "conversations.members", arguments)
        for member in answer.get("members", ()):
            yield people.user(member)
        cursor = answer.get("response_metadata", {}).get("next_cursor")
        if not cursor:
            return
        arguments["cursor"] = cursor
