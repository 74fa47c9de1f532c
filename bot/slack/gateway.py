"""The only ways out: every call that carries a message to Slack is here.

`InternalPoster` refuses a channel that anybody outside can read. `BridgePublisher` takes only an approved release or a
notice of the profile, and refuses a channel whose outside teams are not exactly the expected ones (promises P1, P9).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from blocks.drawing import Block, Drawing
from bot.clock import Clock
from bot.slack.api import FIRST_SERVER_ERROR, TOO_MANY_REQUESTS, call
from bot.slack.errors import RATE_LIMITED, LookupFailedError, NotDoneError, RefusedChannelError, UnclearError
from bot.slack.kept import Kept
from bot.slack.people import People
from bot.slack.posts import find_attempt, message_of
from bot.slack.readers import has_open_invitation, is_home_alone, members, outside_teams
from transforms.model.audience import Audience
from transforms.model.lifecycle import Posting
from transforms.publish.amendment import Amendment
from transforms.publish.draft import Draft

SHOWN_SECONDS: Final = 60.0
SHARED_LINE: Final = "I do not answer in shared channels. Please ask me in the incident's own channel."
UNSEEN_LINE: Final = "I cannot see who reads this channel. Please ask in the incident's own channel."


@dataclass(frozen=True, slots=True)
class ApprovedPost:
    """What the bridge may receive: a draft under an attempt that carries its complete approvals, and nothing else."""

    draft: Draft
    posting: Posting

    def __post_init__(self) -> None:
        if self.posting.digest != self.draft.release_digest:
            raise ValueError("the approvals are of other bytes than the draft's")
        if self.posting.attempt.channel != self.draft.audience.channel:
            raise ValueError("the attempt is for another channel than the draft's")


class InternalPoster:
    """Posts to people inside, after it has seen that only they can read.

    Who reads a channel (its flags and members) is asked again before every post, since a channel can become shared at
    any moment; only what Slack says of each person may come from memory.
    """

    def __init__(self, client: WebClient, people: People) -> None:
        self._client, self._people = client, people

    def refusal(self, channel: str) -> str | None:
        """Why nothing internal may be posted in a channel, in one sentence; none when only insiders read it."""
        info = call(self._client, "conversations.info", {"channel": channel})["channel"]
        if info.get("is_im"):
            return None
        if info.get("is_ext_shared") or has_open_invitation(info) or not is_home_alone(info, self._people):
            return "Another organisation shares that channel, so I do not post internal things there."
        for user in members(self._client, self._people, channel):
            if not user.get("is_bot") and not user.get("deleted") and self._people.outside(user):
                return "A guest or outside user is in that channel, so I do not post internal things there."
        return None

    def post(self, channel: str, drawing: Drawing, attempt: str, before: Callable[[], object] = lambda: None) -> str:
        """Post a drawing and return its timestamp; `before` is called once nothing is in the way of the post."""
        self._refuse(channel)
        before()
        return str(call(self._client, "chat.postMessage", message_of(channel, drawing, attempt))["ts"])

    def update(self, channel: str, ts: str, drawing: Drawing) -> None:
        """Draw a message again in its place."""
        self._refuse(channel)
        call(self._client, "chat.update", {**message_of(channel, drawing), "ts": ts})

    def whisper(self, channel: str, user: str, drawing: Drawing) -> None:
        """Show a drawing to one person only; in a channel that others can read, a line without content."""
        shown = self._shown(channel, drawing)
        call(self._client, "chat.postEphemeral", {**message_of(channel, shown), "user": user})

    def respond(self, channel: str, response_url: str, drawing: Drawing, *, harmless: bool = False) -> None:
        """Answer a command or a click, visible to that person only; a harmless answer may be seen anywhere."""
        shown = drawing if harmless else self._shown(channel, drawing)
        try:
            sender = WebhookClient(response_url, timeout=self._client.timeout, retry_handlers=[])
            answer = sender.send(
                text=shown.text, blocks=list(shown.blocks) or None, response_type="ephemeral", replace_original=False
            )
        except (SlackClientError, HTTPException, OSError) as problem:
            raise UnclearError("Slack did not take the answer") from problem
        if answer.status_code == TOO_MANY_REQUESTS:
            raise NotDoneError(RATE_LIMITED, 1)
        if answer.status_code >= FIRST_SERVER_ERROR:
            raise UnclearError("Slack did not take the answer")
        if answer.status_code != 200:  # noqa: PLR2004 -- HTTP's own number
            raise NotDoneError("response_url_refused")

    def find(self, channel: str, attempt: str, since: datetime) -> dict[str, Any] | None:
        """The message of an attempt, looked for by its opaque id."""
        return find_attempt(self._client, channel, attempt, since)

    def open_modal(self, trigger: str, view: Block) -> None:
        """Open a view for the person whose act gave this trigger; nobody else sees it."""
        call(self._client, "views.open", {"trigger_id": trigger, "view": view})

    def fill_modal(self, external_id: str, view: Block) -> None:
        """Show something else in an open view."""
        call(self._client, "views.update", {"external_id": external_id, "view": view})

    def publish_home(self, user: str, view: Block) -> None:
        """Show one person their Home tab."""
        call(self._client, "views.publish", {"user_id": user, "view": view})

    def _shown(self, channel: str, drawing: Drawing) -> Drawing:
        """The drawing where only insiders read; a line without content where others do, or where nobody can say."""
        try:
            return Drawing(SHARED_LINE, ()) if self.refusal(channel) else drawing
        except (NotDoneError, UnclearError, LookupFailedError) as problem:
            if isinstance(problem, NotDoneError) and problem.is_rate_limit:
                raise  # said a little later: a rate limit delays, it takes no answer away (promise P13)
            return Drawing(UNSEEN_LINE, ())

    def _refuse(self, channel: str) -> None:
        if reason := self.refusal(channel):
            raise RefusedChannelError(reason)


class BridgePublisher:
    """Posts to the customer: approved releases and fixed notices, nothing else.

    What cards show of the channel (its name, how many read it, where a message is) is kept for a minute; what a release
    depends on is always asked again.
    """

    def __init__(self, client: WebClient, people: People, clock: Clock) -> None:
        self._client, self._people = client, people
        self._kept: Kept[Any] = Kept(clock, SHOWN_SECONDS)
        self._looking: People | None = None

    def refusal(self, audience: Audience) -> str | None:
        """Why this audience may not be posted to now, in one sentence; none when it is exactly the expected one."""
        info = call(self._client, "conversations.info", {"channel": audience.channel})["channel"]
        if closed := [flag for flag in ("is_archived", "is_frozen", "is_read_only") if info.get(flag)]:
            return f"The bridge channel is {closed[0].removeprefix('is_').replace('_', '-')}."
        if has_open_invitation(info):
            return "An invitation to another organisation is open in the bridge channel; accept or withdraw it first."
        if set(outside_teams(info, self._people)) != set(audience.teams):
            return "The organisations in the bridge channel are not exactly the configured ones."
        return (
            "A guest or somebody of an unlisted organisation is in the bridge channel."
            if self._strangers(audience)
            else None
        )

    def _strangers(self, audience: Audience) -> bool:
        """Whether somebody unexpected reads the channel. Everybody is looked up again.

        Only when Slack breaks off, as it does for a channel of many, the next try goes on from there.
        """
        self._looking = people = self._looking or self._people.fresh()
        try:
            found = list(members(self._client, people, audience.channel))
        except LookupFailedError as problem:
            raise UnclearError("Slack did not tell me who is in the bridge channel") from problem
        self._looking = None
        return not all(self._expected(user, audience) for user in found)

    def require_membership(self, audience: Audience) -> None:
        """Nothing where the bot is in the channel; else `NotDoneError`."""
        info = call(self._client, "conversations.info", {"channel": audience.channel})["channel"]
        if info.get("is_member") is False:
            raise NotDoneError("not_in_channel")

    def readers(self, audience: Audience) -> int:
        """How many people of the customer are in the channel, for the confirmation that a reviewer reads."""

        def count() -> int:
            found = members(self._client, self._people, audience.channel)
            return sum(user.get("team_id") in audience.teams and not user.get("is_bot") for user in found)

        try:
            return int(self._kept.get(f"readers/{audience.channel}", count))
        except (NotDoneError, UnclearError, LookupFailedError):
            return 0

    def name(self, channel: str) -> str:
        """The channel's name; its id where Slack does not say."""

        def ask() -> str:
            return str(call(self._client, "conversations.info", {"channel": channel})["channel"]["name"])

        try:
            return str(self._kept.get(f"name/{channel}", ask))
        except (NotDoneError, UnclearError, KeyError):
            return channel

    def release(self, post: ApprovedPost) -> str:
        """Post once; `NotDoneError` when surely not posted, `UnclearError` when it may be visible. Never again."""
        channel, message = post.posting.attempt.channel, post.draft.message
        drawing = Drawing(message.text, message.blocks)
        answer = call(self._client, "chat.postMessage", message_of(channel, drawing, post.posting.attempt.id))
        if answer.get("channel") != channel or not isinstance(answer.get("ts"), str):
            raise UnclearError("Slack answered for another channel, or without saying where")
        return str(answer["ts"])

    def amend(self, amendment: Amendment) -> None:
        """Draw a released message with its notice, or as its withdrawal; the message is never posted again."""
        drawing = Drawing(amendment.message.text, amendment.message.blocks)
        arguments = message_of(amendment.audience.channel, drawing)
        call(self._client, "chat.update", {**arguments, "ts": amendment.ts})

    def find(self, channel: str, attempt: str, since: datetime) -> dict[str, Any] | None:
        """The message of an attempt, looked for by its opaque id. Not seeing it proves nothing."""
        return find_attempt(self._client, channel, attempt, since)

    def read_back(self, channel: str, ts: str) -> dict[str, Any] | None:
        """The message as Slack now shows it."""
        found = call(
            self._client,
            "conversations.history",
            {"channel": channel, "oldest": ts, "latest": ts, "inclusive": True, "limit": 1},
        )
        return next((m for m in found.get("messages", ()) if m.get("ts") == ts), None)

    def permalink(self, channel: str, ts: str) -> str | None:
        """The address of a message; none when Slack does not say, and then the notice goes without it."""

        def ask() -> str | None:
            answer = call(self._client, "chat.getPermalink", {"channel": channel, "message_ts": ts})
            return str(answer.get("permalink") or "") or None

        try:
            found: str | None = self._kept.get(f"permalink/{channel}/{ts}", ask)
        except (NotDoneError, UnclearError):
            return None
        return found

    def _expected(self, user: dict[str, Any], audience: Audience) -> bool:
        if user.get("deleted"):
            return True
        if user.get("team_id") in audience.teams:
            return audience.allow_guests or not (user.get("is_restricted") or user.get("is_ultra_restricted"))
        return bool(user.get("is_bot")) or self._people.outside(user) is None
