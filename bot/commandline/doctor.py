"""The doctor: everything that a real deployment needs, checked one by one, each with how to fix it.

A check never raises for what is wrong outside; it says so. Nothing is posted and nothing is changed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from blocks.words import role_words
from bot.clock import SYSTEM_CLOCK
from bot.commandline.config_checks import distinct, impossible, looks
from bot.settings import (
    Deployment,
    config_path,
    load_deployment,
    read_environment,
    sealing_keys,
    signing_key,
)
from bot.slack.connect import Slack
from bot.slack.errors import LookupFailedError, NotDoneError, UnclearError
from bot.slack.examine import Examination
from bot.slack.people import People
from profiles.errors import UserFixableError
from storage.private import is_open_to_others
from storage.schema import current, require_current
from storage.store import Store, sqlite_files
from transforms.model.audience import Audience
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
    """One thing looked at: what, whether it is well, and what there is to say or to fix."""

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
    yield from (Finding("configuration", ok=False, says=problem) for problem in impossible(deployment))
    for name, bridge in deployment.config.bridges.items():
        own = digest(deployment.profiles[name])
        approved = own in bridge.approved_profiles
        fix = f"digest {own[:8]}… is not approved; read the profile, then add it to bridges.{name}.approved_profiles"
        yield Finding(f"profile of {name}", approved, "approved" if approved else fix)
        configured = set(deployment.config.sources)
        missing = [s.name for s in deployment.profiles[name].sources if s.name not in configured]
        if missing:
            says = f"reads {', '.join(missing)}, which bridgepkg.yaml does not have under sources; add them"
            yield Finding(f"sources of {name}", ok=False, says=says)


def _sources(deployment: Deployment) -> Iterator[Finding]:
    for look in looks(deployment, SYSTEM_CLOCK.now()):
        wrong = look.wrong or look.old
        yield Finding(f"source {look.name}", not wrong, wrong or look.says)


def _slack(deployment: Deployment) -> Iterator[Finding]:
    try:
        examination = Examination.of_environment()
        identity = examination.identity()
    except UserFixableError as problem:
        yield Finding("Slack", ok=False, says=str(problem))
        return
    yield _home(deployment, identity.team)
    yield _scopes(identity.scopes)
    yield from _tried("Socket Mode", lambda: _socket(examination))
    slack = examination.connect(deployment.config, SYSTEM_CLOCK)
    yield from _roles(deployment, slack.people)
    yield from _channels(deployment, slack)


def _home(deployment: Deployment, team: str) -> Finding:
    ok = team in deployment.config.home.teams
    says = (
        f"workspace {team}" if ok else f"the token is of workspace {team}; add it to home.teams, or use another token"
    )
    return Finding("Slack", ok, says)


def _scopes(given: frozenset[str]) -> Finding:
    if not given:
        return Finding("scopes", ok=True, says="Slack did not list them; the checks below need them")
    missing = [scope for scope in SCOPES if scope not in given]
    says = f"missing {', '.join(missing)}; install the app again from app_manifest.yaml" if missing else "all there"
    return Finding("scopes", not missing, says)


def _socket(examination: Examination) -> str:
    token = read_environment().SLACK_APP_TOKEN
    if token is None:
        return "SLACK_APP_TOKEN is not set; fine for HTTP mode"
    examination.open_connection(token)
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
        elif not distinct([members[role] for role in gates]):
            says = "cannot all be filled by different people; name more people under roles"
            yield Finding(f"gates of {name}", ok=False, says=says)
        else:
            counts = ", ".join(f"{role_words(role)} {len(members[role])}" for role in gates)
            yield Finding(f"gates of {name}", ok=True, says=counts)


def _channels(deployment: Deployment, slack: Slack) -> Iterator[Finding]:
    for role, channel in deployment.config.review_channels.items():
        yield _channel(f"review channel of {role_words(role)}", partial(slack.internal.refusal, channel))
    for name in deployment.config.bridges:
        audience = deployment.audience(name)
        yield _channel(f"channel of bridge {name}", partial(slack.bridge.refusal, audience))
        yield from _tried(f"posting to bridge {name}", partial(_member, slack, audience))


def _channel(subject: str, refusal: Callable[[], str | None]) -> Finding:
    try:
        reason = refusal()
    except (NotDoneError, UnclearError) as problem:
        return Finding(subject, ok=False, says=str(problem))
    except LookupFailedError:
        return Finding(subject, ok=False, says="Slack does not say who is in it; check the scopes")
    return Finding(subject, reason is None, reason or "read by exactly the right people")


def _member(slack: Slack, audience: Audience) -> str:
    slack.bridge.require_membership(audience)
    return "I am in it"


def all_ok(findings: Iterable[Finding]) -> bool:
    """Whether nothing needs fixing."""
    return all(finding.ok for finding in findings)
