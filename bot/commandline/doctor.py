"""The doctor: everything that a real deployment needs, checked one by one, each with how to mend it.

A check never raises for what is wrong outside; it says so. Nothing is posted and nothing is changed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import permutations
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from blocks.words import duration_words, role_words
from bot.app import open_client
from bot.settings import (
    Deployment,
    config_path,
    load_deployment,
    read_environment,
    sealing_keys,
    signing_key,
)
from bot.slack.api import NotDoneError, UnclearError, call
from bot.slack.gateway import BridgePublisher, InternalPoster
from bot.slack.people import LookupFailedError, People
from bot.sources.read import read_source
from profiles.codes import SourceState
from profiles.errors import UserFixableError
from storage.private import is_open_to_others
from storage.schema import current, require_current
from storage.store import Store, sqlite_files
from transforms.model.canonical import digest

DEFAULT_DATABASE: Final = "sqlite:///bridgepkg.db"
SCOPES: Final = (
    "commands",
    "chat:write",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "users:read",
    "usergroups:read",
)
"""The bot scopes of `app_manifest.yaml`; a test keeps both the same."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what, whether it is well, and what there is to say or to mend."""

    subject: str
    ok: bool
    says: str


def examine() -> Iterator[Finding]:
    """Every check in an order in which each needs the ones before it."""
    yield from _tried("signing and sealing keys", _keys)
    try:
        deployment = load_deployment(config_path())
    except UserFixableError as problem:
        yield Finding("configuration", ok=False, says=str(problem))
        return
    bridges = len(deployment.config.bridges)
    yield Finding("configuration", ok=True, says=f"{config_path()}: {bridges} bridge{'s' if bridges > 1 else ''}")
    yield from _tried("database", _database)
    yield from _database_files()
    yield from _profiles(deployment)
    yield from _sources(deployment)
    yield from _slack(deployment)


def _tried(subject: str, look: Callable[[], str]) -> Iterator[Finding]:
    try:
        yield Finding(subject, ok=True, says=look())
    except (UserFixableError, LookupFailedError) as problem:
        yield Finding(subject, ok=False, says=str(problem))


def _keys() -> str:
    signing_key()
    return f"sealing with key {sealing_keys().active}"


def _database() -> str:
    store = Store(read_environment().DATABASE_URL, sealing_keys())
    try:
        if current(store) is None:
            return "empty; bridgepkg run brings it up"
        require_current(store)
    finally:
        store.close()
    return "at this version"


def _database_files() -> Iterator[Finding]:
    """A database that others on this machine can read; a new one is made for its owner alone."""
    try:
        files = sqlite_files(read_environment().DATABASE_URL)
    except UserFixableError:
        return
    if found := [str(file) for file in files if is_open_to_others(file)]:
        says = f"other users of this machine can open {found[0]}; run: chmod 600 {' '.join(found)}"
        yield Finding("database files", ok=False, says=says)


def _profiles(deployment: Deployment) -> Iterator[Finding]:
    for name, bridge in deployment.config.bridges.items():
        own = digest(deployment.profiles[name])
        approved = own in bridge.approved_profiles
        mend = f"digest {own[:8]}… is not approved; read the profile, then add it to bridges.{name}.approved_profiles"
        yield Finding(f"profile of {name}", approved, "approved" if approved else mend)
        configured = set(deployment.config.sources)
        missing = [s.name for s in deployment.profiles[name].sources if s.name not in configured]
        if missing:
            says = f"reads {', '.join(missing)}, which bridgepkg.yaml does not have under sources; add them"
            yield Finding(f"sources of {name}", ok=False, says=says)


def _sources(deployment: Deployment) -> Iterator[Finding]:
    now = datetime.now(UTC)
    for name, source in deployment.config.sources.items():
        health, records = read_source(name, source, deployment.sources, "", now)
        if health.state is not SourceState.READ:
            yield Finding(f"source {name}", ok=False, says=health.problem)
            continue
        observed = health.observed_at or now
        age = duration_words(int((now - observed).total_seconds() // 60))
        yield Finding(f"source {name}", ok=True, says=f"{len(records)} records, confirmed {age} ago")


def _slack(deployment: Deployment) -> Iterator[Finding]:
    try:
        client = open_client()
        identity = client.api_call("auth.test")
    except UserFixableError as problem:
        yield Finding("Slack", ok=False, says=str(problem))
        return
    except (SlackApiError, SlackClientError, OSError, ValueError) as problem:
        yield Finding("Slack", ok=False, says=_refused(problem))
        return
    yield _home(deployment, str(identity.get("team_id")))
    yield _scopes(identity.headers)
    yield from _tried("Socket Mode", lambda: _socket(client))
    people = People(client, deployment.config)
    yield from _roles(deployment, people)
    yield from _channels(deployment, client, people)


def _refused(problem: Exception) -> str:
    error = problem.response.get("error") if isinstance(problem, SlackApiError) else None
    return str(NotDoneError(str(error))) if error else "Slack does not answer; check the network and SLACK_API_URL"


def _home(deployment: Deployment, team: str) -> Finding:
    ok = team in deployment.config.home.teams
    says = (
        f"workspace {team}" if ok else f"the token is of workspace {team}; add it to home.teams, or use another token"
    )
    return Finding("Slack", ok, says)


def _scopes(headers: Any) -> Finding:
    given = str(headers.get("x-oauth-scopes") or headers.get("X-OAuth-Scopes") or "")
    if not given:
        return Finding("scopes", ok=True, says="Slack did not list them; the checks below need them")
    missing = [scope for scope in SCOPES if scope not in {part.strip() for part in given.split(",")}]
    says = f"missing {', '.join(missing)}; install the app again from app_manifest.yaml" if missing else "all there"
    return Finding("scopes", not missing, says)


def _socket(client: WebClient) -> str:
    token = read_environment().SLACK_APP_TOKEN
    if token is None:
        return "SLACK_APP_TOKEN is not set; fine for HTTP mode"
    try:
        client.apps_connections_open(app_token=token)
    except (SlackApiError, SlackClientError, OSError) as problem:
        raise UserFixableError(f"{_refused(problem)}; the app-level token needs connections:write") from problem
    return "the app-level token opens connections"


def _roles(deployment: Deployment, people: People) -> Iterator[Finding]:
    for name, profile in deployment.profiles.items():
        gates = [gate.role for gate in profile.gates]
        try:
            members = {role: people.members(role) for role in gates}
        except LookupFailedError as problem:
            yield Finding(f"gates of {name}", ok=False, says=f"Slack does not answer {problem}; check usergroups:read")
            continue
        empty = [role_words(role) for role in gates if not members[role]]
        if empty:
            says = f"nobody fills {', '.join(empty)}; name users or groups under roles"
            yield Finding(f"gates of {name}", ok=False, says=says)
        elif not _distinct([members[role] for role in gates]):
            says = "cannot all be filled by different people; name more people under roles"
            yield Finding(f"gates of {name}", ok=False, says=says)
        else:
            counts = ", ".join(f"{role_words(role)} {len(members[role])}" for role in gates)
            yield Finding(f"gates of {name}", ok=True, says=counts)


def _distinct(members: list[frozenset[str]]) -> bool:
    """Whether each gate can have a person of its own; only the first few of each role need be tried."""
    few = sorted({user for role in members for user in sorted(role)[: len(members)]})
    return any(
        all(user in role for user, role in zip(chosen, members, strict=True))
        for chosen in permutations(few, len(members))
    )


def _channels(deployment: Deployment, client: WebClient, people: People) -> Iterator[Finding]:
    internal, bridge = InternalPoster(client, people), BridgePublisher(client, people)
    for role, channel in deployment.config.review_channels.items():
        yield _channel(f"review channel of {role_words(role)}", partial(internal.refusal, channel))
    for name in deployment.config.bridges:
        audience = deployment.audience(name)
        yield _channel(f"channel of bridge {name}", partial(bridge.refusal, audience))
        yield from _tried(f"posting to bridge {name}", partial(_member, client, audience.channel))


def _channel(subject: str, refusal: Callable[[], str | None]) -> Finding:
    try:
        reason = refusal()
    except (NotDoneError, UnclearError) as problem:
        return Finding(subject, ok=False, says=str(problem))
    except LookupFailedError:
        return Finding(subject, ok=False, says="Slack does not say who is in it; check the scopes")
    return Finding(subject, reason is None, reason or "read by exactly the right people")


def _member(client: WebClient, channel: str) -> str:
    info = call(client, "conversations.info", {"channel": channel})["channel"]
    if info.get("is_member") is False:
        raise UserFixableError("I am not in that channel; invite me there")
    return "I am in it"


def all_ok(findings: Iterable[Finding]) -> bool:
    """Whether nothing needs mending."""
    return all(finding.ok for finding in findings)
