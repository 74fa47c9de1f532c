"""Who reads a channel: its outside organisations, open invitations and members, as Slack says now."""

from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient

from bot.slack.api import call
from bot.slack.people import People


def outside_teams(info: dict[str, Any], people: People) -> list[str]:
    """The teams that share a channel, or may soon, and are not home."""
    home = {*people.config.home.teams, people.config.home.enterprise}
    shared = (
        *info.get("connected_team_ids", ()),
        *info.get("shared_team_ids", ()),
        *info.get("internal_team_ids", ()),
        *info.get("pending_connected_team_ids", ()),
    )
    return sorted({team for team in shared if team not in home})


def has_open_invitation(info: dict[str, Any]) -> bool:
    """Whether another organisation has been asked in and has not answered."""
    return any(info.get(name) for name in ("is_pending_ext_shared", "pending_shared", "pending_connected_team_ids"))


def is_home_alone(info: dict[str, Any], people: People) -> bool:
    """Whether every team that Slack names is home; a channel shared within an enterprise must name some."""
    named = info.get("shared_team_ids") or info.get("internal_team_ids")
    return not outside_teams(info, people) and (bool(named) or not info.get("is_org_shared"))


def members(client: WebClient, people: People, channel: str) -> Iterator[dict[str, Any]]:
    """Everybody in a channel, one by one, with what is known of them."""
    arguments: dict[str, Any] = {"channel": channel, "limit": 200}
    while True:
        answer = call(client, "conversations.members", arguments)
        for member in answer.get("members", ()):
            yield people.user(member)
        cursor = answer.get("response_metadata", {}).get("next_cursor")
        if not cursor:
            return
        arguments["cursor"] = cursor
